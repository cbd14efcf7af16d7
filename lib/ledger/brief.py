"""A chapter in brief: a row for each question, with what the report says, what checking shows and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lib.ledger.assess import SIGNS, SOME, STATES, checked, shows
from lib.ledger.verdicts import NO, OPEN, PARTLY, YES, Result, badge, by_what, tested_against

COLUMNS = ("Question", "The report says", "What checking shows", "How much was checked")
SIGNS_MEAN = (
    f"{YES} agrees, {PARTLY} in part, {NO} differs, {OPEN} was not checked. {SIGNS[SOME]} is how much was checked."
)


@dataclass(frozen=True)
class Answer:
    """One row: the question, what the report says, what this book finds, and the claims that both rest on."""

    question: str
    report: str
    here: str
    results: tuple[Result, ...]

    @property
    def shows(self) -> str:
        """What the checks of its claims show together, by the rule for all of the book (`lib.ledger.assess.shows`)."""
        return shows((STATES, result.verdict) for result in self.results)

    @property
    def checked(self) -> str:
        """How much of its claims was checked, from nothing to most (`lib.ledger.assess.checked`)."""
        return checked(by_what(self.results).total(), len(self.results))


@dataclass(frozen=True)
class Brief:
    """The table that opens a chapter, of three to six answers."""

    answers: tuple[Answer, ...]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        rows = "".join(map(_row, self.answers))
        return (
            f'<table class="brief"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
            f'<p class="brief-signs">{SIGNS_MEAN} A numbered mark opens a claim.</p>'
        )

    def __repr__(self) -> str:
        return "\n".join(f"{a.question} Report: {a.report} Here, {a.shows}: {a.here}" for a in self.answers)


def marks(ids: list[str]) -> str:
    """The place where the book puts the marks of claims; nothing in a notebook."""
    return f"<!--marks:{','.join(ids)}-->"


def _row(answer: Answer) -> str:
    tested = by_what(answer.results)
    number = len(answer.results)
    claims = f"{tested.total() or 'none'} of {number} claim{'' if number == 1 else 's'}"
    against = f": {tested_against(tested)}" if tested else ""
    cells = [
        escape(answer.report),
        f'{badge(answer.shows)} <span class="why">{escape(answer.here)}</span>',
        f'<span class="amount" aria-hidden="true">{SIGNS[answer.checked]}</span> <strong>{answer.checked}</strong> '
        f'<span class="why">{claims}{against} {marks([result.claim.id for result in answer.results])}</span>',
    ]
    data = "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in zip(COLUMNS[1:], cells, strict=True))
    return f'<tr><th scope="row">{escape(answer.question)}</th>{data}</tr>'
