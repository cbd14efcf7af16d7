"""The fields that a chart asks for and its data have not: Vega draws nothing for them, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

VIEWS = ("layer", "concat", "hconcat", "vconcat")
# What a transform adds where it does not say so (`as`).
MADE = {"fold": {"key", "value"}, "density": {"value", "density"}, "quantile": {"prob", "value"}}
# Names of fields that depend on the data, and data that are not a table.
OPEN = {"pivot", "lookup", "regression", "loess"}


def unknown(spec: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each field that an encoding of a Vega-Lite spec names and its data lack, with the fields that they have.

    Data that are no table inside the spec, and transforms whose results cannot be told from the spec, are let pass.
    """
    yield from _view(spec, None, spec.get("datasets", {}))


def _view(view: dict[str, Any], known: set[str] | None, datasets: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if "data" in view:
        known = _columns(view["data"], datasets)
    for step in view.get("transform", []):
        known = known and _after(step, known)
    if known is not None:
        asked = _fields([view.get("encoding", {}), view.get("facet", {})])
        yield from ((field, sorted(known)) for field in asked if _first(field) not in known)
    for inner in [*(one for kind in VIEWS for one in view.get(kind, [])), *filter(None, [view.get("spec")])]:
        yield from _view(inner, known, datasets)


def _columns(data: dict[str, Any] | None, datasets: dict[str, Any]) -> set[str] | None:
    """The columns of data in the spec; None where they are elsewhere or no table of rows."""
    rows = (data or {}).get("values", datasets.get((data or {}).get("name")))
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        return None
    return {name for row in rows for name in row}


def _after(step: dict[str, Any], known: set[str]) -> set[str] | None:
    """The columns after a step of a transform."""
    if OPEN & step.keys():
        return None
    made = {name for kind, names in MADE.items() if kind in step for name in names}
    for part in [step, *(one for kind in ("aggregate", "joinaggregate", "window") for one in step.get(kind, []))]:
        named = part.get("as", []) if isinstance(part, dict) else []
        made |= {named} if isinstance(named, str) else set(named)
    return made | (set(step.get("groupby", [])) if "aggregate" in step else known)


def _fields(part: object) -> Iterator[str]:
    """The names of fields in an encoding; a scale may name those of a selection."""
    if isinstance(part, list):
        for one in part:
            yield from _fields(one)
    elif isinstance(part, dict):
        if isinstance(part.get("field"), str):
            yield part["field"]
        for name, one in part.items():
            if name != "scale":
                yield from _fields(one)


def _first(field: str) -> str:
    """The column that a field begins with: `a` of `a.b` and `a[0]`; a dot or bracket after a backslash is its own."""
    return re.sub(r"\\(.)", r"\1", re.match(r"(?:\\.|[^\\.\[])*", field)[0])
