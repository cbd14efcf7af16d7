"""Monthly series of routes: rolling means, changes around a month, and how unusual a change is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


def shares(table: pd.DataFrame, by: str, value: str = "detections") -> pd.DataFrame:
    """Sums of `value` for each `by`, largest first, and their share of the total (columns `value` and share).

    Raises `ValueError` when the total is zero: then there are no shares.
    """
    sums = table.groupby(by)[value].sum().sort_values(ascending=False, kind="stable")
    if not sums.sum():
        raise ValueError(f"the total of {value} is zero; it has no shares")
    return pd.DataFrame({value: sums, "share": sums / sums.sum()})


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
    at = series.index.get_indexer(months)
    if (missing := months[at < 0]).size:
        raise ValueError(f"the series has no value for {missing[0]:%Y-%m}")
    return float(series.iloc[at].mean())


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


def changes(series: pd.Series, window: int = 12, span: int = 1) -> pd.Series:
    """Log ratio of the level after to the level before every span of months that has both windows.

    Each stands at the first month of its span, which is in neither window; a span of one is a single month.

    The yardstick for one change: how large is it among the changes around all months? Months whose windows
    hold nothing at all have no ratio and are missing.
    """
    mean = rolling_mean(series, window)
    before, after = mean.shift(1), mean.shift(1 - span - window)
    return np.log(after.where(after > 0) / before.where(before > 0)).dropna().rename("log_ratio")


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


def yearly_changes(series: pd.Series | pd.DataFrame) -> pd.Series | pd.DataFrame:
    """Log change of the total of each full calendar year on the year before; missing where a total is zero.

    Changes of whole years share no month, so they can be permuted; overlapping windows cannot.
    """
    months = series.groupby(series.index.year)
    totals = months.sum()[months.size() == 12]
    return np.log(totals.where(totals > 0)).diff().dropna(how="all")


@dataclass(frozen=True)
class PermutationTest:
    """A correlation and its distribution when one of the two series is put in random order."""

    correlation: float
    p_value: float
    low: float  # 2.5 % and 97.5 % quantile of the correlations in random order
    high: float
    pairs: int


def permutation_test(first: pd.Series, second: pd.Series, draws: int = 9999, seed: int = 1) -> PermutationTest:
    """Two-sided permutation test of the Pearson correlation of two series without autocorrelation.

    The test is exact when one of the series could as well have come in any other order; inertia in both
    makes it reject too often. Source: scipy.stats.permutation_test, pairings. Raises `ValueError` when fewer
    than eight pairs are complete or a series does not vary.
    """
    from scipy import stats  # costs more than a second: only where it is used

    both = pd.concat([first.rename("x"), second.rename("y")], axis=1, sort=True).dropna()
    if len(both) < 8 or (both.std() == 0).any():
        raise ValueError(f"{len(both)} complete pairs; at least 8 are needed, of series that vary")
    x, y = both["x"].to_numpy() - both["x"].mean(), both["y"].to_numpy() - both["y"].mean()
    scale = np.sqrt((x @ x) * (y @ y))
    found = stats.permutation_test(
        (x,), lambda order, axis=-1: (order * y).sum(axis=axis) / scale,
        permutation_type="pairings", vectorized=True, n_resamples=draws, rng=seed,
    )  # fmt: skip
    low, high = np.quantile(found.null_distribution, [0.025, 0.975])
    return PermutationTest(float(found.statistic), float(found.pvalue), float(low), float(high), len(both))
