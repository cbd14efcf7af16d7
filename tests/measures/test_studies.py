"""Votes of studies: counts by hand, the rule's edges, and the tables held to each other."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import charts, data
from lib.ledger.claims import ClaimError, read_claim, read_ledger, verdict
from lib.ledger.votes import AGREE, CONTRADICT, DISAGREE, NOT_DECIDABLE, Counted
from lib.measures import studies
from tests.charts.test_grid_timeline import texts

WORDS = {"a": "agrees", "m": "mixed", "x": "against"}


def table(bearings, risk="some", design="panel", published="yes", team=None, inferred="no"):
    """Votes as `studies.votes` gives them: a agrees, m is mixed, x is against."""
    rows = [
        {"study": f"s{n}", "bearing": WORDS[one], "vote": studies.VOTES[WORDS[one]], "risk": risk, "design": design,
         "published": published, "team": team or f"t{n}", "inferred": inferred}
        for n, one in enumerate(bearings)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("bearings", "said"),
    [
        ("aa", NOT_DECIDABLE),  # fewer than three
        ("aaa", AGREE),  # 0 of 3, and 1 of 4 with one more against
        ("aam", DISAGREE),  # a sixth against, but 1.5 of 4 with one more
        ("aaaam", AGREE),  # a tenth, and 1.5 of 6
        ("aaax", DISAGREE),  # a quarter now, 2 of 5 with one more
        ("aaaaaaax", AGREE),  # an eighth, and 2 of 9 is under a quarter
        ("xxx", CONTRADICT),  # 3 of 3, and 3 of 4 with one more that agrees
        ("xxxa", DISAGREE),  # three quarters, but 3 of 5 with one more
        ("mmm", DISAGREE),
        ("xxxxxmmaa", DISAGREE),  # 6 of 9
    ],
)
def test_the_rule_by_hand(bearings, said):
    found = table(bearings)
    assert studies.says(found["vote"], found["risk"]) == said


def test_studies_at_high_risk_alone_decide_nothing():
    found = table("aaaa", risk="high")
    assert studies.says(found["vote"], found["risk"]) == NOT_DECIDABLE
    found.loc[0, "risk"] = "some"
    assert studies.says(found["vote"], found["risk"]) == AGREE


def test_narrower_counts_by_hand():
    trials = table("xx", risk="low", design="randomised trial", team="one")
    found = pd.concat([trials, table("aa", published="no").assign(team=["u", "v"])], ignore_index=True)
    rows = studies.sensitivity(found).set_index("count")
    assert rows["votes"].tolist() == [4, 2, 2, 2, 4, 3]
    assert rows.loc["all studies", ["agrees", "mixed", "against", "share"]].tolist() == [2, 0, 2, 0.5]
    assert rows.loc["one vote per team", "share"] == pytest.approx(1 / 3)
    assert rows.loc["low risk only", "says"] == NOT_DECIDABLE


@settings(max_examples=settings().max_examples // 2)
@given(st.text("amx", min_size=3, max_size=12))
def test_what_is_said_survives_one_more_vote_the_other_way(bearings):
    said = studies.says(table(bearings)["vote"], table(bearings)["risk"])
    more = {AGREE: "x", CONTRADICT: "a"}.get(said)
    if more:
        share = table(bearings + more)["vote"].mean()
        assert share <= studies.LOW_SHARE if said == AGREE else share >= studies.HIGH_SHARE


def test_what_is_inferred_is_counted_with_and_without():
    found = pd.concat([table("xxx"), table("am", inferred="yes")], ignore_index=True)
    rows = studies.sensitivity(found).set_index("count")
    assert rows.loc["all studies", ["votes", "share", "doubts"]].tolist() == [5, 0.7, 4]
    assert rows.loc["without what is inferred", ["votes", "share", "says"]].tolist() == [3, 1.0, CONTRADICT]


@pytest.mark.parametrize(
    ("bearings", "expected"),
    [("aaa", "confirmed"), ("xxx", "differs"), ("mmm", "contested"), ("xxxa", "contested"), ("aam", "contested")],
)
def test_the_verdict_that_a_count_gives(bearings, expected):
    assert studies.count(table(bearings)).verdict == expected


@pytest.mark.parametrize(
    ("bearings", "expected"),
    [
        ("aaa", "confirmed"),
        ("aam", "contested"),  # a sixth against
        ("aaam", "contested"),
        ("aaaaax", "contested"),  # a sixth
        ("xxa", "contested"),  # two thirds, of two votes
        ("xmma", "differs"),  # a half, of three votes
        ("xxxaa", "differs"),
        ("xxxaaaa", "contested"),  # three sevenths
    ],
)
def test_a_consensus_by_hand(bearings, expected):
    assert studies.count(table(bearings), whole=True).verdict == expected


def test_a_consensus_is_not_contradicted_where_a_narrower_count_or_an_unread_synthesis_may_bear_it():
    mostly = table("xxxx")
    assert studies.count(mostly, whole=True).verdict == "differs"
    assert studies.count(mostly, whole=True, unread=True).verdict == "contested"
    best = pd.concat([mostly, table("aam", risk="low").assign(team=["u", "v", "w"])], ignore_index=True)
    assert best["vote"].mean() > studies.WHOLE_SHARE
    assert studies.count(best, whole=True).verdict == "contested"  # a sixth against at low risk of bias


votes_drawn = st.lists(
    st.tuples(
        st.sampled_from("amx"), st.sampled_from(studies.RISKS), st.sampled_from(["randomised trial", "panel"]),
        st.sampled_from(["yes", "no"]), st.sampled_from("pqrstu"), st.sampled_from(["yes", "no"]),
    ),
    min_size=3, max_size=12,
)  # fmt: skip


def drawn(rows):
    return pd.concat([table(*row) for row in rows], ignore_index=True)


@settings(max_examples=settings().max_examples // 2)
@given(votes_drawn)
def test_a_consensus_differs_only_where_every_count_says_so(rows):
    found = drawn(rows)
    counts = studies.sensitivity(found)
    decided = counts[counts["says"] != NOT_DECIDABLE]
    if studies.count(found, whole=True).contradicted:
        assert found["vote"].mean() > 1 / 3
        assert (decided["share"] >= 1 / 2).all() and (decided["doubts"] >= 3).all()
        assert found["bearing"].isin(["mixed", "against"]).sum() >= 3
    assert not studies.count(found, whole=True, unread=True).contradicted


@settings(max_examples=settings().max_examples // 2)
@given(st.text("a", min_size=2, max_size=8), st.text("mx", min_size=0, max_size=4))
def test_votes_with_at_most_a_third_against_never_differ(agree, doubt):
    found = table(agree + doubt)
    if len(found) >= studies.FEWEST and found["vote"].mean() <= 1 / 3:
        for whole in (True, False):
            assert studies.count(found, whole).verdict != "differs"


def test_what_cannot_be_decided_has_no_verdict():
    with pytest.raises(ValueError, match="leave it untested"):
        _ = Counted(1, 0, 0, NOT_DECIDABLE).verdict


def test_a_count_of_studies_tests_only_claims_on_studies():
    count = studies.counted("irregular-migration-effects-displacement")
    assert verdict(read_claim("irregular-migration-effects-displacement"), count) == "confirmed"
    with pytest.raises(ClaimError, match="its evidence is public"):
        verdict(read_claim("irregular-migration-total-2015-rise"), count)


def test_campaigns_and_intentions_by_hand():
    """Five lower, two both, three none (a survey among them): six of ten; of nine trials, six."""
    count = studies.counted("irregular-migration-campaign-literature-intention")
    assert (count.agree, count.mixed, count.against, count.says) == (3, 2, 5, DISAGREE)
    assert str(count) == "they disagree (3 agree, 2 mixed, 5 against)"
    rows = studies.sensitivity(studies.votes("irregular-migration-campaign-literature-intention")).set_index("count")
    assert rows.loc["randomised only", ["votes", "agrees", "mixed", "against"]].tolist() == [9, 2, 2, 5]
    assert rows.loc["low risk only", ["votes", "agrees", "against", "says"]].tolist() == [3, 2, 1, DISAGREE]
    assert rows.loc["without what is inferred", ["votes", "share"]].tolist() == [8, 5.5 / 8]
    assert rows.loc["published only", ["votes", "share"]].tolist() == [4, 0.5]


def test_a_consensus_on_campaigns_is_contested_while_3ie_was_not_read():
    claim = "irregular-migration-campaign-consensus"
    assert studies.unseen(claim) and not studies.unseen("irregular-migration-effects-displacement")
    assert studies.counted(claim, whole=True).verdict == "contested"
    assert not studies.count(studies.votes(claim), whole=True).contradicted  # nor if it had been: low risk leans to it


def test_what_is_inferred_says_so_in_both_tables():
    links, rows = data.load("links_claim_study"), data.load("studies")
    inferred = links.loc[links["inferred"] == "yes", "study"]
    assert set(inferred) == set(rows.loc[rows["seen_as"].str.endswith(studies.INFERRED), "study"])
    assert (links.loc[links["inferred"] == "yes", "bearing"] != "context").all()
    shown = studies.directions("campaigns and intention")
    votes = studies.votes("irregular-migration-campaign-literature-intention")
    assert set(shown.loc[shown["inferred"] == "yes", "study"]) == {"bah2023", "mam2"}
    assert set(votes.loc[votes["inferred"] == "yes", "study"]) == {"bah2023", "mam2"}


def test_some_do_needs_two_that_are_not_at_high_risk():
    assert studies.some_do("irregular-migration-box2-intentions-lower")
    assert not studies.some_do("irregular-migration-livelihood-literature-effect")


def test_directions_of_a_study_are_joined():
    found = studies.directions("aid and irregular migration").set_index("study")["direction"]
    assert found["restelli2021"] == "mixed" and found.index.is_unique
    assert "tjadengninafon2022" not in set(studies.directions("campaigns and intention")["study"])


def test_a_study_is_given_as_it_gives_itself():
    row = ("restelli2021", "irregular crossings, total aid")
    assert studies.given(*row, "none") == "none" and studies.given(*row, "none shown") == "none shown"
    assert studies.given(*row, "rise") == "none"
    assert studies.given("restelli2021", "irregular crossings, bilateral aid", "rise") == "rise"
    with pytest.raises(KeyError, match="no outcome"):
        studies.direction("restelli2021", "another")


def test_what_a_study_is_said_to_be_is_the_same_in_all_its_rows():
    own = ["label", "authors", "year", "title", "venue", "design", "risk", "risk_reason", "published", "team"]
    assert (data.load("studies").groupby("study")[own].nunique(dropna=False) == 1).all().all()


def test_an_error_stands_only_beside_its_estimate():
    rows = data.load("studies")
    assert rows.loc[rows["se"].notna(), "estimate"].notna().all()
    assert (rows["low"].isna() | (rows["low"] < rows["high"])).all()


QUESTIONS = {"campaign-literature-intention": "campaigns and intention", "box2-interventions-mixed": "projects at home"}


@pytest.mark.parametrize("claim", QUESTIONS)
def test_votes_follow_from_the_directions(claim):
    """Of claims that something does not lower migration: lower is against, both is mixed, none and higher agree."""
    ways = studies.directions(QUESTIONS[claim]).set_index("study")["direction"]
    votes = studies.votes(f"irregular-migration-{claim}").set_index("study")["bearing"]
    bearing = {"reduces": "against", "mixed": "mixed", "none": "agrees", "increases": "agrees"}
    assert votes.to_dict() == ways.map(bearing).to_dict()


def test_every_claim_on_studies_has_some_and_every_study_a_claim():
    links = data.load("links_claim_study")
    ledger = read_ledger()
    assert {id for id, claim in ledger.items() if claim.evidence == "studies"} <= set(links["claim"])
    assert {ledger[id].evidence for id in links["claim"]} <= {"studies", "literature"}
    assert set(links["study"]) == set(data.load("studies")["study"])


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_every_study_has_its_mark(width):
    rows = pd.DataFrame({"q": ["A|b", "A|b", "C"], "finds": ["More", "More", "Less"], "risk": ["high", "low", "low"]})
    chart = charts.harvest(
        rows, width, row="q", column="finds", kind="risk", rows=["A|b", "C"], columns=["Less", "More"],
        kinds={"low": ("circle", charts.INK), "high": ("triangle-up", "transparent")},
    )  # fmt: skip
    shown = chart.data
    assert shown["slot"].tolist() == [0, 0, 1] and shown["risk"].tolist() == ["low", "low", "high"]
    drawn = texts(chart)
    assert {"A", "b", "C", "Less", "More", "low", "high"} <= set(drawn)
