"""Bounds from a mean alone: by hand, and never beaten by any answers that have this mean."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.measures.scores import bounds

answers = st.lists(st.integers(1, 10), min_size=1, max_size=30)


def bound(mean, **scale):
    return bounds(pd.Series([mean]), **scale).iloc[0]


def test_bounds_by_hand():
    found = bound(4.6)
    # rounded from 4.55 to 4.65: as many sixes as 4.65 allows, the rest ones; no passing mark is needed
    assert found["most_passing"] == pytest.approx(3.65 / 5) and found["least_passing"] == 0
    assert found["most_sd"] == pytest.approx((3.65 * 5.35) ** 0.5)  # the end that lies nearer to the middle
    assert found["low"] == 1 and found["high"] == pytest.approx(4.6 + found["most_sd"])
    assert found["least_sd"] == pytest.approx((0.35 * 0.65) ** 0.5)  # 4.65: fours and fives only
    # 9.2: at least (9.15 - 5) / 5 of answers pass, when all others gave a five and these a ten
    assert bound(9.2)["least_passing"] == pytest.approx(4.15 / 5) and bound(9.2)["most_passing"] == 1


def test_a_whole_mean_may_be_rounded_from_whole_marks_and_all_may_have_given_it():
    found = bound(5.0)
    assert found["least_sd"] == 0 and found["most_passing"] == pytest.approx(4.5 / 5)
    assert bound(1.0)["least_sd"] == bound(1.0)["least_passing"] == 0


@given(answers)
def test_no_answers_with_that_mean_lie_outside(marks):
    marks = pd.Series(marks, dtype=float)
    found, noise = bound(round(marks.mean(), 1)), 1e-9
    assert found["least_sd"] - noise <= marks.std(ddof=0) <= found["most_sd"] + noise
    assert found["least_passing"] - noise <= (marks >= 6).mean() <= found["most_passing"] + noise


def test_a_mean_outside_of_the_scale_is_refused():
    with pytest.raises(ValueError, match="from 0 to 5"):
        bound(5.1, low=0, high=5, passing=3)
