"""The report passage by passage, and what checks show: held to the ledger both ways."""

import pytest

from lib import data
from lib.ledger import assess
from lib.ledger.claims import read_ledger
from lib.ledger.verdicts import OURS
from steps.book import links

LEDGER = read_ledger()
PASSAGES = data.plain(data.load("passages")).to_dict("records")
LAST_FOOTNOTE = 110


def carried(row):
    return row["claims"].split(";") if row["claims"] else []


def test_every_passage_has_claims_or_says_why_it_has_none():
    assert [(row["section"], row["place"]) for row in PASSAGES if not (row["claims"] or row["nothing"])] == []


def test_passages_name_claims_that_exist_and_are_the_reports():
    named = {id for row in PASSAGES for id in carried(row)}
    assert named - LEDGER.keys() == set()


def test_every_claim_of_the_report_is_carried_by_a_passage():
    named = {id for row in PASSAGES for id in carried(row)}
    assert {id for id, claim in LEDGER.items() if claim.whose != OURS} - named == set()


def test_a_claim_is_carried_wherever_it_is_said_to_stand():
    """Of a claim that the report prints in several sections each has a passage that carries it, under one name."""
    sections = {id: {row["section"] for row in PASSAGES if id in carried(row)} for id in LEDGER}
    stated = {id: {claim.section, *filter(None, claim.places.split(";"))} for id, claim in LEDGER.items()}
    bare = {id: stated[id] - sections[id] for id, claim in LEDGER.items() if claim.whose != OURS}
    assert {id: places for id, places in bare.items() if places} == {}


def test_every_footnote_is_there_once():
    notes = [int(row["place"].split()[1]) for row in PASSAGES if row["place"].startswith("footnote")]
    assert sorted(notes) == list(range(1, LAST_FOOTNOTE + 1))


def test_paragraphs_of_a_section_are_counted_without_a_gap():
    sections = {row["section"] for row in PASSAGES}
    for section in sections:
        places = [row["place"].split() for row in PASSAGES if row["section"] == section]
        counted = sorted(int(number) for kind, number in places if kind in ("paragraph", "item"))
        assert counted == list(range(1, len(counted) + 1)), section


@pytest.fixture(scope="module")
def found():
    """The trail with every verdict as its row expects it, which the chapters hold."""
    return links.followed()


def test_each_sentence_on_what_checks_show_rests_on_the_verdicts_it_was_written_for(found):
    ids = {*found.findings["id"], *found.conclusions["id"]}
    assert set(found.sentences["about"]) == ids
    assert not links.stale(), "read these sentences again, then write what they rest on now"


def test_a_cause_is_never_tested_by_a_trend(found):
    beneath = found.finding_claim.merge(found.claims, left_on="claim", right_on="id")
    tests = beneath[(beneath["role"] == assess.TESTS) & (beneath["kind"] == "date")]
    assert tests.empty, tests[["finding", "claim"]].to_string()
