"""Synthetic difference-in-differences: one treated country against a weighted mean of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from lib.effects.checks import check_design, check_form, check_full, check_starts
from lib.effects.twoway import DesignError

Solver = Literal["exact", "synthdid"]


@dataclass(frozen=True)
class SyntheticDid:
    """The effect on one country, and the comparison it rests on."""

    effect: float  # mean monthly effect, unit of the outcome
    unit_weights: pd.Series  # by control country; not negative, sum 1
    month_weights: pd.Series  # by month before the start; not negative, sum 1
    synthetic: pd.Series  # by month: the weighted controls, at the country's own level before the start

    def weights(self) -> pd.DataFrame:
        """Countries and months that weigh in, heaviest first: columns of (country or month), name, weight."""
        both = {"country": self.unit_weights, "month": self.month_weights}
        parts = [pd.DataFrame({"of": of, "name": w.index, "weight": w.to_numpy()}) for of, w in both.items()]
        table = pd.concat([part.astype({"name": object}) for part in parts])
        table = table[table["weight"] > 0]
        return table.sort_values(["of", "weight"], ascending=[True, False], ignore_index=True)


def synthetic_did(outcome: pd.DataFrame, country: str, start: pd.Timestamp, solver: Solver = "exact") -> SyntheticDid:
    """The effect on `country` from `start` on, against all other countries of the table.

    `outcome` is countries × months without gaps; only `country` may be treated in it. Unit weights make the
    controls run parallel to the country before its start; month weights make the months before resemble those
    after among the controls; both problems have an intercept. The effect is the double difference of the weighted
    means, which is also the mean gap to `synthetic` from `start` on. Source: Arkhangelsky, Athey, Hirshberg,
    Imbens and Wager (2021), American Economic Review 111(12), 4088–4118, algorithm 1, with the ridge of their
    package synthdid: (months after)^¼ · σ for units and 10⁻⁶ · σ for months, where σ is the standard deviation of the
    controls' monthly changes before the start. Both problems are solved exactly. Published numbers come from that
    package, which stops Frank–Wolfe steps early and so is off in the fourth digit or so (California's Proposition
    99: −15.604, exactly −15.605); to repeat them, ask for its `solver`, which is slower.
    Raises `DesignError` as `lib.effects.checks.check_design`, for gaps and without controls.
    """
    check_design(outcome, pd.Series({country: start}))
    check_full(outcome)
    if len(outcome) < 2:
        raise DesignError(f"{country} is the only country of the table; add others to compare with")
    values = outcome.to_numpy(dtype=float)
    other, before = outcome.index != country, outcome.columns < start
    own, controls = values[~other][0], values[other]
    past, later = controls[:, before], controls[:, ~before].mean(axis=1)
    noise = _noise(past)
    unit_ridge = (~before).sum() ** 0.25 * noise
    if solver == "synthdid":
        units = _early_weights(past.T, own[before], unit_ridge, noise)
        months = _early_weights(past, later, 1e-6 * noise, noise)
    else:
        units, months = _weights(past.T, own[before], unit_ridge), _weights(past, later, 1e-6 * noise)
    mixed = units @ controls
    synthetic = mixed + months @ (own - mixed)[before]
    return SyntheticDid(
        effect=float((own - synthetic)[~before].mean()),
        unit_weights=pd.Series(units, outcome.index[other], name="weight"),
        month_weights=pd.Series(months, outcome.columns[before], name="weight"),
        synthetic=pd.Series(synthetic, outcome.columns, name=country),
    )


def synthetic_placebos(outcome: pd.DataFrame, country: str, start: pd.Timestamp) -> pd.DataFrame:
    """The effect on `country` among those on every other, each as if treated at `start` and without `country`.

    Returns a DataFrame by country, `country` first: `effect`; `before`, the standard deviation of the gap to the
    synthetic country before the start, which a large country has larger as well; `ratio`, the size of the effect over
    it; and `p`, the share of countries whose ratio is as large: for `country` the p-value of no effect, at least one
    over their number. Source of the ratio: Abadie, Diamond and Hainmueller (2010), JASA 105(490), 493–505. Raises
    `DesignError` as `synthetic_did`, with fewer than two other countries, and where a gap never moves before the start.
    """
    check_form(outcome)
    check_starts(outcome, pd.Series({country: start}))
    others = outcome.drop(index=country, errors="ignore")
    if len(others) < 2:
        raise DesignError(f"{len(others)} other countries than {country}; placebos need two at least")
    fits = {country: synthetic_did(outcome, country, start)}
    fits |= {placebo: synthetic_did(others, placebo, start) for placebo in others.index}
    early = outcome.columns < start
    found = pd.DataFrame({"effect": {name: fit.effect for name, fit in fits.items()}}).rename_axis("country")
    gaps = {name: (outcome.loc[name] - fit.synthetic)[early] for name, fit in fits.items()}
    found["before"] = {name: float(gap.std(ddof=0)) for name, gap in gaps.items()}
    if (still := found["before"] <= 1e-12 * outcome.abs().to_numpy().max()).any():
        raise DesignError(f"the gap of {found.index[still][0]} never moves before the start; leave the country out")
    found["ratio"] = found["effect"].abs() / found["before"]
    return found.assign(p=[(found["ratio"] >= ratio - 1e-12).mean() for ratio in found["ratio"]])


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


def _early_weights(columns: np.ndarray, target: np.ndarray, ridge: float, noise: float) -> np.ndarray:
    """The same weights as the R package synthdid finds them: 100 Frank–Wolfe steps, small weights to zero, more steps.

    A step ends the search when it gains less than (10⁻⁵ · noise)². Source: synthdid 0.0.9, solver.R.
    """
    columns, target = columns - columns.mean(axis=0), target - target.mean()
    weights = np.full(columns.shape[1], 1 / columns.shape[1])
    for steps in (100, 10_000):
        last = np.inf
        for _ in range(steps):
            apart = columns @ weights - target
            slope = columns.T @ apart + len(target) * ridge**2 * weights
            move = -weights
            move[slope.argmin()] += 1
            shift = columns @ move
            bend = shift @ shift + len(target) * ridge**2 * (move @ move)
            if bend > 0:
                weights = weights + np.clip(-(slope @ move) / bend, 0, 1) * move
            value = ((columns @ weights - target) ** 2).mean() + ridge**2 * (weights @ weights)
            if last - value <= (1e-5 * noise) ** 2:
                break
            last = value
        if steps == 100:
            weights = np.where(weights <= weights.max() / 4, 0, weights)
            weights /= weights.sum()
    return weights
