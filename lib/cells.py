"""From a file to the texts of its cells, the one reading that validation and typing share; a shipped table is CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

SHOWN_ERRORS = 5
SHOWN_LETTERS = 80  # of a value

SAVE = "save it as CSV with commas between the cells, a point in decimals, and in UTF-8"
NO_TEXT = {
    b"PK\x03\x04": f"an Excel workbook (or another zip archive), not CSV; let its name end in .xlsx, or {SAVE}",
    b"\xd0\xcf\x11\xe0": f"an old or protected Excel workbook, not CSV; save it as .xlsx without a password, or {SAVE}",
    b"\xff\xfe": f"text in UTF-16, as Excel's 'Unicode text' is; {SAVE}",
    b"\xfe\xff": f"text in UTF-16, as Excel's 'Unicode text' is; {SAVE}",
    b"PAR1": "Parquet; let its name end in .parquet",
    b"ARROW1": "Feather; let its name end in .feather",
    b"<stata_dta>": "a file of Stata; let its name end in .dta",
    b"\x1f\x8b": "compressed (so is R's .rds); unpack it, or let the name of a compressed CSV end in .csv.gz",
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
    """The texts of a table in the order of its schema, and the line of the file on which each row begins.

    Of a reader's own file, `found` has the texts as they stand in it, for messages, and `said` what was understood of
    its form, in words; a shipped table has neither.
    """

    file: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    found: list[list[str]] | None = None
    said: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether it is a reader's own file."""
        return self.found is not None

    def shown(self, row: int, column: int) -> str:
        """A cell, by position, as an error quotes it: the way it stands in the file."""
        return quoted((self.rows if self.found is None else self.found)[row][column])


def read(file: Path, fields: list[dict], name: str, also: Collection[str] = ()) -> Cells:
    """The cells of a CSV file that has one column for each of the `fields` of a schema, in any order.

    Columns named in `also` may stand in the file and are not read. Comma, quotes, UTF-8 with or without a byte order
    mark, lines that end in LF or CRLF. Nothing is stripped, filled or converted. Raises `DataError` for a file that is
    no such table, which says what it is instead and, unless it has one of the columns, quotes nothing of it.
    """
    names = [field["name"] for field in fields]
    content = text(file.read_bytes(), file.name, name)
    first = content.splitlines()[0] if content else ""
    if first.lower().startswith("sep="):
        raise DataError(f"table {name!r}: {file.name} begins with a line {first!r}, which only Excel reads; delete it")
    known = {separator: len(set(names) & set(first.replace('"', "").split(separator))) for separator in ",;\t|"}
    best = max(known, key=known.get)
    if not (content.strip() and known[best]):
        raise DataError(no_columns(file.name, name, names, empty=not content.strip()))
    if best in SEPARATORS:
        raise DataError(f"table {name!r}: {file.name} is separated by {SEPARATORS[best]}; {SAVE}")
    rows, lines = split(content, ",", file.name, name)
    header, *rows = rows
    refuse(name, _header_errors(file.name, header, names, also))
    refuse(name, uneven(file.name, header, rows, lines[1:]))
    if header != names:
        order = [header.index(column) for column in names]
        rows = [[row[at] for at in order] for row in rows]
    return Cells(file.name, names, rows, lines[1:])


def refuse(name: str, errors: list[str], own: str = "") -> None:
    """Raise `DataError` with the first of these errors and the number of the others, if there are any.

    `own` is the name of a reader's own file, of which the rows are to be mended, never the schema.
    """
    if errors:
        more = len(errors) - SHOWN_ERRORS
        what = (
            f"{own} is not as the table {name!r} has to be"
            if own
            else f"table {name!r} does not match its schema; mend the rows or, if the table is right, its schema "
            "(of a shipped table: in datapackage.json)"
        )
        raise DataError(
            f"{what}:\n  " + "\n  ".join(errors[:SHOWN_ERRORS] + ([f"... and {more} more"] if more > 0 else []))
        )


def quoted(value: object) -> str:
    """A value as an error quotes it: on one line, and not without end."""
    text = str(value)
    return repr(text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…")


def no_columns(file: str, name: str, names: list[str], empty: bool = False) -> str:
    """What is said of a file without any of a table's columns; nothing of such a file is quoted."""
    what = "is empty" if empty else "has none of the table's columns in its first line"
    return f"table {name!r}: {file} {what}; the first line has to be: {','.join(names)}"


def text(content: bytes, file: str, name: str) -> str:
    """The text of a file in UTF-8. Raises `DataError` for what is no text, or is in another encoding."""
    for start, kind in NO_TEXT.items():
        if content.startswith(start):
            raise DataError(f"table {name!r}: {file} is {kind}")
    try:
        found = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise DataError(
            f"table {name!r}: {file}, line {line}: byte 0x{content[problem.start]:02x} has no meaning in the "
            f"encoding UTF-8 (older Windows programs write windows-1252); {SAVE}"
        ) from problem
    if control := CONTROL.search(found):
        line = found.count("\n", 0, control.start()) + 1
        raise DataError(
            f"table {name!r}: {file}, line {line}: the control character U+{ord(control[0]):04X} has no place in a "
            f"table; if the file is not CSV, {SAVE}"
        )
    return found


def split(text: str, separator: str, file: str, name: str) -> tuple[list[list[str]], list[int]]:
    """The rows of a text, header first, and the line on which each begins. Raises `DataError` for quotes that fail."""
    found = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    rows, lines, line = [], [], 1
    try:
        for row in found:
            rows.append(row)
            lines.append(line)
            line = found.line_num + 1
    except csv.Error as problem:
        raise DataError(
            f"table {name!r}: {file}, line {line}: {problem}; quotes enclose a whole cell, and a quote inside it "
            "is written twice"
        ) from problem
    return rows, lines


def uneven(file: str, header: list[str], rows: list[list[str]], lines: list[int], separator: str = ",") -> list[str]:
    """What is said of each row that is empty, or has more or fewer cells than the header."""
    odd = [(row, at) for row, at in zip(rows, lines, strict=True) if len(row) != len(header) or not any(row)]
    return [_uneven(file, row, at, header, separator) for row, at in odd]


def _header_errors(file: str, header: list[str], names: list[str], also: Collection[str]) -> list[str]:
    wanted = f"the header has to be: {','.join(names)}"
    kinds = {
        "missing-label: there is no such column": [column for column in names if column not in header],
        "extra-label: the table has no such column": [column for column in header if column not in {*names, *also}],
        "duplicate-label: the column stands here twice": {c for c in names if header.count(c) > 1},
    }
    return [f"{file}, line 1, column {quoted(c)}: {rule}; {wanted}" for rule, columns in kinds.items() for c in columns]


def _uneven(file: str, row: list[str], line: int, header: list[str], separator: str) -> str:
    if not any(row):
        return f"{file}, line {line}: blank-row: the line is empty; delete it"
    if len(row) < len(header):
        place = f"column {header[len(row)]!r}: missing-cell"
    else:
        place = f"value {quoted(row[len(header)])}: extra-cell"
    sign = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[separator]
    decimals = ", and decimals have a point" if separator == "," else ""
    return (
        f"{file}, line {line}, {place}: {len(row)} cells under {len(header)} columns; a text with a {sign} in it "
        f"stands in quotes{decimals}"
    )
