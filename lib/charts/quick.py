"""The charts that Altair makes, in less time: what it does again for every part of a chart is left out or done once.

Nothing in a chart changes by it; a test compares charts made with and without. What is not public of Altair here comes
with the version that the project pins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from altair.utils import schemapi
from altair.utils.schemapi import SchemaBase
from jsonschema import Draft7Validator, ValidationError, validators

VEGA_LITE = {f"#/definitions/{name}": one for name, one in alt.VegaLiteSchema._rootschema["definitions"].items()}
PLAIN = {str, int, float, bool, type(None), type(alt.Undefined)}
MOST_ROWS = 5_000  # more are refused, by Altair
_deep_copy, _todict, _made = schemapi._deep_copy, schemapi._todict, vars(SchemaBase)["from_dict"]


@contextmanager
def quick() -> Iterator[None]:
    """While charts are made and become dicts: their parts are not validated (see `validate`), and copied quickly."""
    schemapi._deep_copy, schemapi._todict, SchemaBase.from_dict = _copy, _written, classmethod(_channel)
    alt.data_transformers.register("once", _once(alt.data_transformers.get()))
    try:
        # out of debug mode, in which every part is validated as it is made, and all of them again in the end
        with schemapi.debug_mode(False), alt.data_transformers.enable("once"):
            yield
    finally:
        alt.data_transformers.register("once", None)
        schemapi._deep_copy, schemapi._todict, SchemaBase.from_dict = _deep_copy, _todict, _made


def validate(chart: alt.TopLevelMixin, spec: dict[str, Any]) -> None:
    """As `chart.validate(spec)`, quickly where the spec is valid; raises jsonschema's `ValidationError`."""
    if not Validator(chart._schema).is_valid(spec):
        chart.validate(spec)


def _once(convert: Callable[[pd.DataFrame], dict]) -> Callable[[pd.DataFrame], dict]:
    """Converts a table that several layers draw once; a table is kept with its rows, so that its id stays its own."""
    known: dict[int, tuple[pd.DataFrame, dict]] = {}

    def rows(table: pd.DataFrame) -> dict:
        if id(table) not in known:
            known[id(table)] = table, _values(table) or convert(table)
        return known[id(table)][1]

    return rows


def _values(table: object) -> dict | None:
    """A table of texts, months, numbers and truth values as Altair converts it; None for any other."""
    if not isinstance(table, pd.DataFrame) or isinstance(table.index, pd.MultiIndex) or len(table) > MOST_ROWS:
        return None
    if set(map(type, table.columns)) != {str} or not table.columns.is_unique:
        return None
    columns = {name: _listed(column) for name, column in table.items()}
    if any(values is None for values in columns.values()):
        return None
    return {"values": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}


def _listed(column: pd.Series) -> list | None:
    if isinstance(column.dtype, pd.StringDtype):
        return column.to_numpy(dtype=object, na_value=None).tolist()
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else ""
    if kind == "f":
        return [value if math.isfinite(value) else None for value in column.tolist()]
    if kind == "M":
        return ["" if value is pd.NaT else value.isoformat() for value in column]
    return column.tolist() if kind in ("i", "b") else None


def _channel(cls: type[SchemaBase], given: dict[str, Any], validate: bool = True) -> SchemaBase:
    """A channel of texts and numbers, such as "year:O", made without a table of all classes that its parts may have."""
    if validate or not hasattr(cls, "_encoding_name") or any(isinstance(one, dict | list) for one in given.values()):
        return _made.__func__(cls, given, validate)
    return cls(**given)


def _written(part: Any, context: Any, np_opt: Any, pd_opt: Any) -> Any:
    """A part as it stands in a dict; a text or a number is not asked first whether it is an array or a chart."""
    return part if type(part) in PLAIN else _todict(part, context, np_opt, pd_opt)


def _copy(part: Any, by_reference: set[str]) -> Any:
    """A copy of all that a part of a chart consists of, made without a call for what cannot be changed in place."""
    if isinstance(part, list):
        return [one if type(one) in PLAIN else _copy(one, by_reference) for one in part]
    if isinstance(part, dict):
        return _copies(part, by_reference)
    if not isinstance(part, SchemaBase):
        return part
    if hasattr(type(part), "__deepcopy__"):
        return part.__deepcopy__({})
    args, named = [_copy(one, by_reference) for one in part._args], _copies(part._kwds, by_reference)
    if isinstance(part, alt.TopLevelMixin):
        return type(part)(*args, **named)
    made = object.__new__(type(part))  # its class would only put these two where they are
    object.__setattr__(made, "_args", tuple(args))
    object.__setattr__(made, "_kwds", named)
    return made


def _copies(named: dict[str, Any], by_reference: set[str]) -> dict[str, Any]:
    return {
        name: one if type(one) in PLAIN or name in by_reference else _copy(one, by_reference)
        for name, one in named.items()
    }


def _any_of(validator: Draft7Validator, schemas: list[dict], given: object, _: dict) -> Iterator[ValidationError]:
    """Stops at the first error of a form that does not fit; jsonschema collects all of them, to report them."""
    if not any(validator.evolve(schema=schema).is_valid(given) for schema in schemas):
        yield ValidationError("none of the forms that are allowed")


def _ref(validator: Draft7Validator, name: str, given: object, _: dict) -> Iterator[ValidationError]:
    yield from validator.descend(given, VEGA_LITE[name])


Validator = validators.extend(Draft7Validator, {"anyOf": _any_of, "$ref": _ref})
