"""A grid of numbers by row and year, each as dark as it is large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.parts import dated, ends, finished, in_order, key, looks, pixel, require, texts, tips, used
from lib.charts.rows import rows as rows_of
from lib.charts.scales import axis, number_text
from lib.charts.text import text_width
from lib.charts.theme import BLUE

CELL, HEAD = 18.0, 20.0  # pixels: the height of a cell, and of the line of years
PALE, DARK = 0.1, 0.75  # opacity of the least and of the largest number


def heat(
    table: pd.DataFrame,
    width: int,
    *,
    y: str,
    x: str,
    value: str,
    series: str | None = None,
    rows: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
    years: Sequence[int] | None = None,
    marks: pd.DataFrame | None = None,
    number: str = ",",
    tooltip: Sequence[str] = (),
) -> alt.LayerChart:
    """A cell for each row of the table, at its `y` and its year `x`, with its number; an empty cell is no row.

    `series` differ by colour and are named above; `marks` is a table of dates (`date`) and `label`, drawn as vertical
    rules where they lie within a year, between the cells so that no number is crossed out. `years` are the first to the
    last of the table unless given. On a phone years are written without their century. Raises `ValueError` for a
    field that the table lacks.
    """
    require(table, y, x, value, series, *tooltip)
    names, found = in_order(table[y], rows), in_order(table[series], None) if series else []
    look = looks(found, colours, None) if series else {}
    years = list(range(int(table[x].min()), int(table[x].max()) + 1) if years is None else years)
    placed = rows_of([str(name) for name in names], width, right=0, mark=CELL)
    step = placed.length / len(years)
    left = (table[x] - years[0]) * step
    middle = table[y].map(dict(zip(names, placed.middles, strict=True)))
    drawn = used(table, y, x, value, series, *tooltip).assign(
        left=left + 0.5, right=left + step - 0.5, top=middle - CELL / 2, bottom=middle + CELL / 2,
        colour=table[series].map(look) if series else BLUE,
        shade=PALE + (DARK - PALE) * np.sqrt(table[value] / table[value].max()),
    )  # fmt: skip
    tip = tips(table, [y, x, value, series, *tooltip], number)
    cells = (
        alt.Chart(drawn)
        .mark_rect()
        .encode(
            x=pixel(alt.X, "left"), x2=ends("right"), y=pixel(alt.Y, "top"), y2=ends("bottom"),
            color=pixel(alt.Color, "colour"), opacity=alt.Opacity("shade:Q", scale=None, legend=None),
            tooltip=tip,
        )
    )  # fmt: skip
    written = [number_text(one, number) for one in table[value]]
    inside = texts(drawn.assign(x=left + step / 2, y=middle, text=written), "center", tooltip=tip)
    whole = step >= text_width("2020") + 6
    headings = pd.DataFrame({
        "x": step * (np.arange(len(years)) + 0.5), "y": -10.0,
        "text": [str(year) if whole else f"\N{RIGHT SINGLE QUOTATION MARK}{year % 100:02}" for year in years],
    })  # fmt: skip
    time = axis(pd.Series(pd.to_datetime([f"{years[0]}-01-01", f"{years[-1] + 1}-01-01"])))
    layers, head = dated(time, placed.length, -HEAD, marks, (), "date", placed.length, above=HEAD)
    if marks is not None:
        layers.append(_between(time.pixels(marks["date"], placed.length), placed.middles))
    layers += [cells, inside, texts(headings, "center", muted=True), *placed.layers]
    if series:
        layers += key([(str(name), look[name], "square") for name in found], placed.length, head + HEAD)
    return finished(layers, placed.length, placed.height)


def _between(at: np.ndarray, middles: np.ndarray) -> alt.Chart:
    """Vertical rules that are seen between the rows of cells."""
    tops = np.concatenate([[0.0], middles + CELL / 2])
    gaps = pd.DataFrame({"top": tops, "bottom": np.concatenate([middles - CELL / 2, tops[-1:] + 4])})
    rules = pd.DataFrame({"at": at}).merge(gaps, how="cross")
    return alt.Chart(rules).mark_rule().encode(x=pixel(alt.X, "at"), y=pixel(alt.Y, "top"), y2=ends("bottom"))
