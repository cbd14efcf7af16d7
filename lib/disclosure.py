"""The rules by which counts of people may be shown to others, and counts in the form that keeps them.

The terms are those of statistical disclosure control: a minimum frequency, a rounding base and (n, k)-dominance.
"""

from __future__ import annotations

import pandas as pd

SMALL = 5  # the minimum frequency: a count from one to four may point to persons
BASE = 10  # what counts are rounded to
DOMINANT = 0.85  # k of (1, k)-dominance: one row with more than this of a total is told by the total
FEWEST = 3  # rows from which such a share says anything


def published(counts: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Counts as Dutch open data publish them: to the nearest ten (halves up), missing under five (Int64)."""
    exact = counts.astype("Int64")
    return ((exact + BASE // 2) // BASE * BASE).where(exact >= SMALL)


def coarse(count: float) -> str:
    """One count in the same form, in words: "about 480", "below 5"."""
    rounded = published(pd.Series([round(count)])).iloc[0]
    return f"below {SMALL}" if pd.isna(rounded) else f"about {rounded:,}"
