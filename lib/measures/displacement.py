"""Could people who stopped coming one way have come another? Upper bounds from counts by group; none shows a move."""

from __future__ import annotations

import pandas as pd


def at_most(named: pd.DataFrame) -> pd.DataFrame:
    """Counts (lists × groups) with what a list does not name set to the smallest that it names.

    For lists of the largest groups: one that is not named is no larger than the smallest that is.
    """
    return named.apply(lambda counts: counts.fillna(counts.min()), axis=1)


def grew(before: pd.Series, after: pd.Series, factor: float) -> list[str]:
    """The groups whose count is at least `factor` times what it was, in the order of `after`.

    A group that is missing in either is none of them: its growth is not known.
    """
    ratio = after / before.reindex(after.index)
    return ratio.index[ratio >= factor].tolist()


def could_have_moved(here: pd.DataFrame, elsewhere: pd.DataFrame) -> pd.DataFrame:
    """By group: how much it fell here, how much it rose elsewhere, and the smaller of the two, `at_most`.

    Both have groups as rows and two columns, before and after, in one unit. No more of a group can have moved than
    were lost here, nor more than were gained elsewhere; how many did, such counts cannot say. A group without a row
    elsewhere counts as none there.
    """
    fell = here["before"] - here["after"]
    rose = (elsewhere["after"] - elsewhere["before"]).reindex(here.index, fill_value=0)
    bound = pd.concat([fell, rose], axis=1).min(axis=1).clip(lower=0)
    return pd.DataFrame({"fell": fell, "rose": rose, "at_most": bound})
