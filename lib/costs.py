"""Cost per result under assumptions: present values, draws, what drives the result, what it is worth to know more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd


def present_value(first: float, last: float, rate: float | np.ndarray) -> float | np.ndarray:
    """Value in month 0 of one unit in each month from `first` up to and including `last`.

    `rate` is the discount rate a year (0.02 for 2%), zero or more; months count from 0. The sum of a geometric
    series; with a rate of zero, the number of months. Zero where `last` lies before `first`.
    """
    months = np.maximum(np.asarray(last, dtype=float) - first + 1, 0.0)
    monthly = (1 + np.asarray(rate, dtype=float)) ** (-1 / 12)
    with np.errstate(invalid="ignore", divide="ignore"):
        series = monthly**first * (1 - monthly**months) / (1 - monthly)
    found = np.where(monthly == 1, months, series)
    return float(found) if found.ndim == 0 else found


def draw(assumptions: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Independent draws (rows) of every parameter (columns).

    `assumptions` has columns parameter, low, mode and high: triangular between low and high with its top at
    mode, uniform where mode is missing, a constant where low equals high. Raises `ValueError`, with the
    parameter, unless low ≤ mode ≤ high and every parameter stands there once.
    """
    _check(assumptions)
    rng = np.random.default_rng(seed)
    columns = {}
    for row in assumptions.itertuples():
        if row.low == row.high:
            columns[row.parameter] = np.full(draws, float(row.low))
        elif pd.isna(row.mode):
            columns[row.parameter] = rng.uniform(row.low, row.high, draws)
        else:
            columns[row.parameter] = rng.triangular(row.low, row.mode, row.high, draws)
    return pd.DataFrame(columns)


def _check(assumptions: pd.DataFrame) -> None:
    if (twice := assumptions["parameter"].duplicated()).any():
        raise ValueError(f"parameter {assumptions.loc[twice, 'parameter'].iloc[0]} stands in the assumptions twice")
    for row in assumptions.itertuples():
        middle = row.low if pd.isna(row.mode) else row.mode
        if not row.low <= middle <= row.high:
            given = f"{row.low}, {row.mode}, {row.high}"
            raise ValueError(f"parameter {row.parameter}: need low ≤ mode ≤ high, not {given}")


def around(estimate: float, low: float, high: float, draws: int, seed: int) -> np.ndarray:
    """Draws around an estimate with a 95% interval that need not be symmetric.

    A two-piece normal: half of the draws on either side, each side with its own spread (Wallis 2014). Raises
    `ValueError` unless low ≤ estimate ≤ high and all are finite.
    """
    if not (low <= estimate <= high and np.isfinite([low, high]).all()):
        raise ValueError(f"need low ≤ estimate ≤ high, all finite, not {low}, {estimate}, {high}")
    normal = np.random.default_rng(seed).standard_normal(draws)
    spread = np.where(normal < 0, estimate - low, high - estimate) / 1.959964
    return estimate + normal * spread


def central(assumptions: pd.DataFrame) -> dict[str, float]:
    """The middle of every assumption: its mode, or the midpoint where it has none."""
    _check(assumptions)
    middle = assumptions["mode"].fillna((assumptions["low"] + assumptions["high"]) / 2)
    return dict(zip(assumptions["parameter"], middle.astype(float), strict=True))


def tornado(result: Callable[[Mapping[str, float]], float], assumptions: pd.DataFrame) -> pd.DataFrame:
    """What each assumption moves on its own: the result at its low and high end, all others at their middle.

    Returns rows (parameter, low, high, at_low, at_high, swing), the largest swing first; the swing is in the
    unit of the result, and infinite where an end gives no finite result.
    """
    middle = central(assumptions)
    table = assumptions[["parameter", "low", "high"]].copy()
    for end in ("low", "high"):
        table[f"at_{end}"] = [
            result({**middle, name: value}) for name, value in zip(table["parameter"], table[end], strict=True)
        ]
    table["swing"] = (table["at_high"] - table["at_low"]).abs()
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def acceptability(results: np.ndarray, costs: np.ndarray, values: np.ndarray) -> pd.Series:
    """The share of draws in which the results, at each value per result, are worth more than they cost.

    `results` and `costs` are one number a draw; `values` is in the unit of the costs per result. Source: the
    cost-effectiveness acceptability curve (Fenwick, O'Brien & Briggs 2004). Results below zero count as
    harm; nothing is divided, so draws near zero need no special care.
    """
    worth = np.outer(values, results) > costs
    return pd.Series(worth.mean(axis=1), index=pd.Index(values, name="value"), name="probability")


def value_of_knowing(draws: pd.DataFrame, net_benefits: np.ndarray, bins: int = 50) -> pd.DataFrame:
    """What it is worth, for each decision, to learn each parameter exactly; and all of them (`everything`).

    A decision is yes or no, with a row of `net_benefits` (a number a draw) for yes and zero for no. Learning a
    parameter lets the decision follow the mean benefit at its value: the expected value of partial perfect
    information (Strong & Oakley 2013), with draws sorted by the parameter into `bins` of equal size. Returns a row for
    each decision, in the unit of the benefit; a constant is worth nothing. Means of finitely many draws see value in
    noise: too much by 0.4 · sd(benefit) · √(bins / draws) at the most, so fewer than a hundred draws a bin raise
    `ValueError`.
    """
    if len(draws) < 100 * bins:
        raise ValueError(f"{len(draws)} draws are too few for {bins} bins; draw at least {100 * bins}")
    now = np.maximum(net_benefits.mean(axis=1), 0.0)
    worth = {}
    for parameter in draws:
        if draws[parameter].nunique() == 1:
            worth[parameter] = np.zeros(len(net_benefits))
            continue
        order = np.argsort(draws[parameter].to_numpy(), kind="stable")
        parts = np.array_split(net_benefits.take(order, axis=1), bins, axis=1)
        means = np.stack([part.mean(axis=1) for part in parts], axis=1)
        sizes = np.array([part.shape[1] for part in parts])
        worth[parameter] = np.maximum((np.maximum(means, 0) * sizes).sum(axis=1) / sizes.sum() - now, 0.0)
    worth["everything"] = np.maximum(net_benefits, 0).mean(axis=1) - now
    return pd.DataFrame(worth)
