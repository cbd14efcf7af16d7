"""Who was detected on the same routes before and after: shares by nationality in two periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lib.measures import flows

UNNAMED = ("OOO", "OOS")  # other, and not known


@dataclass(frozen=True)
class Periods:
    """Shares by nationality (`lib.measures.flows.shares`) in two periods, the largest first."""

    before: pd.DataFrame
    after: pd.DataFrame

    def both(self, number: int) -> set[str]:
        """The nationalities that are among so many main ones in both periods."""
        return set(main(self.before, number)) & set(main(self.after, number))

    def long(self, number: int, names: pd.Series) -> pd.DataFrame:
        """The largest of either period by name, in both: nationality, period (before, after), share."""
        groups = dict.fromkeys([*main(self.before, number), *main(self.after, number)])
        tables = {"before": self.before, "after": self.after}
        rows = [
            (names[one], name, float(table["share"].get(one, 0.0))) for one in groups for name, table in tables.items()
        ]
        return pd.DataFrame(rows, columns=["nationality", "period", "share"])


def main(shares: pd.DataFrame, number: int) -> list[str]:
    """The so many largest named nationalities of a table of shares."""
    return [group for group in shares.index if group not in UNNAMED][:number]


def periods(table: pd.DataFrame, routes: Sequence[str], before: tuple[int, int], after: tuple[int, int]) -> Periods:
    """Shares of detections by nationality on these routes in the years of two periods, both ends included.

    `table` has columns route, nationality, year and detections.
    """
    rows = table[table["route"].isin(routes)]
    return Periods(*(flows.shares(rows[rows["year"].between(*span)], by="nationality") for span in (before, after)))


def on_route(
    table: pd.DataFrame, groups: Sequence[str], routes: Sequence[str], route: str, span: tuple[int, int]
) -> float:
    """The share of one route in the detections of these nationalities on several, in the years of a span."""
    rows = table[table["route"].isin(routes) & table["nationality"].isin(groups) & table["year"].between(*span)]
    return float(flows.shares(rows, by="route").at[route, "share"])
