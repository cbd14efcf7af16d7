"""The report checked against itself, kind by kind: how many checks were made, how many differ, and each slip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.document import audit, citations, wordings

PICTURES = {"figure", "table", "box"}
CHECKS = (
    "References to figures, tables and boxes",
    "References to sections and annexes",
    "Numbers stated more than once",
    "Dates stated more than once",
    "Entries of the list that are cited",
    "Works cited that are listed",
    "Years in citation and list",
    "Titles in citation and list",
    "Pages in citation and list",
    "Numbers of parliamentary documents",
)
PRINTED = {
    "year": "Year of a source",
    "title": "Title of a source",
    "document_number": "Number of a source",
    "pages": "Pages of a source",
}


@dataclass(frozen=True)
class Document:
    """The report as tables: its parts, the references to them, what it states twice, its list and its citations.

    The tables are `report_sections`, `report_cross_references`, `report_repeats`, `report_references` and
    `report_citations`.
    """

    parts: pd.DataFrame
    pointers: pd.DataFrame
    repeats: pd.DataFrame
    works: pd.DataFrame
    cites: pd.DataFrame

    @cached_property
    def broken(self) -> pd.DataFrame:
        """The references that do not lead to their subject, with `why` (`audit.broken`)."""
        return audit.broken(self.pointers, self.parts)

    @property
    def outside(self) -> pd.DataFrame:
        """The references to parts that the document names and does not hold."""
        return self.broken[self.broken["why"] == "outside"]

    @property
    def misplaced(self) -> pd.DataFrame:
        """The references that lead to another place than their subject."""
        return self.broken[self.broken["why"] != "outside"]

    @cached_property
    def printed_otherwise(self) -> pd.DataFrame:
        """What a citation prints otherwise than the list (`citations.disagreements`)."""
        return citations.disagreements(self.works, self.cites)

    @property
    def cited(self) -> pd.DataFrame:
        """The citations of works; those of data, which no list needs to have, are left out."""
        return self.cites[~self.cites["key"].isin(self.works.loc[self.works["kind"] == "data", "key"])]

    def checks(self) -> pd.DataFrame:
        """One row for each of `CHECKS`: `check`, and how many were `made`, `differ` and `agree`."""
        reachable = self.pointers[~self.pointers["id"].isin(self.outside["id"])]
        to_picture = reachable["refers_to_part"].isin(PICTURES)
        lost_picture = self.misplaced["refers_to_part"].isin(PICTURES)
        kinds = wordings.kinds(self.repeats)
        pairs = audit.disagreements(wordings.in_text(self.repeats))
        differ = kinds[kinds.index.isin(pairs["quantity"])]
        listed = self.works[self.works["in_list"] == "yes"]
        full = self.cites[(self.cites["short"] != "yes") & self.cites["key"].isin(listed["key"])]
        both = full.merge(listed, on="key", suffixes=("", "_listed"))
        printed = self.printed_otherwise["what"].value_counts()
        numbers = set(self.cites["document_number"].dropna().map(citations.plain))
        found = numbers & set(listed["document_number"].dropna().map(citations.plain))
        rows = [
            (to_picture.sum(), lost_picture.sum()),
            ((~to_picture).sum(), (~lost_picture).sum()),
            ((kinds == "number").sum(), (differ == "number").sum()),
            ((kinds == "date").sum(), (differ == "date").sum()),
            (len(listed), len(citations.uncited(self.works, self.cites))),
            (self.cited["key"].nunique(), citations.unlisted(self.works, self.cited)["key"].nunique()),
            (len(both.dropna(subset=["year", "year_listed"])), printed.get("year", 0)),
            (full["title"].notna().sum(), printed.get("title", 0)),
            (both.dropna(subset=["pages", "pages_listed"])["key"].nunique(), printed.get("pages", 0)),
            (len(numbers), len(numbers - found)),
        ]
        table = pd.DataFrame(rows, columns=["made", "differ"]).astype(int)
        table.insert(0, "check", CHECKS)
        return table.assign(agree=table["made"] - table["differ"])

    def numbers(self) -> dict[str, object]:
        """What a text says of the checks: how many there are of each kind, and where references do not lead."""
        checks = self.checks().set_index("check")
        repeated = checks.loc["Numbers stated more than once"]
        unnamed = audit.never_named(self.pointers, self.parts).query("part == 'figure'")["number"]
        return {
            "kinds_of_checks": len(checks),
            "numbers_repeated": int(repeated["made"]),
            "numbers_differ": int(repeated["differ"]),
            "numbers_agree": int(repeated["agree"]),
            "pictures": int(checks.at["References to figures, tables and boxes", "made"]),
            "pages": int(checks.at["Pages in citation and list", "made"]),
            "worded": int((wordings.kinds(self.repeats) == "wording").sum()),
            "outside_refs": len(self.outside),
            "outside_annexes": self.outside["refers_to"].nunique(),
            "misplaced": len(self.misplaced),
            "misplaced_matrix": int((self.misplaced["from_section"] == "annex 2").sum()),
            "never_named": ", ".join(unnamed.str.removeprefix("figure ")),
        }

    def slips(self) -> pd.DataFrame:
        """Each slip in a reference or a source: `kind`, `what` it is of, and what `one` and the `other` place have."""
        authors = self.works.set_index("key")["authors"]
        lost = [
            (
                "Reference",
                row.subject,
                f"{audit.where(row.from_section, row.from_footnote)} points to {audit.where(row.refers_to)}",
                f"stands in {audit.where(row.found_in)}" if pd.notna(row.found_in) else "treated nowhere that we found",
            )
            for row in self.misplaced.itertuples()
        ]
        printed = [
            (
                PRINTED[row.what],
                authors[row.key],
                f"{audit.where(row.section, row.footnote)}: {row.cited}",
                f"reference list: {row.listed}",
            )
            for row in self.printed_otherwise.itertuples()
        ]
        uncited = [
            (
                "Entry never cited",
                row.title if pd.notna(row.title) else row.authors,
                f"reference list, position {row.position}",
                "cited nowhere",
            )
            for row in citations.uncited(self.works, self.cites).itertuples()
        ]
        unlisted = [
            (
                "Work not listed",
                row.title if pd.notna(row.title) else "a work described without title",
                audit.where(row.section, row.footnote),
                "not in the reference list",
            )
            for row in citations.unlisted(self.works, self.cited).drop_duplicates("key").itertuples()
        ]
        return pd.DataFrame([*lost, *printed, *uncited, *unlisted], columns=["kind", "what", "one", "other"])
