"""Tables as CSV that a reader can open in a spreadsheet: what is text stays text."""

from __future__ import annotations

import re

import pandas as pd

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV (comma, UTF-8 text, lines that end in LF), without its index.

    A text or column name that begins with `=`, `+`, `-`, `@`, a tab or a line ending would be run as a formula by
    a spreadsheet; it gets an apostrophe in front of it. Numbers, written as text or not, stay as they are. A line
    ending inside a text becomes LF: a lone CR would not be quoted, and begin a new row in many readers.
    """
    kinds = pd.StringDtype | pd.CategoricalDtype
    columns = [table.iloc[:, at] for at in range(table.shape[1])]
    safe = [
        column.astype(object).map(_inert) if column.dtype.kind == "O" or isinstance(column.dtype, kinds) else column
        for column in columns
    ]
    names = [_inert(name) for name in table.columns]
    return pd.concat(safe, axis=1).set_axis(names, axis=1).to_csv(index=False, lineterminator="\n")


def _inert(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\n")) and not NUMBER.fullmatch(text) else text
