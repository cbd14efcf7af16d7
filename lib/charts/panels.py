"""Several small charts of the same kind beside each other, one for each value of a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from lib.charts.parts import EDGE, PAD, in_order, require
from lib.charts.text import LINE, wrap
from lib.charts.theme import INK

GAP = 22  # pixels between panels
ROUNDED = PAD - 2 * EDGE  # pixels that each panel may take more, as each picture may


def panels(
    draw: Callable[[pd.DataFrame, int], alt.LayerChart],
    table: pd.DataFrame,
    width: int,
    *,
    by: str,
    columns: int,
    order: Sequence[str] | None = None,
) -> alt.ConcatChart:
    """`draw(rows, width)` for the rows of each value of `by`, which is its heading, in at most `columns` columns.

    On a phone there is one column, or two when each is at least 160 pixels wide and `columns` is four or more. Give
    `draw` a domain where panels are to be compared. Raises `ValueError` for a field that the table lacks.
    """
    require(table, by)
    names = in_order(table[by], order)
    columns = min(columns if width >= 500 else 1 + (columns >= 4), len(names))
    each = (width - PAD - (GAP + ROUNDED) * (columns - 1)) // columns
    parts = [table[table[by] == name] for name in names]
    made = [draw(part, each + PAD) for part in parts]
    least = min(chart.width for chart in made)  # plots stand beneath each other, so that all have to be of one length
    made = [draw(part, each + PAD - round(chart.width - least)) for part, chart in zip(parts, made, strict=True)]
    titled = [_titled(chart, str(name), each) for chart, name in zip(made, names, strict=True)]
    return alt.concat(*titled, columns=columns, spacing={"row": 24, "column": GAP}).properties(padding=EDGE)


def _titled(chart: alt.LayerChart, name: str, width: int) -> alt.LayerChart:
    """A chart as one of several, with its heading."""
    for layer in chart.layer:
        layer.name = alt.Undefined  # the same name may not be there twice
    chart.padding = alt.Undefined
    title = alt.TitleParams(
        wrap(name, width, bold=True), anchor="start", frame="group", fontSize=12, fontWeight=600, color=INK, offset=6,
        lineHeight=LINE,
    )  # fmt: skip
    return chart.properties(title=title)
