"""Monthly series of routes: rolling means, changes around a month, and how unusual a change is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Change:
    """Mean monthly level in the window before a month and in the window after it; the month itself in neither."""

    month: pd.Timestamp
    window: int
    before: float
    after: float

    @property
    def difference(self) -> float:
        """Change of the mean monthly level, in the unit of the series."""
        return self.after - self.before

    @property
    def relative(self) -> float:
        """Change as a share of the level before; NaN where that is zero."""
        return self.difference / self.before if self.before else float("nan")


def by_route(table: pd.DataFrame, value: str = "detections") -> pd.DataFrame:
    """Long rows (month, route, value) as months × routes. Raises `ValueError` if a route lacks a month."""
    wide = table.pivot(index="month", columns="route", values=value).sort_index()
    expected = pd.date_range(wide.index.min(), wide.index.max(), freq="MS", name="month")
    wide = wide.reindex(expected)
    if (gaps := wide.isna().any(axis=1)).any():
        raise ValueError(
            f"no {value} for every route in {', '.join(f'{month:%Y-%m}' for month in wide.index[gaps][:5])}"
        )
    return wide


def rolling_mean(series: pd.Series | pd.DataFrame, months: int = 12) -> pd.Series | pd.DataFrame:
    """Mean over the months up to and including each month; missing until the first window is full."""
    return series.rolling(months, min_periods=months).mean()


def mean_between(series: pd.Series, first: str | pd.Timestamp, last: str | pd.Timestamp) -> float:
    """Mean monthly level from `first` to `last`, both included. Raises `ValueError` if a month is not there."""
    months = pd.date_range(first, last, freq="MS")
    missing = months.difference(series.index)
    if len(missing):
        raise ValueError(f"the series has no value for {missing[0]:%Y-%m}")
    return float(series.loc[months].mean())


def change_at(
    series: pd.Series, month: str | pd.Timestamp, window: int = 12, until: str | pd.Timestamp | None = None
) -> Change:
    """Change around a month, or around the span from `month` up to and including `until`.

    Raises `ValueError` when a window does not lie within the series.
    """
    at = pd.Timestamp(month)
    end = at if until is None or pd.isna(until) else pd.Timestamp(until)
    before = mean_between(series, at - pd.DateOffset(months=window), at - pd.DateOffset(months=1))
    after = mean_between(series, end + pd.DateOffset(months=1), end + pd.DateOffset(months=window))
    return Change(at, window, before, after)


def changes(series: pd.Series, window: int = 12) -> pd.Series:
    """Log ratio of the level after to the level before, for every month that has both windows.

    The yardstick for one change: how large is it among the changes around all months? Months whose windows
    hold nothing at all have no ratio and are missing.
    """
    mean = rolling_mean(series, window)
    before, after = mean.shift(1), mean.shift(-window)
    return np.log(after.where(after > 0) / before.where(before > 0)).dropna().rename("log_ratio")


def share_as_low(series: pd.Series, month: str | pd.Timestamp, window: int = 12) -> float:
    """Share of all months whose change is as low as the one around `month`, that month included.

    A description of the series, not a test of an event: neighbouring months share most of their windows.
    """
    ratios = changes(series, window)
    return float((ratios <= ratios.loc[pd.Timestamp(month)]).mean())


def months_to_recover(series: pd.Series, month: str | pd.Timestamp, window: int = 12) -> int | None:
    """Months after `month` until the rolling mean is back at the level before it, once it has fallen below.

    0 if it never fell below; None if it has not come back by the end of the series.
    """
    at = pd.Timestamp(month)
    mean = rolling_mean(series, window)
    level, later = mean.loc[at - pd.DateOffset(months=1)], mean.loc[at:]
    below = later.index[later < level]
    if below.empty:
        return 0
    back = later.loc[below[0] :]
    back = back.index[back >= level]
    return None if back.empty else (back[0].year - at.year) * 12 + back[0].month - at.month


@dataclass(frozen=True)
class ShiftTest:
    """Correlation of two series and how it compares with the correlations after shifting one of them in time."""

    correlation: float
    p_value: float
    low: float  # 2.5 % and 97.5 % quantile of the correlations after shifting
    high: float
    shifts: int


def shift_test(first: pd.Series, second: pd.Series, min_shift: int = 24) -> ShiftTest:
    """Two-sided test that two autocorrelated series move independently, by circular shifts in time.

    The correlation of the series as they are is ranked among those after every circular shift of the second
    by at least `min_shift` months either way; p = (1 + number as large in size) / (1 + number of shifts).
    Shifting keeps each series' own autocorrelation, which an ordinary test of a correlation ignores; it
    needs series without trend, such as changes. Source: the circular-shift (toroidal) randomisation of
    spatial and time series statistics; Edgington and Onghena (2007), ch. 11. Raises `ValueError` when the
    series share fewer than four times `min_shift` months.
    """
    both = pd.concat([first, second], axis=1).dropna()
    if len(both) < 4 * min_shift:
        raise ValueError(f"{len(both)} months in common; {4 * min_shift} needed")
    x, y = both.to_numpy().T
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    # all circular correlations at once: the cross-correlation theorem
    circular = np.fft.irfft(np.fft.rfft(x) * np.conj(np.fft.rfft(y)), n=len(x)) / scale
    shifted = circular[min_shift : len(x) - min_shift + 1]
    as_large = int((np.abs(shifted) >= abs(circular[0]) - 1e-12).sum())
    low, high = np.quantile(shifted, [0.025, 0.975])
    p_value = (1 + as_large) / (1 + len(shifted))
    return ShiftTest(float(circular[0]), p_value, float(low), float(high), len(shifted))
