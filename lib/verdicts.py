"""Verdicts as a reader sees them: beside a sentence, on the cards in brief, in the table that ends a chapter."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lib.claims import Claim

MIMETYPE = "application/vnd.compendium.claims+json"
CONFIRMED, DIFFERS, UNTESTABLE, MIXED = "confirmed", "differs", "untestable", "mixed"
# Shape as well as word and colour, so that a verdict reads in print and without colour.
MARKS = {CONFIRMED: "\N{CHECK MARK}", DIFFERS: "\N{NOT EQUAL TO}", UNTESTABLE: "?", MIXED: "\N{ALMOST EQUAL TO}"}
WORDS = {CONFIRMED: "confirmed", DIFFERS: "differs", UNTESTABLE: "cannot be tested here", MIXED: "holds in part"}


@dataclass(frozen=True)
class Result:
    """A claim with what was computed for it and the verdict that follows."""

    claim: Claim
    computed: str | None
    verdict: str


@dataclass(frozen=True)
class Verdicts:
    """Verdicts shown beside the sentences they belong to; each is an anchor that others can cite."""

    results: list[Result]

    def _repr_html_(self) -> str:
        return f'<ul class="claims">{"".join(map(_item, self.results))}</ul>'

    def __repr__(self) -> str:
        return "\n".join(f"{r.verdict}: {r.claim.id}" for r in self.results)


def _item(result: Result) -> str:
    claim = result.claim
    computed = f"; computed: {escape(result.computed)}" if result.computed else ""
    note = f'<span class="claim-note">{escape(claim.note)}</span>' if claim.note else ""
    return (
        f'<li id="{claim.id}" class="claim claim-{result.verdict}">{badge(result.verdict)} '
        f"{escape(claim.statement)} "
        f'<a class="claim-link" href="#{claim.id}" aria-label="Link to claim {claim.id}">#</a>'
        f'<span class="claim-values">Report, {escape(claim.where)}: {escape(claim.stated)}{computed}.</span>'
        f"{note}{trail(claim.id)}</li>"
    )


def trail(id: str) -> str:
    """Where the book puts the links of a claim or a figure to what else hangs on it; nothing in a notebook."""
    return f"<!--trail:{id}-->"


def badge(verdict: str) -> str:
    """A verdict as mark and word."""
    return f'<span class="badge-verdict verdict-{verdict}">{MARKS[verdict]} {WORDS[verdict]}</span>'


@dataclass(frozen=True)
class Card:
    """One verdict of the chapter in brief: the question, the answer over its claims, a sentence, the evidence."""

    question: str
    verdict: str
    sentence: str
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Cards:
    """The cards that open a chapter, three to five."""

    cards: tuple[Card, ...]

    def _repr_html_(self) -> str:
        return f'<div class="cards">{"".join(map(_card, self.cards))}</div>'

    def __repr__(self) -> str:
        return "\n".join(f"{card.question} {card.verdict}: {card.sentence}" for card in self.cards)


def _card(card: Card) -> str:
    counts = Counter(result.verdict for result in card.results)
    said = ", ".join(f"{counts[verdict]} {WORDS[verdict]}" for verdict in WORDS if counts[verdict])
    links = " ".join(
        f'<a href="#{r.claim.id}" aria-label="Claim {n}: {escape(r.claim.statement)}">{n}</a>'
        for n, r in enumerate(card.results, start=1)
    )
    return (
        f'<div class="verdict-card verdict-card-{card.verdict}">'
        f'<p class="card-question">{escape(card.question)}</p>'
        f"<p>{badge(card.verdict)}</p><p>{escape(card.sentence)}</p>"
        f'<p class="card-claims">{len(card.results)} claims ({said}): {links}</p></div>'
    )


@dataclass(frozen=True)
class Summary:
    """All verdicts of a chapter: a table for readers, JSON for the synthesis."""

    chapter: str
    results: tuple[Result, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of claims by verdict."""
        found = Counter(result.verdict for result in self.results)
        return {name: found[name] for name in (CONFIRMED, DIFFERS, UNTESTABLE)}

    def frame(self) -> pd.DataFrame:
        """One row per claim: the ledger's columns, then `computed` and `verdict`."""
        return pd.DataFrame([asdict(r.claim) | {"computed": r.computed, "verdict": r.verdict} for r in self.results])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        records = json.loads(self.frame().to_json(orient="records"))
        return {
            "text/plain": ", ".join(f"{n} {name}" for name, n in self.counts.items()),
            "text/html": self._html(),
            MIMETYPE: {"chapter": self.chapter, "counts": self.counts, "claims": records},
        }

    def _html(self) -> str:
        rows = "".join(
            f'<tr class="claim-{r.verdict}"><td>{escape(r.claim.where)}</td>'
            f'<td><a href="#{r.claim.id}">{escape(r.claim.statement)}</a></td>'
            f"<td>{escape(r.claim.stated)}</td><td>{escape(r.computed or '')}</td>"
            f"<td>{r.claim.evidence}</td><td>{badge(r.verdict)}</td></tr>"
            for r in self.results
        )
        head = "".join(
            f'<th scope="col">{name}</th>' for name in ("Report", "Claim", "Stated", "Computed", "Evidence", "Verdict")
        )
        return (
            '<div class="table-scroll" role="region" aria-label="All claims of this chapter" tabindex="0">'
            f'<table class="ledger"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )
