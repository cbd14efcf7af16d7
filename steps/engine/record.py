"""What a step was made from and what it made: whether it is up to date, and if not, why.

A step that is done leaves a record of the parts that it used and of the files that it wrote, each with its digest
then. It is stale when one of them is not as it was. A part is named by what it is:

    file PATH         a file of the project
    listing PATH      the names of the files in a folder, however deep
    cells NAME        the code of a chapter, without its text
    text NAME         its text
    table NAME        the descriptor of a table in the data package; `tables`: all of them
    rows TABLE COLUMN VALUE    the rows of a table with this value in a column
    asked             the chapters that were asked for
    own NAME          a reader's own files for a chapter
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from steps import ROOT
from steps.engine import given

RECORDS = ROOT / "_build" / "records"
GONE = "gone"
HELD: dict[str, str] = {}  # parts that this process has loaded, each with its digest then


def digest(part: str) -> str:
    """The digest of a part as it is now, or `GONE`."""
    kind, _, name = part.partition(" ")
    try:
        if kind == "file":
            found = (ROOT / name).stat()
            return _of_file(name, found.st_mtime_ns, found.st_size)
        return hashlib.sha256(_content(kind, name)).hexdigest()
    except (OSError, ValueError, KeyError):
        return GONE


@cache
def _of_file(name: str, modified: int, size: int) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _content(kind: str, name: str) -> bytes:
    if kind == "asked":
        found = os.environ.get("CHAPTERS", "").split()
    elif kind == "own":
        found = given.own(name)
    elif kind == "listing":
        found = sorted(str(file.relative_to(ROOT)) for file in _inside(ROOT / name))
    elif kind in ("cells", "text"):
        notebook = ROOT / "notebooks" / f"{name}.ipynb"
        found = _cells(notebook, notebook.stat().st_mtime_ns)[kind == "text"]
    elif kind in ("table", "tables"):
        package = ROOT / "data" / "datapackage.json"
        tables = _tables(package, package.stat().st_mtime_ns)
        found = tables[name] if name else tables
    elif kind == "rows":
        table, column, value = name.split(" ", 2)
        package = ROOT / "data" / "datapackage.json"
        file = ROOT / "data" / _tables(package, package.stat().st_mtime_ns)[table]["path"]
        found = [row for row in _rows(file, file.stat().st_mtime_ns) if row[column] == value]
    else:
        raise ValueError(f"no such kind of part: {kind}")
    return json.dumps(found, sort_keys=True).encode()


@cache
def _cells(notebook: Path, modified: int) -> tuple[list, list]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [[cell["source"], cell["metadata"].get("tags", [])] for cell in cells if cell["cell_type"] == "code"]
    return code, [[cell["cell_type"], cell["source"]] for cell in cells]


@cache
def _tables(package: Path, modified: int) -> dict[str, dict]:
    tables = json.loads(package.read_text(encoding="utf-8"))["resources"]
    # a table's hash says nothing that the file, or the rows that are used, do not say
    return {table["name"]: {k: v for k, v in table.items() if k not in ("sha256", "bytes")} for table in tables}


@cache
def _rows(table: Path, modified: int) -> list[dict]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def parts(names: Iterable[str]) -> dict[str, str]:
    """These parts, each with its digest now, or when this process loaded it."""
    return {name: HELD.get(name) or digest(name) for name in sorted(names)}


def hold(*names: str) -> None:
    """What is in these files and folders now is what this process works with, even if they change meanwhile."""
    HELD.update(parts(files(*names)))


def files(*names: str) -> list[str]:
    """These files of the project, and all files in these folders with the folders' listings, as parts."""
    found = []
    for place in map(ROOT.joinpath, names):
        if place.is_dir():
            found += [f"listing {place.relative_to(ROOT)}", *_named(_inside(place))]
        else:
            found += _named([place])
    return found


def _named(places: Iterable[Path]) -> list[str]:
    return [f"file {place.relative_to(ROOT)}" for place in places]


def _inside(folder: Path) -> list[Path]:
    found = []
    for here, below, names in os.walk(folder):
        below[:] = [name for name in below if name not in ("__pycache__", ".ipynb_checkpoints")]
        found += [Path(here, name) for name in names]
    return found


def keep(step: str, used: dict[str, str], made: Iterable[str]) -> None:
    """Record that a step is done, from `used` (`parts`, as they were when it began); `made` are parts too."""
    text = json.dumps({"used": used, "made": parts(made)}, indent=1)
    RECORDS.mkdir(parents=True, exist_ok=True)
    fresh = RECORDS / f"{step}.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(RECORDS / f"{step}.json")


def kept(step: str) -> dict[str, dict[str, str]] | None:
    """What a step recorded (`used` and `made`), or `None` if there is nothing that can be read."""
    try:
        return json.loads((RECORDS / f"{step}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def reasons(step: str) -> list[str]:
    """Why a step has to run, in words; empty when it is up to date."""
    record = kept(step)
    if record is None:
        return ["it was not made yet"]
    changed = [
        f"{_said(name)} {_how(was, now)}" for name, was in record["used"].items() if (now := digest(name)) != was
    ]
    changed += [
        f"its result {name.partition(' ')[2]} {'is gone' if now == GONE else 'was edited'}"
        for name, was in record["made"].items()
        if (now := digest(name)) != was
    ]
    return list(dict.fromkeys(changed))


def _how(was: str, now: str) -> str:
    if now == GONE:
        return "is gone"
    return "is there again" if was == GONE else "changed"


def _said(part: str) -> str:
    kind, _, name = part.partition(" ")
    return {
        "cells": "its code",
        "text": "its text",
        "table": f"the description of table {name}",
        "tables": "the description of a table",
        "rows": "its rows in table {} ({} {})".format(*name.split(" ", 2)) if kind == "rows" else "",
        "asked": "the choice of chapters",
        "own": "the choice of own files",
        "listing": f"the list of files in {name}",
    }.get(kind, name)
