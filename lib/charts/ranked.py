"""Horizontal bars with their value at the end: ranked, beside each other, or the parts of a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import altair as alt
import pandas as pd

from lib.charts.controls import Control, filtered, steered
from lib.charts.parts import (
    dated,
    ends,
    finished,
    in_order,
    key,
    looks,
    numbers,
    pixel,
    require,
    shortened,
    texts,
    tips,
    used,
)
from lib.charts.rows import rows as rows_of
from lib.charts.scales import Axis, axis, number_text
from lib.charts.text import text_width
from lib.charts.theme import BLUE, INK

BAR = 15  # pixels, the height of a bar


def ranked(
    table: pd.DataFrame,
    width: int,
    *,
    y: str,
    x: str,
    series: str | None = None,
    stack: Literal["sum", "share"] | None = None,
    rows: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    subject: str | None = None,
    colours: Mapping[str, str] | None = None,
    text: str | None = None,
    low: str | None = None,
    high: str | None = None,
    at: Mapping[float, str] | None = None,
    number: str | None = None,
    x_title: str = "",
    domain: Sequence[float] | None = None,
    shown_axis: bool = False,
    tooltip: Sequence[str] = (),
    controls: Sequence[Control] = (),
) -> alt.LayerChart:
    """A bar for each value of `y`, the longest first unless `rows` says another order, with its value at its end.

    `series` stand beside each other in a row that has several, or make it up (`stack`, as a `sum` or as the `share`
    of the whole), and are named above. `subject` is a series, or without series a row, in blue while the rest is grey.
    `text` is a field that is written instead of the value; `low` and `high` are the ends of an interval; `at` are
    rules with a name.
    Values stand at the bars, so that an axis is only drawn when asked for, or for shares. Raises `ValueError` for a
    field that the table lacks.
    """
    require(table, y, x, series, text, low, high, *tooltip)
    number = number or (".0%" if stack == "share" else ",")
    found = in_order(table[series], order) if series else []
    names = in_order(table[y], rows) if rows is not None else _by_size(table, y, x, stack)
    look = looks(found or names, colours, subject) if series or subject or colours else dict.fromkeys(names, BLUE)
    drawn = _placed(table[table[x].notna()], y, x, series, found, stack)
    extent = [drawn["from"], drawn["to"], *(table[one] for one in (low, high) if one), numbers(at)]
    across = axis(pd.concat(extent), number=number, domain=domain, zero=True, count=6)
    drawn["said"] = drawn[text].astype(str) if text else [number_text(value, number) for value in drawn[x]]
    words = 0.0 if stack else max(map(text_width, drawn["said"])) + 6
    negative = not stack and (drawn[x] < 0).any()
    by = [control.field for control in controls]
    beside = len(found) if series and not stack and table.duplicated([y, *by]).any() else 1
    outside = across.overhang() if stack or shown_axis else 0.0
    labels = list(shortened(names, width).values())
    layout = {"mark": float(BAR * beside), "overhang": words if negative else outside}
    placed = rows_of(labels, width, right=outside, **layout)
    if not stack:
        placed = rows_of(labels, width, right=max(outside, _room(drawn, across, placed.length, high)), **layout)
    if negative:
        across = _widened(across, drawn, placed.length)
    middle = dict(zip(names, placed.middles, strict=True))
    drawn["middle"] = drawn[y].map(middle) + ((drawn["place"] - (beside - 1) / 2) * BAR if beside > 1 else 0)
    drawn["top"], drawn["bottom"] = drawn["middle"] - BAR / 2 + 0.5, drawn["middle"] + BAR / 2 - 0.5
    drawn["colour"] = drawn[series or y].map(look)
    marks = pd.DataFrame({x: list(at), "label": list(at.values())}) if at else None
    rules, head = dated(across, placed.length, placed.height, marks, (), x, placed.length)
    layers = []
    if series:
        signs = [(short, look[name], "square") for name, short in shortened(found, width).items()]
        wished = _wished(drawn, names, y, series, found, across, placed.length) if stack else None
        layers += key(signs, placed.length, head, wished)
    channel = across.x("from", placed.length, x_title, grid=(shown_axis or bool(stack)) and not placed.above)
    if not (shown_axis or stack):
        channel.axis = None
    fields = [y, series, x, low, high, text, *tooltip, *by]
    base = filtered(alt.Chart(used(drawn, *fields, "from", "to", "top", "bottom", "middle", "colour")), controls)
    tip = tips(table, fields, "," if stack == "share" else number)
    layers.append(base.mark_rect().encode(
        x=channel, x2="to:Q", y=pixel(alt.Y, "top"), y2=ends("bottom"), color=pixel(alt.Color, "colour"), tooltip=tip
    ))  # fmt: skip
    if low and high:
        ranged = base.mark_rule(strokeWidth=2, color=INK)
        layers.append(ranged.encode(x=alt.X(f"{low}:Q"), x2=f"{high}:Q", y=pixel(alt.Y, "middle")))
    if not stack:
        layers += _values(drawn, across, placed.length, x, high, controls)
    return steered(finished([*layers, *rules, *placed.layers], placed.length, placed.height), controls)


def _by_size(table: pd.DataFrame, y: str, x: str, stack: str | None) -> list:
    sizes = table.groupby(y, sort=False)[x].agg("sum" if stack == "sum" else "max")
    return sizes.sort_values(ascending=False, kind="stable", na_position="last").index.tolist()


def _placed(
    table: pd.DataFrame, y: str, x: str, series: str | None, found: Sequence[str], stack: str | None
) -> pd.DataFrame:
    """The rows with the ends of their bars, `from` and `to`, and the place of their series."""
    place = table[series].map({name: at for at, name in enumerate(found)}) if series else 0
    drawn = table.assign(place=place).sort_values("place", kind="stable", ignore_index=True)
    if not stack:
        return drawn.assign(**{"from": 0.0, "to": drawn[x].astype(float)})
    part = drawn[x] / drawn.groupby(y)[x].transform("sum") if stack == "share" else drawn[x].astype(float)
    to = part.groupby(drawn[y]).cumsum()
    return drawn.assign(**{"from": to - part, "to": to})


def _wished(
    drawn: pd.DataFrame, names: Sequence[str], y: str, series: str, found: Sequence[str], across: Axis, length: float
) -> list[float]:
    """Where the names of the parts should stand: above their parts of the first row."""
    first = drawn[drawn[y] == names[0]].set_index(series)
    return list(across.pixels(((first["from"] + first["to"]) / 2).reindex(found).fillna(across.high), length))


def _room(drawn: pd.DataFrame, across: Axis, length: float, high: str | None) -> float:
    """What the values at the ends of the bars need at the right of a plot that has this length without them."""
    parts = across.pixels(drawn[["to", high]].max(axis=1) if high else drawn["to"], 1.0)
    words = [text_width(text) + 6 for text in drawn["said"]]
    return length - min(length, *((length - word) / max(part, 0.01) for part, word in zip(parts, words, strict=True)))


def _widened(across: Axis, drawn: pd.DataFrame, length: float) -> Axis:
    """The axis with room at its low end for the values left of the bars that go down, so that no name is met."""
    down = drawn[drawn["to"] < 0]
    words = [text_width(text) + 6 for text in down["said"]]
    out = max(word - at for word, at in zip(words, across.pixels(down["to"], length), strict=True))
    wider = max(0.0, out) / (length - max(0.0, out))
    return replace(across, low=across.low - wider * (across.high - across.low))


def _values(
    drawn: pd.DataFrame, across: Axis, length: float, x: str, high: str | None, controls: Sequence[Control]
) -> list[alt.Chart]:
    """The values at the ends of the bars: right of them, or left of those that go down."""
    end = drawn[[x, high]].max(axis=1) if high else drawn[x]
    at, layers = across.pixels(end, length), []
    for align, shift, those in (("left", 5, drawn[x] >= 0), ("right", -5, drawn[x] < 0)):
        if those.any():
            fields = [control.field for control in controls]
            made = pd.DataFrame({"x": at + shift, "y": drawn["middle"], "text": drawn["said"]})[those]
            layer = texts(made, align=align)
            layer.data = made.join(drawn[fields])
            layers.append(filtered(layer, controls))
    return layers
