"""The house's charts: each a function of a tidy table, in one theme; `charts.figure` makes every figure of the book.

What a figure shows is computed in its chapter, and pictures of it are drawn by the build.
"""

from lib.charts.bars import bars
from lib.charts.contract import MIMETYPE, NARROW, WIDE, Figure, figure
from lib.charts.controls import menu, slider
from lib.charts.dots import dots
from lib.charts.fit import fit
from lib.charts.grid import matrix
from lib.charts.harvest import harvest
from lib.charts.heat import heat
from lib.charts.histogram import histogram
from lib.charts.lines import lines
from lib.charts.maps import incident_map, land, mercator
from lib.charts.multiples import small_multiples
from lib.charts.panels import panels
from lib.charts.ranked import ranked
from lib.charts.readout import readout
from lib.charts.theme import (
    BLUE,
    FONT,
    GREEN,
    GREY,
    GRID,
    INK,
    LAND,
    MUTED,
    ORANGE,
    PURPLE,
    ROUTES,
    SHADE,
    VERMILLION,
)
from lib.charts.theory_diagram import theory_diagram
from lib.charts.timeline import spans, timeline

__all__ = [
    "BLUE", "FONT", "GREEN", "GREY", "GRID", "INK", "LAND", "MIMETYPE", "MUTED", "NARROW", "ORANGE", "PURPLE",
    "ROUTES", "SHADE", "VERMILLION", "WIDE", "Figure", "bars", "dots", "figure", "fit", "harvest", "heat", "histogram",
    "incident_map", "land", "lines", "matrix", "menu", "mercator", "panels", "ranked", "readout", "slider",
    "small_multiples", "spans", "theory_diagram", "timeline",
]  # fmt: skip
