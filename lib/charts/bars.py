"""Bars over periods: one for each, stacked, as shares, or beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.parts import (
    PAD,
    end_labels,
    ends,
    finished,
    in_order,
    key,
    label_height,
    label_room,
    levels,
    looks,
    numbers,
    pixel,
    require,
    shortened,
    texts,
    tips,
    used,
)
from lib.charts.scales import axis, number_text
from lib.charts.text import LINE, text_width, wrap
from lib.charts.theme import BLUE, GREY

SLOT, APART = 0.78, 6  # the part of a period that its bars take; pixels between the labels of two periods


def bars(
    table: pd.DataFrame,
    width: int,
    *,
    x: str,
    y: str,
    series: str | None = None,
    stack: Literal["sum", "share"] | None = "sum",
    periods: Sequence[object] | None = None,
    order: Sequence[str] | None = None,
    subject: object = None,
    colours: Mapping[str, str] | None = None,
    unit: str = "",
    number: str | None = None,
    values: bool = False,
    at: Mapping[float, str] | None = None,
    domain: Sequence[float] | None = None,
    height: int = 230,
    tooltip: Sequence[str] = (),
) -> alt.LayerChart:
    """Vertical bars for the periods in `x`, which are years or names.

    With `series` they are stacked (`stack` is `sum`, or `share` of the whole) and named at the right, or above where
    the last period lacks one; or they stand beside each other (`stack=None`) with a key above. `subject` is a series,
    or without series a period, in blue while the rest is grey. `values` writes each number above its bar where all fit.
    Years without a row keep their place.
    Raises `ValueError` for a field that the table lacks.
    """
    require(table, x, y, series, *tooltip)
    number = number or (".0%" if stack == "share" and series else ",")
    found = in_order(table[series], order) if series else []
    look = looks(found, colours, subject) if series else {}
    slots = _slots(table[x]) if periods is None else list(periods)
    rows = _placed(table, x, y, series, found, stack)
    rows["colour"] = (
        rows[series].map(look) if series else [BLUE if subject in (None, period) else GREY for period in rows[x]]
    )
    down = axis(pd.concat([rows["from"], rows["to"], numbers(at)]), number=number, domain=domain, zero=True)
    short = shortened(found, width)
    where = rows[x].map({slot: place for place, slot in enumerate(slots)})
    if where.isna().any():
        raise ValueError(f"{rows.loc[where.isna(), x].iloc[0]} is none of the periods")
    last = rows[where == where.max()]
    keyed = bool(series) and (not stack or set(last[series]) < set(found))
    named = [] if keyed else list(short.values())
    level_names = list(filter(None, (at or {}).values()))
    room, right = label_room([*named, *level_names], width)
    height = max(height, label_height([*named, *level_names], room))
    left = down.widest() + 10
    right = max(right, _overhang(slots, width - PAD - left))
    length = width - PAD - left - right
    step = length / len(slots)
    beside = len(found) if series and not stack else 1
    size = step * SLOT / beside
    rows["left"] = where * step + step * (1 - SLOT) / 2 + (rows["place"] * size if beside > 1 else 0)
    rows["right"] = rows["left"] + size - (1 if beside > 1 else 0)
    said_of = [number_text(value, "," if stack == "share" else number) for value in rows[y]]
    unit_lines = wrap(unit, width - PAD - left) if unit else []
    drawn = used(rows, x, y, series, *tooltip, "left", "right", "from", "to", "colour")
    layers = [
        alt.Chart(drawn).mark_rect().encode(
            x=pixel(alt.X, "left"), x2=ends("right"), y=down.y("from", unit_lines), y2="to:Q",
            color=pixel(alt.Color, "colour"), tooltip=tips(drawn, [x, series, y, *tooltip]),
        ),
        _periods(slots, step, height),
    ]  # fmt: skip
    rules, labels = levels(at or {}, down, length, height)
    layers += rules
    if values and (beside > 1 or not series) and max(map(text_width, said_of)) <= (size if beside > 1 else step) - 4:
        top = height - down.pixels(rows["to"], height)
        above = pd.DataFrame({"x": rows["left"] + size / 2, "y": top - 8, "text": said_of})
        layers.append(texts(above, align="center"))
    if named:
        middles = height - down.pixels((last["from"] + last["to"]) / 2, height)
        labels += [(short[name], place, look[name]) for name, place in zip(last[series], middles, strict=True)]
    if labels:
        layers += end_labels(pd.DataFrame(labels, columns=["name", "at", "colour"]), length, height, room)
    if keyed:
        signs = [(short[name], look[name], "square") for name in found]
        layers += key(signs, length, 10.0 + LINE * len(unit_lines) if unit_lines else 4.0)
    return finished(layers, length, height)


def _slots(periods: pd.Series) -> list:
    found = sorted(periods.dropna().unique())
    whole = all(isinstance(period, int | np.integer) for period in found)
    return list(range(int(found[0]), int(found[-1]) + 1)) if whole else found


def _placed(
    table: pd.DataFrame, x: str, y: str, series: str | None, found: Sequence[str], stack: str | None
) -> pd.DataFrame:
    """The rows with the ends of their bars, `from` and `to`, and the place of their series."""
    place = table[series].map({name: at for at, name in enumerate(found)}) if series else 0
    rows = table.assign(place=place).dropna(subset=[y]).sort_values([x, "place"], kind="stable", ignore_index=True)
    if not series or not stack:
        return rows.assign(**{"from": 0.0, "to": rows[y].astype(float)})
    part = rows[y] / rows.groupby(x)[y].transform("sum") if stack == "share" else rows[y].astype(float)
    to = part.groupby(rows[x]).cumsum()
    return rows.assign(**{"from": to - part, "to": to})


def _overhang(slots: Sequence[object], room: float) -> float:
    """What is left free at the right of a room for bars, since the name of the last is wider than its place."""
    count, last = len(slots), text_width(str(slots[-1]))
    return (count * last - room) / (2 * count - 1)  # then half of the name is half of a place, and this


def _periods(slots: Sequence[object], step: float, height: float) -> alt.Chart:
    """The names of the periods beneath the plot: all of them, or every second, fifth or tenth."""
    widest = max(text_width(str(slot)) for slot in slots) + APART
    every = next((skip for skip in (1, 2, 3, 5, 10) if step * skip >= widest), len(slots))
    places = np.arange((len(slots) - 1) % every, len(slots), every)
    names = [str(slots[place]) for place in places]
    return texts(
        pd.DataFrame({"x": (places + 0.5) * step, "y": height + 13.0, "text": names}), align="center", muted=True
    )
