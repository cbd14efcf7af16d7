"""Dots with intervals, one row for each thing: estimates, bounds, pairs, and a value among many of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.controls import Control, filtered, steered
from lib.charts.parts import SHAPES, dated, ends, finished, in_order, key, looks, pixel, require, tips, used
from lib.charts.rows import rows as rows_of
from lib.charts.scales import Axis, Tick, axis
from lib.charts.theme import BLUE, GREY

TICK = "M0,-1L0,1"  # the sign of one of the many, in a key


def dots(
    table: pd.DataFrame,
    width: int,
    *,
    y: str,
    x: str,
    low: str | None = None,
    high: str | None = None,
    series: str | None = None,
    rows: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    subject: str | None = None,
    colours: Mapping[str, str] | None = None,
    text: str | None = None,
    at: Mapping[Tick, str] | None = None,
    cloud: pd.DataFrame | None = None,
    cloud_name: str = "",
    joined: bool = False,
    dodge: bool = False,
    x_title: str = "",
    number: str = ",",
    domain: Sequence[Tick] | None = None,
    ticks: Sequence[Tick] | None = None,
    log: bool = False,
    tooltip: Sequence[str] = (),
    controls: Sequence[Control] = (),
) -> alt.LayerChart:
    """A row for each value of `y`, with a dot at `x` and a bar from `low` to `high`; a row without `x` is a bar alone.

    `series` differ by colour and shape and are named above; they share the middle of a row unless `dodge`, and
    `joined` draws a line between them. `subject` is a series, or without series a row, in blue while the rest is grey.
    `text` is a field whose words stand at the end of a row; `at` are vertical rules with a name; `cloud`, with the
    fields of `x` and `y`, is a tick for each of the many that a dot is to be seen among, named `cloud_name`. A bar
    without end (infinite) ends in an arrow. Raises `ValueError` for a field that the table lacks.
    """
    require(table, y, x, low, high, series, text, *tooltip)
    names, found = in_order(table[y], rows), in_order(table[series], order) if series else []
    look = looks(found or names, colours, subject) if series or subject or colours else dict.fromkeys(names, BLUE)
    shapes = dict(zip(found, SHAPES, strict=False))
    bounds = [field for field in (x, low, high) if field]
    many = [] if cloud is None else [cloud[x]]
    rules = [pd.Series(list(at), dtype=table[x].dtype)] if at else []
    values = pd.concat([*(_finite(table[field]) for field in bounds), *many, *rules])
    across = axis(values, number=number, domain=domain, ticks=ticks, log=log, count=7)
    outside = across.overhang()
    said = [table.loc[table[y] == name, text].iloc[0] for name in names] if text else []
    size = 14.0 * len(found) if dodge else 16.0
    labels = [str(name) for name in names]
    placed = rows_of(labels, width, right=outside, mark=size, said=said, overhang=outside)
    middle = dict(zip(names, placed.middles, strict=True))
    shift = {name: (place - (len(found) - 1) / 2) * 14 if dodge else 0 for place, name in enumerate(found)}
    by = [control.field for control in controls]
    drawn = used(table[table[y].isin(names)], y, *bounds, series, text, *tooltip, *by)
    drawn = drawn.assign(
        row=drawn[y].map(middle) + (drawn[series].map(shift) if series else 0),
        colour=drawn[series or y].map(look), shape=drawn[series].map(shapes) if series else "circle",
    )  # fmt: skip
    marks = pd.DataFrame({x: list(at), "label": list(at.values())}) if at else None
    layers, head = dated(across, placed.length, placed.height, marks, (), x, placed.length + outside)
    layers += _key(drawn, names, found, look, across, x, y, series, cloud_name, placed.length, head)
    layers += _cloud(cloud, across, x, y, middle, placed.length)
    channel = across.x(x, placed.length, x_title, grid=not placed.above)
    drawn = _ended(drawn, across, low, high)
    base = filtered(alt.Chart(drawn), controls).encode(y=pixel(alt.Y, "row"), color=pixel(alt.Color, "colour"))
    tip = tips(table, [y, series, *bounds, text, *tooltip], number)
    if low and high:
        ranged = base.transform_filter(f"isValid(datum[{low!r}])").mark_rule(strokeWidth=5, opacity=0.4)
        layers.append(ranged.encode(x=_same(channel, low), x2=f"{high}:{_kind(across)}", tooltip=tip))
        if "arrow" in drawn:
            arrow = base.transform_filter("datum.arrow").mark_point(shape="triangle-right", size=90, opacity=1)
            layers.append(arrow.encode(x=_same(channel, high)))
    if joined:
        layers.append(_joined(drawn, x, y, channel, across, controls))
    layers += [
        base.transform_filter(f"isValid(datum[{x!r}])").mark_point(size=95, opacity=1).encode(
            x=channel, shape=pixel(alt.Shape, "shape"), tooltip=tip
        ),
        *placed.layers,
    ]  # fmt: skip
    return steered(finished(layers, placed.length, placed.height), controls)


def _key(
    drawn: pd.DataFrame, names: Sequence[str], found: Sequence[str], look: Mapping[str, str], across: Axis, x: str,
    y: str, series: str | None, cloud_name: str, length: float, head: float,
) -> list[alt.Chart]:  # fmt: skip
    """The names of the series, above their dots of the first row where each has one, and that of the many."""
    entries = [(str(name), look[name], SHAPES[place]) for place, name in enumerate(found)]
    if cloud_name:
        return key([*entries, (cloud_name, GREY, TICK)], length, head)
    if not entries:
        return []
    first = drawn[drawn[y] == names[0]].drop_duplicates(series).set_index(series)[x].reindex(found)
    return key(entries, length, head, None if first.isna().any() else across.pixels(first, length))


def _finite(values: pd.Series) -> pd.Series:
    return values.replace([np.inf, -np.inf], np.nan) if pd.api.types.is_numeric_dtype(values) else values


def _ended(drawn: pd.DataFrame, across: Axis, low: str | None, high: str | None) -> pd.DataFrame:
    """Bars without end go to the end of the axis, and have an arrow there."""
    if not low or not high or not pd.api.types.is_numeric_dtype(drawn[high]) or not np.isinf(drawn[high]).any():
        return drawn
    return drawn.assign(arrow=np.isinf(drawn[high]), **{high: drawn[high].replace(np.inf, across.high)})


def _kind(across: Axis) -> str:
    return "T" if across.kind == "time" else "Q"


def _same(channel: alt.X, field: str) -> alt.X:
    """The channel of another field on the same axis."""
    return alt.X(f"{field}:{channel.shorthand[-1]}")


def _cloud(cloud: pd.DataFrame | None, across: Axis, x: str, y: str, middle: Mapping, length: float) -> list[alt.Chart]:
    if cloud is None:
        return []
    require(cloud, x, y)
    many = cloud[cloud[y].isin(list(middle))]
    at = many[y].map(middle)
    ticks = pd.DataFrame({"at": across.pixels(many[x], length), "top": at - 11, "bottom": at + 11}).dropna()
    return [
        alt.Chart(ticks)
        .mark_rule(color=GREY, opacity=0.35, strokeWidth=1)
        .encode(x=pixel(alt.X, "at"), y=pixel(alt.Y, "top"), y2=ends("bottom"))
    ]


def _joined(
    drawn: pd.DataFrame, x: str, y: str, channel: alt.X, across: Axis, controls: Sequence[Control]
) -> alt.Chart:
    by = [y, *(control.field for control in controls)]
    pair = drawn.groupby(by, sort=False).agg(begin=(x, "min"), end=(x, "max"), row=("row", "first")).reset_index()
    return (
        filtered(alt.Chart(pair), controls)
        .mark_rule(strokeWidth=2, color=GREY)
        .encode(x=_same(channel, "begin"), x2=f"end:{_kind(across)}", y=pixel(alt.Y, "row"))
    )
