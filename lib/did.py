"""Difference-in-differences with staggered starts: one regression for all, its event study, and imputation.

Every function takes `outcome`, a table countries × months (unique ISO3 codes; month starts in order; float, NaN
where nothing is observed), and `starts`, the first treated month by country. Countries without a start are never
treated. Clustered standard errors count on many treated countries: where one country alone is treated at a time,
its own residuals average zero before and after its start, so that its cluster adds next to nothing to the
variance, and the error measures the noise of the countries it is compared with. For one country use `lib.placebo`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lib.twoway import DesignError, TwoWay, matrix, treated

if TYPE_CHECKING:
    from linearmodels.panel.results import PanelEffectsResults


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
    T months and k dummies, linearmodels multiplies the clustered variance by n / (n − N − T + 1 − k), applies no
    factor for the number of clusters, and takes p from Student's t with n − N − T + 1 − k degrees of freedom.
    Raises `DesignError` as `check`, if an effect cannot be told from the others and the month effects, and if the
    regression leaves no noise.
    """
    check(outcome, starts)
    after = treated(outcome, starts)
    rows = outcome.index.get_indexer(starts.index)
    dummies = np.zeros((len(rows), *after.shape), dtype=bool)
    dummies[np.arange(len(rows)), rows] = after[rows]
    fit = _regression(outcome, dummies, starts.index.tolist())
    estimates = {"effect": fit.params, "se": fit.std_errors, "t": fit.tstats, "p": fit.pvalues}
    found = pd.DataFrame({name: column.to_numpy() for name, column in estimates.items()}, index=starts.index)
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
            dummies.append(np.zeros_like(observed))
            dummies[-1][place] = cells
    found = pd.DataFrame(rows, columns=["country", "bin", "from_month", "to_month", "months"])
    estimated = (found["bin"] != -1).to_numpy()
    fit = _regression(outcome, np.array(dummies)[estimated], found.loc[estimated, "country"].tolist())
    for name, estimates in {"effect": fit.params, "se": fit.std_errors}.items():
        found[name] = 0.0
        found.loc[estimated, name] = estimates.to_numpy()
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


def _regression(outcome: pd.DataFrame, dummies: np.ndarray, names: list[str]) -> PanelEffectsResults:
    """PanelOLS of the observed cells on dummies (k × countries × months) of the countries `names` (k)."""
    from linearmodels.panel import PanelOLS  # slow to import: only where it is used

    values, observed = matrix(outcome)
    _check_identified(TwoWay(observed), dummies & observed, names)
    check_noise(observed, names)
    cells = pd.MultiIndex.from_product([outcome.index, outcome.columns])[observed.ravel()]
    column = pd.Series(values[observed], cells, name="outcome")
    columns = pd.DataFrame(dummies[:, observed].T.astype(float), cells)
    model = PanelOLS(column, columns, entity_effects=True, time_effects=True)
    fit = model.fit(cov_type="clustered", cluster_entity=True)
    check_varies(fit.resids.to_numpy(), values)
    return fit


def _check_identified(effects: TwoWay, dummies: np.ndarray, names: list[str]) -> None:
    within = np.array([effects.residuals(dummy).ravel() / np.sqrt(dummy.sum()) for dummy in dummies])
    variances, directions = np.linalg.eigh(within @ within.T)
    if variances[0] < 1e-9:
        entangled = dict.fromkeys(np.array(names)[np.abs(directions[:, 0]) > 1e-6])
        raise DesignError(
            f"nothing untreated is left to compare with for {', '.join(entangled)}; "
            "add never-treated countries, or end the table before the last of them starts"
        )
