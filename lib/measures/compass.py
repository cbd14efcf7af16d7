"""The sums that can be made of what is told of COMPASS, the programme for protection that IOM runs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

COMMITTED = "commitment of the Netherlands, second phase"
SPENT = "spending on all partnership projects"
RETURNED = "people helped to return from Morocco"


@dataclass(frozen=True)
class Sums:
    """Money in millions of euros, people, and the years that each is over."""

    money: float
    years: range
    a_year: float
    own_years: range  # in which IOM has the phase run
    own_a_year: float
    within: float  # what would fall in the years of all partnership projects, spread evenly
    within_years: range
    return_years: range
    returns_a_year: float
    with_return: float  # share of those assisted in 2024 who got support to return, all countries


def sums(reported: pd.DataFrame, public: pd.Series) -> Sums:
    """What can be computed: `reported` is `compass_reported` by fact, `public` the values of `compass_public` by fact."""
    money, years, spent = reported.at[COMMITTED, "value"], _years(reported, COMMITTED), _years(reported, SPENT)
    own = range(int(public["second phase, first year"]), int(public["second phase, last year"]) + 1)
    within = range(max(years[0], spent[0]), min(years[-1], spent[-1]) + 1)
    back = _years(reported, RETURNED)
    return Sums(
        money=money,
        years=years,
        a_year=money / len(years),
        own_years=own,
        own_a_year=money / len(own),
        within=money / len(years) * len(within),
        within_years=within,
        return_years=back,
        returns_a_year=reported.at[RETURNED, "value"] / len(back),
        with_return=public["of these with return support, 2024"]
        / public["migrants assisted with protection services, 2024"],
    )


def _years(reported: pd.DataFrame, fact: str) -> range:
    first, last = map(int, reported.at[fact, "period"].split("/"))
    return range(first, last + 1)
