"""Extra departures of people to their countries, and what one costs: effects, months in force, the formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from lib.effects.placebo import placebo_test
from lib.measures.costs import present_value
from lib.returns.panel import PanelError, wide

MILLION = 1e6
ENDS = ["low", "estimate", "high"]


def counts(panel: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Forced departures of a panel in the form of `return_panel`, countries × months.

    Raises `PanelError` when it has no rows for one of `countries`, those of the report's Table 1.
    """
    if lacking := sorted(set(countries) - set(panel["country"])):
        raise PanelError(f"the panel has no rows for {', '.join(lacking)}; this needs the countries of Table 1")
    return wide(panel, "forced_departures")


def effects(
    departures: pd.DataFrame, starts: pd.Series, countries: Sequence[str], begin: str, months: int
) -> pd.DataFrame:
    """The effect on each country's departures, with its 95% placebo interval, within months counted from `begin`.

    `departures` are countries × months, `starts` the first month of each partnership by country. Columns, by country:
    first (the month in which its partnership began, 0 for `begin`), months (in force, until `months` are over),
    low, estimate and high (departures a month). Raises what `lib.effects.placebo.placebo_test` raises.
    """
    rows = {}
    for country in countries:
        test = placebo_test(departures, starts, country)
        first = (pd.Period(starts[country], "M") - pd.Period(begin, "M")).n
        low, high = test.interval()
        rows[country] = first, months - first, low, test.estimates.at[country, "effect"], high
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "months", *ENDS])


def recentred(effects: pd.DataFrame, middle: pd.Series) -> pd.DataFrame:
    """The effects with other estimates, by country, and intervals that are as wide as before around these."""
    middle = middle.reindex(effects.index)
    shift = middle - effects["estimate"]
    return effects.assign(low=effects["low"] + shift, estimate=middle, high=effects["high"] + shift)


def since_start(departures: pd.DataFrame, starts: pd.Series, countries: Iterable[str]) -> pd.Series:
    """All departures a month since each country's start: no more can be extra."""
    return pd.Series({one: departures.loc[one, departures.columns >= starts[one]].mean() for one in countries})


def before_start(departures: pd.DataFrame, starts: pd.Series, countries: Iterable[str]) -> pd.Series:
    """Departures a month before each country's start."""
    return pd.Series({one: departures.loc[one, departures.columns < starts[one]].mean() for one in countries})


def capped(effects: pd.DataFrame, most: pd.Series) -> pd.DataFrame:
    """The effects with no interval that goes beyond `most` (departures a month; countries without one have no cap).

    An interval holds its estimate all the same.
    """
    high = effects["high"].clip(upper=most.reindex(effects.index).fillna(float("inf")))
    return effects.assign(high=high.clip(lower=effects["estimate"]))


def totals(effects: pd.DataFrame) -> pd.DataFrame:
    """The effects with total_low, total_estimate and total_high: over all months in force."""
    return effects.assign(**{f"total_{end}": effects[end] * effects["months"] for end in ENDS})


def assumed(effects: pd.DataFrame) -> pd.DataFrame:
    """The effects, which have a name, as assumptions: parameter (the country), label, low, mode and high."""
    ends = effects[ENDS].set_axis(["low", "mode", "high"], axis=1)
    return ends.assign(parameter=effects.index, label="Effect in " + effects["name"]).reset_index(drop=True)


@dataclass(frozen=True)
class PerDeparture:
    """What an extra departure costs, in euros of the first month of the spending.

    The methods take a mapping of parameters to numbers: `spending` (million euros), `share_return` and `due_to_money`
    (shares), `further_years`, `discount_rate` (a share a year), and the effect a month of each country by its code.
    """

    months: int  # that the spending covers, evenly
    first: Mapping[str, int]  # month in which the effect of a country begins, 0 for the first of the spending
    estimates: Mapping[str, float]  # effect a month, by country, where no other is given

    def extra(self, values: Mapping[str, float]) -> float:
        """Extra departures that the money brought; later ones count for less, as later money does."""
        last, rate = self.months - 1 + 12 * values["further_years"], values["discount_rate"]
        each = {**self.estimates, **values}
        total = sum(each[country] * present_value(begin, last, rate) for country, begin in self.first.items())
        return float(values["due_to_money"] * total)

    def spent(self, values: Mapping[str, float]) -> float:
        """Euros that were spent on return."""
        a_month = MILLION * values["spending"] * values["share_return"] / self.months
        return float(a_month * present_value(0, self.months - 1, values["discount_rate"]))

    def cost(self, values: Mapping[str, float]) -> float:
        """Euros for an extra departure; without limit where there is none."""
        extra = self.extra(values)
        return self.spent(values) / extra if extra > 0 else float("inf")

    def formula(self, signals: Mapping[str, str], spending: float) -> dict[str, str]:
        """`cost` in the language of a chart: calculations by name, one after the other, the last of them `euros`.

        `signals` names the chart's signal for each parameter, with shares and rates in percent; a country without one
        has no effect. `spending` is in million euros.
        """
        until = f"({self.months} + 12 * {signals['further_years']})"
        effects = [f"{signals[c]} * {_sum(begin, until)}" for c, begin in self.first.items() if c in signals]
        return {
            "q": f"pow(1 + {signals['discount_rate']} / 100, -1 / 12)",
            "spent": f"{MILLION * spending / self.months} * {signals['share_return']} / 100 * {_sum(0, self.months)}",
            "extra": f"{signals['due_to_money']} / 100 * ({' + '.join(effects)})",
            "euros": "datum.spent / datum.extra",
        }


def _sum(begin: int, end: int | str) -> str:
    """`lib.measures.costs.present_value` of the months from `begin` to before `end`, in the language of a chart."""
    return f"(datum.q == 1 ? {end} - {begin} : (pow(datum.q, {begin}) - pow(datum.q, {end})) / (1 - datum.q))"
