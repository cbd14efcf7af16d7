"""Events in time, each with its name: points where the day or month is known, bars where only the year is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import altair as alt
import pandas as pd

from lib.charts.parts import PAD, ends, finished, key, pixel, require, texts, used
from lib.charts.scales import Axis, axis
from lib.charts.text import text_width, wrap
from lib.charts.theme import GRID

MARK, ROW, BLOCK = 6, 16, 10  # pixels: half of a point, the height of a row, what is between two lanes
CLOSE, APART = 4, 10  # pixels from a mark to its name, and at the least to what comes next in its row


def spans(events: pd.DataFrame) -> pd.DataFrame:
    """`events` with the first and the last day that their dates allow: columns begin, end and middle.

    `events` has `date` (YYYY, YYYY-MM or YYYY-MM-DD) and `precision` (year, month, day), which must agree; raises
    `ValueError` with the first that does not.
    """
    parts = events["date"].str.count("-").map({0: "year", 1: "month", 2: "day"})
    if (wrong := parts != events["precision"]).any():
        first = events[wrong].iloc[0]
        raise ValueError(f"date {first['date']!r} is not as precise as {first['precision']!r}")
    begin = pd.to_datetime(events["date"], format="ISO8601")
    ends = {"year": pd.offsets.YearEnd(0), "month": pd.offsets.MonthEnd(0), "day": pd.Timedelta(0)}
    end = pd.Series([at + ends[precision] for at, precision in zip(begin, parts, strict=True)], index=events.index)
    return events.assign(begin=begin, end=end, middle=begin + (end - begin) / 2)


def timeline(
    events: pd.DataFrame,
    width: int,
    *,
    lane: str,
    lanes: Sequence[str],
    kind: str,
    kinds: Mapping[str, tuple[str, str]],
    since: str,
    until: str,
    text: str = "label",
) -> alt.LayerChart:
    """Events by lane, in as many rows as keep marks and names apart: a bar over a year, a point in a month or on a day.

    `events` is what `spans` returns, with the field `text` that names each; `kinds` maps a kind to its colour and the
    shape of its point. Only what lies between `since` and `until` is drawn; lanes without an event fall away. The
    names of lanes stand left of them, on a phone above. Raises `ValueError` for a field that the table lacks.
    """
    require(events, lane, kind, text, "begin", "end", "middle", "precision", "date")
    shown = events[(events["end"] >= since) & (events["begin"] <= until) & events[lane].isin(list(lanes))]
    require(shown, lane)
    across = axis(shown["middle"], domain=(since, until))
    named = [name for name in lanes if name in set(shown[lane])]
    beside = width >= 500
    left = max(text_width(name, bold=True) for name in named) + APART if beside else across.overhang()
    length = width - PAD - left - across.overhang()
    placed, top = [], 0.0
    for name in named:
        rows = _rows(_extents(shown[shown[lane] == name], across, length, text))
        first = top + (0 if beside else ROW)
        placed.append(rows.assign(y=first + ROW * (rows["row"] + 0.5), top=top))
        top = first + ROW * (rows["row"] + rows["tall"]).max() + BLOCK
    drawn = pd.concat(placed, ignore_index=True)
    drawn["colour"], drawn["shape"] = zip(*drawn[kind].map(kinds), strict=True)
    fields = (text, "date", kind, "precision", "middle", "left", "right", "y", "colour", "shape")
    base = alt.Chart(used(drawn, *fields)).encode(
        y=pixel(alt.Y, "y"), color=pixel(alt.Color, "colour"),
        tooltip=[alt.Tooltip(f"{text}:N", title="Event"), alt.Tooltip("date:N", title="Date"), f"{kind}:N"],
    )  # fmt: skip
    years = base.transform_filter("datum.precision == 'year'").mark_rule(strokeWidth=7, opacity=0.5)
    dated = base.transform_filter("datum.precision != 'year'").mark_point(size=95, opacity=1)
    names = drawn.drop_duplicates(lane).assign(x=-left if beside else 0, y=lambda rows: rows["top"] + ROW / 2)
    layers = [
        *key([(one, *kinds[one]) for one in kinds if one in set(drawn[kind])], length, BLOCK),
        _between(drawn["top"].unique()[1:] - BLOCK / 2, length),
        years.encode(x=pixel(alt.X, "left"), x2=ends("right")),
        dated.encode(x=across.x("middle", length, grid=beside), shape=pixel(alt.Shape, "shape")),
        texts(drawn.assign(x=drawn["said"], text=drawn["lines"].str.join("\n"))),
        texts(names.assign(text=names[lane]), bold=True),
    ]
    return finished(layers, length, top - BLOCK / 2)


def _extents(events: pd.DataFrame, across: Axis, length: float, text: str) -> pd.DataFrame:
    """Each mark's ends in pixels (left, right), its name (lines, tall), where that begins (said), and what both take.

    A name stands after its mark or, where that has no room, before it; where neither has, it has several lines.
    """
    year, reach = events["precision"] == "year", across.overhang()
    middle = pd.Series(across.pixels(events["middle"], length), events.index)
    left = pd.Series(across.pixels(events["begin"], length), events.index).where(year, middle - MARK)
    right = pd.Series(across.pixels(events["end"], length), events.index).where(year, middle + MARK)
    size = events[text].map(text_width)
    room_after, room_before = length + reach - right - CLOSE, left - CLOSE + reach
    after = (size <= room_after) | ((size > room_before) & (room_after >= room_before))
    lines = [wrap(name, room) for name, room in zip(events[text], room_after.where(after, room_before), strict=True)]
    size = pd.Series([max(map(text_width, one)) for one in lines], events.index)
    said = (right + CLOSE).where(after, left - CLOSE - size)
    return events.assign(
        left=left, right=right, said=said, lines=lines, tall=list(map(len, lines)), low=said.where(~after, left),
        high=(said + size).where(after, right),
    )  # fmt: skip


def _rows(events: pd.DataFrame) -> pd.DataFrame:
    """Each event with the first row from which on its mark and its name meet nothing."""
    taken: list[tuple[int, float, float]] = []
    rows = {}
    for index, low, high, tall in events.sort_values("begin", kind="stable")[["low", "high", "tall"]].itertuples():
        met = {row for row, start, end in taken if start < high + APART and low < end + APART}
        rows[index] = next(row for row in count() if met.isdisjoint(range(row, row + tall)))
        taken += [(row, low, high) for row in range(rows[index], rows[index] + tall)]
    return events.assign(row=pd.Series(rows))


def _between(heights: Sequence[float], length: float) -> alt.Chart:
    """Thin lines between lanes."""
    lines = pd.DataFrame({"y": heights, "begin": 0.0, "end": float(length)})
    return alt.Chart(lines).mark_rule(color=GRID).encode(x=pixel(alt.X, "begin"), x2=ends("end"), y=pixel(alt.Y, "y"))
