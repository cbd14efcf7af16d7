"""How values are distributed, and where the one in question lies."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.parts import PAD, dated, ends, finished, pixel
from lib.charts.scales import axis
from lib.charts.text import wrap
from lib.charts.theme import BLUE, GREY


def histogram(
    values: pd.Series,
    width: int,
    *,
    own: float,
    own_name: str,
    x_title: str,
    unit: str,
    bins: int = 20,
    domain: tuple[float, float] | None = None,
    number: str = ",",
    height: int = 200,
) -> alt.LayerChart:
    """Grey bars of how many of `values` (others, placebos) fall where, and a blue rule at `own`, named `own_name`.

    What lies outside of `domain` counts in its last bars. `unit` says what is counted. Raises `ValueError` when there
    are no values.
    """
    known = values.dropna().astype(float)
    across = axis([*known, own], domain=domain, number=number, count=8)
    counts, edges = np.histogram(known.clip(across.low, across.high), bins, (across.low, across.high))
    table = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts})
    down = axis(table["count"], zero=True)
    left = down.widest() + 10
    length = width - PAD - left - across.overhang()
    head = wrap(unit, length)
    shown = pd.DataFrame({"value": [own], "label": [own_name]})
    named, above = dated(across, length, height, shown, (), "value", length + across.overhang())
    drawn = (
        alt.Chart(table)
        .mark_rect(color=GREY, opacity=0.75)
        .encode(
            x=across.x("low", length, x_title), x2="high:Q", y=down.y("count", head, above), y2=alt.Y2Datum(0),
            tooltip=[alt.Tooltip("low:Q", format=".2f"), alt.Tooltip("high:Q", format=".2f"), alt.Tooltip("count:Q")],
        )
    )  # fmt: skip
    at = across.pixels(pd.Series([own]), length)
    mark = pd.DataFrame({"at": at, "bottom": float(height), "top": 0.0, "own": [own]})
    rule = (
        alt.Chart(mark)
        .mark_rule(strokeWidth=4, color=BLUE)
        .encode(
            x=pixel(alt.X, "at"), y=pixel(alt.Y, "top"), y2=ends("bottom"), tooltip=alt.Tooltip("own:Q", format=".2f")
        )
    )  # fmt: skip
    return finished([drawn, *named, rule], length, height)
