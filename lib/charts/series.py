"""Charts of monthly series: lines by route, marked months, values under the pointer."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lib.charts.theme import GRID, INK, MUTED, ROUTES, SHADE, route_colour, route_dash, route_legend


def route_lines(
    table: pd.DataFrame,
    width: int,
    *,
    value: str,
    unit: str,
    marks: pd.DataFrame | None = None,
    shade: tuple[str, str] | None = None,
    height: int = 280,
) -> alt.LayerChart:
    """Lines of monthly series by route, with marked months and a shaded window.

    `table` has columns month, route and `value`; `marks` has month, label and, for a span, `until`; both
    windows and marks are drawn behind the lines. Hovering shows the values of the nearest month.
    """
    routes = [route for route in ROUTES if route in set(table["route"])]
    month = alt.X("month:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    layers = []
    if shade:
        window = pd.DataFrame({"month": [shade[0]], "until": [shade[1]]})
        layers.append(alt.Chart(window).mark_rect(color=SHADE).encode(x="month:T", x2="until:T"))
    if marks is not None:
        layers += _marks(marks, width)
    lines = (
        alt.Chart(table)
        .mark_line(interpolate="linear")
        .encode(
            x=month,
            y=alt.Y(f"{value}:Q", title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(format="~s")),
            color=alt.Color("route:N", scale=route_colour(routes), legend=route_legend(width)),
            strokeDash=alt.StrokeDash("route:N", scale=route_dash(routes), legend=None),
        )
    )
    return fit(alt.layer(*layers, lines, *hover(table, value)), width, height)


def hover(table: pd.DataFrame, value: str, label: str = "route") -> tuple[alt.Chart, ...]:
    """A point on the line nearest to the pointer, with its month, label and value."""
    near = alt.selection_point(nearest=True, on="pointerover", fields=["month", label], empty=False, clear="pointerout")
    points = alt.Chart(table).mark_point(size=60, color=INK).encode(
        x="month:T",
        y=f"{value}:Q",
        opacity=alt.condition(near, alt.value(1), alt.value(0)),
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%B %Y"),
            alt.Tooltip(f"{label}:N", title=label.capitalize()),
            alt.Tooltip(f"{value}:Q", title="Value", format=",.0f"),
        ],
    )  # fmt: skip
    return (points.add_params(near).properties(name=f"hover-{value}"),)


def _marks(marks: pd.DataFrame, width: int) -> list[alt.Chart]:
    """Dashed rules (or a band for a span) with labels at the top, stacked so that neighbours do not overlap."""
    rows = marks.reset_index(drop=True).copy()
    rows["line"] = rows.index % 3 * 15 + 6
    spans = rows[rows["until"].notna()] if "until" in rows else rows.iloc[:0]
    layers = []
    if not spans.empty:
        layers.append(alt.Chart(spans).mark_rect(color=GRID, opacity=0.7).encode(x="month:T", x2="until:T"))
    layers.append(alt.Chart(rows).mark_rule(strokeDash=[3, 3]).encode(x="month:T"))
    text = alt.Chart(rows).mark_text(align="left", dx=4, fontSize=11 if width > 500 else 10, color=MUTED)
    return [*layers, text.encode(x="month:T", y=alt.Y("line:Q", scale=None), text="label:N")]


def fit(chart: alt.TopLevelMixin, width: int, height: int) -> alt.TopLevelMixin:
    """The chart at an outer width: axes, legend and padding included."""
    return chart.properties(
        width=width - 4, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
