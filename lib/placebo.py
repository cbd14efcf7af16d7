"""Inference for one treated unit: the same estimate for every untreated one, as if it had been treated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from lib.did import check_form
from lib.twoway import DesignError, TwoWay, matrix

# statistic -> the estimate it scales, and the scale that goes with it
SCALES = {"effect": ("effect", None), "scaled": ("effect", "scale"), "log_scaled": ("log_ratio", "log_scale")}

NO_NOISE = "the outcome never changes in any never-treated country, or in all of them alike; nothing measures its noise"
LEAST_LEFT_OUT = 10  # a donor's variance without itself is at least a tenth of that with itself


@dataclass(frozen=True)
class PlaceboTest:
    """One unit's estimates among those of all units that were not treated."""

    treated: str
    estimates: pd.DataFrame  # index unit, the treated one included; one column per statistic
    noise: Noise | None = None  # the variance of `effect` by size, where the outcome is counts
    share_after: float = 0.5  # of that variance, the part from the months after the start

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that this number of units can give."""
        return 1 / len(self.estimates)

    def rank(self, statistic: str = "scaled") -> tuple[int, int]:
        """k of N: how many of the N units, the treated one included, have a statistic as large in size."""
        size = self.estimates[statistic].abs()
        return int((size >= size.loc[self.treated] - 1e-12).sum()), len(size)

    def p_value(self, statistic: str = "scaled") -> float:
        """k / N of `rank`."""
        k, units = self.rank(statistic)
        return k / units

    def critical(self, statistic: str = "scaled", level: float = 0.05) -> float:
        """The size that the treated unit's statistic must pass to be rejected at `level`; infinite with few units.

        With N units the test rejects with probability floor(level · N) / N: with 76, 3.9% and not 5%.
        """
        allowed = int(level * len(self.estimates) + 1e-9)
        others = self.estimates[statistic].drop(self.treated).abs().sort_values(ascending=False)
        return float(others.iloc[allowed - 1]) if allowed else np.inf

    def interval(self, statistic: str = "scaled", level: float = 0.05) -> tuple[float, float]:
        """The effects that the test does not reject at `level`, in the unit of the estimate that it scales.

        The placebos are estimated without the treated unit, so that no effect of it moves them. Counts that an
        effect raises also vary more: with `noise`, an effect τ is held against the scale of a country that has
        its size before the start and size + τ after it. Infinite where every large effect would fit.
        """
        estimate, scale = SCALES[statistic]
        row, critical = self.estimates.loc[self.treated], self.critical(statistic, level)
        if statistic == "scaled" and self.noise is not None:
            return self._growing_interval(row, critical)
        reach = critical * (row[scale] if scale else 1.0)
        return row[estimate] - reach, row[estimate] + reach

    def _growing_interval(self, row: pd.Series, critical: float) -> tuple[float, float]:
        if not np.isfinite(critical):
            return -np.inf, np.inf
        a, b, c = self.noise.coefficients
        share, size, effect = self.share_after, row["size"], row["effect"]
        before = (1 - share) * row["scale"] ** 2
        # (effect − τ)² = critical² · (share · (a + b·(size + τ) + c·(size + τ)²) + before), a parabola in τ
        square = 1 - critical**2 * share * c
        linear = -2 * effect - critical**2 * share * (b + 2 * c * size)
        constant = effect**2 - critical**2 * (share * (a + b * size + c * size**2) + before)
        if square <= 0:
            return -np.inf, np.inf
        discriminant = linear**2 - 4 * square * constant
        half = np.sqrt(max(discriminant, 0.0))
        low, high = (-linear - half) / (2 * square), (-linear + half) / (2 * square)
        # a level cannot fall below zero; from there on the noise is that of a country of size zero
        reach = critical * np.sqrt(share * a + before)
        if effect - reach <= -size:
            low = effect - reach
        if discriminant < 0 or high < -size:
            high = effect + reach
        return low, high


@dataclass(frozen=True)
class Noise:
    """The variance of a placebo effect as a function of size: a + b·size + c·size², all three at least zero."""

    coefficients: np.ndarray
    left_out: np.ndarray  # standard deviation for each placebo, fitted without its own estimate

    def at(self, size: np.ndarray | float) -> np.ndarray:
        """Standard deviation of the effect for a country of this size."""
        return np.sqrt(np.maximum(np.vander(np.atleast_1d(size), 3, increasing=True) @ self.coefficients, 1e-12))


def fit_noise(effects: np.ndarray, size: np.ndarray) -> Noise:
    """Fit the variance function to the effects of never-treated countries (Ferman & Pinto 2019).

    By normal quasi-likelihood, so that the large do not drown the small. A placebo's own estimate is left out
    of its own scale, as the treated country's is: otherwise the placebos' statistics would be too small beside
    it; to first order that has a closed form. Raises `DesignError` if no effect differs from zero.
    """
    terms, squared = np.vander(size, 3, increasing=True), effects**2
    if not squared.any():
        raise DesignError(NO_NOISE)
    unit = squared.mean() / terms.mean(axis=0).clip(min=1e-12)

    def minus_likelihood(logs: np.ndarray) -> tuple[float, np.ndarray]:
        parts = np.exp(logs) * unit
        variance = terms @ parts + 1e-12
        return (np.log(variance) + squared / variance).sum(), ((1 / variance - squared / variance**2) @ terms) * parts

    found = minimize(minus_likelihood, np.log([0.1, 0.3, 0.3]), jac=True, method="L-BFGS-B", bounds=[(-20, 5)] * 3)
    coefficients = np.where(found.x > -19, np.exp(found.x) * unit, 0.0)  # at the bound the term is not there
    fitted = terms @ coefficients + 1e-12
    basis, weights, _ = np.linalg.svd(terms * coefficients / fitted[:, None], full_matrices=False)
    leverage = (basis[:, weights > 1e-12] ** 2).sum(axis=1)  # countries of one size cannot tell the terms apart
    left_out = fitted - leverage / np.maximum(1 - leverage, 1e-6) * (squared - fitted)
    return Noise(coefficients, np.sqrt(np.maximum(left_out, fitted / LEAST_LEFT_OUT)))


def placebo_test(
    outcome: pd.DataFrame, starts: pd.Series, country: str, precision: pd.Series | None = None
) -> PlaceboTest:
    """The two-way effect of `country` among those of all never-treated countries at the same start.

    `outcome` is countries × months, NaN where not observed; `starts` the first treated month by country.
    Other treated countries are left out. Columns of the estimates, by country:

    - `effect`: least squares with country and month effects, in units of the outcome;
    - `scaled`: the effect over `scale`, its standard deviation as a function of the country's size, because
      a large country's counts vary more than a small one's (Ferman & Pinto 2019). The variance is
      a + b·size + c·size², fitted to the placebos' squared effects; size is the mean before the start, or
      1 / `precision` (by country) for an outcome that is a mean of `precision` cases;
    - `log_ratio`: the log of the country's change in level over that of all others together, half a case
      added to its total and, spread over the others, to theirs; `log_scaled` is that over `log_scale`, fitted
      likewise in 1 / size. Both are missing unless the outcome is counts.

    A country without an estimate (nothing observed before or after) is left out. Raises `DesignError` if that
    is the treated one, if fewer than two never-treated countries remain, if those never change or all change alike,
    if a size is negative or missing, and as `lib.did.check_form`.
    """
    if country not in outcome.index or country not in starts.index:
        raise DesignError(f"{country} is not a treated country of this panel")
    check_form(outcome)
    start = starts.loc[country]
    after = np.asarray(outcome.columns >= start)
    observed = outcome.notna()
    usable = observed.loc[:, ~after].any(axis=1) & observed.loc[:, after].any(axis=1)
    if not usable.loc[country]:
        raise DesignError(f"{country} is not observed both before and from {start:%Y-%m}; its effect cannot be told")
    donors = outcome[usable & ~outcome.index.isin(starts.index)]
    if len(donors) < 2:
        raise DesignError(f"{len(donors)} never-treated countries to compare {country} with; at least two are needed")
    everyone = pd.concat([donors, outcome.loc[[country]]])
    # The placebos come from the untreated alone: then no effect of the treated country can move them.
    placebos, own = _effects_at(donors, after), _effects_at(everyone, after)[-1]
    if np.abs(placebos).max() <= 1e-12 * donors.abs().max(axis=None):  # rounding alone
        raise DesignError(NO_NOISE)
    table = pd.DataFrame({"effect": np.append(placebos, own)}, index=everyone.index)
    before = everyone.loc[:, ~after].mean(axis=1)
    table["size"] = before if precision is None else 1 / precision.reindex(everyone.index)
    if not table["size"].between(0, np.inf, inclusive="left").all():
        raise DesignError(
            "an outcome that falls below zero needs a `precision` above zero for every country: the noise grows with "
            "the size, which is neither negative nor missing"
        )
    table["scale"], noise = _scale(table["effect"].to_numpy(), table["size"].to_numpy())
    table["scaled"] = table["effect"] / table["scale"]
    if precision is None and everyone.min(axis=None) >= 0:
        placebos, own = (_log_ratios(rows, after, others=len(donors)) for rows in (donors, everyone))
        table["log_ratio"] = np.append(placebos, own[-1])
        inverse_size = 1 / (before + 0.5 / (~after).sum())
        table["log_scale"], _ = _scale(table["log_ratio"].to_numpy(), inverse_size.to_numpy())
        table["log_scaled"] = table["log_ratio"] / table["log_scale"]
    return PlaceboTest(country, table, noise if precision is None else None, float((~after).mean()))


def all_placebos(outcome: pd.DataFrame, least_before: int = 12, least_after: int = 12) -> pd.DataFrame:
    """Every placebo of a never-treated panel: rows (country, start), columns effect, size, scale, scaled.

    Starts with at least so many months before and after. One residualisation serves all of them; what is
    fitted per start is the scale. As `placebo_test` at that start, with every country of `outcome` a donor.
    Raises `DesignError` if the panel is too short, and as `lib.did.check_form`.
    """
    check_form(outcome)
    values, observed = matrix(outcome)
    if values.shape[1] < least_before + least_after:
        raise DesignError(f"{values.shape[1]} months do not hold {least_before} before a start and {least_after} after")
    effects = TwoWay(observed).step_effects(values)
    before = np.cumsum(np.where(observed, values, 0), axis=1) / np.maximum(np.cumsum(observed, axis=1), 1)
    found = []
    for at in range(least_before, values.shape[1] - least_after + 1):
        known = ~np.isnan(effects[:, at])
        effect, size = effects[known, at], before[known, at - 1]
        scale = fit_noise(effect, size).left_out
        found.append((np.flatnonzero(known), np.full(len(size), at), effect, size, scale))
    rows, at, effect, size, scale = (np.concatenate(part) for part in zip(*found, strict=True))
    index = pd.MultiIndex.from_arrays([outcome.index[rows], outcome.columns[at]], names=["country", "start"])
    return pd.DataFrame({"effect": effect, "size": size, "scale": scale, "scaled": effect / scale}, index=index)


def largest_placebos(
    tests: Mapping[object, PlaceboTest], statistic: str = "scaled", draws: int = 9_999, seed: int = 0
) -> np.ndarray:
    """The largest statistic in size of all cells, in each of `draws` assignments of donors to treated countries.

    `tests` maps a cell to its test; in a draw every treated country is given a donor of its own, the same one
    in all its cells. Only donors that every cell has are drawn. Raises `DesignError` if they are too few.
    """
    placebos, place = _placebos(tests, statistic)
    if len(placebos) <= place.max():
        raise DesignError(
            f"{len(placebos)} donors have all {len(tests)} cells, for {place.max() + 1} treated countries"
        )
    return _largest(placebos, place, draws, seed)


def family_wise(
    tests: Mapping[object, PlaceboTest], statistic: str = "scaled", draws: int = 9_999, seed: int = 0
) -> pd.Series:
    """P-values of several cells adjusted for their number: the chance that any of them would reach so far.

    Single-step max-T (Westfall & Young 1993); arguments as for `largest_placebos`. Here the treated are among
    the units drawn, as each is one of the N of its own test: from donors alone p could fall below 1 / N, and false
    alarms would be more frequent than the level. A treated country brings the largest of its own statistics to
    whatever place it is drawn for. With P treated countries and D donors no p-value is below P / (D + P), but for
    the randomness of the draws; none is below the unadjusted one.
    """
    placebos, place = _placebos(tests, statistic)
    own = np.array([abs(test.estimates.loc[test.treated, statistic]) for test in tests.values()])
    largest_own = np.array([own[place == partner].max() for partner in range(place.max() + 1)])
    units = np.vstack([placebos, np.broadcast_to(largest_own[:, None], (len(largest_own), len(own)))])
    largest = _largest(units, place, draws, seed)
    reached = (1 + (largest[:, None] >= own - 1e-12).sum(axis=0)) / (1 + draws)
    return pd.Series({cell: max(p, tests[cell].p_value(statistic)) for cell, p in zip(tests, reached, strict=True)})


def smallest_family_p(tests: Mapping[object, PlaceboTest]) -> float:
    """The smallest p-value that `family_wise` can give: P / (D + P) with P treated countries and D donors."""
    placebos, place = _placebos(tests, "scaled")
    return (place.max() + 1) / (len(placebos) + place.max() + 1)


def _placebos(tests: Mapping[object, PlaceboTest], statistic: str) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of the statistic (donors that every cell has × cells), and the number of each cell's treated country."""
    donors = sorted(set.intersection(*(set(test.estimates.index) - {test.treated} for test in tests.values())))
    partners = sorted({test.treated for test in tests.values()})
    place = np.array([partners.index(test.treated) for test in tests.values()])
    return np.column_stack([test.estimates.loc[donors, statistic].abs() for test in tests.values()]), place


def _largest(units: np.ndarray, place: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """The largest over all cells in each draw of distinct rows of `units` for the places; columns are cells."""
    drawn = np.random.default_rng(seed).random((draws, len(units))).argsort(axis=1)[:, : place.max() + 1]
    return units[drawn[:, place], np.arange(len(place))].max(axis=1)


def _effects_at(outcome: pd.DataFrame, after: np.ndarray) -> np.ndarray:
    values, observed = matrix(outcome)
    return TwoWay(observed).step_effects(values)[:, int(np.argmax(after))]


def _log_ratios(outcome: pd.DataFrame, after: np.ndarray, others: int) -> np.ndarray:
    """Log change of each country's level from before to after, over that of all others in the same months.

    Half a case is shared by as many `others` as the treated country has, for the placebos too, which have one less:
    else countries that are alike in everything would differ.
    """
    values, observed = matrix(outcome)
    counts = np.where(observed, values, 0)
    average = np.where(observed, (counts.sum(axis=0) - counts) / np.maximum(observed.sum(axis=0) - observed, 1), 0)
    own = np.log((counts[:, after].sum(axis=1) + 0.5) / (counts[:, ~after].sum(axis=1) + 0.5))
    half = 0.5 / others
    rest = np.log((average[:, after].sum(axis=1) + half) / (average[:, ~after].sum(axis=1) + half))
    return own - rest


def _scale(effects: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, Noise]:
    """The standard deviation of each effect, the last of which is that of the treated country."""
    noise = fit_noise(effects[:-1], size[:-1])
    return np.append(noise.left_out, noise.at(size[-1])), noise
