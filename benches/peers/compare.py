"""Scores of our baseline and of its peers on the same rows.

    python compare.py FOLDER SEASON [STEP]

FOLDER holds panel.csv (level, unique_id, t, y) and own.csv (our forecasts). Peers are
fitted to each level's own series from each origin, on all that was sold by then. CRPS
is twice the mean pinball loss over the 19 quantiles from 5% to 95%, for all alike, over
the sum of units; SEASON is 12 for months of several years, 1 for weeks of one. STEP: of
the cells every so manieth series only, ours too. What peers forecast is kept beside
them (peers-LEVEL-STEP.csv) and used again: delete it when panel.csv changes.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import TSB, AutoETS, CrostonSBA, SeasonalNaive
from statsforecast.utils import ConformalIntervals

QUANTILES = np.arange(1, 20) * 0.05
LEVELS = [10, 20, 30, 40, 50, 60, 70, 80, 90]
COLUMNS = [f"q{round(q * 100):02d}" for q in QUANTILES]


def models(season: int, h: int):
    """The usual peers; those without intervals of their own get conformal ones."""
    conformal = ConformalIntervals(h=h, n_windows=3)
    return [
        SeasonalNaive(season_length=season, alias="SeasonalNaive"),
        AutoETS(season_length=season, alias="AutoETS"),
        CrostonSBA(prediction_intervals=conformal, alias="CrostonSBA"),
        TSB(alpha_d=0.2, alpha_p=0.2, prediction_intervals=conformal, alias="TSB"),
    ]


def peers(history: pd.DataFrame, season: int, h: int) -> pd.DataFrame:
    """Mean and quantiles of every peer, series and month ahead."""
    # A peer needs some history: shorter series get the mean and spread of what is there.
    enough = max(2 * season + 1, 4 * h + 2)
    count = history.groupby("unique_id").y.transform("size")
    made = []
    long = history[count >= enough]
    if len(long):
        frame = long.rename(columns={"t": "ds"})[["unique_id", "ds", "y"]]
        engine = StatsForecast(models=models(season, h), freq=1, n_jobs=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wide = engine.forecast(df=frame, h=h, level=LEVELS)
        wide["h"] = wide.groupby("unique_id").cumcount() + 1
        for model in ("SeasonalNaive", "AutoETS", "CrostonSBA", "TSB"):
            rows = wide[["unique_id", "h"]].assign(model=model, mean=wide[model].clip(lower=0))
            for q, column in zip(QUANTILES, COLUMNS):
                side = round(abs(2 * q - 1) * 100)
                name = model if side == 0 else f"{model}-{'lo' if q < 0.5 else 'hi'}-{side}"
                rows[column] = wide[name].clip(lower=0)
            made.append(rows)
    short = history[count < enough].groupby("unique_id").y
    for model in ("SeasonalNaive", "AutoETS", "CrostonSBA", "TSB"):
        for unique_id, y in short:
            for step in range(1, h + 1):
                spread = dict(zip(COLUMNS, np.quantile(y, QUANTILES)))
                made.append(pd.DataFrame([{"unique_id": unique_id, "h": step, "model": model, "mean": y.mean(), **spread}]))
    return pd.concat(made, ignore_index=True)


def scores(rows: pd.DataFrame) -> dict:
    y = rows.y.to_numpy()[:, None]
    q = rows[COLUMNS].to_numpy()
    pinball = np.maximum(QUANTILES * (y - q), (QUANTILES - 1) * (y - q))
    error = rows["mean"] - rows.y
    scaled = (error / rows.scale)[rows.scale > 0]
    units = rows.y.sum()
    return {
        "cases": len(rows),
        "CRPS": 2 * pinball.mean(axis=1).sum() / units,
        "bias": error.sum() / units,
        "WAPE": error.abs().sum() / units,
        "RMSSE": np.sqrt((scaled**2).mean()),
        "inside 80%": ((rows.y >= rows.q10) & (rows.y <= rows.q90)).mean(),
        "inside 90%": ((rows.y >= rows.q05) & (rows.y <= rows.q95)).mean(),
    }


def main(folder: Path, season: int, step: int) -> None:
    panel = pd.read_csv(folder / "panel.csv")
    own = pd.read_csv(folder / "own.csv")
    h = int(own.h.max())
    table = []
    for level in ("cell", "partner", "total"):
        series = panel[panel.level == level]
        ours = own[own.level == level]
        if level == "cell":
            kept = np.sort(ours.unique_id.unique())[::step]
            ours = ours[ours.unique_id.isin(kept)]
        kept_as = folder / f"peers-{level}-{step}.csv"
        if not kept_as.exists():
            started = time.process_time()
            made = []
            for origin in sorted(ours.origin.unique()):
                known = series[(series.t <= origin) & series.unique_id.isin(ours.unique_id)]
                made.append(peers(known, season, h).assign(origin=origin))
            pd.concat(made, ignore_index=True).to_csv(kept_as, index=False)
            seconds = time.process_time() - started
            print(f"{level}: peers took {seconds:.0f} s of one processor", file=sys.stderr, flush=True)
        rows = pd.concat([ours.assign(model="Spiffcast"), pd.read_csv(kept_as)], ignore_index=True)
        rows["t"] = rows.origin + rows.h
        rows = rows.merge(series[["unique_id", "t", "y"]], on=["unique_id", "t"])
        steps = series.sort_values("t").groupby("unique_id").y.apply(lambda y: np.sqrt((y.diff() ** 2).mean()))
        rows["scale"] = rows.unique_id.map(steps)
        # The same cases for all.
        cases = rows.groupby(["unique_id", "origin", "h"]).model.transform("nunique")
        rows = rows[cases == rows.model.nunique()]
        for model, part in rows.groupby("model", sort=False):
            table.append({"level": level, "model": model, **scores(part)})
    out = pd.DataFrame(table)
    out.to_csv(folder / "scores.csv", index=False)
    print(out.to_string(index=False, float_format="%.4f"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
