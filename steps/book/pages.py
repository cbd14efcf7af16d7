"""Pages of the trail that are made from data: the ledger of all claims, and the links under claims and figures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from html import escape
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from lib import chapters, data
from lib.ledger import claims, rows, verdicts
from lib.ledger.assess import SETTING
from lib.ledger.verdicts import (
    CONFIRMED,
    CONTESTED,
    DIFFERS,
    MARKS,
    NOT_LOOKED_UP,
    NOT_MEASURABLE,
    NOT_PUBLIC,
    OURS,
    REMARKED,
    UNTESTED,
    VERDICTS,
    badge,
    slug,
)
from lib.synthesis import trail
from steps.book import catalogue
from steps.book.text import raw

TITLES = chapters.tested()
EVIDENCE = {
    "public": "the world: public figures", "studies": "the world: published studies",
    "document": "the record: a document", "arithmetic": "the report itself",
    "reported": "the report's word", "literature": "studies", "restricted": "restricted data",
}  # fmt: skip
DATES = {"month": "%B %Y", "day": "%-d %B %Y"}  # how a reader writes them; a year is as it is
FOUND_IN = {  # what a claim was held against, as one says it after what was found
    "public": "public figures", "studies": "published studies", "document": "a document",
    "arithmetic": "the report's own text", "restricted": "your own file",
}  # fmt: skip
ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(Path(__file__).parent)
)
ENVIRONMENT.globals |= {
    "badge": lambda verdict: Markup(badge(verdict)),
    "slug": slug,
    "place": lambda anchor: place(anchor),
    "untested": UNTESTED,
}


def entries(tested: pd.DataFrame, figures: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Every claim with its trail, one row each, in the ledger's order.

    `tested` is `lib.ledger.results.statements`, claims and remarks; `figures` is `lib.ledger.results.figures`,
    `official` is `official_rows`. Beside the columns of `tested`: `where` and `stated` (as a reader would write them),
    `findings`, `conclusions` and `recommendations` (ids; parts of a recommendation as the whole), `figures` (a list of
    dicts: figure, chapter, title), `tables` (its official rows, `catalogue.rows_of`) and `release` and `detail` (what a
    claim that is not tested would need, else missing). What is only setting of a finding does not bear on it,
    and a recommendation has the claims that carry its reason alone.
    """
    roles = data.load("links_finding_claim")
    up = trail.bearing(
        tested["id"].tolist(),
        roles[roles["role"] != SETTING],
        data.load("links_conclusion_finding"),
    ).add_suffix("s")
    carried = data.load("links_recommendation_claim").groupby("claim")["recommendation"].agg(list)
    recommendations = data.load("report_recommendations")
    up["recommendations"] = [trail.wholes(recommendations, carried.get(claim, [])) for claim in tested["id"]]
    shown = data.load("links_claim_figure")[["claim", "figure"]].merge(figures[["figure", "chapter", "title"]])
    by_claim = defaultdict(list)
    for claim, *figure in shown.itertuples(index=False):
        by_claim[claim].append(dict(zip(["figure", "chapter", "title"], figure, strict=True)))
    tables = catalogue.rows_of(official)
    needs = data.load("claims_needs").merge(data.load("releases"), on="release").set_index("claim")
    ledger = claims.read_ledger()
    return tested.join(up, on="id").assign(
        where=[ledger[id].where for id in tested["id"]],
        stated=[ledger[id].stated for id in tested["id"]],
        figures=[by_claim.get(id, []) for id in tested["id"]],
        tables=[tables.get(id, []) for id in tested["id"]],
        release=tested["id"].map(needs["label"]),
        detail=tested["id"].map(needs["detail"]),
    )


def official_rows() -> pd.DataFrame:
    """The links from claims to official rows, with `lines`: those of the table's file that each selects.

    Raises `DataError` for a link that does not fit its table.
    """
    links = rows.links()
    return links.assign(lines=[rows.select(row.table, row.where)["line"].tolist() for row in links.itertuples()])


def anchors(claim: Mapping) -> list[tuple[str, str]]:
    """What a claim bears on, as names with anchors (`place`): conclusions first, then recommendations."""
    return [(_name(id).lower(), id) for id in [*claim["conclusions"], *claim["recommendations"]]]


def place(anchor: str) -> str:
    """Where a conclusion or a recommendation stands, from the book's root."""
    page = "recommendations" if anchor.startswith("recommendation") else "chapters/synthesis"
    return f"{page}.html#{anchor}"


# What opens the ledger, and what is one click away: verdicts, and their words beside the sign.
FIRST = (DIFFERS, CONTESTED)
ORDER = (*FIRST, *(verdict for verdict in VERDICTS if verdict not in FIRST))
MEANS = {
    DIFFERS: "something contradicts the statement, and the contradiction holds",
    CONTESTED: "published studies disagree with each other",
    CONFIRMED: "the same number, date or direction comes out",
    NOT_PUBLIC: "what it rests on is not public",
    NOT_MEASURABLE: "no figures could show it",
    NOT_LOOKED_UP: "it could be looked up, and was not: a debt of this book",
}


def ledger_page(found: pd.DataFrame) -> str:
    """The ledger as MyST: filters, and every claim of the report in `entries` with its trail.

    What differs comes first, then the other verdicts; within one, chapter by chapter.
    """
    found = found[found["whose"] != OURS]
    texts = data.load("report_findings").set_index("id")["finding"]
    order = found["chapter"].map(list(TITLES).index)
    table = found.loc[order.sort_values(kind="stable").index]
    records = [
        row | {
            "under": [*row["conclusions"], *row["recommendations"]],
            "bears_on": anchors(row),
            "findings": [(id, texts[id]) for id in row["findings"]],
        } | dict(zip(("said", "result"), _values(row), strict=True))
        for row in data.plain(table).to_dict("records")
    ]  # fmt: skip
    short = data.load("report_conclusions").set_index("id")["short"]
    asked = data.load("report_recommendations").set_index("id")["recommendation"]
    used = {id for row in records for id in row["under"]}
    under = [(id, f"{_name(id)}: {text}") for id, text in [*short.items(), *asked.items()] if id in used]
    filters = [
        ("chapter", "Chapter", [(name, title) for name, title in TITLES.items() if name in set(found["chapter"])]),
        ("evidence", "Tested against", _counted(found["evidence"], EVIDENCE)),
        ("under", "Bears on", under),
    ]
    number = Counter(found["verdict"])
    both = (" ".join(map(slug, FIRST)), "".join(MARKS[one] for one in FIRST), " or ".join(FIRST))
    each = [(slug(one), MARKS[one], one, number[one]) for one in ORDER if number[one]]
    views = [(*both, sum(number[one] for one in FIRST)), *each, ("", "", "all", len(records))]
    groups = [
        {"verdict": one, "meaning": MEANS[one], "claims": [row for row in records if row["verdict"] == one]}
        for one in ORDER
        if number[one]
    ]
    return _raw(
        "ledger.html",
        groups=groups, total=len(records), filters=filters, views=views, first=both[0] if views[0][-1] else "",
        titles=TITLES, evidence=EVIDENCE, signs=MARKS,
    )  # fmt: skip


def _name(id: str) -> str:
    """A conclusion or recommendation as a reader calls it."""
    return "Main conclusion" if id == "conclusion-main" else id.replace("-", " ").capitalize()


def _counted(column: pd.Series, names: dict[str, str]) -> list[tuple[str, str]]:
    counts = Counter(column)
    return [(value, f"{name} ({counts[value]})") for value, name in names.items() if counts[value]]


def _raw(template: str, **values: object) -> str:
    return raw(ENVIRONMENT.get_template(template).render(**values))


def trail_of(claim: Mapping) -> tuple[str, str]:
    """Where all that hangs on a claim can be followed, from the book's root, and what the link to it says.

    A remark of ours is in no ledger: its trail are its official rows, or else its code.
    """
    if claim["whose"] != OURS:
        return f"ledger.html#{claim['id']}", "trail"
    if claim["tables"]:
        return claim["tables"][0][1], "official rows"
    return f"chapters/{claim['chapter']}.html#code-{claim['id']}", "code"


def _values(claim: Mapping) -> tuple[str, str]:
    """What the report states and what was found, for a reader who has the statement before them.

    What a statement says in words is not said again: nothing, and that the same was found, unless it was not.
    """
    stated, found = claim["stated"], claim["computed"] or ""
    if claim["precision"] in DATES:
        return tuple(f"{pd.Timestamp(day):{DATES[claim['precision']]}}" if day else "" for day in (stated, found))
    if claim["precision"] or claim["verdict"] not in (CONFIRMED, *UNTESTED):
        return stated, found
    return "", found and ("it holds" if claim["whose"] == OURS else "the same")


def told(chapter: str, found: pd.DataFrame) -> dict[str, dict]:
    """What the text of any page may show of the claims of this chapter in `entries`, by id."""
    kept = ("chapter", "statement", "verdict", "where", "otherwise", "note")
    return {
        row["id"]: {name: row[name] for name in kept}
        | dict(zip(("stated", "computed"), _values(row), strict=True))
        | {"ours": row["whose"] == OURS, "trail": trail_of(row), "found": FOUND_IN.get(row["evidence"])}
        for row in data.plain(found[found["chapter"] == chapter]).to_dict("records")
    }


def shown_here(ids: list[str]) -> str:
    """The place of a list of verdicts, which the book gathers at the end of its section."""
    places = "".join(f'<li id="{id}" class="claim"></li>' for id in ids)
    return f'<ul class="claims">{places}</ul>'


def all_of(chapter: str, claims: int) -> str:
    """The line in place of a chapter's table of claims, which would repeat the lists of its sections."""
    link = f'<a href="../ledger.html?chapter={chapter}">All {claims} claims of this chapter in the ledger</a>'
    return f'<p class="where">{link}, with their trails. The sections above have them at their ends.</p>'


def _page(chapter: str, here: str) -> str:
    return "" if chapter == here else f"{chapter}.html"


def of_figure(claims: list[Mapping], chapter: str) -> str:
    """The fold in the foot of a figure: the claims that it shows, each with its sign."""
    links = "".join(
        f'<a href="{_page(claim["chapter"], chapter)}#{claim["id"]}">'
        f"{MARKS[claim['verdict']]} {escape(claim['statement'])}</a>"
        for claim in claims
    )
    number = f"{len(claims)} statement{'' if len(claims) == 1 else 's'}"
    done = "shown" if any(claim["verdict"] in UNTESTED for claim in claims) else "tested"
    return f'<details class="figure-claims"><summary>{number} {done} here</summary>{links}</details>'


def trails(chapter: str, found: pd.DataFrame) -> dict[str, str]:
    """The links of every figure of `entries`, as they stand in this chapter, by its id."""
    shown = defaultdict(list)
    for claim in found.to_dict("records"):
        for figure in claim["figures"]:
            shown[figure["figure"]].append(claim)
    return {figure: of_figure(those, chapter) for figure, those in shown.items()}


def linked(html: str, trails: Mapping[str, str]) -> str:
    """The HTML of an output with these links in the places that its figures left for them."""
    return re.sub(verdicts.trail_place("([a-z0-9-]+)"), lambda place: trails.get(place[1], ""), html)


def filed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ledger for a file: a remark of ours is called so, that a count of verdicts is the pages'.

    What its check gave stands in the column `remark`.
    """
    ours = rows["whose"] == OURS
    return rows.assign(verdict=rows["verdict"].mask(ours, REMARKED), remark=rows["verdict"].where(ours))


def flat(found: pd.DataFrame) -> pd.DataFrame:
    """`entries` as a table for a file: lists of ids joined by semicolons, rows counted, remarks as in `filed`."""
    lists = {name: found[name].map(";".join) for name in ("findings", "conclusions", "recommendations")}
    figures = found["figures"].map(lambda shown: ";".join(figure["figure"] for figure in shown))
    rows = found["tables"].map(lambda tables: sum(number for *_, number in tables))
    kept = found.drop(columns=["stated", "where"]).rename(columns={"tables": "rows"})
    return filed(kept).assign(**lists, figures=figures, rows=rows)
