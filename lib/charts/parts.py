"""What the charts of the house have in common: colours, dated marks, labels at a line's end, keys, tooltips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.scales import Axis
from lib.charts.text import LINE, spread, text_width, wrap
from lib.charts.theme import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, ROUTES, SHADE, VERMILLION

PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, GREY)
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
EDGE = 8  # pixels free around a picture, for texts that a browser draws a little wider
PAD = 2 * EDGE + 2  # half a pixel at each side is Vega's, and text is measured without what rounding adds
LEADER, KEY, LANE = 14, 20, 17  # pixels: from a line's end to its label, height of a line of a key, of dated marks


def require(table: pd.DataFrame, *fields: str | None) -> None:
    """Raises `ValueError` that names the first field which `table` lacks, and the columns that it has."""
    for field in fields:
        if field is not None and field not in table.columns:
            raise ValueError(f"no field {field!r} in the table; it has {', '.join(map(str, table.columns))}")
    if table.empty:
        raise ValueError("the table has no rows")


def used(table: pd.DataFrame, *fields: str | None) -> pd.DataFrame:
    """The columns that a chart uses, each once."""
    return table[list(dict.fromkeys(field for field in fields if field))]


def in_order(values: pd.Series, order: Sequence[str] | None) -> list:
    """The values in the order given, or that of the table; raises `ValueError` for one that the order lacks."""
    found = list(dict.fromkeys(values.dropna()))
    if order is None:
        return found
    if missing := [str(value) for value in found if value not in set(order)]:
        raise ValueError(f"{', '.join(missing)}: not in the order that was given")
    return [value for value in order if value in set(found)]


def looks(names: Sequence[str], colours: Mapping[str, str] | None, subject: str | None) -> dict[str, str]:
    """A colour for each name: as given, a route's own, blue for the subject and grey for the rest, or the palette's."""
    if colours is not None:
        if missing := [str(name) for name in names if name not in colours]:
            raise ValueError(f"no colour for {', '.join(missing)}")
        return {name: colours[name] for name in names}
    if subject is not None:
        if subject not in names:
            raise ValueError(f"the subject {subject!r} is none of {', '.join(map(str, names))}")
        return {name: BLUE if name == subject else GREY for name in names}
    if set(names) <= set(ROUTES):
        return {name: ROUTES[name][0] for name in names}
    if len(names) > len(PALETTE):
        raise ValueError(f"{len(names)} series are more than colours tell apart; name a subject or give colours")
    return dict(zip(names, PALETTE, strict=False))


def shortened(names: Sequence[str], width: int) -> dict[str, str]:
    """Names as a picture has them: routes without the word, and on a phone without most of Mediterranean."""
    if not names or not set(names) <= set(ROUTES):
        return {name: str(name) for name in names}
    short = {name: name.removesuffix(" Route") for name in names}
    return short if width >= 500 else {name: said.replace("Mediterranean", "Med.") for name, said in short.items()}


def pixel(kind: type, field: str) -> object:
    """A channel whose field holds pixels, or a colour or shape as it is meant."""
    if kind in (alt.X, alt.Y):
        return kind(f"{field}:Q", scale=None, axis=None)
    return kind(f"{field}:N", scale=None, legend=None)


def ends(field: str) -> object:
    """The second end of a mark in pixels."""
    return f"{field}:Q"


def tips(table: pd.DataFrame, fields: Sequence[str | None], number: str = ",") -> list[alt.Tooltip]:
    """A tooltip of these fields: numbers in the house's form, months as `January 2023`.

    A field that is missing in some rows is left out, since Vega would say "null" there; the figure's table has it.
    """
    shown = []
    for field in dict.fromkeys(field for field in fields if field and table[field].notna().all()):
        if pd.api.types.is_datetime64_any_dtype(table[field]):
            shown.append(alt.Tooltip(f"{field}:T", format="%B %Y"))
        elif pd.api.types.is_numeric_dtype(table[field]) and not pd.api.types.is_bool_dtype(table[field]):
            years = table[field].dropna().between(1900, 2100).all() and (table[field].dropna() % 1 == 0).all()
            shown.append(alt.Tooltip(f"{field}:Q", format="d" if years and field in ("year", "years") else number))
        else:
            shown.append(alt.Tooltip(f"{field}:N"))
    return shown


def texts(
    rows: pd.DataFrame,
    align: str = "left",
    bold: bool = False,
    muted: bool = False,
    tooltip: Sequence[alt.Tooltip] = (),
) -> alt.Chart:
    """Texts at pixels: columns x, y (the middle of the first line) and text, whose lines are parted by line breaks.

    With a `tooltip`, whose fields are columns too, a text that lies on a mark says what the mark does.
    """
    mark = {"align": align, "baseline": "middle", "lineBreak": "\n", "lineHeight": LINE, "fontSize": 12}
    weight = {"fontWeight": 600} if bold else {}
    return (
        alt.Chart(rows if tooltip else rows[["x", "y", "text"]])
        .mark_text(color=MUTED if muted else INK, **mark, **weight)
        .encode(x=pixel(alt.X, "x"), y=pixel(alt.Y, "y"), text="text:N", **({"tooltip": tooltip} if tooltip else {}))
    )


def end_labels(rows: pd.DataFrame, length: float, height: float, room: float) -> list[alt.Chart]:
    """Labels at the right of a plot, apart from each other, each with a line in its colour to where its series ends.

    `rows` has name, at (the wished height in pixels) and colour; `length` and `height` are those of the plot, `room`
    is what a label may take of the width.
    """
    lines = [wrap(str(name), room) for name in rows["name"]]
    placed = spread(rows["at"], [_tall(one) for one in lines], -LINE / 2, height + LINE / 2)
    drawn = rows.assign(
        x=length + LEADER + 4, y=placed - [LINE * (len(one) - 1) / 2 for one in lines], begin=length + 2.0,
        end=length + float(LEADER), to=placed, text=["\n".join(one) for one in lines],
    )  # fmt: skip
    leaders = (
        alt.Chart(drawn[["begin", "end", "at", "to", "colour"]])
        .mark_rule(strokeWidth=2)
        .encode(
            x=pixel(alt.X, "begin"), x2=ends("end"), y=pixel(alt.Y, "at"), y2=ends("to"),
            color=pixel(alt.Color, "colour"),
        )
    )  # fmt: skip
    return [leaders, texts(drawn)]


def label_height(names: Sequence[str], room: float) -> float:
    """The least height of a plot at whose right all these labels have room."""
    return sum(_tall(wrap(str(name), room)) for name in names) - LINE


def _tall(lines: Sequence[str]) -> float:
    return LINE * len(lines) + 2


def label_room(names: Sequence[str], width: int) -> tuple[float, float]:
    """What the labels at the right may take of an outer width, and what they need with the line that leads to them."""
    most = min(190.0, 0.3 * width)
    if not names:
        return most, 0.0
    needed = max(text_width(line) for name in names for line in wrap(str(name), most))
    return most, needed + LEADER + 4


def key(
    entries: Sequence[tuple[str, str, str]], length: float, head: float, wished: Sequence[float] | None = None
) -> list[alt.Chart]:
    """Names with their sign above a plot, and above the `head` that is taken already.

    `entries` are name, colour and shape. They stand near the pixels wished for where all fit in one line, or else in
    lines from the left.
    """
    sizes = np.array([text_width(name) + 34 for name, _, _ in entries])
    if wished is not None and sizes.sum() <= length + 18:
        x, line = spread(np.asarray(wished), sizes, 0, length + 18) - sizes / 2, np.zeros(len(sizes))
    else:
        x, line = _flow(sizes, length + 18)
    rows = pd.DataFrame({
        "x": x + 14, "at": x + 5, "y": KEY * (line - line.max() - 0.5) - 4 - head, "text": [one[0] for one in entries],
        "colour": [one[1] for one in entries], "shape": [one[2] for one in entries],
    })  # fmt: skip
    signs = (
        alt.Chart(rows[["at", "y", "colour", "shape"]])
        .mark_point(size=80, opacity=1, strokeWidth=2)
        .encode(
            x=pixel(alt.X, "at"), y=pixel(alt.Y, "y"), fill=pixel(alt.Fill, "colour"),
            stroke=pixel(alt.Stroke, "colour"), shape=pixel(alt.Shape, "shape"),
        )
    )  # fmt: skip
    return [signs, texts(rows)]


def _flow(sizes: np.ndarray, room: float) -> tuple[np.ndarray, np.ndarray]:
    """Where things of these sizes begin, and in which line, one after the other from the left."""
    x, line, right, row = np.zeros(len(sizes)), np.zeros(len(sizes)), 0.0, 0
    for place, size in enumerate(sizes):
        if right and right + size > room:
            right, row = 0.0, row + 1
        x[place], line[place], right = right, row, right + size
    return x, line


def dated(
    x: Axis,
    length: float,
    height: float,
    marks: pd.DataFrame | None,
    shades: Sequence[tuple],
    field: str,
    reach: float,
    above: float = 0,
) -> tuple[list[alt.Chart], float]:
    """Shaded periods, and vertical rules with their labels above the plot, in as many lanes as keep them apart.

    `marks` has the field of the axis and `label`; `shades` are begin, end and label (which may be empty); `reach` is
    how far labels may go to the right, `above` what is taken above the plot. Returns the layers and the height that
    their labels take.
    """
    said = [(begin, label, False) for begin, _, label in shades if label]
    if marks is not None:
        require(marks, field, "label")
        said += [(row[field], row["label"], True) for _, row in marks.iterrows()]
    layers = []
    if shades:
        begin, end = (x.pixels(pd.Series([_moment(x, shade[place]) for shade in shades]), length) for place in (0, 1))
        layers.append(
            alt.Chart(pd.DataFrame({"begin": begin, "end": end}))
            .mark_rect(color=SHADE)
            .encode(x=pixel(alt.X, "begin"), x2=ends("end"), y=alt.value(0), y2=alt.value(height))
        )
    if not said:
        return layers, 0.0
    at = x.pixels(pd.Series([_moment(x, one[0]) for one in said]), length)
    rows = pd.DataFrame({"at": at, "text": [one[1] for one in said], "rule": [one[2] for one in said]})
    rows = _lanes(rows.sort_values("at", kind="stable", ignore_index=True), reach)
    rows["y"] = -4 - above - LANE * (rows["lane"] + 0.5)
    covered = rows["x"] < rows["at"] - 4  # a label wider than the plot stands over its rule
    covered &= rows["x"] + rows["size"] > rows["at"]
    rules = rows.assign(top=rows["y"] + np.where(covered, LANE / 2, -LANE / 2), bottom=height)[rows["rule"]]
    rules = rules.assign(top=rules["top"].where(rules["text"] != "", 0.0))
    if not rules.empty:
        layers.append(
            alt.Chart(rules[["at", "top", "bottom"]])
            .mark_rule(strokeDash=[3, 3])
            .encode(x=pixel(alt.X, "at"), y=pixel(alt.Y, "top"), y2=ends("bottom"))
        )
    named = rows[rows["text"] != ""]
    if not named.empty:
        layers.append(texts(named, muted=True))
    return layers, LANE * (named["lane"].max() + 1) if len(named) else 0.0


def _lanes(rows: pd.DataFrame, reach: float) -> pd.DataFrame:
    """The labels beside their rules, left of it where the right has no room, in lanes where nothing crosses a label."""
    size = rows["text"].map(text_width)
    right = rows["at"] + 5 + size <= reach
    x = (rows["at"] + 5).where(right, (rows["at"] - 5 - size).clip(lower=0))
    lanes: dict[int, int] = {}

    def through(rule: int, label: int) -> bool:
        """Whether a rule would cross a label on its way up to a higher lane."""
        return rows.at[rule, "rule"] and x[label] < rows.at[rule, "at"] < x[label] + size[label]

    def free(one: int, lane: int, rules: bool) -> bool:
        """Whether no label is met there, and, if asked, no rule crosses a label on its way up."""
        for other, its in lanes.items():
            if its == lane and x[one] - 10 < x[other] + size[other] and x[other] - 10 < x[one] + size[one]:
                return False
            if rules and ((lane > its and through(one, other)) or (its > lane and through(other, one))):
                return False
        return True

    for one in [*rows.index[right][::-1], *rows.index[~right]]:
        most = range(len(rows))
        clear = [lane for lane in most if free(one, lane, True)] or [lane for lane in most if free(one, lane, False)]
        lanes[one] = clear[0]
    return rows.assign(x=x, size=size, lane=pd.Series(lanes))


def _moment(x: Axis, value: object) -> object:
    return pd.Timestamp(value) if x.kind == "time" else value


def numbers(at: Mapping[float, str] | None) -> pd.Series:
    """Where rules are, as numbers."""
    return pd.Series([float(level) for level in at or {}], dtype=float)


def levels(
    at: Mapping[float, str], y: Axis, length: float, height: float
) -> tuple[list[alt.Chart], list[tuple[str, float, str]]]:
    """Dashed horizontal rules, and their labels as entries of the labels at the right: name, pixel and colour."""
    if not at:
        return [], []
    pixels = height - y.pixels(numbers(at), height)
    rules = (
        alt.Chart(pd.DataFrame({"y": pixels, "begin": 0.0, "end": length}))
        .mark_rule(strokeDash=[2, 3])
        .encode(x=pixel(alt.X, "begin"), x2=ends("end"), y=pixel(alt.Y, "y"))
    )
    return [rules], [(name, place, MUTED) for name, place in zip(at.values(), pixels, strict=True) if name]


def finished(layers: Sequence[alt.Chart], length: float, height: float) -> alt.LayerChart:
    """The layers as a chart whose plot has this length and height."""
    return alt.layer(*layers).properties(width=length, height=height, padding=EDGE)
