"""Studies by what they find, Box 2 and the sentences on campaigns."""

import pandas as pd
import pytest

from lib import data
from lib.ledger.claims import Ledger
from lib.ledger.named import Named
from lib.measures import aid, campaigns, findings, studies


@pytest.fixture
def named():
    return Named(Ledger("irregular_migration", enforce=False))


def test_studies_are_counted_by_what_they_find():
    rows = pd.DataFrame({"question": ["a", "a", "b", "b", "c"], "finds": ["Less", "Both", "None", "None", "More"]})
    counts = findings.ways(rows)
    assert counts.columns.tolist() == findings.COLUMNS
    assert counts.to_numpy().tolist() == [[1, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]
    assert findings.one_way(counts)  # both studies on b
    assert not findings.one_way(counts.drop("b"))  # one study on c is no agreement


def test_every_study_of_a_question_that_could_tell_is_found_once():
    found = findings.found()
    assert not found.duplicated(["question", "study"]).any()
    assert set(found["question"]) == set(findings.ROWS)
    assert found.loc[found["direction"] == "cannot tell", "finds"].isna().all()
    assert not findings.told(found)["question"].str.contains("|", regex=False).any()


def test_votes_counted_in_other_ways_as_a_reader_has_them(named):
    """The votes of the claim on intentions, worked out by hand in test_studies: six of ten against."""
    table = findings.counts(named).set_index("Counted")
    assert table.index[0] == studies.MAIN and table.columns.tolist() == list(findings.COUNTS.values())
    assert table.at[studies.MAIN, "Campaigns, intention"].endswith("(10 votes, 60% against)")


def test_evaluations_on_a_map_are_a_share_of_all(named):
    evaluations = pd.DataFrame({"counted": [aid.PORTAL, "another", aid.MAP], "number": [400, 7, 20]})
    assert aid.mapped(evaluations) == 0.05
    found = aid.phrases(named, evaluations)
    assert (found["map_share"], found["map_evaluations"], found["portal_studies"]) == ("5%", 20, 400)
    assert not aid.claims(named, evaluations)["box2-few-outcomes"]  # below one in twenty is a small number
    assert aid.claims(named, evaluations.replace(20, 19))["box2-few-outcomes"]


def test_box_2_has_what_the_studies_give_themselves(named):
    found = aid.claims(named, data.load("impact_evaluations"))
    assert found["box2-bilateral-aid"] == "rise" and found["box2-intentions-lower"] == "fall"
    assert found["box2-little-support"].says == studies.DISAGREE


def test_a_consensus_is_counted_as_one(named):
    found = campaigns.claims(named)
    assert set(found) == {*campaigns.COUNTED, "campaign-consensus"}
    assert found["campaign-consensus"].verdict == "contested"
    assert campaigns.phrases(named)["share_all"] == "60%"
