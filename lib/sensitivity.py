"""How an effect fares when the trends were not parallel: intervals under a bound on the trend's bend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import chndtrix
from scipy.stats import chi2, norm

from lib.placebo import fit_noise
from lib.twoway import DesignError


@dataclass(frozen=True)
class BinStudy:
    """One country's path against the never-treated, in bins of months around its start."""

    effects: pd.Series  # by bin; bin -1, the last before the start, is the reference and left out
    covariance: pd.DataFrame  # bins × bins, from the placebo countries, at the noise of this country's size

    def path(self, level: float = 0.05) -> pd.DataFrame:
        """The effects by bin with pointwise normal intervals: columns bin, effect, low, high."""
        reach = norm.ppf(1 - level / 2) * np.sqrt(np.diag(self.covariance))
        table = self.effects.rename_axis("bin").rename("effect").reset_index()
        return table.assign(low=table["effect"] - reach, high=table["effect"] + reach)


def bin_study(outcome: pd.DataFrame, starts: pd.Series, country: str, width: int = 12) -> BinStudy:
    """Means by bin of the gap to the never-treated average, less that of the last bin before the start.

    Bins have `width` months; a shorter one at either end is left out. `outcome` is countries × months,
    balanced. The covariance is that of the same numbers for every never-treated country, each over its
    size-dependent noise, brought to the noise of `country`: that of its level before the start for bins
    before it, that of its level after for bins after, since more cases are also noisier. Raises `DesignError`
    for gaps in the panel, or with fewer than three bins before and one after.
    """
    table = pd.concat([outcome[~outcome.index.isin(starts.index)], outcome.loc[[country]]])
    if table.isna().any().any():
        raise DesignError("the panel has months without an observation; bins would mix them with zeros")
    at = int((outcome.columns < starts.loc[country]).sum())
    bins = (np.arange(outcome.shape[1]) - at) // width
    full = [k for k in np.unique(bins) if (bins == k).sum() == width]
    if not {-3, 0} <= set(full):
        raise DesignError(f"{country}: three full bins of {width} months before the start and one after are needed")
    donors = table.index != country
    average = table[donors].mean()
    others = (average * donors.sum() - table[donors]) / (donors.sum() - 1)  # a placebo is not compared with itself
    gaps = pd.concat([table[donors] - others, table[~donors] - average])
    means = gaps.T.groupby(bins).mean().T[full]
    paths = means.sub(means[-1], axis=0).drop(columns=-1)
    before, after = (table.loc[:, part].mean(axis=1).to_numpy() for part in (bins < 0, bins >= 0))
    placebos = paths[donors].to_numpy()
    noise = fit_noise(np.sqrt((placebos**2).mean(axis=1)), before[donors])
    scaled = placebos / noise.left_out[:, None]
    own = np.where(paths.columns < 0, noise.at(before[~donors]), noise.at(after[~donors]))
    covariance = scaled.T @ scaled / len(scaled) * np.outer(own, own)
    return BinStudy(paths.loc[country], pd.DataFrame(covariance, index=paths.columns, columns=paths.columns))


def honest_interval(study: BinStudy, bend: float, level: float = 0.05) -> tuple[float, float]:
    """The shortest fixed-length interval for the mean effect after the start, when trends may differ.

    Without the partnership, the gap may follow any straight line, and its slope may change by at most `bend`
    from one bin to the next (in the unit of the outcome). Affine in the estimates: the weights on the bins
    before the start trade noise against the worst case of bias. Source: Rambachan & Roth (2023), ΔSD(M).
    """
    bins = study.effects.index.to_numpy()
    before, after = bins[bins < 0], bins[bins >= 0]
    target = np.full(len(after), 1 / len(after))
    sigma = study.covariance.to_numpy()
    # A path is its slope into bin -1 and the bends at each later or earlier bin; see the docstring's source.
    later = np.array([(target * np.maximum(after - knot, 0)).sum() for knot in range(-1, after.max())])
    earlier = np.array([np.maximum(knot - before, 0) for knot in range(before.min() + 1, -1)])

    def deviation(weights: np.ndarray) -> float:
        full = np.concatenate([weights, target])
        return float(np.sqrt(full @ sigma @ full))

    def half_length(parts: np.ndarray) -> float:
        weights, bends = parts[: len(before)], parts[len(before) :]
        bias, sd = bend * (np.abs(later).sum() + bends.sum()), deviation(weights)
        return sd * _critical(bias / sd, level)

    slope = {"type": "eq", "fun": lambda x: (target * (after + 1)).sum() + x[: len(before)] @ (before + 1)}
    above = {"type": "ineq", "fun": lambda x: x[len(before) :] - earlier @ x[: len(before)]}
    below = {"type": "ineq", "fun": lambda x: x[len(before) :] + earlier @ x[: len(before)]}
    guess = np.zeros(len(before))
    guess[-1] = (target * (after + 1)).sum() / -(before[-1] + 1)
    first = np.concatenate([guess, np.abs(earlier @ guess)])
    found = minimize(
        half_length, first, method="SLSQP", constraints=[slope, above, below], options={"maxiter": 500, "ftol": 1e-10}
    )
    weights = found.x[: len(before)]
    centre = float(np.concatenate([weights, target]) @ study.effects.to_numpy())
    return centre - half_length(found.x), centre + half_length(found.x)


def parallel_interval(study: BinStudy, level: float = 0.05) -> tuple[float, float]:
    """The interval for the mean effect after the start if trends were exactly parallel (no line, no bend)."""
    after = study.effects.index >= 0
    centre = float(study.effects[after].mean())
    reach = norm.ppf(1 - level / 2) * float(np.sqrt(study.covariance.loc[after, after].to_numpy().mean()))
    return centre - reach, centre + reach


def _critical(bias: float, level: float) -> float:
    """The 1 - level quantile of the absolute value of a normal with mean `bias` and variance one."""
    if bias >= 30:
        return bias + float(norm.ppf(1 - level))
    # what scipy.stats.ncx2.ppf comes to, which takes most of its time to check what it is given
    return float(np.sqrt(chndtrix(1 - level, 1, bias**2) if bias else chi2.ppf(1 - level, 1)))
