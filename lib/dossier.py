"""Conclusions and recommendations with everything beneath them, down to the official rows, as one page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from lib import data, strength, trail
from lib.claims import read_ledger
from lib.shown import Shown
from lib.strength import LEVELS, OF_CONCLUSIONS, SIGNS
from lib.verdicts import DIFFERS, MARKS, UNTESTABLE, WORDS, badge

ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates"))
)
ENVIRONMENT.globals |= {
    "signs": SIGNS, "order": LEVELS.index, "meaning": OF_CONCLUSIONS, "marks": MARKS, "words": WORDS,
    "badge": lambda verdict: Markup(badge(verdict)),
}  # fmt: skip


@dataclass(frozen=True)
class Trail:
    """Everything the trail is made of.

    `claims` are those of `lib.results.claims`; `findings`, `conclusions` and `recommendations` the report's tables;
    `finding_claim`, `conclusion_finding` and `recommendation_conclusion` the links between them; `rows` the links
    from claims to official rows; `tests` what would overturn a conclusion.
    """

    claims: pd.DataFrame
    findings: pd.DataFrame
    conclusions: pd.DataFrame
    recommendations: pd.DataFrame
    finding_claim: pd.DataFrame
    conclusion_finding: pd.DataFrame
    recommendation_conclusion: pd.DataFrame
    rows: pd.DataFrame
    tests: pd.DataFrame

    def beneath(self, *steps: pd.DataFrame) -> pd.DataFrame:
        """The claims at the end of these links, one row per start and claim: its id, then the claim's columns."""
        ways = trail.follow(*steps) if len(steps) > 1 else steps[0]
        pairs = ways[[ways.columns[0], "claim"]].drop_duplicates()
        return pairs.merge(self.claims.rename(columns={"id": "claim"}), on="claim")

    def finding_levels(self) -> pd.DataFrame:
        """What `lib.strength.findings` says of every finding."""
        return strength.findings(self.beneath(self.finding_claim))

    def conclusion_levels(self, rank: float = 0.5) -> pd.DataFrame:
        """Every conclusion: `lib.strength.conclusions`, and the claims beneath it counted (`lib.strength.tally`)."""
        levels = strength.conclusions(self.conclusion_finding, self.finding_levels(), rank)
        claims = strength.tally(self.beneath(self.conclusion_finding, self.finding_claim), "conclusion")
        return claims.drop(columns="public_confirmed").join(levels)

    def recommendation_claims(self) -> pd.DataFrame:
        """The claims beneath each of the seven recommendations, its parts included: recommendation, claim columns."""
        whole = self.recommendations.set_index("id")["part_of"]
        found = self.beneath(self.recommendation_conclusion, self.conclusion_finding, self.finding_claim)
        main = found["recommendation"].map(whole).fillna(found["recommendation"])
        return found.assign(recommendation=main).drop_duplicates(["recommendation", "claim"])

    @property
    def names(self) -> dict[str, str]:
        """What conclusions are called: the main one, and those with a number."""
        return {
            id: "Main conclusion" if id.endswith("main") else f"Conclusion {id.rpartition('-')[2]}"
            for id in self.conclusions["id"]
        }


def conclusions(found: Trail) -> Shown:
    """Every conclusion with its level, its findings, each with a link to its claims, and what would overturn it."""
    levels, of_findings = found.conclusion_levels(), found.finding_levels()
    texts = found.findings.set_index("id")
    own = found.conclusion_finding.sort_values("conclusion", key=lambda ids: ids == "conclusion-main", kind="stable")
    home = own.drop_duplicates("finding").set_index("finding")["conclusion"]  # where a finding has its anchor
    entries = []
    for row in found.conclusions.to_dict("records"):
        id = row["id"]
        beneath = found.conclusion_finding.loc[found.conclusion_finding["conclusion"] == id, "finding"]
        above = found.recommendation_conclusion.loc[
            found.recommendation_conclusion["conclusion"] == id, "recommendation"
        ]
        entry = {
            "id": id,
            "name": found.names[id],
            "text": row["conclusion"],
            "section": row["section"],
            "findings": [
                of_findings.loc[finding].to_dict()
                | {"text": texts.at[finding, "finding"], "section": texts.at[finding, "section"]}
                | {"id": finding, "anchor": home[finding] == id}
                for finding in beneath
            ],
            "overturned_by": found.tests[found.tests["conclusion"] == id].to_dict("records"),
            "recommendations": trail.wholes(found.recommendations, above),
        }
        entries.append(levels.loc[id].to_dict() | entry)
    return _dossier(found, "conclusions.html", entries)


def recommendations(found: Trail) -> Shown:
    """Every recommendation with its parts, the conclusions it rests on, and the claims tested with public data."""
    beneath, levels = found.recommendation_claims(), found.conclusion_levels()["level"]
    counts = strength.tally(beneath, "recommendation")
    official = _claims(found, beneath[(beneath["verdict"] != UNTESTABLE) & (beneath["evidence"] == "public")])
    table, links = data.plain(found.recommendations), data.plain(found.recommendation_conclusion)
    entries = []
    for row in table[table["part_of"].isna()].to_dict("records"):
        id, parts = row["id"], table[table["part_of"] == row["id"]]
        mine = links[links["recommendation"].isin([id, *parts["id"]])]
        why = links[links["recommendation"] == id].set_index("conclusion")["why"]
        entry = {
            "id": id,
            "name": f"Recommendation {_number(id)}",
            "text": row["recommendation"],
            "section": row["section"],
            "parts": [_part(part, links) for part in parts.to_dict("records")],
            "conclusions": [
                {"id": conclusion, "level": levels[conclusion], "why": why.get(conclusion)}
                for conclusion in mine["conclusion"].drop_duplicates()
            ],
            "official": official.get(id, []),
        }
        entries.append(counts.loc[id].to_dict() | entry)
    return _dossier(found, "recommendations.html", entries)


def _part(part: dict, links: pd.DataFrame) -> dict:
    """A part of a recommendation with the conclusions that it rests on."""
    mine = links[links["recommendation"] == part["id"]]
    return {
        "name": _number(part["id"]),
        "text": part["recommendation"],
        "conclusions": mine["conclusion"].tolist(),
        "why": "; ".join(mine["why"].dropna().unique()),
    }


def answer(found: Trail) -> Shown:
    """The conclusions in one table: each in a line, its level, and the verdicts beneath it."""
    levels = found.conclusion_levels().reset_index(names="id")
    rows = found.conclusions[["id", "short"]].merge(levels, on="id").to_dict("records")
    text = "\n".join(f"{row['short']}: {row['level']}" for row in rows)
    return Shown(ENVIRONMENT.get_template("answer.html").render(rows=rows), text)


def discrepancies(found: Trail) -> Shown:
    """Every claim that differs, by how much hangs on it.

    First those beneath the most recommendations, then conclusions, then findings; among equals first those whose
    finding has the fewest other claims.
    """
    claims = found.claims.set_index("id", drop=False)
    differing = claims.index[claims["verdict"] == DIFFERS].tolist()
    up = trail.bearing(differing, found.finding_claim, found.conclusion_finding, found.recommendation_conclusion)
    up["recommendation"] = up["recommendation"].map(lambda ids: tuple(trail.wholes(found.recommendations, ids)))
    size = found.finding_claim.groupby("finding")["claim"].nunique()
    rank = up.map(len).assign(alone=up["finding"].map(lambda ids: -min((size[id] for id in ids), default=0)))
    order = rank.sort_values(["recommendation", "conclusion", "finding", "alone"], ascending=False, kind="stable")
    ledger = read_ledger()
    rows = [
        claims.loc[id].to_dict()
        | {
            "where": ledger[id].where, "stated": ledger[id].stated,
            "conclusions": up.at[id, "conclusion"], "recommendations": up.at[id, "recommendation"],
        }
        for id in order.index
    ]  # fmt: skip
    text = "\n".join(f"{row['id']}: stated {row['stated']}, computed {row['computed']}" for row in rows)
    return Shown(ENVIRONMENT.get_template("discrepancies.html").render(rows=rows, names=found.names), text)


def _dossier(found: Trail, template: str, entries: list[dict]) -> Shown:
    html = ENVIRONMENT.get_template(template).render(entries=entries, names=found.names)
    return Shown(html, "\n".join(f"{entry['name']}: {entry['text']}" for entry in entries))


def _claims(found: Trail, beneath: pd.DataFrame) -> dict[str, list[dict]]:
    """The claims by what they are beneath, those tested with public data first, then the other tested ones."""
    order = {"public": 0, "arithmetic": 1}
    ranked = beneath.assign(
        id=beneath["claim"],
        rows=beneath["claim"].isin(found.rows["claim"]),
        rank=beneath["evidence"].map(order).fillna(2),
    ).sort_values("rank", kind="stable")
    return {start: group.to_dict("records") for start, group in ranked.groupby(ranked.columns[0], sort=False)}


def _number(id: str) -> str:
    return id.removeprefix("recommendation-")
