"""Lines over months, years or numbers, with their names at their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from lib.charts.controls import Control, chosen, filtered, steered
from lib.charts.parts import (
    PAD,
    dated,
    end_labels,
    finished,
    in_order,
    label_height,
    label_room,
    levels,
    looks,
    numbers,
    require,
    shortened,
    tips,
    used,
)
from lib.charts.scales import Axis, Tick, axis
from lib.charts.text import wrap
from lib.charts.theme import BLUE, ROUTES


def lines(
    table: pd.DataFrame,
    width: int,
    *,
    x: str,
    y: str,
    series: str | None = None,
    order: Sequence[str] | None = None,
    subject: str | None = None,
    colours: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    unit: str = "",
    x_title: str = "",
    number: str = ",",
    x_number: str = "d",
    marks: pd.DataFrame | None = None,
    shades: Sequence[tuple[Tick, Tick, str]] = (),
    at: Mapping[float, str] | None = None,
    low: str | None = None,
    high: str | None = None,
    points: bool = False,
    zero: bool = True,
    log: bool = False,
    log_x: bool = False,
    domain: Sequence[float] | None = None,
    x_domain: Sequence[Tick] | None = None,
    ticks: Sequence[float] | None = None,
    x_ticks: Sequence[Tick] | None = None,
    height: int = 260,
    tooltip: Sequence[str] = (),
    controls: Sequence[Control] = (),
) -> alt.LayerChart:
    """A line for each value of `series`, named at its end; `x` holds months, years or other numbers.

    `subject` is drawn in blue and the rest in grey; `names` gives shorter names; `unit` stands above the axis.
    `marks` is a table of `x` and `label`, `shades` are begin, end and label of periods, `at` are levels with a name.
    With `low` and `high` there is an interval around each point. `number` is a format of D3 such as `,` or `.0%`.
    Raises `ValueError` for a field that the table lacks.
    """
    require(table, x, y, series, low, high, *tooltip)
    found = in_order(table[series], order) if series else []
    look = looks(found, colours, subject) if series else {}
    shown_as = shortened(found, width) | {name: short for name, short in (names or {}).items() if name in found}
    bounds = [field for field in (y, low, high) if field]
    values = pd.concat([*(table[field] for field in bounds), numbers(at)])
    down = axis(values, number=number, domain=domain, ticks=ticks, zero=zero and not log, log=log)
    across = axis(table[x], number=x_number, domain=x_domain or _ends(table[x]), ticks=x_ticks, log=log_x, count=8)
    labels = [*shown_as.values(), *filter(None, (at or {}).values())]
    room, right = label_room(labels, width)
    height = max(height, label_height(labels, room))
    left, right = down.widest() + 10, max(right, across.overhang())
    length = width - PAD - left - right
    head_lines = wrap(unit, width - PAD - left) if unit else []
    layers, head = dated(across, length, height, marks, shades, x, length + right)
    rules, level_names = levels(at or {}, down, length, height)
    drawn = used(table, x, *bounds, series, *tooltip, *(control.field for control in controls))
    base = filtered(alt.Chart(drawn), controls).encode(
        x=across.x(x, length, x_title), y=down.y(y, head_lines, head),
        **({"color": _colour(series, look)} if series else {"color": alt.value(BLUE)}),
    )  # fmt: skip
    layers += [*rules, *_marks(base, series, found, low, high, points)]
    hover = base.mark_point(size=110, opacity=0).encode(tooltip=tips(drawn, [series, x, *bounds, *tooltip], number))
    layers.append(hover.properties(name="hover-points"))  # a line alone answers to no pointer
    for part, fields in chosen(table, controls):
        ended = _ended(part, x, y, series, shown_as, look, down, height)
        ended += level_names
        if ended:
            rows = pd.DataFrame(ended, columns=["name", "at", "colour"])
            layers += [_for(one, part, fields, controls) for one in end_labels(rows, length, height, room)]
    return steered(finished(layers, length, height), controls)


def _ends(values: pd.Series) -> list | None:
    known = values.dropna()
    return None if known.nunique() < 2 else [known.min(), known.max()]


def _colour(series: str, look: Mapping[str, str]) -> alt.Color:
    return alt.Color(f"{series}:N", scale=alt.Scale(domain=list(look), range=list(look.values())), legend=None)


def _marks(
    base: alt.Chart, series: str | None, found: Sequence[str], low: str | None, high: str | None, points: bool
) -> list[alt.Chart]:
    layers = []
    if low and high:
        ranged = base.mark_rule(strokeWidth=6, opacity=0.3) if points else base.mark_area(opacity=0.2, line=False)
        layers.append(ranged.encode(y=alt.Y(f"{low}:Q"), y2=f"{high}:Q"))
    drawn = base.mark_line(clip=True)
    if series and set(found) <= set(ROUTES):  # a route has one dash in all figures of the book
        dash = alt.Scale(domain=list(found), range=[ROUTES[name][1] for name in found])
        drawn = drawn.encode(strokeDash=alt.StrokeDash(f"{series}:N", scale=dash, legend=None))
    layers.append(drawn)
    if points:
        layers.append(base.mark_point(size=45, opacity=1))
    return layers


def _ended(
    part: pd.DataFrame, x: str, y: str, series: str | None, names: Mapping[str, str], look: Mapping[str, str],
    down: Axis, height: float,
) -> list[tuple[str, float, str]]:  # fmt: skip
    """Name, height in pixels and colour of the end of each line."""
    if series is None:
        return []
    last = part.dropna(subset=[y]).sort_values(x, kind="stable").groupby(series, sort=False)[y].last()
    pixels = height - down.pixels(last, height)
    return [(names[name], place, look[name]) for name, place in zip(last.index, pixels, strict=True)]


def _for(layer: alt.Chart, part: pd.DataFrame, fields: Sequence[str], controls: Sequence[Control]) -> alt.Chart:
    """A layer of labels that is there while the controls choose this part of the table."""
    if not fields:
        return layer
    layer.data = layer.data.assign(**{field: part[field].iloc[0] for field in fields})
    return filtered(layer, controls)
