"""The evaluation matrix of the report, with the findings that answer each question and the claims beneath them."""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape

import pandas as pd

from lib import data
from lib.trail import follow
from lib.verdicts import WORDS, badge
from steps.text import myst, raw

SOURCES = {
    "literature_return": "literature on return",
    "literature_irregular": "literature on irregular migration",
    "literature_protection": "literature on protection",
    "literature_law": "literature on law",
    "dtenv_data": "data of the return service",
}


def matrix(claims: pd.DataFrame) -> str:
    """The matrix as MyST, one section per question.

    `claims` has one row per claim that the chapters of this book tested: id, chapter, statement and verdict, as
    in the files of results. A preview lacks claims; findings then say that none is at hand.
    """
    questions, findings = data.load("report_questions"), data.load("report_findings").set_index("id").to_dict("index")
    links, tested = data.load("links_question_finding"), claims.set_index("id", drop=False).to_dict("index")
    beneath: dict[tuple, list[dict]] = defaultdict(list)
    for question, finding, claim in follow(links, data.load("links_finding_claim")).itertuples(index=False):
        if claim in tested:
            beneath[question, finding].append(tested[claim])
    parts, shown = [], set()
    for row in questions.itertuples():
        found = links.loc[links["question"] == row.id, "finding"]
        items = "".join(
            _finding(findings[id], beneath[row.id, id], id, first=id not in shown)
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
    """One finding; where it comes first it has its id as an anchor, which opens its claims."""
    counts = Counter(claim["verdict"] for claim in claims)
    said = ", ".join(f"{counts[verdict]} {WORDS[verdict]}" for verdict in WORDS if counts[verdict])
    rows = "".join(
        f"<li>{badge(claim['verdict'])} "
        f'<a href="chapters/{claim["chapter"]}.html#{claim["id"]}">{escape(claim["statement"])}</a></li>'
        for claim in claims
    )
    up = f'<a href="chapters/synthesis.html#{id}">its conclusions</a>'
    head = f"{escape(finding['finding'])} (section {finding['section']}; {up})"
    anchor = f' id="{id}"' if first else ""
    if not claims:
        return f"<li{anchor}>{head}</li>"
    number = f"{len(claims)} claim{'s' if len(claims) > 1 else ''}"
    return f"<li{anchor}>{head}<details><summary>{number}: {said}</summary><ul>{rows}</ul></details></li>"
