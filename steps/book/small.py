"""Small pictures beside a sentence: bars, dots, marks in a row. Labels are text, colours those of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from lib.prose import number
from lib.synthesis.answers import dutch

WIDTH = 280
AGREES, PART, DIFFERS, OPEN = "agrees", "part", "differs", "open"  # shapes of marks, and their classes


def _svg(height: int, label: str, inside: str, kind: str = "small") -> str:
    return f'<svg class="{kind}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{shown}>{escape(words)}</text>'


def bars(rows: Sequence[tuple[str, float, str]], label: str) -> str:
    """Bars from one zero: each a name, a length and the number as it is said. The first is the subject."""
    longest, parts = max(length for _, length, _ in rows), []
    for place, (name, length, said) in enumerate(rows):
        top, long = 40 * place, 200 * length / longest
        parts.append(_text(0, top + 12, name))
        parts.append(
            f'<rect x="0" y="{top + 17}" width="{long:.1f}" height="13" class="{"subject" if not place else "rest"}"/>'
        )
        parts.append(_text(long + 6, top + 28, said, "said"))
    return _svg(40 * len(rows) - 6, label, "".join(parts))


def strip(values: Sequence[float], low: float, high: float, words: tuple[str, str], label: str, nl: bool) -> str:
    """Values as dots on one line, those outside a band as filled ones; `words` name the band and the axis."""
    top = max(values) * 1.02
    room, apart = WIDTH - 12, 5
    piles = Counter(int(room * value / top // apart) for value in values)
    ground = 24 + apart * max(piles.values())
    left, right = (room * bound / top for bound in (low, high))
    parts = [
        f'<rect x="{left:.1f}" y="18" width="{right - left:.1f}" height="{ground - 18}" class="band"/>',
        _text((left + right) / 2, 12, words[0], anchor="middle"),
    ]
    up: Counter[int] = Counter()
    for value in sorted(values):
        pile = int(room * value / top // apart)
        up[pile] += 1
        kind = "hollow" if low <= value <= high else "subject"
        parts.append(
            f'<circle cx="{apart * (pile + 0.5):g}" cy="{ground - apart * (up[pile] - 0.3):g}" r="2.1" class="{kind}"/>'
        )
    parts.append(f'<path d="M0 {ground}H{WIDTH - 4}" class="axis"/>')
    ticks = [(room * tick / top, tick, "middle" if tick else "start") for tick in (0, low, high)]
    for x, tick, anchor in [*ticks, (WIDTH - 4, max(values), "end")]:
        parts.append(_text(x, ground + 15, dutch(number(tick)) if nl else number(tick), anchor=anchor))
    parts.append(_text(0, ground + 31, words[1], "where"))
    return _svg(ground + 36, label, "".join(parts))


def between(ends: tuple[str, str], marks: Sequence[tuple[float, str, str]], label: str) -> str:
    """Words of degree on a line without numbers: how far along, the word, and where it stands."""
    parts = ['<path d="M0 42H276M0 37v10M276 37v10" class="axis"/>']
    parts += [_text(0, 62, ends[0], "where"), _text(276, 62, ends[1], "where", "end")]
    for along, word, where in marks:
        x = 276 * along
        parts.append(f'<circle cx="{x:g}" cy="42" r="6" class="subject"/>')
        parts.append(_text(x, 12, word, "said", "middle") + _text(x, 28, where, "where", "middle"))
    return _svg(66, label, "".join(parts))


def marks(groups: Sequence[tuple[int, str]], label: str) -> str:
    """One mark for each statement, in rows: how many of each shape."""
    across, step = 35, 8
    kinds = [kind for many, kind in groups for _ in range(many)]
    at: dict[str, list[tuple[float, float]]] = {}
    for place, kind in enumerate(kinds):
        at.setdefault(kind, []).append((step * (place % across), step * (place // across)))
    height = step * -(-len(kinds) // across)
    return _svg(height, label, "".join(_path(places, kind, 6) for kind, places in at.items()), "small claim-marks")


def _path(places: Sequence[tuple[float, float]], kind: str, size: float) -> str:
    """All marks of one shape as one element; the top left corner of each is given."""
    half = size / 2
    if kind == DIFFERS:
        one = f"a{half:g} {half:g} 0 1 0 {size:g} 0a{half:g} {half:g} 0 1 0 {-size:g} 0z"
        return f'<path class="mark-{kind}" d="{"".join(f"M{x:g} {y + half:g}{one}" for x, y in places)}"/>'
    square = "".join(f"M{x + 0.5:g} {y + 0.5:g}h{size - 1:g}v{size - 1:g}h{1 - size:g}z" for x, y in places)
    if kind != PART:
        return f'<path class="mark-{kind}" d="{square}"/>'
    filled = "".join(f"M{x + 0.5:g} {y + 0.5:g}h{half:g}v{size - 1:g}h{-half:g}z" for x, y in places)
    return f'<path class="mark-open" d="{square}"/><path class="mark-agrees" d="{filled}"/>'
