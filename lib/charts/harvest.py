"""A harvest plot: one mark per study, by what it finds on each question, in a shape that says its risk of bias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from lib.charts.theme import GREY, GRID, INK

PER_LINE = 5  # marks beside each other in a cell; as many as fit a phone
MARK = 12  # height of a line of marks, in pixels
RISKS = {"low": ("circle", INK), "some": ("square", GREY), "high": ("triangle-up", "transparent")}


def harvest(
    table: pd.DataFrame,
    width: int,
    *,
    row: str,
    column: str,
    kind: str,
    kinds: Mapping[str, tuple[str, str]] = RISKS,
    rows: Sequence[str],
    columns: Sequence[str],
    tooltip: Sequence[str] = (),
) -> alt.Chart:
    """One mark per row of `table` in the cell of its `row` and `column`; its shape and shade say its `kind`.

    `kinds` maps a kind to a shape of Vega and a fill, as `RISKS` does for a risk of bias; their order is that of the
    legend and of the marks in a cell.
    `rows` and `columns` give the order (a bar in a row's name breaks its line); `tooltip` names further columns.
    """
    order = list(kinds)
    shown = table.sort_values(kind, key=lambda found: found.map(order.index), kind="stable")
    place = shown.groupby([row, column]).cumcount()
    shown = shown.assign(slot=place % PER_LINE, line=place // PER_LINE)
    lines = int(shown["line"].max()) + 1
    shapes, fills = zip(*kinds.values(), strict=True)
    lined = {"grid": True, "gridColor": GRID, "tickBand": "extent", "domain": False, "ticks": False, "labelColor": INK}
    x = alt.X(
        f"{column}:N", title=None, sort=list(columns), scale=alt.Scale(domain=list(columns), padding=0),
        axis=alt.Axis(orient="top", labelAngle=0, labelOverlap=False, **lined),
    )  # fmt: skip
    y = alt.Y(
        f"{row}:N", title=None, sort=list(rows), scale=alt.Scale(domain=list(rows), padding=0),
        axis=alt.Axis(labelExpr="split(datum.label, '|')", labelLimit=220, **lined),
    )  # fmt: skip
    legend = alt.Legend(
        orient="bottom", direction="horizontal", columns=2 if width < 500 else 4, symbolSize=90, offset=8
    )
    height = len(rows) * max(34, lines * (MARK + 4) + 12)
    return (
        alt.Chart(shown)
        .mark_point(size=62 if width < 500 else 90, filled=True, stroke=INK, strokeWidth=1.4, opacity=1)
        .encode(
            x=x, y=y,
            xOffset=alt.XOffset("slot:O", scale=alt.Scale(domain=list(range(PER_LINE)), paddingOuter=0.4)),
            yOffset=alt.YOffset("line:O", scale=alt.Scale(domain=list(range(lines)), paddingOuter=0.5)),
            shape=alt.Shape(f"{kind}:N", scale=alt.Scale(domain=order, range=list(shapes)), legend=legend),
            fill=alt.Fill(f"{kind}:N", scale=alt.Scale(domain=order, range=list(fills)), legend=legend),
            tooltip=[f"{name}:N" for name in (*tooltip, column, kind)],
        )
        .properties(width=width - 4, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    )  # fmt: skip
