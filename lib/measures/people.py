"""People whom others count: registered at the end of a year, or helped to return."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def year_ends(population: pd.DataFrame, asylum: pd.DataFrame, countries: Sequence[str], since: int) -> pd.DataFrame:
    """Refugees and asylum-seekers registered at the end of each year: country, year, when (the day) and people.

    `population` is `unhcr_population_year`, of which provisional figures are left out; for years after its last,
    `asylum` (`unhcr_asylum_year`) has the same two counts.
    """
    ends = population[(population["reference"] == "year_end") & (population["year"] >= since)]
    ends = ends[ends["country"].isin(countries)]
    later = asylum[asylum["year"] > ends["year"].max()]
    annual = pd.concat([ends, later[later["country"].isin(countries)]], ignore_index=True)
    return pd.DataFrame({
        "country": annual["country"], "year": annual["year"],
        "when": pd.to_datetime(annual["year"].astype(str) + "-12-31"),
        "people": annual["refugees"] + annual["asylum_seekers"],
    })  # fmt: skip


def longest_periods(returns: pd.DataFrame) -> pd.DataFrame:
    """Of the counts that begin in a year the one over most months: `assisted_returns_iom` with year and months.

    One row per country and year, in that order.
    """
    start, end = returns["start"], returns["end"]
    counted = returns.assign(year=start.dt.year, months=1 + end.dt.month - start.dt.month)
    longest = counted.sort_values("months", kind="stable").drop_duplicates(["country", "year"], keep="last")
    return longest.sort_values(["country", "year"], ignore_index=True)
