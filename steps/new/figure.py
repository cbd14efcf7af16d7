"""`make new figure`: a cell of about ten lines that draws a table with the charts of the house."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from lib import chapters, data
from steps import StepError, left, pairs
from steps.new.claim import figures
from steps.new.files import add_row, all_or_nothing, csv_of, said, validated, write
from steps.new.words import NOTHING, Words

LAST = "## The report's claims, re-tested"
MOST_IN_TITLE, MOST_READ_OUT = 90, 250
TIMES = ("yearmonth", "date", "year")


def needed() -> dict[str, str]:
    """The words without which there is no figure."""
    return {
        "CHAPTER": f"where it stands, one of {', '.join(chapters.titles())}",
        "TABLE": "what it draws, a table of data/datapackage.json",
        "NAME": "its id: a few words joined by hyphens; fig- is put before them",
        "TITLE": f"the finding in plain words, at most {MOST_IN_TITLE} characters",
        "SUBTITLE": "unit and period",
        "DESCRIPTION": f"what is seen, for who cannot see it, at most {MOST_READ_OUT} characters",
    }


FREE = {
    "X": "the column along the axis below: a month, a year or, of bars, the number",
    "Y": "the column of the height or, of bars, the names",
    "SERIES": "the column that tells lines apart",
    "SUBJECT": "the one of the series that is not grey",
    "WHERE": "which rows: year >= 2016 and country == 'MAR'",
    "CLAIM": "the id of a claim that it shows",
}


def begin(given: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Put a cell that draws a table into a chapter, before its claims; returns what was written, and what is left.

    Raises `StepError`, and writes nothing, for words that are missing or do not fit, and for a cell that does not draw.
    """
    words = Words("figure", given, needed(), FREE)
    id = f"fig-{words['NAME'].removeprefix('fig-')}"
    _check(words, id)
    words.settle()
    pair = next(one for one in pairs.pairs(chapters.ROOT / "notebooks") if one.name == words["CHAPTER"])
    if not pairs.agrees(pair):
        raise StepError(f"{pair.text.name} and {pair.notebook.name} are out of step; run `make sync`. {NOTHING}")
    text = pair.text.read_text(encoding="utf-8")
    cell = _cell(words, id, pair.text)
    _draw(cell)
    block = f"```{{code-cell}} ipython3\n{cell}\n```\n\n"
    linked = [csv_of("links_claim_figure")] if words["CLAIM"] else []
    with all_or_nothing([pair.text, pair.notebook, *linked]):
        before, last, after = text.partition(f"{LAST}\n")
        write(pair.text, before + block + last + after if last else f"{text.rstrip()}\n\n{block.rstrip()}\n")
        pairs.sync(pair)
        done = [f"{said(pair.text)} and .ipynb: the figure {id}", *cell.splitlines()]
        if linked:
            done.insert(1, add_row("links_claim_figure", {"claim": words["CLAIM"], "figure": id}))
            validated("links_claim_figure")
    todo = [f"{said(pair.text)}: move the cell of {id} to the sentences it belongs to, and say what it shows"]
    if not linked:
        todo.append(
            f"data/links_claim_figure.csv: add a row (claim, {id}, why) for each claim that a reader can see in it"
        )
    return done, todo


def _check(words: Words, id: str) -> None:
    if words["CHAPTER"] and words["CHAPTER"] not in chapters.titles():
        words.refuse("CHAPTER", needed()["CHAPTER"])
    if words["NAME"] and not re.fullmatch(r"fig(-[a-z0-9]+)+", id):
        words.refuse("NAME", "lower-case words and numbers joined by hyphens")
    if (where := figures().get(id)) is not None:
        words.refuse("NAME", f"there is a figure {id} in notebooks/{where}.md already")
    for name, most in (("TITLE", MOST_IN_TITLE), ("DESCRIPTION", MOST_READ_OUT)):
        if len(words[name]) > most:
            words.refuse(name, f"{len(words[name])} characters, and {most} have room")
    if words["CLAIM"] and words["CLAIM"] not in left.column("claims", "id"):
        words.refuse("CLAIM", "the id of a claim in data/claims.csv")
    if not words["TABLE"]:
        return
    try:
        table = data.load(words["TABLE"])
    except data.DataError as problem:
        words.refuse("TABLE", str(problem))
        return
    for name in ("X", "Y", "SERIES"):
        if words[name] and words[name] not in table.columns:
            words.refuse(name, f"a column of the table: {', '.join(table.columns)}")


def _cell(words: Words, id: str, file: Path) -> str:
    """The code of the figure: what it draws by, which charts, and its texts."""
    taken = {name for code in left.code_of(file) for name in _assigned(code)}
    shown = re.sub(r"\W", "_", id.removeprefix("fig-"))
    shown = shown if shown.isidentifier() and shown not in taken else f"{id.replace('-', '_')}_shown"
    table = json.dumps(words["TABLE"])
    chosen = f".query({words['WHERE']!r})" if words["WHERE"] else ""
    imports = [] if {"charts", "data"} <= taken else ["from lib import charts, data", ""]
    texts = {name.lower(): json.dumps(words[name], ensure_ascii=False) for name in ("TITLE", "SUBTITLE", "DESCRIPTION")}
    return "\n".join(
        [
            *imports,
            f"{shown} = data.load({table}){chosen}",
            "charts.figure(",
            f"    lambda width: {_chart(words, shown)},",
            f'    id="{id}", sources=[data.describe({table})], table={shown},',
            *(f"    {name}={text}," for name, text in texts.items()),
            ")",
        ]
    )


def _assigned(code: str) -> set[str]:
    """The names that code gives a meaning to."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return set()
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {
        alias.asname or alias.name for node in nodes for alias in getattr(node, "names", []) if hasattr(alias, "asname")
    }


def _chart(words: Words, shown: str) -> str:
    """The call of the chart that fits the table: lines over time, else bars beside names."""
    fields = {field["name"]: field for field in data.resource(words["TABLE"])["schema"]["fields"]}
    kinds = {name: field["type"] for name, field in fields.items()}
    numbers = [name for name, kind in kinds.items() if kind in ("integer", "number")]
    times = [name for name, kind in kinds.items() if kind in TIMES]
    names = [name for name, kind in kinds.items() if kind == "string"]
    if not numbers:
        raise StepError(f"table {words['TABLE']!r} has no column of numbers to draw. {NOTHING}")
    rows = _rows(words)
    if times and (not words["X"] or words["X"] in times):
        x, y = words["X"] or times[0], words["Y"] or numbers[0]
        series = words["SERIES"] or _series(rows, x, [name for name in names if name != y])
        of = _named({"x": x, "y": y, "series": series, "subject": words["SUBJECT"], "unit": _unit(fields[y])})
        return f"charts.lines({shown}, width, {of})"
    if not names:
        raise StepError(
            f"table {words['TABLE']!r} has neither months or years nor names to draw {numbers[0]} by. {NOTHING}"
        )
    x, y = words["X"] or numbers[0], words["Y"] or names[0]
    of = _named({"y": y, "x": x, "series": words["SERIES"], "subject": words["SUBJECT"]})
    return f"charts.ranked({shown}, width, {of})"


def _rows(words: Words) -> pd.DataFrame:
    table = data.load(words["TABLE"])
    if not words["WHERE"]:
        return table
    try:
        return table.query(words["WHERE"])
    except Exception as problem:  # pandas raises of many kinds for what is no condition
        raise StepError(f"WHERE={words['WHERE']}  does not fit the table: {problem}. {NOTHING}") from problem


def _series(rows: pd.DataFrame, x: str, names: list[str]) -> str:
    """The column that makes a line of the rows, none where they are one line. Raises `StepError` where none does."""
    if not rows.duplicated(x).any():
        return ""
    if found := [name for name in names if not rows.duplicated([x, name]).any()]:
        return found[0]
    raise StepError(
        f'the table has several rows for one {x}, and no column that tells them apart; choose rows with WHERE="..." by '
        f"{', '.join(name for name in rows.columns if name != x)}. {NOTHING}"
    )


def _unit(field: Mapping[str, str]) -> str:
    unit = field.get("unit") or field["title"]
    return unit[:1].upper() + unit[1:]


def _named(given: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given.items() if value)


def _draw(cell: str) -> None:
    """Raise `StepError` with why a cell draws nothing, if it does not."""
    try:
        exec(compile(cell, "figure", "exec"), _house())
    except Exception as problem:  # whatever a chart stumbles over is for the author to choose otherwise
        raise StepError(
            f"the figure does not draw: {problem}. X, Y, SERIES, SUBJECT and WHERE choose what it draws. {NOTHING}"
        ) from problem


def _house() -> dict[str, object]:
    from lib import charts  # seconds: only when a figure is drawn

    return {"charts": charts, "data": data}
