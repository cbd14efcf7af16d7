"""Difference-in-differences with staggered starts: one regression for all, its event study, and imputation.

Every function takes `outcome`, a table countries × months (unique ISO3 codes; month starts in order; float, NaN
where nothing is observed), and `starts`, the first treated month by country. Countries without a start are never
treated. Clustered standard errors count on many treated countries: where one country alone is treated at a time,
its own residuals average zero before and after its start, so that its cluster adds next to nothing to the
variance, and the error measures the noise of the countries it is compared with. For one country use `lib.placebo`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from lib.twoway import DesignError, TwoWay, matrix, treated


def check_form(outcome: pd.DataFrame) -> None:
    """Raise `DesignError` unless every country and month is there once, months in order, all values finite or NaN."""
    if not outcome.index.is_unique:
        twice = outcome.index[outcome.index.duplicated()][0]
        raise DesignError(f"{twice} has more than one row; add them up or leave one out")
    if not isinstance(outcome.columns, pd.DatetimeIndex):
        raise DesignError("the columns are not months; convert them with pd.to_datetime")
    if outcome.columns.tz is not None:
        raise DesignError(
            f"the months have a time zone ({outcome.columns.tz}); take it off with outcome.columns.tz_localize(None)"
        )
    if not outcome.columns.is_unique or not outcome.columns.is_monotonic_increasing:
        raise DesignError("the months are not in order or not unique; sort them with outcome.sort_index(axis=1)")
    if (endless := np.isinf(matrix(outcome)[0]).any(axis=1)).any():
        raise DesignError(
            f"{outcome.index[endless][0]} has an infinite value; logarithms of zero have to be left out (NaN)"
        )


def check_table(outcome: pd.DataFrame) -> None:
    """Raise `DesignError` as `check_form`, and for a country or a month without an observation."""
    check_form(outcome)
    observed = matrix(outcome)[1]
    if (empty := ~observed.any(axis=1)).any():
        raise DesignError(f"{outcome.index[empty][0]} has no observation; leave the country out of the table")
    if (empty := ~observed.any(axis=0)).any():
        raise DesignError(f"{outcome.columns[empty][0]:%Y-%m} has no observation; leave the month out of the table")


def check(outcome: pd.DataFrame, starts: pd.Series) -> None:
    """Raise `DesignError` for a table or for starts from which no effect can be told, saying which and what to do."""
    check_table(outcome)
    if starts.empty:
        raise DesignError("no country is treated; name at least one with its first treated month")
    if not starts.index.is_unique:
        raise DesignError(f"{starts.index[starts.index.duplicated()][0]} has more than one start; keep one")
    observed = matrix(outcome)[1]
    for country, start in starts.items():
        if country not in outcome.index:
            raise DesignError(f"{country} has a start but no row in the table; add its outcome or drop the start")
        if not isinstance(start, pd.Timestamp) or start.tzinfo or start.day != 1:
            raise DesignError(
                f"the start of {country} is {start}; give the first day of its first treated month, without a time zone"
            )
        seen = outcome.columns[observed[outcome.index.get_loc(country)]]
        if start <= seen[0]:
            raise DesignError(
                f"{country} is treated from its first observed month on; add earlier months or leave the country out"
            )
        if start > seen[-1]:
            raise DesignError(f"{country} has no observation from {start:%Y-%m} on; add later months or drop its start")


def check_noise(observed: np.ndarray, names: list[str]) -> None:
    """Raise `DesignError` unless the observations outnumber country effects, month effects and `names` (dummies)."""
    if observed.sum() <= sum(observed.shape) - 1 + len(names):
        raise DesignError(
            f"{', '.join(dict.fromkeys(names))}: there are as many effects as observations, which leaves nothing to "
            "estimate the noise from; add countries or months"
        )


def check_varies(residuals: np.ndarray, values: np.ndarray) -> None:
    """Raise `DesignError` if what effects and dummies leave of `values` (NaN: not observed) is rounding alone."""
    if np.nanmax(np.abs(residuals)) <= 1e-12 * np.nanmax(np.abs(values)):
        raise DesignError(
            "the outcome does not vary beyond what countries, months and effects have in common, so that nothing "
            "measures its noise; check that the column is the one meant and was not filled with one value"
        )


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
    after = treated(outcome, starts)
    rows = outcome.index.get_indexer(starts.index)
    found = _regression(outcome, after[rows], rows).set_index(starts.index)
    return found.join(months(outcome, starts)).rename_axis("country")


def event_study(outcome: pd.DataFrame, starts: pd.Series, width: int = 6) -> pd.DataFrame:
    """Effects by bin of `width` months before and after each start, relative to the last bin before it.

    Bin 0 holds the first `width` treated months; bin −1, the last before, is omitted from the regression and
    comes with effect and error zero. Nothing is pooled at the ends: the first and the last bin of a country are as
    short as its series leaves them. Country and month effects, errors clustered by country as in `effects`.
    Returns rows (country, bin, from_month, to_month, effect, se, months): the first and the last observed month
    of the bin, counted from the start (0), and the number of them. Raises `DesignError` as `effects`, and for a
    country without an observation in bin −1.
    """
    check(outcome, starts)
    if width < 1:
        raise DesignError(f"bins of {width} months; a bin needs at least one")
    observed = matrix(outcome)[1]
    rows, dummies = [], []
    for country, start in starts.items():
        place = outcome.index.get_loc(country)
        since = np.asarray((outcome.columns.year - start.year) * 12 + outcome.columns.month - start.month)
        bins = since // width
        present = np.unique(bins[observed[place]])
        if -1 not in present:
            raise DesignError(
                f"{country} has no observation in the {width} months before its start, with which the other bins "
                "are compared; widen the bins or leave the country out"
            )
        for number in present:
            cells = observed[place] & (bins == number)
            rows.append((country, number, since[cells].min(), since[cells].max(), cells.sum()))
            dummies.append(cells)
    found = pd.DataFrame(rows, columns=["country", "bin", "from_month", "to_month", "months"])
    estimated = (found["bin"] != -1).to_numpy()
    places = outcome.index.get_indexer(found.loc[estimated, "country"])
    fit = _regression(outcome, np.array(dummies)[estimated], places)
    for name in ("effect", "se"):
        found[name] = 0.0
        found.loc[estimated, name] = fit[name].to_numpy()
    return found[["country", "bin", "from_month", "to_month", "effect", "se", "months"]]


def gaps(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """Observed minus imputed outcome (countries × months, NaN where not observed).

    Country and month effects are fitted on the untreated observations alone; their sum is what a treated
    month would have been without treatment. Source: Borusyak, Jaravel and Spiess (2024), Review of Economic
    Studies 91(6), 3253–3285. Raises `DesignError` as `check`, for a month in which every observed country is
    treated, and where the untreated observations fall into pieces.
    """
    check(outcome, starts)
    values, observed = matrix(outcome)
    untreated = observed & ~treated(outcome, starts)
    if (alone := ~untreated.any(axis=0)).any():
        raise DesignError(
            f"{', '.join(map(str, starts.index))}: no country is still untreated in {outcome.columns[alone][0]:%Y-%m}; "
            "add never-treated countries or end the table before"
        )
    return pd.DataFrame(values - TwoWay(untreated).fitted(values), outcome.index, outcome.columns)


def imputation(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The mean of `gaps` over the treated months of each country: columns effect and months_after."""
    treated_gaps = gaps(outcome, starts).where(treated(outcome, starts))
    effect = treated_gaps.mean(axis=1).loc[starts.index].rename("effect")
    return effect.to_frame().join(months(outcome, starts)["months_after"]).rename_axis("country")


def _regression(outcome: pd.DataFrame, dummies: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Country and month effects and k dummies, each of one country: columns effect, se, t and p, a row each.

    `dummies` (k × months) are 1 in months of the countries in these `rows` of the table (k). Both sets of effects are
    partialled out, and a dummy never takes more room than its own months: with w its deviations from its country's
    mean and V the month effects' inverse (`TwoWay`), two residualised dummies have the product w·d − w'Vw of which
    the first part is there within one country alone.
    """
    values, observed = matrix(outcome)
    effects, names = TwoWay(observed), outcome.index[rows].tolist()
    dummies = (dummies & observed[rows]).astype(float)
    within = dummies - observed[rows] * (dummies.sum(axis=1) / effects.per_country[rows])[:, None]
    monthly = within @ effects.inverse
    products = np.where(rows[:, None] == rows, within @ dummies.T, 0.0) - monthly @ within.T
    _check_identified(products, np.sqrt(dummies.sum(axis=1)), names)
    check_noise(observed, names)
    bread = np.linalg.inv(products)
    effect = bread @ (dummies * effects.residuals(values)[rows]).sum(axis=1)
    without = values.copy()
    np.subtract.at(without, rows, dummies * effect[:, None])
    residuals = effects.residuals(without)
    check_varies(residuals, values)
    scores = -residuals @ monthly.T  # a cluster's residuals times each residualised dummy
    scores[rows, np.arange(len(rows))] += (dummies * residuals[rows]).sum(axis=1)
    n = observed.sum()
    free = n - sum(observed.shape) + 1 - len(rows)
    se = np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * n / free)
    t = effect / se
    return pd.DataFrame({"effect": effect, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), free)})


def _check_identified(products: np.ndarray, lengths: np.ndarray, names: list[str]) -> None:
    variances, directions = np.linalg.eigh(products / np.outer(lengths, lengths))
    if variances[0] < 1e-9:
        entangled = dict.fromkeys(np.array(names)[np.abs(directions[:, 0]) > 1e-6])
        raise DesignError(
            f"nothing untreated is left to compare with for {', '.join(entangled)}; "
            "add never-treated countries, or end the table before the last of them starts"
        )
