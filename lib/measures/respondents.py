"""Shares of people who answered: in words, as rows of a figure, and with fewer effective answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from lib.measures.intervals import Share, share
from lib.prose import number, percent

COUNTED, PRINTED, BOUND, NOT_PUBLISHED = "counted", "as the report prints it", "a bound", "not published"


def words(one: Share) -> str:
    """A share with its count, base and interval: "12 of 23: 52.2%, interval 31% to 73%"."""
    interval = f"interval {percent(one.low)} to {percent(one.high)}"
    return f"{number(one.count)} of {number(one.of)}: {percent(one.share, 1)}, {interval}"


def phrases(**shares: Share) -> dict[str, str]:
    """Of each share, by its name: NAME_share ("52%"), NAME_range ("31% to 73%") and NAME_count ("12 of 23")."""
    said = {}
    for name, one in shares.items():
        said[f"{name}_share"] = percent(one.share)
        said[f"{name}_range"] = f"{percent(one.low)} to {percent(one.high)}"
        said[f"{name}_count"] = f"{number(one.count)} of {number(one.of)}"
    return said


def reported(table: pd.DataFrame) -> tuple[dict[str, Share], pd.DataFrame]:
    """The shares that have a count, by id, and all as rows: id, kind, count, of, percent, low, high and asked.

    `table` is `protection_proportions`. A percentage that is printed is a row of its own, without an interval.
    """
    counted = table.dropna(subset=["count", "of"])
    shares = {row.id: share(row.count_, row.of) for row in counted.rename(columns={"count": "count_"}).itertuples()}
    printed = table.dropna(subset=["stated_percent"])[["id", "stated_percent"]].set_axis(["id", "percent"], axis=1)
    found = pd.concat([rows(shares).assign(kind=COUNTED), printed.assign(kind=PRINTED)], ignore_index=True)
    return shares, found.assign(asked=found["id"].map(table.set_index("id")["label"]))


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


def near_half(people: int) -> float:
    """How many points chance alone can move a share near one half of so many people: half of its interval."""
    half = share(people // 2, people)
    return 50 * (half.high - half.low)


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
    """What each side calls a need: label, known, percent, low, high (percent) and what is said of it.

    `table` is `protection_needs`. What is known is counted (with an interval), a bound (from none to it) or not
    published (anything from none to all).
    """
    found = []
    for row in table.rename(columns={"count": "count_"}).itertuples():
        label = f"{row.side.capitalize()}: {row.item}"
        if row.known == "yes":
            one = share(row.count_, row.of)
            low, high = 100 * one.low, 100 * one.high
            found.append((label, COUNTED, 100 * one.share, low, high, f"{one.count} of {one.of}"))
        elif row.known == "bound":
            found.append((label, BOUND, None, 0.0, row.percent, f"less than {number(row.percent)}%"))
        else:
            found.append((label, NOT_PUBLISHED, None, 0.0, 100.0, NOT_PUBLISHED))
    return pd.DataFrame(found, columns=["label", "known", "percent", "low", "high", "says"])
