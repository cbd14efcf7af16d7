"""What the descriptor of a table has to say, and what of it is still to be written."""

from __future__ import annotations

TO_WRITE = "(to write) "  # how a text begins that `make new table` leaves open
STATUSES = ("reported", "public", "simulated", "restricted")
# How much of a public source was seen, as a source line says it; whole sources need no word.
SEEN = {"whole": "", "excerpt": ", seen in excerpts", "republished": ", as republished by others"}
TEXTS = {
    "title": "what the table holds, in a few words",
    "description": "what a row is, and what the columns have",
    "publisher": "who publishes the figures",
    "reference_date": "of when they are: 2026-08-04, 2026-08 or 2026",
    "processing": "what was done to the source, or that it was typed by hand",
}
LISTS = {
    "licenses": "the title of the licence, and its name and path where it has them",
    "sources": "the title of the source, and its address as path where it has one",
    "caveats": "what the figures cannot tell, a sentence each",
}
STATUS = f"one of {', '.join(STATUSES)}"
SEEN_OF = f"of a public table one of {', '.join(SEEN)}; of any other take the line out"
FIELD = {"title": "a name for people", "description": "what the column holds"}
UNIT = {"unit": "what the numbers count or measure"}


def to_write(resource: dict) -> dict[str, str]:
    """What a descriptor lacks, by its place in it ("title", "field year, description"), and what belongs there.

    A text that was left open (`TO_WRITE`) is lacking like one that is not there.
    """
    lacking = {key: what for key, what in TEXTS.items() if not _is_text(resource.get(key))}
    for key, what in LISTS.items():
        texts = [one.get("title") if isinstance(one, dict) else one for one in resource.get(key) or [None]]
        if not all(map(_is_text, texts)):
            lacking[key] = what
    if resource.get("status") not in STATUSES:
        lacking["status"] = STATUS
    if resource.get("seen") not in (SEEN if resource.get("status") == "public" else [None]):
        lacking["seen"] = SEEN_OF
    for field in resource["schema"]["fields"]:
        wanted = FIELD | (UNIT if field["type"] == "number" else {})
        lacking |= {
            f"field {field['name']}, {key}": what for key, what in wanted.items() if not _is_text(field.get(key))
        }
    return lacking


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not value.startswith(TO_WRITE)
