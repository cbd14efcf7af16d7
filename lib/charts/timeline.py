"""Events in time: points where the day or month is known, bars where only the year is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd


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
    *,
    lane: str,
    lanes: Sequence[str],
    kind: str,
    kinds: Mapping[str, tuple[str, str]],
    since: str,
    until: str,
    columns: int,
) -> alt.LayerChart:
    """Events in a lane each: a bar over a year, a point in a month or on a day.

    `events` is what `spans` returns, with `label`; `kinds` maps a kind to its colour and the shape of its point.
    `columns` is that of the legend. The caller gives width and height.
    """
    shown = events[(events["end"] >= since) & (events["begin"] <= until)]
    found = [name for name in kinds if name in set(shown[kind])]
    colour = alt.Color(
        f"{kind}:N",
        scale=alt.Scale(domain=found, range=[kinds[name][0] for name in found]),
        legend=alt.Legend(columns=columns, symbolOpacity=1),
    )
    base = alt.Chart(shown).encode(
        y=alt.Y(f"{lane}:N", title=None, sort=list(lanes), axis=alt.Axis(grid=True, domain=False, ticks=False)),
        color=colour,
        tooltip=[alt.Tooltip("label:N", title="Event"), alt.Tooltip("date:N", title="Date"), f"{kind}:N"],
    )
    domain = {"expr": f"[toDate('{since}'), toDate('{until}')]"}
    x = alt.X("begin:T", title=None, scale=alt.Scale(domain=domain), axis=alt.Axis(format="%Y", tickCount="year"))
    years = base.transform_filter("datum.precision == 'year'").mark_bar(height=7, opacity=0.45, clip=True)
    dated = base.transform_filter("datum.precision != 'year'").mark_point(size=90, opacity=1, clip=True)
    shape = alt.Shape(f"{kind}:N", scale=alt.Scale(domain=found, range=[kinds[name][1] for name in found]))
    return alt.layer(years.encode(x=x, x2="end:T"), dated.encode(x=alt.X("middle:T"), shape=shape))
