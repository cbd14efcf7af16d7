"""Shares of people who answered: with their intervals as rows of a figure, in words, and with fewer effective answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from lib.measures.intervals import Share, share
from lib.prose import number, percent

NOT_PUBLISHED = "not published"


def words(one: Share) -> str:
    """A share with its count, base and interval: "12 of 23: 52.2%, interval 31% to 73%"."""
    interval = f"interval {percent(one.low)} to {percent(one.high)}"
    return f"{number(one.count)} of {number(one.of)}: {percent(one.share, 1)}, {interval}"


def rows(shares: Mapping[str, Share]) -> pd.DataFrame:
    """One row per share: id, count, of (people), percent, low and high (percent)."""
    return pd.DataFrame(
        [(id, s.count, s.of, 100 * s.share, 100 * s.low, 100 * s.high) for id, s in shares.items()],
        columns=["id", "count", "of", "percent", "low", "high"],
    )


def worth(one: Share, answers: int) -> Share:
    """The share and its interval if so many answers carried the information of one, in whole people.

    Raises `ValueError` for fewer than one.
    """
    if answers < 1:
        raise ValueError(f"{answers} answers cannot carry the information of one")
    of = max(1, round(one.of / answers))
    return share(round(one.share * of), of)


def fewer(shares: Mapping[str, Share], options: Iterable[int]) -> pd.DataFrame:
    """The rows of these shares for each number of answers that carry the information of one, in the column `worth`.

    The percentage stays that of all answers; only the interval widens, and `of` says how many answers it is for.
    """
    parts = []
    for answers in options:
        part = rows({id: worth(one, answers) for id, one in shares.items()})
        parts.append(part.assign(worth=answers, percent=[100 * one.share for one in shares.values()]))
    return pd.concat(parts, ignore_index=True).drop(columns="count")


def paired(one: Share, other: Share) -> tuple[range, float]:
    """How many of the same people can be in both shares, and the largest p-value of McNemar's exact test over these.

    The test (McNemar 1947) asks whether the two shares are the same. Raises `ValueError` when the bases differ.
    """
    from scipy.stats import binomtest

    if one.of != other.of:
        raise ValueError(f"the same people cannot be {one.of} and {other.of}")
    overlaps = range(max(0, one.count + other.count - one.of), min(one.count, other.count) + 1)
    apart = [(other.count - both, one.count + other.count - 2 * both) for both in overlaps]
    return overlaps, max(float(binomtest(only, of).pvalue) if of else 1.0 for only, of in apart)


def needs(table: pd.DataFrame) -> pd.DataFrame:
    """What each side calls a need: label, side, known (yes, bound or no), percent, low, high and what is said of it.

    `table` is `protection_needs`. A share without a published number has neither percentage nor interval; a bound has
    no interval.
    """
    found = []
    for row in table.rename(columns={"count": "count_"}).itertuples():
        one = {"label": f"{row.side.capitalize()}: {row.item}", "side": row.side, "known": row.known}
        if row.known == "yes":
            counted = share(row.count_, row.of)
            one |= {"percent": 100 * counted.share, "low": 100 * counted.low, "high": 100 * counted.high}
            one["says"] = words(counted)
        elif row.known == "bound":
            one |= {"percent": row.percent, "says": f"less than {number(row.percent)}%, base not given"}
        else:
            one["says"] = NOT_PUBLISHED
        found.append(one)
    return pd.DataFrame(found, columns=["label", "side", "known", "percent", "low", "high", "says"])
