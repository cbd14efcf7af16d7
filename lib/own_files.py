"""A reader's own file as people have it, read where it can mean one thing only; and what was understood, in words.

The kind of file is the work of `lib.own_sources`, its columns that of `lib.own_columns`, its values that of
`lib.own_values`. Tables of the package are not read here: they have one form, `lib.cells.read`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from lib import own_columns, own_sources, own_values
from lib.cells import Cells

TRIED = 200  # values of a column, to guess which one is meant

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def heard() -> Iterator[list[str]]:
    """While files are read: the list of what is understood of their forms, one sentence for each file."""
    sentences: list[str] = []
    token = _heard.set(sentences)
    try:
        yield sentences
    finally:
        _heard.reset(token)


def read(file: Path, fields: list[dict], name: str, also: Collection[str] = ()) -> Cells:
    """The cells of a reader's file that has a column for each of the `fields` of a schema, in the schema's form.

    CSV with commas, semicolons, tabs or bars (also compressed, `.csv.gz`), Excel, Stata, Feather and Parquet. Columns
    may stand in any order, beside others; those named in `also` are left out without a word. Raises `DataError` for
    what can be read in more than one way, or not at all. Values are not validated.
    """
    source = own_sources.read(file, fields, name)
    by_name = {field["name"]: field for field in fields}

    def fits(place: int, column: str) -> bool:
        return own_values.fits((row[place] for row in source.rows[:TRIED]), by_name[column])

    places, on_columns = own_columns.match(file.name, source.header, list(by_name), also, fits)
    columns = [
        own_values.Column(file.name, field["name"], field["type"], [row[at] for row in source.rows], source.lines)
        for field, at in zip(fields, places, strict=True)
    ]
    found = _rows(columns)
    said = (*source.said, *own_values.understand(columns, source.point), *on_columns)
    _say(file.name, said)
    return Cells(file.name, list(by_name), _rows(columns), source.lines, found, said)


def _rows(columns: list[own_values.Column]) -> list[list[str]]:
    return list(map(list, zip(*(column.texts for column in columns), strict=True)))


def _say(file: str, said: tuple[str, ...]) -> None:
    sentence = f"{file}: {'; '.join(said)}"
    sentences = _heard.get()
    if said and sentences is not None and sentence not in sentences:
        sentences.append(sentence)
