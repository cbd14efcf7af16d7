"""What every estimator asks of its input: a table countries × months, first treated months, effects to tell apart.

One contract holds for all of `lib.effects`. A table has a row for each country, in any order, and a column for each
month: its first day as a timestamp, in order. Starts are a Series of such months by country. Anything else (text,
years, quarters, periods, months out of order, a dict) is refused in a sentence; `lib.effects.long` makes the two from
it: `from_long` from a row for each country and period, `from_wide` from a column for each period.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import is_complex_dtype, is_numeric_dtype

from lib.effects.twoway import DesignError, arrays, treated

READ_IT = "with lib.effects.long.from_wide(table, starts)"


def check_form(outcome: pd.DataFrame) -> None:
    """Raise `DesignError` unless `outcome` is a table of numbers: countries once, months once and in order.

    Months are first days of months without a time zone, not years and not periods; values are numbers, finite or
    missing, and no column is text or of mixed kinds. Every module that takes such a table asks this first.
    """
    if not isinstance(outcome, pd.DataFrame):
        raise DesignError(f"the outcome is a {type(outcome).__name__}; give a table (DataFrame) of countries × months")
    if isinstance(outcome.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise DesignError("the rows of the table are months; countries stand in rows: turn it with .T")
    if not outcome.index.is_unique:
        twice = outcome.index[outcome.index.duplicated()][0]
        raise DesignError(f"{twice} has more than one row; add them up or leave one out")
    _check_months(outcome.columns)
    for month, kind in outcome.dtypes.items():
        if not is_numeric_dtype(kind) or is_complex_dtype(kind):
            raise DesignError(f"the values of {month:%Y-%m} are of kind {kind}; make them numbers with .astype(float)")
    if (endless := np.isinf(arrays(outcome)[0]).any(axis=1)).any():
        raise DesignError(
            f"{outcome.index[endless][0]} has an infinite value; logarithms of zero have to be left out (NaN)"
        )


def _check_months(months: pd.Index) -> None:
    if isinstance(months, pd.PeriodIndex):
        raise DesignError(f"the columns are not months but periods; convert them with .to_timestamp() or {READ_IT}")
    if months.empty:
        raise DesignError("the table has no column; give one for each month")
    if not isinstance(months, pd.DatetimeIndex):
        raise DesignError(
            f"the columns are not months but {months.dtype}, as {months[0]!r}; convert months, quarters or years "
            f"(which stand for their first month) {READ_IT}"
        )
    if months.tz is not None:
        raise DesignError(
            f"the months have a time zone ({months.tz}); take it off with outcome.columns.tz_localize(None)"
        )
    if months.hasnans:
        raise DesignError("a column has no month (NaT); leave it out or say which month it is")
    if not months.is_unique or not months.is_monotonic_increasing:
        raise DesignError("the months are not in order or not unique; sort them with outcome.sort_index(axis=1)")
    if (inside := months != months.to_period("M").to_timestamp()).any():
        raise DesignError(
            f"the column {months[inside][0]} is not the first day of a month; "
            "convert the columns with .to_period('M').to_timestamp()"
        )


def check_table(outcome: pd.DataFrame) -> None:
    """Raise `DesignError` as `check_form`, and for a country or a month without an observation."""
    check_form(outcome)
    observed = arrays(outcome)[1]
    if (empty := ~observed.any(axis=1)).any():
        raise DesignError(f"{outcome.index[empty][0]} has no observation; leave the country out of the table")
    if (empty := ~observed.any(axis=0)).any():
        raise DesignError(f"{outcome.columns[empty][0]:%Y-%m} has no observation; leave the month out of the table")


def check_starts(outcome: pd.DataFrame, starts: pd.Series, country: object = None) -> None:
    """Raise `DesignError` unless `starts` has the first treated months of countries of the table, each once.

    The table is one that `check_form` has passed. Where the effect on one `country` is sought it has to be among
    them; the others are only left out of what it is compared with, and need no row.
    """
    if not isinstance(starts, pd.Series):
        raise DesignError(
            f"the starts are a {type(starts).__name__}; give the first treated month by country as a Series, or read "
            f"table and starts {READ_IT}"
        )
    if starts.empty:
        raise DesignError("no country is treated; name at least one with its first treated month")
    if not starts.index.is_unique:
        raise DesignError(f"{starts.index[starts.index.duplicated()][0]} has more than one start; keep one")
    for one, start in starts.items():
        if country is None and one not in outcome.index:
            raise DesignError(f"{one} has a start but no row in the table; add its outcome or drop the start")
        if not isinstance(start, pd.Timestamp) or start.tzinfo or start != start.to_period("M").to_timestamp():
            raise DesignError(
                f"the start of {one} is {start}; give the first day of its first treated month, without a time zone, "
                f"or read table and starts {READ_IT}"
            )
    if country is not None and not (country in starts.index and country in outcome.index):
        treated_here = ", ".join(map(str, starts.index.intersection(outcome.index))) or "none"
        raise DesignError(f"{country} is not a treated country of this panel; those are: {treated_here}")


def check_design(outcome: pd.DataFrame, starts: pd.Series) -> None:
    """Raise `DesignError` for a table or for starts from which no effect can be told, saying which and what to do."""
    check_table(outcome)
    check_starts(outcome, starts)
    observed = arrays(outcome)[1]
    for country, start in starts.items():
        seen = outcome.columns[observed[outcome.index.get_loc(country)]]
        if start <= seen[0]:
            raise DesignError(
                f"{country} is treated from its first observed month on; add earlier months or leave the country out"
            )
        if start > seen[-1]:
            raise DesignError(f"{country} has no observation from {start:%Y-%m} on; add later months or drop its start")


def check_full(outcome: pd.DataFrame) -> None:
    """Raise `DesignError` for a table with gaps."""
    if (gappy := outcome.isna().any(axis=1)).any():
        raise DesignError(
            f"{outcome.index[gappy][0]} lacks a month, and a full table is needed; leave out the country or the month"
        )


def check_untreated(outcome: pd.DataFrame, starts: pd.Series) -> None:
    """Raise `DesignError` for a month in which every observed country is treated.

    What such a month says of an effect comes from comparing treated countries with treated ones alone.
    """
    untreated = arrays(outcome)[1] & ~treated(outcome, starts)
    if (alone := ~untreated.any(axis=0)).any():
        raise DesignError(
            f"{', '.join(map(str, starts.index))}: no country is still untreated in {outcome.columns[alone][0]:%Y-%m}; "
            "add never-treated countries or end the table before"
        )


def check_noise(observed: np.ndarray, names: list[str]) -> None:
    """Raise `DesignError` unless the observations outnumber country effects, month effects and `names` (dummies)."""
    if observed.sum() <= sum(observed.shape) - 1 + len(names):
        raise DesignError(
            f"{', '.join(map(str, dict.fromkeys(names)))}: there are as many effects as observations, which leaves "
            "nothing to estimate the noise from; add countries or months"
        )


def check_varies(residuals: np.ndarray, values: np.ndarray) -> None:
    """Raise `DesignError` if what effects and dummies leave of `values` (NaN: not observed) is rounding alone."""
    if np.nanmax(np.abs(residuals)) <= 1e-12 * np.nanmax(np.abs(values)):
        raise DesignError(
            "the outcome does not vary beyond what countries, months and effects have in common, so that nothing "
            "measures its noise; check that the column is the one meant and was not filled with one value"
        )


def check_error(se: np.ndarray, names: list[str], noise: np.ndarray) -> None:
    """Raise `DesignError` for a clustered error (one per name) that is rounding alone beside `noise`.

    `noise` is the error of independent observations (one per name). A treated country's own residuals never enter
    its clustered error: where the countries it is compared with move alike, nothing does.
    """
    if (zero := ~(se > 1e-7 * noise)).any():
        raise DesignError(
            f"{np.array(names, dtype=object)[zero][0]} has a standard error of zero: the countries it is compared with "
            "move alike, so that nothing measures its noise; compare it with others, or use lib.effects.placebo"
        )
