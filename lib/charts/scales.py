"""Axes that are known before a chart is drawn, so that labels find their place and ticks do not collide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.text import text_width, wrap
from lib.charts.theme import GRID

APART, MARK = 14, 9  # pixels between the labels of two ticks, and half of the largest mark
Tick = float | str | pd.Timestamp


@dataclass(frozen=True)
class Axis:
    """A numeric, logarithmic or temporal axis: its ends and the sets of ticks it may have, the fullest first.

    Times are counted in seconds. `sets` holds pairs of ticks and the D3 format of their labels.
    """

    low: float
    high: float
    kind: str
    sets: tuple[tuple[tuple[float, ...], str], ...]

    def pixels(self, values: Sequence[object] | pd.Series, length: float) -> np.ndarray:
        """Where values lie, in pixels from the low end of an axis of this length."""
        given = _numbers(values)
        low, high = self.low, self.high
        if self.kind == "log":
            given, low, high = np.log10(given), math.log10(low), math.log10(high)
        return ((given - low) / (high - low)).clip(0, 1) * length

    def labels(self, ticks: Sequence[float], form: str) -> list[str]:
        """The labels of ticks, as the picture has them."""
        if self.kind == "time":
            return [pd.Timestamp(tick, unit="s").strftime(form) for tick in ticks]
        return [number_text(tick, form) for tick in ticks]

    def fitting(self, length: float) -> tuple[tuple[float, ...], str]:
        """The fullest set of ticks whose labels do not meet on a horizontal axis of this length, with their format."""
        for ticks, form in self.sets:
            widths = np.array([text_width(label) for label in self.labels(ticks, form)])
            at = self.pixels(pd.Series(ticks), length) if self.kind != "time" else self._at(ticks, length)
            if (np.diff(at) >= (widths[1:] + widths[:-1]) / 2 + APART).all():
                return ticks, form
        return self.sets[-1]

    def overhang(self) -> float:
        """What can stand out beyond the axis: half of the widest label, or of a mark at its end."""
        widest = max(text_width(label) for ticks, form in self.sets for label in self.labels(ticks, form))
        return max(MARK, widest / 2)

    def widest(self) -> float:
        """The width of the widest label of the fullest set."""
        ticks, form = self.sets[0]
        return max(map(text_width, self.labels(ticks, form)))

    def x(self, field: str, length: float, title: str = "", grid: bool = False) -> alt.X:
        """The horizontal channel of a field, for an axis of this length; its title has as many lines as it needs."""
        ticks, form = self.fitting(length)
        shown = alt.Axis(
            values=self._values(ticks), format=_d3(form), tickCount=len(ticks), grid=grid, gridColor=GRID,
            labelFlush=False, labelOverlap=False, titleAnchor="start", titleAlign="left", titlePadding=8,
        )  # fmt: skip
        return alt.X(self._field(field), title=wrap(title, length) or None, scale=self._scale(), axis=shown)

    def y(self, field: str, unit: Sequence[str] = (), head: float = 0) -> alt.Y:
        """The vertical channel of a field; `unit` are the lines of its title, above the axis and the `head` there."""
        ticks, form = self.sets[0]
        shown = alt.Axis(
            values=self._values(ticks), format=_d3(form), tickCount=len(ticks), labelOverlap=False, labelPadding=6,
            titleY=-14 - head - 14 * (len(unit) - 1),
        )  # fmt: skip
        return alt.Y(self._field(field), title=list(unit) or None, scale=self._scale(), axis=shown)

    def _at(self, ticks: Sequence[float], length: float) -> np.ndarray:
        return (np.asarray(ticks) - self.low) / (self.high - self.low) * length

    def _field(self, field: str) -> str:
        return f"{field}:{'T' if self.kind == 'time' else 'Q'}"

    def _scale(self) -> alt.Scale:
        kind = {"log": {"type": "log"}, "number": {"zero": False}}.get(self.kind, {})
        return alt.Scale(domain=self._values([self.low, self.high]), nice=False, clamp=True, **kind)

    def _values(self, ticks: Sequence[float]) -> list:
        return [_day(tick) for tick in ticks] if self.kind == "time" else [float(tick) for tick in ticks]


def axis(
    values: Sequence[object] | pd.Series,
    *,
    number: str = ",",
    domain: Sequence[Tick] | None = None,
    ticks: Sequence[Tick] | None = None,
    zero: bool = False,
    log: bool = False,
    count: int = 5,
) -> Axis:
    """An axis for these values; `domain` and `ticks` say what must be, `zero` that the axis begins there at the latest.

    Without `domain` a numeric axis ends at the ticks that enclose the values, a temporal one at the values themselves.
    Raises `ValueError` when no value is there.
    """
    known = pd.Series(values).dropna()
    if known.empty and domain is None:
        raise ValueError("an axis needs values or a domain")
    if pd.api.types.is_datetime64_any_dtype(known) or isinstance(_first(domain), pd.Timestamp | str):
        return _time(known, domain, ticks)
    low, high = map(float, domain or (known.min(), known.max()))
    if log:
        return _log(low, high, number, ticks, bounded=domain is not None)
    if zero and domain is None:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    sets = [nice(low, high, most) for most in range(count, 1, -1)]
    if domain is None and ticks is None:
        step = sets[0][1] - sets[0][0] if len(sets[0]) > 1 else high - low
        low, high = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
        sets = [nice(low, high, most) for most in range(count, 1, -1)]
    if ticks is not None:
        sets = _thinner([float(tick) for tick in ticks])
        low, high = (low, high) if domain is not None else (min(low, ticks[0]), max(high, ticks[-1]))
    return Axis(low, high, "number", tuple((tuple(one), number) for one in sets))


def nice(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * place, 12) + 0.0 for place in range(first, last + 1)]


def number_text(value: float, form: str = ",") -> str:
    """A number as D3 writes it in a format such as `,`, `,.1f`, `d` or `.0%`."""
    text = f"{value:,.10g}" if form == "," else f"{value:.0f}" if form == "d" else format(value, form)
    return "0" if set(text) <= set("-0") else text.replace("-", "\N{MINUS SIGN}")


def seconds(values: Sequence[object] | pd.Series) -> np.ndarray:
    """Days and times as seconds, missing ones as NaN."""
    moments = pd.Series(pd.to_datetime(pd.Series(values)))
    return ((moments - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(float)


def _time(known: pd.Series, domain: Sequence[Tick] | None, ticks: Sequence[Tick] | None) -> Axis:
    low, high = seconds(domain) if domain is not None else seconds([known.min(), known.max()])
    first, last = pd.Timestamp(low, unit="s"), pd.Timestamp(high, unit="s")
    if ticks is not None:
        asked = pd.Series(pd.to_datetime(pd.Series(ticks)))
        form = "%Y" if ((asked.dt.month == 1) & (asked.dt.day == 1)).all() else "%b %Y"
        return Axis(low, high, "time", tuple((tuple(one), form) for one in _thinner(list(seconds(asked)))))
    sets: list[tuple[tuple[float, ...], str]] = []
    if (last - first).days < 800:
        months = pd.date_range(first.normalize().replace(day=1), last, freq="MS")
        months = months[months >= first]
        sets = [(tuple(seconds(months[months.month % step == 1 % step])), "%b %Y") for step in (1, 2, 3, 6)]
    years = [year for year in range(first.year, last.year + 1) if first <= pd.Timestamp(year, 1, 1) <= last]
    for step in (1, 2, 5, 10):
        chosen = [year for year in years if year % step == 0] if step > 2 else years[::step]
        sets.append((tuple(seconds([pd.Timestamp(year, 1, 1) for year in chosen])), "%Y"))
    return Axis(low, high, "time", tuple(one for one in sets if one[0]) or (((low, high), "%b %Y"),))


def _log(low: float, high: float, number: str, ticks: Sequence[Tick] | None, bounded: bool) -> Axis:
    if low <= 0:
        raise ValueError(f"a logarithmic axis cannot begin at {low:g}")
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [[times * 10.0**power for power in powers for times in steps] for steps in ((1, 2, 5), (1, 3), (1,))]
    if not bounded:
        low = max(tick for tick in every[0] if tick <= low * (1 + 1e-9))
        high = min(tick for tick in [*every[0], 10.0 ** powers[-1]] if tick >= high * (1 - 1e-9))
    sets = _thinner(list(map(float, ticks))) if ticks is not None else every
    inside = [tuple(tick for tick in one if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)) for one in sets]
    return Axis(low, high, "log", tuple((one, number) for one in inside if one))


def _thinner(ticks: list[float]) -> list[list[float]]:
    return [ticks[::step] for step in range(1, len(ticks) + 1)]


def _numbers(values: Sequence[object] | pd.Series) -> np.ndarray:
    given = pd.Series(values)
    return seconds(given) if pd.api.types.is_datetime64_any_dtype(given) else given.to_numpy(float)


def _d3(form: str) -> str:
    """The format of an axis: with `,` alone Vega writes 100,000 as 1e+5; without digits it rounds to its own ticks."""
    return ",.10~r" if form == "," else form


def _first(domain: Sequence[Tick] | None) -> Tick | None:
    return domain[0] if domain is not None else None


def _day(tick: float) -> alt.DateTime:
    at = pd.Timestamp(tick, unit="s")
    return alt.DateTime(year=at.year, month=at.month, date=at.day)
