"""What routes did around dated events: among what they do anyway, and whether others rose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from lib.measures.flows import (
    Held,
    apart,
    change_at,
    held,
    months_to_recover,
    permutation_test,
    yearly_changes,
)
from lib.prose import change, in_words, number, percent

CENTRAL, EASTERN, WESTERN = "Central Mediterranean Route", "Eastern Mediterranean Route", "Western Mediterranean Route"
ATLANTIC, BALKAN = "Western African Route", "Western Balkan Route"
SEA = [EASTERN, CENTRAL, WESTERN, ATLANTIC]
SHORT = {CENTRAL: "Central", EASTERN: "Eastern", WESTERN: "Western", ATLANTIC: "Atlantic", BALKAN: "Balkan"}


def direction(before: float, after: float, least: float = 0.0) -> str:
    """`rise`, `fall`, or `none` where the change is smaller than `least` (a share) of the level before."""
    if abs(after - before) < least * before:
        return "none"
    return "rise" if after > before else "fall"


def steady(series: pd.Series) -> str:
    """`rise` or `fall` when each value is above, or below, the one before; else `none`."""
    steps = series.diff().dropna()
    return "rise" if (steps > 0).all() else "fall" if (steps < 0).all() else "none"


def long(wide: pd.DataFrame) -> pd.DataFrame:
    """Months × routes as the long table that a chart draws: month, route, detections."""
    return wide.rename_axis("month").reset_index().melt("month", var_name="route", value_name="detections")


def marks(events: pd.DataFrame, *ids: str) -> pd.DataFrame:
    """The events of these ids as marks on a line over months: month and label, each once."""
    return events[events["id"].isin(ids)].drop_duplicates("id")[["month", "label"]]


def when(events: pd.DataFrame, id: str) -> pd.Timestamp:
    """The month of an event of the table `migration_events`."""
    return events.loc[events["id"] == id, "month"].iloc[0]


def ratios(
    routes: pd.DataFrame, events: pd.DataFrame, others: Mapping[str, Sequence[str]], window: int
) -> pd.DataFrame:
    """The mean level after each event over that before it, on its own route and on the others that it is set beside.

    `events` has columns name, route, month and until; `others` maps a route to others. Columns of the result:
    agreement, route, place (own route, another route), window, before, after, ratio. An event whose windows run past
    an end of the series has no rows.
    """
    rows = []
    for event in events.itertuples():
        for route in [event.route, *others[event.route]]:
            try:
                found = change_at(routes[route], event.month, window, event.until)
            except ValueError:
                continue
            place = "own route" if route == event.route else "another route"
            rows.append((event.name, route, place, window, found.before, found.after, found.after / found.before))
    return pd.DataFrame(rows, columns=["agreement", "route", "place", "window", "before", "after", "ratio"])


AGREEMENTS = {
    "eu-turkiye-statement": "statement",
    "italy-libya-memorandum": "libya",
    "eu-morocco-agreement": "morocco",
    "eu-tunisia-memorandum": "tunisia",
}
BESIDE = {EASTERN: [CENTRAL], CENTRAL: [EASTERN, WESTERN, ATLANTIC], WESTERN: [CENTRAL, ATLANTIC]}
SINCE = "2010"  # the first month of the yardstick
WINDOWS = (3, 6, 9, 12, 18, 24, 36)  # months
# After which agreement, on which route and in which months it is asked what other routes gained.
AFTER = {
    "statement": (EASTERN, slice("2016-04", "2016-12")),
    "libya": (CENTRAL, slice("2017-08", "2018-07")),
}


@dataclass(frozen=True)
class Agreements:
    """What routes (months × routes) did around the agreements of `AGREEMENTS`, among what they do anyway."""

    routes: pd.DataFrame
    events: pd.DataFrame  # the agreements: key, name, route, month, until

    @cached_property
    def twelve(self) -> pd.DataFrame:
        """`ratios` of twelve months, routes by their short names."""
        found = ratios(self.routes, self.events, BESIDE, 12)
        return found.assign(route=found["route"].map(SHORT))

    @cached_property
    def own(self) -> pd.Series:
        """The ratio on the route of each agreement, by its name."""
        return self.twelve[self.twelve["place"] == "own route"].set_index("agreement")["ratio"]

    @cached_property
    def held(self) -> dict[str, Held]:
        """Each change among those around all other months of its route, by the name of the agreement."""
        rows = self.events.itertuples()
        return {row.name: held(self.routes[row.route], row.month, 12, row.until, since=SINCE) for row in rows}

    @cached_property
    def others(self) -> pd.DataFrame:
        """The ratios around all other months: agreement, ratio."""
        found = self.held.items()
        return pd.concat(np.exp(one.others).round(3).to_frame("ratio").assign(agreement=name) for name, one in found)

    @cached_property
    def back(self) -> pd.Series:
        """Months until a route that fell was back at its level before, by agreement; missing where it is not yet."""
        fell = [row for row in self.events.itertuples() if self.held[row.name].change.difference < 0]
        found = {row.name: months_to_recover(self.routes[row.route], row.month, 12, row.until) for row in fell}
        return pd.Series(found, dtype="Int64")

    @property
    def alone(self) -> str | None:
        """The one agreement around which the change is among the lowest twentieth; None if there is another number."""
        low = [name for name, one in self.held.items() if one.as_low < 0.05]
        return low[0] if len(low) == 1 else None

    @property
    def statement_alone(self) -> bool:
        """Whether that one is the EU–Türkiye Statement."""
        return self.alone is not None and self.alone.startswith("EU–Türkiye")

    @cached_property
    def by_window(self) -> pd.DataFrame:
        """The ratio on the own route: agreements × `WINDOWS`, missing where a window runs past an end."""
        found = [ratios(self.routes, self.events, dict.fromkeys(BESIDE, ()), window) for window in WINDOWS]
        return pd.concat(found).pivot(index="agreement", columns="window", values="ratio")

    @property
    def turned(self) -> pd.Series:
        """Whether an agreement's route fell by one window and did not by another."""
        return (self.by_window < 1).any(axis=1) & (self.by_window >= 1).any(axis=1)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """`moved_at_most` after the agreements of `AFTER`, by key: fell, rose (detections) and share."""
        sea = self.routes[SEA]
        rows = {name: moved_at_most(sea, route, months) for name, (route, months) in AFTER.items()}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["fell", "rose"])
        return table.assign(share=table["rose"] / table["fell"])

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of them: by key the change (`own_KEY`) and how rare it is, who fell, who came back."""
        rose = [name for name, one in self.held.items() if one.change.difference >= 0]
        libya = self.back.filter(like="Italy")
        rows = list(self.events.itertuples())
        return {
            **{f"own_{row.key}": change(self.own[row.name] - 1) for row in rows},
            **{f"low_{row.key}": percent(self.held[row.name].as_low) for row in rows},
            "agreements": len(self.own),
            "moved_least": percent(self.moved["share"].min()),
            "moved_most": percent(self.moved["share"].max()),
            **{f"moved_{row.Index}_fell": row.fell for row in self.moved.itertuples()},
            **{f"moved_{row.Index}_rose": row.rose for row in self.moved.itertuples()},
            "window_least": min(WINDOWS),
            "window_most": max(WINDOWS),
            "window_flips": int(self.turned.sum()),
            "routes_fell": len(self.back),
            "came_back": int(self.back.notna().sum()) or "none",
            "did_not_fall": f"Around {in_words(rose)} the route did not fall, so it cannot come back. " if rose else "",
            "central_back": "did not fall and so has not come back"
            if libya.empty
            else "has not come back"
            if libya.isna().all()
            else f"came back after {libya.iloc[0]} months",
        }


def agreements(routes: pd.DataFrame, events: pd.DataFrame) -> Agreements:
    """From months × routes and the table `migration_events`."""
    rows = events[events["id"].isin(AGREEMENTS)]
    names = rows["label"].str.split().str[0] + rows["month"].dt.strftime(" %Y")
    return Agreements(routes, rows.assign(key=rows["id"].map(AGREEMENTS), name=names))


def moved_at_most(routes: pd.DataFrame, own: str, months: slice) -> tuple[float, float]:
    """How much a route lost in these months against a year before, and what all other columns gained at most.

    What a column lost counts as nothing: every detection added elsewhere is taken as one that moved.
    """
    year = pd.DateOffset(years=1)
    before = routes.loc[pd.Timestamp(months.start) - year : pd.Timestamp(months.stop) - year].sum()
    difference = routes.loc[months].sum() - before
    return float(-difference[own]), float(difference.drop(own).clip(lower=0).sum())


@dataclass(frozen=True)
class Pairs:
    """Do routes move against each other? Yearly changes of the sea routes, pair by pair and all at once."""

    yearly: pd.DataFrame

    @cached_property
    def table(self) -> pd.DataFrame:
        """Each pair: its correlation, the middle 95% that chance alone gives, and a p-value for it alone.

        Columns: pair, correlation, low, high, p_value.
        """
        rows = []
        for first, second in combinations(self.yearly.columns, 2):
            test = permutation_test(self.yearly[first], self.yearly[second])
            rows.append((f"{first} – {second}", test.correlation, test.low, test.high, test.p_value))
        return pd.DataFrame(rows, columns=["pair", "correlation", "low", "high", "p_value"])

    def told(self) -> pd.DataFrame:
        """`table` as a table for readers."""
        return self.table.set_axis(["Pair of routes", "Correlation", "By chance, from", "to", "p by itself"], axis=1)

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of them, the tests over all pairs (`lib.measures.flows.apart`) among it."""
        found = apart(self.yearly)
        lowest = self.table.loc[self.table["correlation"].idxmin()]
        by_chance = found.lowest.p_value > 0.05 and not (found.mean.correlation < 0 and found.mean.p_value <= 0.05)
        return {
            "pairs": len(self.table),
            "sea_routes": self.yearly.shape[1],
            "years_used": len(self.yearly),
            "pair_lowest": lowest["pair"],
            "pair_lowest_r": number(lowest["correlation"], 2),
            "pair_lowest_p": number(lowest["p_value"], 2),
            "pair_family_p": number(found.lowest.p_value, 2),
            "pairs_mean": number(found.mean.correlation, 2),
            "pairs_mean_p": number(found.mean.p_value, 2),
            "displacement": "Displacement between routes is neither established nor excluded by these series."
            if by_chance
            else "That is more than chance gives, and it still does not show that the same people moved.",
        }


def pairs(routes: pd.DataFrame) -> Pairs:
    """Of the sea routes of months × routes, by their short names."""
    return Pairs(yearly_changes(routes[SEA]).rename(columns=SHORT))
