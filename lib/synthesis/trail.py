"""The trail from a recommendation down to its claims and figures: links between tables, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

import pandas as pd


def dangling(links: Mapping[str, pd.DataFrame], known: Mapping[str, Set[str]]) -> pd.DataFrame:
    """Ends of links that do not exist, one row each: table, column, id.

    `links` maps a table's name to its rows, whose first two columns are the ends; `known` maps such a column's
    name (claim, finding, conclusion, recommendation, question, figure) to the ids there are. Raises `KeyError`
    for a column that `known` does not have.
    """
    rows = [
        (name, column, id)
        for name, table in links.items()
        for column in table.columns[:2]
        for id in sorted(set(table[column]) - known[column])
    ]
    return pd.DataFrame(rows, columns=["table", "column", "id"])


def without(links: pd.DataFrame, column: str, ids: Set[str]) -> list[str]:
    """The ids that no link has in `column`, such as conclusions without a finding; sorted."""
    return sorted(ids - set(links[column]))


def follow(start: pd.DataFrame, *steps: pd.DataFrame) -> pd.DataFrame:
    """Links joined end to end: each step begins where the one before it ends.

    Every table has its two ends as first two columns, and the end that two of them share has one name. Returns
    one row per way through, with the ends in order, each way once; a start from which no step leads on is left
    out. Raises `ValueError` when a step does not begin where the one before it ends.
    """
    ways = start.iloc[:, :2]
    for step in steps:
        if step.columns[0] != ways.columns[-1]:
            raise ValueError(f"a step from {step.columns[0]} cannot follow one to {ways.columns[-1]}")
        ways = ways.merge(step.iloc[:, :2], on=ways.columns[-1])
    return ways.drop_duplicates(ignore_index=True)


def bearing(claims: Sequence[str], *steps: pd.DataFrame) -> pd.DataFrame:
    """What hangs on each claim: everything that the links lead to from it, upwards.

    `steps` are tables of links from the claims up (finding–claim, then conclusion–finding, then
    recommendation–conclusion), each with the upper end as first column and the lower as second. Returns one row
    per claim, in order, indexed by `claim`: one column per upper end (`finding`, `conclusion`, `recommendation`)
    with a sorted tuple of ids, empty where nothing hangs on it. Raises `ValueError` as `follow`.
    """
    found = pd.DataFrame(index=pd.Index(claims, name="claim"))
    ways = None
    for step in steps:
        upward = step[[step.columns[1], step.columns[0]]]
        ways = upward.drop_duplicates(ignore_index=True) if ways is None else follow(ways, upward)
        end = ways.columns[-1]
        reached = ways.groupby("claim")[end].agg(lambda ids: tuple(sorted(set(ids))))
        found[end] = [reached.get(claim, ()) for claim in claims]
        ways = ways[["claim", end]]
    return found


def wholes(recommendations: pd.DataFrame, ids: Iterable[str]) -> list[str]:
    """Recommendations, each part (`part_of`) as the whole that it belongs to, sorted and each once."""
    pairs = zip(recommendations["id"], recommendations["part_of"], strict=True)
    whole = {id: part for id, part in pairs if pd.notna(part)}
    return sorted({whole.get(id, id) for id in ids})
