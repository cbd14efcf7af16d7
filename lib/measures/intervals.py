"""Small counts: shares with their intervals, and whether two shares differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Share:
    """A share of a count, with an interval that holds the true share in 95% of samples drawn at random."""

    count: int
    of: int
    share: float
    low: float
    high: float


def share(count: float, of: float, method: Literal["exact", "wilson"] = "exact") -> Share:
    """The share `count` / `of` with its 95% interval.

    `exact` is that of Clopper & Pearson (1934), never too short; `wilson` that of Wilson (1927), shorter and
    right on average. Both speak of a random sample from a large group: they leave out who was reached, and are
    too wide where nearly a whole small group answered. Raises `ValueError` unless both are whole numbers with
    0 ≤ count ≤ of and of > 0.
    """
    from statsmodels.stats.proportion import proportion_confint  # a second, for chapters that need it

    if count != int(count) or of != int(of) or not 0 <= count <= of or of == 0:
        raise ValueError(f"{count} of {of}: a share needs whole numbers, 0 ≤ count ≤ of, and of above zero")
    low, high = proportion_confint(int(count), int(of), method={"exact": "beta", "wilson": "wilson"}[method])
    return Share(int(count), int(of), count / of, float(low), float(high))


def shares(table: pd.DataFrame, method: Literal["exact", "wilson"] = "exact") -> pd.DataFrame:
    """A table with columns `count` and `of`, and those of `Share` beside them."""
    found = [share(row.count_, row.of, method) for row in table.rename(columns={"count": "count_"}).itertuples()]
    return table.assign(share=[s.share for s in found], low=[s.low for s in found], high=[s.high for s in found])


def differ(one: Share, other: Share) -> float:
    """The p-value that two shares of separate groups are the same (Fisher's exact test, two-sided)."""
    from scipy.stats import fisher_exact

    return float(fisher_exact([[one.count, one.of - one.count], [other.count, other.of - other.count]]).pvalue)


def difference(one: Share, other: Share) -> tuple[float, float]:
    """The 95% interval of the share in `one` minus that in `other`, of separate groups.

    The hybrid score interval, method 10 of Newcombe (1998): it holds for small groups and shares near zero or
    one, where the usual plus and minus does not. As for `share`, it speaks of random samples.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(one.count, one.of, other.count, other.of, method="newcomb", compare="diff")
    return float(low), float(high)


def counts_behind(percent: int, most: int) -> list[tuple[int, int]]:
    """The counts, each with what it is of, of at most `most` people that print as `percent` in whole percent."""
    return [
        (count, of) for of in range(1, most + 1) for count in range(of + 1) if abs(100 * count / of - percent) <= 0.5
    ]
