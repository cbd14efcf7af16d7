"""Where people are recorded as dead or missing at sea: by route, by cell of a map, and what no map can show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.measures.around import CENTRAL
from lib.prose import percent

WINDOW = (-26, 37.5, 12, 44.5)  # of the map: west, east, south and north in degrees


@dataclass(frozen=True)
class Places:
    """The table `deaths_place`: route, year, lon, lat, dead_and_missing and incidents, by half-degree cell."""

    table: pd.DataFrame

    @cached_property
    def by_route(self) -> pd.Series:
        """Dead and missing by route, the most first, whether or not their place is known."""
        return self.table.groupby("route")["dead_and_missing"].sum().sort_values(ascending=False)

    @property
    def central(self) -> float:
        """The central Mediterranean's share of all."""
        return self.by_route[CENTRAL] / self.by_route.sum()

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The rows in `WINDOW`."""
        west, east, south, north = WINDOW
        return self.table[self.table["lon"].between(west, east) & self.table["lat"].between(south, north)]

    @property
    def unknown(self) -> pd.DataFrame:
        """The rows without a place."""
        return self.table[self.table["lon"].isna()]

    @property
    def outside(self) -> int:
        """Dead and missing with a place outside the window."""
        shown = self.cells["dead_and_missing"].sum() + self.unknown["dead_and_missing"].sum()
        return int(self.by_route.sum() - shown)

    def long(self) -> pd.DataFrame:
        """The cells of the map over all years: route, lon, lat, dead_and_missing, incidents."""
        cells = self.cells.groupby(["route", "lon", "lat"], as_index=False)
        return cells[["dead_and_missing", "incidents"]].sum()

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of them."""
        return {
            "deaths_total": int(self.by_route.sum()),
            "deaths_central_share": percent(self.central),
            "deaths_unknown": int(self.unknown["dead_and_missing"].sum()),
            "deaths_unknown_records": int(self.unknown["incidents"].sum()),
        }
