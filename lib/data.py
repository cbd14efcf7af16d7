"""Tables by name, typed and validated against the Table Schemas in `data/datapackage.json`."""

from __future__ import annotations

import csv
import datetime
import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from lib.used import only

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "data" / "datapackage.json"
SHOWN_ERRORS = 5

# Table Schema type -> pandas dtype. Dates are read as text first and converted after, so that a month
# stays a month. Integers that may be missing need the nullable type; see `_dtype`.
DTYPES = {"string": "str", "integer": "int64", "number": "float64", "year": "int64", "boolean": "bool"}
DATES = {"yearmonth": "%Y-%m", "date": "%Y-%m-%d"}


class DataError(ValueError):
    """A table that does not exist, does not match its schema, or is not the file that was described."""


@dataclass(frozen=True)
class Provenance:
    """Where a table comes from: what a figure's source line and the data catalogue show."""

    name: str
    title: str
    publisher: str
    licence: str
    reference_date: str
    status: str
    caveats: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for a figure: title, publisher, reference date, status."""
        return f"{self.title}. {self.publisher}, {self.reference_date} ({self.status})"


@cache
def _package(modified: int) -> dict[str, dict]:
    resources = json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]
    return {resource["name"]: resource for resource in resources}


def resources() -> dict[str, dict]:
    """The resource descriptors of the data package, by table name."""
    with only("tables"):
        return _package(PACKAGE.stat().st_mtime_ns)


def resource(name: str) -> dict:
    """The descriptor of one table. Raises `DataError` with the nearest names for an unknown one."""
    with only(f"table {name}"):
        known = _package(PACKAGE.stat().st_mtime_ns)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise DataError(f"no table named {name!r} in {PACKAGE.name}; did you mean {', '.join(near)}?")
    return known[name]


def describe(name: str, path: str | Path | None = None) -> Provenance:
    """Provenance of a table; with `path`, of a reader's own file in that table's form."""
    found = resource(name)
    own = bool(path)
    return Provenance(
        name=name,
        title=found["title"],
        publisher=f"own file {Path(path).name}" if own else found["publisher"],
        licence="the reader's own" if own else "; ".join(x["title"] for x in found["licenses"]),
        reference_date="date not known" if own else found["reference_date"],
        status="own file" if own else found["status"],
        caveats=() if own else tuple(found["caveats"]),
    )


def sha256(path: Path) -> str:
    """SHA-256 of a file, as the data package records it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _file(name: str, path: str | Path | None) -> Path:
    file = Path(path).expanduser() if path else PACKAGE.parent / resource(name)["path"]
    if not file.is_file():
        hint = "check the parameter that names it" if path else "restore it from version control"
        raise DataError(f"table {name!r}: the file {file.name} does not exist; {hint}")
    return file


def validate(name: str, path: str | Path | None = None) -> None:
    """Check every row of a table, or of a reader's file in its form, against the table's schema.

    Raises `DataError` with file, line, column, value and rule of the first rows that break it.
    """
    schema = resource(name)["schema"]
    with _as_csv(_file(name, path), schema, name) as file:
        _validate(file, schema, name)


def _validate(file: Path, schema: dict, name: str) -> None:
    from frictionless import Resource, system  # costs 0.4 s: only when a file has to be read row by row

    with system.use_context(trusted=True):
        report = Resource.from_descriptor(
            {
                "name": "table",
                "path": file.name,
                "format": "csv",
                "schema": schema,
                "encoding": "utf-8",
                "dialect": {"csv": {"delimiter": ","}},  # never guessed
            },
            basepath=str(file.parent),
        ).validate()
    errors = [error for task in report.tasks for error in task.errors]
    if errors:
        lines = [_error_line(file.name, error, schema) for error in errors[:SHOWN_ERRORS]]
        more = len(errors) - SHOWN_ERRORS
        lines += [f"... and {more} more"] if more > 0 else []
        raise DataError(
            f"table {name!r} does not match its schema; mend the rows or, if the table is right, its schema "
            f"(of a shipped table: in {PACKAGE.name}):\n  " + "\n  ".join(lines)
        )


def _error_line(file: str, error: object, schema: dict) -> str:
    """File, line, column, value and rule of one Frictionless error, in as far as it has them."""
    parts = [file]
    if (row := getattr(error, "row_number", None)) is not None:
        parts.append(f"line {row}")
    if field := getattr(error, "field_name", None) or getattr(error, "label", None):
        parts.append(f"column {field!r}")
    if (cell := getattr(error, "cell", None)) is not None:
        parts.append(f"value {str(cell)!r}")
    if error.type == "primary-key":
        row = dict(zip((field["name"] for field in schema["fields"]), error.cells, strict=False))
        parts += [f"{key} {row.get(key, '')!r}" for key in schema["primaryKey"]]
    return ", ".join(parts) + f": {error.type}: {error.note or error.description}"


def load(name: str, path: str | Path | None = None) -> pd.DataFrame:
    """A table of the data package as a DataFrame, with the types of its schema.

    Months and dates come as timestamps (a month as its first day), whole numbers as integers (nullable
    where the schema allows them to be missing), text as strings; an empty cell is missing, never filled.
    `path` reads a reader's own file instead, CSV or Parquet, in the same form and held to the same schema;
    errors count the lines of both as in CSV, where the header is line 1.

    A shipped file whose SHA-256 is the recorded one was validated row by row when it was recorded
    (`make describe`, and again by the tests); any other file is validated here. Raises `DataError`.
    """
    schema = resource(name)["schema"]
    if path:
        return read(path, schema, name)
    file = _file(name, None)
    if sha256(file) != resource(name)["sha256"]:
        validate(name)
        raise DataError(
            f"table {name!r}: {file.name} matches its schema but is not the file that {PACKAGE.name} "
            "describes; if the change is meant, run `make describe` and commit both"
        )
    return _typed(file, schema, name)


def load_rows(name: str, column: str, value: str) -> pd.DataFrame:
    """The rows of a table with this value in a column; the build then takes these rows alone for used."""
    with only(f"rows {name} {column} {value}"):
        table = load(name)
    return table[table[column] == value].reset_index(drop=True)


def read(path: str | Path, schema: dict, name: str) -> pd.DataFrame:
    """A CSV or Parquet file held to a Table Schema that is not in the data package, typed as by `load`.

    `name` is what errors call the table. Raises `DataError`.
    """
    with _as_csv(_file(name, path), schema, name) as file:
        _validate(file, schema, name)
        return _typed(file, schema, name)


def _typed(file: Path, schema: dict, name: str) -> pd.DataFrame:
    fields = schema["fields"]
    try:
        table = pd.read_csv(
            file,
            dtype={field["name"]: _dtype(field) for field in fields},
            keep_default_na=False,  # "NA" is a code in some tables; only an empty cell is missing
            na_values={field["name"]: [""] for field in fields},
            encoding="utf-8",
        )
        for field in fields:
            if field["type"] in DATES:
                table[field["name"]] = pd.to_datetime(table[field["name"]], format=DATES[field["type"]])
    except (
        ValueError,
        OverflowError,
    ) as problem:  # a number too large, or a value written as only the validator reads it
        raise DataError(f"table {name!r}: {file.name} cannot be read as its schema says: {problem}") from problem
    if table.empty:
        raise DataError(f"table {name!r}: {file.name} has a header and no rows")
    return table


def _dtype(field: dict) -> str:
    required = field.get("constraints", {}).get("required", False)
    if field["type"] in ("integer", "year") and not required:
        return "Int64"
    return DTYPES.get(field["type"], "str")


@contextmanager
def _as_csv(file: Path, schema: dict, name: str) -> Iterator[Path]:
    """The file itself, or a Parquet file written out as CSV under its own name, to be held to the same rules."""
    if file.suffix.lower() != ".parquet":
        yield file
        return
    from pyarrow import ArrowException, parquet, types  # only for readers who bring such a file

    try:
        table = parquet.read_table(file)
    except (ArrowException, OSError) as problem:
        raise DataError(f"table {name!r}: {file.name} cannot be read as Parquet: {problem}") from problem
    for field in table.schema:
        if any(kind(field.type) for kind in (types.is_nested, types.is_binary, types.is_large_binary)):
            raise DataError(f"table {name!r}: {file.name}, column {field.name!r}: {field.type} has no place in a table")
    formats = {field["name"]: field["type"] for field in schema["fields"]}
    # pandas writes row labels as a column; and columns have names here, so that their order says nothing
    columns = [column for column in table.column_names if not re.fullmatch(r"__index_level_\d+__", column)]
    columns.sort(key=lambda column: list(formats).index(column) if column in formats else len(formats))
    with TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        with copy.open("w", encoding="utf-8", newline="") as text:
            rows = csv.writer(text, lineterminator="\n")
            rows.writerow(columns)
            cells = [
                [_text(cell, formats.get(column)) for cell in table[column].to_pandas(integer_object_nulls=True)]
                for column in columns
            ]
            rows.writerows(zip(*cells, strict=True))
        yield copy


def _text(cell: object, type: str | None) -> str:
    """A Parquet value as it stands in CSV; what its type cannot hold without loss is left for the schema to refuse."""
    if cell is None or cell != cell:
        return ""
    if type in ("integer", "year") and isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # whole numbers with missing ones among them are kept as floats by many programs
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time() and cell.tzinfo is None:
        cell = cell.date()
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return f"{cell:%Y-%m}" if type == "yearmonth" and cell.day == 1 else cell.isoformat()
    return str(cell)
