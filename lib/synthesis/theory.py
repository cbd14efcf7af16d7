"""The theory of change: boxes and arrows from one table, the verdict of the chapters on every arrow, a table."""

from __future__ import annotations

from collections.abc import Set
from html import escape

import pandas as pd

from lib.ledger.assess import SETTING, enough
from lib.ledger.verdicts import CONFIRMED, MARKS, NO, OPEN, PARTLY, TESTED_BY, UNTESTED, YES
from lib.shown import Shown

LEVELS = {"input": "Input", "output": "Output", "outcome": "Outcome", "impact": "Impact"}
SUPPORTED, LIMITED, NO_EFFECT, NOT_ASSESSABLE, SILENT = "supported", "limited", "no_effect", "not_assessable", "silent"
# A sign as well as a word, so that a state reads in print and without colour: the shapes of the scale of verdicts.
ARROW_STATES = {
    SUPPORTED: (YES, "supported"),
    LIMITED: (PARTLY, "limited effect"),
    NO_EFFECT: (NO, "no effect found"),
    NOT_ASSESSABLE: (OPEN, "not assessable"),
    SILENT: ("\N{EN DASH}", "no claim carries it"),
}


def split(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The boxes and the arrows of theory `name`.

    `table` is `theory`, with columns theory, part (box, arrow), id, from, to, track, level, text and section. Raises
    `ValueError` when there is no such theory, when an arrow leads from or to a box that is not there, or when it
    does not lead to a higher level.
    """
    rows = table[table["theory"] == name]
    if rows.empty:
        raise ValueError(f"no theory of change named {name!r}")
    boxes, arrows = (rows[rows["part"] == part].reset_index(drop=True) for part in ("box", "arrow"))
    if unknown := sorted((set(arrows["from"]) | set(arrows["to"])) - set(boxes["id"])):
        raise ValueError(f"theory {name!r}: arrows to unknown boxes {', '.join(unknown)}")
    ranks = boxes.set_index("id")["level"].map(list(LEVELS).index)
    for arrow in arrows.to_dict("records"):
        if ranks[arrow["from"]] >= ranks[arrow["to"]]:
            raise ValueError(f"theory {name!r}: arrow {arrow['id']} does not lead to a higher level")
    return boxes, arrows


def states(arrows: pd.DataFrame, links: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """The state of every arrow, from the claims that speak of it and what the chapters found of them.

    `links` is `links_arrow_claim` (arrow, claim, says, role, why), `claims` has id, verdict, evidence, chapter and
    statement. What is only setting decides nothing and is left out. The rule: only what was tested gives a state. An
    arrow of whose claims too few were tested (`lib.ledger.assess.enough`), or none confirmed, is not assessable,
    whatever the report says of it; when all confirmed ones say the same, that is the state; in any other mix in which
    some find an effect it is limited; when some find none and others cannot tell, it is not assessable. An arrow
    without a claim is silent. Adds `state`, `claims` (their number), `tested`, `confirmed`, `public` (confirmed against
    the world) and `evidence`, the claims as a list of dicts (id, chapter, statement, verdict, why).
    Raises `KeyError` for an unknown claim.
    """
    known = claims.set_index("id")[["chapter", "statement", "verdict", "evidence"]].to_dict("index")
    spoken = links[links["role"] != SETTING].fillna({"why": ""}).to_dict("records")
    rows = []
    for arrow in arrows["id"]:
        mine = [link for link in spoken if link["arrow"] == arrow]
        if unknown := sorted({link["claim"] for link in mine} - known.keys()):
            raise KeyError(f"arrow {arrow}: no claim {unknown[0]}")
        found = [{"id": link["claim"], **known[link["claim"]], "why": link["why"]} for link in mine]
        confirmed = [claim for claim in found if claim["verdict"] == CONFIRMED]
        tested = sum(claim["verdict"] not in UNTESTED for claim in found)
        said = {link["says"] for link in mine if known[link["claim"]]["verdict"] == CONFIRMED}
        rows.append(
            {
                "state": _state(said if enough(tested, len(found)) else set()) if found else SILENT,
                "claims": len(found),
                "tested": tested,
                "confirmed": len(confirmed),
                "public": sum(TESTED_BY[claim["evidence"]] in ("world", "own") for claim in confirmed),
                "evidence": found,
            }
        )
    return arrows.assign(**pd.DataFrame(rows, index=arrows.index))


def _state(says: Set[str]) -> str:
    if len(says) <= 1:
        return next(iter(says), NOT_ASSESSABLE)
    return LIMITED if says & {SUPPORTED, LIMITED} else NOT_ASSESSABLE


def basis(arrow: object) -> str:
    """In words what the state of an arrow (a row of `states`) rests on."""
    if not arrow.claims:
        return "no claim"
    said = f"{arrow.claims} claim{'s' if arrow.claims > 1 else ''}"
    return f"{said}, {arrow.tested} tested" if arrow.tested else f"{said}, none tested: the report's word"


def steps(boxes: pd.DataFrame, arrows: pd.DataFrame) -> Shown:
    """The steps of a theory as a table, from input to impact: each with its assumption.

    `boxes` and `arrows` are what `split` returns; where `arrows` come from `states`, each carries its state and
    the claims behind it.
    """
    labels = dict(zip(boxes["id"], boxes["text"], strict=True))
    place = {id: number for number, id in enumerate(boxes.sort_values("level", key=_rank, kind="stable")["id"])}
    order = arrows.assign(place=arrows["from"].map(place)).sort_values("place", kind="stable")
    columns = ("Step", "What it assumes", *(("What the claims give",) if "state" in arrows else ()))
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    rows = "".join(_row(arrow, source, labels) for arrow, source in zip(order.itertuples(), order["from"], strict=True))
    said = [f" [{ARROW_STATES[state][1]}]" for state in order["state"]] if "state" in arrows else [""] * len(arrows)
    text = "\n".join(
        f"{labels[arrow['from']]} -> {labels[arrow['to']]}{state}"
        for arrow, state in zip(order.to_dict("records"), said, strict=True)
    )
    html = f'<table class="comparison theory"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return Shown(html, text)


def _rank(levels: pd.Series) -> pd.Series:
    return levels.map(list(LEVELS).index)


def _row(arrow: object, source: str, labels: dict[str, str]) -> str:
    step = f"{escape(labels[source])} \N{RIGHTWARDS ARROW} {escape(labels[arrow.to])}"
    cells = f'<th scope="row">{step}</th><td data-label="What it assumes">{escape(arrow.text)}</td>'
    if not hasattr(arrow, "state"):
        return f"<tr>{cells}</tr>"
    sign, word = ARROW_STATES[arrow.state]
    state = f'<span class="arrow-state state-{arrow.state}">{sign} {word}</span>'
    claims = "".join(map(_claim, arrow.evidence))
    behind = f"<details><summary>{basis(arrow)}</summary><ul>{claims}</ul></details>" if claims else ""
    return f'<tr>{cells}<td data-label="What the claims give">{state}{behind}</td></tr>'


def _claim(claim: dict) -> str:
    why = f". {escape(claim['why'])}" if claim["why"] else ""
    return (
        f"<li>{MARKS[claim['verdict']]} "
        f'<a href="{claim["chapter"]}.html#{claim["id"]}">{escape(claim["statement"])}</a> '
        f"({claim['verdict']}){why}</li>"
    )
