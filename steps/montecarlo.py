"""The Monte Carlo tables of the return chapter: `make montecarlo` (an hour or more on two cores).

Not a part of the build: the tables are committed and described like any other, and the tests repeat a part.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lib import data
from lib.returns import designs, size, thresholds

DATA = Path(__file__).resolve().parent.parent / "data"
SEED = 20260601
COUNTRIES = (10, 20, 40, 76, 150)
CELLS = [(countries, name) for countries in COUNTRIES for name in size.QUANTILES]
REPLICATIONS = 1_000
PANELS = 200
DESIGN_REPLICATIONS, BESIDE = 1_000, 300  # of the leading test, and of what is looked at beside it
HONEST = [
    (size, persistence, grows) for size, grows in ((2, 1), (7, 1), (2, 3), (1.6, 7)) for persistence in (0.6, 0.9)
]
HONEST_REPLICATIONS = 200


def size_table(cells: list[tuple[int, str]], replications: int) -> pd.DataFrame:
    """Rates by number of countries, size of the treated one, and method."""
    return size.summary(size.replications(cells, replications, SEED)).round(4)


def designs_table(cells: list[tuple[str, int, str]], replications: int, beside: int) -> pd.DataFrame:
    """What the tests reject and hold in every world, by size of the treated country."""
    return designs.rates(cells, replications, beside, SEED).round(4)


def honest_table(cells: list[tuple[float, float, float]], replications: int) -> pd.DataFrame:
    """How often honest intervals hold the effect, by size, persistence, growth and the bend allowed."""
    found = [designs.honest_coverage(*cell, replications, SEED) for cell in cells]
    keys = pd.DataFrame(cells, columns=["size", "persistence", "grows"]).assign(replications=replications)
    return keys.join(pd.DataFrame(found)).melt(list(keys), var_name="bend").round(4)


def table1_thresholds(panels: int) -> pd.DataFrame:
    """Thresholds of every cell of Table 1 over many simulated panels: their 5th, 50th and 95th percentile."""
    countries = data.load("report_return_effects")["country"].unique()
    found = thresholds.simulated_thresholds(range(SEED, SEED + panels), countries)
    kinds = ["clustered", "placebo", "family"]
    long = found.melt(["country", "outcome", "scenario", "seed"], kinds, var_name="inference", value_name="threshold")
    by = long.groupby(["country", "outcome", "inference", "scenario"], sort=False)["threshold"]
    table = by.quantile([0.05, 0.5, 0.95]).unstack().set_axis(["low", "median", "high"], axis=1)
    return table.assign(panels=by.size(), seeds=panels).round(3).reset_index()


if __name__ == "__main__":
    size_table(CELLS, REPLICATIONS).to_csv(DATA / "monte_carlo_size.csv", index=False, lineterminator="\n")
    table1_thresholds(PANELS).to_csv(DATA / "monte_carlo_table1.csv", index=False, lineterminator="\n")
    designs_table(designs.CELLS, DESIGN_REPLICATIONS, BESIDE).to_csv(
        DATA / "monte_carlo_designs.csv", index=False, lineterminator="\n"
    )
    honest_table(HONEST, HONEST_REPLICATIONS).to_csv(DATA / "monte_carlo_honest.csv", index=False, lineterminator="\n")
    print("four tables written; now run `make describe`")
