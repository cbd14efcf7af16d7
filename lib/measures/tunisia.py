"""Did people who left from Tunisia leave from Libya later? Rules set beforehand.

If many did, nationalities that grew with the departures from Tunisia keep a large part of their number, and all
arrivals fall clearly less than those from Tunisia. No list says where a nationality left from: growth is the only
ground of the choice. The yearly totals were known when these rules were written.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.measures import arrivals
from lib.measures.around import CENTRAL, direction, steady
from lib.prose import percent

TUNISIA, GREW = "TUN", 2023
FACTOR, KEPT, CLEARLY = 2, 0.5, 0.25  # grew by; keep at least; fall less by at least, and what is much of a fall
ASIDE = ["PAK", "SDN"]  # grew too, and nothing but that links them to Tunisia


@dataclass(frozen=True)
class Left:
    """The tables that the rules are applied to."""

    shift: arrivals.Shift
    grown: arrivals.Grown
    elsewhere: pd.DataFrame  # `lib.measures.arrivals.elsewhere`
    ends: pd.DataFrame  # `lib.measures.arrivals.year_ends`

    @property
    def share(self) -> float:
        """What other routes can have gained of what the chosen nationalities lost on the central one."""
        return self.elsewhere["at_most"].sum() / self.elsewhere["fell"].sum()

    def chosen(self, grown: int = 4, risen: int = 3) -> list[str]:
        """The largest of those that grew, the largest of 2025, and Syria: the codes that a chart shows."""
        largest = self.grown.bounded.loc[GREW, self.grown.groups].nlargest(grown).index
        return list(dict.fromkeys([*largest, *self.grown.named.loc[2025].nlargest(risen).index, "SYR"]))

    def at_most(self, names: pd.Series) -> tuple[pd.Series, pd.Series]:
        """How many of the largest four that grew can have arrived at most, by name: in 2023 and in 2025."""
        found = self.grown.bounded[self.chosen()[:4]].rename(columns=names)
        return found.loc[GREW], found.loc[2025]

    def long(self, names: pd.Series) -> pd.DataFrame:
        """Arrivals of the chosen for a chart: year, nationality (by name), arrivals; none where a list has none."""
        wide = self.grown.named[self.chosen()].rename(columns=names).rename_axis("year").reset_index()
        return wide.melt("year", var_name="nationality", value_name="arrivals").dropna()

    def phrases(self, names: pd.Series) -> dict[str, object]:
        """What sentences say of it; `names` are by code."""
        found = self.elsewhere
        clearly_less = self.shift.fell_less >= CLEARLY
        return {
            **self.grown.phrases(2025, ASIDE, names),
            "factor": FACTOR,
            "kept_rule": percent(KEPT),
            "clearly": percent(CLEARLY),
            "fell_verdict": "as displacement would have it" if clearly_less else "which is not clearly less",
            "arrived_2023": self.ends.loc[GREW, "total"],
            "unnamed_2023": self.ends.loc[GREW, "OTH"],
            "followed": len(found),
            "followed_fell": found["fell"].sum(),
            "followed_moved": found["at_most"].sum(),
            "followed_share": percent(self.share),
            "followed_first": names[found["at_most"].idxmax()],
            "followed_first_n": found["at_most"].max(),
        }

    @property
    def claims(self) -> dict[str, object]:
        """What claims on it are checked against."""
        years = self.shift.years
        return {
            "tunisia-shift": direction(self.shift.early, self.shift.in_2023),
            "tunisia-2023-fall": steady(years[TUNISIA].loc[2023:2025]),
            "tunisia-rise-share": (years[TUNISIA].diff() / years["total"].diff())[GREW] >= 1,
            "libya-2025-rise": direction(years.loc[2023, "LBY"], years.loc[2025, "LBY"]),
            "libya-took-over": self.shift.made_up >= CLEARLY,
            "tunisia-nationalities-kept": self.grown.kept(2025) >= KEPT,
            "tunisia-nationalities-elsewhere": self.share >= CLEARLY,
        }


def left(shift: arrivals.Shift, lists: pd.DataFrame, nationality: pd.DataFrame) -> Left:
    """From arrivals by coast, and the tables `arrivals_italy_nationality` and `frontex_route_year_nationality`."""
    ends = arrivals.year_ends(lists)
    grown = arrivals.grown(ends, GREW, FACTOR, also=TUNISIA)
    return Left(shift, grown, arrivals.elsewhere(nationality, CENTRAL, GREW, FACTOR, also=TUNISIA), ends)
