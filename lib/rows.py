"""The official rows that a claim rests on, as they stand in the table, with their line in the file."""

from __future__ import annotations

import pandas as pd

from lib import data

MOST = 60  # rows that a reader can check by eye


def select(table: str, where: str) -> pd.DataFrame:
    """The rows of a packaged table for which `where`, a `DataFrame.query` expression, is true.

    Returns the columns of the table behind a column `line`, the row's line in the CSV file (the header is line 1).
    Raises `DataError` for an expression that does not fit the table, and for one that selects no row or more
    than `MOST`.
    """
    rows = data.load(table)
    rows.insert(0, "line", rows.index + 2)
    try:
        found = rows.query(where)
    except Exception as problem:  # pandas raises a dozen kinds, for names, types and syntax
        raise data.DataError(f"table {table!r}: {where!r} does not fit it: {problem}") from problem
    if not 1 <= len(found) <= MOST:
        raise data.DataError(f"table {table!r}: {where!r} selects {len(found)} rows; between 1 and {MOST} are shown")
    return found
