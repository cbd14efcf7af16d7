"""A check list of criteria: what is met, what is not, and what nobody stated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from lib.ledger import verdicts
from lib.shown import Shown

MET, NOT_MET, NOT_STATED, NOT_APPLICABLE = "met", "not met", "not stated", "does not apply"
PARTLY, CANNOT_BE_TOLD = "partly", "cannot be told"
# Shape and word, so that a verdict reads in print and without colour: the shapes of the scale of verdicts.
MARKS = {MET: verdicts.YES, NOT_MET: verdicts.NO, NOT_STATED: verdicts.OPEN, NOT_APPLICABLE: "\N{EN DASH}"}
JUDGED = {MET: verdicts.YES, PARTLY: verdicts.PARTLY, NOT_MET: verdicts.NO, CANNOT_BE_TOLD: verdicts.OPEN}


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
        items = "".join(map(_item, _runs(criterion for criterion in self.criteria if criterion.part == part)))
        return f'<section aria-label="{title}"><p class="part"><strong>{title}</strong></p><ul>{items}</ul></section>'

    def __repr__(self) -> str:
        return "\n".join(f"{c.criterion} {c.label}: {c.verdict}".replace(" :", ":") for c in self.criteria)


def _runs(criteria: Iterable[Criterion]) -> list[list[Criterion]]:
    """Criteria in their order; neighbours of which only the number and one verdict are known stand together."""
    runs: list[list[Criterion]] = []
    for criterion in criteria:
        bare = not criterion.label and not criterion.why
        last = runs[-1][-1] if runs else None
        if bare and last and not last.label and not last.why and last.verdict == criterion.verdict:
            runs[-1].append(criterion)
        else:
            runs.append([criterion])
    return runs


def _item(run: list[Criterion]) -> str:
    criterion, last = run[0], run[-1]
    mark = f'<span aria-hidden="true">{MARKS[criterion.verdict]}</span>'
    if criterion.label:
        name = f"{criterion.criterion}. {criterion.label}"
    elif last is criterion:
        name = f"Criterion {criterion.criterion}"
    else:
        name = f"Criteria {criterion.criterion} to {last.criterion}"
    why = f'<span class="why">{escape(criterion.why)}</span>' if criterion.why else ""
    kind = criterion.verdict.replace(" ", "-")
    return (
        f'<li class="criterion-{kind}"><span class="criterion-verdict">{mark} {criterion.verdict}</span> '
        f"{escape(name)}{why}</li>"
    )


def scorecard(criteria: pd.DataFrame) -> Scorecard:
    """The check list of a table with columns criterion, part, label, verdict and why, in its order.

    `verdict` is met, not met, not stated or does not apply; `label` and `why` may be missing.
    Raises `ValueError` for an empty table, another verdict, or a criterion that stands there twice.
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


def side_by_side(criteria: pd.DataFrame, subjects: Mapping[str, str]) -> Shown:
    """Criteria with the verdict on each subject beside each other.

    `criteria` has columns criterion, part, label and, for each key of `subjects`, the verdict (`KEY`: met, partly,
    not met or cannot be told), its reason (`KEY_why`) and, if there is one, its section (`KEY_section`); the values
    of `subjects` are their names. Raises `ValueError` for another verdict.
    """
    for key in subjects:
        if other := sorted(set(criteria[key]) - JUDGED.keys()):
            raise ValueError(f"{key}: verdict {other[0]!r}: use one of {', '.join(JUDGED)}")
    rows = []
    for part, group in criteria.groupby("part", sort=False):
        rows.append(
            f'<tr><th colspan="{len(subjects) + 1}" scope="colgroup" class="part">{escape(part.capitalize())}</th></tr>'
        )
        for row in group.to_dict("records"):
            cells = "".join(
                f'<td data-label="{escape(name)}">{_judged(row, key)}</td>' for key, name in subjects.items()
            )
            rows.append(f'<tr><th scope="row">{escape(str(row["criterion"]))} {escape(row["label"])}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("Criterion", *subjects.values()))
    text = "\n".join(
        f"{row['criterion']}: " + ", ".join(f"{name} {row[key]}" for key, name in subjects.items())
        for row in criteria.to_dict("records")
    )
    html = f'<table class="comparison"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return Shown(html, text)


def _judged(row: dict, key: str) -> str:
    verdict, section = row[key], row.get(f"{key}_section")
    parts = str(section).split(";") if pd.notna(section) else []
    named = ", ".join(f"§{part}" if part[0].isdigit() else part for part in parts)
    where = f" ({escape(named)})" if named else ""
    return (
        f'<span class="criterion-{verdict.replace(" ", "-")}"><span class="criterion-verdict">'
        f'<span aria-hidden="true">{JUDGED[verdict]}</span> {verdict}</span></span>'
        f'<span class="why">{escape(row[f"{key}_why"])}{where}</span>'
    )
