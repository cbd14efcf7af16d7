"""The two routes to Spain: whether detections and deaths moved from the western Mediterranean to the Atlantic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.measures.around import ATLANTIC, CENTRAL, WESTERN, direction
from lib.measures.deaths import TO_SPAIN, Recorded, recorded
from lib.prose import change, number, percent

SEAS = [ATLANTIC, WESTERN, CENTRAL]  # both, and the one that they are set beside
EARLY, LATE = slice(2015, 2019), slice(2020, 2024)  # years, both ends included


@dataclass(frozen=True)
class Spain:
    """Detections and recorded dead and missing, both as months × routes."""

    routes: pd.DataFrame
    dead: pd.DataFrame

    @cached_property
    def years(self) -> pd.DataFrame:
        """Detections on both routes: years × routes."""
        return self.routes[TO_SPAIN].groupby(self.routes.index.year).sum()

    @property
    def both(self) -> pd.Series:
        """Detections on both routes together, by year."""
        return self.years.sum(axis=1)

    @cached_property
    def recorded(self) -> Recorded:
        """Dead and missing beside detections, by year, on all routes that have both."""
        return recorded(self.dead, self.routes)

    @property
    def died(self) -> pd.Series:
        """Dead and missing on both routes together, by year."""
        return self.recorded.dead[TO_SPAIN].sum(axis=1)

    def share(self, years: slice) -> float:
        """The Atlantic's share of detections on both routes in these years."""
        return self.years.loc[years, ATLANTIC].sum() / self.both.loc[years].sum()

    @property
    def pooled(self) -> pd.Series:
        """Dead and missing per 1,000 detections in the later years together, by route."""
        return self.recorded.pooled(LATE.start, LATE.stop)

    @property
    def deadlier(self) -> pd.Series:
        """By later year, whether more died per detection on the Atlantic than on the western route."""
        yearly = self.recorded.yearly(LATE.start, LATE.stop)
        return yearly[ATLANTIC] > yearly[WESTERN]

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of it."""
        west, yearly, rate = self.years[WESTERN], (self.years[ATLANTIC] / self.both).loc[: EARLY.stop], self.pooled
        return {
            **{f"west_{year}": west[year] for year in (2017, 2018, 2019)},
            **{f"spain_{year}": self.both[year] for year in (2018, 2024)},
            "west_fall": change(west[2019] / west[2018] - 1),
            "series_from": str(self.routes.index[0].year),
            "atlantic_share_early": percent(self.share(EARLY)),
            "atlantic_share_late": percent(self.share(LATE)),
            "atlantic_most": percent(yearly.max()),
            "atlantic_most_year": str(yearly.idxmax()),
            "atlantic_least": percent(yearly.min()),
            "atlantic_least_year": str(yearly.idxmin()),
            "atlantic_rate": number(rate[ATLANTIC], 1),
            "western_rate": number(rate[WESTERN], 1),
            "central_rate": number(rate[CENTRAL], 1),
            "ratio_western": number(rate[ATLANTIC] / rate[WESTERN], 2),
            "ratio_central": number(rate[ATLANTIC] / rate[CENTRAL], 2),
        }

    def claims(self, strong: float) -> dict[str, object]:
        """What claims on it are checked against; a rise of `strong`, a share of the year before, is strong."""
        both, atlantic, dead = self.both, self.years[ATLANTIC], self.recorded.dead
        rose = [both[year] >= (1 + strong) * both[year - 1] for year in (2017, 2018)]
        to_april = [self.dead.loc[f"{year}-01" : f"{year}-04", TO_SPAIN].to_numpy().sum() for year in (2024, 2025)]
        return {
            "spain-rise": "rise" if all(rose) else "none",
            "western-2019-fall": direction(*self.years.loc[2018:2019, WESTERN]),
            "atlantic-share-rise": direction(self.share(EARLY), self.share(LATE)),
            "atlantic-rise": direction(atlantic.loc[EARLY].mean(), atlantic.loc[LATE].mean()),
            "atlantic-deaths-rise": direction(dead.loc[EARLY, ATLANTIC].mean(), dead.loc[LATE, ATLANTIC].mean()),
            "spain-deaths-rise": direction(self.died.loc[EARLY].mean(), self.died.loc[LATE].mean()),
            "atlantic-deadlier": self.pooled[ATLANTIC] > self.pooled[WESTERN],
            "iom-deaths-2024": self.died[2024],
            "deaths-2025-fall": direction(*to_april),
        }
