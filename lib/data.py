"""Tables by name, typed and validated against the Table Schemas in `data/datapackage.json`."""

from __future__ import annotations

import calendar
import difflib
import hashlib
import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from lib import cells, own_files
from lib.cells import SHOWN_ERRORS, Cells, DataError
from lib.described import SEEN, to_write
from lib.used import only

__all__ = [
    "SHOWN_ERRORS", "DataError", "Provenance", "describe", "lines", "load", "load_rows", "read", "resource",
    "resources", "validate",
]  # fmt: skip

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "data" / "datapackage.json"

DATES = {"yearmonth": "%Y-%m", "date": "%Y-%m-%d"}

# How a value is written, and how to say so. Frictionless and pandas each read more than this, and not the same.
FORMS = {
    "integer": (r"[+-]?\d+", "a whole number without a thousands separator, or nothing; write 1234"),
    "number": (r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", "a number, with a point in decimals; write 1234.5"),
    "year": (r"[1-9]\d{3}", "a year; write 2025"),
    "yearmonth": (r"[1-9]\d{3}-(0[1-9]|1[0-2])", "a month; write 2025-03"),
    "date": (r"[1-9]\d{3}-\d\d-\d\d", "a date; write 2025-03-31"),
}

# What a value that breaks a constraint of the Table Schema is told, with the constraint's own value.
RULES = {
    "required": "every row needs a value here",
    "minimum": "less than {}, the least there may be",
    "maximum": "more than {}, the most there may be",
    "pattern": "wanted is {}",
    "enum": "not one of {}",
}

PATTERNS = {
    "[A-Z]{3}": "a code of three capital letters, such as MAR",
    "[A-Z]{2}": "a code of two capital letters, such as MA",
    "[0-9]{4}-Q[1-4]": "a quarter, such as 2025-Q3",
}

OURS = {"simulated": "simulated by this book", "own file": "a reader's own file"}  # what a source line says briefly


@dataclass(frozen=True)
class Provenance:
    """Where a table comes from: what a figure's source line and the data catalogue show."""

    name: str
    title: str
    publisher: str
    licence: str
    reference_date: str
    status: str
    seen: str | None
    caveats: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for a figure: title, publisher, reference date, status, and where a source was not seen whole."""
        how = SEEN.get(self.seen, "")
        return f"{self.title}. {self.publisher}, {self.reference_date} ({self.status}{how})"

    @property
    def assumed(self) -> bool:
        """Whether the table holds assumptions of this book, as its caveats say."""
        return any(caveat.startswith("ASSUMPTIONS") for caveat in self.caveats)

    @property
    def short(self) -> str:
        """Whose numbers they are, and of when, in a few words."""
        if self.status in OURS:
            return OURS[self.status]
        if self.assumed:
            return "assumptions of this book"
        if self.status == "reported":
            return "the report"
        who = re.split(r",|;| \(", self.publisher)[0]
        return f"{who}, {_day(self.reference_date)}"


def _day(date: str) -> str:
    """A reference date as it is said: "4 August 2026", "June 2026", "2024"."""
    if not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", date):
        return date
    year, month, *day = map(int, date.split("-"))
    return " ".join(map(str, [*day, calendar.month_name[month], year]))


@cache
def _package(modified: int) -> dict[str, dict]:
    try:
        resources = json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]
    except json.JSONDecodeError as problem:
        raise DataError(
            f"{PACKAGE.name}, line {problem.lineno}, column {problem.colno}: {problem.msg}; mend it, or restore the "
            "file from version control"
        ) from problem
    for resource in resources:
        _check_descriptor(resource)
    return {resource["name"]: resource for resource in resources}


def _check_descriptor(resource: dict) -> None:
    """Raise `DataError` for what no table can do without, and a name, path or address that no page could carry."""
    called = resource.get("name", "")
    for key in ("name", "path", "schema"):
        if not resource.get(key):
            raise DataError(f"{PACKAGE.name}, table {called!r}: it has no {key}; write it")
    if not isinstance(resource["schema"].get("fields"), list):
        raise DataError(
            f"{PACKAGE.name}, table {called!r}: its schema has no list of fields; write one for each column"
        )
    values = [("name", resource["name"], r"[a-z0-9_]+", "lower-case letters, digits and _")]
    values += [("path", resource["path"], r"[\w-]+\.csv", "the name of a CSV file in the folder of the package")]
    values += [("field", field["name"], r"\w+", "letters, digits and _") for field in resource["schema"]["fields"]]
    values += [
        ("address of a source", source["path"], r"https?://[^\s<>\"\\]+", "an address that begins with https://")
        for source in resource.get("sources", [])
        if "path" in source
    ]
    for what, value, pattern, rule in values:
        if not re.fullmatch(pattern, value):
            raise DataError(
                f"{PACKAGE.name}, table {resource['name']!r}, {what} {cells.quoted(value)}: write {rule}, nothing else"
            )


def resources() -> dict[str, dict]:
    """The resource descriptors of the data package, by table name. Raises `DataError` for one that is not usable."""
    with only("tables"):
        return _package(PACKAGE.stat().st_mtime_ns)


def resource(name: str) -> dict:
    """The descriptor of one table. Raises `DataError` with the nearest names for an unknown one."""
    with only(f"table {name}"):
        known = _package(PACKAGE.stat().st_mtime_ns)
    if name not in known:
        if re.fullmatch(r"\w+", name) and (PACKAGE.parent / f"{name}.csv").is_file():
            raise DataError(not_described(name))
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise DataError(f"no table named {name!r} in {PACKAGE.name}; did you mean {', '.join(near)}?")
    return known[name]


def not_described(name: str) -> str:
    """What to do about a file that the data package does not have."""
    return f"data/{name}.csv is there and not described: make new table NAME={name}"


def _refuse_half_described(name: str) -> None:
    if lacking := to_write(resource(name)):
        raise DataError(
            f"table {name!r} is not wholly described; write in data/{PACKAGE.name}: {'; '.join(lacking)}. Then run "
            "`make describe`"
        )


def describe(name: str, path: str | Path | None = None) -> Provenance:
    """Provenance of a table; with `path`, of a reader's own file in that table's form."""
    _refuse_half_described(name)
    found = resource(name)
    own = bool(path)
    return Provenance(
        name=name,
        title=found["title"],
        publisher=f"own file {Path(path).name}" if own else found["publisher"],
        licence="the reader's own" if own else "; ".join(x["title"] for x in found["licenses"]),
        reference_date="date not known" if own else found["reference_date"],
        status="own file" if own else found["status"],
        seen=None if own else found.get("seen"),
        caveats=() if own else tuple(found["caveats"]),
    )


def sources(name: str) -> list[tuple[str, str | None]]:
    """Title and web address (None where there is none) of each source of a table."""
    return [(source["title"], source.get("path")) for source in resource(name)["sources"]]


def sha256(path: Path) -> str:
    """SHA-256 of a file, as the data package records it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _file(name: str, path: str | Path | None) -> Path:
    file = Path(path).expanduser() if path else PACKAGE.parent / resource(name)["path"]
    if not file.is_file():
        where = "" if file.is_absolute() else f"; it was looked up in {Path.cwd()}"
        own = f"check the parameter that names it and give a full path{where}"
        hint = own if path else "restore it from version control"
        raise DataError(f"table {name!r}: the file {file.name} does not exist; {hint}")
    return file


def validate(name: str, path: str | Path | None = None) -> None:
    """Check every row of a table, or of a reader's file in its form, against the table's schema.

    Raises `DataError` with file, line, column, value and rule of the first rows that break it.
    """
    schema = resource(name)["schema"]
    _validate(_own(path, schema, name) if path else _cells(_file(name, None), schema, name), schema, name)


def _cells(file: Path, schema: dict, name: str) -> Cells:
    return cells.read(file, schema["fields"], name, schema.get("also", ()))


def _own(path: str | Path, schema: dict, name: str) -> Cells:
    return own_files.read(_file(name, path), schema["fields"], name, schema.get("also", ()))


def _validate(table: Cells, schema: dict, name: str) -> None:
    own = table.file if table.own else ""
    if not table.rows:
        raise DataError(f"table {name!r}: {table.file} has a header and no rows")
    cells.refuse(name, _misspelt(table, schema), own)
    from frictionless import Resource  # costs 0.4 s: only when a file has to be checked row by row

    report = Resource.from_descriptor(
        {"name": "table", "data": [table.header, *table.rows], "schema": schema}
    ).validate()
    errors = [error for task in report.tasks for error in task.errors]
    cells.refuse(name, [_error_line(error, table, schema) for error in errors], own)


def _misspelt(table: Cells, schema: dict) -> list[str]:
    """The values that are not written as their type wants."""
    found = []
    for at, field in enumerate(schema["fields"]):
        rule = FORMS.get(field["type"], ("", ""))[1]
        for number, (row, line) in enumerate(zip(table.rows, table.lines, strict=True)):
            cell = row[at]
            if cell and not written_as(cell, field["type"]):
                place = f"{table.file}, line {line}, column {field['name']!r}, value {table.shown(number, at)}"
                found.append((line, f"{place}: type-error: not {rule}"))
    return [error for _, error in sorted(found, key=lambda one: one[0])]


def written_as(cell: str, type: str) -> bool:
    """Whether a cell is written as a type of a schema wants it; every text is text."""
    return type not in FORMS or bool(re.fullmatch(FORMS[type][0], cell, re.ASCII) and _fits(cell, type))


def _fits(cell: str, type: str) -> bool:
    if type == "integer":
        return len(cell) < 19  # digits that 64 bits hold for certain
    return type != "number" or math.isfinite(float(cell))


def _error_line(error: object, table: Cells, schema: dict) -> str:
    """File, line, column, value and rule of one Frictionless error, in as far as it has them."""
    parts, row = [table.file], getattr(error, "row_number", None)
    if row is not None:
        parts.append(f"line {table.lines[row - 2]}")
    if field := getattr(error, "field_name", None):
        parts.append(f"column {field!r}")
    if getattr(error, "cell", None) is not None:
        parts.append(f"value {table.shown(row - 2, error.field_number - 1)}")
    if error.type == "primary-key":
        keys = schema["primaryKey"]
        parts += [f"{key} {table.shown(row - 2, table.header.index(key))}" for key in keys]
    return ", ".join(parts) + f": {_rule(error, table.lines)}"


def _rule(error: object, lines: list[int]) -> str:
    """The rule that a Frictionless error names, in words."""
    note = error.note or error.description
    if found := re.fullmatch(r'constraint "(\w+)" is "(.*)"', note, re.DOTALL):
        wanted = PATTERNS.get(found[2].removeprefix("^").removesuffix("$"), found[2])
        return f"{found[1]}: {RULES.get(found[1], 'it has to be {}').format(wanted)}"
    if found := re.fullmatch(r"the same as in the row at position (\d+)", note):
        return f"{error.type}: the same as in line {lines[int(found[1]) - 2]}; leave one of them"
    return f"{error.type}: {note}"


def load(name: str, path: str | Path | None = None) -> pd.DataFrame:
    """A table of the data package as a DataFrame, with the types of its schema.

    Months and dates come as timestamps (a month as its first day), whole numbers as integers (nullable
    where the schema allows them to be missing), text as strings; an empty cell is missing, never filled.
    `path` reads a reader's own file instead, in the forms of `lib.own_files`, and holds it to the same schema; errors
    count its lines, the header being line 1.

    A shipped file whose SHA-256 is the recorded one was validated row by row when it was recorded
    (`make describe`, and again by the tests); any other file is validated here. Raises `DataError`.
    """
    schema = resource(name)["schema"]
    if path:
        return read(path, schema, name)
    file = _file(name, None)
    if "sha256" not in resource(name):
        _refuse_half_described(name)
        raise DataError(f"table {name!r} is described and was not recorded yet; run `make describe`")
    if sha256(file) != (recorded := resource(name)["sha256"]):
        if hashlib.sha256(normal(file.read_bytes())).hexdigest() == recorded:
            raise DataError(
                f"table {name!r}: only the line endings of {file.name} differ from the file that {PACKAGE.name} "
                "describes, as git or an editor changes them on Windows; run `git config core.autocrlf input` and "
                "check out again, or `make describe`, which puts the tables right"
            )
        validate(name)
        raise DataError(
            f"table {name!r}: {file.name} matches its schema but is not the file that {PACKAGE.name} "
            "describes; if the change is meant, run `make describe` and commit both"
        )
    return _shipped(name, file, recorded, json.dumps(schema)).copy()


@cache
def _shipped(name: str, file: Path, recorded: str, schema: str) -> pd.DataFrame:
    """A table whose file has the recorded hash; a chapter loads the same one again and again."""
    fields = {"fields": json.loads(schema)["fields"]}
    return _typed(_cells(file, fields, name), fields)


def normal(content: bytes) -> bytes:
    """A CSV file as the data package keeps it: no byte order mark, every line ended by LF."""
    lines = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return lines if lines.endswith(b"\n") else lines + b"\n"


def written(name: str) -> list[list[str]]:
    """The rows of a packaged table as they are written in its file, header first."""
    table = _cells(_file(name, None), {"fields": resource(name)["schema"]["fields"]}, name)
    return [table.header, *table.rows]


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table of Python's own objects with `None` for what is missing, as templates want it."""
    return table.astype(object).where(table.notna(), None)


def load_rows(name: str, column: str, value: str) -> pd.DataFrame:
    """The rows of a table with this value in a column; the build then takes these rows alone for used."""
    with only(f"rows {name} {column} {value}"):
        table = load(name)
    return table[table[column] == value].reset_index(drop=True)


def read(path: str | Path, schema: dict, name: str) -> pd.DataFrame:
    """A reader's own file held to a Table Schema that is not in the data package, typed as by `load`.

    `name` is what errors call the table. Raises `DataError`.
    """
    table = _own(path, schema, name)
    _validate(table, schema, name)
    return _typed(table, schema)


def lines(path: str | Path, schema: dict, name: str) -> list[int]:
    """The line on which each row of a reader's own file begins, for errors of what is checked after `read`."""
    return _own(path, schema, name).lines


def _typed(table: Cells, schema: dict) -> pd.DataFrame:
    columns = zip(schema["fields"], zip(*table.rows, strict=True), strict=True)
    return pd.DataFrame({field["name"]: _column(texts, field) for field, texts in columns})


def _column(texts: tuple[str, ...], field: dict) -> pd.Series:
    """The values of a column; an empty cell is missing, and "NA" a code like any other."""
    if field["type"] in ("integer", "year"):
        # whole numbers that may be missing need the nullable type
        kind = "int64" if field.get("constraints", {}).get("required") else "Int64"
        return pd.Series([int(text) if text else None for text in texts], dtype=kind)
    if field["type"] == "number":
        return pd.Series([float(text) if text else math.nan for text in texts], dtype="float64")
    column = pd.Series([text or None for text in texts], dtype="str")
    return pd.to_datetime(column, format=DATES[field["type"]]) if field["type"] in DATES else column
