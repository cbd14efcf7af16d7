"""The change of a count from before to after a start, in logs, each country's held against all others'.

A country's log change is compared with what the others of its size show, and divided by the noise of a country of its
size: a studentized residual. Under the null hypothesis that an effect is τ, the treated country's counts after its
start are divided by exp(τ); then all countries are treated alike, and its rank among them is exact if any of them
could have been the treated one (Fisher's randomisation test; Ernst 2004, Statistical Science 19(4)). A shock that
multiplies all counts cancels, which a difference of levels does not allow; small and large countries are on one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lib.effects.checks import check_form, check_starts
from lib.effects.twoway import DesignError, arrays

HALF = 0.5  # of a case, added to every count, so that the logarithm of none exists
NEAR = 15  # countries next in size, on either side, that set the level of a country's noise
LEAST = 0.1  # of the noise that its size lets expect: a country's neighbours may be calm, but not dead calm
STEEP = 0.2  # of the slope in size, a priori: ten times the size, half as much change again; little where sizes differ
FEW, MANY = 10, 0.05  # where so many cases were to be expected there are none, in so large a share of countries
FAR = 8.0  # in logs: an effect that multiplies by 3,000 is as good as without end
SWEEPS = 20  # of the two-way Poisson fit of a panel with gaps; each leaves a fraction of what was missing


@dataclass(frozen=True)
class LogChange:
    """The log change of one treated country among those of all that were never treated, at its start.

    `units`: all countries, the treated one last; `counts` (countries × months, zero where nothing is `observed`);
    `after`: the months from the start on.
    """

    units: pd.Index
    counts: np.ndarray
    observed: np.ndarray
    after: np.ndarray

    def statistics(self, effects: Sequence[float] = (0.0,)) -> np.ndarray:
        """The studentized log changes (effects × countries) when the treated country's counts are freed of each."""
        distance, scale = self._at(effects)
        return distance / scale

    @cached_property
    def estimate(self) -> float:
        """The log effect that leaves the treated country where the others' changes let expect one of its size."""
        effect = 0.0
        for _ in range(5):  # its size changes a little with what is taken out
            effect += self._at([effect])[0][0, -1]
        return float(effect)

    @cached_property
    def scale(self) -> float:
        """The standard deviation of the treated country's log change when no effect is in it."""
        return float(self._at([self.estimate])[1][0, -1])

    @property
    def sizes(self) -> pd.Series:
        """The mean of a country's counts over all its months."""
        return pd.Series(self.counts.sum(axis=1) / self.observed.sum(axis=1), self.units)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Why the test may not hold here, in words; none where nothing speaks against it."""
        others, own, found = self.sizes.iloc[:-1], self.sizes.iloc[-1], []
        if not others.min() <= own <= others.max():
            found.append(f"no other country is as {'small' if own < others.min() else 'large'} as {self.units[-1]}")
        if self._silent > MANY * len(self.units):
            found.append(
                f"{self._silent} of {len(self.units)} countries are without a case before or after, where {FEW} or "
                "more were to be expected: what falls silent changes the more, the larger it is"
            )
        return tuple(found)

    @cached_property
    def _sums(self) -> tuple[np.ndarray, np.ndarray]:
        """Each country's cases before and after, half a case added to both."""
        return tuple(self.counts[:, part].sum(axis=1) + HALF for part in (~self.after, self.after))

    @property
    def _silent(self) -> int:
        parts = np.array(self._sums) - HALF
        ratio = common_change(self.counts, self.observed, self.after)
        expected = parts.sum(axis=0) * np.array([np.ones_like(ratio), ratio]) / (1 + ratio)
        return int(((parts == 0) & (expected >= FEW)).any(axis=0).sum())

    def rank(self, effect: float = 0.0, among: int | None = None) -> tuple[int, int]:
        """k of N: how many have a statistic as far from zero; `among` as many as are next to it in size."""
        found = np.abs(self.statistics([effect])[0])
        own = found[-1]
        if among is not None:
            far = np.abs(np.log(self.sizes / self.sizes.iloc[-1])).to_numpy(copy=True)
            far[-1] = -1.0
            found = found[np.argsort(far, kind="stable")[: among + 1]]
        return int((found >= own - 1e-12).sum()), len(found)

    def p_value(self, effect: float = 0.0) -> float:
        """The largest p of this effect and of those tried beyond it, so that no interval contradicts it."""
        side = np.sign(effect - self.estimate)
        return float(max(self._p([effect])[0], *self._tried[1][(self._tried[0] - effect) * side > 0], 0.0))

    def rejects(self, effect: float = 0.0, level: float = 0.05) -> bool:
        """Whether `p_value` is at most `level`: quicker, where a test is repeated thousands of times."""
        return bool(self._p([effect])[0] <= level) and self.p_value(effect) <= level

    def interval(self, level: float = 0.05) -> tuple[float, float]:
        """The log effects that the test does not reject at `level`; infinite where every larger one would fit."""
        if int(level * len(self.units) + 1e-9) < 1:
            return -np.inf, np.inf
        effects, p = self._tried
        kept = np.flatnonzero(p > level)
        low = -np.inf if kept[0] == 0 else self._end(effects[kept[0]], effects[kept[0] - 1], level)
        high = np.inf if kept[-1] == len(p) - 1 else self._end(effects[kept[-1]], effects[kept[-1] + 1], level)
        return low, high

    def extra(self, effect: float) -> float:
        """A log effect as cases a month, on the level that the treated country would have had without it."""
        without = self._sums[1][-1] * np.exp(-self.estimate) / self.observed[-1, self.after].sum()
        return float(without * np.expm1(effect))

    @cached_property
    def _tried(self) -> tuple[np.ndarray, np.ndarray]:
        """Effects on both sides of the estimate, it and none at all among them, and the p of each."""
        steps = np.concatenate([np.arange(0.1, 1, 0.1), np.arange(1, 3, 0.25), np.arange(3, FAR + 0.1)])
        effects = np.unique(np.concatenate([[0.0, self.estimate], self.estimate - steps, self.estimate + steps]))
        return effects, self._p(effects)

    def _p(self, effects: Sequence[float]) -> np.ndarray:
        found = np.abs(self.statistics(effects))
        return (found >= found[:, -1:] - 1e-12).mean(axis=1)

    def _end(self, kept: float, rejected: float, level: float) -> float:
        """Where the test begins to reject, between an effect that is kept and the next one that is not."""
        for _ in range(3):
            points = np.linspace(kept, rejected, 10)
            last = np.flatnonzero(np.append(True, self._p(points[1:-1]) > level))[-1]
            kept, rejected = points[last], points[last + 1]
        return float(kept)

    def _at(self, effects: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        before, later = self._sums
        left = np.tile(later, (len(effects), 1))
        left[:, -1] *= np.exp(-np.asarray(effects))  # the half case too: else a large effect looked like any larger
        if self.observed.all():  # then the common change is that of the sums
            total = left.sum(axis=1, keepdims=True) / before.sum()
            return deviations(before, left, np.broadcast_to(total, left.shape))
        ratios = []
        for effect in effects:
            counts = self.counts.copy()
            counts[-1, self.after] *= np.exp(-effect)
            ratios.append(common_change(counts, self.observed, self.after))
        return deviations(before, left, np.array(ratios))


def log_change(outcome: pd.DataFrame, starts: pd.Series, country: str) -> LogChange:
    """`LogChange` of one of the countries that `starts` names, among all that it does not name.

    `outcome` is countries × months of counts, NaN where not observed. Countries that are not observed before and
    after the start are left out, and so are those without a single case, of which no change can be told. Raises
    `DesignError` when that is the treated one, for fewer than three others, for counts below zero, and as
    `lib.effects.checks.check_form`.
    """
    check_form(outcome)
    check_starts(outcome, starts, country)
    values, observed = arrays(outcome)
    if (values < 0).any():
        raise DesignError("a count lies below zero; the log of a change is for counts")
    after = np.asarray(outcome.columns >= starts.loc[country])
    usable = observed[:, after].any(axis=1) & observed[:, ~after].any(axis=1) & (np.nansum(values, axis=1) > 0)
    own = outcome.index.get_loc(country)
    if not usable[own]:
        raise DesignError(f"{country} has no case, or no month before or after its start; no change can be told of it")
    others = np.flatnonzero(usable & ~outcome.index.isin(starts.index))
    if len(others) < 3:
        raise DesignError(f"{len(others)} never-treated countries with cases for {country}; three are needed")
    rows = np.append(others, own)
    return LogChange(outcome.index[rows], np.where(observed, values, 0.0)[rows], observed[rows], after)


def all_log_changes(outcome: pd.DataFrame, least_before: int = 12, least_after: int = 12) -> pd.DataFrame:
    """The studentized log change of every never-treated country at every start: columns statistic, size, p.

    Rows (country, start), for starts with at least so many months before and after; p is the rank of its statistic
    among those of all countries at that start. Countries without a case in either part are left out there. Raises
    `DesignError` as `lib.effects.checks.check_form`.
    """
    check_form(outcome)
    values, observed = arrays(outcome)
    values, found = np.where(observed, values, 0.0), []
    for at in range(least_before, values.shape[1] - least_after + 1):
        after = np.arange(values.shape[1]) >= at
        usable = observed[:, after].any(axis=1) & observed[:, ~after].any(axis=1) & (values.sum(axis=1) > 0)
        rows, seen = values[usable], observed[usable]
        before, later = rows[:, ~after].sum(axis=1) + HALF, rows[:, after].sum(axis=1) + HALF
        distance, scale = deviations(before, later, common_change(rows, seen, after))
        statistic = distance / scale
        index = pd.MultiIndex.from_product([outcome.index[usable], [outcome.columns[at]]], names=["country", "start"])
        columns = {"statistic": statistic, "size": rows.sum(axis=1) / seen.sum(axis=1)}
        ranks = pd.Series(np.abs(statistic)).rank(ascending=False, method="max").to_numpy()
        found.append(pd.DataFrame(columns, index=index).assign(p=ranks / len(ranks)))
    return pd.concat(found)


def common_change(counts: np.ndarray, observed: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How many times its cases before a country would have after, if it moved as all do together, in its own months.

    The month effects are those of a two-way Poisson regression, by iterative proportional fitting; without gaps
    they are the monthly sums.
    """
    seen, month = observed.astype(float), np.ones(counts.shape[1])
    for _ in range(1 if observed.all() else SWEEPS):
        country = (counts.sum(axis=1) + HALF) / (seen @ month)
        month = (counts.sum(axis=0) + 1e-9) / (country @ seen)
    return (seen[:, after] @ month[after]) / (seen[:, ~after] @ month[~after])


def deviations(before: np.ndarray, later: np.ndarray, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far each country's log change lies from what the others let expect, and the standard deviation of that.

    `before` (countries) and `later` (… × countries) are cases above zero, `ratio` the common change; every row is a
    world of its own. The mean is linear in log size, its slope shrunk a little; the variance is a + b · (1 / expected
    + 1 / expected after): b is what counts scatter by chance, a what countries do by themselves. Both by weighted least
    squares. What is expected is a share of the total, so that a size does not depend on the way a country changed.
    The variance is then raised or lowered to what the countries next in size show.
    """
    change, total = np.log(later / before / ratio), before + later
    chance = (1 + ratio) / total * (1 + 1 / ratio)
    size = np.log(total)
    variance = np.median(change**2, axis=-1, keepdims=True) + 0.1 * chance
    for _ in range(3):
        variance = _variance(_fitted(change, size, variance)[0] ** 2, chance)
    residual, leverage = _fitted(change, size, variance)
    distance = residual / (1 - leverage)
    # countries of one size have an order that does not depend on their place in the table
    own = variance * _around(residual**2 / (variance * (1 - leverage)), size + 1e-9 * change)
    return distance, np.sqrt(own + variance * leverage / (1 - leverage))


def _fitted(values: np.ndarray, size: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Residuals and leverages of weighted least squares on a constant and size, its slope shrunk (ridge)."""
    weight = 1 / variance
    total = weight.sum(axis=-1, keepdims=True)
    centred = size - (weight * size).sum(axis=-1, keepdims=True) / total
    spread = (weight * centred**2).sum(axis=-1, keepdims=True) + 1 / STEEP**2
    mean = (weight * values).sum(axis=-1, keepdims=True) / total
    slope = (weight * centred * values).sum(axis=-1, keepdims=True) / spread
    leverage = weight * (1 / total + centred**2 / spread)
    return values - mean - slope * centred, np.minimum(leverage, 1 - 1e-6)


def _variance(square: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """a + b · chance, neither below zero, by Fisher scoring of the normal quasi-likelihood."""

    def sums(values: np.ndarray) -> np.ndarray:
        return values.sum(axis=-1, keepdims=True)

    variance = np.broadcast_to(np.maximum(square.mean(axis=-1, keepdims=True), 1e-9), square.shape)
    for _ in range(8):
        weight = 1 / variance**2
        s0, s1, s2 = sums(weight), sums(weight * chance), sums(weight * chance**2)
        t0, t1 = sums(weight * square), sums(weight * chance * square)
        spread = s0 * s2 - s1**2
        told = spread > 1e-9 * s0 * s2  # else all countries have one size
        safe = np.where(told, spread, 1.0)
        a, b = (s2 * t0 - s1 * t1) / safe, (s0 * t1 - s1 * t0) / safe
        only_a, only_b = (~told) | (b < 0), told & (a < 0)
        a = np.where(only_a, t0 / s0, np.where(only_b, 0.0, a))
        b = np.where(only_a, 0.0, np.where(only_b, t1 / s2, b))
        variance = np.maximum(a + b * chance, 1e-9)
    return variance


def _around(square: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The mean of `square` over the countries next in size, without the country itself.

    Countries that are alike in everything have the same others next to them, whichever of them stands first.
    """
    order, countries = np.argsort(size, axis=-1, kind="stable"), size.shape[-1]
    ordered = np.take_along_axis(size, order, axis=-1)
    alike = np.concatenate([np.zeros_like(ordered[..., :1], bool), ordered[..., 1:] == ordered[..., :-1]], axis=-1)
    first_alike = np.maximum.accumulate(np.where(alike, 0, np.arange(countries)), axis=-1)
    place = np.take_along_axis(first_alike, np.argsort(order, axis=-1, kind="stable"), axis=-1)
    sums = np.cumsum(np.take_along_axis(square, order, axis=-1), axis=-1)
    sums = np.concatenate([np.zeros_like(sums[..., :1]), sums], axis=-1)
    first = np.clip(place - NEAR, 0, max(countries - 2 * NEAR - 1, 0))
    last = np.minimum(first + 2 * NEAR + 1, countries)
    within = np.take_along_axis(sums, last, axis=-1) - np.take_along_axis(sums, first, axis=-1)
    return np.maximum((within - square) / (last - first - 1), LEAST)
