"""People whom others count: registered at the end of a year, or helped to return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

END_OF_YEAR, UPDATES = "end of year", "updates"


@dataclass(frozen=True)
class Register:
    """Who is registered for protection: at the ends of years, and as UNHCR's updates have it for one country."""

    rows: pd.DataFrame  # country, when, people and what (end of year or updates)
    ends: pd.DataFrame  # year × country
    peak: int  # year at whose end the country of the updates had most
    last: int  # last year
    shrinks: bool  # whether both series fell from there on, without a rise between


def register(
    population: pd.DataFrame, asylum: pd.DataFrame, updates: pd.DataFrame, countries: Sequence[str], country: str
) -> Register:
    """The register since 2015, from `unhcr_population_year`, `unhcr_asylum_year` and `updates` for one country.

    `updates` is `unhcr_tunisia_registered`: of an update without a day the first of its month stands for it.
    """
    annual = year_ends(population, asylum, countries, since=2015)
    moments = updates["day"].fillna(updates["month"])
    counted = pd.DataFrame({"country": country, "when": moments, "people": updates["registered"], "what": UPDATES})
    rows = pd.concat([annual.drop(columns="year").assign(what=END_OF_YEAR), counted], ignore_index=True)
    ends = annual.pivot(index="year", columns="country", values="people")
    peak, last = int(ends[country].idxmax()), int(ends.index[-1])
    falling = updates["registered"].is_monotonic_decreasing and ends[country].loc[peak:].is_monotonic_decreasing
    return Register(rows, ends, peak, last, bool(falling and peak < last))


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
