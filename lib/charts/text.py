"""How wide a text is in a picture, and where labels go so that they do not meet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

FONTS = Path(__file__).with_name("fonts")
SIZE, LINE = 12, 14  # pixels: the size of text in a picture, and from one line of it to the next
FACES = {False: "sans-regular.ttf", True: "sans-semibold.ttf"}  # those that pictures are drawn with


@cache
def _advances(bold: bool) -> dict[int, float]:
    """How far each letter moves the pen, as a part of the size."""
    from fontTools.ttLib import TTFont  # not before: a notebook without such a label needs none of it

    with TTFont(FONTS / FACES[bold]) as font:
        metrics, unit = font["hmtx"], font["head"].unitsPerEm
        return {code: metrics[name][0] / unit for code, name in font.getBestCmap().items()}


def text_width(text: str, size: float = SIZE, bold: bool = False) -> float:
    """The width of one line of text in pixels, without kerning, in the font that pictures are drawn with."""
    advances = _advances(bold)
    return size * sum(advances.get(ord(letter), 0.6) for letter in text)


def wrap(text: str, room: float, size: float = SIZE, bold: bool = False) -> list[str]:
    """The text in lines no wider than `room` pixels; a word that is wider than that has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def spread(at: Sequence[float], sizes: Sequence[float], low: float, high: float) -> np.ndarray:
    """Places as near as possible to those wished for (`at`) where things of these sizes do not meet.

    All are middles in pixels; the order stays, and everything lies between `low` and `high`. The sum of the squared
    moves is the least (isotonic regression). Raises `ValueError` when there is not room for all.
    """
    from scipy.optimize import isotonic_regression

    wished, sizes = np.asarray(at, float), np.asarray(sizes, float)
    if sizes.sum() > high - low + 1e-6:
        raise ValueError(f"labels need {sizes.sum():.0f} pixels, {high - low:.0f} are there")
    if not len(wished):
        return wished
    order = np.argsort(wished, kind="stable")
    ranked = sizes[order]
    offset = np.cumsum(ranked) - ranked / 2  # of each middle, when all touch and the first begins at zero
    place = isotonic_regression(wished[order] - offset).x.clip(low, max(low, high - sizes.sum())) + offset
    placed = np.empty_like(wished)
    placed[order] = place
    return placed
