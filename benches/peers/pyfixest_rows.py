"""Our estimator beside pyfixest on the same rows.

    python pyfixest_rows.py FOLDER [RUNS]

FOLDER holds rows.csv and own.json, made by the bench `response` (README). Prints
coefficients, standard errors clustered by partner, and the best and median time of the
fit with its errors; reading the file does not count, for nobody.
"""

import json
import statistics
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import pyfixest

COLUMNS = ["x0", "x1", "x2", "lead"]


def main(folder: Path, runs: int) -> None:
    warnings.simplefilter("ignore")
    rows = pd.read_csv(folder / "rows.csv")
    own = json.loads((folder / "own.json").read_text())
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        fit = pyfixest.fepois(f"y ~ {'+'.join(COLUMNS)} | pair + month", rows, vcov={"CRV1": "partner"})
        table = fit.tidy()
        seconds.append(time.perf_counter() - started)
    print(f"{'':>6} {'ours':>12} {'pyfixest':>12} {'error, ours':>12} {'pyfixest':>12}")
    for column, beta, se in zip(COLUMNS, own["beta"], own["se"]):
        theirs = table.loc[column]
        print(f"{column:>6} {beta:12.7f} {theirs['Estimate']:12.7f} {se:12.7f} {theirs['Std. Error']:12.7f}")
    print(f"rows used: {own['rows']} and {fit._N}")
    for name, taken in (("ours", own["seconds"]), ("pyfixest", seconds)):
        print(f"{name}: best {min(taken):.3f} s, median {statistics.median(taken):.3f} s of {len(taken)}")
    print(f"pyfixest {pyfixest.__version__} takes {min(seconds) / min(own['seconds']):.1f} times as long, by the best")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
