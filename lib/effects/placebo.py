"""Inference for one treated unit: the same estimate for every untreated one, as if it had been treated.

>>> import numpy as np, pandas as pd
>>> months = pd.date_range("2020-01", periods=48, freq="MS")
>>> table = pd.DataFrame(np.random.default_rng(1).poisson(9, (30, 48)), [f"C{k:02d}" for k in range(30)], months)
>>> test = placebo_test(table, pd.Series({"C07": months[30]}), "C07")
>>> test.rank(), round(test.p_value(), 2), test.interval()[0] < 0 < test.interval()[1]
((3, 30), 0.1, True)

`placebo_test` takes one treated country, `family_wise` the tests of several, `all_placebos` every country at every
start of a panel without any treatment. A file is read with `lib.effects.long`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from lib.effects.checks import check_form, check_starts
from lib.effects.logchange import LogChange, all_log_changes, log_change
from lib.effects.twoway import DesignError, TwoWay, arrays

CHANGE, SCALED = "change", "scaled"  # what leads for counts, and for any other outcome

NO_NOISE = "the outcome never changes in any never-treated country, or in all of them alike; nothing measures its noise"
LEAST_LEFT_OUT = 10  # a donor's variance without itself is at least a tenth of that with itself


@dataclass(frozen=True)
class PlaceboTest:
    """One unit's estimates among those of all units that were not treated."""

    treated: str
    estimates: pd.DataFrame  # index unit, the treated one included; one column per statistic
    noise: Noise | None = None  # the variance of `effect` by size, where the outcome is counts
    share_after: float = 0.5  # of that variance, the part from the months after the start
    change: LogChange | None = None  # the log change, where the outcome is counts

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that this number of units can give."""
        return 1 / len(self.estimates)

    @property
    def lead(self) -> str:
        """The statistic that decides: the log change of counts, which holds in whatever size a country has."""
        return SCALED if self.change is None else CHANGE

    def rank(self, statistic: str | None = None) -> tuple[int, int]:
        """k of N: how many of the N units, the treated one included, have a statistic as large in size."""
        size = self.estimates[statistic or self.lead].dropna().abs()
        return int((size >= size.loc[self.treated] - 1e-12).sum()), len(size)

    def p_value(self, statistic: str | None = None) -> float:
        """k / N of `rank`; of the log change, at least that of every effect tried beyond none (`LogChange.p_value`)."""
        if (statistic or self.lead) == CHANGE and self.change is not None:
            return self.change.p_value()
        k, units = self.rank(statistic)
        return k / units

    def critical(self, statistic: str | None = None, level: float = 0.05) -> float:
        """The size that the treated unit's statistic must pass to be rejected at `level`; infinite with few units.

        With N units the test rejects with probability floor(level · N) / N: with 76, 3.9% and not 5%. Raises
        `ValueError` unless the level lies between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"a level of {level}; it lies between 0 and 1")
        others = self.estimates[statistic or self.lead].dropna().drop(self.treated).abs().sort_values(ascending=False)
        allowed = int(level * (len(others) + 1) + 1e-9)
        return float(others.iloc[allowed - 1]) if allowed else np.inf

    def reach(self, critical: float, statistic: str | None = None) -> float:
        """The effect, in units of the outcome, that brings the treated unit's statistic to `critical`."""
        if (statistic or self.lead) == CHANGE:
            return self.change.extra(critical * self.change.scale) if np.isfinite(critical) else np.inf
        return critical * (self.estimates.at[self.treated, "scale"] if (statistic or self.lead) == SCALED else 1.0)

    def interval(self, statistic: str | None = None, level: float = 0.05) -> tuple[float, float]:
        """The effects that the test does not reject at `level`, in units of the outcome.

        The log change's are those of `LogChange.interval`, as cases a month. For the others the placebos are
        estimated without the treated unit, so that no effect of it moves them. Counts that an effect raises also vary
        more: with `noise`, an effect τ is held against the scale of a country that has its size before the start and
        size + τ after it. An end is infinite where every large effect would fit.
        """
        statistic = statistic or self.lead
        if statistic == CHANGE:
            low, high = map(self.change.extra, self.change.interval(level))
            return low, high
        row, critical = self.estimates.loc[self.treated], self.critical(statistic, level)
        if statistic == SCALED and self.noise is not None:
            return self._growing_interval(row, critical)
        reach = self.reach(critical, statistic)
        return row["effect"] - reach, row["effect"] + reach

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
        discriminant = linear**2 - 4 * square * constant
        # a level cannot fall below zero; from there on the noise is that of a country of size zero
        reach = critical * np.sqrt(share * a + before)
        if square <= 0:  # the noise grows faster than any effect: only a lower end is there
            root = -np.inf
            if discriminant >= 0:
                root = -constant / linear if square == 0 else (-linear - np.sqrt(discriminant)) / (2 * square)
            return effect - reach if effect - reach <= -size or root > effect else root, np.inf
        half = np.sqrt(max(discriminant, 0.0))
        low, high = (-linear - half) / (2 * square), (-linear + half) / (2 * square)
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

    `outcome` is countries × months, NaN where not observed; `starts` the first treated month by country
    (`lib.effects.long` makes both from a file). Other treated countries are left out. What comes back answers
    `p_value()`, `interval()` and `rank()`; several go to `family_wise`. Columns of the estimates, by country:

    - `effect`: least squares with country and month effects, in units of the outcome;
    - `scaled`: the effect over `scale`, its standard deviation as a function of the country's size, because
      a large country's counts vary more than a small one's (Ferman & Pinto 2019). The variance is
      a + b·size + c·size², fitted to the placebos' squared effects; size is the mean before the start, or
      1 / `precision` (by country) for an outcome that is a mean of `precision` cases;
    - `change`: of counts, the studentized log change (`lib.effects.logchange`), which decides: the other two take
      differences of levels, and a shock that multiplies all counts is then another one for small and for large
      countries. It is missing for a country without a single case, and there is no such column for other outcomes.

    A country without an estimate (nothing observed before or after) is left out. Raises `DesignError` if that
    is the treated one, if it has no case, if fewer than two never-treated countries remain (three with cases, where
    the outcome is counts), if those never change or all change alike, if a size is negative or missing, and as
    `lib.effects.checks.check_form`.
    """
    check_form(outcome)
    check_starts(outcome, starts, country)
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
    change = None
    if precision is None and everyone.min(axis=None) >= 0:
        change = log_change(everyone, starts.loc[[country]], country)
        table[CHANGE] = pd.Series(change.statistics()[0], change.units)
    return PlaceboTest(country, table, noise if precision is None else None, float((~after).mean()), change)


def all_placebos(outcome: pd.DataFrame, least_before: int = 12, least_after: int = 12) -> pd.DataFrame:
    """Every placebo of a never-treated panel: rows (country, start), columns effect, size, scale, scaled, change, p.

    Starts with at least so many months before and after; `change` is the studentized log change of counts, and p its
    rank (`lib.effects.logchange`; missing where there is none). One residualisation serves all effects; what is fitted
    per start is the scale. As `placebo_test` at that start, with every country of `outcome` a donor.
    Raises `DesignError` if the panel is too short, and as `lib.effects.checks.check_form`.
    """
    check_form(outcome)
    values, observed = arrays(outcome)
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
    table = pd.DataFrame({"effect": effect, "size": size, "scale": scale, "scaled": effect / scale}, index=index)
    if np.nanmin(values) < 0:
        return table
    changes = all_log_changes(outcome, least_before, least_after)
    return table.join(changes[["statistic", "p"]].rename(columns={"statistic": CHANGE}))


def largest_placebos(
    tests: Mapping[object, PlaceboTest], statistic: str | None = None, draws: int = 9_999, seed: int = 0
) -> np.ndarray:
    """The largest statistic of all cells in size, in each of `draws` assignments of donors to treated countries.

    It is each test's own lead unless one is named.

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
    tests: Mapping[object, PlaceboTest], statistic: str | None = None, draws: int = 9_999, seed: int = 0
) -> pd.Series:
    """P-values of several cells adjusted for their number: the chance that any of them would reach so far.

    Single-step max-T (Westfall & Young 1993); arguments as for `largest_placebos`. Here the treated are among
    the units drawn, as each is one of the N of its own test: from donors alone p could fall below 1 / N, and false
    alarms would be more frequent than the level. A treated country brings the largest of its own statistics to
    whatever place it is drawn for. With P treated countries and D donors no p-value is below P / (D + P), but for
    the randomness of the draws; none is below the unadjusted one.
    """
    placebos, place = _placebos(tests, statistic)
    own = np.array([abs(test.estimates.loc[test.treated, statistic or test.lead]) for test in tests.values()])
    largest_own = np.array([own[place == partner].max() for partner in range(place.max() + 1)])
    units = np.vstack([placebos, np.broadcast_to(largest_own[:, None], (len(largest_own), len(own)))])
    largest = _largest(units, place, draws, seed)
    reached = (1 + (largest[:, None] >= own - 1e-12).sum(axis=0)) / (1 + draws)
    return pd.Series({cell: max(p, tests[cell].p_value(statistic)) for cell, p in zip(tests, reached, strict=True)})


def together(tests: Mapping[object, PlaceboTest], draws: int = 9_999, seed: int = 0) -> float:
    """The p of the hypothesis that no cell has an effect: do the cells together rank too high?

    The statistic is the mean of −log(rank / N) over the cells (Fisher's combination); the draws are those of
    `family_wise`. Unlike the largest of many cells, it is not bound by the number of treated countries, and it says
    nothing of any single cell.
    """
    placebos, place = _placebos(tests, None)
    own = np.array([abs(test.estimates.loc[test.treated, test.lead]) for test in tests.values()])
    partners = [place == partner for partner in range(place.max() + 1)]
    # a treated country drawn for another's place brings, in every cell, the median of its own statistics
    treated = np.array([np.where(cells, own, np.median(own[cells])) for cells in partners])
    units = np.vstack([placebos, treated])
    reach = -np.log((units[None, :, :] >= units[:, None, :] - 1e-12).mean(axis=1))
    observed = -np.log((units[None, :, :] >= own[None, None, :] - 1e-12).mean(axis=1))[0].mean()
    drawn = np.random.default_rng(seed).random((draws, len(units))).argsort(axis=1)[:, : place.max() + 1]
    found = reach[drawn[:, place], np.arange(len(place))].mean(axis=1)
    return float((1 + (found >= observed - 1e-12).sum()) / (1 + draws))


def smallest_family_p(tests: Mapping[object, PlaceboTest]) -> float:
    """The smallest p-value that `family_wise` can give: P / (D + P) with P treated countries and D donors."""
    placebos, place = _placebos(tests, None)
    return (place.max() + 1) / (len(placebos) + place.max() + 1)


def _placebos(tests: Mapping[object, PlaceboTest], statistic: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of the statistic (donors that every cell has × cells), and the number of each cell's treated country."""
    found = [test.estimates[statistic or test.lead].dropna().abs() for test in tests.values()]
    treated = {test.treated for test in tests.values()}
    donors = sorted(set.intersection(*(set(one.index) for one in found)) - treated)
    partners = sorted({test.treated for test in tests.values()})
    place = np.array([partners.index(test.treated) for test in tests.values()])
    return np.column_stack([one.loc[donors] for one in found]), place


def _largest(units: np.ndarray, place: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """The largest over all cells in each draw of distinct rows of `units` for the places; columns are cells."""
    drawn = np.random.default_rng(seed).random((draws, len(units))).argsort(axis=1)[:, : place.max() + 1]
    return units[drawn[:, place], np.arange(len(place))].max(axis=1)


def _effects_at(outcome: pd.DataFrame, after: np.ndarray) -> np.ndarray:
    values, observed = arrays(outcome)
    return TwoWay(observed).step_effects(values)[:, int(np.argmax(after))]


def _scale(effects: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, Noise]:
    """The standard deviation of each effect, the last of which is that of the treated country."""
    noise = fit_noise(effects[:-1], size[:-1])
    return np.append(noise.left_out, noise.at(size[-1])), noise
