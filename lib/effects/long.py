"""From a table as files have it to what the estimators take: a row for each country and period, or a column for each.

Months, days, quarters and years are read here and nowhere else in `lib.effects`; a period stands for its first month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from lib.effects.checks import check_design
from lib.effects.twoway import DesignError

FORMATS = {7: "%Y-%m", 10: "%Y-%m-%d"}  # by length: a month, a day; a year and a quarter are read by their letters
FORMS = "write 2025-03, 2025-03-01, 2025Q1, or 2025"


class Panel(NamedTuple):
    """`outcome`, countries × months (float), and `starts`, the first treated month of each treated country."""

    outcome: pd.DataFrame
    starts: pd.Series


def from_long(table: pd.DataFrame, outcome: str, start: str, country: str = "country", time: str = "month") -> Panel:
    """The table countries × months and the first treated months that every estimator here takes.

    `table` has a row for each country and period, in any order; `outcome` names its column of numbers, `start` the one
    with the first treated period of the row's country, which is empty for countries that are never treated. Periods
    are months, days, quarters, years (whole numbers or text) or pandas periods; each stands for its first month, so
    that a year 2024 is January 2024. One kind of period in a table: a panel by years has a column for each year.

    >>> rows = [("A", 2024, 3, 2025), ("A", 2025, 9, 2025), ("B", 2025, 5, None), ("B", 2024, 4, None)]
    >>> table = pd.DataFrame(rows, columns=["country", "year", "returns", "begun"])
    >>> outcome, starts = from_long(table, "returns", "begun", time="year")
    >>> outcome.loc["B"].tolist(), starts.loc["A"].year
    ([4.0, 5.0], 2025)

    Raises `DesignError` for a column that is not there, a period that is none, a country and period twice, a country
    with two starts, and as `lib.effects.checks.check_design` for a design from which no effect can be told.
    """
    if missing := [name for name in (country, time, outcome, start) if name not in table]:
        have = ", ".join(map(str, table.columns))
        raise DesignError(f"there is no column {missing[0]!r}; the table has {have}; name yours, as outcome='returns'")
    if not is_numeric_dtype(table[outcome]):
        raise DesignError(f"the column {outcome!r} is of kind {table[outcome].dtype}, not numbers; convert it first")
    if table[country].isna().any():
        raise DesignError(f"row {table.index[table[country].isna()][0]} has no country in {country!r}; fill it in")
    rows = pd.DataFrame({"country": table[country], "month": as_months(table[time]), "value": table[outcome]})
    if (absent := rows["month"].isna()).any():
        raise DesignError(f"row {table.index[absent][0]} has no period in {time!r}; fill it in or leave the row out")
    if (twice := rows.duplicated(["country", "month"])).any():
        row = rows[twice].iloc[0]
        raise DesignError(f"{row['country']} has {row['month']:%Y-%m} more than once; keep one row or add them up")
    begun = pd.DataFrame({"country": table[country], "start": as_months(table[start])}).dropna().drop_duplicates()
    if (several := begun["country"].duplicated()).any():
        raise DesignError(f"{begun.loc[several, 'country'].iloc[0]} has more than one start in {start!r}; keep one")
    wide = rows.pivot(index="country", columns="month", values="value").astype(float).sort_index(axis=1)
    starts = begun.set_index("country")["start"].rename("start")
    check_design(wide, starts)
    return Panel(wide, starts)


def from_wide(table: pd.DataFrame, starts: Mapping | pd.Series) -> Panel:
    """The same from a table with a row for each country (its index) and a column for each period, in any order.

    `starts` has the first treated period of each treated country, as a dict or a Series; countries without one, or
    with an empty one, are never treated. Periods are read as in `from_long`, in the columns and in `starts`.

    >>> table = pd.DataFrame({"2024-Q2": [9, 5], "2024-Q1": [3, 4]}, index=["A", "B"])
    >>> outcome, starts = from_wide(table, {"A": "2024-Q2"})
    >>> outcome.loc["B"].tolist(), starts.loc["A"].month
    ([4.0, 5.0], 4)

    Raises `DesignError` for a column that is no period (a column of names belongs in the index: `.set_index`), for two
    columns of one month, for values that are no numbers, and as `lib.effects.checks.check_design`.
    """
    columns = as_months(pd.Series(list(table.columns), name="the columns"))
    if columns.isna().any():
        raise DesignError("a column has no period; leave it out or say which it is")
    if (twice := columns.duplicated()).any():
        raise DesignError(f"two columns are {columns[twice].iloc[0]:%Y-%m}; keep one or add them up")
    wide = table.set_axis(pd.DatetimeIndex(columns), axis=1).sort_index(axis=1)
    given = pd.Series(starts, dtype=None if len(starts) else object)
    begun = pd.Series(as_months(given.rename("the starts")), name="start").dropna()
    check_design(wide, begun)
    return Panel(wide.astype(float), begun)


def as_months(periods: pd.Series) -> pd.Series:
    """The first month of each period, as a timestamp; missing where there is none. Raises `DesignError`."""
    if isinstance(periods.dtype, pd.PeriodDtype):
        return periods.dt.to_timestamp().dt.to_period("M").dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(periods):
        if periods.dt.tz is not None:
            zone = f"{periods.name!r} has a time zone ({periods.dt.tz})"
            raise DesignError(f"{zone}; take it off with .dt.tz_localize(None)")
        return periods.dt.to_period("M").dt.to_timestamp()
    whole = is_integer_dtype(periods) or (is_numeric_dtype(periods) and (periods.dropna() % 1 == 0).all())
    texts = periods.astype("Int64").astype("string") if whole else periods.astype("string").str.strip()
    return pd.Series([_month(text, periods.name) for text in texts], index=periods.index, dtype="datetime64[ns]")


def _month(text: str, column: object) -> pd.Timestamp:
    if pd.isna(text) or not text:
        return pd.NaT
    try:
        if len(text) in FORMATS:
            try:
                return pd.to_datetime(text, format=FORMATS[len(text)]).replace(day=1)
            except ValueError:
                pass  # 2025-Q1 is as long as a month
        if len(text) == 4 or "q" in text.lower():
            return pd.Period(text.replace("-", "")).to_timestamp()
    except ValueError:
        pass
    raise DesignError(f"{column!r} has the value {text!r}, which is no period; {FORMS}")
