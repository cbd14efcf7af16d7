"""What the search finds beside the sections of pages: recommendations, conclusions, findings, figures and claims.

And what a Dutch or other word is called here, by which it finds the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lib import data
from lib.ledger import results
from lib.ledger.verdicts import MARKS, OURS
from steps.book.pages import anchors, place

FIELDS = ("kind", "title", "text", "address", "mark", "where")  # of an entry, all of them text


def entries(found: pd.DataFrame, notebooks: Iterable[tuple[str, Path]]) -> list[dict[str, str]]:
    """All entries, each with `FIELDS`: its kind, what it is called, more words, its place from the folder `book`.

    `found` is `steps.book.pages.entries`; `notebooks` are executed chapters by name. `mark` is sign and verdict of a
    claim, `where` the section of the report. Entries of chapters that are not built are among them.
    """
    return [*_recommendations(), *_conclusions(), *_findings(), *_figures(notebooks), *_claims(found)]


def words() -> list[tuple[str, str]]:
    """Words that a reader may ask for, each with its name here: Dutch ones of the glossary, and `search_terms`."""
    glossary = data.load("report_glossary").rename(columns={"dutch": "asked", "term": "name"})
    known = pd.concat([glossary, data.load("search_terms")])[["asked", "name"]].dropna()
    lower = known.apply(lambda column: column.str.lower()).drop_duplicates()
    return list(lower[lower["asked"] != lower["name"]].itertuples(index=False, name=None))


def index(found: pd.DataFrame, notebooks: Iterable[tuple[str, Path]]) -> str:
    """Entries and words as JSON, for the extension that adds the sections of pages."""
    return json.dumps({"entries": entries(found, notebooks), "words": words()}, ensure_ascii=False)


def _entry(*values: str) -> dict[str, str]:
    return dict(zip(FIELDS, values, strict=True))


def _recommendations() -> list[dict[str, str]]:
    table = data.plain(data.load("report_recommendations").merge(
        data.load("recommendation_answers")[["recommendation", "why", "question"]],
        left_on="id", right_on="recommendation", suffixes=("", "_id"), how="left",
    ))  # fmt: skip
    return [
        _entry(
            "Recommendation",
            f"{row['id'].replace('-', ' ').capitalize()}. {row['recommendation']}",
            " ".join(filter(None, (row["why"], row["question"]))),
            place(row["id"]), "", f"§{row['section']}",
        )
        for row in table.to_dict("records")
    ]  # fmt: skip


def _conclusions() -> list[dict[str, str]]:
    return [
        _entry("Conclusion", f"{anchors({'conclusions': [row['id']], 'recommendations': []})[0][0].capitalize()}: "
               f"{row['short']}", row["conclusion"], place(row["id"]), "", f"§{row['section']}")
        for row in data.plain(data.load("report_conclusions")).to_dict("records")
    ]  # fmt: skip


def _findings() -> list[dict[str, str]]:
    return [
        _entry("Finding", row["finding"], "", f"chapters/synthesis.html#{row['id']}", "", f"§{row['section']}")
        for row in data.plain(data.load("report_findings")).to_dict("records")
    ]


def _figures(notebooks: Iterable[tuple[str, Path]]) -> list[dict[str, str]]:
    outputs = [
        (name, out["data"][results.FIGURE])
        for name, file in notebooks
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
        for out in cell.get("outputs", [])
        if results.FIGURE in out.get("data", {})
    ]
    return [
        _entry("Figure", figure["title"], f"{figure['subtitle']} {figure['alt']}",
               f"chapters/{name}.html#{figure['id']}", "", "")
        for name, figure in outputs
    ]  # fmt: skip


def _claims(found: pd.DataFrame) -> list[dict[str, str]]:
    return [
        _entry(
            "Remark" if row["whose"] == OURS else "Claim",
            row["statement"], row["note"] or "", f"chapters/{row['chapter']}.html#{row['id']}",
            "" if row["whose"] == OURS else f"{MARKS[row['verdict']]} {row['verdict']}", row["where"],
        )
        for row in data.plain(found).to_dict("records")
    ]  # fmt: skip
