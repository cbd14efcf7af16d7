"""Asylum applications by destination: did one origin's move at one destination as they did at all others?"""

from __future__ import annotations

import numpy as np
import pandas as pd


def residualise(columns: np.ndarray, *groups: pd.Series) -> np.ndarray:
    """Columns (n × k) with the means of every group of fixed effects taken out together.

    Source: Frisch–Waugh–Lovell; the projections are pyhdfe's, the library behind linearmodels' AbsorbingLS.
    """
    from pyhdfe import create

    ids = np.column_stack([pd.factorize(group)[0] for group in groups])
    return create(ids, drop_singletons=False).residualize(columns)


def relative_changes(panel: pd.DataFrame, origin: str, start: int, drop_years: tuple[int, ...] = ()) -> pd.DataFrame:
    """For each destination, the change in log applicants from one origin after `start`, relative to all others.

    `panel` has rows (destination, citizenship, year, applicants), applicants > 0. The regression is
    log applicants on pair, origin-year and destination-year effects and one dummy: this origin, this
    destination, year ≥ `start`. It is estimated once per destination. `drop_years` leaves out years of this
    origin that are partly treated. Returns a DataFrame by destination with `estimate` (log points), `noise`
    (standard deviation of the pair's residuals before `start`), `scaled` (their ratio) and `years` after.
    Raises `ValueError` if fewer than two destinations have the origin in two years before and one after
    `start`, or if a count is zero or negative.
    """
    if (panel["applicants"] <= 0).any():
        raise ValueError("applicants must be above zero: the regression is on their logarithm; leave zeros out")
    rows = panel[~((panel["citizenship"] == origin) & panel["year"].isin(drop_years))].reset_index(drop=True)
    of_origin = rows["citizenship"] == origin
    after = of_origin & (rows["year"] >= start)
    years_before = rows[of_origin & ~after].groupby("destination")["year"].nunique()
    destinations = sorted(set(rows.loc[after, "destination"]) & set(years_before.index[years_before >= 2]))
    if len(destinations) < 2:
        raise ValueError(
            f"{len(destinations)} destinations have applicants from {origin} in two years before {start} "
            "and one after; at least two are needed to compare"
        )
    dummies = np.column_stack([(after & (rows["destination"] == place)).to_numpy(float) for place in destinations])
    columns = np.column_stack([np.log(rows["applicants"].to_numpy(float)), dummies])
    within = residualise(
        columns,
        rows["destination"] + rows["citizenship"],
        rows["citizenship"] + rows["year"].astype(str),
        rows["destination"] + rows["year"].astype(str),
    )
    outcome, treatments = within[:, 0], within[:, 1:]
    estimates = (treatments * outcome[:, None]).sum(axis=0) / (treatments**2).sum(axis=0)
    residuals = outcome[:, None] - treatments * estimates
    found = []
    for k, place in enumerate(destinations):
        pair = of_origin & (rows["destination"] == place)
        noise = float(residuals[(pair & ~after).to_numpy(), k].std(ddof=1))
        scaled = estimates[k] / noise if noise else np.inf
        found.append((place, estimates[k], noise, scaled, int((pair & after).sum())))
    return pd.DataFrame(found, columns=["destination", "estimate", "noise", "scaled", "years"]).set_index("destination")


def pooled(tests: list[pd.DataFrame]) -> pd.DataFrame:
    """Mean of `estimate` and of `scaled` over several origins, for the destinations that have all of them."""
    shared = [frame[["estimate", "scaled"]] for frame in tests]
    return (
        pd.concat(shared, keys=range(len(shared)), names=["origin"])
        .groupby("destination")
        .filter(lambda rows: len(rows) == len(shared))
        .groupby("destination")
        .mean()
    )
