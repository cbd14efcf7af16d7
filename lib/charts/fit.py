"""A chart at an outer width, for those whose inner width Vega finds itself."""

from __future__ import annotations

import altair as alt


def fit(chart: alt.TopLevelMixin, width: int, height: int) -> alt.TopLevelMixin:
    """The chart at an outer width: axes, legend and padding included."""
    return chart.properties(
        width=width - 4, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
