"""Asylum applications after a partnership began: one place among all others, as if each had been the partner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lib.effects.placebo import PlaceboTest
from lib.measures import destinations
from lib.prose import change, in_words, number, percent

TOLD = {
    "partner": "Partner",
    "from": "First full year",
    "years": "Years after",
    "change": "Netherlands, relative change",
    "others": "Other destinations, from and to",
    "p": "p",
    "scaled": "p (scaled)",
    "needed": "Fall needed to rank first",
}


def first_full_year(start: pd.Timestamp) -> int:
    """The first calendar year that lies wholly after the month of a start, or begins with it."""
    return start.year + (start.month > 1)


@dataclass(frozen=True)
class Applications:
    """First-time applications at `place` after each partner's start, among those at all other destinations.

    `panel` has rows (destination, citizenship, year, applicants), `starts` has name, country and start, a month.
    """

    panel: pd.DataFrame
    starts: pd.DataFrame
    place: str

    @cached_property
    def tests(self) -> dict[str, PlaceboTest]:
        """For each partner, the estimates of `destinations.relative_changes`.

        The year of the start is left out unless it began in January; a partner without a full year in the panel has
        no test.
        """
        found = {}
        for partner in self.starts.itertuples():
            first, begun = first_full_year(partner.start), (partner.start.year,)
            if first <= self.panel["year"].max():
                changes = destinations.relative_changes(self.panel, partner.country, first, drop_years=begun)
                found[partner.name] = PlaceboTest(self.place, changes)
        return found

    @cached_property
    def results(self) -> pd.DataFrame:
        """One row per partner: partner, from, years, change, others, p, scaled, needed.

        `change` is relative to other destinations, and `others` has the lowest and the highest of theirs; `p` and
        `scaled` are the p-values of the estimate and of that over its noise; `needed` is the relative fall with which
        the place would rank first.
        """
        rows = []
        begun = self.starts.set_index("name")["start"].map(first_full_year)
        for partner, test in self.tests.items():
            own, others = test.estimates.loc[test.treated], test.estimates.drop(index=test.treated)
            needed = 1 - np.exp(-others["estimate"].abs().max())
            ends = tuple(np.exp(others["estimate"].agg(["min", "max"])) - 1)
            p = [test.p_value("estimate"), test.p_value("scaled")]
            found = np.exp(own["estimate"]) - 1
            rows.append((partner, int(begun[partner]), int(own["years"]), found, ends, *p, needed))
        return pd.DataFrame(rows, columns=list(TOLD))

    @cached_property
    def joint(self) -> PlaceboTest:
        """The mean of the estimates of all partners, at every destination that has all of them."""
        return PlaceboTest(self.place, destinations.pooled([test.estimates for test in self.tests.values()]))

    def told(self) -> pd.DataFrame:
        """`results` as a table for readers."""
        rows = self.results
        said = {
            "change": rows["change"].map(change),
            "others": [f"{change(least)} to {change(most)}" for least, most in rows["others"]],
            "needed": rows["needed"].map(percent),
        }
        return rows.assign(**said).rename(columns=TOLD)

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of the tests of all partners."""
        rows, together = self.results, self.joint
        p = together.p_value("scaled")
        return {
            "destinations": len(together.estimates),
            "smallest_p": number(together.smallest_p, 2),
            "joint_change": change(np.exp(together.estimates.loc[self.place, "estimate"]) - 1),
            "joint_p": number(together.p_value("estimate"), 2),
            "joint_p_scaled": number(p, 2),
            "joint_sign": "no sign of a change" if p > 0.1 else "a change that chance gives seldom",
            "partners_tested": in_words(self.tests),
            "partners_untested": in_words(name for name in self.starts["name"] if name not in self.tests),
            "years_end": str(int(self.panel["year"].max())),
            "years_least": int(rows["years"].min()),
            "years_most": int(rows["years"].max()),
            "needed_least": percent(rows["needed"].min()),
            "needed_most": percent(rows["needed"].max()),
        }
