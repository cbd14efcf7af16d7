"""Whether tables that hang together still do: ids that exist nowhere, sentences on verdicts that have changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from lib import data
from lib.ledger.verdicts import OURS
from lib.synthesis import answers, dossier, trail

# tables that name ids as well, in their first column
BESIDE = ("claims_needs", "claims_apart", "public_record", "assessments")
TRAIL = {
    "findings": "report_findings", "conclusions": "report_conclusions", "recommendations": "report_recommendations",
    "finding_claim": "links_finding_claim", "conclusion_finding": "links_conclusion_finding",
    "recommendation_conclusion": "links_recommendation_conclusion",
    "recommendation_claim": "links_recommendation_claim",
    "rows": "links_claim_row", "tests": "report_conclusion_tests", "sentences": "assessments",
}  # fmt: skip
Load = Callable[[str], pd.DataFrame]


def as_written(name: str) -> pd.DataFrame:
    """A table as its file has it now, whether or not its hash is recorded yet."""
    return data.load(name, data.PACKAGE.parent / data.resource(name)["path"])


def tables() -> list[str]:
    """The names of the tables of links."""
    return [name for name in data.resources() if name.startswith("links_")]


def known(load: Load = data.load) -> dict[str, set[str]]:
    """The ids that a link may name, by the name of its column."""
    chapters = (data.PACKAGE.parent.parent / "notebooks").glob("*.md")
    ids = {what: set(load(f"report_{what}s")["id"]) for what in ("finding", "conclusion", "recommendation", "question")}
    return ids | {
        "claim": set(load("claims")["id"]),
        "study": set(load("studies")["study"]),
        "arrow": set(load("theory").query("part == 'arrow'")["id"]),
        "table": {name for name, resource in data.resources().items() if resource["status"] == "public"},
        "figure": {id for c in chapters for id in re.findall(r'id="(fig-[a-z0-9-]+)"', c.read_text(encoding="utf-8"))},
        "about": ids["finding"] | ids["conclusion"],
    }


def dangling(load: Load = data.load) -> pd.DataFrame:
    """The ids in tables of links, and in those beside them, that exist nowhere: table, column, id."""
    beside = {name: load(name).iloc[:, :1] for name in BESIDE}
    return trail.dangling({name: load(name) for name in tables()} | beside, known(load))


def followed(load: Load = data.load) -> dossier.Trail:
    """The trail with every verdict as its row expects it, which the chapters hold."""
    claims = load("claims").assign(verdict=lambda rows: rows["expect"])
    found = {name: load(table) for name, table in TRAIL.items()}
    return dossier.Trail(claims=claims[claims["whose"] != OURS], **found)


def stale(load: Load = data.load) -> dict[str, str]:
    """What the checks of findings and conclusions show now, and on what, where their sentence is on something else."""
    found = followed(load)
    now = pd.concat([found.of_findings(), found.of_conclusions()])
    written = found.sentences.fillna("").set_index("about").reindex(now.index).fillna("")
    other = (written["shows"] != now["shows"]) | (written["rests_on"] != now["rests_on"])
    return {row.Index: f"{row.shows}: {row.rests_on or 'nothing'}" for row in now[other].itertuples()}


def stale_answers(load: Load = data.load) -> dict[str, str]:
    """As `stale`, of the short answers and the recommendations: tables `answers` and `recommendation_answers`."""
    found, asked = followed(load), load("answers")
    shown = [
        (asked.set_index("answer"), found.of_answers(asked)),
        (load("recommendation_answers").set_index("recommendation"), found.of_recommendations()),
    ]
    return {
        row.Index: f"{row.shows}: {row.rests_on or 'nothing'}"
        for written, now in shown
        for row in now.itertuples()
        if row.Index not in written.index
        or tuple(written.loc[row.Index, ["shows", "rests_on"]].fillna("")) != (row.shows, row.rests_on)
    }


def stale_pairs(load: Load = data.load) -> dict[str, str]:
    """The verdicts that a thing to know or a brief in Dutch names and that are no longer so: what it is now, by id.

    A brief names claims, or a conclusion of the report with what its checks show.
    """
    expected = pd.concat([load("claims").set_index("id")["expect"], followed(load).of_conclusions()["shows"]])
    return {
        id: f"{claim} is now {expected.get(claim, 'neither a claim nor a conclusion')}"
        for id, rests_on in [
            *load("answer_facts")[["fact", "rests_on"]].itertuples(index=False),
            *load("briefs_dutch")[["brief", "rests_on"]].itertuples(index=False),
        ]
        for claim, verdict in answers.pairs(rests_on)
        if expected.get(claim) != verdict
    }


def problems() -> list[str]:
    """Everything that does not hang together, one message each; nothing of a package that has no links."""
    if not tables():
        return []
    lost = [
        f"table {row.table!r}, column {row.column!r}: {row.id} exists nowhere; mend the link or take it out"
        for row in dangling(as_written).itertuples()
    ]
    return lost or [
        *(
            f"table {table!r}: read the sentence on {id} again; its checks now show {shows}"
            for table, found in (("assessments", stale), ("answers or recommendation_answers", stale_answers))
            for id, shows in found(as_written).items()
        ),
        *(
            f"table 'answer_facts' or 'briefs_dutch': read {id} again, in both languages: {now}"
            for id, now in stale_pairs(as_written).items()
        ),
    ]
