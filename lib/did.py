"""Difference-in-differences with staggered starts: one regression for all, its event study, and imputation.

Every function takes `outcome`, a table countries × months (unique ISO3 codes; month starts in order; float, NaN
where nothing is observed), and `starts`, the first treated month by country. Countries without a start are never
treated. Clustered standard errors count on many treated countries: where one country alone is treated at a time,
its own residuals average zero before and after its start, so that its cluster adds next to nothing to the
variance, and the error measures the noise of the countries it is compared with. For one country use `lib.placebo`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.sparse import block_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from lib.checks import check, check_error, check_form, check_noise, check_untreated, check_varies
from lib.twoway import DesignError, TwoWay, matrix, treated

__all__ = ["check", "check_form", "effects", "event_study", "gaps", "imputation", "months", "pooled"]


def months(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """Observed months of each treated country: columns months_before and months_after (its start)."""
    observed, after = matrix(outcome)[1], treated(outcome, starts)
    counts = {"months_before": (observed & ~after).sum(axis=1), "months_after": (observed & after).sum(axis=1)}
    return pd.DataFrame(counts, index=outcome.index).loc[starts.index].rename_axis("country")


def effects(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The regression of the report: country and month effects, and one dummy per partner, 1 from its start on.

    Returns a DataFrame by treated country (in the order of `starts`): `effect` (unit of the outcome), `se`
    (clustered by country), `t`, two-sided `p`, `months_before`, `months_after`. With n observations, N countries,
    T months and k dummies, the clustered variance is multiplied by n / (n − N − T + 1 − k), without a factor for the
    number of clusters, and p is from Student's t with n − N − T + 1 − k degrees of freedom, both as in linearmodels.
    Raises `DesignError` as `check`, if an effect cannot be told from the others and the month effects, and if the
    regression leaves no noise.
    """
    check(outcome, starts)
    fit = _fit(outcome, starts, treated(outcome, starts).astype(int))
    table = _inference(fit.level[fit.piece == 1] - fit.level[fit.piece == 0], fit.se, fit.free)
    return table.set_index(starts.index).join(months(outcome, starts)).rename_axis("country")


def pooled(outcome: pd.DataFrame, starts: pd.Series, weights: pd.Series | None = None) -> pd.Series:
    """The mean of `effects`, weighted by `weights` (by treated country, above zero; default: all alike).

    Unlike one dummy common to all, it never counts a country with a negative weight. Returns `effect`, `se`, `t` and
    `p`. The variance, clustered by country, has two parts: that of the comparison countries, times G / (G − 1) for
    their number G, and that between the P treated countries, Σ w² (effect − mean)² · P / (P − 1) with weights of sum
    one. With equal weights, one start and a full table it is Welch's for two means of changes; p is from Student's t
    with P − 1 degrees of freedom, cautiously: few treated countries count as few. Raises `DesignError` as `effects`,
    for a single treated country (use `lib.placebo`), and for weights that are missing or not above zero.
    """
    check(outcome, starts)
    if len(starts) < 2:
        raise DesignError(f"{starts.index[0]} alone is treated: there is nothing to pool; use lib.placebo")
    share = (pd.Series(1.0, starts.index) if weights is None else weights).reindex(starts.index).astype(float)
    if not (share.gt(0) & np.isfinite(share)).all():
        raise DesignError("a weight is missing or not above zero; give one for every treated country")
    share = (share / share.sum()).to_numpy()
    fit = _fit(outcome, starts, treated(outcome, starts).astype(int))
    effect = fit.level[fit.piece == 1] - fit.level[fit.piece == 0]
    mean, number, others = share @ effect, len(starts), len(outcome) - len(starts)
    between = (share**2 * (effect - mean) ** 2).sum() * number / (number - 1)
    compared = ((fit.residuals @ (share @ fit.lever)) ** 2).sum() * others / max(others - 1, 1)
    return _inference(np.array([mean]), np.sqrt([between + compared]), number - 1).iloc[0].rename("pooled")


def event_study(outcome: pd.DataFrame, starts: pd.Series, width: int = 6) -> pd.DataFrame:
    """Effects by bin of `width` months before and after each start, relative to the last bin before it.

    Bin 0 holds the first `width` treated months; bin −1, the last before, is omitted from the regression and
    comes with effect and error zero. Nothing is pooled at the ends: the first and the last bin of a country are as
    short as its series leaves them. Country and month effects, errors clustered by country as in `effects`.
    Returns rows (country, bin, from_month, to_month, effect, se, months): the first and the last observed month
    of the bin, counted from the start (0), and the number of them. Raises `DesignError` as `effects`, and for a
    country without an observation in bin −1.
    """
    if width < 1:
        raise DesignError(f"bins of {width} months; a bin needs at least one")
    check(outcome, starts)
    observed = matrix(outcome)[1]
    number = np.asarray(outcome.columns.year * 12 + outcome.columns.month)
    first = np.array([start.year * 12 + start.month for start in starts])
    places = outcome.index.get_indexer(starts.index)
    since = number - first[:, None]
    bins = since // width
    if (lacking := ~(observed[places] & (bins == -1)).any(axis=1)).any():
        raise DesignError(
            f"{starts.index[lacking][0]} has no observation in the {width} months before its start, with which the "
            "other bins are compared; widen the bins or leave the country out"
        )
    cuts = np.zeros(outcome.shape, dtype=int)
    cuts[places] = bins + 1  # the bin before the start is piece 0
    fit = _fit(outcome, starts, cuts)
    cells = pd.DataFrame({"unit": fit.unit[places].ravel(), "since": since.ravel()})[observed[places].ravel()]
    found = cells.groupby("unit")["since"].agg(from_month="min", to_month="max", months="count").reset_index(drop=True)
    reference = fit.level[fit.piece == 0]
    found["country"] = starts.index[fit.owner]
    found["bin"] = fit.piece - 1
    found["effect"] = fit.level - reference[fit.owner]
    found["se"] = 0.0
    found.loc[fit.piece != 0, "se"] = fit.se
    return found[["country", "bin", "from_month", "to_month", "effect", "se", "months"]]


def gaps(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """Observed minus imputed outcome (countries × months, NaN where not observed).

    Country and month effects are fitted on the untreated observations alone; their sum is what a treated
    month would have been without treatment. Source: Borusyak, Jaravel and Spiess (2024), Review of Economic
    Studies 91(6), 3253–3285. Raises `DesignError` as `check`, for a month in which every observed country is
    treated, and where the untreated observations fall into pieces.
    """
    check(outcome, starts)
    check_untreated(outcome, starts)
    values, observed = matrix(outcome)
    untreated = observed & ~treated(outcome, starts)
    return pd.DataFrame(values - TwoWay(untreated).fitted(values), outcome.index, outcome.columns)


def imputation(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The mean of `gaps` over the treated months of each country: columns effect and months_after."""
    treated_gaps = gaps(outcome, starts).where(treated(outcome, starts))
    effect = treated_gaps.mean(axis=1).loc[starts.index].rename("effect")
    return effect.to_frame().join(months(outcome, starts)["months_after"]).rename_axis("country")


@dataclass(frozen=True)
class _Fit:
    """Least squares on month effects and one level per unit: an untreated country, or a piece of a treated one."""

    unit: np.ndarray  # countries × months: the number of the unit, pieces first; -1 where not observed
    owner: np.ndarray  # by piece: which treated country, in the order of the starts
    piece: np.ndarray  # by piece: its number within the country, 0 being the one that others are compared with
    level: np.ndarray  # by piece: mean of outcome less month effects
    lever: np.ndarray  # pieces but those numbered 0 × months: what a residual of the month takes from the difference
    residuals: np.ndarray  # countries × months, zero where not observed
    se: np.ndarray  # of the differences, clustered by country, as `effects` describes
    free: int  # degrees of freedom


def _fit(outcome: pd.DataFrame, starts: pd.Series, cuts: np.ndarray) -> _Fit:
    """The regression on country effects, month effects and a dummy for each piece of a treated country but piece 0.

    `cuts` numbers the pieces of every treated country by month (countries × months). A dummy that covers a piece of
    one country gives that piece a level of its own, as if it were another country. So nothing but month effects
    remains to be solved for, however many dummies there are: with c the months of a piece less those of piece 0, each
    over their number, and V the inverse of the month effects' normal equations, the difference of levels is that of
    means less c'γ. A unit's residuals have mean zero, so that a cluster g moves the difference by −c'V e_g alone.
    """
    check_untreated(outcome, starts)
    values, observed = matrix(outcome)
    places = outcome.index.get_indexer(starts.index)
    own = observed[places]
    rows, columns = np.nonzero(own)
    keys, label = np.unique(np.column_stack([rows, cuts[places][own]]), axis=0, return_inverse=True)
    owner, piece = keys.T
    unit = np.where(observed, len(keys) + np.arange(len(outcome))[:, None], -1)
    unit[places[rows], columns] = label
    names = starts.index[owner[piece != 0]].tolist()
    TwoWay(observed)  # refuses a table in pieces
    pieces = csr_array((np.ones(len(label)), (label, columns)), shape=(len(keys), observed.shape[1]))
    months_in = np.asarray(pieces.sum(axis=1))
    never = np.ones(len(outcome), dtype=bool)
    never[places] = False
    _check_connected(observed[never], pieces, owner, starts)
    check_noise(observed, names)

    # normal equations of the month effects, levels of units partialled out, the first month dropped
    seen = observed[never].astype(float)
    shares = pieces.multiply(1 / months_in[:, None]).tocsr()
    block = np.diag(observed.sum(axis=0)) - seen.T @ (seen / seen.sum(axis=1, keepdims=True))
    block = block - (pieces.T @ shares).toarray()
    inverse = np.zeros_like(block)
    inverse[1:, 1:] = np.linalg.inv(block[1:, 1:])

    filled = np.where(observed, values, 0.0)
    within = _within(filled, observed, unit)
    month = inverse @ within.sum(axis=0)
    adjusted = np.where(observed, values - month, 0.0)
    residuals = _within(adjusted, observed, unit)
    check_varies(residuals, values)
    level = np.bincount(label, adjusted[places][own]) / months_in
    first = np.zeros(len(starts), dtype=int)
    first[owner[piece == 0]] = np.flatnonzero(piece == 0)
    contrast = (shares[piece != 0] - shares[first[owner[piece != 0]]]).toarray()
    lever = -contrast @ inverse
    n = int(observed.sum())
    free = n - sum(observed.shape) + 1 - len(names)
    moment = residuals.T @ residuals
    se = np.sqrt(np.maximum(((lever @ moment) * lever).sum(axis=1), 0) * n / free)
    independent = np.sqrt((residuals**2).sum() / free * (contrast * (contrast - lever)).sum(axis=1))
    check_error(se, names, independent)
    return _Fit(unit, owner, piece, level, lever, residuals, se, free)


def _within(values: np.ndarray, observed: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Deviations from the mean of each unit, zero where nothing is observed (where `values` is zero as well)."""
    label = np.where(observed, unit, 0)
    weights = observed.ravel().astype(float)
    count = np.bincount(label.ravel(), weights)
    mean = np.bincount(label.ravel(), weights * values.ravel()) / np.maximum(count, 1)
    return np.where(observed, values - mean[label], 0.0)


def _check_connected(never: np.ndarray, pieces: csr_array, owner: np.ndarray, starts: pd.Series) -> None:
    """Raise `DesignError` if units that share no month, nor any chain of months and units, are to be compared."""
    links = csr_array(vstack([pieces, csr_array(never.astype(float))]))
    found = connected_components(block_array([[None, links], [links.T, None]]), directed=False)[1]
    parts = pd.Series(found[: len(owner)]).groupby(owner).nunique()
    if (apart := parts > 1).any():
        raise DesignError(
            f"nothing untreated is left to compare with for {', '.join(map(str, starts.index[apart]))}; "
            "add never-treated countries, or end the table before the last of them starts"
        )


def _inference(effect: np.ndarray, se: np.ndarray, free: int) -> pd.DataFrame:
    """Columns effect, se, t and two-sided p, from Student's t with `free` degrees of freedom."""
    t = effect / se
    return pd.DataFrame({"effect": effect, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), free)})
