"""A chapter's cells as MyST text and back, without loss: what was not edited keeps its lines to the letter."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Any

Cell = dict[str, Any]

LEXER = "ipython3"
CONFLICT = re.compile(r"^(?:[<>]{7}(?: .*)?|\|{7} .*)$", re.MULTILINE)
# Python's splitlines, which jupytext divides a text with, ends a line at these, and the Markdown parser does not:
# every cell after one of them would begin at a wrong line.
SEPARATOR = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
HEADING = re.compile(r"^ {0,3}#{1,6}(?:\s|$)|^\S.*\n(?:=+|-+)[ \t]*$", re.MULTILINE)
BREAK = re.compile(r"\A\s*\+\+\+[ \t]*\n+")


class CellError(ValueError):
    """Text that has no cells, or cells that have no text."""


def line_of(text: str, position: int) -> int:
    """The number of the line, from 1, in which a position lies."""
    return text.count("\n", 0, position) + 1


def line_feeds(text: str) -> str:
    """A text with line feeds, whatever line ends git or an editor gave it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def misplaced(text: str) -> str:
    """What must not stand in a text or in a cell, with its line and what to do; empty if all is well."""
    if found := CONFLICT.search(text):
        what = f"{found[0]!r} was left by a merge; choose one of the two versions and take the markers out"
    elif found := SEPARATOR.search(text):
        what = f"the invisible character U+{ord(found[0]):04X}, at which some programs end a line; take it out"
    else:
        return ""
    return f"line {line_of(text, found.start())}: {what}"


def clean(cells: list[Cell]) -> list[Cell]:
    """Cells without outputs, counters, random ids and whatever an editor left in their metadata."""
    kept = []
    for cell in cells:
        kind, source, tags = cell["cell_type"], line_feeds(cell["source"]), cell["metadata"].get("tags")
        if kind == "markdown":
            source = re.sub(r"\A(?:[ \t]*\n)+", "", source).rstrip()  # the first line may be indented: it is code then
            if not source:
                continue
        one = {"cell_type": kind, "source": source.strip("\n"), "metadata": {"tags": tags} if tags else {}}
        kept.append(one | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    return kept


def canonical(cells: list[Cell]) -> str:
    """Cells as one line of JSON: equal if and only if the cells are."""
    return json.dumps(cells, sort_keys=True, ensure_ascii=False)


def what_is_gone(old: list[Cell], new: list[Cell]) -> str:
    """A kind of content of which the old cells had some and the new ones have none, or an empty text."""

    def heading(cell: Cell) -> bool:
        return cell["cell_type"] == "markdown" and bool(HEADING.search(cell["source"]))

    def code(cell: Cell) -> bool:
        return cell["cell_type"] == "code"

    kinds = {"heading": heading, "code cell": code}
    return next((what for what, has in kinds.items() if any(map(has, old)) and not any(map(has, new))), "")


def from_text(text: str) -> list[Cell]:
    """The clean cells of a text. Raises `CellError` for a text that is not MyST."""
    return clean(_parse(text).cells)


def from_notebook(found: list[Cell]) -> list[Cell]:
    """The clean cells of a notebook. Raises `CellError` for invalid ones, and for what a text cannot hold."""
    from nbformat.validator import iter_validate  # half a second: only when a chapter was edited

    try:
        cells = [cell | {"source": "".join(cell["source"])} for cell in found]  # Jupyter saves a list of lines
        cleaned = clean(cells)
    except (TypeError, KeyError, AttributeError):
        raise CellError("is not a valid notebook; restore it or delete it") from None
    for number, cell in enumerate(cells, 1):
        if cell.get("attachments"):
            raise CellError(
                f"holds a pasted image in cell {number}, which the text cannot hold; "
                "save it as a file in book/_static, link to it, and take it out of the cell"
            )
        if wrong := misplaced(line_feeds(cell["source"])):
            raise CellError(f"cannot be kept as text: cell {number}, {wrong}")
    notebook = {"cells": cleaned, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    for problem in iter_validate(notebook, version=4, version_minor=4):
        _, number, *where = problem.absolute_path
        raise CellError(f"has something invalid in cell {number + 1}, {'.'.join(map(str, where))}: {problem.message}")
    return cleaned


def to_text(cells: list[Cell], old: str = "") -> str:
    """The text of clean cells, in which each cell that the old text has as well keeps its lines.

    Raises `CellError` when the cells would not come back from the text, or when something goes that the old text
    alone holds.
    """
    text = _merged(old, cells)
    if from_text(text) != cells:
        raise CellError(
            "holds something that does not survive as text, such as a line of +++ or a code-cell fence inside a text "
            "cell; take it out"
        )
    return text


def _parse(text: str) -> Any:
    from jupytext.myst import myst_to_notebook  # a second: only when a chapter was edited

    try:
        return myst_to_notebook(text, add_source_map=True)
    except Exception as problem:  # whatever it stumbles over: other chapters go on
        raise CellError(f"cannot be read as MyST: {(str(problem) or repr(problem)).splitlines()[0]}") from problem


def _written(cells: list[Cell]) -> str:
    import nbformat
    from jupytext.myst import notebook_to_myst

    return notebook_to_myst(nbformat.from_dict({"cells": cells, "metadata": {}}), default_lexer=LEXER) if cells else ""


def _segments(text: str) -> tuple[str, list[tuple[Cell, str]]]:
    """What precedes a text's first cell, and each cell with its lines, the block break before it included."""
    notebook, lines = _parse(text), text.splitlines(keepends=True)
    cuts = []
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        opened = cell.cell_type != "markdown" or (start and lines[start - 1].lstrip().startswith("+++"))
        cuts.append(start - 1 if opened else start)
    pieces = ["".join(lines[start:end]) for start, end in zip(cuts, [*cuts[1:], None], strict=False)]
    return "".join(lines[: cuts[0] if cuts else None]), list(zip(notebook.cells, pieces, strict=True))


def _merged(old: str, cells: list[Cell]) -> str:
    (text, before), (_, after) = _segments(old), _segments(_written(cells))
    keys = [[canonical(clean([cell])) for cell, _ in side] for side in (before, after)]
    blocks = SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    origin = {new + step: old + step for old, new, size in blocks for step in range(size)}
    for number, (cell, _) in enumerate(before):
        if number not in origin.values() and (options := sorted(set(cell.metadata) - {"tags"})):
            raise CellError(f"changes a cell whose options the text alone holds ({', '.join(options)}); edit it there")
    for number, (cell, written) in enumerate(after):
        source = origin.get(number)
        piece = written if source is None else before[source][1]
        if source is None or origin.get(number - 1, -1) != source - 1 or (source == 0) != (number == 0):
            text = text.rstrip("\n") + "\n\n" if text.strip() else ""
            piece = BREAK.sub("", piece).lstrip("\n")
            if number and cell.cell_type == after[number - 1][0].cell_type == "markdown" and piece[:3] != "+++":
                piece = "+++\n\n" + piece
        text += piece
    return text if origin.get(len(after) - 1) == len(before) - 1 else text.rstrip("\n") + "\n"
