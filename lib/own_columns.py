"""Which column of a reader's own file is which of a table: in any order, with others beside them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection

from lib.cells import DataError, quoted
from lib.prose import in_words

Fits = Callable[[int, str], bool]

NAMED = 8  # columns that were left out; of more there is only the number
LIKE = 0.6  # how near a name has to be to be asked for


def fold(name: object) -> str:
    """A column's name as names are compared: without the spaces around it, in small letters."""
    return str(name).strip().casefold()


def match(
    file: str, header: list[str], names: list[str], also: Collection[str], fits: Fits
) -> tuple[list[int], list[str]]:
    """The place of each of the table's columns in a header, and in words what was done with the others.

    `fits(place, name)` says whether the values at a place could be those of a column; it is asked for what to call a
    column that is missing. Raises `DataError` with the columns that are missing, or of which there are two.
    """
    found: dict[str, list[int]] = {}
    for name in names:
        found[name] = [at for at, label in enumerate(header) if label == name]
        if not found[name] and sum(fold(one) == fold(name) for one in names) == 1:
            found[name] = [at for at, label in enumerate(header) if fold(label) == fold(name)]
    if twice := {name: places for name, places in found.items() if len(places) > 1}:
        name, places = next(iter(twice.items()))
        labels = in_words(quoted(header[at]) for at in places)
        raise DataError(f"{file}: there are {len(places)} columns for {name!r}: {labels}; leave one of them")
    rest = [at for at in range(len(header)) if [at] not in found.values()]
    if missing := [name for name in names if not found[name]]:
        raise DataError(_missing(file, header, names, missing, rest, fits))
    renamed = [f"{header[at].strip()!r} is {name}" for name, [at] in found.items() if header[at].strip() != name]
    return [at for [at] in found.values()], [*renamed, *_left_out([header[at] for at in rest], also)]


def _missing(file: str, header: list[str], names: list[str], missing: list[str], rest: list[int], fits: Fits) -> str:
    near = {name: _near(name, header, rest, fits) for name in missing}
    asked = [place for place in near.values() if place is not None]
    near = {name: place if asked.count(place) == 1 else None for name, place in near.items()}
    one, *others = [(name, "" if place is None else quoted(header[place])) for name, place in near.items()]
    if not others:
        what = f"there is no column {one[0]!r}" + (f"; is it {one[1]}?" if one[1] else ".")
    else:
        what = (
            "there are no columns "
            + in_words(f"{name!r}" + (f" (is it {label}?)" if label else "") for name, label in (one, *others))
            + "."
        )
    return f"{file}: {what} The columns have to be named {', '.join(names)}"


def _near(name: str, header: list[str], rest: list[int], fits: Fits) -> int | None:
    """The one place among the rest whose name is near, or whose values alone would do."""
    plain = {_plain(header[at]): at for at in rest if header[at].strip()}
    if near := difflib.get_close_matches(_plain(name), plain, n=1, cutoff=LIKE):
        return plain[near[0]]
    alike = [at for at in rest if header[at].strip() and fits(at, name)]
    return alike[0] if len(alike) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", fold(name))


def _left_out(labels: list[str], also: Collection[str]) -> list[str]:
    known = set(map(fold, also))
    named = [label.strip() for label in labels if label.strip() and fold(label) not in known]
    parts = named[:NAMED] + ([f"{len(named) - NAMED} more"] if len(named) > NAMED else [])
    said = []
    if named:
        columns, were = ("columns", "were") if len(named) > 1 else ("column", "was")
        said.append(f"the {columns} {in_words(parts)} {were} left out")
    if not all(label.strip() for label in labels):
        said.append("a column without a name, such as R's row names, was left out")
    return said
