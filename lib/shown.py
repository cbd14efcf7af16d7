"""Something made for a page: HTML for readers, plain text for a terminal."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Shown:
    """HTML and its plain text; displayed as the last value of a cell."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def plain_table(rows: pd.DataFrame, digits: int | None = None, missing: str = "") -> Shown:
    """A small table for readers, without its row labels: cells are text and never markup.

    Numbers that are not whole have `digits` decimals where that is given; a missing value reads `missing`.
    """
    written = None if digits is None else f"{{:,.{digits}f}}".format
    plain = rows.rename_axis(columns=None)
    html = plain.to_html(index=False, border=0, classes="plain", na_rep=missing, float_format=written)
    return Shown(html, plain.to_string(index=False))
