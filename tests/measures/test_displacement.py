"""Bounds on what can have moved, with answers by hand."""

import pandas as pd

from lib.measures import displacement


def test_what_a_list_does_not_name_is_at_most_its_smallest():
    lists = pd.DataFrame({"A": [50, 90], "B": [20, None], "C": [None, 30]}, index=[2023, 2024])
    assert displacement.at_most(lists).to_dict("list") == {"A": [50, 90], "B": [20, 30], "C": [20, 30]}


def test_groups_that_grew_by_a_factor():
    before, after = pd.Series({"A": 10, "B": 10, "C": 10}), pd.Series({"B": 20, "A": 19, "D": 99})
    assert displacement.grew(before, after, 2) == ["B"]  # A not quite; of D it is not known; C is gone


def test_no_more_can_have_moved_than_fell_here_nor_than_rose_elsewhere():
    here = pd.DataFrame({"before": [100, 100, 100, 10], "after": [20, 20, 20, 30]}, index=list("ABCD"))
    elsewhere = pd.DataFrame({"before": [0, 50, 5], "after": [30, 40, 500]}, index=list("ABC"))
    found = displacement.could_have_moved(here, elsewhere)
    assert found["fell"].tolist() == [80, 80, 80, -20]
    assert found["rose"].tolist() == [30, -10, 495, 0]
    assert found["at_most"].tolist() == [30, 0, 80, 0]  # the rise; no rise; the fall; did not fall
