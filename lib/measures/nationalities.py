"""Who was detected on the same routes before and after: shares by nationality in two periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.measures import flows
from lib.measures.around import ATLANTIC, CENTRAL, direction
from lib.measures.deaths import TO_SPAIN
from lib.prose import in_words, percent

UNNAMED = ("OOO", "OOS")  # other, and not known
MAIN, CANARY = 15, ["MLI", "GIN", "MAR", "CIV"]  # so many are the main ones; those whom the report has by the Atlantic
NAMED = [  # whom the report has on a route in both periods
    ("central", "bangladesh", "BGD"),
    ("central", "guinea", "GIN"),
    ("spain", "mali", "MLI"),
    ("spain", "guinea", "GIN"),
    ("spain", "morocco", "MAR"),
    ("spain", "ivory-coast", "CIV"),
]


@dataclass(frozen=True)
class Periods:
    """Shares by nationality (`lib.measures.flows.shares`) in two periods, the largest first."""

    before: pd.DataFrame
    after: pd.DataFrame

    @property
    def unnamed(self) -> float:
        """The share of the later period that has no named nationality."""
        return float(self.after["share"].reindex(UNNAMED).sum())

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


@dataclass(frozen=True)
class Both:
    """Who was detected on the central route and on those to Spain, before and after: `table` as in `periods`."""

    table: pd.DataFrame

    @cached_property
    def central(self) -> Periods:
        """On the central route, 2015–2017 against 2020–2024."""
        return periods(self.table, [CENTRAL], (2015, 2017), (2020, 2024))

    @cached_property
    def spain(self) -> Periods:
        """On the routes to Spain, 2015–2018 against 2020–2024."""
        return periods(self.table, TO_SPAIN, (2015, 2018), (2020, 2024))

    @cached_property
    def rarer(self) -> dict[str, list[float]]:
        """The shares of Eritrea and Nigeria on the central route in 2015–2017 and in 2021–2024."""
        later = periods(self.table, [CENTRAL], (2015, 2017), (2021, 2024))
        return {code: [part.at[code, "share"] for part in (later.before, later.after)] for code in ("ERI", "NGA")}

    def long(self, names: pd.Series, number: int = 8) -> pd.DataFrame:
        """The largest of each period and route for a chart: route, nationality (by name), period, share."""
        parts = {"Central Mediterranean": self.central, "Routes to Spain": self.spain}
        return pd.concat([found.long(number, names).assign(route=route) for route, found in parts.items()])

    def largest(self, names: pd.Series, least: float = 0.14) -> str:
        """Those with at least so large a share on the central route before, as a description lists them."""
        share = self.central.before["share"]
        found = share[(share >= least) & ~share.index.isin(UNNAMED)]
        return ", ".join(f"{names[code]} {percent(one)}" for code, one in found.items())

    def leaders(self, names: pd.Series) -> list[str]:
        """The two largest on the central route in words, before and after."""
        return [in_words(names[main(shares, 2)]) for shares in (self.central.before, self.central.after)]

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of them."""
        (eritrea, nigeria), when = self.rarer.values(), ("before", "after")
        return {
            "main": MAIN,
            "central_both": len(self.central.both(MAIN)),
            "spain_both": len(self.spain.both(MAIN)),
            **{f"eritrea_{name}": percent(share, 1) for name, share in zip(when, eritrea, strict=True)},
            **{f"nigeria_{name}": percent(share, 1) for name, share in zip(when, nigeria, strict=True)},
        }

    def claims(self, strong: float) -> dict[str, object]:
        """What claims on them are checked against; a fall of `strong`, a share of the level before, is strong."""
        both = {"central": self.central.both(MAIN), "spain": self.spain.both(MAIN)}
        canary = [on_route(self.table, CANARY, TO_SPAIN, ATLANTIC, span) for span in ((2015, 2018), (2020, 2024))]
        return {
            **{f"{where}-{name}-both": code in both[where] for where, name, code in NAMED},
            **{f"{where}-nationalities-overlap": 0 < len(found) < MAIN for where, found in both.items()},
            "central-eritrea-nigeria-frequent": set(self.rarer) <= set(main(self.central.before, 5)),
            "central-eritrea-rarer": direction(*self.rarer["ERI"], strong),
            "central-nigeria-rarer": direction(*self.rarer["NGA"], strong),
            "spain-nationalities-canary": direction(*canary),
        }
