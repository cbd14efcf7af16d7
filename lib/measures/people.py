"""People whom others count: registered at the end of a year, or helped to return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Register:
    """Who is registered for protection at the ends of years, and whether the register of one country shrinks."""

    annual: pd.DataFrame  # country, year and people
    ends: pd.DataFrame  # the same, year × country
    peak: int  # year at whose end that country had most
    last: int  # last year
    shrinks: bool  # whether year ends from there on, and UNHCR's updates, fell without a rise between


def register(
    population: pd.DataFrame, asylum: pd.DataFrame, updates: pd.DataFrame, countries: Sequence[str], country: str
) -> Register:
    """The register since 2015, from `unhcr_population_year` and `unhcr_asylum_year`.

    `updates` is `unhcr_tunisia_registered`, in the order of its months: what UNHCR told of `country` in between.
    """
    annual = year_ends(population, asylum, countries, since=2015)
    ends = annual.pivot(index="year", columns="country", values="people")
    peak, last = int(ends[country].idxmax()), int(ends.index[-1])
    falling = updates["registered"].is_monotonic_decreasing and ends[country].loc[peak:].is_monotonic_decreasing
    return Register(annual, ends, peak, last, bool(falling and peak < last))


def year_ends(population: pd.DataFrame, asylum: pd.DataFrame, countries: Sequence[str], since: int) -> pd.DataFrame:
    """Refugees and asylum-seekers registered at the end of each year: country, year and people.

    `population` is `unhcr_population_year`, of which provisional figures are left out; for years after its last,
    `asylum` (`unhcr_asylum_year`) has the same two counts.
    """
    ends = population[(population["reference"] == "year_end") & (population["year"] >= since)]
    ends = ends[ends["country"].isin(countries)]
    later = asylum[asylum["year"] > ends["year"].max()]
    annual = pd.concat([ends, later[later["country"].isin(countries)]], ignore_index=True)
    return annual[["country", "year"]].assign(people=annual["refugees"] + annual["asylum_seekers"])


def longest_periods(returns: pd.DataFrame) -> pd.DataFrame:
    """Of the counts that begin in a year the one over most months: `assisted_returns_iom` with year and months.

    One row per country and year, in that order.
    """
    start, end = returns["start"], returns["end"]
    counted = returns.assign(year=start.dt.year, months=1 + end.dt.month - start.dt.month)
    longest = counted.sort_values("months", kind="stable").drop_duplicates(["country", "year"], keep="last")
    return longest.sort_values(["country", "year"], ignore_index=True)
