"""A number in large type that sliders set; the picture itself computes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from lib.charts.controls import Control, steered


def readout(
    calculations: Mapping[str, str], width: int, *, text: str, controls: Sequence[Control] = ()
) -> alt.LayerChart:
    """What the expression `text` makes of the calculations, in large type.

    `calculations` are fields by name with an expression of Vega for each, made one after the other; an expression may
    name the parameters of `controls`, and earlier fields as `datum.NAME`.
    """
    chart = alt.Chart(pd.DataFrame({"row": [0]}))
    for name, expression in {**calculations, "said": text}.items():
        chart = chart.transform_calculate(**{name: expression})
    said = chart.mark_text(fontSize=34, fontWeight=700, align="left").encode(x=alt.value(4), text="said:N")
    return steered(alt.layer(said).properties(width=width - 4, height=60), controls)
