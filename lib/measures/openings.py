"""Two borders that were opened on purpose: what the month after, or the month itself, has over the month before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.measures.around import EASTERN, WESTERN
from lib.measures.flows import steps
from lib.prose import month

# Route, the month before and the month compared, and the first and last year looked at.
OPENED = {"turkiye": (EASTERN, 2, 3, 2018, 2022), "ceuta": (WESTERN, 4, 5, 2019, 2023)}
YEAR = {"turkiye": 2020, "ceuta": 2021}
NAMES = {"turkiye": "Türkiye–Greece: March ÷ February", "ceuta": "Ceuta: May ÷ April"}


@dataclass(frozen=True)
class Openings:
    """Detections (months × routes) around the openings of `OPENED`."""

    routes: pd.DataFrame

    @cached_property
    def ratios(self) -> dict[str, pd.Series]:
        """One month over the other by year, for each opening."""
        return {place: steps(self.routes[route], *months) for place, (route, *months) in OPENED.items()}

    def visible(self, place: str) -> bool:
        """Whether the ratio in the year of the opening is above that of every other year."""
        found, year = self.ratios[place], YEAR[place]
        return bool(found[year] > found.drop(year).max())

    def counted(self, place: str) -> tuple[int, int]:
        """Detections in the month before and in the month compared, in the year of the opening."""
        route, *months, _, _ = OPENED[place]
        return tuple(int(self.routes.at[pd.Timestamp(YEAR[place], month, 1), route]) for month in months)

    def told(self) -> pd.DataFrame:
        """The ratios as a table for readers: a row for each border, a column for each year."""
        table = pd.DataFrame(self.ratios).T.rename(index=NAMES, columns=str)
        return table.sort_index(axis=1).rename_axis("Detections, one month over the other").reset_index()

    def phrases(self, *days: str) -> dict[str, object]:
        """What sentences say of openings on these days, that of Türkiye first."""
        turkiye, ceuta = map(pd.Timestamp, days)
        (february, march), (april, may) = self.counted("turkiye"), self.counted("ceuta")
        return {
            "turkiye_opening": month(turkiye),
            "turkiye_after": month(turkiye + pd.DateOffset(months=1)),
            "ceuta_opening": month(ceuta),
            "turkiye_feb": february,
            "turkiye_mar": march,
            "ceuta_apr": april,
            "ceuta_may": may,
        }

    @property
    def claims(self) -> dict[str, str]:
        """What claims on them are checked against."""
        found = {"turkiye-opening-visible": "turkiye", "ceuta-visible": "ceuta"}
        return {claim: "rise" if self.visible(place) else "none" for claim, place in found.items()}
