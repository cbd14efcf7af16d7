"""What a pointer gets is named in words: a field by its title in the tables of its figure, or by its own name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lib import data
from lib.data import DataError, Provenance
from lib.prose import opening

SHORT = {
    "p": "p-value", "per_1000": "Per 1,000", "of": "Out of", "text": "In words", "says": "In words", "said": "In words",
    "read": "Read as", "row": "Name", "label": "Name", "low": "Low end", "high": "High end",
}  # fmt: skip
ENDS = {"_low": ", low end", "_high": ", high end", "_name": ""}


def titles(sources: Iterable[Provenance]) -> dict[str, str]:
    """The titles of the fields of these tables, as `datapackage.json` has them; the first table that has a field says.

    A source that is none of the tables has none.
    """
    found: dict[str, str] = {}
    for source in sources:
        try:
            fields = data.resource(source.name)["schema"]["fields"]
        except DataError:
            continue
        found = {field["name"]: field["title"] for field in fields} | found
    return found


def words(field: str, titles: Mapping[str, str]) -> str:
    """What a reader is told for the name of a field: its title, or its own words with a capital."""
    own = next((field.removesuffix(end) + said for end, said in ENDS.items() if field.endswith(end)), field)
    return titles.get(field) or SHORT.get(field) or opening(own.replace("_", " "))


def name_fields(spec: dict, titles: Mapping[str, str]) -> None:
    """Gives each field of the tooltips of a chart a title where it has none, in place; no two in one have the same."""
    for fields in _tooltips(spec):
        taken = {field["title"] for field in fields if "title" in field}
        for field in fields:
            if "title" not in field and "field" in field:
                own = opening(field["field"].replace("_", " "))
                wished = (words(field["field"], titles), own)
                field["title"] = next((title for title in wished if title not in taken), field["field"])
                taken.add(field["title"])


def _tooltips(part: object) -> Iterator[list[dict]]:
    if isinstance(part, list):
        for one in part:
            yield from _tooltips(one)
    elif isinstance(part, dict):
        fields = part.get("tooltip")
        if isinstance(fields, list):
            yield fields
        for key, one in part.items():
            if key not in ("data", "datasets", "tooltip"):
                yield from _tooltips(one)
