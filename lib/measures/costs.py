"""Cost per result under assumptions: present values, bounds, and what each assumption does to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

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


def _check(assumptions: pd.DataFrame) -> None:
    if (twice := assumptions["parameter"].duplicated()).any():
        raise ValueError(f"parameter {assumptions.loc[twice, 'parameter'].iloc[0]} stands in the assumptions twice")
    for row in assumptions.itertuples():
        middle = row.low if pd.isna(row.mode) else row.mode
        if not row.low <= middle <= row.high:
            given = f"{row.low}, {row.mode}, {row.high}"
            raise ValueError(f"parameter {row.parameter}: need low ≤ mode ≤ high, not {given}")


def central(assumptions: pd.DataFrame) -> dict[str, float]:
    """The middle of every assumption: its mode, or the midpoint where it has none."""
    _check(assumptions)
    middle = assumptions["mode"].fillna((assumptions["low"] + assumptions["high"]) / 2)
    return dict(zip(assumptions["parameter"], middle.astype(float), strict=True))


def bounds(result: Callable[[Mapping[str, float]], float], assumptions: pd.DataFrame) -> tuple[float, float]:
    """The least and the largest result over all corners, each assumption at one of its ends.

    These are the bounds over everything between as well, where the result rises or falls in each assumption
    throughout. No assumption is taken as likelier inside its range, so there is nothing to draw.
    """
    _check(assumptions)
    ends = [sorted({row.low, row.high}) for row in assumptions.itertuples()]
    results = [result(dict(zip(assumptions["parameter"], corner, strict=True))) for corner in product(*ends)]
    return min(results), max(results)


def factors(result: Callable[[Mapping[str, float]], float], assumptions: pd.DataFrame) -> pd.DataFrame:
    """What each assumption does on its own: how many times the result at one end is that at the other.

    All others stay at their middle. For a result that is a product of its parts the middle makes no difference,
    and the factors multiply to the distance between the bounds: knowing a part divides the distance by its factor.
    Returns rows (parameter, low, high, at_low, at_high, factor), the largest factor first; it is infinite where an end
    gives no finite result above zero.
    """
    middle = central(assumptions)
    table = assumptions[["parameter", "low", "high"]].copy()
    for end in ("low", "high"):
        table[f"at_{end}"] = [
            result({**middle, name: value}) for name, value in zip(table["parameter"], table[end], strict=True)
        ]
    least, most = table[["at_low", "at_high"]].min(axis=1), table[["at_low", "at_high"]].max(axis=1)
    table["factor"] = np.where((least > 0) & np.isfinite(most), most / least.where(least > 0, 1), np.inf)
    return table.sort_values("factor", ascending=False, kind="stable", ignore_index=True)
