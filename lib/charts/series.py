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
        layers += _marks(marks, table["month"], width)
    lines = (
        alt.Chart(table)
        .mark_line(interpolate="linear")
        .encode(
            x=month,
            y=alt.Y(f"{value}:Q", title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(format="~s")),
            color=alt.Color("route:N", scale=route_colour(routes), legend=route_legend(width)),
            strokeDash=alt.StrokeDash("route:N", scale=route_dash(routes), legend=route_legend(width)),
        )
    )
    return fit(alt.layer(*layers, lines, hover(table, value)), width, height)


def hover(table: pd.DataFrame, value: str) -> alt.Chart:
    """A rule at the month nearest to the pointer, which names the values of all routes in that month."""
    wide = table.pivot(index="month", columns="route", values=value).reset_index()
    near = alt.selection_point(nearest=True, on="pointerover", fields=["month"], empty=False, clear="pointerout")
    routes = [route for route in ROUTES if route in wide]
    rules = alt.Chart(wide).mark_rule(color=INK).encode(
        x="month:T",
        opacity=alt.condition(near, alt.value(0.5), alt.value(0)),
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%B %Y"),
            *(alt.Tooltip(f"{route}:Q", title=route.removesuffix(" Route"), format=",.0f") for route in routes),
        ],
    )  # fmt: skip
    return rules.add_params(near).properties(name=f"hover-{value}")


def _marks(marks: pd.DataFrame, months: pd.Series, width: int) -> list[alt.Chart]:
    """Dashed rules (or a band for a span) with labels at the top, stacked so that neighbours do not overlap."""
    rows = marks.sort_values("month").reset_index(drop=True)
    rows["line"] = rows.index % 3 * 15 + 6
    layers = []
    if "until" in rows and rows["until"].notna().any():
        spans = rows[rows["until"].notna()]
        layers.append(alt.Chart(spans).mark_rect(color=GRID, opacity=0.7).encode(x="month:T", x2="until:T"))
    layers.append(alt.Chart(rows).mark_rule(strokeDash=[3, 3]).encode(x="month:T"))
    late = rows["month"] > months.min() + 0.5 * (months.max() - months.min())
    for side, align, shift in ((rows[~late], "left", 4), (rows[late], "right", -4)):  # labels stay inside the plot
        if not side.empty:
            text = alt.Chart(side).mark_text(align=align, dx=shift, fontSize=11 if width > 500 else 10, color=MUTED)
            layers.append(text.encode(x="month:T", y=alt.Y("line:Q", scale=None), text="label:N"))
    return layers


def fit(chart: alt.TopLevelMixin, width: int, height: int) -> alt.TopLevelMixin:
    """The chart at an outer width: axes, legend and padding included."""
    return chart.properties(
        width=width - 4, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
