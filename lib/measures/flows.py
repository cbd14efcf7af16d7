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


def around_events(events: pd.DataFrame, window: int, **measures: pd.DataFrame) -> pd.DataFrame:
    """Around each event, how many times the mean level before is that after, for each of `measures`.

    `events` has month, until, label and route; a measure is a table by month with a column a route. One row for each
    month and route, its labels joined. Raises `ValueError` as `change_at`.
    """
    rows = []
    for (day, route), at in events.groupby(["month", "route"]):
        changed = [change_at(measure[route], day, window, at["until"].iloc[0]) for measure in measures.values()]
        rows.append((" and ".join(at["label"]), day, route, *(change.after / change.before for change in changed)))
    return pd.DataFrame(rows, columns=["label", "month", "route", *measures])


def changes(series: pd.Series, window: int = 12, span: int = 1) -> pd.Series:
    """Log ratio of the level after to the level before every span of months that has both windows.

    Each stands at the first month of its span, which is in neither window; a span of one is a single month.

    The yardstick for one change: how large is it among the changes around all months? Months whose windows
    hold nothing at all have no ratio and are missing.
    """
    mean = rolling_mean(series, window)
    before, after = mean.shift(1), mean.shift(1 - span - window)
    return np.log(after.where(after > 0) / before.where(before > 0)).dropna().rename("log_ratio")


@dataclass(frozen=True)
class Held:
    """A change, and the same ratio around every other span of the same length (log ratios by month)."""

    change: Change
    others: pd.Series

    @property
    def as_low(self) -> float:
        """Share of all spans of that length around which the level changed as little, or fell as much."""
        ratio = np.log(self.change.after / self.change.before) if self.change.after > 0 else -np.inf
        return float((self.others <= ratio + 1e-12).mean())


def held(
    series: pd.Series,
    month: str | pd.Timestamp,
    window: int = 12,
    until: str | pd.Timestamp | None = None,
    since: str | pd.Timestamp | None = None,
) -> Held:
    """The change around a month, or a span up to and including `until`, and the changes it is held against.

    A change over a gap of twelve months is held against changes over gaps of twelve months, whose windows lie
    as far apart; both come from here so that the two cannot differ. `since` is the first month of the yardstick.
    """
    found = change_at(series, month, window, until)
    start, end = found.month, found.month if until is None or pd.isna(until) else pd.Timestamp(until)
    span = (end.year - start.year) * 12 + end.month - start.month + 1
    return Held(found, changes(series, window, span).loc[since:])


def months_to_recover(
    series: pd.Series, month: str | pd.Timestamp, window: int = 12, until: str | pd.Timestamp | None = None
) -> int | None:
    """Months after `month` until the rolling mean is back at the level before it; None if it has not come back.

    Asked only of a series that fell around the month, or around the span up to `until`: what did not fall cannot
    come back, and "0 months" or "not yet" would both be wrong. Raises `ValueError` there, and where `change_at` does.
    """
    found = change_at(series, month, window, until)
    if found.after >= found.before:
        raise ValueError(f"the series did not fall around {found.month:%Y-%m}, so there is nothing to come back from")
    mean = rolling_mean(series, window)
    level, later = mean.loc[found.month - pd.DateOffset(months=1)], mean.loc[found.month :]
    later = later.loc[later.index[later < level][0] :]  # it fell, so there is such a month
    back = later.index[later >= level]
    return None if back.empty else (back[0].year - found.month.year) * 12 + back[0].month - found.month.month


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


def _permuted(statistic: float, drawn: np.ndarray, pairs: int) -> PermutationTest:
    """Two-sided p as twice the smaller tail, the order that was observed counted among the orders drawn."""
    above, below = ((1 + (tail >= -1e-12).sum()) / (1 + len(drawn)) for tail in (drawn - statistic, statistic - drawn))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return PermutationTest(statistic, min(1.0, 2 * min(above, below)), float(low), float(high), pairs)


def _standardised(frame: pd.DataFrame) -> np.ndarray:
    """Columns with mean zero and length one, so that a sum of products is a correlation."""
    values = frame.to_numpy(dtype=float)
    if len(values) < 8 or (values.std(axis=0) == 0).any():
        raise ValueError(f"{len(values)} complete rows; at least 8 are needed, of series that vary")
    values = values - values.mean(axis=0)
    return values / np.sqrt((values**2).sum(axis=0))


def together(first: pd.DataFrame, second: pd.DataFrame, draws: int = 9_999, seed: int = 1) -> PermutationTest:
    """Do two measures move together over all routes at once? Mean correlation over their columns (routes).

    All routes of `second` are put in the same random order of years, so that what the routes share in a year
    stays together. This answers whether the measures go together; which route does is another question, with a
    correction for the number of routes. Years that are not complete in both are left out.
    """
    both = pd.concat([first, second], axis=1, keys=["first", "second"]).dropna()
    x, y = _standardised(both["first"]), _standardised(both["second"][first.columns])
    rng = np.random.default_rng(seed)
    drawn = np.array([(x * y[rng.permutation(len(y))]).sum(axis=0).mean() for _ in range(draws)])
    return _permuted(float((x * y).sum(axis=0).mean()), drawn, len(both))


@dataclass(frozen=True)
class Apart:
    """All pairs of routes in one test: do they move against each other, and does the most negative pair stand out?"""

    mean: PermutationTest  # of the correlations of all pairs
    lowest: PermutationTest  # the most negative of all pairs among the most negative that chance gives


def apart(series: pd.DataFrame, draws: int = 9_999, seed: int = 1) -> Apart:
    """The correlations of all pairs of columns, with every column put in a random order of its own.

    Two questions, two tests: the mean says whether routes move against each other at all, the lowest whether one
    pair stands out among all of them, which needs no further correction. The p-value of the lowest is one-sided.
    """
    z = _standardised(series.dropna())
    rows, columns = np.triu_indices(z.shape[1], 1)
    rng = np.random.default_rng(seed)
    found = (z.T @ z)[rows, columns]
    drawn = np.empty((draws, len(rows)))
    for draw in range(draws):
        order = rng.permuted(z, axis=0)
        drawn[draw] = (order.T @ order)[rows, columns]
    mean = _permuted(float(found.mean()), drawn.mean(axis=1), len(z))
    lowest, least = float(found.min()), drawn.min(axis=1)
    p_value = (1 + (least <= lowest + 1e-12).sum()) / (1 + draws)
    low, high = np.quantile(least, [0.025, 0.975])
    return Apart(mean, PermutationTest(lowest, float(p_value), float(low), float(high), len(z)))


def steps(series: pd.Series, first: int, second: int, since: int, until: int) -> pd.Series:
    """One month of the year over another, such as May over April, in each year from `since` to `until`.

    `series` is monthly. Raises `KeyError` when one of the months is missing.
    """
    years = range(since, until + 1)
    return pd.Series({y: series.loc[f"{y}-{second:02d}-01"] / series.loc[f"{y}-{first:02d}-01"] for y in years})
