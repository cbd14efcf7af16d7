"""Difference-in-differences with staggered starts: one regression for all, its event study, and imputation.

Every function takes `outcome`, a table countries × months (unique ISO3 codes; month starts in order; float, NaN
where nothing is observed), and `starts`, the first treated month by country. Countries without a start are never
treated. Clustered standard errors count on many treated countries: where one country alone is treated at a time,
its own residuals average zero before and after its start, so that its cluster adds next to nothing to the
variance, and the error measures the noise of the countries it is compared with. For one country use
`lib.effects.placebo`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from lib.effects.checks import check_design, check_form, check_starts, check_untreated
from lib.effects.pieces import fit_pieces
from lib.effects.twoway import DesignError, TwoWay, arrays, treated


def months(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """Observed months of each treated country: columns months_before and months_after (its start)."""
    check_form(outcome)
    check_starts(outcome, starts)
    observed, after = arrays(outcome)[1], treated(outcome, starts)
    counts = {"months_before": (observed & ~after).sum(axis=1), "months_after": (observed & after).sum(axis=1)}
    return pd.DataFrame(counts, index=outcome.index).loc[starts.index].rename_axis("country")


def effects(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The regression of the report: country and month effects, and one dummy per partner, 1 from its start on.

    Returns a DataFrame by treated country (in the order of `starts`): `effect` (unit of the outcome), `se`
    (clustered by country), `t`, two-sided `p`, `months_before`, `months_after`. With n observations, N countries,
    T months and k dummies, the clustered variance is multiplied by n / (n − N − T + 1 − k), without a factor for the
    number of clusters, and p is from Student's t with n − N − T + 1 − k degrees of freedom, both as in linearmodels.
    Raises `DesignError` as `lib.effects.checks.check_design`, for a month in which every observed country is treated
    (treated countries would be compared with treated ones), if an effect cannot be told from the others and the month
    effects, and if the regression leaves no noise or an error is zero. With covariates, use pyfixest's `feols`.
    """
    check_design(outcome, starts)
    fit = fit_pieces(outcome, starts, treated(outcome, starts).astype(int))
    table = _inference(fit.level[fit.piece == 1] - fit.level[fit.piece == 0], fit.se, fit.free)
    return table.set_index(starts.index).join(months(outcome, starts)).rename_axis("country")


def pooled(outcome: pd.DataFrame, starts: pd.Series, weights: pd.Series | None = None) -> pd.Series:
    """The mean of `effects`, weighted by `weights` (by treated country, above zero; default: all alike).

    Unlike one dummy common to all, it never counts a country with a negative weight. Returns `effect`, `se`, `t` and
    `p`. The variance, clustered by country, has two parts: that of the comparison countries, times G / (G − 1) for
    their number G, and that between the P treated countries, Σ w² (effect − mean)² · P / (P − 1) with weights of sum
    one. With equal weights, one start and a full table it is Welch's for two means of changes; p is from Student's t
    with P − 1 degrees of freedom, cautiously: few treated countries count as few. Raises `DesignError` as `effects`,
    for a single treated country (use `lib.effects.placebo`), and for weights that are missing or not above zero.
    """
    check_design(outcome, starts)
    if len(starts) < 2:
        raise DesignError(f"{starts.index[0]} alone is treated: there is nothing to pool; use lib.effects.placebo")
    share = (pd.Series(1.0, starts.index) if weights is None else weights).reindex(starts.index).astype(float)
    if not (share.gt(0) & np.isfinite(share)).all():
        raise DesignError("a weight is missing or not above zero; give one for every treated country")
    share = (share / share.sum()).to_numpy()
    fit = fit_pieces(outcome, starts, treated(outcome, starts).astype(int))
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
    check_design(outcome, starts)
    observed = arrays(outcome)[1]
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
    fit = fit_pieces(outcome, starts, cuts)
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
    Studies 91(6), 3253–3285. Raises `DesignError` as `lib.effects.checks.check_design`, for a month in which every
    observed country is treated, and where the untreated observations fall into pieces.
    """
    check_design(outcome, starts)
    check_untreated(outcome, starts)
    values, observed = arrays(outcome)
    untreated = observed & ~treated(outcome, starts)
    return pd.DataFrame(values - TwoWay(untreated).fitted(values), outcome.index, outcome.columns)


def imputation(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The mean of `gaps` over the treated months of each country: columns effect and months_after."""
    treated_gaps = gaps(outcome, starts).where(treated(outcome, starts))
    effect = treated_gaps.mean(axis=1).loc[starts.index].rename("effect")
    return effect.to_frame().join(months(outcome, starts)["months_after"]).rename_axis("country")


def _inference(effect: np.ndarray, se: np.ndarray, free: int) -> pd.DataFrame:
    """Columns effect, se, t and two-sided p, from Student's t with `free` degrees of freedom."""
    t = effect / se
    return pd.DataFrame({"effect": effect, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), free)})
