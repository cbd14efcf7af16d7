"""Arrivals by country of departure and by nationality: who grew with one coast, and what can be left of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lib.measures.displacement import at_most, could_have_moved, grew
from lib.prose import in_words, number, percent

UNNAMED = ("OTH", "total", "OOO", "OOS")  # rows of a list that are no nationality
SIZEABLE = 1000  # detections; fewer double by a few more


def by_departure(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Arrivals by country of departure: periods (start, end) × countries, and whole years × countries.

    `table` has columns start, end, departure and arrivals. A part of a year of which the whole is known is left out of
    the periods.
    """
    periods = table.pivot(index=["start", "end"], columns="departure", values="arrivals")
    spans = periods.index.to_frame()
    whole = spans["end"].dt.is_year_end
    years = periods[whole].set_axis(spans.loc[whole, "end"].dt.year).rename_axis("year")
    part = ~whole & spans["end"].dt.year.isin(years.index)
    return periods[~part], years


def year_ends(lists: pd.DataFrame) -> pd.DataFrame:
    """Counts since 1 January (`cumulative`) as they stood at the end of each year: years × nationalities."""
    ends = lists[lists["last_day"].dt.is_year_end]
    return ends.assign(year=ends["last_day"].dt.year).pivot(index="year", columns="nationality", values="cumulative")


@dataclass(frozen=True)
class Grown:
    """Nationalities that grew by a factor in one year, with one that is taken as well, and what can be left of them."""

    groups: list[str]
    others: list[str]  # what else was listed in that year
    bounded: pd.DataFrame  # years × nationalities, one that a list leaves out at most as large as its smallest
    named: pd.DataFrame  # as listed
    year: int  # the year in which they grew

    def total(self, year: int, without: Sequence[str] = ()) -> float:
        """Their number in a year, or the most that it can be."""
        return float(self.bounded.loc[year, [group for group in self.groups if group not in without]].sum())

    def kept(self, year: int, without: Sequence[str] = ()) -> float:
        """What they can have kept until a later year at most, as a share of their number in the year of growth."""
        return self.total(year, without) / self.total(self.year, without)

    def gained(self, year: int) -> pd.Series:
        """What each nationality that is listed in both gained in a year, the largest first."""
        return self.named.loc[[year - 1, year]].dropna(axis=1).diff().loc[year].sort_values(ascending=False)

    def phrases(self, later: int, aside: Sequence[str], names: pd.Series) -> dict[str, object]:
        """What sentences say of them until a later year; `aside` are left out of the core, `names` are by code."""
        gained = self.gained(later)
        again = gained[gained.index.isin(self.groups) & (gained > 0)].sort_index()
        return {
            "with_tunisia": in_words(names[self.groups]),
            "with_kept": percent(self.kept(later)),
            **{f"with_{year}": self.total(year) for year in range(self.year, later + 1)},
            "core_2023": self.total(self.year, aside),
            "core_kept": percent(self.kept(later, aside)),
            "others_named": in_words(names[self.others]),
            **{f"others_{year}": self.bounded.loc[year, self.others].sum() for year in (self.year, later)},
            "risers": in_words(names[gained.index[:3]]),
            "again": in_words(names[again.index]) or "nowhere",
            "again_n": int(again.sum()),
        }


def grown(ends: pd.DataFrame, year: int, factor: float, also: str) -> Grown:
    """Nationalities (columns of `year_ends`) that grew by `factor` or more to `year`, and `also`."""
    named = ends.drop(columns=[name for name in UNNAMED if name in ends])
    bounded, known = at_most(named), named.loc[year].dropna()
    groups = [*grew(bounded.loc[year - 1], known, factor), also]
    return Grown(groups, [group for group in known.index if group not in groups], bounded, named, year)


def elsewhere(table: pd.DataFrame, route: str, year: int, factor: float, also: str) -> pd.DataFrame:
    """By nationality that grew on a route to `year`: what it lost there after, and others gained at most.

    `table` has columns route, nationality, year and detections. Columns of the result: those of `could_have_moved`.
    """
    years = [year - 1, year, year + 1]
    here, others = (_by_year(table[table["route"].eq(route) == own], years) for own in (True, False))
    sizeable = here[(here["before"] >= SIZEABLE) & ~here.index.isin(UNNAMED)]
    groups = [*grew(sizeable["earlier"], sizeable["before"], factor), also]
    return could_have_moved(here.loc[groups], others)


def _by_year(rows: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    table = rows.pivot_table(index="nationality", columns="year", values="detections", aggfunc="sum", fill_value=0)
    return table.reindex(columns=years, fill_value=0).set_axis(["earlier", "before", "after"], axis=1)


COASTS = {"TUN": "Tunisia", "LBY": "Libya"}


@dataclass(frozen=True)
class Shift:
    """Arrivals from Tunisia and from Libya, 2022 to 2025: whether one made up for the other."""

    periods: pd.DataFrame  # (start, end) × countries of departure, of which some counts may be missing
    years: pd.DataFrame  # whole years × countries

    @property
    def early(self) -> float:
        """The share of all arrivals that can have come from elsewhere than Libya in the first part of 2017."""
        first = self.periods.xs(pd.Timestamp("2017-01-01"), level="start").dropna(subset=["total", "LBY"])
        return 1 - (first["LBY"] / first["total"]).item()

    @property
    def in_2023(self) -> float:
        """Tunisia's share in 2023."""
        return self.years.at[2023, "TUN"] / self.years.at[2023, "total"]

    def change(self, country: str, since: int = 2023) -> float:
        """By how much arrivals from a country, or the total, changed until 2025."""
        return self.years.at[2025, country] - self.years.at[since, country]

    @property
    def made_up(self) -> float:
        """Libya's rise as a share of Tunisia's fall."""
        return self.change("LBY") / -self.change("TUN")

    @property
    def fell_less(self) -> float:
        """How much less all arrivals fell than those from Tunisia."""
        return 1 - self.change("total") / self.change("TUN")

    def long(self) -> pd.DataFrame:
        """Whole years for a chart: year, departure, arrivals."""
        wide = self.years[list(COASTS)].rename(columns=COASTS).reset_index()
        return wide.melt("year", var_name="departure", value_name="arrivals")

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of it."""
        coasts = [(code, name.lower()) for code, name in COASTS.items()]
        factor = self.years.loc[2023] / self.years.loc[2022]
        return {
            "tunisia_early": percent(self.early, 1),
            "tunisia_share_2023": percent(self.in_2023),
            "tunisia_fall": -self.change("TUN"),
            "libya_made_up": percent(self.made_up),
            "fell_less": percent(self.fell_less),
            "italy_fall": -self.change("total"),
            "libya_gained": self.change("LBY", 2024),
            **{f"{name}_{year}": self.years.at[year, code] for code, name in coasts for year in (2023, 2024, 2025)},
            **{f"{name}_factor": number(factor[code], 1) for code, name in coasts},
        }


def shift(table: pd.DataFrame) -> Shift:
    """From the table `arrivals_italy_departure`."""
    return Shift(*by_departure(table))
