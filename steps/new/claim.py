"""`make new claim`: a row of the ledger and the links that hang on it, as far as they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lib import chapters, data
from lib.ledger import rows
from lib.ledger.verdicts import UNTESTED
from steps import left
from steps.new.files import add_row, all_or_nothing, csv_of, rewrite, validated
from steps.new.words import Words

NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
FIGURE = re.compile(r'id="(fig-[a-z0-9-]+)"')
# The words that have to be there before it can be told whether another one fits.
KNOWN_BY = {
    "id": ["CHAPTER", "NAME"], "expect": ["EVIDENCE", "EXPECT"], "note": ["EXPECT"], "unit": ["KIND"],
    "precision": ["KIND"], "value": ["KIND", "VALUE"], "places": ["PLACES"],
}  # fmt: skip
LINKS = {
    "finding": "links_finding_claim", "apart": "claims_apart", "figure": "links_claim_figure",
    "rows": "links_claim_row", "needs": "claims_needs",
}  # fmt: skip


@cache
def _enum(table: str, field: str) -> list[str]:
    [found] = [one for one in data.resource(table)["schema"]["fields"] if one["name"] == field]
    return found["constraints"]["enum"]


def _one_of(words: list[str] | tuple[str, ...]) -> str:
    return f"one of {', '.join(words)}"


def needed() -> dict[str, str]:
    """The words without which there is no claim."""
    return {
        "CHAPTER": _one_of(list(chapters.tested())),
        "NAME": "its id, kept for ever: a few words joined by hyphens; the chapter's name is put before them",
        "SECTION": "where the report states it: 3.1.2, summary, reference list or annex 3",
        "STATEMENT": "what the report says, in your own English words: one sentence",
        "KIND": _one_of(_enum("claims", "kind")),
        "VALUE": "what the report gives: 1234.5, 2024-05, or a word such as rise, fall, yes, no",
        "EVIDENCE": f"what it can be tested with, {_one_of(_enum('claims', 'evidence'))}",
        "EXPECT": f"the verdict you expect, or why nothing tests it, {_one_of(_enum('claims', 'expect'))}",
    }


def free() -> dict[str, str]:
    """The words that a claim can do without, or needs only in some cases."""
    return {
        "UNIT": "of a number: people, percent of arrivals",
        "PRECISION": "the step the report rounded to (1, 1000, 0.5), a bound (> >= < <=); of a date year, month or day",
        "PERIOD": "the time that it is about: 2024, 2022/2025, 2016-03",
        "FOOTNOTE": "the number of the footnote that has it",
        "PLACES": "other sections that state it, with semicolons between",
        "NOTE": "how you read it, and why it differs or is not tested",
        "WHOSE": _one_of(_enum("claims", "whose")),
        "FINDING": "the id of the finding it bears on (data/report_findings.csv), or none, with WHY",
        "ROLE": f"what it does for the finding, {_one_of(_enum('links_finding_claim', 'role'))}",
        "WHY": "why it bears on that finding, or on none",
        "FIGURE": "the id of a figure that shows it",
        "TABLE": "the public table with its official rows, with WHERE and SHOWS",
        "WHERE": "which rows: year == 2024 and country == 'MAR'",
        "SHOWS": "what these rows show",
        "NEEDS": "what a test would need, an id of data/releases.csv",
        "DETAIL": "which part of that",
        "PASSAGE": "the passage of its section that says it, as data/passages.csv has it: paragraph 3",
    }


def begin(given: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Enter a claim and its links; returns what was written, and what is left to do.

    Raises `StepError`, and writes nothing, for words that are missing or do not fit.
    """
    words = Words("claim", given, needed(), free())
    row = _row(words)
    for name, what in left.claim_errors(row).items():
        if all(words[one] for one in KNOWN_BY.get(name, [name.upper()])):
            words.refuse(name.upper(), what)
    for name in ("KIND", "EVIDENCE", "EXPECT", "WHOSE"):
        if words[name] and words[name] not in _enum("claims", name.lower()):
            words.wrong[name] = _one_of(_enum("claims", name.lower()))
    if words["FOOTNOTE"] and not words["FOOTNOTE"].isdigit():
        words.refuse("FOOTNOTE", "a number")
    id = row["id"]
    if words["NAME"] and not re.fullmatch(NAME, words["NAME"]):
        words.refuse("NAME", "lower-case words and numbers joined by hyphens")
    if id in left.column("claims", "id"):
        words.refuse("NAME", f"there is a claim {id} in data/claims.csv already")
    if row["statement"] and row["statement"] in left.column("claims", "statement"):
        words.refuse("STATEMENT", "a claim in data/claims.csv says the same")
    links = _links(words, row)
    words.settle()
    with all_or_nothing(map(csv_of, tables_of(links, words["PASSAGE"]))):
        done = enter(row, links, words["PASSAGE"])
    return done, todo(id, row["chapter"])


def _row(words: Words) -> dict[str, str]:
    row = {name: words[name.upper()] for name in _columns()}
    start = f"{row['chapter'].replace('_', '-')}-"
    name = words["NAME"]
    return row | {"id": name if name.startswith(start) else f"{start}{name}", "whose": row["whose"] or "report"}


def _columns() -> list[str]:
    return [field["name"] for field in data.resource("claims")["schema"]["fields"]]


def _links(words: Words, row: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The rows of the tables of links, by the keys of `LINKS`, from the words for them; what is wrong is kept."""
    id, found, known = row["id"], {}, left.column("report_findings", "id")
    if words["FINDING"] == "none":
        found["apart"] = {"claim": id, "why": words["WHY"]}
        if not words["WHY"]:
            words.refuse("WHY", "why no finding rests on it")
    elif words["FINDING"]:
        found["finding"] = {"finding": words["FINDING"], "claim": id, "role": words["ROLE"], "why": words["WHY"]}
        if words["FINDING"] not in known:
            words.refuse("FINDING", _one_of([*(one for one in known if one.startswith(_findings(row))), "none"]))
        if words["ROLE"] not in (roles := _enum("links_finding_claim", "role")):
            words.refuse("ROLE", _one_of(roles))
    if words["FIGURE"]:
        found["figure"] = {"claim": id, "figure": words["FIGURE"]}
        if words["FIGURE"] not in (ids := figures()):
            words.refuse("FIGURE", f"{_one_of([one for one in ids if ids[one] == row['chapter']] or list(ids))}")
    if words["TABLE"] or words["WHERE"] or words["SHOWS"]:
        found["rows"] = {"claim": id} | {name.lower(): words[name] for name in ("TABLE", "WHERE", "SHOWS")}
        _check_rows(words)
    if words["NEEDS"]:
        found["needs"] = {"claim": id, "release": words["NEEDS"], "detail": words["DETAIL"], "section": row["section"]}
        if words["NEEDS"] not in (releases := left.column("releases", "release")):
            words.refuse("NEEDS", _one_of(releases))
        elif row["expect"] and row["expect"] not in UNTESTED:
            words.refuse("NEEDS", "nothing: it is tested")
    if words["PASSAGE"]:
        check_passage(words, row["section"])
    return found


def check_passage(words: Words, section: str) -> None:
    """Refuse a passage that its section does not have."""
    places = [one["place"] for one in left.table("passages") if one["section"] == section]
    if words["PASSAGE"] not in places:
        words.refuse("PASSAGE", f"of section {section} one of: {', '.join(places) or 'none is there'}")


def _findings(row: Mapping[str, str]) -> str:
    """How the ids of the findings of a claim's part of the report begin."""
    return f"finding-{'-'.join(row['section'].split('.')[:2])}"


def _check_rows(words: Words) -> None:
    for name in ("TABLE", "WHERE", "SHOWS"):
        if not words[name]:
            words.refuse(name, "needed: " + free()[name])
    if words["TABLE"] and words["WHERE"]:
        try:
            if data.resource(words["TABLE"])["status"] != "public":
                words.refuse("TABLE", "a public table")
            rows.select(words["TABLE"], words["WHERE"])
        except data.DataError as problem:
            words.refuse("TABLE" if words["TABLE"] not in data.resources() else "WHERE", str(problem))


def figures() -> dict[str, str]:
    """The ids of all figures, with the chapter that has each."""
    return {id: file.stem for file in _notebooks() for id in FIGURE.findall(file.read_text(encoding="utf-8"))}


def _notebooks() -> list[Path]:
    return sorted((chapters.ROOT / "notebooks").glob("*.md"))


def tables_of(links: Mapping[str, Mapping[str, str]], passage: str = "") -> list[str]:
    """The tables that a claim with these links is written into."""
    return ["claims", *(LINKS[kind] for kind in links), *(["passages"] if passage else [])]


def enter(row: Mapping[str, str], links: Mapping[str, Mapping[str, str]], passage: str = "") -> list[str]:
    """Write a claim and its links into their tables (`tables_of`); returns what was done."""
    names = tables_of(links, passage)
    done = [add_row("claims", row), *(add_row(LINKS[kind], link) for kind, link in links.items())]
    if passage:
        done.append(_carried(row["section"], passage, row["id"]))
    validated(*names)
    return done


def _carried(section: str, place: str, id: str) -> str:
    """Add a claim to those of a passage."""
    carrying = [dict(one) for one in left.table("passages")]
    for one in carrying:
        if (one["section"], one["place"]) == (section, place):
            one["claims"] = ";".join(filter(None, [one["claims"], id]))
    rewrite("passages", carrying)
    return f"data/passages.csv: {place} of section {section} has it"


def todo(id: str, chapter: str) -> list[str]:
    """What is left to do about a claim."""
    mark = f"notebooks/{chapter}.md: write the sentence that rests on it, and behind it the mark {{claim}}`{id}`"
    return [mark, *(line for line in [*left.never_tested(), *left.ledger()] if id in line)]
