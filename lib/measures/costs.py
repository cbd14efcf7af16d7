"""Cost per result under assumptions: present values, bounds, and what each assumption does to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from lib.prose import number

AT_LOW, AT_HIGH = "assumption at its low end", "assumption at its high end"


def euros(value: float, digits: int = -3) -> str:
    """Euros in words, in thousands (or to `digits` decimals), and from a million on in tenths of a million."""
    if not np.isfinite(value):
        return "no limit"
    return f"€{number(value / 1e6, 1)} million" if value >= 999_500 else "€" + number(round(float(value), digits))


def times(factor: float) -> str:
    """A factor in words: "100", "3.2" where it is small, "without limit"."""
    return number(factor, 0 if factor >= 9.5 else 1) if np.isfinite(factor) else "without limit"


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


def knowing(assumptions: pd.DataFrame, **values: float) -> pd.DataFrame:
    """The assumptions with some of them known, by parameter: low, mode and high are one number."""
    if unknown := set(values) - set(assumptions["parameter"]):
        raise ValueError(f"no parameter {', '.join(sorted(unknown))} in the assumptions")
    known = assumptions["parameter"].map(values)
    return assumptions.assign(**{end: known.fillna(assumptions[end]) for end in ("low", "mode", "high")})


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


def both_ends(factors: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """What `factors` gives as rows for a figure: label, end, cost, times (the factor in words), low and high.

    `labels` are the names by parameter.
    """
    named = factors.assign(label=factors["parameter"].map(labels), times=factors["factor"].map(times))
    kept = ["label", "times", "low", "high"]
    found = named.melt(kept, ["at_low", "at_high"], var_name="end", value_name="cost")
    return found.assign(end=found["end"].map({"at_low": AT_LOW, "at_high": AT_HIGH}))


def ranges(points: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Costs by case, as rows for a figure: case, point or low and high (euros), and text, which says them."""
    rows = [(case, point, np.nan, np.nan, euros(point)) for case, point in points.items()]
    rows += [(case, np.nan, low, high, f"{euros(low)} to {euros(high)}") for case, (low, high) in bounds.items()]
    return pd.DataFrame(rows, columns=["case", "point", "low", "high", "text"])


def paid_elsewhere(benchmarks: pd.DataFrame) -> dict[str, object]:
    """What a text says of what carrying out a return costs elsewhere, by name; `benchmarks` is `cost_benchmarks`.

    The lowest and the highest are those of forced returns in euros.
    """
    by_id = benchmarks.set_index("id")
    other = benchmarks["what"].str.contains("oluntary|transit")
    forced = benchmarks[(benchmarks["currency"] == "EUR") & ~other].sort_values("amount", kind="stable")
    lowest, highest = forced.iloc[0], forced.iloc[-1]
    earlier, later = by_id.loc["riksrevisionen-2016"], by_id.loc["riksrevisionen-2018"]
    return {
        "benchmarks": len(benchmarks), "forced_average": euros(by_id.at["eprs-forced", "amount"], 0),
        "benchmark_low": euros(lowest["amount"], 0), "benchmark_low_what": _within(lowest["what"]),
        "benchmark_high": euros(highest["amount"], 0), "benchmark_high_what": _within(highest["what"]),
        "sweden_first": earlier["amount"], "sweden_from": earlier["year"],
        "sweden_last": later["amount"], "sweden_to": later["year"],
    }  # fmt: skip


def _within(words: str) -> str:
    """Words as they stand within a sentence."""
    return words[0].lower() + words[1:]


@dataclass(frozen=True)
class Listed:
    """How many costs and results a report names, and how many of them have what a sum needs."""

    items: int  # costs and results
    costs: int
    unpriced: int  # costs without an amount
    compared: int  # items with an estimate of what would have been without the policy
    complete: int  # items with an amount in euros, such an estimate, and who bears or gains it


def listed(table: pd.DataFrame) -> Listed:
    """The counts of `efficiency_costs`."""
    cost, compared = table["side"] == "cost", table["counterfactual"] == "yes"
    euro = table["amount"].notna() & (table["unit"] == "million euros")
    complete = euro & compared & table["borne_by"].notna()
    unpriced = cost & table["amount"].isna()
    return Listed(len(table), *(int(one.sum()) for one in (cost, unpriced, compared, complete)))
