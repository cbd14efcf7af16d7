"""What staff answered: counts, what a printed percentage can be of, and what a mean allows."""

import pytest

from lib import data
from lib.measures import intervals, ministries


@pytest.fixture
def answers():
    return data.load("survey_scores").set_index("item")


def test_rows_have_the_counts_and_what_is_printed_for_the_first_alone(answers):
    rows = ministries.protection_aim(answers).rows
    assert rows["said"].tolist() == ["55 of 66", "12 of 23"]
    assert (rows["low"] < rows["percent"]).all()
    assert (rows["percent"] < rows["high"]).all()
    assert rows["footnote_68"].isna().tolist() == [False, True]


def test_words_for_the_counts_are_refused_when_they_do_not_hold(answers):
    changed = answers.copy()
    changed.loc["protection_is_aim_migration", "value"] = 20
    with pytest.raises(ValueError, match="no longer holds"):
        ministries.protection_aim(changed).numbers()


def test_a_mean_of_five_allows_nine_in_ten_to_pass(answers):
    """With whole marks, all others at one: 6p + (1 − p) = 5.5 gives p = 0.9."""
    found = ministries.marks(answers)
    assert (found["score"], found["passing"]) == ("5", "90%")


def test_counts_behind_a_percentage_print_as_it():
    assert intervals.counts_behind(55, 23) == [(6, 11), (11, 20), (12, 22)]
    assert intervals.counts_behind(50, 4) == [(1, 2), (2, 4)]
