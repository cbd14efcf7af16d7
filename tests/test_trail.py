"""The trail: tiny chains by hand, properties, and the links of the report as they stand in `data/`."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import data, trail
from lib.claims import read_ledger

FINDINGS = pd.DataFrame({"conclusion": ["c1", "c1", "c2"], "finding": ["f1", "f2", "f2"], "why": [None, "x", None]})
CLAIMS = pd.DataFrame({"finding": ["f1", "f2", "f2"], "claim": ["a", "a", "b"]})
pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, unique=True)


def test_an_end_that_is_not_there_is_named():
    found = trail.dangling({"links": CLAIMS}, {"finding": {"f1"}, "claim": {"a", "b"}})
    assert found.values.tolist() == [["links", "finding", "f2"]]
    assert trail.dangling({"links": CLAIMS}, {"finding": {"f1", "f2"}, "claim": {"a", "b"}}).empty


def test_an_id_without_a_link_is_named():
    assert trail.without(FINDINGS, "conclusion", {"c1", "c2", "c3"}) == ["c3"]


def test_ways_through_by_hand():
    ways = trail.follow(FINDINGS, CLAIMS)
    assert list(ways) == ["conclusion", "finding", "claim"]
    assert set(map(tuple, ways.values)) == {
        ("c1", "f1", "a"), ("c1", "f2", "a"), ("c1", "f2", "b"), ("c2", "f2", "a"), ("c2", "f2", "b"),
    }  # fmt: skip


def test_steps_that_do_not_meet_are_refused():
    with pytest.raises(ValueError, match="a step from conclusion cannot follow one to claim"):
        trail.follow(CLAIMS, FINDINGS)


@given(pairs, pairs)
def test_a_way_exists_exactly_where_both_of_its_links_do(first, second):
    one = pd.DataFrame(first, columns=["start", "middle"])
    two = pd.DataFrame([(m, e) for e, m in second], columns=["middle", "end"])
    ways = set(map(tuple, trail.follow(one, two).values))
    assert ways == {(s, m, e) for s, m in first for e, other in second if other == m}


@pytest.fixture(scope="module")
def known():
    """The ids that links may name."""
    chapters = (data.PACKAGE.parent.parent / "notebooks").glob("*.md")
    return {
        "claim": set(read_ledger()),
        "finding": set(data.load("report_findings")["id"]),
        "conclusion": set(data.load("report_conclusions")["id"]),
        "recommendation": set(data.load("report_recommendations")["id"]),
        "question": set(data.load("report_questions")["id"]),
        "figure": {id for c in chapters for id in re.findall(r'id="(fig-[a-z0-9-]+)"', c.read_text(encoding="utf-8"))},
    }


@pytest.fixture(scope="module")
def links():
    """All tables of links."""
    return {name: data.load(name) for name in data.resources() if name.startswith("links_")}


def test_every_link_leads_somewhere(links, known):
    assert len(links) == 5
    assert trail.dangling(links, known).empty, trail.dangling(links, known).to_string()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("links_finding_claim", "finding"),
        ("links_conclusion_finding", "conclusion"),
        ("links_conclusion_finding", "finding"),
        ("links_recommendation_conclusion", "recommendation"),
        ("links_question_finding", "question"),
        ("links_question_finding", "finding"),
    ],
)
def test_nothing_hangs_in_the_air(links, known, table, column):
    assert trail.without(links[table], column, known[column]) == []


def test_every_recommendation_reaches_claims(links, known):
    ways = trail.follow(
        links["links_recommendation_conclusion"], links["links_conclusion_finding"], links["links_finding_claim"]
    )
    assert set(ways["recommendation"]) == known["recommendation"]


def test_parts_belong_to_recommendations_that_exist(known):
    assert set(data.load("report_recommendations")["part_of"].dropna()) <= known["recommendation"]


def test_what_would_overturn_each_conclusion_is_said_once_or_twice(known):
    tests = data.load("report_conclusion_tests")["conclusion"].value_counts()
    assert set(tests.index) == known["conclusion"]
    assert tests.max() <= 2


def test_every_claim_that_cannot_be_tested_says_what_it_would_need():
    needs = data.load("claims_needs")["claim"]
    assert needs.is_unique
    assert set(needs) == {id for id, claim in read_ledger().items() if claim.expect == "untestable"}


def test_sources_add_up_as_the_report_says():
    evidence = data.load("report_evidence").set_index("id")["count"]
    assert evidence["interviews-case-countries"] + evidence["interviews-netherlands"] == 198
