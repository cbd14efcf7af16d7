"""Recorded deaths beside detections, by route and year; both are incomplete counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lib.measures import flows
from lib.measures.around import ATLANTIC, CENTRAL, EASTERN, WESTERN
from lib.prose import number

TO_SPAIN = [WESTERN, ATLANTIC]


@dataclass(frozen=True)
class Recorded:
    """Dead and missing, and detections, as years × routes; all that is said is per 1,000 detections."""

    dead: pd.DataFrame
    detected: pd.DataFrame

    def yearly(self, first: int, last: int) -> pd.DataFrame:
        """Dead and missing per 1,000 detections: years × routes."""
        return 1000 * self.dead.loc[first:last] / self.detected.loc[first:last, self.dead.columns]

    def pooled(self, first: int, last: int) -> pd.Series:
        """The same for all these years together, by route."""
        return 1000 * self.dead.loc[first:last].sum() / self.detected.loc[first:last, self.dead.columns].sum()

    def ranges(self, routes: Sequence[str], first: int, last: int) -> pd.DataFrame:
        """One row per route: route (without the word), per_1000, and its lowest and highest single year."""
        yearly = self.yearly(first, last)
        table = pd.DataFrame({"per_1000": self.pooled(first, last), "lowest": yearly.min(), "highest": yearly.max()})
        return (
            table.loc[routes].rename(index=lambda name: name.removesuffix(" Route")).rename_axis("route").reset_index()
        )

    def long(self, routes: Sequence[str], first: int, last: int) -> pd.DataFrame:
        """One row per route and year: route, year, dead_and_missing, per_1000."""
        counts = self.dead.loc[first:last, list(routes)].rename_axis("year").reset_index()
        rows = counts.melt("year", var_name="route", value_name="dead_and_missing")
        rates = self.yearly(first, last)
        return rows.assign(per_1000=[rates.at[row.year, row.route] for row in rows.itertuples()])


def recorded(deaths: pd.DataFrame, routes: pd.DataFrame) -> Recorded:
    """From months × routes of both; a year that is not complete in either is there, with what it has."""
    dead, detected = (wide.groupby(wide.index.year).sum() for wide in (deaths, routes))
    return Recorded(dead, detected)


@dataclass(frozen=True)
class Organisation:
    """An organisation's count of deaths on the way to Spain, beside IOM's."""

    all_routes: float  # in 2024
    atlantic: float  # in 2024, on this route alone
    later: float  # in 2025, on all routes
    iom: Recorded

    def phrases(self) -> dict[str, object]:
        """What sentences say of both counts."""
        dead, detected = (wide.loc[2024, TO_SPAIN] for wide in (self.iom.dead, self.iom.detected))
        west = (self.all_routes - self.atlantic) / detected[WESTERN]
        return {
            "ngo_2024": self.all_routes,
            "ngo_2024_atlantic": self.atlantic,
            "ngo_2025": self.later,
            "iom_spain_2024": int(dead.sum()),
            "iom_atlantic_2024": int(dead[ATLANTIC]),
            "ngo_times": number(self.all_routes / dead.sum(), 1),
            "ngo_ratio": number(self.atlantic / detected[ATLANTIC] / west),
            "ngo_rate": number(1000 * self.all_routes / detected.sum()),
        }


def by_route(organisation: pd.DataFrame, total: pd.DataFrame, iom: Recorded) -> dict[str, object]:
    """What sentences say of the organisation's counts by route, and of IOM's own total for the Mediterranean.

    `organisation` has columns route, year and dead_and_missing, `total` year and dead_and_missing.
    """
    counted = organisation.set_index(["route", "year"])["dead_and_missing"]
    west = sum(counted[route, 2024] for route in ("Algeria", "Strait of Gibraltar", "Alboran"))
    year = total.set_index("year")["dead_and_missing"]
    incidents = iom.dead[[CENTRAL, EASTERN, WESTERN]].sum(axis=1)
    return {
        "ngo_atlantic_times": number(counted["Atlantic", 2024] / iom.dead.at[2024, ATLANTIC], 1),
        "ngo_west_times": number(west / iom.dead.at[2024, WESTERN], 1),
        "ngo_atlantic_2025": int(counted["Atlantic", 2025]),
        **{f"ngo_algeria_{when}": int(counted["Algeria", when]) for when in (2024, 2025)},
        **{f"iom_{when}": int(year[when]) for when in (2025, 2026)},
        "iom_gap": int((year.loc[2014:2024] - incidents.loc[2014:2024]).abs().max()),
    }


def together(deaths: pd.DataFrame, routes: pd.DataFrame) -> dict[str, object]:
    """Whether deaths and detections move together from year to year: `lib.measures.flows.together`."""
    found = flows.together(flows.yearly_changes(routes[deaths.columns]), flows.yearly_changes(deaths))
    shown = found.correlation > 0 and found.p_value <= 0.05
    return {
        "together_routes": deaths.shape[1],
        "together_years": found.pairs,
        "together_r": number(found.correlation, 2),
        "together_p": "below 0.001" if found.p_value < 0.001 else f"= {number(found.p_value, 3)}",
        "together_words": "Deaths and detections move together"
        if shown
        else "That deaths and detections move together is not shown",
    }
