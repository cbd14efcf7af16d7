"""How an effect fares when the trends were not parallel: intervals under a bound on how far they may differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.linalg import null_space
from scipy.optimize import minimize
from scipy.special import chndtrix
from scipy.stats import chi2, norm

from lib.effects.checks import check_design, check_form, check_full, check_starts
from lib.effects.placebo import fit_noise
from lib.effects.twoway import DesignError


@dataclass(frozen=True)
class BinStudy:
    """Effects by period around a start, the last period before it being the reference, and how they vary together."""

    effects: pd.Series  # by period: …, -3, -2, 0, 1, …; period -1, the last before the start, is the reference
    covariance: pd.DataFrame  # periods × periods
    placebos: pd.DataFrame | None = None  # untreated countries × periods: their paths, at the noise of this country

    def path(self, level: float = 0.05) -> pd.DataFrame:
        """The effects by bin with pointwise intervals: columns bin, effect, low, high."""
        reach = [self.reach(weights, level) for weights in np.eye(len(self.effects))]
        table = self.effects.rename_axis("bin").rename("effect").reset_index()
        return table.assign(low=table["effect"] - reach, high=table["effect"] + reach)

    def reach(self, weights: np.ndarray, level: float, bias: float = 0.0, chosen: np.ndarray | None = None) -> float:
        """How far from the effects' sum by `weights` an interval reaches, at the largest `bias` in either direction.

        Without placebos by normal quantiles. With them by the k-th largest of the n placebos' sums in size, k the
        first with k / (n + 1) at least 1 - `level`: a normal quantile is too small for a covariance that is itself
        estimated, and for counts, which are skewed and have heavy tails. Infinite where n is too small for that (19
        are needed for 95%). Weights that were chosen to make the placebos' sums small would make them too small:
        along the directions `chosen` (periods × directions) each sum is that with weights chosen without it.
        """
        if self.placebos is None:
            sd = float(np.sqrt(weights @ self.covariance.to_numpy() @ weights))
            return sd * _critical(bias / sd, level)
        paths = self.placebos.to_numpy()
        sums = paths @ weights
        if chosen is not None and chosen.size:
            basis = np.linalg.qr(paths @ chosen)[0]
            sums = sums / np.maximum(1 - (basis**2).sum(axis=1), 0.1)
        k = int(np.ceil((1 - level) * (len(sums) + 1) - 1e-9))
        if k > len(sums):
            return np.inf
        return max(float(np.sort(np.abs(sums + worst))[k - 1]) for worst in (bias, -bias))


def from_estimates(periods: ArrayLike, effects: ArrayLike, covariance: ArrayLike, reference: int = -1) -> BinStudy:
    """An event study from any package: n whole numbers, n effects, and their covariance (n × n), in any order.

    `reference` is the last period before the start (a year, say, or -1), whose effect is zero by construction and
    which is left out. Raises `DesignError` unless the other periods follow each other on both sides of it without a
    gap, and the covariance is symmetric and positive definite.
    """
    at = np.asarray(periods) - reference - 1
    found, sigma = np.asarray(effects, dtype=float), np.asarray(covariance, dtype=float)
    if at.ndim != 1 or found.shape != at.shape or sigma.shape != (len(at), len(at)):
        raise DesignError(f"{at.shape} periods, {found.shape} effects and a covariance {sigma.shape} do not match")
    order = np.argsort(at)
    at, found, sigma = at[order], found[order], sigma[np.ix_(order, order)]
    expected = np.setdiff1d(np.arange(min(at.min(), -2), max(at.max(), 0) + 1), [-1])
    if not np.array_equal(at, expected):
        raise DesignError(
            f"the periods have to be {', '.join(map(str, expected + reference + 1))}: every one but the reference "
            f"{reference}, at least one before it and one after"
        )
    if not np.isfinite(found).all() or not np.allclose(sigma, sigma.T) or not (np.linalg.eigvalsh(sigma) > 0).all():
        raise DesignError("effects are missing, or the covariance is not symmetric and positive definite")
    index = pd.Index(at.astype(int))
    return BinStudy(pd.Series(found, index), pd.DataFrame(sigma, index, index))


def bin_study(outcome: pd.DataFrame, starts: pd.Series, country: str, width: int = 12) -> BinStudy:
    """Changes by bin since the last bin before the start, less those of never-treated countries of the same size.

    Bins have `width` months and are means; a shorter one at either end is left out. `outcome` is countries × months
    without gaps. A month in which all countries fall by a share is a loss that grows with size, so that the mean of all
    is no comparison for the small and the large: what is taken out of each bin is a line in size (the level before the
    start), fitted to the never-treated and weighted by their noise. The placebos are the same numbers for each of
    these, from the line of the others, every bin over its own noise and times that of `country`. Noise is a function
    of size (`lib.effects.placebo.fit_noise`): of the level before the start in bins before it, of the level after in
    bins after it, because more cases are also noisier. The covariance is that of the placebos.
    Among 75 countries of counts as `lib.returns.simulation.counts` draws them, intervals of 95% hold the truth in 94 to
    98% for a country of 2 or 7 cases a month whose level stays or grows up to sevenfold, but in 92 to 93% where that of
    the larger one halves (1,000 replications each). Raises `DesignError` as `lib.effects.checks.check_design`, for
    gaps, and with fewer than three bins before and one after or fewer than four never-treated countries.
    """
    check_form(outcome)
    check_starts(outcome, starts, country)
    check_design(outcome, starts.loc[[country]])
    table = pd.concat([outcome[~outcome.index.isin(starts.index)], outcome.loc[[country]]]).astype(float)
    check_full(table)
    if len(table) < 5:
        raise DesignError(f"{len(table) - 1} never-treated countries to compare {country} with; four are needed")
    at = int((outcome.columns < starts.loc[country]).sum())
    bins = (np.arange(outcome.shape[1]) - at) // width
    full = [k for k in np.unique(bins) if (bins == k).sum() == width]
    if not {-3, 0} <= set(full):
        raise DesignError(f"{country}: three full bins of {width} months before the start and one after are needed")
    means = table.T.groupby(bins).mean().T[full].to_numpy()
    early = np.array(full) < 0
    # each bin beside the level before the start: a change is the difference of two of these, each with noise of its own
    apart = means - means[:, early].mean(axis=1, keepdims=True)
    size, after = (table.loc[:, part].mean(axis=1).to_numpy() for part in (bins < 0, bins >= 0))

    rough = fit_noise(_rms(apart[:-1] - apart[:-1].mean(axis=0)), size[:-1]).at(size) ** 2
    apart, further = _centred(apart, size, 1 / (rough + _mean_of(rough[:-1])))
    noise = fit_noise(_rms(apart[:-1]), size[:-1])
    fitted = noise.at(size)
    least = _mean_of(fitted[:-1] ** 2)  # no country's noise is below that of the mean of all
    before = np.append(noise.left_out, fitted[-1]) ** 2
    grown = before * noise.at(after) ** 2 / fitted**2
    scale = np.sqrt(np.where(early, before[:, None], grown[:, None]) + least)
    levels = np.vstack([apart[:-1] / scale[:-1] * scale[-1] * further[:, None], apart[-1]])
    paths = pd.DataFrame(levels, table.index, full)
    paths = paths.sub(paths[-1], axis=0).drop(columns=-1)
    placebos = paths.iloc[:-1]
    return BinStudy(paths.iloc[-1], placebos.T @ placebos / len(placebos), placebos)


def _rms(changes: np.ndarray) -> np.ndarray:
    return np.sqrt((changes**2).mean(axis=1))


def _mean_of(variances: np.ndarray) -> float:
    """The variance of the mean of countries that have these."""
    return float(variances.sum() / len(variances) ** 2)


def _centred(changes: np.ndarray, size: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes less a line in size, fitted to all countries but the last, and for each of these without itself.

    And how much less certain the line is for the last country than for each of the others, as a factor of the
    noise: above one where it lies beyond them.
    """
    terms = np.column_stack([np.ones(len(size)), size - np.average(size[:-1], weights=weights[:-1])])
    root = np.sqrt(weights)[:, None]
    inverse = np.linalg.pinv((root * terms)[:-1], rcond=1e-9)  # countries of one size tell no slope
    rest = changes - terms @ (inverse @ (root * changes)[:-1])
    leverage = ((root * terms @ inverse) ** 2).sum(axis=1)
    alone = np.maximum(1 - leverage[:-1], 0.1)
    rest[:-1] /= alone[:, None]
    return rest, np.sqrt((1 + leverage[-1]) * alone)


def honest_interval(
    study: BinStudy, bend: float, level: float = 0.05, target: ArrayLike | None = None
) -> tuple[float, float]:
    """The shortest fixed-length interval for the effect after the start, when trends may differ and bend.

    Without the partnership, the gap may follow any straight line, and its slope may change by at most `bend`
    from one period to the next (in the unit of the outcome). Affine in the estimates: the weights on the periods
    before the start trade noise against the worst case of bias. `target` has the weights of the periods after
    (default: their mean). Source: Rambachan & Roth (2023), Review of Economic Studies 90(5), 2555–2591, ΔSD(M). With
    placebos the weights are those that are best by normal theory; the length follows from the placebos
    (`BinStudy.reach`).
    """
    before, after, target = _parts(study, target)
    sigma = study.covariance.to_numpy()
    # A path is its slope into period -1 and the bends at each later or earlier one; see the docstring's source.
    later = np.array([(target * np.maximum(after - knot, 0)).sum() for knot in range(-1, after.max())])
    knots = np.arange(before.min() + 1, -1)
    earlier = np.maximum(knots[:, None] - before, 0)
    line, slope = before + 1, -float(target @ (after + 1))  # the weights that no line moves: line · weights = slope

    cross = sigma[: len(before), len(before) :] @ target
    solved = np.linalg.solve(sigma[: len(before), : len(before)], np.column_stack([cross, line]))
    weights = -solved[:, 0] + solved[:, 1] * (slope + line @ solved[:, 0]) / (line @ solved[:, 1])
    unit = np.sqrt(_variance(weights, target, sigma))  # lengths near one, whatever the outcome is counted in

    def half_length(parts: np.ndarray) -> float:
        sd = np.sqrt(_variance(parts[: len(before)], target, sigma)) / unit
        bias = bend / unit * (np.abs(later).sum() + parts[len(before) :].sum())
        return sd * _critical(bias / sd, level)

    bends = np.abs(earlier @ weights)
    if bend > 0 and len(before) > 1:
        constraints = [
            {"type": "eq", "fun": lambda x: x[: len(before)] @ line - slope},
            {"type": "ineq", "fun": lambda x: x[len(before) :] - earlier @ x[: len(before)]},
            {"type": "ineq", "fun": lambda x: x[len(before) :] + earlier @ x[: len(before)]},
        ]
        start = np.concatenate([weights, bends])
        found = minimize(
            half_length, start, method="SLSQP", constraints=constraints, options={"maxiter": 500, "ftol": 1e-10}
        )
        weights = found.x[: len(before)]
        bends = np.abs(earlier @ weights)
    full = np.concatenate([weights, target])
    chosen = np.zeros((len(full), len(before) - 1))
    chosen[: len(before)] = null_space(line[None, :].astype(float))
    centre = float(full @ study.effects.to_numpy())
    reach = study.reach(full, level, bend * float(np.abs(later).sum() + bends.sum()), chosen)
    return centre - reach, centre + reach


def relative_interval(
    study: BinStudy, ratio: float, level: float = 0.05, target: ArrayLike | None = None
) -> tuple[float, float]:
    """An interval for the effect after the start, when trends may differ as much as they did before, times `ratio`.

    Without the partnership, the gap may change from one period to the next by at most `ratio` times the largest
    change between two periods before the start: ΔRM of Rambachan & Roth (2023), for which no interval of fixed length
    is right. If the largest change was that of periods s, the effect lies within its estimate less and plus `ratio`
    times that change, times the number of periods it can add up over (weighted by `target`, as in
    `honest_interval`); both ends are sums of estimates and get an interval of their own. The union over all s and
    both signs holds the effect at least as often as 1 - `level` says. It is wider than the conditional test of that
    paper, because it does not use that the other changes were smaller, and needs no simulation.
    """
    before, _, target = _parts(study, target)
    effects = study.effects.to_numpy()
    added = float(np.abs(target[::-1].cumsum()).sum())  # by a change of one at each period after the start
    with_reference = np.vstack([np.eye(len(before)), np.zeros(len(before))])
    changes = np.diff(with_reference, axis=0)
    ends = []
    for change in np.vstack([changes, -changes]):
        weights = np.concatenate([ratio * added * change, target])
        centre, reach = float(weights @ effects), study.reach(weights, level)
        ends += [centre - reach, centre + reach]
    return min(ends), max(ends)


def parallel_interval(study: BinStudy, level: float = 0.05) -> tuple[float, float]:
    """The interval for the mean effect after the start if trends were exactly parallel (no line, no bend)."""
    before, _, target = _parts(study, None)
    weights = np.concatenate([np.zeros(len(before)), target])
    centre, reach = float(weights @ study.effects.to_numpy()), study.reach(weights, level)
    return centre - reach, centre + reach


def _parts(study: BinStudy, target: ArrayLike | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Periods before and after the start, and the weights of those after."""
    periods = study.effects.index.to_numpy()
    before, after = periods[periods < 0], periods[periods >= 0]
    weights = np.full(len(after), 1 / len(after)) if target is None else np.asarray(target, dtype=float)
    if weights.shape != after.shape:
        raise DesignError(f"{len(weights)} weights for {len(after)} periods after the start")
    return before, after, weights


def _variance(weights: np.ndarray, target: np.ndarray, sigma: np.ndarray) -> float:
    full = np.concatenate([weights, target])
    return float(full @ sigma @ full)


def _critical(bias: float, level: float) -> float:
    """The 1 - level quantile of the absolute value of a normal with mean `bias` and variance one."""
    if bias >= 30:
        return bias + float(norm.ppf(1 - level))
    # what scipy.stats.ncx2.ppf comes to, which takes most of its time to check what it is given
    return float(np.sqrt(chndtrix(1 - level, 1, bias**2) if bias else chi2.ppf(1 - level, 1)))
