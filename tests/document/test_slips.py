"""The report's checks against itself: the counts worked out apart, and every slip told."""

import pandas as pd
import pytest

from lib import data
from lib.document import audit, citations, claimed
from lib.document.slips import CHECKS, Document
from lib.ledger.claims import Ledger

TABLES = ("report_sections", "report_cross_references", "report_repeats", "report_references", "report_citations")


@pytest.fixture(scope="module")
def report():
    return Document(*map(data.load, TABLES))


def test_checks_add_up_and_none_is_left_out(report):
    found = report.checks()
    assert found["check"].tolist() == list(CHECKS)
    assert (found["agree"] + found["differ"]).equals(found["made"])
    assert (found[["made", "differ", "agree"]] >= 0).all(axis=None)


def test_references_are_all_counted_once(report):
    found = report.checks().set_index("check")["made"]
    references = found["References to figures, tables and boxes"] + found["References to sections and annexes"]
    assert references == len(report.pointers) - len(report.outside)


def test_works_are_counted_from_both_sides(report):
    """By sets of keys in plain Python."""
    found = report.checks().set_index("check")
    listed = {row.key for row in report.works.itertuples() if row.in_list == "yes"}
    not_works = {row.key for row in report.works.itertuples() if row.kind == "data"}
    cited = set(report.cites["key"]) - not_works
    assert found.loc["Works cited that are listed", ["made", "differ"]].tolist() == [len(cited), len(cited - listed)]
    uncited = listed - set(report.cites["key"])
    assert found.loc["Entries of the list that are cited", ["made", "differ"]].tolist() == [len(listed), len(uncited)]


def test_every_slip_is_told_once(report):
    kinds = report.slips()["kind"].value_counts()
    assert kinds["Reference"] == len(report.misplaced)
    assert kinds["Entry never cited"] == len(citations.uncited(report.works, report.cites))
    assert kinds["Work not listed"] == citations.unlisted(report.works, report.cited)["key"].nunique()
    assert len(report.slips()) == sum(kinds[["Reference", "Entry never cited", "Work not listed"]]) + len(
        report.printed_otherwise
    )


def test_a_reference_that_leads_astray_is_told_with_both_places():
    parts = pd.DataFrame([("1", "section", "both"), ("2", "section", "both")], columns=["number", "part", "status"])
    pointers = pd.DataFrame(
        [("a", "1", None, "section", "1", "Return", "2")],
        columns=["id", "from_section", "from_footnote", "refers_to_part", "refers_to", "subject", "found_in"],
    )
    works, cites = data.load("report_references"), data.load("report_citations")
    found = Document(parts, pointers, data.load("report_repeats"), works, cites).slips().iloc[0]
    assert found.tolist() == ["Reference", "Return", "§1 points to §1", "stands in §2"]


def test_numbers_are_those_of_the_checks(report):
    found, checks = report.numbers(), report.checks().set_index("check")
    assert found["numbers_agree"] + found["numbers_differ"] == found["numbers_repeated"]
    assert found["pages"] == checks.at["Pages in citation and list", "made"]
    assert found["misplaced"] == len(audit.broken(report.pointers, report.parts)) - found["outside_refs"]


def test_every_claim_on_the_document_has_a_value_and_no_other_has(report):
    testable = {
        id
        for id, claim in Ledger("coherence").claims.items()
        if claim.evidence == "arithmetic" and id != "coherence-audit-survey-bases"
    }
    assert claimed.claims(report).keys() == testable
