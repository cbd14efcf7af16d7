"""From a file, CSV or Parquet, to the texts of its cells: the one reading that validation and typing share."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

SHOWN_ERRORS = 5
SHOWN_LETTERS = 80  # of a value

SAVE = "save it as CSV with commas between the cells, a point in decimals, and in UTF-8"
NO_TEXT = {
    b"PK\x03\x04": f"an Excel workbook (or another zip archive), not CSV; {SAVE}",
    b"\xd0\xcf\x11\xe0": f"an old Excel workbook, not CSV; {SAVE}",
    b"\xff\xfe": f"text in UTF-16, as Excel's 'Unicode text' is; {SAVE}",
    b"\xfe\xff": f"text in UTF-16, as Excel's 'Unicode text' is; {SAVE}",
    b"PAR1": "Parquet; let its name end in .parquet",
    b"\x1f\x8b": "compressed; unpack it first",
    b"%PDF": "a PDF, not a table",
}
SEPARATORS = {
    ";": "semicolons, as Excel saves where the decimal sign is a comma",
    "\t": "tabs",
    "|": "bars",
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class DataError(ValueError):
    """A table that does not exist, does not match its schema, or is not the file that was described."""


@dataclass(frozen=True)
class Cells:
    """The texts of a table in the order of its schema, and the line of the file on which each row begins."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read(file: Path, fields: list[dict], name: str, also: Collection[str] = ()) -> Cells:
    """The cells of a CSV or Parquet file that has one column for each of the `fields` of a schema, in any order.

    Columns named in `also` may stand in the file and are not read. Of CSV: comma, quotes, UTF-8 with or without a byte
    order mark, lines that end in LF or CRLF. Nothing is stripped, filled or converted. Raises `DataError` for a file
    that is no such table, which says what it is instead and, unless it has one of the columns, quotes nothing of it.
    """
    names = [field["name"] for field in fields]
    if file.suffix.lower() == ".parquet":
        rows, lines = _parquet(file, {field["name"]: field["type"] for field in fields}, name)
    else:
        rows, lines = _csv(file, names, name)
    header, *rows = rows
    refuse(name, _header_errors(file.name, header, names, also))
    uneven = [(row, at) for row, at in zip(rows, lines, strict=True) if len(row) != len(header) or not any(row)]
    refuse(name, [_uneven(file.name, row, at, header) for row, at in uneven])
    if header != names:
        order = [header.index(column) for column in names]
        rows = [[row[at] for at in order] for row in rows]
    return Cells(names, rows, lines)


def refuse(name: str, errors: list[str]) -> None:
    """Raise `DataError` with the first of these errors and the number of the others, if there are any."""
    if errors:
        more = len(errors) - SHOWN_ERRORS
        raise DataError(
            f"table {name!r} does not match its schema; mend the rows or, if the table is right, its schema "
            "(of a shipped table: in datapackage.json):\n  "
            + "\n  ".join(errors[:SHOWN_ERRORS] + ([f"... and {more} more"] if more > 0 else []))
        )


def shown(value: object) -> str:
    """A value as an error quotes it: on one line, and not without end."""
    text = str(value)
    return repr(text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…")


def _csv(file: Path, names: list[str], name: str) -> tuple[list[list[str]], list[int]]:
    text = _text(file, name)
    first = text.splitlines()[0] if text else ""
    wanted = f"the first line has to be: {','.join(names)}"
    if not text.strip():
        raise DataError(f"table {name!r}: {file.name} is empty; {wanted}")
    if first.lower().startswith("sep="):
        raise DataError(f"table {name!r}: {file.name} begins with a line {first!r}, which only Excel reads; delete it")
    known = {separator: len(set(names) & set(first.replace('"', "").split(separator))) for separator in ",;\t|"}
    best = max(known, key=known.get)
    if not known[best]:
        raise DataError(f"table {name!r}: {file.name} has none of the table's columns in its first line; {wanted}")
    if best in SEPARATORS:
        raise DataError(f"table {name!r}: {file.name} is separated by {SEPARATORS[best]}; {SAVE}")
    found = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, line = [], [], 1
    try:
        for row in found:
            rows.append(row)
            lines.append(line)
            line = found.line_num + 1
    except csv.Error as problem:
        raise DataError(
            f"table {name!r}: {file.name}, line {line}: {problem}; quotes enclose a whole cell, and a quote inside it "
            "is written twice"
        ) from problem
    return rows, lines[1:]


def _text(file: Path, name: str) -> str:
    content = file.read_bytes()
    for start, kind in NO_TEXT.items():
        if content.startswith(start):
            raise DataError(f"table {name!r}: {file.name} is {kind}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise DataError(
            f"table {name!r}: {file.name}, line {line}: byte 0x{content[problem.start]:02x} has no meaning in the "
            f"encoding UTF-8 (older Windows programs write windows-1252); {SAVE}"
        ) from problem
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise DataError(
            f"table {name!r}: {file.name}, line {line}: the control character U+{ord(found[0]):04X} has no place in a "
            f"table; if the file is not CSV, {SAVE}"
        )
    return text


def _header_errors(file: str, header: list[str], names: list[str], also: Collection[str]) -> list[str]:
    wanted = f"the header has to be: {','.join(names)}"
    kinds = {
        "missing-label: there is no such column": [column for column in names if column not in header],
        "extra-label: the table has no such column": [column for column in header if column not in {*names, *also}],
        "duplicate-label: the column stands here twice": {c for c in names if header.count(c) > 1},
    }
    return [f"{file}, line 1, column {shown(c)}: {rule}; {wanted}" for rule, columns in kinds.items() for c in columns]


def _uneven(file: str, row: list[str], line: int, header: list[str]) -> str:
    if not any(row):
        return f"{file}, line {line}: blank-row: the line is empty; delete it"
    if len(row) < len(header):
        place = f"column {header[len(row)]!r}: missing-cell"
    else:
        place = f"value {shown(row[len(header)])}: extra-cell"
    return (
        f"{file}, line {line}, {place}: {len(row)} cells under {len(header)} columns; a text with a comma in it stands "
        "in quotes, and decimals have a point"
    )


def _parquet(file: Path, types: dict[str, str], name: str) -> tuple[list[list[str]], list[int]]:
    from pyarrow import ArrowException, parquet  # only for readers who bring such a file
    from pyarrow import types as kinds

    try:
        table = parquet.read_table(file)
    except (ArrowException, OSError) as problem:
        raise DataError(f"table {name!r}: {file.name} cannot be read as Parquet: {problem}") from problem
    for field in table.schema:
        if any(kind(field.type) for kind in (kinds.is_nested, kinds.is_binary, kinds.is_large_binary)):
            raise DataError(f"table {name!r}: {file.name}, column {field.name!r}: {field.type} has no place in a table")
    # pandas writes row labels as a column
    columns = [column for column in table.column_names if not re.fullmatch(r"__index_level_\d+__", column)]
    texts = [
        [_parquet_text(cell, types.get(column)) for cell in table[column].to_pandas(integer_object_nulls=True)]
        for column in columns
    ]
    return [columns, *map(list, zip(*texts, strict=True))], list(range(2, table.num_rows + 2))


def _parquet_text(cell: object, type: str | None) -> str:
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
