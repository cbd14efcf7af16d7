"""A check list of criteria: what is met, what is not, and what nobody stated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

import pandas as pd

MET, NOT_MET, NOT_STATED = "met", "not met", "not stated"
# Shape and word, so that a verdict reads in print and without colour; a dash is neither a tick nor a cross.
MARKS = {MET: "\N{CHECK MARK}", NOT_MET: "\N{MULTIPLICATION X}", NOT_STATED: "\N{EN DASH}"}


@dataclass(frozen=True)
class Criterion:
    """One criterion of a check list, with the verdict on it and the reason, if one is given."""

    criterion: str
    part: str
    label: str
    verdict: str
    why: str


@dataclass(frozen=True)
class Scorecard:
    """A check list, ready to be shown."""

    criteria: tuple[Criterion, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of criteria by verdict."""
        found = Counter(criterion.verdict for criterion in self.criteria)
        return {verdict: found[verdict] for verdict in MARKS}

    def _repr_html_(self) -> str:
        parts = dict.fromkeys(criterion.part for criterion in self.criteria)
        return f'<div class="scorecard">{"".join(map(self._part, parts))}</div>'

    def _part(self, part: str) -> str:
        title = escape(part.capitalize())
        items = "".join(_item(criterion) for criterion in self.criteria if criterion.part == part)
        return f'<section aria-label="{title}"><p class="part"><strong>{title}</strong></p><ul>{items}</ul></section>'

    def __repr__(self) -> str:
        return "\n".join(f"{c.criterion} {c.label}: {c.verdict}".replace(" :", ":") for c in self.criteria)


def _item(criterion: Criterion) -> str:
    mark = f'<span aria-hidden="true">{MARKS[criterion.verdict]}</span>'
    name = f"{criterion.criterion}. {criterion.label}" if criterion.label else f"Criterion {criterion.criterion}"
    why = f'<span class="why">{escape(criterion.why)}</span>' if criterion.why else ""
    kind = criterion.verdict.replace(" ", "-")
    return (
        f'<li class="criterion-{kind}"><span class="criterion-verdict">{mark} {criterion.verdict}</span> '
        f"{escape(name)}{why}</li>"
    )


def scorecard(criteria: pd.DataFrame) -> Scorecard:
    """The check list of a table with columns criterion, part, label, verdict and why, in its order.

    `verdict` is met, not met or not stated; `label` and `why` may be missing. Raises `ValueError` for an empty
    table, another verdict, or a criterion that stands there twice.
    """
    if criteria.empty:
        raise ValueError("a scorecard needs criteria")
    rows = criteria[["criterion", "part", "label", "verdict", "why"]].astype(object)
    rows = rows.where(rows.notna(), "").astype(str)
    if other := sorted(set(rows["verdict"]) - MARKS.keys()):
        raise ValueError(f"verdict {other[0]!r}: use one of {', '.join(MARKS)}")
    if (twice := rows["criterion"].duplicated()).any():
        raise ValueError(f"criterion {rows.loc[twice, 'criterion'].iloc[0]} stands in the table twice")
    return Scorecard(tuple(Criterion(**row) for row in rows.to_dict("records")))
