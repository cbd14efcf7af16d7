"""Asylum applications after a partnership began: one place among all others, as if each had been the partner."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.effects.placebo import PlaceboTest
from lib.measures import destinations
from lib.prose import change, in_words, number, percent


def tests(panel: pd.DataFrame, starts: pd.DataFrame, place: str) -> dict[str, PlaceboTest]:
    """For each partner, its estimate at `place` among those of all other destinations.

    The estimates are `destinations.relative_changes`. `panel` has rows
    (destination, citizenship, year, applicants), `starts` has name, country and start, a month. The
    year of the start is left out unless it began in January; a partner without a full year in the panel has no test.
    """
    found = {}
    for partner in starts.itertuples():
        first = first_full_year(partner.start)
        if first <= panel["year"].max():
            changes = destinations.relative_changes(panel, partner.country, first, drop_years=(partner.start.year,))
            found[partner.name] = PlaceboTest(place, changes)
    return found


def first_full_year(start: pd.Timestamp) -> int:
    """The first calendar year that lies wholly after the month of a start, or begins with it."""
    return start.year + (start.month > 1)


def results(found: dict[str, PlaceboTest], starts: pd.DataFrame) -> pd.DataFrame:
    """One row per partner: partner, from, years, change, p, scaled, needed.

    `change` is relative to other destinations; `p` and `scaled` are the p-values of the estimate and of that over its
    noise; `needed` is the relative fall with which the place would rank first.
    """
    rows = []
    begun = starts.set_index("name")["start"].map(first_full_year)
    for partner, test in found.items():
        own, others = test.estimates.loc[test.treated], test.estimates.drop(index=test.treated)
        needed = 1 - np.exp(-others["estimate"].abs().max())
        p = [test.p_value("estimate"), test.p_value("scaled")]
        rows.append((partner, int(begun[partner]), int(own["years"]), np.exp(own["estimate"]) - 1, *p, needed))
    return pd.DataFrame(rows, columns=["partner", "from", "years", "change", "p", "scaled", "needed"])


def joint(found: dict[str, PlaceboTest], place: str) -> PlaceboTest:
    """The mean of the estimates of all partners, at `place` and at every destination that has all of them."""
    return PlaceboTest(place, destinations.pooled([test.estimates for test in found.values()]))


def phrases(found: dict[str, PlaceboTest], starts: pd.DataFrame, place: str) -> dict[str, object]:
    """What sentences say of the tests of all partners."""
    rows, together = results(found, starts), joint(found, place)
    p = together.p_value("scaled")
    return {
        "destinations": len(together.estimates),
        "smallest_p": number(together.smallest_p, 2),
        "joint_change": change(np.exp(together.estimates.loc[place, "estimate"]) - 1),
        "joint_p": number(together.p_value("estimate"), 2),
        "joint_p_scaled": number(p, 2),
        "joint_sign": "no sign of a change" if p > 0.1 else "a change that chance gives seldom",
        "partners_tested": in_words(found),
        "partners_untested": in_words(name for name in starts["name"] if name not in found),
        "years_least": int(rows["years"].min()),
        "years_most": int(rows["years"].max()),
        "needed_least": percent(rows["needed"].min()),
        "needed_most": percent(rows["needed"].max()),
    }


def told(found: dict[str, PlaceboTest], starts: pd.DataFrame) -> pd.DataFrame:
    """`results` as a table for readers."""
    rows = results(found, starts)
    rows["change"], rows["needed"] = rows["change"].map(change), rows["needed"].map(percent)
    names = [
        "Partner",
        "First full year",
        "Years after",
        "Netherlands, relative change",
        "p",
        "p (scaled)",
        "Fall needed to rank first",
    ]
    return rows.set_axis(names, axis=1)


def placed(found: dict[str, PlaceboTest]) -> pd.DataFrame:
    """All estimates as a chart draws them: destination, partner, relative (1: as elsewhere), estimate, …"""
    rows = [test.estimates.reset_index().assign(partner=partner) for partner, test in found.items()]
    return pd.concat(rows, ignore_index=True).assign(relative=lambda row: np.exp(row["estimate"]))
