"""Relative effects on counts: Poisson pseudo-likelihood with country and month effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import norm

from lib.effects.checks import check_design, check_error, check_noise, check_untreated, check_varies
from lib.effects.did import months
from lib.effects.twoway import DesignError, arrays, treated


def poisson(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The ratio of each partner's counts to what country and month factors alone would give, from its start on.

    `outcome` holds counts (or rates, not below zero), countries × months, NaN where not observed; `starts` the
    first treated month by country. Only the mean has to be right, not the Poisson variance.
    Returns a DataFrame by treated country: `log_ratio`, its `se` (clustered by country, times G / (G − 1) ·
    (n − 1) / (n − K) under the root for G countries, n observations, K coefficients), `ratio` and its 95% limits
    `low` and `high` (normal), and its `months_before` and `months_after` among those used. Countries and months
    that carry no information, in a full table those of zeros only, are left out and listed in `attrs`,
    "dropped_countries" and "dropped_months". Source: Correia, Guimarães and Zylkin (2020), Stata Journal 20(1),
    95–115. Raises `DesignError` as `lib.effects.checks.check_design`, for a negative count, and for a partner without
    a finite estimate: only zeros before its start or after, nothing to compare with, or no noise at all.
    The warning of `lib.effects.did` about clustered errors of a single treated country holds here too.
    """
    check_design(outcome, starts)
    counts, observed = arrays(outcome)
    if (below := (counts < 0).any(axis=1)).any():
        raise DesignError(f"{outcome.index[below][0]} has a count below zero; correct it or leave it out (NaN)")
    informative, in_month = _informative(outcome, starts)
    kept = outcome.loc[informative, in_month]
    check_untreated(kept, starts)
    counts, observed = arrays(kept)
    names = starts.index.tolist()
    check_noise(observed, names)
    after, partners = treated(kept, starts), kept.index.get_indexer(starts.index)
    # a partner from its start on is a country of its own: the ratio of its two levels is the effect
    pieces = np.vstack([observed & ~after, (observed & after)[partners]])
    counts = np.where(observed, counts, 0.0)
    split = np.where(pieces, np.vstack([counts, counts[partners]]), 0.0)
    log_level, log_factor = _two_way(split, pieces, names)
    log_ratio = log_level[len(kept) :] - log_level[partners]
    shift = np.zeros(kept.shape)
    shift[partners] = after[partners] * log_ratio[:, None]
    fitted = np.where(observed, np.exp(log_level[: len(kept), None] + log_factor + shift), 0.0)
    se = _errors(counts - fitted, fitted, after, partners, names)
    reach = norm.ppf(0.975) * se
    columns = {"log_ratio": log_ratio, "se": se, "ratio": np.exp(log_ratio)}
    columns |= {"low": np.exp(log_ratio - reach), "high": np.exp(log_ratio + reach)}
    found = pd.DataFrame(columns, index=starts.index).join(months(kept, starts)).rename_axis("country")
    found.attrs["dropped_countries"] = outcome.index[~informative].tolist()
    found.attrs["dropped_months"] = outcome.columns[~in_month].strftime("%Y-%m").tolist()
    return found


def _two_way(counts: np.ndarray, observed: np.ndarray, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of row levels and month factors (the first is zero) of the Poisson fit; `counts` is rows × months.

    Given the factors, a row's level is its sum over that of the factors, so that only the factors are sought: by
    Newton's method on the likelihood with the levels maximised out, which is concave, after some rounds of
    proportional fitting.
    """
    by_row, by_month = counts.sum(axis=1), counts.sum(axis=0)
    seen = observed.astype(float)
    factor = np.ones(len(by_month))
    for _ in range(20):
        factor = by_month / (seen.T @ (by_row / (seen @ factor)))
    logs = np.log(factor / factor[0])

    def likelihood(logs: np.ndarray) -> float:
        return by_month @ logs - by_row @ np.log(seen @ np.exp(logs))

    for _ in range(100):
        fitted = seen * np.exp(logs) * (by_row / (seen @ np.exp(logs)))[:, None]
        slope = (by_month - fitted.sum(axis=0))[1:]
        hessian = np.diag(fitted.sum(axis=0)) - fitted.T @ (fitted / by_row[:, None])
        step = np.append(0.0, np.linalg.solve(hessian[1:, 1:], slope))
        if np.abs(step).max() < 1e-11:
            return np.log(by_row / (seen @ np.exp(logs))), logs
        here, length = likelihood(logs), 1.0
        while likelihood(logs + length * step) < here - 1e-12 * abs(here) and length > 1e-6:
            length /= 2
        logs = logs + length * step
    raise DesignError(f"the Poisson fit for {', '.join(map(str, names))} did not converge")


def _errors(
    residuals: np.ndarray, fitted: np.ndarray, after: np.ndarray, partners: np.ndarray, names: list[str]
) -> np.ndarray:
    """Clustered errors of the partners' log ratios; the arrays are countries × months, zero where not observed.

    Each partner's dummy is residualised on both sets of effects with the fitted counts as weights. Residuals add up
    to zero by country and by partner's piece, so that a cluster's score is that of the months' part alone.
    """
    check_varies(residuals, fitted)
    by_country = fitted.sum(axis=1)
    block = np.diag(fitted.sum(axis=0)) - fitted.T @ (fitted / by_country[:, None])
    own = fitted[partners]
    within = after[partners] - ((own * after[partners]).sum(axis=1) / by_country[partners])[:, None]
    weighted = own * within
    monthly = np.zeros(own.shape)
    monthly[:, 1:] = np.linalg.solve(block[1:, 1:], weighted[:, 1:].T).T
    bread = np.linalg.inv(np.diag((weighted * within).sum(axis=1)) - monthly @ weighted.T)
    scores = residuals @ monthly.T  # countries × partners
    countries, n = len(fitted), int((fitted > 0).sum())
    spent = sum(fitted.shape) - 1 + len(partners)
    factor = countries / (countries - 1) * (n - 1) / (n - spent)
    se = np.sqrt(np.maximum(np.diag(bread @ (scores.T @ scores) @ bread), 0) * factor)
    spread = (residuals**2).sum() / fitted.sum()
    check_error(se, names, np.sqrt(np.diag(bread) * spread))
    return se


def _informative(outcome: pd.DataFrame, starts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Countries and months whose factors have a finite estimate; `DesignError` for a partner that has none.

    A count above zero ties the factor of its month to that of its country, a zero bounds one by the other. What
    these relations do not tie together in both directions drifts apart without end. A partner before its start
    and after it counts as two countries: the ratio of their factors is its effect. Source: Correia, Guimarães and
    Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized linear models.
    """
    counts, observed = arrays(outcome)
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
