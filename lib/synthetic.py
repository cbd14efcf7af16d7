"""Synthetic difference-in-differences: one treated country against a weighted mean of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from lib.did import check
from lib.twoway import DesignError, matrix


@dataclass(frozen=True)
class SyntheticDid:
    """The effect on one country, and the comparison it rests on."""

    effect: float  # mean monthly effect, unit of the outcome
    unit_weights: pd.Series  # by control country; not negative, sum 1
    month_weights: pd.Series  # by month before the start; not negative, sum 1
    synthetic: pd.Series  # by month: the weighted controls, at the country's own level before the start


def synthetic_did(outcome: pd.DataFrame, country: str, start: pd.Timestamp) -> SyntheticDid:
    """The effect on `country` from `start` on, against all other countries of the table.

    `outcome` is countries × months without gaps; only `country` may be treated in it. Unit weights make the
    controls run parallel to the country before its start; month weights make the months before resemble those
    after among the controls; both problems have an intercept. The effect is the double difference of the weighted
    means, which is also the mean gap to `synthetic` from `start` on. Source: Arkhangelsky, Athey, Hirshberg,
    Imbens and Wager (2021), American Economic Review 111(12), 4088–4118, algorithm 1, with the ridge of their
    package synthdid: (months after)^¼ · σ for units and 10⁻⁶ · σ for months, where σ is the standard deviation of the
    controls' monthly changes before the start. Raises `DesignError` as `lib.did.check`, for gaps and without controls.
    """
    check(outcome, pd.Series({country: start}))
    values, observed = matrix(outcome)
    if (gappy := ~observed.all(axis=1)).any():
        raise DesignError(
            f"{outcome.index[gappy][0]} lacks a month; synthetic difference-in-differences needs a full table: "
            "leave out the country or the month"
        )
    if len(outcome) < 2:
        raise DesignError(f"{country} is the only country of the table; add others to compare with")
    other, before = outcome.index != country, outcome.columns < start
    own, controls = values[~other][0], values[other]
    past, later = controls[:, before], controls[:, ~before].mean(axis=1)
    noise = _noise(past)
    units = _weights(past.T, own[before], (~before).sum() ** 0.25 * noise)
    months = _weights(past, later, 1e-6 * noise)
    mixed = units @ controls
    synthetic = mixed + months @ (own - mixed)[before]
    return SyntheticDid(
        effect=float((own - synthetic)[~before].mean()),
        unit_weights=pd.Series(units, outcome.index[other], name="weight"),
        month_weights=pd.Series(months, outcome.columns[before], name="weight"),
        synthetic=pd.Series(synthetic, outcome.columns, name=country),
    )


def _noise(past: np.ndarray) -> float:
    """Standard deviation of monthly changes; one where nothing changes, since any ridge then gives equal weights."""
    changes = np.diff(past, axis=1)
    return (float(changes.std(ddof=1)) if changes.size > 1 else 0.0) or 1.0


def _weights(columns: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """The w ≥ 0 with sum 1 that minimises |a + columns · w − target|² / n + ridge² |w|², n the length of `target`.

    On the simplex the residual is a mean of the columns less the target, so that the solution is the point nearest
    to the origin in their convex hull, which non-negative least squares finds exactly: with u ≥ 0 minimising
    |C u|² + (1 − sum u)², w is u over its sum. Source: Lawson and Hanson (1974), Solving Least Squares Problems,
    chapter 23, on least distance.
    """
    apart = columns - target[:, None]
    apart -= apart.mean(axis=0)
    hull = np.vstack([apart, np.sqrt(len(target)) * ridge * np.eye(columns.shape[1])])
    hull /= np.linalg.norm(hull.mean(axis=1))  # about as large as the distance sought, so that neither term drowns
    system = np.vstack([hull, np.ones(columns.shape[1])])
    goal = np.append(np.zeros(len(hull)), 1.0)
    found = nnls(system, goal, maxiter=30 * columns.shape[1])[0]
    return found / found.sum()
