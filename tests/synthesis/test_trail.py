"""The trail: tiny chains by hand, properties, and the links of the report as they stand in `data/`."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import steps.book.links
from lib import data
from lib.ledger.claims import read_ledger
from lib.ledger.rows import select
from lib.ledger.verdicts import UNTESTED
from lib.synthesis import trail

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


RECOMMENDATIONS = pd.DataFrame({"recommendation": ["r1", "r1a", "r2"], "conclusion": ["c1", "c2", "c2"]})


def test_what_hangs_on_a_claim_by_hand():
    found = trail.bearing(["a", "b", "alone"], CLAIMS, FINDINGS, RECOMMENDATIONS)
    assert found.loc["a"].tolist() == [("f1", "f2"), ("c1", "c2"), ("r1", "r1a", "r2")]
    assert found.loc["b"].tolist() == [("f2",), ("c1", "c2"), ("r1", "r1a", "r2")]
    assert found.loc["alone"].tolist() == [(), (), ()]


@settings(max_examples=settings().max_examples // 4)
@given(pairs, pairs)
def test_what_hangs_on_a_claim_is_where_ways_down_begin(first, second):
    down = pd.DataFrame([("f" + f, "c" + c) for f, c in first], columns=["finding", "claim"])
    above = pd.DataFrame([("k" + k, "f" + f) for f, k in second], columns=["conclusion", "finding"])
    claims = sorted(set(down["claim"]))
    found = trail.bearing(claims, down, above)
    ways = trail.follow(above, down)
    for claim in claims:
        assert set(found.at[claim, "conclusion"]) == set(ways.loc[ways["claim"] == claim, "conclusion"])


def test_parts_of_recommendations_count_as_the_whole():
    table = pd.DataFrame({"id": ["r1", "r1a", "r2"], "part_of": [None, "r1", None]})
    assert trail.wholes(table, ["r2", "r1a", "r1"]) == ["r1", "r2"]
    assert trail.wholes(table, []) == []


@pytest.fixture(scope="module")
def known():
    """The ids that links may name."""
    return steps.book.links.known()


@pytest.fixture(scope="module")
def links():
    """All tables of links."""
    return {name: data.load(name) for name in steps.book.links.tables()}


def test_every_link_leads_somewhere(links):
    assert len(links) == 9
    assert steps.book.links.dangling().empty, steps.book.links.dangling().to_string()


def test_a_link_to_nothing_and_a_stale_sentence_are_said(monkeypatch):
    changed = {}

    def load(name):
        return changed.get(name, data.load(name))

    monkeypatch.setattr(steps.book.links, "as_written", load)
    assert steps.book.links.problems() == []
    claims = data.load("claims")
    confirmed = "return-most-countries-none"
    changed["claims"] = claims.assign(expect=claims["expect"].mask(claims["id"] == confirmed, "differs"))
    assert any("read the sentence on finding-3-2-limited again" in said for said in steps.book.links.problems())
    changed["claims"] = claims[claims["id"] != confirmed]
    said = f"table 'links_finding_claim', column 'claim': {confirmed} exists nowhere; mend the link or take it out"
    assert said in steps.book.links.problems()


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


def test_every_claim_that_is_not_tested_says_what_it_would_need():
    needs = data.load("claims_needs")
    assert needs["claim"].is_unique
    assert set(needs["claim"]) == {id for id, claim in read_ledger().items() if claim.expect in UNTESTED}
    assert set(needs["release"]) <= set(data.load("releases")["release"])


def test_every_claim_tested_against_the_world_has_its_rows(links):
    rows = links["links_claim_row"]
    ledger = read_ledger().values()
    by_what = {claim.id: claim.evidence for claim in ledger}
    assert {id for id, evidence in by_what.items() if evidence in ("public", "studies")} <= set(rows["claim"])
    # statements of officials are in tables too
    assert {by_what[id] for id in rows["claim"]} <= {"public", "studies", "document"}
    for row in rows.itertuples():
        assert len(select(row.table, row.where)) > 0


def test_sources_add_up_as_the_report_says():
    evidence = data.load("report_evidence").set_index("id")["count"]
    assert evidence["interviews-case-countries"] + evidence["interviews-netherlands"] == 198
