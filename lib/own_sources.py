"""What a reader's own file holds, by the kind of file: CSV and its like, Excel, Stata, Feather, Parquet.

Nothing is understood here but the kind: cells of a text come as they are written, those of the other kinds as values.
"""

from __future__ import annotations

import gzip
import re
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lib import cells
from lib.cells import DataError
from lib.own_columns import fold

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Source:
    """Header, rows of values, and the line of each; in other files than text lines are counted as in a CSV file.

    A value is a text as it is written, or a number, day or None of a file that knows types. `point` says whether
    decimals that are written as text have a point for certain; `said` is what was understood, in words.
    """

    header: list[str]
    rows: list[list[object]]
    lines: list[int]
    point: bool
    said: tuple[str, ...] = ()


def read(file: Path, fields: list[dict], name: str) -> Source:
    """What is in a file, by the end of its name. Raises `DataError` for a file that is not of its kind."""
    kind = KINDS.get(file.suffix.lower(), _text)
    return kind(file, fields, name)


def _text(file: Path, fields: list[dict], name: str) -> Source:
    names = [field["name"] for field in fields]
    text = cells.text(_content(file, name), file.name, name)
    said, lead, separator = [], 0, None
    if found := re.match(r"sep=([,;\t|])[ ,;\t]*\r?\n", text, re.IGNORECASE):
        separator, lead, text = found[1], 1, text[found.end() :]
    if not text.strip():
        raise DataError(cells.no_columns(file.name, name, names, empty=True))
    first = text.splitlines()[0].replace('"', "")
    wanted = set(map(fold, names))
    known = {sign: len(wanted & set(map(fold, first.split(sign)))) for sign in WORDS}
    best = separator or max(known, key=known.get)
    if not known[best]:
        raise DataError(cells.no_columns(file.name, name, names))
    if best != ",":
        said.append(f"separated by {WORDS[best]}")
    rows, lines = cells.split(text, best, file.name, name)
    lines = [line + lead for line in lines]
    while len(rows) > 1 and not any(map(str.strip, rows[-1])):
        rows.pop()
    header, *rows = rows
    lines = lines[1 : len(rows) + 1]
    if len(rows) > 1 and all(len(row) == len(header) + 1 for row in rows):
        raise DataError(
            f"{file.name}: every line has one cell more than the header; if these are row names, as R's write.table "
            "has them, write the file with row.names = FALSE"
            + ("; if decimals have a comma, write them with a point" if best == "," else "")
        )
    cells.refuse(name, cells.uneven(file.name, header, rows, lines, best), file.name)
    while not any(row[-1].strip() for row in (header, *rows)):  # signs at the end of every line
        header, rows = header[:-1], [row[:-1] for row in rows]
    return Source(header, rows, lines, point=best == ",", said=tuple(said))


def _content(file: Path, name: str) -> bytes:
    if file.suffix.lower() != ".gz":
        return file.read_bytes()
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(f"table {name!r}: {file.name} cannot be unpacked: {_why(problem)}") from problem


def _excel(file: Path, fields: list[dict], name: str) -> Source:
    """The one sheet that has the table's columns in its first row that is not empty."""
    import openpyxl  # only for readers who bring such a file, as the packages below

    wanted = {fold(field["name"]) for field in fields}
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and rules of the workbook that are not kept
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheets = {sheet.title: _rows(sheet) for sheet in book.worksheets}
            book.close()
    except Exception as problem:  # whatever a damaged workbook breaks
        raise DataError(
            f"table {name!r}: {file.name} cannot be read as an Excel workbook: {_why(problem)}"
        ) from problem
    overlap = {title: len(wanted & set(map(fold, rows[0][1]))) if rows else 0 for title, rows in sheets.items()}
    some = [title for title, number in overlap.items() if number]
    best = [title for title in some if overlap[title] == len(wanted)] or some
    if not best:
        names = [field["name"] for field in fields]
        raise DataError(cells.no_columns(file.name, name, names, empty=not any(sheets.values())))
    if len(best) > 1:
        raise DataError(
            f"{file.name}: the sheets {', '.join(map(cells.quoted, best))} have the table's columns; leave one of them"
        )
    (_, header), *rows = sheets[best[0]]
    width = max(at for at, cell in enumerate(header, 1) if cell is not None)
    errors = [
        f"{file.name}, line {line}, value {cells.quoted(next(cell for cell in row[width:] if cell is not None))}: "
        "extra-cell: there is no column name above it"
        for line, row in rows
        if any(cell is not None for cell in row[width:])
    ]
    cells.refuse(name, errors, file.name)
    said = (f"of its sheets {cells.quoted(best[0])} was read",) if len(sheets) > 1 else ()
    return Source(
        ["" if cell is None else str(cell) for cell in header[:width]],
        [(row + [None] * width)[:width] for _, row in rows],
        [line for line, _ in rows],
        point=False,
        said=said,
    )


def _rows(sheet: object) -> list[tuple[int, list[object]]]:
    """The rows of a sheet that are not empty, with their numbers."""
    sheet.reset_dimensions()  # which some programs write wrong
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    return [(at, list(row)) for at, row in rows if any(cell is not None and cell != "" for cell in row)]


def _stata(file: Path, fields: list[dict], name: str) -> Source:
    import pandas as pd

    texts = {fold(field["name"]) for field in fields if field["type"] == "string"}
    try:
        table = pd.read_stata(file, convert_categoricals=False)
        coded = [column for column in table.select_dtypes("number") if fold(column) in texts]
        if coded:  # what `encode` made of a text
            labels = pd.read_stata(file, columns=coded, order_categoricals=False)
            table = table.assign(**{column: labels[column].astype(object) for column in coded})
    except Exception as problem:  # whatever a damaged file breaks
        raise DataError(f"table {name!r}: {file.name} cannot be read as a file of Stata: {_why(problem)}") from problem
    return _typed(list(table.columns), [_values(table[column]) for column in table], len(table))


def _feather(file: Path, fields: list[dict], name: str) -> Source:
    from pyarrow import feather

    return _arrow(file, feather.read_table, "Feather", fields, name)


def _parquet(file: Path, fields: list[dict], name: str) -> Source:
    from pyarrow import parquet

    return _arrow(file, lambda path: parquet.ParquetFile(path).read(), "Parquet", fields, name)


def _arrow(file: Path, reader: Callable[[Path], pa.Table], kind: str, fields: list[dict], name: str) -> Source:
    from pyarrow import ArrowException
    from pyarrow import types as kinds

    try:
        table = reader(file)
    except (ArrowException, OSError) as problem:
        raise DataError(f"table {name!r}: {file.name} cannot be read as {kind}: {_why(problem)}") from problem
    wanted = {fold(field["name"]) for field in fields}
    labels, columns = [], []
    for at, column in enumerate(table.schema):
        if re.fullmatch(r"__index_level_\d+__", column.name):
            continue  # row labels, which pandas writes as a column
        labels.append(column.name)
        if fold(column.name) not in wanted:
            columns.append([None] * table.num_rows)  # left out, whatever it holds
        elif any(of(column.type) for of in (kinds.is_nested, kinds.is_binary, kinds.is_large_binary)):
            raise DataError(
                f"table {name!r}: {file.name}, column {column.name!r}: {column.type} has no place in a table"
            )
        else:
            columns.append(_values(table.column(at).to_pandas(integer_object_nulls=True)))
    return _typed(labels, columns, table.num_rows)


def _values(column: pd.Series) -> list[object]:
    """The values of a column; of single precision the shortest decimals, so that 30.1 is not 30.100000381."""
    return [float(str(value)) for value in column.to_numpy()] if column.dtype == "float32" else column.tolist()


def _why(problem: Exception) -> str:
    """The first line of what a package says of a file that it cannot read."""
    return next(iter(str(problem).splitlines()), type(problem).__name__)


def _typed(header: list[str], columns: list[list[object]], number: int) -> Source:
    rows = list(map(list, zip(*columns, strict=True)))
    return Source(list(map(str, header)), rows, list(range(2, number + 2)), point=True)


KINDS: dict[str, Callable[[Path, list[dict], str], Source]] = {
    ".xlsx": _excel,
    ".xlsm": _excel,
    ".dta": _stata,
    ".feather": _feather,
    ".parquet": _parquet,
    ".pq": _parquet,
}
