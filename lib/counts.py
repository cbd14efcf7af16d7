"""Relative effects on counts: Poisson pseudo-likelihood with country and month effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lib.did import check, check_noise, check_varies, months
from lib.twoway import DesignError, matrix, treated


def poisson(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The ratio of each partner's counts to what country and month factors alone would give, from its start on.

    `outcome` holds counts (or rates, not below zero), countries × months, NaN where not observed; `starts` the
    first treated month by country. Only the mean has to be right, not the Poisson variance.
    Returns a DataFrame by treated country: `log_ratio`, its `se` (clustered by country, times G / (G − 1) ·
    (n − 1) / (n − K) under the root for G countries, n observations, K coefficients), `ratio` and its 95% limits
    `low` and `high` (normal), and its `months_before` and `months_after` among those used. Countries and months
    that carry no information, in a full table those of zeros only, are left out and listed in `attrs`,
    "dropped_countries" and "dropped_months". Source: Correia, Guimarães and Zylkin (2020), Stata Journal 20(1),
    95–115. Raises `DesignError` as `lib.did.check`, for a negative count, and for a partner without a finite
    estimate: only zeros before its start or after, nothing to compare with, or no noise at all.
    The warning of `lib.did` about clustered errors of a single treated country holds here too.
    """
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    check(outcome, starts)
    counts, observed = matrix(outcome)
    if (below := (counts < 0).any(axis=1)).any():
        raise DesignError(f"{outcome.index[below][0]} has a count below zero; correct it or leave it out (NaN)")
    informative, in_month = _informative(outcome, starts)
    kept = outcome.loc[informative, in_month]
    counts, observed = matrix(kept)
    check_noise(observed, starts.index.tolist())
    country, month = np.nonzero(observed)
    after = treated(kept, starts)[observed]
    partners = kept.index.get_indexer(starts.index)
    partner = (country[:, None] == partners) & after[:, None]
    design = np.hstack([
        country[:, None] == np.arange(len(kept.index)), month[:, None] == np.arange(1, len(kept.columns)), partner
    ]).astype(float)  # fmt: skip
    row = np.where(partner.any(axis=1), len(kept.index) + partner.argmax(axis=1), country)
    level, factor = _proportional(counts[observed], row, month)
    countries, ratios = np.split(level, [len(kept.index)])
    begin = np.concatenate([countries + factor[0], factor[1:] - factor[0], ratios - countries[partners]])
    # told that there is no constant, statsmodels does not look for one, which costs two decompositions of the design
    fit = GLM(counts[observed], design, family=Poisson(), hasconst=False).fit(
        begin, method="newton", disp=False, cov_type="cluster", cov_kwds={"groups": country}
    )
    if not fit.mle_retvals["converged"]:
        raise DesignError(f"the Poisson fit for {', '.join(map(str, starts.index))} did not converge")
    check_varies(fit.resid_response, counts)
    log_ratio, se = fit.params[-len(starts) :], fit.bse[-len(starts) :]
    low, high = fit.conf_int(alpha=0.05)[-len(starts) :].T
    columns = {"log_ratio": log_ratio, "se": se, "ratio": np.exp(log_ratio), "low": np.exp(low), "high": np.exp(high)}
    found = pd.DataFrame(columns, index=starts.index).join(months(kept, starts)).rename_axis("country")
    found.attrs["dropped_countries"] = outcome.index[~informative].tolist()
    found.attrs["dropped_months"] = outcome.columns[~in_month].strftime("%Y-%m").tolist()
    return found


def _proportional(counts: np.ndarray, row: np.ndarray, month: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of row and month factors after some rounds of proportional fitting: a start near the estimates.

    From a cold start, statsmodels spends most of its time on least squares for the first step.
    """
    by_row, by_month = np.bincount(row, counts), np.bincount(month, counts)
    factor = np.ones(len(by_month))
    for _ in range(20):
        level = by_row / np.bincount(row, factor[month])
        factor = by_month / np.bincount(month, level[row])
    return np.log(level), np.log(factor)


def _informative(outcome: pd.DataFrame, starts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Countries and months whose factors have a finite estimate; `DesignError` for a partner that has none.

    A count above zero ties the factor of its month to that of its country, a zero bounds one by the other. What
    these relations do not tie together in both directions drifts apart without end. A partner before its start
    and after it counts as two countries: the ratio of their factors is its effect. Source: Correia, Guimarães and
    Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized linear models.
    """
    counts, observed = matrix(outcome)
    after = treated(outcome, starts)
    countries, size = len(outcome.index), 2 * len(outcome.index) + len(outcome.columns)
    row, column = np.nonzero(observed)
    source, target = row + countries * after[observed], 2 * countries + column
    tied = counts[observed] > 0
    edges = np.concatenate([source, target[tied]]), np.concatenate([target, source[tied]])
    graph = coo_array((np.ones(len(edges[0])), edges), shape=(size, size))
    label = connected_components(graph, directed=True, connection="strong")[1]
    core = label == np.bincount(label).argmax()
    for country in starts.index:
        place = outcome.index.get_loc(country)
        for node, cells, when in ((place, ~after, "before"), (place + countries, after, "from")):
            if core[node]:
                continue
            if not np.nansum(counts[place, cells[place]]):
                raise DesignError(
                    f"{country} has no count above zero {when} {starts[country]:%Y-%m}, so that its ratio is not "
                    "finite; leave it out, or use a linear estimator"
                )
            raise DesignError(
                f"{country} has nothing to compare with {when} {starts[country]:%Y-%m}; add never-treated countries"
            )
    return core[:countries], core[2 * countries :]
