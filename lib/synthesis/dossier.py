"""Conclusions and recommendations with everything beneath them, down to the official rows, as one page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from lib.ledger.assess import DECIDING, MEANING, SHOWN_MEANS, SIGNS, STATES, assess, checks, on_own_file, owed, said
from lib.ledger.claims import read_ledger
from lib.ledger.verdicts import DIFFERS, badge, tested_against
from lib.shown import Shown
from lib.synthesis import trail

ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates"))
)
ENVIRONMENT.globals |= {
    "shown": SHOWN_MEANS, "signs": SIGNS, "meaning": MEANING, "said": said, "owed": owed,
    "checks": checks,
    "tested_against": tested_against,
    "badge": lambda verdict: Markup(badge(verdict)),
}  # fmt: skip


@dataclass(frozen=True)
class Trail:
    """Everything the trail is made of.

    `claims` are those of `lib.ledger.results.claims`; `findings`, `conclusions` and `recommendations` the report's
    tables; `finding_claim` (with the role of each claim), `conclusion_finding`, `recommendation_conclusion` and
    `recommendation_claim` the links between them; `rows` the links from claims to official rows; `tests` what would
    overturn a conclusion; `sentences` what the checks of a finding or a conclusion show, in one sentence (about, why).
    """

    claims: pd.DataFrame
    findings: pd.DataFrame
    conclusions: pd.DataFrame
    recommendations: pd.DataFrame
    finding_claim: pd.DataFrame
    conclusion_finding: pd.DataFrame
    recommendation_conclusion: pd.DataFrame
    recommendation_claim: pd.DataFrame
    rows: pd.DataFrame
    tests: pd.DataFrame
    sentences: pd.DataFrame

    def of_findings(self) -> pd.DataFrame:
        """What `lib.ledger.assess.assess` says of every finding."""
        return self._assessed(self.finding_claim, "finding", self.findings["id"])

    def of_conclusions(self) -> pd.DataFrame:
        """What `lib.ledger.assess.assess` says of every conclusion, from the claims of its findings."""
        links = self.conclusion_finding[["conclusion", "finding"]].merge(self.finding_claim, on="finding")
        return self._assessed(links, "conclusion", self.conclusions["id"])

    def of_answers(self, answers: pd.DataFrame) -> pd.DataFrame:
        """What `lib.ledger.assess.assess` says of every answer, from the conclusions of the report that give it.

        `answers` has columns answer and conclusions (ids joined by semicolons).
        """
        given = answers.assign(conclusion=answers["conclusions"].str.split(";")).explode("conclusion")
        links = given[["answer", "conclusion"]].merge(self.conclusion_finding[["conclusion", "finding"]])
        return self._assessed(links.merge(self.finding_claim, on="finding"), "answer", answers["answer"])

    def of_recommendations(self) -> pd.DataFrame:
        """What `lib.ledger.assess.assess` says of the reasons of every recommendation; a whole has those of its parts.

        As findings do for a conclusion, parts count for a whole: what was tested has to reach half of them.
        """
        whole = self.recommendations.set_index("id")["part_of"].dropna()
        carried = self.recommendation_claim[["recommendation", "claim"]]
        carried = carried.assign(finding=carried["recommendation"])
        above = carried.assign(recommendation=carried["recommendation"].map(whole)).dropna()
        links = pd.concat([carried, above]).drop_duplicates().assign(role=STATES)
        return self._assessed(links, "recommendation", self.recommendations["id"])

    def _assessed(self, links: pd.DataFrame, by: str, ids: pd.Series) -> pd.DataFrame:
        claims = self.claims[["id", "verdict", "evidence"]].rename(columns={"id": "claim"})
        columns = [name for name in dict.fromkeys([by, "finding", "claim", "role"]) if name in links]
        pairs = links[columns].merge(claims, on="claim")
        return assess(pairs, by, ids)

    @property
    def deciding(self) -> pd.DataFrame:
        """The links from findings to the claims that decide something about them."""
        return self.finding_claim[self.finding_claim["role"].isin(DECIDING)]

    @property
    def names(self) -> dict[str, str]:
        """What conclusions are called: the main one, and those with a number."""
        return {
            id: "Main conclusion" if id.endswith("main") else f"Conclusion {id.rpartition('-')[2]}"
            for id in self.conclusions["id"]
        }


def conclusions(found: Trail) -> Shown:
    """Every conclusion: how much of it was checked, what the checks show, its findings, and what would overturn it."""
    levels, of_findings = found.of_conclusions(), found.of_findings()
    texts, why = found.findings.set_index("id"), found.sentences.set_index("about")["why"]
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
            "short": row["short"],
            "section": row["section"],
            "why": on_own_file(levels.loc[id]) or why.get(id),
            "findings": [
                of_findings.loc[finding].to_dict()
                | {"text": texts.at[finding, "finding"], "section": texts.at[finding, "section"]}
                | {"id": finding, "anchor": home[finding] == id}
                | {"why": on_own_file(of_findings.loc[finding]) or why.get(finding)}
                for finding in beneath
            ],
            "overturned_by": found.tests[found.tests["conclusion"] == id].to_dict("records"),
            "recommendations": trail.wholes(found.recommendations, above),
        }
        entries.append(levels.loc[id].to_dict() | entry)
    return _dossier(found, "conclusions.html", entries)


def answer(found: Trail) -> Shown:
    """The conclusions in one table: how much of each was checked, and what the checks show."""
    why = found.sentences.set_index("about")["why"]
    rows = [
        row | {"short": short, "why": on_own_file(row) or why.get(row["id"])}
        for row, short in zip(
            found.of_conclusions().reset_index(names="id").to_dict("records"), found.conclusions["short"], strict=True
        )
    ]
    text = "\n".join(f"{row['short']}: {row['checked']} was checked, {row['shows']}" for row in rows)
    return Shown(ENVIRONMENT.get_template("answer.html").render(rows=rows), text)


def scales() -> Shown:
    """What the words and signs of the two scales stand for."""
    text = "\n".join(f"{name}: {meaning}" for name, meaning in (SHOWN_MEANS | MEANING).items())
    return Shown(ENVIRONMENT.get_template("scales.html").render(), text)


def discrepancies(found: Trail) -> tuple[Shown, Shown]:
    """Every claim that differs: those beneath a conclusion or a recommendation, and the others.

    First those beneath the most recommendations, then conclusions, then findings; among equals first those whose
    finding has the fewest other claims.
    """
    claims = found.claims.set_index("id", drop=False)
    differing = claims.index[claims["verdict"] == DIFFERS].tolist()
    up = trail.bearing(differing, found.deciding, found.conclusion_finding)
    carried = found.recommendation_claim.groupby("claim")["recommendation"].agg(list)
    up["recommendation"] = [tuple(trail.wholes(found.recommendations, carried.get(id, []))) for id in differing]
    size = found.deciding.groupby("finding")["claim"].nunique()
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
    weighty = [row for row in rows if row["conclusions"] or row["recommendations"]]
    return _differing(found, weighty), _differing(found, [row for row in rows if row not in weighty])


def _differing(found: Trail, rows: list[dict]) -> Shown:
    text = "\n".join(f"{row['id']}: stated {row['stated']}, computed {row['computed']}" for row in rows)
    return Shown(ENVIRONMENT.get_template("discrepancies.html").render(rows=rows, names=found.names), text)


def _dossier(found: Trail, template: str, entries: list[dict]) -> Shown:
    html = ENVIRONMENT.get_template(template).render(entries=entries, names=found.names)
    return Shown(html, "\n".join(f"{entry['name']}: {entry['text']}" for entry in entries))
