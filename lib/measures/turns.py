"""Two routes that turned: how far they fell before an agreement and after it, what winters do, when one was back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.measures.around import direction, steady
from lib.measures.flows import mean_between
from lib.prose import beside, change, month, number, percent


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

    def claims(self, strong: float, considerable: float) -> dict[str, object]:
        """What claims on it are checked against: a strong change is so large a share, a considerable part another."""
        year = self.east.groupby(self.east.index.year).sum()
        return {
            "greece-2016-fall": direction(year[2015], year[2016], strong),
            "greece-2017-fall": direction(year[2016], year[2017], strong),
            "statement-earlier-fall": self.covered >= considerable,
            "greece-2017-fall-months": direction(*self.springs),
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

    def some(self, years: Iterable[int]) -> str:
        """Detections in these calendar years, as a description has them: "5 in 2016, 3 in 2019"."""
        return ", ".join(f"{number(self.year[year])} in {year}" for year in years)

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
            "spring_2017": beside(against_year_before(self.series, first, last)),
            "broke_month": month(self.broke),
            "broke_last": month(self.broke + pd.DateOffset(months=2)),
            "summer_2017": beside(self.summer),
            "central_back_year": str(self.back or "no year"),
            "central_fall": change(self.year.loc[2018:2019].mean() / self.year[2017] - 1),
            "central_recent": change(self.year.loc[2024:2025].mean() / self.year[2023] - 1),
            **{f"central_{year}": self.year[year] for year in (2016, 2017, 2023)},
        }

    @property
    def fell_and_rose(self) -> bool:
        """Whether it fell strongly, passed its level of 2017 later and was below that in 2024 and 2025."""
        later = self.year.loc[2024:2025].max()
        return bool(self.summer < -self.strong and self.back and later < self.year[2017])

    def claims(self) -> dict[str, object]:
        """What claims on it are checked against."""
        year = self.year
        return {
            "central-2014-rise": "rise" if (year.loc[2014:2016] > year[2013]).all() else "none",
            "central-2018-fall": direction(year[2017], year.loc[2018:2019].mean(), self.strong),
            "central-fall-temporary": self.back is not None,
            "central-renewed-rise": steady(year.loc[2019:2023]),
            "central-2014-sustained": steady(year.loc[2013:2016]),
            "central-2023-fall": direction(year[2023], year.loc[2024:2025].mean()),
        }
