"""The house theme: colours that follow the page into dark mode, one look per route, one config for every chart."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from lib.colours import LIGHT, variable

INK, MUTED, GRID, SHADE, LAND, COAST, BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY, SIMULATED = map(variable, LIGHT)
FONT = "Grip Sans, sans-serif"  # the book's own, see steps/book/typefaces.py
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


def route_legend(width: int) -> alt.Legend:
    """A legend of routes that fits the width: short names, in as many columns as there is room for."""
    name = "replace(datum.label, ' Route', '')"
    if width < 500:
        return alt.Legend(columns=2, labelExpr=f"replace({name}, 'Mediterranean', 'Med.')")
    return alt.Legend(columns=5, labelExpr=name, columnPadding=14)


def config() -> dict:
    """The Vega-Lite config of every figure."""
    text = {"labelColor": MUTED, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400}
    return {
        "aria": False,  # the figure has one description of its own; marks read one by one are noise
        "background": None,
        "font": FONT,
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
