"""Country and month effects of a panel, observed in part or in full: factorised once, taken out of anything."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
from scipy.linalg import LinAlgError, cho_factor, cho_solve


class DesignError(ValueError):
    """A panel or a treatment from which the effect asked for cannot be told."""


class TwoWay:
    """The two-way within transformation of one pattern of observed country-months.

    `observed` is boolean, countries × months. The normal equations of the month effects, after the country
    effects are partialled out, are solved with the first month dropped: a pseudo-inverse of the full block
    would hide a panel that falls apart into pieces without a common month, which is refused instead.
    Source: Baltagi (2021), Econometric Analysis of Panel Data, chapters 2 and 9; Frisch–Waugh–Lovell.
    Raises `DesignError` for a country or a month without any observation, and for such pieces.
    """

    def __init__(self, observed: np.ndarray) -> None:
        self.weights = np.asarray(observed, dtype=float)
        self.per_country = self.weights.sum(axis=1)
        per_month = self.weights.sum(axis=0)
        if not (self.per_country.all() and per_month.all()):
            raise DesignError("a country or a month has no observation at all; leave it out of the panel")
        block = np.diag(per_month) - self.weights.T @ (self.weights / self.per_country[:, None])
        months = len(per_month)
        self.inverse = np.zeros((months, months))  # of the block without its first month
        if months > 1:
            try:
                factor = cho_factor(block[1:, 1:])
            except LinAlgError as problem:
                raise DesignError(_PIECES) from problem
            if np.diag(factor[0]).min() ** 2 < 1e-9 * per_month.max():
                raise DesignError(_PIECES)
            self.inverse[1:, 1:] = cho_solve(factor, np.eye(months - 1))

    def within_country(self, values: np.ndarray) -> np.ndarray:
        """Deviations from each country's mean, zero where nothing is observed."""
        filled = np.where(self.weights > 0, values, 0.0)
        return self.weights * (filled - (filled.sum(axis=1) / self.per_country)[:, None])

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """What country and month effects leave of `values` (countries × months), zero where not observed."""
        within = self.within_country(values)
        return within - self.within_country(np.broadcast_to(self.inverse @ within.sum(axis=0), within.shape))

    def fitted(self, values: np.ndarray) -> np.ndarray:
        """The sum of both effects in every cell, the unobserved ones included."""
        month = self.inverse @ self.within_country(values).sum(axis=0)
        rest = np.where(self.weights > 0, values - month, 0.0)
        return (rest.sum(axis=1) / self.per_country)[:, None] + month

    @cached_property
    def step_variation(self) -> np.ndarray:
        """Residual sum of squares of every step dummy "this country, from this month on" (countries × months).

        Zero where a country has no observation before the month, or none from it on.
        """
        seen = self.weights
        later = _from_month(seen)
        share = later / self.per_country[:, None]
        # the quadratic form of a demeaned step in the inverse, from three suffix sums of the seen months
        beyond = _from_month(seen * (seen @ self.inverse))
        corner = _from_month(seen * (np.diag(self.inverse) + 2 * seen @ np.tril(self.inverse, -1)))
        month_part = corner - 2 * share * beyond + share**2 * beyond[:, :1]
        inside = (later > 0) & (later < self.per_country[:, None])
        return np.where(inside, later * (1 - share) - month_part, 0.0)

    def step_effects(self, values: np.ndarray) -> np.ndarray:
        """The least-squares effect of every step dummy, each estimated alone; NaN where there is none to tell.

        All countries × months of them cost one residualisation and one cumulative sum: the dummy needs no
        residual of its own, since the outcome's residuals are orthogonal to both sets of effects.
        """
        later = _from_month(self.residuals(values))
        variation = self.step_variation
        return np.divide(later, variation, out=np.full_like(later, np.nan), where=variation > 1e-9)


def _from_month(values: np.ndarray) -> np.ndarray:
    """Sums from each month to the last."""
    return values[:, ::-1].cumsum(axis=1)[:, ::-1]


_PIECES = "the observed months of the countries fall into pieces without a month in common; there is nothing to compare"


def arrays(outcome: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Values (float, NaN where missing) and observed cells of a table countries × months."""
    values = outcome.to_numpy(dtype=float, na_value=np.nan)
    return values, ~np.isnan(values)


def treated(outcome: pd.DataFrame, starts: pd.Series) -> np.ndarray:
    """Countries × months: True from each country's start on; countries that `starts` does not name are never.

    `starts` holds the first treated month by country; countries that are not in `outcome` are ignored.
    """
    first = starts.reindex(outcome.index).to_numpy(dtype="datetime64[ns]")
    return (
        outcome.columns.to_numpy(dtype="datetime64[ns]")[None, :]
        >= np.where(np.isnat(first), np.datetime64("2262-01-01", "ns"), first)[:, None]
    )
