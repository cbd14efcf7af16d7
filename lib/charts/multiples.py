"""Small multiples: one chart per value of a field, laid out to an outer width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt

GAP, MARGIN = 18, 16  # pixels between the pictures, and for what sticks out at the right


def small_multiples(
    chart: alt.LayerChart,
    field: str,
    order: Sequence[str],
    *,
    width: int,
    columns: int,
    height: int,
    labels: int,
    independent: Literal["x"] | None = None,
) -> alt.FacetChart:
    """The layers of `chart`, drawn once for each value of `field` in `order`, in `columns` columns.

    `width` is the outer width in pixels and `labels` what the labels of the leftmost axis take of it, since
    the width of a facet cannot be fitted by Vega-Lite; `height` is that of one picture. With
    `independent="x"` every picture has a horizontal scale of its own, otherwise they share both scales.
    """
    inner = (width - labels - GAP * (columns - 1) - MARGIN) / columns
    facet = chart.properties(width=inner, height=height).facet(
        facet=alt.Facet(f"{field}:N", title=None, sort=list(order), header=alt.Header(labelAnchor="start")),
        columns=columns,
        spacing=GAP,
    )
    return facet.resolve_scale(**{independent: "independent"}) if independent else facet
