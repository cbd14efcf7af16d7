"""A grid of states: which of a few things is true for each row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from lib.charts.theme import INK, MUTED


def matrix(
    table: pd.DataFrame,
    width: int,
    *,
    row: str,
    column: str,
    state: str,
    states: Mapping[str, tuple[str, str, str]],
    rows: Sequence[str],
    columns: Sequence[str],
    tooltip: Sequence[str] = (),
    cell: int = 40,
) -> alt.LayerChart:
    """Cells of `state` by `row` and `column`, each with a colour and a sign, so that it reads without colour.

    `states` maps a state to its label, colour and sign (one character); their order is that of the legend.
    `rows` and `columns` give the order; `tooltip` names further columns of `table`; `cell` is a row's height.
    """
    shown = table.assign(
        label=table[state].map({name: label for name, (label, _, _) in states.items()}),
        sign=table[state].map({name: sign for name, (_, _, sign) in states.items()}),
    )
    labels, colours, _ = zip(*states.values(), strict=True)
    narrow = width < 500
    base = alt.Chart(shown).encode(
        x=alt.X(f"{column}:N", title=None, sort=list(columns), axis=alt.Axis(
            orient="top", labelAngle=-55 if narrow else 0, labelLimit=120, labelFontSize=11, domain=False, ticks=False,
            labelOverlap=False,  # a column without its name would say nothing
        )),
        y=alt.Y(f"{row}:N", title=None, sort=list(rows), axis=alt.Axis(domain=False, ticks=False)),
        tooltip=[f"{row}:N", f"{column}:N", alt.Tooltip("label:N", title="State"), *(f"{name}:N" for name in tooltip)],
    )  # fmt: skip
    legend = alt.Legend(
        orient="bottom", columns=1 if narrow else 2, symbolType="square", symbolSize=150, offset=8, columnPadding=30,
        labelExpr="".join(f"datum.label == '{label}' ? '{sign}  {label}' : " for label, _, sign in states.values())
        + "datum.label",
    )  # fmt: skip
    fill = base.mark_rect(cornerRadius=3, opacity=0.55).encode(
        color=alt.Color("label:N", scale=alt.Scale(domain=list(labels), range=list(colours)), legend=legend)
    )
    text = base.mark_text(fontSize=16, fontWeight=700, color=INK).encode(
        text="sign:N", color=alt.condition("datum.sign == '?'", alt.value(MUTED), alt.value(INK))
    )
    return alt.layer(fill, text).properties(
        width=width - 4, height=cell * len(rows), autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
