"""Monthly series of routes: known answers, properties, and the size and power of the permutation test."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from lib import data
from lib.measures import flows

levels = st.lists(st.integers(1, 100_000), min_size=10, max_size=40)


def monthly(values, start="2015-01"):
    return pd.Series(values, pd.date_range(start, periods=len(values), freq="MS"), dtype=float)


def autoregressive(rng, months=198, phi=0.8, burn_in=100):
    """An AR(1) series with standard normal shocks."""
    return monthly(lfilter([1], [1, -phi], rng.normal(size=months + burn_in))[burn_in:], "2009-01")


def test_rolling_mean_by_hand():
    found = flows.rolling_mean(monthly([1, 2, 6, 4, 5]), 3)
    assert found.isna().tolist() == [True, True, False, False, False]
    assert found.iloc[2:].tolist() == [3, 4, 5]


def test_rolling_mean_of_routes_is_that_of_each_route():
    wide = pd.DataFrame({"a": monthly([1, 2, 6, 4]), "b": monthly([4, 4, 4, 8])})
    found = flows.rolling_mean(wide, 2)
    for route in wide:
        pd.testing.assert_series_equal(found[route], flows.rolling_mean(wide[route], 2))
    assert flows.rolling_mean(monthly(range(12))).iloc[-1] == 5.5


def test_mean_between_includes_both_ends():
    series = monthly([1, 2, 6, 4, 5])
    assert flows.mean_between(series, "2015-02", "2015-04") == 4
    assert flows.mean_between(series, pd.Timestamp("2015-05-01"), "2015-05") == 5
    with pytest.raises(ValueError, match="no value for 2015-06"):
        flows.mean_between(series, "2015-01", "2015-07")


def test_change_at_by_hand_leaves_the_month_out():
    found = flows.change_at(monthly([10, 20, 999, 2, 4]), "2015-03", window=2)
    assert (found.before, found.after, found.difference) == (15, 3, -12)
    assert found.relative == pytest.approx(-0.8)
    assert (found.month, found.window) == (pd.Timestamp("2015-03-01"), 2)


@pytest.mark.parametrize("until", [None, pd.NaT, float("nan"), "2015-03"])
def test_change_at_without_a_span(until):
    assert flows.change_at(monthly([10, 20, 999, 2, 4]), "2015-03", 2, until).after == 3


def test_change_at_leaves_a_whole_span_out():
    series = monthly([10, 20, 999, 999, 999, 2, 4])
    found = flows.change_at(series, "2015-03", 2, until="2015-05")
    assert (found.before, found.after) == (15, 3)


@pytest.mark.parametrize(
    "month, until", [("2015-02", None), ("2015-04", None), ("2015-03", "2015-04"), ("2030-01", None)]
)
def test_windows_outside_the_series_are_refused(month, until):
    with pytest.raises(ValueError, match="no value for"):
        flows.change_at(monthly([1, 2, 3, 4, 5]), month, 2, until)


def test_relative_change_from_zero_is_not_a_number():
    assert np.isnan(flows.change_at(monthly([0, 3, 5]), "2015-02", 1).relative)


def test_by_route():
    table = pd.DataFrame(
        [("2015-02", "b", 4), ("2015-01", "a", 1), ("2015-01", "b", 3), ("2015-02", "a", 2)],
        columns=["month", "route", "detections"],
    ).assign(month=lambda rows: pd.to_datetime(rows["month"]))
    wide = flows.by_route(table)
    assert wide.columns.tolist() == ["a", "b"]
    assert wide.to_numpy().tolist() == [[1, 3], [2, 4]]
    assert wide.loc["2015-02-01", "b"] == 4


@pytest.mark.parametrize("gone", [("2015-02", "a"), ("2015-02", None)])
def test_by_route_names_the_months_that_lack_a_route(gone):
    rows = [(f"2015-0{month}", route, 1) for month in (1, 2, 3) for route in "ab"]
    rows = [row for row in rows if not (row[0] == gone[0] and gone[1] in (None, row[1]))]
    table = pd.DataFrame(rows, columns=["month", "route", "dead"])
    table["month"] = pd.to_datetime(table["month"])
    with pytest.raises(ValueError, match="no dead for every route in 2015-02"):
        flows.by_route(table, "dead")


@pytest.mark.parametrize(
    "values, month, expected",
    [
        ([10, 10, 2, 2, 10, 18], "2015-03", 3),  # means 10, 6, 2, 6, 14: back three months on
        ([10, 10, 2, 2, 2, 2], "2015-03", None),
        ([10, 10, 10, 4, 14, 16], "2015-03", 3),  # falls a month late; means 10, 7, 9, 15
    ],
)
def test_months_to_recover_by_hand(values, month, expected):
    assert flows.months_to_recover(monthly(values), month, window=2) == expected


@pytest.mark.parametrize("values", [[10, 10, 11, 12, 12, 12], [10, 10, 10, 10, 10, 10], [10, 10, 1, 11, 12, 1]])
def test_what_did_not_fall_is_not_asked_whether_it_came_back(values):
    """The case of the EU–Morocco agreement: the route rose, and fell two years later for whatever reason."""
    with pytest.raises(ValueError, match="did not fall around 2015-03"):
        flows.months_to_recover(monthly(values), "2015-03", window=2)


def test_months_to_recover_after_a_span():
    values = [10, 10, 99, 99, 2, 2, 12, 12]  # means from the first month: 10, 54.5, 99, 50.5, 2, 7, 12
    assert flows.months_to_recover(monthly(values), "2015-03", 2, until="2015-04") == 5


def test_months_to_recover_counts_over_years():
    values = [10] * 12 + [1, 1] + [10] * 30
    assert flows.months_to_recover(monthly(values), "2016-01", window=12) == 13


@settings(max_examples=settings().max_examples // 4)
@given(levels, st.integers(1, 4), st.integers(1, 3))
def test_changes_are_those_around_each_span(values, window, span):
    series = monthly(values)
    found = flows.changes(series, window, span)
    assert len(found) == max(len(series) - 2 * window - span + 1, 0)
    for month, ratio in found.items():
        around = flows.change_at(series, month, window, until=month + pd.DateOffset(months=span - 1))
        assert ratio == pytest.approx(np.log(around.after / around.before), abs=1e-9)


@settings(max_examples=settings().max_examples // 4)
@given(levels, st.floats(0.001, 1000))
def test_scale_does_not_matter(values, factor):
    series = monthly(values)
    pd.testing.assert_series_equal(flows.changes(series, 2), flows.changes(series * factor, 2), atol=1e-9)
    month = series.index[4]
    one, other = flows.change_at(series, month, 2), flows.change_at(series * factor, month, 2)
    assert other.relative == pytest.approx(one.relative, abs=1e-9)
    assert other.difference == pytest.approx(factor * one.difference, rel=1e-6, abs=1e-6 * factor)


@settings(max_examples=settings().max_examples // 4)
@given(levels)
def test_time_reversed_changes_have_the_other_sign(values):
    forward, backward = flows.changes(monthly(values), 3), flows.changes(monthly(values[::-1]), 3)
    np.testing.assert_allclose(forward.to_numpy(), -backward.to_numpy()[::-1], atol=1e-9)


def test_empty_windows_have_no_ratio():
    found = flows.changes(monthly([0, 0, 3, 6, 3]), 1)
    assert found.index.strftime("%m").tolist() == ["04"]
    assert found.iloc[0] == pytest.approx(0)


@settings(max_examples=settings().max_examples // 4)
@given(levels, st.integers(1, 4))
def test_a_change_is_held_against_changes_over_the_same_gap(values, span):
    series = monthly(values)
    month, window = series.index[3], 2
    until = month + pd.DateOffset(months=span - 1)
    if 3 + span + window > len(series):
        return
    found = flows.held(series, month, window, until)
    assert found.change == flows.change_at(series, month, window, until)
    pd.testing.assert_series_equal(found.others, flows.changes(series, window, span))
    own = np.log(found.change.after / found.change.before)
    assert found.others.loc[month] == pytest.approx(own)  # it is one of them, so no share is zero
    assert found.as_low >= 1 / len(found.others)
    assert found.as_low == pytest.approx(np.mean(found.others <= own + 1e-9))


def test_the_yardstick_can_begin_later():
    found = flows.held(monthly(range(1, 31)), "2016-01", 3, since="2015-09")
    assert found.others.index[0] == pd.Timestamp("2015-09-01")


def test_yearly_changes_use_full_years_only():
    series = monthly([1.0] * 12 + [2.0] * 12 + [4.0] * 6, "2015-01")
    found = flows.yearly_changes(series)
    assert found.index.tolist() == [2016]
    assert found.loc[2016] == pytest.approx(np.log(2))
    assert flows.yearly_changes(monthly([0.0] * 12 + [1.0] * 12)).empty


def yearly(values):
    return pd.Series(values, range(2010, 2010 + len(values)), dtype=float)


@pytest.mark.simulation
def test_permutation_test_agrees_with_all_orders_by_hand():
    rng = np.random.default_rng(3)
    x, y = yearly(rng.normal(size=8)), yearly(rng.normal(size=8))
    every = np.array([np.corrcoef(order, y)[0, 1] for order in permutations(x)])
    real = np.corrcoef(x, y)[0, 1]
    exact = 2 * min(np.mean(every >= real - 1e-12), np.mean(every <= real + 1e-12))  # twice the smaller tail
    found = flows.permutation_test(x, y)
    assert found.correlation == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert found.p_value == pytest.approx(exact, abs=0.02)
    assert found.low < 0 < found.high
    assert flows.permutation_test(x, y) == found  # seeded


def test_permutation_test_uses_the_years_in_common_and_no_scale():
    rng = np.random.default_rng(4)
    x, y = yearly(rng.normal(size=16)), yearly(rng.normal(size=16))
    short = flows.permutation_test(x, y.iloc[4:])
    assert short.pairs == 12
    rescaled = flows.permutation_test(100 * x.iloc[4:] + 7, 0.01 * y.iloc[4:] - 3)
    assert rescaled.correlation == pytest.approx(short.correlation)
    assert rescaled.p_value == pytest.approx(short.p_value)


@pytest.mark.parametrize("x, y", [(range(7), range(7)), ([1] * 16, range(16))])
def test_permutation_test_refuses_short_and_constant_series(x, y):
    with pytest.raises(ValueError, match="at least 8 are needed"):
        flows.permutation_test(yearly(x), yearly(y))


@pytest.mark.simulation
def test_size_of_the_permutation_test():
    """At 16 years without inertia, and with the inertia that the routes' yearly changes show at most."""
    rng = np.random.default_rng(5)
    replications = 400
    bound = 3.3 * np.sqrt(0.05 * 0.95 / replications)
    for phi in (0.0, -0.3):
        p_values = [
            flows.permutation_test(*(autoregressive(rng, 16, phi) for _ in range(2)), draws=199).p_value
            for _ in range(replications)
        ]
        assert abs(np.mean(np.array(p_values) <= 0.05) - 0.05) < bound


def test_power_of_the_permutation_test():
    rng = np.random.default_rng(6)
    found = []
    for _ in range(50):
        x = yearly(rng.normal(size=16))
        found.append(flows.permutation_test(x, -x + 0.5 * yearly(rng.normal(size=16)), draws=999))
    assert all(test.correlation < test.low for test in found)
    assert np.mean([test.p_value <= 0.05 for test in found]) > 0.95


def wide(rng, years=16, routes=4):
    return pd.DataFrame(rng.normal(size=(years, routes)), range(2010, 2010 + years), list("abcdefgh")[:routes])


def test_together_is_the_mean_correlation_and_needs_no_order_of_columns():
    rng = np.random.default_rng(8)
    first, second = wide(rng), wide(rng)
    found = flows.together(first, second[list("dcba")], draws=199)
    assert found.correlation == pytest.approx(np.mean([np.corrcoef(first[c], second[c])[0, 1] for c in "abcd"]))
    assert found.pairs == 16
    assert flows.together(first, second, draws=199) == found  # seeded
    assert flows.together(first, second.iloc[4:], draws=99).pairs == 12


def test_together_sees_what_no_route_shows_by_itself():
    rng = np.random.default_rng(9)
    first = wide(rng)
    second = 0.6 * first + wide(rng)
    alone = min(flows.permutation_test(first[c], second[c], draws=999).p_value for c in "abcd")
    joint = flows.together(first, second, draws=1_999)
    assert joint.p_value < min(1, 4 * alone)
    assert joint.p_value < 0.01


@pytest.mark.simulation
def test_size_of_the_joint_tests_where_the_routes_share_their_years():
    """No link between the measures; within each, the routes move alike, which Bonferroni would not know."""
    rng = np.random.default_rng(10)
    replications, shared = 400, lambda: 1.5 * rng.normal(size=(16, 1))
    bound = 3.3 * np.sqrt(0.05 * 0.95 / replications)
    p_values = [
        flows.together(wide(rng) + shared(), wide(rng) + shared(), draws=199).p_value for _ in range(replications)
    ]
    assert abs(np.mean(np.array(p_values) <= 0.05) - 0.05) < bound
    found = [flows.apart(wide(rng), draws=199) for _ in range(replications)]
    for p_value in ([f.mean.p_value for f in found], [f.lowest.p_value for f in found]):
        assert abs(np.mean(np.array(p_value) <= 0.05) - 0.05) < bound


def test_apart_by_hand_and_with_a_pair_that_stands_out():
    rng = np.random.default_rng(11)
    series = wide(rng)
    found = flows.apart(series, draws=199)
    pairs = series.corr().to_numpy()[np.triu_indices(4, 1)]
    assert found.mean.correlation == pytest.approx(pairs.mean())
    assert found.lowest.correlation == pytest.approx(pairs.min())
    series["b"] = -series["a"] + 0.1 * series["b"]
    one = flows.apart(series, draws=999)
    assert one.lowest.p_value == 1 / 1000  # none of the draws is as low


@pytest.mark.parametrize("years", [7, 0])
def test_joint_tests_refuse_short_series(years):
    frame = wide(np.random.default_rng(1), 16).iloc[:years]
    for test in (lambda: flows.together(frame, frame), lambda: flows.apart(frame)):
        with pytest.raises(ValueError, match="at least 8 are needed"):
            test()


def test_the_packaged_series_are_gapless():
    routes = flows.by_route(data.load("frontex_route_month"))
    deaths = flows.by_route(data.load("deaths_route_month"), "dead_and_missing")
    assert routes.shape[1] == 9 and deaths.shape[1] == 4
    assert set(deaths.columns) <= set(routes.columns)
    assert (routes >= 0).all(axis=None)


def test_shares_by_hand():
    table = pd.DataFrame({"nationality": ["A", "B", "A", "C"], "detections": [1, 6, 2, 1]})
    found = flows.shares(table, by="nationality")
    assert found.index.tolist() == ["B", "A", "C"]
    assert found["share"].tolist() == [0.6, 0.3, 0.1]
    with pytest.raises(ValueError, match="no shares"):
        flows.shares(table.assign(detections=0), by="nationality")


@settings(max_examples=settings().max_examples // 4)
@given(levels)
def test_shares_add_up_to_one(values):
    found = flows.shares(pd.DataFrame({"route": [n % 4 for n in range(len(values))], "detections": values}), by="route")
    assert found["share"].sum() == pytest.approx(1)
    assert found["detections"].is_monotonic_decreasing


def test_around_events_are_ratios_of_means_and_labels_of_a_month_are_joined():
    route = pd.DataFrame({"a": monthly([2, 4, 100, 6, 12])})
    at = pd.Timestamp("2015-03-01")
    events = pd.DataFrame({"month": [at, at], "until": [pd.NaT, pd.NaT], "label": ["one", "two"], "route": ["a", "a"]})
    found = flows.around_events(events, 2, detections=route, deaths=route * 3)
    assert found.to_numpy().tolist() == [["one and two", at, "a", 3, 3]]
