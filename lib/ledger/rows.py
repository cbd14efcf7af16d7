"""The official rows that a claim rests on, as they stand in the table, with their line in the file."""

from __future__ import annotations

import ast
import operator
from functools import reduce

import pandas as pd

from lib import data

MOST = 60  # rows that a reader can check by eye

COMPARISONS = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda column, listed: reduce(operator.or_, [column == one for one in listed]),
    ast.NotIn: lambda column, listed: reduce(operator.and_, [column != one for one in listed]),
}  # fmt: skip
DATE_PARTS = {"year": lambda dates: dates.dt.year, "month": lambda dates: dates.dt.month}


def links() -> pd.DataFrame:
    """The links from claims to official rows: claim, table, where, shows.

    Those set by hand, and for every claim in the public record its rows there.
    """
    first = data.load("public_record").drop_duplicates("claim")
    where = [f"claim == {id!r}" for id in first["claim"]]
    record = pd.DataFrame({"claim": first["claim"], "table": "public_record", "where": where, "shows": first["found"]})
    return pd.concat([data.load("links_claim_row"), record], ignore_index=True)


def select(table: str, where: str) -> pd.DataFrame:
    """The rows of a packaged table for which `where` is true.

    `where` is written as for `DataFrame.query`, but holds nothing else than comparisons of columns with constants
    (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in [...]`, `not in [...]`), `and`, `or`, `not` and parentheses; of a date
    column the `.dt.year` and the `.dt.month`. Returns the columns of the table behind a column `line`, the row's line
    in the CSV file (the header is line 1). Raises `DataError` for an expression that is anything else or does not fit
    the table, and for one that selects no row or more than `MOST`.
    """
    rows = data.load(table)
    rows.insert(0, "line", rows.index + 2)
    try:
        found = rows[_holds(ast.parse(where.strip(), mode="eval").body, rows)]
    except (SyntaxError, ValueError, TypeError, AttributeError, RecursionError, MemoryError) as problem:
        said = problem.msg if isinstance(problem, SyntaxError) else problem
        raise data.DataError(
            f"table {table!r}: {where!r} does not fit it: {said}; write comparisons of its columns with constants, "
            "joined by and, or, not"
        ) from problem
    if not 1 <= len(found) <= MOST:
        raise data.DataError(f"table {table!r}: {where!r} selects {len(found)} rows; between 1 and {MOST} are shown")
    return found


# `DataFrame.query` would also reach variables, functions and methods: a row of a table could run a command.
def _holds(node: ast.expr, rows: pd.DataFrame) -> pd.Series:
    match node:
        case ast.BoolOp(op=joined, values=parts):
            join = operator.and_ if isinstance(joined, ast.And) else operator.or_
            return reduce(join, [_holds(part, rows) for part in parts])
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ~_holds(part, rows)
        case ast.Compare(left=left, ops=signs, comparators=others):
            sides = [_side(side, rows) for side in (left, *others)]
            pairs = zip(signs, sides, sides[1:], strict=False)
            return reduce(operator.and_, [_compared(node, sign, one, other) for sign, one, other in pairs])
    raise ValueError(f"{ast.unparse(node)!r} is no comparison")


def _compared(node: ast.expr, sign: ast.cmpop, one: object, other: object) -> pd.Series:
    if isinstance(sign, ast.In | ast.NotIn):
        fits = isinstance(one, pd.Series) and isinstance(other, list)
    else:
        kinds = {type(one), type(other)}
        fits = pd.Series in kinds and list not in kinds
    if not fits or type(sign) not in COMPARISONS:
        raise ValueError(f"{ast.unparse(node)!r} does not compare a column with a constant")
    return COMPARISONS[type(sign)](one, other)


def _side(node: ast.expr, rows: pd.DataFrame) -> object:
    match node:
        case ast.Constant(value=str() | int() | float() as constant):
            return constant
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as constant)):
            return -constant
        case ast.List(elts=[_, *_] as parts) if all(isinstance(part, ast.Constant) for part in parts):
            return [_side(part, rows) for part in parts]
        case ast.Name(id=name):
            if name not in rows:
                raise ValueError(f"{name!r} is no column")
            return rows[name]
        case ast.Attribute(value=ast.Attribute(value=ast.Name() as dates, attr="dt"), attr=part) if part in DATE_PARTS:
            return DATE_PARTS[part](_side(dates, rows))
    raise ValueError(f"{ast.unparse(node)!r} is neither a column nor a constant")
