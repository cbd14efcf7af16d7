"""Sliders and menus beneath a figure, and what they choose of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lib.charts.parts import require


@dataclass(frozen=True)
class Control:
    """A menu or a slider: its parameter, and the field of the table of which it chooses one value."""

    param: alt.Parameter
    field: str

    def filter(self, chart: alt.Chart) -> alt.Chart:
        """The chart with the rows that are chosen."""
        return chart.transform_filter(f"datum[{self.field!r}] == {self.param.name}")


def slider(field: str, label: str, low: float, high: float, step: float, value: float, unit: str = "") -> Control:
    """A slider named `label`, with its unit in brackets; `field` names the parameter, and the field that it chooses.

    `field` is a word of letters, digits and underscores. Raises `ValueError` when `value` lies outside of the ends.
    """
    if not low <= value <= high:
        raise ValueError(f"{label}: {value:g} lies outside {low:g} to {high:g}")
    name = f"{label} ({unit}) " if unit else f"{label} "
    bind = alt.binding_range(min=low, max=high, step=step, name=name)
    return Control(alt.param(name=field, value=value, bind=bind), field)


def menu(field: str, label: str, options: Sequence[object], value: object = None) -> Control:
    """A menu named `label` of the values of `field`, which begins with `value`, or with the first.

    `field` is a word of letters, digits and underscores. Raises `ValueError` when `value` is none of the options.
    """
    value = options[0] if value is None else value
    if value not in list(options):
        raise ValueError(f"{label}: {value!r} is none of the options")
    bind = alt.binding_select(options=list(options), name=f"{label} ")
    return Control(alt.param(name=field, value=value, bind=bind), field)


def chosen(table: pd.DataFrame, controls: Sequence[Control]) -> list[tuple[pd.DataFrame, list[str]]]:
    """The parts of a table among which controls choose, and the fields that they choose by."""
    fields = [control.field for control in controls]
    require(table, *fields)
    return [(part, fields) for _, part in table.groupby(fields, sort=False)] if fields else [(table, [])]


def filtered(chart: alt.Chart, controls: Sequence[Control]) -> alt.Chart:
    """The chart with the rows that all controls choose."""
    for control in controls:
        chart = control.filter(chart)
    return chart


def steered(chart: alt.LayerChart, controls: Sequence[Control]) -> alt.LayerChart:
    """The chart with its controls."""
    return chart.add_params(*(control.param for control in controls)) if controls else chart
