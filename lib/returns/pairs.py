"""What the comparison of pairs of state and origin tells, as rows of a figure and in words: `lib.returns.triple`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.prose import number, percent
from lib.returns.triple import POWER, TripleChange

WENT = {"THRD": "who left for a country outside the EU", "TOTAL": "who left, wherever they went"}


def rows(test: TripleChange) -> pd.DataFrame:
    """Each pair's change over the noise at its size: pair, change; the pair that is judged comes last."""
    return pd.DataFrame({"pair": [" to ".join(pair) for pair in test.units], "change": test.statistics()[0]})


def rank(test: TripleChange) -> str:
    """The place of the pair among all: "20 of 289"."""
    return "{} of {}".format(*test.rank())


def left_out(test: TripleChange) -> str:
    """What the comparison leaves out, as a sentence lists it."""
    gaps = [f"{len(test.gaps)} pairs without a value in some quarter"] if test.gaps else []
    cut = [f"the newest quarters that too many lack ({', '.join(test.cut)})"] if test.cut else []
    return ", ".join(["the quarter of the start", "other Dutch partners", *gaps, *cut])


def in_words(test: TripleChange, monthly: float, made_up: bool) -> dict[str, object]:
    """The phrases of a text on the comparison, by name; `monthly` is the report's estimate, `made_up` the file."""
    low, high = np.exp(test.interval())
    before, quarter = float(test.counts[-1, ~test.after].mean()), 3 * monthly
    method = (
        "Below, the method runs on a SIMULATED file in the published form. "
        f"A rise of {number(round(quarter))} people a quarter was put into it, three months of the report's estimate."
    )
    return {
        "pair_words": method if made_up else "Below, it runs on the file that was supplied.", "pair_rank": rank(test),
        "pair_p": number(test.p_value(), 2), "pair_times": number(np.exp(test.estimate), 1),
        "pair_low": number(low, 1), "pair_high": number(high, 1), "pair_needed_times": number(test.detectable, 1),
        "pair_needed": before * (test.detectable - 1), "pair_before": before, "pair_power": percent(POWER),
        "quarters_before": int((~test.after).sum()), "pair_report_times": number(1 + quarter / before, 1),
    }  # fmt: skip
