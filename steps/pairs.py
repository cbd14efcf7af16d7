"""Pairs of a chapter: notebooks/NAME.md (MyST, the truth) and NAME.ipynb (generated, no outputs, no ids).

The .ipynb carries, in its metadata, a fingerprint of the .md it was made from and one of its own cells.
So each side can tell whether it was edited since, without git and without any state beside the two files.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat

from steps import record

ROOT = Path(__file__).resolve().parent.parent
FORMAT = "md:myst"
KEY = "pair"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class PairError(Exception):
    """A pair that cannot be reconciled without losing somebody's edit."""


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without outputs, counters, random ids and whatever an editor left in its metadata."""
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        if cell.cell_type == "markdown" and not cell.source.strip():
            continue
        kept = {
            "cell_type": cell.cell_type,
            "source": cell.source.strip() if cell.cell_type == "markdown" else cell.source.strip("\n"),
            "metadata": {"tags": tags} if tags else {},
        }
        if cell.cell_type == "code":
            kept |= {"outputs": [], "execution_count": None}
        cells.append(nbformat.from_dict(kept))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    # nbformat 4.4 is the last version without cell ids
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})


def _cells(notebook: nbformat.NotebookNode) -> str:
    return json.dumps(_clean(notebook).cells, sort_keys=True, ensure_ascii=False)


def _from_text(text: str) -> nbformat.NotebookNode:
    return _clean(jupytext.reads(text, fmt=FORMAT))


def _to_text(notebook: nbformat.NotebookNode) -> str:
    clean = _clean(notebook)
    clean.metadata.pop("language_info")
    clean.metadata["jupytext"] = {"text_representation": {"extension": ".md", "format_name": "myst"}}
    return jupytext.writes(clean, fmt=FORMAT)


def _dump(text: str) -> str:
    """The .ipynb that belongs to a text, fingerprints included."""
    notebook = _from_text(text)
    notebook.metadata[KEY] = {"text": _digest(text), "cells": _digest(_cells(notebook))}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def agrees(pair: Pair) -> bool:
    """Whether the .ipynb is exactly what its .md generates."""
    if not (pair.text.exists() and pair.notebook.exists()):
        return False
    return pair.notebook.read_text(encoding="utf-8") == _dump(pair.text.read_text(encoding="utf-8"))


def sync(pair: Pair) -> str:
    """Bring the two files of a pair together; returns what was done.

    The side that was edited since the last sync wins. Raises `PairError`, and touches nothing, when both
    were edited to different contents.
    """
    if agrees(pair):
        return "in step"
    if not pair.notebook.exists():
        return _write_notebook(pair)
    notebook = jupytext.read(pair.notebook)
    if not pair.text.exists():
        return _write_text(pair, notebook)
    text = pair.text.read_text(encoding="utf-8")
    recorded = notebook.metadata.get(KEY, {})
    text_edited = recorded.get("text") != _digest(text)
    notebook_edited = recorded.get("cells") != _digest(_cells(notebook))
    same = _cells(notebook) == _cells(_from_text(text))  # JupyterLab with jupytext saves both at once
    if text_edited and notebook_edited and not same:
        raise PairError(
            f"{pair.name}: both {pair.text.name} and {pair.notebook.name} were edited since the last sync. "
            f"Keep one: move the other away (or `git restore` it), run `make sync`, and redo its edit."
        )
    if notebook_edited and not same:
        return _write_text(pair, notebook)
    return _write_notebook(pair)


def _write_notebook(pair: Pair) -> str:
    pair.notebook.write_text(_dump(pair.text.read_text(encoding="utf-8")), encoding="utf-8")
    return f"{pair.notebook.name} written from {pair.text.name}"


def _write_text(pair: Pair, notebook: nbformat.NotebookNode) -> str:
    text = _to_text(notebook)
    if any(cell.get("attachments") for cell in notebook.cells):
        raise PairError(
            f"{pair.name}: a cell of {pair.notebook.name} holds a pasted image, which the text cannot hold; "
            "save it as a file in book/_static and link to it. Nothing was changed."
        )
    if _cells(_from_text(text)) != _cells(notebook):
        raise PairError(
            f"{pair.name}: {pair.notebook.name} holds something that does not survive as text, such as a line of "
            "+++ or a code-cell fence inside a text cell; take it out. Nothing was changed."
        )
    pair.text.write_text(text, encoding="utf-8")
    _write_notebook(pair)
    return f"{pair.text.name} written from {pair.notebook.name}"


def main(command: str) -> int:
    """`check` fails when a pair disagrees; `sync` reconciles them."""
    problems = []
    for pair in pairs():
        if command == "check":
            if not agrees(pair):
                problems.append(f"{pair.name}: {pair.text.name} and {pair.notebook.name} disagree; run `make sync`")
            continue
        try:
            done = sync(pair)
        except PairError as problem:
            problems.append(str(problem))
        else:
            print(f"  {pair.name}: {done}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if command == "sync" and not problems:
        record.keep("sync", record.parts(record.files("notebooks", "steps/pairs.py")), [])
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["sync"]):
        sys.exit("usage: python -m steps.pairs check|sync")
    sys.exit(main(sys.argv[1]))
