"""The house theme: colours that follow the page into dark mode, one look per route, one config for every chart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import altair as alt


def _colour(name: str, light: str) -> str:
    """A colour that the page can change (dark mode, print), with its light value as fallback."""
    return f"var(--chart-{name}, {light})"


INK = _colour("ink", "#22303c")
MUTED = _colour("muted", "#5b6873")
GRID = _colour("grid", "#dfe4e8")
SHADE = _colour("shade", "#e9eef2")
LAND = _colour("land", "#e3e0d8")
COAST = _colour("coast", "#b9b4a6")
# Okabe and Ito's colours, safe for the common kinds of colour blindness; dark values in the style sheet.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY = (
    _colour(name, light)
    for name, light in [
        ("blue", "#0072b2"),
        ("vermillion", "#c74e00"),
        ("green", "#008060"),
        ("purple", "#a85590"),
        ("orange", "#b87700"),
        ("grey", "#6f7a83"),
    ]
)
# One colour and one dash per route, the same in every figure of the book.
ROUTES = {
    "Central Mediterranean Route": (BLUE, [1, 0]),
    "Eastern Mediterranean Route": (VERMILLION, [1, 0]),
    "Western Mediterranean Route": (GREEN, [1, 0]),
    "Western African Route": (PURPLE, [6, 2]),
    "Western Balkan Route": (ORANGE, [2, 2]),
}


def route_colour(routes: Sequence[str]) -> alt.Scale:
    """The house colours of routes, in the order given."""
    return alt.Scale(domain=list(routes), range=[ROUTES[route][0] for route in routes])


def route_dash(routes: Sequence[str]) -> alt.Scale:
    """The house dashes of routes, so that lines differ without colour."""
    return alt.Scale(domain=list(routes), range=[ROUTES[route][1] for route in routes])


def route_legend(width: int) -> alt.Legend:
    """A legend of routes that fits the width: short names, in as many columns as there is room for."""
    name = "replace(datum.label, ' Route', '')"
    if width < 500:
        return alt.Legend(columns=2, labelExpr=f"replace({name}, 'Mediterranean', 'Med.')")
    return alt.Legend(columns=5, labelExpr=name, columnPadding=14)


def config() -> dict:
    """The Vega-Lite config of every figure."""
    font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
    text = {"labelColor": MUTED, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 500}
    return {
        "aria": False,  # the figure has one description of its own; marks read one by one are noise
        "background": None,
        "font": font,
        "axis": text | {"gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED, "labelOverlap": "greedy"},
        "axisY": {"domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "start",
                  "titleY": -10, "titleX": 0, "tickCount": 5},
        "axisX": {"grid": False},
        "legend": text
        | {"orient": "top", "direction": "horizontal", "title": None}
        | {"symbolStrokeWidth": 3, "symbolOpacity": 1, "labelLimit": 0, "offset": 24, "columnPadding": 18},
        "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "labelFontWeight": 600},
        "view": {"stroke": None},
        "line": {"strokeWidth": 2},
        "rule": {"color": MUTED},
        "text": {"color": INK, "fontSize": 12},
        "geoshape": {"fill": LAND, "stroke": COAST, "strokeWidth": 0.5},
        "point": {"filled": True},
    }  # fmt: skip


def plain_colours(text: str) -> str:
    """The light colours themselves, for programs that know no CSS variables."""
    return re.sub(r"var\(--chart-[a-z]+, (#[0-9a-f]{6})\)", r"\1", text)
