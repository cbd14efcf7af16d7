"""`make new chapter`: a chapter in the order of the others, with one claim, that builds at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

from lib import chapters, data
from lib.chapters import FOLDER, SYNTHESIS
from steps import StepError, left, pairs
from steps.book.text import myst
from steps.new import claim
from steps.new.files import all_or_nothing, csv_of, package, said, write, write_package
from steps.new.words import NOTHING, Words

TEXT = Template(Path(__file__).with_name("chapter.md").read_text(encoding="utf-8"))
LAST_IN_DUTCH = re.compile(r'^( +)"synthesis": "Alles bij elkaar"', re.MULTILINE)
NEEDED = {
    "NAME": "what its files are called: lower-case words joined by _",
    "TITLE": "the question that it answers, with a question mark",
    "DUTCH": "its name in Dutch, a word or two, for the page Samenvatting",
    "SECTION": "where the report has the first statement: 3.2, summary, annex 3",
    "STATEMENT": "what the report says there, in your own English words: one sentence",
}
FREE = {
    "SHORT": "its name in the contents, a word or two, if it is not NAME",
    "NEEDS": "what a test of the statement would need, an id of data/releases.csv, if it is not public-record",
    "PASSAGE": "the passage of the section that says it, as data/passages.csv has it: paragraph 3",
}


def begin(given: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write a chapter with its first claim, which waits to be looked up, and enter it wherever chapters are listed.

    Returns what was written, and what is left to do. Raises `StepError`, and writes nothing, for words that are
    missing or do not fit, and where a list of chapters is not as this knows it.
    """
    words = Words("chapter", given, NEEDED, FREE)
    name = words["NAME"]
    row = first_claim(words)
    _check(words, row)
    words.settle()
    pair = pairs.Pair(chapters.ROOT / "notebooks" / f"{name}.md", chapters.ROOT / "notebooks" / f"{name}.ipynb")
    contents, home = _contents(name, words["SHORT"]), _home(name, words["DUTCH"])
    need = {"claim": row["id"], "release": words["NEEDS"] or "public-record", "section": row["section"]}
    tables = claim.tables_of({"needs": need}, words["PASSAGE"])
    with all_or_nothing(
        [pair.text, pair.notebook, chapters.CONTENTS, _home_page(), data.PACKAGE, *map(csv_of, tables)]
    ):
        write(chapters.CONTENTS, contents)
        write(_home_page(), home)
        write_package(_listed(package(), name))
        done = claim.enter(row, {"needs": need}, words["PASSAGE"])
        write(pair.text, text(words, row["id"]))
        pairs.sync(pair)
    done = [
        f"{said(pair.text)} and .ipynb: the chapter, with one claim",
        f"{said(chapters.CONTENTS)}, {said(_home_page())}, data/{data.PACKAGE.name}: the chapter's name",
        *done,
    ]
    return done, _todo(name, row["id"])


def first_claim(words: Words) -> dict[str, str]:
    """The row of the claim with which a chapter begins."""
    return dict.fromkeys([field["name"] for field in data.resource("claims")["schema"]["fields"]], "") | {
        "id": f"{words['NAME'].replace('_', '-')}-main",
        "chapter": words["NAME"],
        "section": words["SECTION"],
        "statement": words["STATEMENT"],
        "kind": "effect",
        "value": "yes",
        "evidence": "reported",
        "expect": "not looked up",
        "whose": "report",
        "note": "Entered with its chapter; nothing was looked up for it.",
    }


def _check(words: Words, row: Mapping[str, str]) -> None:
    name = words["NAME"]
    if name and not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        words.refuse("NAME", NEEDED["NAME"])
    elif name and (name in chapters.titles() or any((chapters.ROOT / "notebooks").glob(f"{name}.*"))):
        words.refuse(
            "NAME", f"there is a chapter {name} already: notebooks/{name}.md, or its line in {chapters.CONTENTS.name}"
        )
    elif row["id"] in left.column("claims", "id"):
        words.refuse("NAME", f"there is a claim {row['id']} in data/claims.csv already")
    if words["TITLE"] and not words["TITLE"].endswith("?"):
        words.refuse("TITLE", NEEDED["TITLE"])
    for column, what in left.claim_errors(row).items():
        if column in ("section", "statement") and words[column.upper()]:
            words.refuse(column.upper(), what)
    if words["STATEMENT"] and words["STATEMENT"] in left.column("claims", "statement"):
        words.refuse("STATEMENT", "a claim in data/claims.csv says the same")
    if words["NEEDS"] and words["NEEDS"] not in (known := left.column("releases", "release")):
        words.refuse("NEEDS", f"one of {', '.join(known)}")
    if words["PASSAGE"]:
        claim.check_passage(words, row["section"])


def text(words: Words, id: str) -> str:
    """The chapter's text."""
    section = words["SECTION"]
    where = (
        f"Section {section}" if "." in section else f"Chapter {section}" if section.isdigit() else section.capitalize()
    )
    return TEXT.substitute(
        title=myst(words["TITLE"]),
        eyebrow=f"{where} of the report",
        name=words["NAME"],
        id=id,
        question=json.dumps(words["TITLE"], ensure_ascii=False),
    )


def _contents(name: str, short: str) -> str:
    """The table of contents with the chapter in it, before the synthesis or else last of the chapters."""
    lines = chapters.CONTENTS.read_text(encoding="utf-8").splitlines(keepends=True)
    entries = [at for at, line in enumerate(lines) if re.fullmatch(rf" *- file: {FOLDER}\w+\n?", line)]
    if not entries:
        raise StepError(
            f"{said(chapters.CONTENTS)} has no line `- file: {FOLDER}...` beside which a chapter could stand. {NOTHING}"
        )
    ends = [at for at in entries if lines[at].strip().endswith(f"/{SYNTHESIS}")]
    indent = lines[entries[0]][: lines[entries[0]].index("-")]
    title = json.dumps(short or name.replace("_", " ").capitalize(), ensure_ascii=False)
    new = [f"{indent}- file: {FOLDER}{name}\n", f"{indent}  title: {title}\n"]
    at = ends[0] if ends else entries[-1] + 1
    while not ends and at < len(lines) and lines[at].startswith(f"{indent}  "):
        at += 1
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join([*lines[:at], *new, *lines[at:]])


def _home_page() -> Path:
    return chapters.ROOT / "steps" / "book" / "home.py"


def _home(name: str, dutch: str) -> str:
    """The module of the home page with the chapter's name in Dutch."""
    code = _home_page().read_text(encoding="utf-8")
    if len(LAST_IN_DUTCH.findall(code)) != 1:
        raise StepError(f"{said(_home_page())} has no place for the Dutch names of chapters that this knows. {NOTHING}")
    return LAST_IN_DUTCH.sub(
        lambda found: f'{found[1]}"{name}": {json.dumps(dutch, ensure_ascii=False)},\n{found[0]}', code
    )


def _listed(described: dict, name: str) -> dict:
    """The data package with the chapter in every list of chapters that a column may hold."""
    for resource in described["resources"]:
        for field in resource["schema"]["fields"]:
            listed = field.get("constraints", {}).get("enum", [])
            if field["name"] == "chapter" and SYNTHESIS in listed:
                listed.insert(listed.index(SYNTHESIS), name)
    return described


def _todo(name: str, id: str) -> list[str]:
    file = f"notebooks/{name}.md"
    return [
        f"{file}: the lead: what the report says and what checking shows, in two or three sentences",
        f"{file}: In brief: three to six questions, each a ledger.answer(...) with the claims that it rests on",
        f"{file}: a section for each question, with claims (`make new claim`) and figures (`make new figure`)",
        f"{file}: What would change this conclusion: what would, point by point",
        f"{file}: look {id} up; then set its kind, value, evidence and verdict in data/claims.csv",
        *(line for line in [*left.never_tested(), *left.ledger(), *left.briefs()] if id in line or f" {name}:" in line),
    ]
