"""The evaluation matrix of the report, with the findings that answer each question and the claims beneath them."""

from __future__ import annotations

from collections import defaultdict
from html import escape

import pandas as pd

from lib import data
from lib.ledger.assess import AGAINST, DECIDING, SETTING, assess, said
from lib.ledger.verdicts import MARKS, OURS, REMARK, badge
from steps.book.text import myst, raw

ROLES = [*DECIDING, SETTING]
SOURCES = {
    "literature_return": "literature on return",
    "literature_irregular": "literature on irregular migration",
    "literature_protection": "literature on protection",
    "literature_law": "literature on law",
    "dtenv_data": "data of the return service",
}


def matrix(claims: pd.DataFrame) -> str:
    """The matrix as MyST, one section per question.

    `claims` has one row per claim or remark that the chapters of this book recorded: id, chapter, statement, whose,
    evidence and verdict, as `lib.ledger.results.statements`. A preview lacks claims; findings then say that none is at
    hand.
    """
    questions, findings = data.load("report_questions"), data.load("report_findings").set_index("id").to_dict("index")
    links, tested = data.load("links_question_finding"), claims.set_index("id", drop=False).to_dict("index")
    roles = data.load("links_finding_claim")
    own = claims.loc[claims["whose"] != OURS, ["id", "verdict", "evidence"]].rename(columns={"id": "claim"})
    counts = assess(roles.merge(own, on="claim"), "finding", findings).to_dict("index")
    beneath: dict[str, list[dict]] = defaultdict(list)
    for finding, claim, role in roles[["finding", "claim", "role"]].itertuples(index=False):
        if claim in tested:
            beneath[finding].append(tested[claim] | {"role": role})
    parts, shown = [], set()
    for row in questions.itertuples():
        found = links.loc[links["question"] == row.id, "finding"]
        items = "".join(
            _finding(findings[id] | counts[id], beneath[id], id, first=id not in shown)
            for id in found.drop_duplicates()
        )
        shown |= set(found)
        sources = ", ".join(SOURCES.get(source, source.replace("_", " ")) for source in row.sources.split(";"))
        note = f"\n\n{myst(row.note)}" if pd.notna(row.note) else ""
        parts.append(
            f"## {row.id}. {myst(row.question)}\n\n"
            f"Sources that the report names: {sources}. Answered in {row.answered_in.replace(';', ', ')}.{note}\n\n"
            + raw(f'<ul class="matrix">{items}</ul>')
        )
    return "\n".join(parts)


def _finding(finding: dict, claims: list[dict], id: str, first: bool) -> str:
    """One finding with its counts (`lib.ledger.assess`); where it comes first its id is an anchor, which opens them."""
    rows = "".join(
        f'<li>{_badge(claim)} <span class="role">{claim["role"]}</span> {_link(claim)}</li>'
        for claim in sorted(claims, key=lambda claim: ROLES.index(claim["role"]))
    )
    up = f'<a href="chapters/synthesis.html#{id}">its conclusions</a>'
    head = f"{escape(finding['finding'])} (section {finding['section']}; {up})"
    anchor = f' id="{id}"' if first else ""
    if not claims:
        return f"<li{anchor}>{head}</li>"
    own = [claim for claim in claims if claim["whose"] != OURS]
    numbers = {role: sum(claim["role"] == role for claim in own) for role in (AGAINST, SETTING)}
    beside = {AGAINST: f"bear{'s' if numbers[AGAINST] == 1 else ''} against it", SETTING: "as setting"}
    others = "".join(f"; {numbers[role]} {words}" for role, words in beside.items() if numbers[role])
    return f"<li{anchor}>{head}<details><summary>{said(finding)}{others}</summary><ul>{rows}</ul></details></li>"


def _badge(claim: dict) -> str:
    return REMARK if claim["whose"] == OURS else badge(claim["verdict"])


def _link(claim: dict) -> str:
    return f'<a href="chapters/{claim["chapter"]}.html#{claim["id"]}">{escape(claim["statement"])}</a>'


def passages(claims: pd.DataFrame) -> str:
    """Every paragraph and footnote of the report as MyST, section by section, with the claims that carry it.

    `claims` as in `matrix`.
    """
    table, known = data.plain(data.load("passages")), claims.set_index("id", drop=False).to_dict("index")
    heads = data.load("report_sections").set_index("number")["heading"]
    parts = []
    for section, rows in table.groupby("section", sort=False):
        items = "".join(_passage(row, known) for row in rows.to_dict("records"))
        head = f"{section}. {heads[section]}" if section in heads else section.capitalize()
        parts.append(f"<details><summary>{escape(head)}: {len(rows)} passages</summary><ul>{items}</ul></details>")
    return raw(f'<div class="matrix passages">{"".join(parts)}</div>')


def _passage(row: dict, known: dict[str, dict]) -> str:
    """One passage: where it stands, what it is about, and its claims or why there is nothing to test."""
    ids = [id for id in (row["claims"] or "").split(";") if id in known]
    links = "; ".join(f"{MARKS[known[id]['verdict']]} {_link(known[id])}" for id in ids)
    said = ". ".join(part for part in (links, escape(row["nothing"] or "")) if part)
    where = f"<strong>{escape(row['place'])}</strong>"
    return f'<li>{where} {escape(row["about"])} <span class="where">{said}</span></li>'
