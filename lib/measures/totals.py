"""Detections on all routes together, beside a range that is stated for the months of some years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.ledger.statement import Claim
from lib.measures import flows
from lib.measures.around import BALKAN, EASTERN, direction
from lib.prose import month, number

EACH, MEAN = "Each month", "Mean of twelve months"
SHORT = {EACH: "each month", MEAN: "yearly mean"}  # at the ends of lines
FIRST, LAST = "2018-01", "2025-12"  # the months for which the range is stated


@dataclass(frozen=True)
class Total:
    """The total by month of `routes` (months × routes, detections), and the range from `low` to `high` a month.

    `about` is how far each bound may be off when it is read as rounded.
    """

    routes: pd.DataFrame
    low: int
    high: int
    about: float

    @cached_property
    def months(self) -> pd.Series:
        """Detections by month."""
        return self.routes.sum(axis=1)

    @cached_property
    def mean(self) -> pd.Series:
        """The mean of the twelve months up to each; missing in the first eleven."""
        return flows.rolling_mean(self.months)

    @cached_property
    def years(self) -> pd.DataFrame:
        """Years × routes."""
        return self.routes.groupby(self.routes.index.year).sum()

    def outside(self, series: pd.Series, slack: float = 0) -> int:
        """How many months of the years studied lie outside the range, its bounds moved apart by `slack`."""
        return int((~series.loc[FIRST:LAST].between(self.low - slack, self.high + slack)).sum())

    @property
    def mean_fits(self) -> bool:
        """Whether the range, read as rounded, holds all means of the years studied and not all months."""
        return self.outside(self.months, self.about) > 0 and not self.outside(self.mean, self.about)

    def long(self) -> pd.DataFrame:
        """Both series for a chart: month, series (`EACH`, `MEAN`), detections."""
        wide = pd.DataFrame({EACH: self.months, MEAN: self.mean}).rename_axis("month").reset_index()
        return wide.melt("month", var_name="series", value_name="detections").dropna()

    @property
    def phrases(self) -> dict[str, str]:
        """What sentences say of it, in words."""
        studied, means, peak = self.months.loc[FIRST:LAST], self.mean.loc[FIRST:LAST], self.months.idxmax()
        without_balkan = self.routes.drop(columns=BALKAN).sum(axis=1)
        numbers = {
            "range_low": self.low,
            "range_high": self.high,
            "allowed_low": self.low - self.about,
            "allowed_high": self.high + self.about,
            "months_window": len(studied),
            "peak_month": month(peak),
            "peak_count": self.months[peak],
            "peak_no_balkan": without_balkan[peak],
            "months_outside_sharp": self.outside(self.months),
            "means_outside_sharp": self.outside(self.mean) or "none",
            "months_outside": self.outside(self.months, self.about),
            "means_outside": self.outside(self.mean, self.about) or "none",
            "lowest": studied.min(),
            "lowest_month": month(studied.idxmin()),
            "highest": studied.max(),
            "highest_month": month(studied.idxmax()),
            "mean_low": means.min(),
            "mean_high": means.max(),
            "latest_month": month(self.months.index[-1]),
            "latest_mean": self.mean.iloc[-1],
            **{f"total_{year}": without_balkan.loc[f"{year}"].sum() for year in (2017, 2023)},
        }
        return {name: one if isinstance(one, str) else number(one) for name, one in numbers.items()}

    def claims(self, strong: float) -> dict[str, object]:
        """What claims on it are checked against; a change of `strong`, a share of the level before, is strong."""
        year, studied, means = self.years.sum(axis=1), self.months.loc[FIRST:LAST], self.mean.loc[FIRST:LAST]
        return {
            "total-2015-rise": direction(year[2014], year[2015], strong),
            "2015-eastern-balkan-share": self.years.loc[2015, [EASTERN, BALKAN]].sum() / year[2015] > 0.5,
            "peak-date": self.months.idxmax(),
            "peak-count": self.months.max(),
            "range-low-months": studied.min(),
            "range-high-months": studied.max(),
            "range-low-rolling": means.min(),
            "range-high-rolling": means.max(),
        }


def stated(routes: pd.DataFrame, low: Claim, high: Claim) -> Total:
    """With the range of two claims; a bound that is rounded to a precision may be off by half of it."""
    return Total(routes, int(low.value), int(high.value), int(low.precision) / 2)
