"""What routes did around dated events: how far they had fallen, what the season does, whether others rose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    mean_between,
    months_to_recover,
    permutation_test,
    yearly_changes,
)
from lib.prose import change, in_words, month, number, percent

CENTRAL, EASTERN, WESTERN = "Central Mediterranean Route", "Eastern Mediterranean Route", "Western Mediterranean Route"
ATLANTIC, BALKAN = "Western African Route", "Western Balkan Route"
SHORT = {CENTRAL: "Central", EASTERN: "Eastern", WESTERN: "Western", ATLANTIC: "Atlantic", BALKAN: "Balkan"}


def direction(before: float, after: float, least: float = 0.0) -> str:
    """`rise`, `fall`, or `none` where the change is smaller than `least` (a share) of the level before."""
    if abs(after - before) < least * before:
        return "none"
    return "rise" if after > before else "fall"


def long(wide: pd.DataFrame) -> pd.DataFrame:
    """Months × routes as the long table that a chart draws: month, route, detections."""
    return wide.rename_axis("month").reset_index().melt("month", var_name="route", value_name="detections")


def marks(events: pd.DataFrame, *ids: str) -> pd.DataFrame:
    """The events of these ids as marks on a line over months: month and label, each once."""
    return events[events["id"].isin(ids)].drop_duplicates("id")[["month", "label"]]


@dataclass(frozen=True)
class Descent:
    """The way down of a monthly series: from its top, in one month, to the mean level that followed an event."""

    month: pd.Timestamp
    top: float
    floor: float

    def covered(self, level: float | pd.Series, top: float | pd.Series | None = None) -> float | pd.Series:
        """The share of the way down that lies behind at this level; `top` takes the place of the top."""
        top = self.top if top is None else top
        return (top - level) / (top - self.floor)


def descent(series: pd.Series, since: str, event: pd.Timestamp, until: str) -> Descent:
    """From the highest month between `since` and an event to the mean of the months after it, up to `until`.

    Raises `ValueError` when a month is missing after the event, or the mean there is no lower than the top.
    """
    month = series.loc[since:event].idxmax()
    found = Descent(month, float(series[month]), mean_between(series, event + pd.DateOffset(months=1), until))
    if found.floor >= found.top:
        raise ValueError(f"the series did not fall after {event:%Y-%m}")
    return found


def kept(series: pd.Series, first: pd.Timestamp, last: pd.Timestamp, earlier: Iterable[int]) -> pd.Series:
    """What one month keeps of the level of another, in the same two months so many years `earlier`."""
    back = {years: pd.DateOffset(years=years) for years in earlier}
    return pd.Series({years: series[last - shift] / series[first - shift] for years, shift in back.items()})


def against_year_before(series: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Relative change of the sum of the months from `first` to `last` on the same months a year before."""
    year = pd.DateOffset(years=1)
    return series.loc[first:last].sum() / series.loc[first - year : last - year].sum() - 1


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

    def by_window(self, windows: Sequence[int]) -> pd.DataFrame:
        """The ratio on the own route: agreements × windows, missing where a window runs past an end."""
        found = [ratios(self.routes, self.events, dict.fromkeys(BESIDE, ()), window) for window in windows]
        return pd.concat(found).pivot(index="agreement", columns="window", values="ratio")

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
    return Pairs(yearly_changes(routes[[EASTERN, CENTRAL, WESTERN, ATLANTIC]]).rename(columns=SHORT))


@dataclass(frozen=True)
class Greece:
    """The fall towards Greece in 2016: what lay behind before the EU–Türkiye Statement, and what winters do."""

    east: pd.Series
    statement: pd.Timestamp

    @property
    def before(self) -> pd.Timestamp:
        """The last full month before."""
        return self.statement - pd.DateOffset(months=1)

    @cached_property
    def way(self) -> Descent:
        """From the top of 2015 to the mean of the months after the Statement, to the end of 2016."""
        return descent(self.east, "2015", self.statement, "2016-12")

    @property
    def covered(self) -> float:
        """The share of the way that lay behind by the last full month before."""
        return self.way.covered(self.east[self.before])

    @cached_property
    def winter(self) -> pd.Series:
        """The share of the way that each of the six winters before would have made alone."""
        return self.way.covered(kept(self.east, self.way.month, self.before, range(1, 7)) * self.way.top)

    @cached_property
    def springs(self) -> list[float]:
        """Detections a month from April to December, in 2016 and in 2017."""
        return [mean_between(self.east, f"{year}-04", f"{year}-12") for year in (2016, 2017)]

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of it."""
        tops = self.east.loc["2015-08":"2016-01"]  # had another month been taken as the top
        others, year = self.way.covered(self.east[self.before], tops), self.east.groupby(self.east.index.year).sum()
        return {
            "statement_month": month(self.statement),
            "before_month": month(self.before),
            "east_top": self.way.top,
            "east_top_month": month(self.way.month),
            "east_floor": self.way.floor,
            "fallen_february": percent(self.covered),
            "fallen_march": percent(self.way.covered(self.east[self.statement])),
            "fallen_from_least": percent(others.min()),
            "fallen_from_most": percent(others.max()),
            "tops_first": month(tops.index[0]),
            "tops_last": month(tops.index[-1]),
            "winters": len(self.winter),
            "winter_alone": percent(self.winter.mean()),
            "winter_least": percent(self.winter.min()),
            "winter_most": percent(self.winter.max()),
            "winters_enough": int((self.winter >= self.covered).sum()) or "none",
            "greece_2016": change(year[2016] / year[2015] - 1),
            "greece_2017": change(year[2017] / year[2016] - 1),
            "greece_2017_months": change(self.springs[1] / self.springs[0] - 1),
            "east_record": month(self.east.idxmax()),
        }


@dataclass(frozen=True)
class Central:
    """The central route after the memorandum of Italy with Libya: when it broke, and when it was back."""

    series: pd.Series
    memorandum: pd.Timestamp
    strong: float  # the fall on a year before that counts as the break

    @cached_property
    def year(self) -> pd.Series:
        """Detections by calendar year."""
        return self.series.groupby(self.series.index.year).sum()

    @cached_property
    def broke(self) -> pd.Timestamp:
        """The first month after the memorandum that is so much below a year earlier."""
        on_year = self.series / self.series.shift(12) - 1
        return on_year[on_year.index > self.memorandum].le(-self.strong).idxmax()

    @property
    def summer(self) -> float:
        """The change on a year before in that month and the two after it."""
        return against_year_before(self.series, self.broke, self.broke + pd.DateOffset(months=2))

    @property
    def back(self) -> int | None:
        """The first later year at the level of 2017; None if there is none."""
        passed = self.year.loc[2018:][self.year.loc[2018:] >= self.year[2017]]
        return int(passed.index[0]) if len(passed) else None

    @property
    def phrases(self) -> dict[str, object]:
        """What sentences say of it."""
        one = pd.DateOffset(months=1)
        first, last = self.memorandum + one, self.broke - one
        return {
            "memorandum_month": month(self.memorandum),
            "spring_first": month(first),
            "spring_last": month(last),
            "spring_2017": change(against_year_before(self.series, first, last)),
            "broke_month": month(self.broke),
            "broke_last": month(self.broke + pd.DateOffset(months=2)),
            "summer_2017": change(self.summer),
            "central_back_year": str(self.back or "no year"),
            "central_fall": change(self.year.loc[2018:2019].mean() / self.year[2017] - 1),
            "central_recent": change(self.year.loc[2024:2025].mean() / self.year[2023] - 1),
            **{f"central_{year}": self.year[year] for year in (2016, 2017, 2023)},
        }


def when(events: pd.DataFrame, id: str) -> pd.Timestamp:
    """The month of an event of the table `migration_events`."""
    return events.loc[events["id"] == id, "month"].iloc[0]
