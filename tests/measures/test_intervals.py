"""Shares of small counts: published values, properties, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lib.measures.intervals import differ, difference, share, shares

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


def test_the_interval_of_a_difference_is_the_published_one():
    # Newcombe (1998), Statistics in Medicine 17, table II, method 10, contrast a: 56/70 and 48/80
    assert difference(share(56, 70), share(48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@given(counts, counts)
def test_the_interval_of_a_difference_holds_it_and_turns_with_the_groups(first, second):
    one, other = share(*first), share(*second)
    low, high = difference(one, other)
    slack = 1e-9  # of a float
    assert -1 - slack <= low <= one.share - other.share + slack
    assert one.share - other.share - slack <= high <= 1 + slack
    assert difference(other, one) == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize(("p", "q"), [(0.83, 0.52), (0.5, 0.5), (0.95, 0.9)])
def test_the_interval_of_a_difference_covers_it_in_groups_of_66_and_23(p, q):
    weights = np.outer(binom.pmf(range(67), 66, p), binom.pmf(range(24), 23, q))
    first, second = [share(k, 66) for k in range(67)], [share(m, 23) for m in range(24)]
    intervals = np.array([[difference(one, other) for other in second] for one in first])
    covered = (intervals[..., 0] <= p - q) & (p - q <= intervals[..., 1])
    assert weights[covered].sum() > 0.93
