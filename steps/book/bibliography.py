"""The works that the report cites, as BibTeX: cleaned, with what does not agree said in the notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import pandas as pd
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from lib import data
from lib.document.citations import disagreements, plain

PREFIX = "report-"  # of every key: some of these works stand in the bibliography of the book as well

# Kind of work -> type of entry, and field -> column. The kind `data` also serves works without a title.
KINDS = {
    "article": ("article", {"journal": "container", "volume": "volume", "number": "issue", "pages": "pages"}),
    "report": ("techreport", {"type": "container", "number": "volume", "institution": "publisher"}),
    "book": ("book", {"publisher": "publisher"}),
    "chapter": ("incollection", {"booktitle": "container", "pages": "pages", "publisher": "publisher"}),
    "parliamentary": ("misc", {"howpublished": "document_number"}),
    "policy": ("misc", {"howpublished": "document_number"}),
    "web": ("misc", {"howpublished": "container"}),
    "data": ("misc", {}),
}
FROM_FOOTNOTES = {"year": "year", "document_number": "number"}  # taken from there where the list has none


class _Braces(Writer):
    """BibTeX with every field in braces, so that a body, in braces of its own, stands in two pairs."""

    def quote(self, s: str) -> str:
        self.check_braces(s)
        return f"{{{s}}}"


def bibtex(references: pd.DataFrame, citations: pd.DataFrame) -> str:
    """The works as a .bib file, in the order of `references`; those left out are named in its first line.

    `references` and `citations` as the tables report_references and report_citations. A column NAME_clean goes
    before NAME where it has a value; where the list has no year or number of a document, that of the footnotes is
    taken if they agree. A note says where the work is cited and what list and footnotes print differently, computed
    from the columns as printed, and then what the table notes. A work without a title is a @misc under its
    title_clean, or left out. Raises `ValueError` as `lib.document.citations.disagreements`, and pybtex's
    `BibTeXError` for braces that do not match.
    """
    differ, cited = _by_key(disagreements(references, citations)), _by_key(citations)
    entries, left_out = {}, []
    both = (data.plain(table).to_dict("records") for table in (_clean(references, citations), references))
    for work, printed in zip(*both, strict=True):
        key = work["key"]
        if work["title"] is None:
            left_out.append(key + (f" ({work['authors']})" if work["authors"] else ""))
            continue
        kind = "data" if printed["title"] is None else printed["kind"]
        entries[PREFIX + key] = _entry(work, kind, _note(printed, cited[key], differ[key]))
    head = f"% Left out, since the report names them without a title: {', '.join(left_out)}.\n\n" if left_out else ""
    return head + _Braces(encoding="utf-8").to_string(BibliographyData(entries))


def _by_key(table: pd.DataFrame) -> dict[str, list[dict]]:
    rows = defaultdict(list)
    for row in data.plain(table).to_dict("records"):
        rows[row["key"]].append(row)
    return rows


def _clean(references: pd.DataFrame, citations: pd.DataFrame) -> pd.DataFrame:
    works = references.copy()
    for column in works.columns[works.columns.str.endswith("_clean")]:
        name = column.removesuffix("_clean")
        works[name] = works[column].fillna(works[name])
    full = citations[citations["short"] != "yes"]
    for what in FROM_FOOTNOTES:
        printed = full.dropna(subset=[what]).groupby("key")[what]
        agreed = printed.first()[printed.agg(lambda values: values.map(plain).nunique()) == 1]
        works[what] = works[what].fillna(works["key"].map(agreed))
    own = (works["kind"] == "report") & works["authors"].map(_is_body, na_action="ignore").eq(True)
    works["publisher"] = works["publisher"].fillna(works["authors"].where(own))
    return works


def _is_body(author: str) -> bool:
    return "," not in author  # people are "Family, I."


def _entry(work: dict, kind: str, note: str) -> Entry:
    name, columns = KINDS[kind]
    fields = {"title": f"{{{work['title']}}}"}  # in braces, or styles would lower the capitals of names
    fields |= {field: str(work[column]) for field, column in columns.items() if work[column] is not None}
    if name == "techreport":
        fields.setdefault("type", "Report")
    if "pages" in fields:
        fields["pages"] = re.sub("[-–]", "--", fields["pages"])
    if work["year"] is not None:
        fields["year"] = str(work["year"])
    authors = [_person(author) for author in (work["authors"] or "").split("; ") if author]
    return Entry(name, fields | {"note": note}, {"author": authors} if authors else {})


def _person(author: str) -> Person:
    if author == "et al.":
        return Person("others")
    return Person(f"{{{author}}}" if _is_body(author) else author)


def _note(printed: dict, citations: list[dict], differ: list[dict]) -> str:
    """What is printed of a work: a row of the references, its citations and its disagreements."""
    listed = printed["in_list"] == "yes"
    where = "In the list of the report" if listed else "Not in the list of the report"
    said = [f"{where}; cited in {_places(citations) or 'no footnote'}."]
    for row in differ:
        place = f"Footnote {row['footnote']}" if row["footnote"] is not None else f"Section {row['section']}"
        cited, at_list = (row[side] if row["what"] == "year" else f"“{row[side]}”" for side in ("cited", "listed"))
        said.append(f"{place} prints {cited}, the list {at_list}.")
    for what, name in FROM_FOOTNOTES.items():
        full = [one for one in citations if one["short"] != "yes" and one[what] is not None]
        if listed and printed[what] is None and full:
            values = dict.fromkeys(str(one[what]) for one in full)
            said.append(f"No {name} in the list; {_and(values)} in {_places(full)}.")
    return " ".join([*said, *([printed["note"]] if printed["note"] else [])])


def _places(citations: list[dict]) -> str:
    """Footnotes, then boxes and figures, in words; empty for no citations."""
    notes = dict.fromkeys(str(one["footnote"]) for one in citations if one["footnote"] is not None)
    others = dict.fromkeys(one["place"] for one in citations if one["footnote"] is None and one["place"])
    numbered = [f"footnote{'s' if len(notes) > 1 else ''} {_and(notes)}"] if notes else []
    return _and([*numbered, *others])


def _and(parts: Iterable[str]) -> str:
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last
