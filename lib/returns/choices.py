"""What an estimate for one partner depends on: trends, the start, the comparison, who was chosen, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.effects import robustness, sensitivity
from lib.effects.logchange import log_change
from lib.effects.placebo import together
from lib.prose import number, percent
from lib.returns.loaded import COUNTS, Loaded
from lib.returns.reported import OUTCOMES as NAMES

BENDS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)  # cases a month by which a slope may change each year
TOLD = {0.0: "Trends may differ by a straight line", 1.0: "Its slope may change by 1 a month each year", 4.0: "By 4"}
HONEST_LEVEL, BEND_YEARS = 0.95, 3  # what intervals were made for; years of an example
SHIFTS = range(-12, 13, 6)  # months


def bends(held: Loaded, country: str) -> pd.DataFrame:
    """The 95% interval of a partner's effect by how much a differing trend may bend: outcome, bend, low, high.

    A bend of 0 allows any straight line.
    """
    rows = []
    for outcome in COUNTS:
        study = held.study(outcome, country)
        rows += [(outcome, bend, *sensitivity.honest_interval(study, bend)) for bend in BENDS]
    return pd.DataFrame(rows, columns=["outcome", "bend", "low", "high"])


def holds(found: pd.DataFrame) -> dict[str, str]:
    """The largest bend of `bends` at which the interval still excludes zero, by outcome; without those with none."""
    largest = found[found["low"] > 0].groupby("outcome")["bend"].max()
    return {outcome: f"{bend:g}" for outcome, bend in largest.items()}


def moved(held: Loaded, country: str, outcome: str = "forced_departures") -> pd.DataFrame:
    """A partner's effect when its start is moved and the comparison chosen otherwise.

    Rows comparison, shift (months), effect, low, high (cases a month), p.
    """
    level = held.outcomes["forced_departures"].loc[held.donors].mean(axis=1).sort_values().index
    half = len(level) // 2
    pools = {"all never-treated": held.donors, "the larger half": level[half:], "the smaller half": level[:half]}
    rows = []
    for name, members in pools.items():
        table = held.outcomes[outcome].loc[[*members, country]]
        for shift in SHIFTS:
            test = log_change(table, (held.starts + pd.DateOffset(months=shift))[[country]], country)
            rows.append((name, shift, *map(test.extra, (test.estimate, *test.interval())), test.p_value()))
    return pd.DataFrame(rows, columns=["comparison", "shift", "effect", "low", "high", "p"])


def tried(held: Loaded, country: str, name: str) -> pd.DataFrame:
    """What forced departures to one partner depend on: rows what, found (the change) and p (the largest), in words."""
    outcome, start = held.against("forced_departures", country)
    own = held.change("forced_departures", country)
    without = robustness.leave_one_out(outcome, start, country)
    least, most = np.exp(without["effect"].agg(["min", "max"]))
    donuts = robustness.donut(outcome, start, country, [6, 12])
    chances = robustness.unequal_chances(own)
    rows = [
        ("Nothing else", f"{np.exp(own.estimate):.1f} times", chances["even"]),
        ("Any one comparison country left out", f"{least:.1f} to {most:.1f} times", without["p"].max()),
        *(
            (f"The last {months} months before the start left out", f"{np.exp(row['effect']):.1f} times", row["p"])
            for months, row in donuts.iterrows()
        ),
        *_moved(moved(held, country)),
        *_bent(bends(held, country)),
        ("Chance of being chosen in proportion to size", "", chances["by_size"]),
        (f"{name}'s own months alone, without other countries", "", robustness.over_time(own)),
        ("No effect in any cell of Table 1, all cells together", "", together(held.tests)),
    ]
    table = pd.DataFrame(rows, columns=["what", "found", "p"])
    return table.assign(p=["" if pd.isna(p) else number(p, 3) if p >= 0.001 else "below 0.001" for p in table["p"]])


def in_words(held: Loaded, covered: pd.DataFrame) -> dict[str, object]:
    """The phrases of a text on trends and choices for Morocco, by name; `covered` is `monte_carlo_honest`."""
    largest = dict.fromkeys(COUNTS, "none") | holds(bends(held, "MAR"))
    study = held.study("forced_departures", "MAR")
    one, two = (" to ".join(number(end, 1) for end in sensitivity.relative_interval(study, ratio)) for ratio in (1, 2))
    return {
        "holds": "; ".join(f"{NAMES[outcome].lower()} {bend}" for outcome, bend in largest.items()),
        "relative_one": one, "relative_two": two, "honest_panels": covered["replications"].min(),
        "honest_level": percent(HONEST_LEVEL), "honest_low": percent(covered["value"].min()),
        "honest_high": percent(covered["value"].max()), "bend_years": BEND_YEARS,
        "bend_sum": sum(range(1, BEND_YEARS + 1)), "chance_odds": number(odds(held, "MAR"), 1),
    }  # fmt: skip


def _bent(found: pd.DataFrame) -> list[tuple[str, str, float]]:
    """The rows of `tried` on trends: the interval for forced departures, without a p."""
    rows = found[found["outcome"] == "forced_departures"].set_index("bend")
    return [
        (what, f"{number(rows.at[bend, 'low'], 1)} to {number(rows.at[bend, 'high'], 1)} a month", np.nan)
        for bend, what in TOLD.items()
    ]


def _moved(found: pd.DataFrame) -> list[tuple[str, str, float]]:
    """The rows of `tried` on the start and the comparison: the range of effects, and the largest p."""
    whole = found["comparison"] == "all never-treated"
    asked = {
        f"The start moved by up to {SHIFTS[-1]} months": found[whole],
        "The same, against the larger or the smaller half of countries": found[~whole],
    }
    return [
        (what, f"{number(rows['effect'].min(), 1)} to {number(rows['effect'].max(), 1)} a month", rows["p"].max())
        for what, rows in asked.items()
    ]


def odds(held: Loaded, country: str) -> float:
    """How many times likelier to be chosen a country with as large a change may have been before p passes 5%."""
    return float(robustness.unequal_chances(held.change("forced_departures", country))["odds"])
