"""The report as a document: whether its references lead where they say, and its places agree with each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

import pandas as pd

from lib.ledger.claims import agrees
from lib.ledger.statement import BOUNDS, DATE_FORMATS

OUTSIDE = "not_in_document"


def broken(references: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """The references that do not lead to their subject, with `why`.

    `references` is `report_cross_references`, `parts` is `report_sections`. `outside`: the part is only named
    and stands nowhere in the document. `elsewhere`: the subject stands in another part, `found_in`; a reference
    to a section holds for all that is numbered under it. `nowhere`: the subject stands in no part. Raises
    `ValueError` for a number that `parts` does not have, and for a subject found in a part outside the document.
    """
    outside = set(parts.loc[parts["status"] == OUTSIDE, "number"])
    inside = set(parts["number"]) - outside
    for column, numbers in {"from_section": inside, "refers_to": inside | outside, "found_in": inside}.items():
        for number in references[column].dropna():
            _known(number, numbers, f"part ({column})")

    def why(reference: object) -> str | None:
        if reference.refers_to in outside:
            return "outside"
        if pd.isna(reference.found_in):
            return "nowhere"
        held = f"{reference.found_in}.".startswith(f"{reference.refers_to}.")
        return None if held else "elsewhere"

    reasons = pd.Series([why(row) for row in references.itertuples()], references.index, dtype=object)
    return references.assign(why=reasons)[reasons.notna()].reset_index(drop=True)


def never_named(references: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """The figures, tables, boxes and annexes that no reference leads to."""
    numbered = parts["part"] != "section"
    return parts[numbered & ~parts["number"].isin(references["refers_to"])].reset_index(drop=True)


def stated(repeats: pd.DataFrame, quantity: str, section: str, footnote: int | None = None) -> float | str:
    """What one place gives for a quantity: a number (parts such as `144 + 54` added up), or its date or word.

    `repeats` is `report_repeats`. Without a footnote, the place is the main text. Raises `ValueError` for a
    place that has none, or that has two which differ.
    """
    _known(quantity, repeats["quantity"], "quantity")
    note = repeats["footnote"].isna() if footnote is None else repeats["footnote"].eq(footnote).fillna(False)
    here = repeats[(repeats["quantity"] == quantity) & (repeats["section"] == section) & note]
    found = {_value(row) for row in here.itertuples()}
    if len(found) != 1:
        where = section if footnote is None else f"{section}, footnote {footnote}"
        raise ValueError(f"{quantity}: {len(found)} values in {where}; one is needed")
    value = found.pop()
    return float(value) if isinstance(value, Fraction) else value


def disagreements(repeats: pd.DataFrame) -> pd.DataFrame:
    """The pairs of places that give different values for the same quantity, one row a pair.

    Columns `quantity`, `unit`, and for each place `section`, `footnote`, `value` and `note`; those of the second
    begin with `other_`. Numbers agree when the finer one can be rounded to the coarser (`lib.ledger.claims.agrees`; a
    bound is coarser than any step), dates when they are equal as far as both go, words when they are the same.
    Raises `ValueError` for a quantity that stands in one place only, or is a word here and a number there.
    """
    pairs = []
    for quantity, rows in repeats.groupby("quantity", sort=False):
        if len(rows) < 2:
            raise ValueError(f"{quantity}: it stands in one place only, so nothing can disagree")
        if len({_kind(row) for row in rows.itertuples()}) > 1:
            raise ValueError(f"{quantity}: its places mix numbers, dates and words")
        for one, other in combinations(rows.itertuples(), 2):
            if not _agree(one, other):
                pairs.append([quantity, one.unit, *_place(one), *_place(other)])
    place = ["section", "footnote", "value", "note"]
    return pd.DataFrame(pairs, columns=["quantity", "unit", *place, *(f"other_{name}" for name in place)])


def where(section: str, footnote: float | None = None) -> str:
    """A place in the report, as a reader would write it: `§4.2, footnote 89`, or `summary`."""
    part = f"§{section}" if section[0].isdigit() else section
    return part if pd.isna(footnote) else f"{part}, footnote {int(footnote)}"


def _known(name: str, names: Iterable[str], what: str) -> None:
    names = set(names)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3) or sorted(names)[:3]
        raise ValueError(f"no {what} {name!r} in the table; did you mean {', '.join(near)}?")


def _kind(row: object) -> str:
    if pd.isna(row.precision):
        return "word"
    return "date" if row.precision in DATE_FORMATS else "number"


def _value(row: object) -> Fraction | str:
    if _kind(row) != "number":
        return row.value
    try:
        return sum((Fraction(part.strip()) for part in row.value.split("+")), Fraction())
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{row.quantity}: {row.value!r} in {row.section} is no number") from None


def _agree(one: object, other: object) -> bool:
    a, b = _value(one), _value(other)
    if _kind(one) == "word" or (a, one.precision) == (b, other.precision):
        return a == b
    if _kind(one) == "date":
        return a.startswith(b) or b.startswith(a)
    if one.precision in BOUNDS and other.precision in BOUNDS:
        return agrees(str(a), float(b), one.precision) or agrees(str(b), float(a), other.precision)
    (coarse, precision), (fine, _) = sorted(((a, one.precision), (b, other.precision)), key=_step, reverse=True)
    return agrees(str(coarse), float(fine), precision)


def _step(stated: tuple[Fraction, str]) -> float:
    precision = stated[1]
    return float("inf") if precision in BOUNDS else float(precision)


def _place(row: object) -> list[object]:
    return [row.section, row.footnote, row.value, row.note]
