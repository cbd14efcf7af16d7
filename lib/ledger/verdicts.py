"""Verdicts as a reader sees them: beside a sentence, in the table that ends a chapter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from html import escape

import pandas as pd

from lib.ledger.statement import Claim

MIMETYPE = "application/vnd.compendium.claims+json"
SHOWN_HERE = "application/vnd.compendium.verdicts+json"  # the ids of the claims whose verdicts a cell shows
CONFIRMED, DIFFERS = "confirmed", "differs"
CONTESTED = "contested"  # tested against published studies, which disagree with each other
# Why a claim was not tested. The first two are limits of what anybody can see; the last is a debt of this book.
NOT_PUBLIC, NOT_MEASURABLE, NOT_LOOKED_UP = "not public", "not measurable", "not looked up"
UNTESTED = (NOT_PUBLIC, NOT_MEASURABLE, NOT_LOOKED_UP)
VERDICTS = (CONFIRMED, DIFFERS, CONTESTED, *UNTESTED)
# What checks of several claims show together.
AGREES, EXCEPTION, MIXED = "agrees", "agrees with an exception", "mixed"
DISAGREES, TOO_LITTLE, NOTHING_TO_SHOW = "differs", "too little checked", "nothing to show"
SHOWN = (AGREES, EXCEPTION, MIXED, DISAGREES, TOO_LITTLE, NOTHING_TO_SHOW)
# What a claim is tested against, by its evidence; restricted data are never here but as a reader's own file.
TESTED_BY = {
    "public": "world", "studies": "world", "restricted": "own", "document": "record", "arithmetic": "report",
}  # fmt: skip
FOUND = {"document": "the record has", "studies": "the studies say"}  # how a result is said; others are computed
CHECKED_HOW = {
    "own": "with your own file", "world": "with public figures or studies", "record": "with a document",
    "report": "within the report",
}  # fmt: skip
OURS, REMARKED = "ours", "our remark"  # whose a row is, and what stands in a file in place of its verdict
# What checking shows, in four shapes that read in print and without colour; the word beside a shape says which of its
# cases it is, or why nothing was checked. The book has one other scale, how much was checked
# (`lib.ledger.assess.SIGNS`).
YES, PARTLY, NO, OPEN = (
    "\N{BLACK SQUARE}", "\N{SQUARE WITH LEFT HALF BLACK}", "\N{BLACK CIRCLE}", "\N{WHITE SQUARE}",
)  # fmt: skip
MARKS = {
    CONFIRMED: YES, AGREES: YES, CONTESTED: PARTLY, EXCEPTION: PARTLY, MIXED: PARTLY, DIFFERS: NO,
    NOT_PUBLIC: OPEN, NOT_MEASURABLE: OPEN, NOT_LOOKED_UP: OPEN, TOO_LITTLE: OPEN, NOTHING_TO_SHOW: OPEN,
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """A claim with what was computed for it and the verdict that follows."""

    claim: Claim
    computed: str | None
    verdict: str
    otherwise: str = ""  # what other documents have, where they conflict with the one that decides

    @property
    def ours(self) -> bool:
        """Whether it is a remark of this book, which no count of claims includes."""
        return self.claim.whose == OURS


@dataclass(frozen=True)
class Verdicts:
    """Verdicts shown beside the sentences they belong to; each is an anchor that others can cite."""

    results: list[Result]

    def _repr_html_(self) -> str:
        return f'<ul class="claims">{"".join(map(_item, self.results))}</ul>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        ids = [result.claim.id for result in self.results]
        return {"text/plain": repr(self), "text/html": self._repr_html_(), SHOWN_HERE: {"claims": ids}}

    def __repr__(self) -> str:
        return "\n".join(f"{r.verdict}: {r.claim.id}" for r in self.results)


def _item(result: Result) -> str:
    claim = result.claim
    how = FOUND.get(claim.evidence, "computed")
    computed = f"; {how}: {escape(result.computed)}" if result.computed else ""
    computed += f"; other sources: {escape(result.otherwise)}" if result.otherwise else ""
    note = f'<span class="claim-note">{escape(claim.note)}</span>' if claim.note else ""
    kind = "remark" if result.ours else slug(result.verdict)
    said, name = ("Ours, on", "remark") if result.ours else ("Report,", "claim")
    return (
        f'<li id="{claim.id}" class="claim claim-{kind}">{REMARK if result.ours else badge(result.verdict)} '
        f"{escape(claim.statement)} "
        f'<a class="claim-link" href="#{claim.id}" aria-label="Link to {name} {claim.id}">#</a>'
        f'<span class="claim-values">{said} {escape(claim.where)}: {escape(claim.stated)}{computed}.</span>'
        f"{note}</li>"
    )


def trail_place(id: str) -> str:
    """Where the book puts the links of a figure to the claims that it shows; nothing in a notebook."""
    return f"<!--trail:{id}-->"


def slug(verdict: str) -> str:
    """A verdict as part of the name of a class."""
    return verdict.replace(" ", "-")


def word(verdict: str) -> str:
    """A verdict in the words of the scale: of one claim the same as of several."""
    return {CONFIRMED: AGREES, CONTESTED: "studies disagree"}.get(verdict, verdict)


def badge(verdict: str) -> str:
    """A verdict, or what checks show, as mark and word."""
    return f'<span class="badge-verdict verdict-{slug(verdict)}">{MARKS[verdict]} {word(verdict)}</span>'


REMARK = '<span class="badge-verdict badge-remark">\N{EM DASH} our remark</span>'


def counted(verdicts: Iterable[str]) -> str:
    """Verdicts counted in words: "3 agree, 1 differs, 2 not public"."""
    found = Counter(verdicts)
    several = {CONFIRMED: "agree", DIFFERS: "differ"}
    words = {verdict: several.get(verdict) if many > 1 else None for verdict, many in found.items()}
    return ", ".join(f"{found[one]} {words[one] or word(one)}" for one in VERDICTS if found[one])


def tested_against(counts: Mapping[str, int]) -> str:
    """How claims were checked, from counts by the keys of `CHECKED_HOW`: "3 with a document"."""
    return ", ".join(f"{counts[what]} {how}" for what, how in CHECKED_HOW.items() if counts.get(what))


def by_what(results: Iterable[Result]) -> Counter[str]:
    """How many of these claims were tested against what, by the keys of `CHECKED_HOW`."""
    return Counter(TESTED_BY[result.claim.evidence] for result in results if result.verdict not in UNTESTED)


@dataclass(frozen=True)
class Summary:
    """All verdicts of a chapter: for readers a table of the claims that were checked, for the book all as JSON."""

    chapter: str
    results: tuple[Result, ...]
    own: Mapping[str, str] = field(default_factory=dict)  # sources of a reader's own, by the parameter that names them

    @property
    def claims(self) -> tuple[Result, ...]:
        """The report's claims, without remarks of ours."""
        return tuple(result for result in self.results if not result.ours)

    @property
    def counts(self) -> dict[str, int]:
        """Number of the report's claims by verdict."""
        found = Counter(result.verdict for result in self.claims)
        return {name: found[name] for name in VERDICTS}

    def numbers(self) -> dict[str, int]:
        """What a chapter says of its claims: all, tested, by verdict, and against what they were tested."""
        counts = {slug(name).replace("-", "_"): number for name, number in self.counts.items()}
        tested = by_what(self.claims)
        remarks = len(self.results) - len(self.claims)
        all_of = {"claims": len(self.claims), "tested": tested.total(), "remarks": remarks}
        return all_of | counts | {what: tested[what] for what in CHECKED_HOW}

    def frame(self) -> pd.DataFrame:
        """One row per claim: the ledger's columns, then `computed`, `verdict` and `otherwise`."""
        found = ("computed", "verdict", "otherwise")
        return pd.DataFrame([asdict(r.claim) | {name: getattr(r, name) for name in found} for r in self.results])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        records = json.loads(self.frame().to_json(orient="records"))
        return {
            "text/plain": ", ".join(f"{n} {name}" for name, n in self.counts.items()),
            "text/html": self._html(),
            MIMETYPE: {"chapter": self.chapter, "counts": self.counts, "claims": records, "own": dict(self.own)},
        }

    def _others(self) -> str:
        untested = [result.verdict for result in self.claims if result.verdict in UNTESTED]
        link = f'<a href="../ledger.html?chapter={self.chapter}">ledger</a>'
        were = "was" if len(untested) == 1 else "were"
        said = f"{len(untested)} more {were} not checked ({counted(untested)}). " if untested else ""
        return f"{said}All stand beside their text, and in the {link}."

    def _html(self) -> str:
        rows = "".join(
            f'<tr class="claim-{slug(r.verdict)}"><td>{escape(r.claim.where)}</td>'
            f'<td><a href="#{r.claim.id}">{escape(r.claim.statement)}</a></td>'
            f"<td>{escape(r.claim.stated)}</td><td>{escape(r.computed or '')}</td>"
            f"<td>{CHECKED_HOW[TESTED_BY[r.claim.evidence]]}</td><td>{badge(r.verdict)}</td></tr>"
            for r in self.claims
            if r.verdict not in UNTESTED
        )
        head = "".join(
            f'<th scope="col">{name}</th>' for name in ("Report", "Claim", "Stated", "Found", "Checked", "Verdict")
        )
        return (
            '<div class="table-scroll" role="region" aria-label="The claims of this chapter that were checked" '
            f'tabindex="0"><table class="ledger"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
            f'<p class="where">{self._others()}</p>'
        )
