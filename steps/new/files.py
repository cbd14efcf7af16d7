"""Files that are written all or not at all, and rows and descriptors that are added to those that are there."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lib import chapters, data
from steps import StepError
from steps.new.words import NOTHING


@contextmanager
def all_or_nothing(files: Iterable[Path]) -> Iterator[None]:
    """Whatever goes wrong inside, or ends the process from outside, these files are then as they were, or not there."""
    kept = {file: file.with_name(f".{file.name}.before") for file in files}
    there = [file for file in kept if file.exists()]

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        for file in there:
            shutil.copy2(file, kept[file])
        try:
            yield
        except BaseException:
            for file, copy in kept.items():
                if file in there:
                    copy.replace(file)
                else:
                    file.unlink(missing_ok=True)
            raise
    finally:
        for copy in kept.values():
            copy.unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, before)


def write(file: Path, text: str) -> None:
    """Write a file whole beside its place, where a full disk shows, and then put it there."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(file)
    except OSError as problem:
        raise StepError(f"{said(file)} cannot be written ({problem.strerror}). {NOTHING}") from problem
    finally:
        fresh.unlink(missing_ok=True)


def said(file: Path) -> str:
    """A file as a message names it, from the folder of the project."""
    return file.relative_to(chapters.ROOT).as_posix() if file.is_relative_to(chapters.ROOT) else str(file)


def csv_of(name: str) -> Path:
    """The file of a table."""
    return data.PACKAGE.parent / f"{name}.csv"


def add_row(name: str, row: Mapping[str, str]) -> str:
    """Add a row to a table; columns that it lacks stay empty. Returns what was done."""
    file = csv_of(name)
    text = data.normal(file.read_bytes()).decode("utf-8")
    header = next(csv.reader(io.StringIO(text)))
    added = io.StringIO()
    csv.DictWriter(added, header, restval="", lineterminator="\n").writerow(row)
    write(file, text + added.getvalue())
    return f"data/{name}.csv: a row {', '.join(filter(None, list(row.values())[:2]))}"


def rewrite(name: str, rows: list[Mapping[str, str]]) -> None:
    """Put these rows, each with all columns, in the place of a table's."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write(csv_of(name), text.getvalue())


def package() -> dict:
    """The data package as it stands."""
    return json.loads(data.PACKAGE.read_text(encoding="utf-8"))


def write_package(described: dict) -> None:
    """Put the data package in its place, in the form that `make describe` gives it."""
    write(data.PACKAGE, json.dumps(described, indent=2, ensure_ascii=False) + "\n")


def validated(*names: str) -> None:
    """Hold tables to their schemas. Raises `StepError` with what does not fit."""
    try:
        for name in names:
            data.validate(name)
    except data.DataError as problem:
        raise StepError(f"{problem}\n{NOTHING}") from problem
