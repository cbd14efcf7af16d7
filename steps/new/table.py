"""`make new table`: a descriptor for a file in `data/`, its schema guessed, its texts left open for who knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lib import cells, data
from lib.described import FIELD, LISTS, SEEN_OF, STATUS, TEXTS, TO_WRITE, UNIT, to_write
from steps import StepError
from steps.new.files import all_or_nothing, csv_of, package, said, validated, write_package
from steps.new.words import NOTHING, Words

NEEDED = {"NAME": "what chapters call it, and its file: data/NAME.csv; lower-case letters, digits and _"}
FREE = {"FILE": "data/NAME.csv; nothing is copied"}
YEARS = range(1900, 2101)


def begin(given: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Describe data/NAME.csv as far as it says itself what it is; returns what was written, and what is left to do.

    Raises `StepError`, and writes nothing, for a file that is not there or is no table.
    """
    words = Words("table", given, NEEDED, FREE)
    name, file = words["NAME"], csv_of(words["NAME"])
    if name and not re.fullmatch(r"[a-z0-9_]+", name):
        words.refuse("NAME", NEEDED["NAME"])
    elif name in data.resources():
        words.refuse("NAME", f"data/{data.PACKAGE.name} describes a table {name} already")
    elif name and not file.is_file():
        words.refuse("NAME", f"there is no {said(file)}; put the file there: cp {words['FILE'] or 'FILE'} {said(file)}")
    words.settle()
    described = package()
    found = descriptor(name)
    described["resources"].append(found)
    with all_or_nothing([data.PACKAGE]):
        write_package(described)
        validated(name)
    key = ", ".join(found["schema"].get("primaryKey", [])) or "none"
    columns = ", ".join(f"{field['name']} ({field['type']})" for field in found["schema"]["fields"])
    done = [f"data/{data.PACKAGE.name}: table {name}: {columns}; no two rows have the same: {key}"]
    return done, [f"data/{data.PACKAGE.name}, {name}, {place}: {what}" for place, what in to_write(found).items()]


def descriptor(name: str) -> dict:
    """The descriptor of data/NAME.csv: its schema as its rows have it, its texts open. Raises `StepError`."""
    try:
        table = _read(name)
    except data.DataError as problem:
        raise StepError(f"{problem}\n{NOTHING}") from problem
    open_texts = {key: TO_WRITE + what for key, what in (TEXTS | {"status": STATUS, "seen": SEEN_OF}).items()}
    columns = dict(zip(table.header, map(list, zip(*table.rows, strict=True)), strict=True))
    types = _types(columns)
    fields = [_field(column, types[column], values) for column, values in columns.items()]
    key = _key(columns, types)
    schema = {"fields": fields, "missingValues": [""]} | ({"primaryKey": key} if key else {})
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": open_texts["title"],
        "description": open_texts["description"],
        "publisher": open_texts["publisher"],
        "sources": [{"title": TO_WRITE + LISTS["sources"]}],
        "licenses": [{"title": TO_WRITE + LISTS["licenses"]}],
        "reference_date": open_texts["reference_date"],
        "status": open_texts["status"],
        "seen": open_texts["seen"],
        "caveats": [TO_WRITE + LISTS["caveats"]],
        "processing": open_texts["processing"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _read(name: str) -> cells.Cells:
    """The cells of data/NAME.csv under the names in its first line. Raises `DataError`."""
    file = csv_of(name)
    first = file.read_bytes().split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip()
    separator = max(",;\t|", key=first.count)
    names = [column.strip('"') for column in first.split(separator)]
    table = cells.read(file, [{"name": column, "type": "string"} for column in names], name)
    if odd := [column for column in names if not re.fullmatch(r"\w+", column)]:
        raise data.DataError(
            f"{said(file)}, line 1: {', '.join(map(repr, odd))}: a column has a name of letters, digits and _, since "
            "chapters call it so"
        )
    if not table.rows:
        raise data.DataError(f"{said(file)} has a header and no rows")
    return table


def _types(columns: Mapping[str, list[str]]) -> dict[str, str]:
    """The type of each column, as Frictionless guesses it and every value is written; text where it is neither."""
    from frictionless import Resource

    guessed = Resource(data=[list(columns), *map(list, zip(*columns.values(), strict=True))])
    guessed.infer()
    found = {field.name: field.type for field in guessed.schema.fields}
    return {name: _type(found[name], [one for one in values if one], name) for name, values in columns.items()}


def _type(guessed: str, values: list[str], name: str) -> str:
    if guessed == "integer" and "year" in name and all(one.isdigit() and int(one) in YEARS for one in values):
        return "year"
    for kind in dict.fromkeys([guessed, "number"] if guessed == "integer" else [guessed]):
        if kind in data.FORMS and values and all(data.written_as(one, kind) for one in values):
            return kind
    return "string"


def _field(name: str, type: str, values: list[str]) -> dict:
    field = {
        "name": name,
        "type": type,
        "title": name.replace("_", " ").capitalize(),
        "description": TO_WRITE + FIELD["description"],
    }
    if type == "number":
        field["unit"] = TO_WRITE + UNIT["unit"]
    return field | ({"constraints": {"required": True}} if all(values) else {})


def _key(columns: Mapping[str, list[str]], types: Mapping[str, str]) -> list[str]:
    """The first columns that together are different in every row and never empty; numbers name no row."""
    names = [name for name, values in columns.items() if types[name] not in ("integer", "number") and all(values)]
    for last in range(1, len(names) + 1):
        rows = list(zip(*(columns[name] for name in names[:last]), strict=True))
        if len(set(rows)) == len(rows):
            return names[:last]
    return []
