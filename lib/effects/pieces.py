"""Two-way regression with a dummy for every piece of the treated countries, at the cost of its month effects alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import block_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from lib.effects.checks import check_error, check_noise, check_untreated, check_varies
from lib.effects.twoway import DesignError, TwoWay, arrays


@dataclass(frozen=True)
class PieceFit:
    """Least squares on month effects and one level per unit: an untreated country, or a piece of a treated one."""

    unit: np.ndarray  # countries × months: the number of the unit, pieces first; -1 where not observed
    owner: np.ndarray  # by piece: which treated country, in the order of the starts
    piece: np.ndarray  # by piece: its number within the country, 0 being the one that others are compared with
    level: np.ndarray  # by piece: mean of outcome less month effects
    lever: np.ndarray  # pieces but those numbered 0 × months: what a residual of the month takes from the difference
    residuals: np.ndarray  # countries × months, zero where not observed
    se: np.ndarray  # of the differences, clustered by country, as `effects` describes
    free: int  # degrees of freedom


def fit_pieces(outcome: pd.DataFrame, starts: pd.Series, cuts: np.ndarray) -> PieceFit:
    """The regression on country effects, month effects and a dummy for each piece of a treated country but piece 0.

    `cuts` numbers the pieces of every treated country by month (countries × months). A dummy that covers a piece of
    one country gives that piece a level of its own, as if it were another country. So nothing but month effects
    remains to be solved for, however many dummies there are: with c the months of a piece less those of piece 0, each
    over their number, and V the inverse of the month effects' normal equations, the difference of levels is that of
    means less c'γ. A unit's residuals have mean zero, so that a cluster g moves the difference by −c'V e_g alone.
    Raises `DesignError` for what `lib.effects.did.effects` says, but as `lib.effects.checks.check_design`, which comes
    before.
    """
    check_untreated(outcome, starts)
    values, observed = arrays(outcome)
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
    return PieceFit(unit, owner, piece, level, lever, residuals, se, free)


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
