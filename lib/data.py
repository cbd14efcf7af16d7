"""Tables by name, typed and validated against the Table Schemas in `data/datapackage.json`."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

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
    return _package(PACKAGE.stat().st_mtime_ns)


def resource(name: str) -> dict:
    """The descriptor of one table. Raises `DataError` with the nearest names for an unknown one."""
    known = resources()
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
    from frictionless import Resource, system  # costs 0.4 s: only when a file has to be read row by row

    file = _file(name, path)
    with system.use_context(trusted=True):
        report = Resource.from_descriptor(
            {
                "name": name,
                "path": file.name,
                "schema": resource(name)["schema"],
                "encoding": "utf-8",
                "dialect": {"csv": {"delimiter": ","}},  # never guessed
            },
            basepath=str(file.parent),
        ).validate()
    errors = [error for task in report.tasks for error in task.errors]
    if errors:
        lines = [_error_line(file.name, error) for error in errors[:SHOWN_ERRORS]]
        more = len(errors) - SHOWN_ERRORS
        lines += [f"... and {more} more"] if more > 0 else []
        raise DataError(
            f"table {name!r} does not match its schema in {PACKAGE.name}; mend the rows or, if the table "
            "is right, its schema:\n  " + "\n  ".join(lines)
        )


def _error_line(file: str, error: object) -> str:
    """File, line, column, value and rule of one Frictionless error, in as far as it has them."""
    parts = [file]
    if (row := getattr(error, "row_number", None)) is not None:
        parts.append(f"line {row}")
    if field := getattr(error, "field_name", None) or getattr(error, "label", None):
        parts.append(f"column {field!r}")
    if (cell := getattr(error, "cell", None)) is not None:
        parts.append(f"value {str(cell)!r}")
    return ", ".join(parts) + f": {error.type}: {error.note or error.description}"


def load(name: str, path: str | Path | None = None) -> pd.DataFrame:
    """A table of the data package as a DataFrame, with the types of its schema.

    Months and dates come as timestamps (a month as its first day), whole numbers as integers (nullable
    where the schema allows them to be missing), text as strings; an empty cell is missing, never filled.
    `path` reads a reader's own file instead, in the same form and held to the same schema.

    A shipped file whose SHA-256 is the recorded one was validated row by row when it was recorded
    (`make describe`, and again by the tests); any other file is validated here. Raises `DataError`.
    """
    file = _file(name, path)
    if path or sha256(file) != resource(name)["sha256"]:
        validate(name, path)
        if not path:
            raise DataError(
                f"table {name!r}: {file.name} matches its schema but is not the file that {PACKAGE.name} "
                "describes; if the change is meant, run `make describe` and commit both"
            )
    fields = resource(name)["schema"]["fields"]
    try:
        table = pd.read_csv(
            file,
            dtype={field["name"]: _dtype(field) for field in fields},
            keep_default_na=False,  # "NA" is a code in some tables; only an empty cell is missing
            na_values={field["name"]: [""] for field in fields},
            encoding="utf-8",
        )
    except (ValueError, OverflowError) as problem:  # a number too large, or written as no other program reads it
        raise DataError(f"table {name!r}: {file.name} cannot be read as its schema says: {problem}") from problem
    if table.empty:
        raise DataError(f"table {name!r}: {file.name} has a header and no rows")
    for field in fields:
        if field["type"] in DATES:
            table[field["name"]] = pd.to_datetime(table[field["name"]], format=DATES[field["type"]])
    return table


def _dtype(field: dict) -> str:
    required = field.get("constraints", {}).get("required", False)
    if field["type"] in ("integer", "year") and not required:
        return "Int64"
    return DTYPES.get(field["type"], "str")
