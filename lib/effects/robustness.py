"""What one treated country's result depends on: one comparison country, the start, who was chosen, when one looks.

All of it with the log change (`lib.effects.logchange`), on `outcome` (counts, countries × months) and `starts` as
there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.effects.checks import check_form, check_starts
from lib.effects.logchange import LogChange, log_change
from lib.effects.twoway import DesignError


def leave_one_out(outcome: pd.DataFrame, starts: pd.Series, country: str) -> pd.DataFrame:
    """The log effect and its p when each comparison country is left out: columns effect, p, by that country."""
    others = log_change(outcome, starts, country).units[:-1]
    found = {}
    for other in others:
        test = log_change(outcome.drop(index=other), starts, country)
        found[other] = test.estimate, test.p_value()
    return pd.DataFrame.from_dict(found, orient="index", columns=["effect", "p"]).rename_axis("left_out")


def donut(outcome: pd.DataFrame, starts: pd.Series, country: str, months: Sequence[int]) -> pd.DataFrame:
    """The result when the last months before the start are left out, in which an effect may have begun (anticipation).

    Columns effect (log), low, high (95%), p, by the number of `months` left out. Raises `DesignError` when no month
    before the start remains.
    """
    check_form(outcome)
    check_starts(outcome, starts, country)
    before = outcome.columns[outcome.columns < starts.loc[country]]
    rows = {}
    for number in months:
        if number >= len(before):
            raise DesignError(f"{number} months left out of {len(before)} before the start of {country}; leave some")
        test = log_change(outcome.drop(columns=before[len(before) - number :]), starts, country)
        rows[number] = test.estimate, *test.interval(), test.p_value()
    return pd.DataFrame.from_dict(rows, orient="index", columns=["effect", "low", "high", "p"]).rename_axis("months")


def unequal_chances(test: LogChange, level: float = 0.05) -> pd.Series:
    """How the result bears that countries were not equally likely to be chosen as a partner.

    `even`: p when they were; `by_size`: when the chance was in proportion to size; `odds`: how many times likelier a
    country with as large a change may have been chosen than the others before p passes `level` (Rosenbaum's Γ;
    below one where p passes it already).
    """
    size = np.abs(test.statistics()[0])
    reached, cases = size >= size[-1] - 1e-12, test.sizes.to_numpy()
    k, units = int(reached.sum()), len(size)
    return pd.Series(
        {
            "even": k / units,
            "by_size": float(cases[reached].sum() / cases.sum()),
            "odds": level / (1 - level) * (units - k) / k,
        }
    )


def over_time(test: LogChange, effect: float = 0.0) -> float:
    """The p of a log effect from the treated country's own months: a second source beside the other countries.

    With the effect taken out, the months after the start should look like any others. The statistic is the sum of
    Pearson residuals of those months, against all cyclic shifts of the series, which keep its persistence. Source:
    Chernozhukov, Wüthrich and Zhu (2021), Journal of the American Statistical Association 116(536). No p is below one
    over the number of months, and few are below 5% where the noise is nearly as persistent as a step.
    """
    counts, seen = test.counts.copy(), test.observed
    counts[-1, test.after] *= np.exp(-effect)
    others = counts[:-1].sum(axis=0) / np.maximum(seen[:-1].sum(axis=0), 1) + 1e-9
    expected = np.where(seen[-1], others * counts[-1].sum() / others[seen[-1]].sum(), 0.0)
    spread = np.sqrt(np.maximum(expected, 1e-9))
    residual = np.where(seen[-1], (counts[-1] - expected) / spread, 0.0)
    length, sums = int(test.after.sum()), np.concatenate([[0.0], np.cumsum(np.tile(residual, 2))])
    shifted = np.abs(sums[length : length + len(residual)] - sums[: len(residual)])
    own = abs(residual[test.after].sum())
    return float((shifted >= own - 1e-12).mean())


def watched(
    outcome: pd.DataFrame, starts: pd.Series, country: str, first: int = 3, level: float = 0.05
) -> pd.DataFrame:
    """A test that may be looked at every month after the start, from month `first` on, and stops when it passes.

    Columns statistic (the studentized log change with the data of so many months) and boundary, by `months` after
    the start. The boundary is one number: what the largest statistic over all looks passes in as many of the countries
    as `level` allows, so that looking often costs nothing but height. Infinite with fewer than 1 / `level` countries.
    """
    test = log_change(outcome, starts, country)
    begin, looks = int(np.argmax(test.after)), {}
    for months in range(first, int(test.after.sum()) + 1):
        part = LogChange(
            test.units, *(table[:, : begin + months] for table in (test.counts, test.observed)),
            test.after[: begin + months],
        )  # fmt: skip
        usable = part.observed[:, part.after].any(axis=1) & (part.counts.sum(axis=1) > 0)
        if usable[-1]:
            kept = LogChange(part.units[usable], part.counts[usable], part.observed[usable], part.after)
            looks[months] = pd.Series(kept.statistics()[0], kept.units)
    table = pd.DataFrame(looks).abs()
    largest = table.max(axis=1).sort_values(ascending=False)
    allowed = int(level * len(largest) + 1e-9)
    others = largest.drop(country)
    boundary = float(others.iloc[allowed - 1]) if allowed else np.inf
    signed = pd.Series({months: found[country] for months, found in looks.items()})
    return pd.DataFrame({"statistic": signed, "boundary": boundary}).rename_axis("months")
