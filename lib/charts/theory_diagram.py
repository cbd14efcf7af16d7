"""The theory of change as a drawing: boxes by level, and arrows that carry their state without colour."""

from __future__ import annotations

import textwrap

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.theme import GREEN, GREY, INK, MUTED, ORANGE, SHADE, VERMILLION
from lib.synthesis.theory import ARROW_STATES, LEVELS, LIMITED, NO_EFFECT, NOT_ASSESSABLE, SILENT, SUPPORTED, basis

# State -> colour, dash, width: each differs from all others in its dash or its width as well.
LINES = {
    SUPPORTED: (GREEN, [1, 0], 3.5),
    LIMITED: (ORANGE, [8, 4], 2.5),
    NO_EFFECT: (VERMILLION, [2, 4], 2.5),
    NOT_ASSESSABLE: (GREY, [10, 3, 2, 3], 1.5),
    SILENT: (GREY, [1, 6], 1.2),
}
LINE, PAD, GAP = 14, 16, 20  # pixels: a line of text, what a box adds to its text, between boxes
MARK, HEAD = 11, 9  # half of the sign that an arrow carries, and the room for its head
ENTRY = 0.3  # on a phone: the upper part of a box's side, where arrows come in


def theory_diagram(boxes: pd.DataFrame, arrows: pd.DataFrame, width: int) -> alt.LayerChart:
    """Boxes and arrows of one theory, laid out to an outer width.

    `boxes` and `arrows` are those of `lib.synthesis.theory.split`, the arrows with their states
    (`lib.synthesis.theory.states`). In the column of the book, levels stand side by side from input to impact; on a
    phone all boxes stand in one column and the arrows run beside it. The sign of an arrow is square where a claim
    behind it was tested and confirmed, round where it rests on the report's word alone.
    """
    arrows = arrows.rename(columns={"from": "source"})  # a word of Python's
    place, route = (_columns, _straight) if width > 500 else (_stack, _rails)
    placed = place(boxes, arrows, width)
    at = placed.set_index("id")
    lines, signs, heads = route(at, arrows, width)
    height = float(max(placed["bottom"].max(), lines["y"].max())) + 4
    across, down = alt.Scale(domain=[0, width], nice=False), alt.Scale(domain=[height, 0], nice=False)
    x, y = alt.X("x:Q", axis=None, scale=across), alt.Y("y:Q", axis=None, scale=down)
    colour = alt.Color("state:N", scale=_scale(0), legend=None)
    drawn = alt.Chart(lines).mark_line(interpolate="linear").encode(
        x=x, y=y, detail="arrow:N", order="order:Q", color=colour,
        strokeDash=alt.StrokeDash("state:N", scale=_scale(1), legend=None),
        size=alt.Size("thick:Q", scale=None),
    )  # fmt: skip
    tips = (
        alt.Chart(heads)
        .mark_point(shape="triangle-right", size=90, opacity=1)
        .encode(x=x, y=y, angle=alt.Angle("angle:Q", scale=None), color=colour)
    )
    said = {"from": "From", "to": "To", "assumption": "Assumption", "word": "State", "basis": "Rests on"}
    tooltip = [alt.Tooltip(f"{name}:N", title=title) for name, title in (said | {"section": "Section"}).items()]
    step = {"text": "Step", "name": "Level", "section": "Section"}
    shape = alt.Shape("tested:N", scale=alt.Scale(domain=[True, False], range=["square", "circle"]), legend=None)
    ring = (
        alt.Chart(signs)
        .mark_point(size=(2 * MARK) ** 2, fill=SHADE, strokeWidth=1.8, opacity=1)
        .encode(x=x, y=y, shape=shape, stroke=colour, tooltip=tooltip)
    )
    sign = (
        alt.Chart(signs)
        .mark_text(fontSize=13, fontWeight=700, color=INK)
        .encode(x=x, y=y, text="sign:N", tooltip=tooltip)
    )
    frame = (
        alt.Chart(placed)
        .mark_rect(fill=SHADE, stroke=MUTED, strokeWidth=1, cornerRadius=4)
        .encode(
            x=alt.X("left:Q", axis=None, scale=across),
            x2="right:Q",
            y=alt.Y("top:Q", axis=None, scale=down),
            y2="bottom:Q",
            tooltip=[alt.Tooltip(f"{name}:N", title=title) for name, title in step.items()],
        )
    )
    label = (
        alt.Chart(placed)
        .mark_text(lineBreak="\n", fontSize=11.5, lineHeight=LINE, baseline="middle")
        .encode(
            x=alt.X("middle:Q", axis=None, scale=across), y=alt.Y("text_at:Q", axis=None, scale=down), text="label:N"
        )
    )
    heading = alt.Chart(_headings(placed, width)).mark_text(
        align="left" if width <= 500 else "center", fontSize=11, color=MUTED, fontWeight=600
    ).encode(x=x, y=y, text="name:N")  # fmt: skip
    return alt.layer(drawn, frame, label, heading, tips, ring, sign).properties(width=width - 4, height=height)


def _scale(part: int) -> alt.Scale:
    """Colour (0) or dash (1) of the states."""
    return alt.Scale(domain=list(LINES), range=[line[part] for line in LINES.values()])


def _measured(boxes: pd.DataFrame, arrows: pd.DataFrame, box_width: float, part: float) -> pd.DataFrame:
    """The boxes with their label in lines and their height, with room for the signs of the arrows that leave them.

    `part` is the share of a box's side along which arrows leave.
    """
    lines = [textwrap.wrap(text, max(int(box_width / 6.9), 8)) for text in boxes["text"]]
    leaving = boxes["id"].map(arrows["source"].value_counts()).fillna(0)
    coming = boxes["id"].map(arrows["to"].value_counts()).fillna(0)
    room = (leaving + 1) * (2 * MARK + 2) / part * (leaving > 1)
    if part < 1:  # arrows come in at the same side
        room = room.clip(lower=(coming + 1) * HEAD / (1 - part) * (coming > 1))
    text = [LINE * len(wrapped) + PAD for wrapped in lines]
    return boxes.assign(
        label=["\n".join(wrapped) for wrapped in lines],
        tall=room.clip(lower=pd.Series(text, boxes.index)),
        shift=[LINE * (len(wrapped) - 1) / 2 for wrapped in lines],
        name=boxes["level"].map(LEVELS),
    )


def _columns(boxes: pd.DataFrame, arrows: pd.DataFrame, width: int) -> pd.DataFrame:
    """Levels side by side; a box stands at the middle of those that lead to it."""
    levels = [level for level in LEVELS if level in set(boxes["level"])]
    box = 148 if len(levels) > 3 else 178
    step = (width - 8 - box) / (len(levels) - 1)
    boxes = _measured(boxes, arrows, box, 1)
    centre: dict[str, float] = {}
    placed = []
    for number, level in enumerate(levels):
        column = boxes[boxes["level"] == level]
        sources = [arrows.loc[arrows["to"] == id, "source"].map(centre).dropna() for id in column["id"]]
        wish = [source.mean() if len(source) else None for source in sources]
        if any(at is None for at in wish):
            wish = list(range(len(column)))  # the first column: as the table has them
        order = sorted(range(len(column)), key=wish.__getitem__)
        top = 26.0
        for place in order:
            row = column.iloc[place]
            at = max(top, wish[place] - row["tall"] / 2) if number else top
            centre[row["id"]] = at + row["tall"] / 2
            placed.append(row.to_dict() | {"left": 4 + number * step, "top": at})
            top = at + row["tall"] + GAP
    return _framed(pd.DataFrame(placed), box)


def _stack(boxes: pd.DataFrame, arrows: pd.DataFrame, width: int) -> pd.DataFrame:
    """All boxes in one column: track after track, each from input to impact, what they share at the end."""
    box = width - 8 - _rail(arrows, len(arrows))
    tracks = [*dict.fromkeys(track for track in boxes["track"] if track != "both"), "both"]
    keys = [boxes["track"].map(tracks.index), boxes["level"].map(list(LEVELS).index)]
    ordered = _measured(boxes, arrows, box, 1 - ENTRY).assign(track_at=keys[0], level_at=keys[1])
    ordered = ordered.sort_values(["track_at", "level_at"], kind="stable", ignore_index=True)
    new = (ordered[["track_at", "level_at"]].diff().fillna(1) != 0).any(axis=1)
    top = (ordered["tall"] + GAP).cumsum() - ordered["tall"] - GAP + 14 * new.cumsum() + 4
    return _framed(ordered.assign(left=4.0, top=top, first=new), box)


def _framed(placed: pd.DataFrame, box: float) -> pd.DataFrame:
    return placed.assign(
        right=placed["left"] + box, bottom=placed["top"] + placed["tall"],
        middle=placed["left"] + box / 2, centre=placed["top"] + placed["tall"] / 2,
        text_at=placed["top"] + placed["tall"] / 2 - placed["shift"],  # the first line; Vega sets the others beneath it
    )  # fmt: skip


def _headings(placed: pd.DataFrame, width: int) -> pd.DataFrame:
    """The name of each level: above its column, or above the first box of each run on a phone."""
    if width > 500:
        return placed.drop_duplicates("level").assign(x=lambda rows: rows["middle"], y=10)[["x", "y", "name"]]
    return placed[placed["first"]].assign(x=4, y=lambda rows: rows["top"] - 8)[["x", "y", "name"]]


def _spread(
    arrows: pd.DataFrame, end: str, at: pd.DataFrame, order: str, part: tuple[float, float] = (0, 1)
) -> pd.Series:
    """Where along a part of its box each arrow begins or ends: evenly, by its other end, far ones last."""
    far = (arrows[order].map(at["left"]) - arrows[end].map(at["left"])).abs()
    ranked = arrows.assign(other=arrows[order].map(at["centre"]) + far).sort_values("other", kind="stable")
    place = ranked.groupby(end).cumcount().add(1) / ranked.groupby(end)["id"].transform("size").add(1)
    along = part[0] + place.to_numpy() * (part[1] - part[0])
    box = at.loc[ranked[end]]
    return pd.Series(box["top"].to_numpy() + along * box["tall"].to_numpy(), ranked.index).reindex(arrows.index)


def _straight(at: pd.DataFrame, arrows: pd.DataFrame, width: int) -> tuple[pd.DataFrame, ...]:
    """Straight arrows from right to left edges, their sign close to where they leave."""
    begin, end = _spread(arrows, "source", at, "to"), _spread(arrows, "to", at, "source")
    boxes = list(at.itertuples())
    lines, signs, heads = [], [], []
    for arrow in arrows.itertuples():
        x1, y1, x2, y2 = at.at[arrow.source, "right"], begin[arrow.Index], at.at[arrow.to, "left"] - 5, end[arrow.Index]
        path = _around(boxes, (x1, y1), (x2, y2))
        (nx, ny), (px, py) = path[1], path[-2]  # the points after the first and before the last
        along = (MARK + 2) / (nx - x1)
        lines += [(arrow.id, arrow.state, order, x, y) for order, (x, y) in enumerate(path)]
        signs.append((arrow, x1 + along * (nx - x1), y1 + along * (ny - y1)))
        heads.append((arrow.state, x2, y2, np.degrees(np.arctan2(y2 - py, x2 - px))))
    return _tables(lines, signs, heads, at)


def _around(boxes: list, begin: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """The points of an arrow: straight, or beneath the boxes that it would run behind."""
    (x1, y1), (x2, y2) = begin, end
    crossed = [
        box for box in boxes if box.left > x1 and box.right < x2
        and any(box.top - 2 < y1 + (x - x1) / (x2 - x1) * (y2 - y1) < box.bottom + 2 for x in (box.left, box.right))
    ]  # fmt: skip
    if not crossed:
        return [begin, end]
    lane = max(box.bottom for box in crossed) + GAP / 2
    return [begin, (min(box.left for box in crossed) - 4, lane), (max(box.right for box in crossed) + 4, lane), end]


def _rail(arrows: pd.DataFrame, number: int) -> float:
    return 34 + 9 * number


def _rails(at: pd.DataFrame, arrows: pd.DataFrame, width: int) -> tuple[pd.DataFrame, ...]:
    """Arrows beside the column: out to a rail of their own, down it, and back into the target."""
    begin, end = _spread(arrows, "source", at, "to", (ENTRY, 1)), _spread(arrows, "to", at, "source", (0, ENTRY))
    span = (end - begin).sort_values()
    lines, signs, heads = [], [], []
    for arrow in arrows.itertuples():
        edge, y1, y2 = at.loc[arrow.source, "right"], begin[arrow.Index], end[arrow.Index]
        rail = edge + _rail(arrows, list(span.index).index(arrow.Index))
        path = [(edge, y1), (rail, y1), (rail, y2), (edge + 5, y2)]
        lines += [(arrow.id, arrow.state, order, x, y) for order, (x, y) in enumerate(path)]
        signs.append((arrow, edge + MARK + 4, y1))
        heads.append((arrow.state, edge + 5, y2, 180.0))
    return _tables(lines, signs, heads, at)


def _tables(lines: list, signs: list, heads: list, at: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    signed = pd.DataFrame(
        {
            "x": x, "y": y, "state": arrow.state, "sign": ARROW_STATES[arrow.state][0],
            "word": ARROW_STATES[arrow.state][1],
            "tested": bool(arrow.confirmed), "from": at.loc[arrow.source, "text"], "to": at.loc[arrow.to, "text"],
            "assumption": arrow.text, "basis": basis(arrow), "section": arrow.section,
        }
        for arrow, x, y in signs
    )  # fmt: skip
    return (
        pd.DataFrame(lines, columns=["arrow", "state", "order", "x", "y"]).assign(
            thick=lambda rows: rows["state"].map(lambda state: LINES[state][2])
        ),
        signed,
        pd.DataFrame(heads, columns=["state", "x", "y", "angle"]),
    )
