"""Rows of a chart: their names left of the plot, or above each mark where they are long, and a text at their right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.parts import PAD, texts
from lib.charts.text import LINE, text_width, wrap

LEFT, TEXT = 0.36, 0.26  # what the names, and the texts at the right, may take of the width before they move
GAP = 10  # pixels between a name or a text and the plot


@dataclass(frozen=True)
class Rows:
    """Where rows are: length and height of the plot, middles of the marks, and whether their names stand above them."""

    length: float
    height: float
    middles: np.ndarray
    above: bool
    layers: tuple[alt.Chart, ...]


def rows(
    names: Sequence[str], width: int, *, right: float, mark: float, said: Sequence[str] = (), overhang: float = 0
) -> Rows:
    """Rows of these names for an outer width; `mark` is the height that the marks of a row take.

    `right` is the room that is needed right of the plot anyway, `said` a text for each row, `overhang` what the first
    tick's label may stand out at the left.
    """
    wrapped = [wrap(name, LEFT * width) for name in names]
    words = max((text_width(text) for text in said), default=0.0)
    if max(map(len, wrapped)) <= 2 and words <= TEXT * width and (not said or width >= 500):
        return _beside(wrapped, width, right, mark, said, words, overhang)
    return _above(names, width, right, mark, said, overhang)


def _beside(
    names: Sequence[list[str]], width: int, right: float, mark: float, said: Sequence[str], words: float, least: float
) -> Rows:
    left = max(max(text_width(line) for lines in names for line in lines) + GAP, least)
    right = max(right, words + GAP if said else 0)
    length = width - PAD - left - right
    step = max(mark + 10, max(LINE * len(lines) + 8 for lines in names))
    middles = step * (np.arange(len(names)) + 0.5)
    layers = [texts(_text(names, -GAP, middles), align="right")]
    if said:
        layers.append(texts(_text([[text] for text in said], length + GAP, middles), muted=True))
    return Rows(length, step * len(names), middles, False, tuple(layers))


def _above(names: Sequence[str], width: int, right: float, mark: float, said: Sequence[str], overhang: float) -> Rows:
    length = width - PAD - right - overhang
    wrapped = [wrap(name, length) for name in names]
    inline = said and all(
        len(lines) == 1 and text_width(lines[0]) + text_width(text) + 2 * GAP <= length
        for lines, text in zip(wrapped, said, strict=True)
    )
    beneath = [wrap(text, length) for text in said] if said and not inline else [[] for _ in names]
    heads = np.array([LINE * (len(one) + len(more)) for one, more in zip(wrapped, beneath, strict=True)], float)
    tall = heads + mark + 16
    tops = np.cumsum(tall) - tall
    first = tops + LINE / 2 + 2
    layers = [texts(_text(wrapped, 0, first, centred=False))]
    if inline:
        layers.append(texts(_text([[text] for text in said], length, first), align="right", muted=True))
    elif said:
        after = first + [LINE * len(lines) for lines in wrapped]
        layers.append(texts(_text(beneath, 0, after, centred=False), muted=True))
    return Rows(length, float(tall.sum()), tops + heads + 4 + mark / 2, True, tuple(layers))


def _text(lines: Sequence[list[str]], x: float, y: np.ndarray, centred: bool = True) -> pd.DataFrame:
    up = np.array([LINE * (len(one) - 1) / 2 if centred else 0 for one in lines])
    return pd.DataFrame({"x": float(x), "y": y - up, "text": ["\n".join(one) for one in lines]})
