"""Pairs of a chapter: notebooks/NAME.md (MyST, the truth) and NAME.ipynb (generated, no outputs, no ids).

The .ipynb carries, in its metadata, a fingerprint of the .md it was made from and one of its own cells.
So each side can tell whether it was edited since, without git and without any state beside the two files.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps.engine import cells, record
from steps.engine.cells import Cell, CellError

ROOT = Path(__file__).resolve().parent.parent
KEY = "pair"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class PairError(Exception):
    """A pair that cannot be reconciled without losing somebody's edit; nothing was changed."""

    def __str__(self) -> str:
        """The message, with what matters most to whoever reads it."""
        return f"{super().__str__()}. Nothing was changed."


@dataclass(frozen=True)
class Pair:
    """The two files of one chapter."""

    text: Path
    notebook: Path

    @property
    def name(self) -> str:
        """The chapter's name."""
        return self.text.stem


def pairs(folder: Path = ROOT / "notebooks") -> list[Pair]:
    """All pairs of a folder; either file may still be missing."""
    stems = sorted({file.stem for suffix in ("*.md", "*.ipynb") for file in folder.glob(suffix)})
    return [Pair(folder / f"{stem}.md", folder / f"{stem}.ipynb") for stem in stems]


def agrees(pair: Pair) -> bool:
    """Whether the .ipynb is as it was made from this .md, told by the fingerprints.

    Raises `PairError` when a file cannot be read.
    """
    if not (pair.text.exists() and pair.notebook.exists()):
        return False
    text, notebook = _read_text(pair), _read_notebook(pair)
    return pair.notebook.read_text(encoding="utf-8") == _dump(notebook["cells"], text)


def sync(pair: Pair) -> str:
    """Bring the two files of a pair together; returns what was done.

    The side that was edited since the last sync wins. Raises `PairError`, and touches nothing, when both
    were edited to different contents, and when a file cannot be read or its edits cannot be kept.
    """
    if agrees(pair):
        return "in step"
    if not pair.notebook.exists():
        text = _read_text(pair)
        return _write_notebook(pair, text, _cells_of(pair.text, cells.from_text, text))
    notebook = _read_notebook(pair)
    shown = _cells_of(pair.notebook, cells.from_notebook, notebook["cells"])
    if not pair.text.exists():
        return _write_both(pair, "", shown)
    text = _read_text(pair)
    meant = _cells_of(pair.text, cells.from_text, text)
    recorded = notebook["metadata"].get(KEY)
    recorded = recorded if isinstance(recorded, dict) else {}
    text_edited = recorded.get("text") != _digest(text)
    notebook_edited = recorded.get("cells") != _digest(cells.canonical(shown))
    if shown == meant:  # only what the text does not carry differs, or JupyterLab with jupytext saved both
        return _write_notebook(pair, text, meant)
    if text_edited and notebook_edited:
        raise PairError(
            f"{pair.name}: both {pair.text.name} and {pair.notebook.name} were edited since the last sync. "
            "Keep one: move the other away (or `git restore` it), run `make sync`, and redo its edit"
        )
    if notebook_edited:
        _refuse_emptied(pair.notebook, shown, pair.text, meant)
        return _write_both(pair, text, shown)
    _refuse_emptied(pair.text, meant, pair.notebook, shown)
    return _write_notebook(pair, text, meant)


def _read(file: Path) -> str:
    """The text of a file. Raises `ValueError` that says what is wrong with its bytes."""
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise ValueError(f", line {line}, is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise ValueError(" begins with a byte order mark")
    return cells.line_feeds(text)


def _read_text(pair: Pair) -> str:
    try:
        text = _read(pair.text)
    except ValueError as problem:
        raise PairError(f"{pair.text.name}{problem}; save it as UTF-8 without byte order mark") from None
    if not text.strip():
        again = f"delete it and run `make sync`, which writes it from {pair.notebook.name}"
        remedy = f"restore it, or {again}" if pair.notebook.exists() else "write it or delete it"
        raise PairError(f"{pair.text.name} is empty; {remedy}")
    if wrong := cells.misplaced(text):
        raise PairError(f"{pair.text.name}, {wrong}")
    return text


def _read_notebook(pair: Pair) -> dict[str, Any]:
    """The .ipynb as it stands."""
    try:
        text = _read(pair.notebook)
        if not text.strip():
            raise ValueError(" is empty")
        if marked := cells.CONFLICT.search(text):
            raise ValueError(f", line {cells.line_of(text, marked.start())}: {marked[0]!r} was left by a merge")
        try:
            notebook = json.loads(text)
            json.dumps(notebook, ensure_ascii=False).encode()  # half a character passes JSON, and no file can hold it
        except ValueError as problem:
            raise ValueError(f" is not JSON in UTF-8 ({problem})") from None
        if not (isinstance(notebook, dict) and isinstance(notebook.get("metadata"), dict) and "cells" in notebook):
            raise ValueError(" is not a notebook in format 4")
    except ValueError as problem:
        remedy = "restore it or delete it"
        if pair.text.exists():
            remedy = f"see that {pair.text.name}, the truth, is right, delete {pair.notebook.name} and run `make sync`"
        raise PairError(f"{pair.notebook.name}{problem}; {remedy}") from None
    return notebook


def _cells_of(file: Path, read: Callable[[Any], list[Cell]], content: object) -> list[Cell]:
    try:
        return read(content)
    except CellError as problem:
        raise PairError(f"{file.name} {problem}") from None


def _refuse_emptied(edited: Path, new: list[Cell], other: Path, old: list[Cell]) -> None:
    """A save that crashed in one file must not empty the other as well."""
    if what := cells.what_is_gone(old, new):
        raise PairError(
            f"{edited.name} has no {what} and {other.name} has: if a save went wrong, delete {edited.name} and run "
            f"`make sync`; if it is meant, delete {other.name} and run `make sync`"
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _dump(made: list[Cell], text: str) -> str:
    """The .ipynb of the cells made from a text, fingerprints included."""
    metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        KEY: {"text": _digest(text), "cells": _digest(cells.canonical(made))},
    }
    # nbformat 4.4 is the last version without cell ids
    notebook = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _write_notebook(pair: Pair, text: str, made: list[Cell]) -> str:
    _replace({pair.notebook: _dump(made, text)})
    return f"{pair.notebook.name} written from {pair.text.name}"


def _write_both(pair: Pair, old: str, made: list[Cell]) -> str:
    try:
        text = cells.to_text(made, old)
    except CellError as problem:
        raise PairError(f"{pair.notebook.name} {problem}") from None
    _replace({pair.text: text, pair.notebook: _dump(made, text)})
    return f"{pair.text.name} written from {pair.notebook.name}"


def _replace(files: dict[Path, str]) -> None:
    """Write all files or none: each is written whole beside its place, where a full disk shows, and then takes it."""
    with ExitStack() as stack:
        written = {}
        for file, text in files.items():
            target = file.resolve()  # what a link leads to, so that it stays one
            try:
                with tempfile.NamedTemporaryFile(
                    "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{file.name}.", delete=False
                ) as new:
                    stack.callback(Path(new.name).unlink, missing_ok=True)
                    new.write(text)
                    new.flush()
                    os.fsync(new.fileno())
                Path(new.name).chmod(target.stat().st_mode if target.exists() else 0o644)
            except OSError as problem:
                raise PairError(f"{file.name} cannot be written ({problem.strerror})") from None
            written[new.name] = target
        for name, target in written.items():
            Path(name).replace(target)


def main(command: str) -> int:
    """`check` fails when a pair disagrees; `sync` reconciles them. A problem of one pair does not stop the others."""
    problems = []
    for pair in pairs():
        try:
            if command == "sync":
                print(f"  {pair.name}: {sync(pair)}")
            elif not agrees(pair):
                problems.append(f"{pair.name}: {pair.text.name} and {pair.notebook.name} disagree; run `make sync`")
        except PairError as problem:
            problems.append(str(problem))
    for problem in problems:
        print(problem, file=sys.stderr)
    if command == "sync" and not problems:
        record.keep("sync", record.parts(record.files("notebooks", "steps/pairs.py", "steps/engine/cells.py")), [])
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["sync"]):
        sys.exit("usage: python -m steps.pairs check|sync")
    sys.exit(main(sys.argv[1]))
