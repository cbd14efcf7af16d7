"""Counts in the form in which they may be shown to others: known answers."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lib import disclosure


def test_published_by_hand():
    exact = pd.Series([0, 4, 5, 9, 14, 15, 24, 25, 104, 105, None], dtype="Int64")
    shown = pd.Series([None, None, 10, 10, 10, 20, 20, 30, 100, 110, None], dtype="Int64")
    pd.testing.assert_series_equal(disclosure.published(exact), shown)
    pd.testing.assert_frame_equal(disclosure.published(exact.to_frame("n")), shown.to_frame("n"))


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_published_is_within_five_and_never_under_ten(values):
    exact = pd.Series(values)
    shown = disclosure.published(exact)
    assert (shown.isna() == (exact < 5)).all()
    kept = shown.dropna()
    assert ((kept % 10 == 0) & (kept >= 10) & ((kept - exact[kept.index]).between(-4, 5))).all()
    pd.testing.assert_series_equal(disclosure.published(kept), kept)  # rounding twice changes nothing


def test_a_count_in_words():
    said = {0: "below 5", 4: "below 5", 5: "about 10", 484: "about 480", 485.0: "about 490", 12_345: "about 12,350"}
    assert {count: disclosure.coarse(count) for count in said} == said
