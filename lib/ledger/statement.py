"""A claim as the report states it, one row of the ledger, and its numbers as a reader would write them."""

from __future__ import annotations

from dataclasses import dataclass

BOUNDS = {
    ">": lambda computed, stated: computed > stated,
    ">=": lambda computed, stated: computed >= stated,
    "<": lambda computed, stated: computed < stated,
    "<=": lambda computed, stated: computed <= stated,
}
DATE_FORMATS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(frozen=True)
class Claim:
    """One row of the ledger; the fields are the columns of `data/claims.csv`."""

    id: str
    chapter: str
    section: str
    footnote: int | None
    statement: str
    kind: str
    value: str
    unit: str
    period: str
    precision: str
    evidence: str
    expect: str
    whose: str
    places: str
    note: str

    @property
    def where(self) -> str:
        """Section and footnote of the report, then other places that state it; parts without a number by their name."""
        first, *others = [_section(place) for place in [self.section, *filter(None, self.places.split(";"))]]
        said = first + (f", footnote {self.footnote}" if self.footnote else "")
        return f"{said}; also {', '.join(others)}" if others else said

    @property
    def stated(self) -> str:
        """What the report states, as a reader would write it."""
        if self.precision in BOUNDS:
            words = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}
            return f"{words[self.precision]} {written(self.value, self.precision)} {self.unit}".strip()
        return f"{written(self.value, self.precision)} {self.unit if is_number(self.precision) else ''}".strip()


def _section(place: str) -> str:
    return f"§{place}" if place[0].isdigit() else place


def is_number(text: str) -> bool:
    """Whether a precision is a step that the report rounded to: a number above zero."""
    try:
        return float(text) > 0
    except ValueError:
        return False


def written(value: str, precision: str, digits: int = 6) -> str:
    """Thousands separators for counts; years, dates and words as they are; so many significant digits of a fraction."""
    if precision in DATE_FORMATS:
        return value
    try:
        as_number = float(value)
    except ValueError:
        return value
    if as_number.is_integer() or abs(as_number) >= 10_000:
        return f"{as_number:,.0f}"
    return f"{as_number:,.{digits}g}"
