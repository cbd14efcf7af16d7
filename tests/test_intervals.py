"""Shares of small counts: published values, properties, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lib.intervals import differ, share, shares

counts = st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_wilson_is_the_formula_worked_out_by_hand():
    # 31 of 49, z = 1.96: centre (31 + 1.9208) / (49 + 3.8416), half 1.96 · sqrt(31·18/49 + 0.9604) / 52.8416
    found = share(31, 49, "wilson")
    centre, half = 32.9208 / 52.8416, 1.96 * np.sqrt(31 * 18 / 49 + 0.9604) / 52.8416
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-4)


@given(counts)
def test_exact_limits_leave_two_and_a_half_percent_on_each_side(pair):
    count, of = pair
    found = share(count, of)
    assert found.low <= found.share <= found.high
    assert count == 0 or binom.sf(count - 1, of, found.low) == pytest.approx(0.025, abs=1e-6)
    assert count == of or binom.cdf(count, of, found.high) == pytest.approx(0.025, abs=1e-6)


@given(counts, st.sampled_from(["exact", "wilson"]))
def test_the_rest_has_the_mirrored_interval(pair, method):
    count, of = pair
    found, rest = share(count, of, method), share(of - count, of, method)
    assert (rest.low, rest.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-9)


@pytest.mark.parametrize(("count", "of"), [(5, 4), (-1, 4), (0, 0), (1.5, 4), (1, 4.5)])
def test_what_is_no_share_is_refused(count, of):
    with pytest.raises(ValueError, match="whole numbers"):
        share(count, of)


def test_shares_of_a_table_stand_beside_their_counts():
    table = shares(pd.DataFrame({"group": ["a", "b"], "count": [8, 485], "of": [23, 693]}))
    assert list(table) == ["group", "count", "of", "share", "low", "high"]
    assert table["low"].tolist() == pytest.approx([share(8, 23).low, share(485, 693).low])


def test_differ_is_fishers_tea():
    # Fisher's own table: 3 of 4 against 1 of 4 cups, two-sided p = 34/70
    assert differ(share(3, 4), share(1, 4)) == pytest.approx(34 / 70)
    assert differ(share(3, 4), share(3, 4)) == pytest.approx(1)
