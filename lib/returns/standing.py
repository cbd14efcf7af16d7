"""Which cells of Table 1 stand on the panel that is loaded, each against all countries without a partnership."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.effects.placebo import CHANGE, PlaceboTest, smallest_family_p
from lib.prose import number, percent
from lib.returns.loaded import Loaded
from lib.returns.panel import OUTCOMES
from lib.returns.reported import OUTCOMES as NAMES
from lib.returns.reported import PARTNERS
from lib.returns.thresholds import FAMILY_LEVEL, adjusted, families

LEVEL = 0.05
FIRM, STANDS, FALLS = "stands among all", "stands alone", "does not stand"
TURNED, NONE, MORE = "the other way", "none, as printed", "found, not printed"
UNTESTED = "cannot be tested"
TOLD = ("Cell", "On this panel", "The report", "Estimate", "95% interval", "p", "p among all")


def standing(held: Loaded, printed: pd.DataFrame) -> pd.DataFrame:
    """The twenty cells on a panel, by country and then outcome; `printed` has the form of `report_return_effects`.

    Columns country, name, outcome, effect (as printed, NaN where there is no number), estimate, low and high (of the
    95% placebo interval), p, p_family and verdict. Counts are judged by their log change, told as cases a month, and
    processing days by the difference in days over the noise at their number of cases. `p_family` is adjusted for the
    number of cells: of counts, or of days (`lib.returns.thresholds.adjusted`). A cell that cannot be tested has NaN.
    """
    order = pd.MultiIndex.from_product([PARTNERS, OUTCOMES], names=["country", "outcome"])
    rows = printed.set_index(["country", "outcome"])[["name", "effect"]].reindex(order)
    family = adjusted(held.tests)
    found = {cell: (*_estimate(test), test.p_value(), family[cell]) for cell, test in held.tests.items()}
    columns = ["estimate", "low", "high", "p", "p_family"]
    tested = pd.DataFrame.from_dict(found, orient="index", columns=columns)
    tested.index = pd.MultiIndex.from_tuples(tested.index, names=order.names)
    rows = rows.join(tested).reset_index()
    return rows.assign(verdict=[verdict(*row) for row in rows[["effect", "estimate", "p", "p_family"]].to_numpy()])


def verdict(printed: float, estimate: float, p: float, p_family: float) -> str:
    """What a test says of a cell: of a number that is printed, or of "no effect" where that is NaN."""
    if np.isnan(p):
        return UNTESTED
    if p > LEVEL:
        return NONE if np.isnan(printed) else FALLS
    if np.isnan(printed):
        return MORE
    if np.sign(estimate) != np.sign(printed):
        return TURNED
    return FIRM if p_family <= FAMILY_LEVEL else STANDS


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `standing` as a table for readers, columns `TOLD`; what is not tested is empty."""
    lines = []
    for row in rows.itertuples():
        digits = 0 if row.outcome == "processing_days" else 1
        shown = "no effect" if np.isnan(row.effect) else number(row.effect, digits)
        found = ["", "", "", ""]
        if row.verdict != UNTESTED:
            within = _interval(row.low, row.high, digits)
            found = [number(row.estimate, digits), within, _p(row.p), _p(row.p_family)]
        lines.append((f"{row.name}: {NAMES[row.outcome].lower()}", row.verdict, shown, *found))
    return pd.DataFrame(lines, columns=list(TOLD))


def in_words(rows: pd.DataFrame, held: Loaded) -> dict[str, object]:
    """The phrases of a text on `standing`, by name."""
    count, number_of = rows["verdict"].value_counts(), rows["effect"].notna().sum()
    cells = rows["name"] + ", " + rows["outcome"].map(NAMES).str.lower()
    stand, firm = rows["verdict"].isin([FIRM, STANDS]), rows["verdict"] == FIRM
    floors = [smallest_family_p(family) for family in families(held.tests)]
    return {
        "stand": int(stand.sum()), "stand_firmly": int(firm.sum()), "stand_names": "; ".join(cells[firm]) or "none",
        "stand_of": int(number_of), "stand_not": int(count.get(FALLS, 0)), "stand_turned": int(count.get(TURNED, 0)),
        "stand_more": int(count.get(MORE, 0)), "stand_untested": int(count.get(UNTESTED, 0)),
        "stand_without": int(len(rows) - number_of), "stand_floor": percent(min(floors), 2),
        "stand_level": percent(LEVEL), "stand_family_level": percent(FAMILY_LEVEL),
    }  # fmt: skip


def in_brief(held: Loaded, printed: pd.DataFrame) -> str:
    """What a panel of a reader's own says of the numbers of Table 1, in a sentence for the card."""
    found = in_words(standing(held, printed), held)
    stand = f"{found['stand']} of its {found['stand_of']} numbers stand"
    return f"On your own file {stand}, {found['stand_firmly']} of them among all cells."


def _estimate(test: PlaceboTest) -> tuple[float, float, float]:
    """The effect, and its 95% placebo interval: cases a month of counts, else the unit of the outcome."""
    if test.lead == CHANGE:
        return test.change.extra(test.change.estimate), *test.interval()
    return float(test.estimates.at[test.treated, "effect"]), *test.interval()


def _interval(low: float, high: float, digits: int) -> str:
    return " to ".join(number(end, digits) if np.isfinite(end) else "no bound" for end in (low, high))


def _p(p: float) -> str:
    return number(p, 3) if p >= 0.001 else "below 0.001"
