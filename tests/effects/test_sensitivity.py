"""Intervals under trends that are not parallel: against an independent solver, and bins worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lib import data
from lib.effects.placebo import fit_noise
from lib.effects.sensitivity import (
    BinStudy,
    bin_study,
    from_estimates,
    honest_interval,
    parallel_interval,
    relative_interval,
)
from lib.effects.twoway import DesignError
from lib.returns.designs import honest_coverage


def study(effects, before, covariance=None):
    """Effects of `before` bins up to -2 and the bins from 0 on."""
    bins = [*range(-before - 1, -1), *range(len(effects) - before)]
    sigma = np.eye(len(bins)) if covariance is None else covariance
    return BinStudy(pd.Series(effects, bins, dtype=float), pd.DataFrame(sigma, bins, bins))


def random_study(seed, before=4, after=3):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((before + after, 12))
    return study(rng.normal(0, 2, before + after), before, root @ root.T / 12)


def table(values):
    months = pd.date_range("2020-01-01", periods=np.shape(values)[1], freq="MS")
    return pd.DataFrame(np.asarray(values, float), [f"C{k}" for k in range(len(values) - 1)] + ["T"], months)


@pytest.mark.simulation
@pytest.mark.parametrize("seed, before, after", [(1, 4, 3), (2, 2, 1), (3, 5, 4), (4, 3, 2)])
@pytest.mark.parametrize("bend", [0.0, 0.2, 4.0])
def test_the_interval_is_that_of_an_independent_solver(seed, before, after, bend):
    from diff_diff.honest_did import _compute_optimal_flci

    made = random_study(seed, before, after)
    effects, target = made.effects.to_numpy(), np.full(after, 1 / after)
    theirs = _compute_optimal_flci(
        effects[:before], effects[before:], made.covariance.to_numpy(), target, before, after, bend
    )
    assert honest_interval(made, bend) == pytest.approx(theirs, abs=2e-3)


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6), st.floats(-5, 5), st.floats(-5, 5))
def test_without_a_bend_a_straight_line_does_not_move_the_interval(seed, slope, effect):
    made = random_study(seed)
    bins = made.effects.index.to_numpy()
    moved = BinStudy(made.effects + slope * (bins + 1) + effect * (bins >= 0), made.covariance)
    assert honest_interval(moved, 0.0) == pytest.approx(np.add(honest_interval(made, 0.0), effect), abs=1e-4)


def test_a_linear_trend_and_an_effect_are_told_apart():
    # slope 0.7 a bin, effect 3 in both bins after: centre 3, where parallel trends would say 3 + 0.7 · 1.5
    made = study([-1.4, -0.7, 3.7, 4.4], before=2, covariance=1e-4 * np.eye(4))
    assert np.mean(honest_interval(made, 0.0)) == pytest.approx(3)
    assert np.mean(parallel_interval(made)) == pytest.approx(4.05)


def test_with_one_weight_to_choose_the_interval_follows_by_hand():
    # bin -3 is too noisy to use; bin -2 then needs weight 1 to cancel any line, so that the estimate is a sum.
    # With bend M the worst bias is M (the slope changes once, at bin -1); a folded normal does the rest.
    made = study([9.0, 0.5, 2.0], before=2, covariance=np.diag([1e7, 1.0, 1.0]))
    reach = norm.ppf(0.975) * np.sqrt(2)
    assert honest_interval(made, 0.0) == pytest.approx((2.5 - reach, 2.5 + reach), abs=1e-4)
    sd, bias = np.sqrt(2), 0.8
    low, high = honest_interval(made, bias)
    assert (low + high) / 2 == pytest.approx(2.5, abs=1e-4)
    half = (high - low) / 2
    assert norm.cdf((half - bias) / sd) - norm.cdf((-half - bias) / sd) == pytest.approx(0.95, abs=1e-5)


@pytest.mark.parametrize("seed", [5, 6])
def test_the_interval_widens_with_the_bend_and_the_confidence(seed):
    made = random_study(seed)
    widths = [np.diff(honest_interval(made, bend))[0] for bend in (0, 0.1, 0.3, 1, 3, 100)]
    assert (np.diff(widths) > 0).all()
    assert widths[-1] > 2 * 100  # a bound on the bias that the noise cannot hide
    assert np.diff(honest_interval(made, 0.3, level=0.01))[0] > widths[2]


@pytest.mark.parametrize("factor", [1e-2, 1e3])
def test_the_unit_of_the_outcome_does_not_matter(factor):
    made = random_study(7)
    scaled = BinStudy(factor * made.effects, factor**2 * made.covariance)
    found = np.array(honest_interval(scaled, factor * 0.3)) / factor
    assert found == pytest.approx(honest_interval(made, 0.3), abs=2e-3)


@pytest.mark.simulation
def test_the_interval_holds_the_effect_whatever_the_path_within_the_bound():
    rng, before, bend, covered = np.random.default_rng(8), 3, 0.4, 0
    bins = np.array([-4, -3, -2, 0, 1])
    for _ in range(80):
        path = pd.Series(rng.choice([-bend, bend], 6).cumsum().cumsum(), range(-4, 2))
        path = (path - path[-1]).loc[bins].to_numpy()
        low, high = honest_interval(study(path + rng.standard_normal(5) * 0.5, before, 0.25 * np.eye(5)), bend)
        covered += low <= 0 <= high
    assert covered / 80 >= 0.95 - 3.3 * np.sqrt(0.05 * 0.95 / 80)


def test_parallel_trends_by_hand():
    # mean of 2 and 4; variance (1 + 4 + 2 · 0.5) / 4
    sigma = np.diag([9.0, 9.0, 1.0, 4.0])
    sigma[2, 3] = sigma[3, 2] = 0.5
    made = study([7, -7, 2, 4], before=2, covariance=sigma)
    reach = 1.959964 * np.sqrt(1.5)
    assert parallel_interval(made) == pytest.approx((3 - reach, 3 + reach), abs=1e-5)


def test_bins_by_hand():
    # donors' mean by month 2, 2, 2, 3, 2; gaps of T -1, 1, 1, 4, 3, each less the 1 of the last month before
    outcome = table([[1, 3, 2, 5, 3], [3, 1, 2, 2, 1], [2, 3, 1, 1, 4], [2, 1, 3, 4, 0], [1, 3, 3, 7, 5]])
    found = bin_study(outcome, pd.Series({"T": outcome.columns[3]}), "T", width=1)
    # all donors have a level of 2, so that there is no line in size
    assert found.effects.to_dict() == pytest.approx({-3: -2, -2: 0, 0: 3, 1: 2})
    # each donor less the mean of the other three, which is 4/3 of that less the mean of four
    apart = 4 / 3 * (outcome.iloc[:4] - outcome.iloc[:4].mean()).to_numpy()
    noise = fit_noise(np.sqrt((apart**2).mean(axis=1)), np.full(4, 2.0))
    least = noise.at(2.0) ** 2 / 4  # of the mean of four countries
    # T has 7 cases in three months before the start and 12 in two after
    before, after = noise.at(7 / 3) ** 2 + least, noise.at(6) ** 2 + least
    earlier = noise.left_out**2 + least
    later = noise.at(np.array([4, 1.5, 2.5, 2])) ** 2 * noise.left_out**2 / noise.at(2.0) ** 2 + least
    levels = apart * np.sqrt(np.column_stack([before / earlier] * 3 + [after / later] * 2))
    # a mean of four is a little surer than one of three; T's weight beside the donors' is that of its rough noise
    rough = fit_noise(np.sqrt(((apart * 3 / 4) ** 2).mean(axis=1)), np.full(4, 2.0))
    own = (rough.at(2.0) ** 2 * 5 / 4) / (rough.at(7 / 3) ** 2 + rough.at(2.0) ** 2 / 4) / 4
    expected = np.delete(levels - levels[:, [2]], 2, axis=1) * np.sqrt((1 + own) * 3 / 4)
    assert found.placebos.to_numpy() == pytest.approx(expected)
    assert found.covariance.to_numpy() == pytest.approx(expected.T @ expected / 4)


def test_a_country_beyond_all_others_is_less_certain():
    rng = np.random.default_rng(19)
    outcome = table(rng.poisson(np.append(np.linspace(4, 6, 30), 5)[:, None], (31, 60)))
    larger = outcome.copy()
    larger.loc["T"] *= 20
    start = pd.Series({"T": outcome.columns[36]})
    inside, beyond = (bin_study(each, start, "T") for each in (outcome, larger))
    sd = [np.sqrt(np.diag(made.covariance)) for made in (inside, beyond)]
    assert (sd[1] > 10 * sd[0]).all()


def test_short_bins_at_the_ends_are_left_out_and_other_partners_too():
    rng = np.random.default_rng(9)
    outcome = table(rng.poisson(5, (8, 23)))
    first = pd.Series({"T": outcome.columns[13], "C1": outcome.columns[4]})
    found = bin_study(outcome, first, "T", width=4)
    assert found.effects.index.tolist() == [-3, -2, 0, 1]
    alone = bin_study(outcome.drop("C1"), first, "T", width=4)
    pd.testing.assert_frame_equal(found.covariance, alone.covariance)
    # a step of T after its start is its effect, and nothing else
    moved = outcome.copy()
    moved.loc["T", outcome.columns[13:]] += 3
    again = bin_study(moved, first, "T", width=4)
    assert (again.effects - found.effects).tolist() == pytest.approx([0, 0, 3, 3])


@pytest.mark.parametrize("size", [0.5, 3.0, 8.0])
def test_a_month_in_which_all_fall_by_a_share_is_no_effect(size):
    rng = np.random.default_rng(13)
    levels = np.append(np.geomspace(0.1, 10, 30), size)
    factor = np.where(np.arange(60) < 36, 1.0, 0.6)
    outcome = table(levels[:, None] * factor + rng.normal(0, 1e-3, (31, 60)))
    found = bin_study(outcome, pd.Series({"T": outcome.columns[36]}), "T")
    assert found.effects.abs().max() < 0.01
    raw = outcome.loc["T"] - outcome.drop("T").mean()
    assert abs(raw.iloc[36:].mean() - raw.iloc[:36].mean()) > 0.2


@pytest.mark.simulation
@pytest.mark.parametrize("cell", [(2, 0.6, 1), (7, 0.9, 1), (2, 0.9, 3), (1.6, 0.6, 7)])
def test_intervals_from_placebos_cover_what_they_say(cell):
    error = 3.3 * np.sqrt(0.05 * 0.95 / 120)
    assert min(honest_coverage(*cell, 120, seed=6).values()) > 0.95 - error


def test_the_committed_coverage_of_honest_intervals_is_what_they_say():
    table = data.load("monte_carlo_honest")
    assert table.set_index(["size", "persistence", "grows", "bend"]).index.is_unique and len(table) == 16
    error = 2 * np.sqrt(0.05 * 0.95 / table["replications"])
    assert (table["value"] >= 0.94 - error).all()


def test_placebos_take_the_place_of_normal_quantiles():
    rng = np.random.default_rng(14)
    paths = pd.DataFrame(rng.standard_t(2, (39, 3)), columns=[-2, 0, 1])
    made = BinStudy(pd.Series([0.0, 1.0, 2.0], paths.columns), paths.cov(), paths)
    sums = np.sort(np.abs(paths[[0, 1]].mean(axis=1)))
    # 38 of 40: the second largest of 39
    assert parallel_interval(made) == pytest.approx((1.5 - sums[-2], 1.5 + sums[-2]))
    assert made.reach(np.array([0, 0.5, 0.5]), 0.05, bias=9.0) == pytest.approx(
        max(np.sort(np.abs(paths[[0, 1]].mean(axis=1) + shift))[-2] for shift in (9, -9))
    )
    few = BinStudy(made.effects, made.covariance, paths.iloc[:18])
    assert parallel_interval(few) == (-np.inf, np.inf), "of 18 and one none is among the largest 5%"
    assert np.isfinite(parallel_interval(few, level=0.1)).all()


def test_weights_chosen_on_the_placebos_are_paid_for():
    # least squares of the last period on the first two, without a country: its residual over 1 - leverage
    paths = np.random.default_rng(15).normal(size=(30, 3))
    made = BinStudy(pd.Series(0.0, [-3, -2, 0]), pd.DataFrame(paths.T @ paths / 30), pd.DataFrame(paths))
    chosen, total = np.eye(3)[:, :2], paths[:, 2]
    weights = -np.linalg.lstsq(paths[:, :2], total)[0]
    without = [
        total[k] - paths[k, :2] @ np.linalg.lstsq(np.delete(paths[:, :2], k, 0), np.delete(total, k))[0]
        for k in range(30)
    ]
    assert made.reach(np.append(weights, 1), 0.1, chosen=chosen) == pytest.approx(np.sort(np.abs(without))[27])


# from other packages, and relative magnitudes


def test_estimates_of_any_package_come_in_any_order():
    made = random_study(16, before=3, after=2)
    order = [3, 0, 4, 2, 1]
    years = made.effects.index.to_numpy()[order] + 2014
    sigma = made.covariance.to_numpy()[np.ix_(order, order)]
    found = from_estimates(years, made.effects.to_numpy()[order], sigma, reference=2013)
    pd.testing.assert_series_equal(found.effects, made.effects)
    assert honest_interval(found, 0.2) == pytest.approx(honest_interval(made, 0.2))


@pytest.mark.parametrize(
    "periods, covariance, message",
    [
        ([-2, 0], np.eye(3), "do not match"),
        ([-2, -1], np.eye(2), "the periods have to be -2, 0: every one but the reference -1"),
        ([-4, -2, 0], np.eye(3), "the periods have to be -4, -3, -2, 0"),
        ([0, 1], np.eye(2), "the periods have to be -2, 0, 1"),
        ([-3, -2], np.eye(2), "the periods have to be -3, -2, 0"),
        ([-2, -2], np.eye(2), "the periods have to be -2, 0"),
        ([-2, 0], np.ones((2, 2)), "not symmetric and positive definite"),
        ([-2, 0], [[1, 0.5], [0, 1]], "not symmetric and positive definite"),
    ],
)
def test_estimates_that_make_no_event_study_are_refused(periods, covariance, message):
    with pytest.raises(DesignError, match=message):
        from_estimates(periods, np.ones(len(periods)), covariance)


@pytest.mark.simulation
@pytest.mark.parametrize("bend", [0.0, 0.3])
def test_another_target_is_that_of_the_independent_solver(bend):
    from diff_diff.honest_did import _compute_optimal_flci

    made, target = random_study(17, before=4, after=3), np.array([1.0, 0, 0])
    effects, sigma = made.effects.to_numpy(), made.covariance.to_numpy()
    theirs = _compute_optimal_flci(effects[:4], effects[4:], sigma, target, 4, 3, bend)
    assert honest_interval(made, bend, target=target) == pytest.approx(theirs, abs=2e-3)
    with pytest.raises(DesignError, match="2 weights for 3 periods"):
        honest_interval(made, bend, target=[0.5, 0.5])


@pytest.mark.simulation
@pytest.mark.parametrize("seed, target", [(1, None), (2, [1, 0, 0]), (3, [0, 0, 1]), (4, [0.2, 0.3, 0.5])])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 2.0])
def test_without_noise_relative_bounds_are_those_of_linear_programmes(seed, target, ratio):
    from diff_diff.honest_did import _solve_rm_bounds_union

    made = random_study(seed)
    exact = BinStudy(made.effects, 1e-18 * made.covariance)
    weights = np.full(3, 1 / 3) if target is None else np.array(target, dtype=float)
    values = made.effects.to_numpy()
    theirs = _solve_rm_bounds_union(values[:4], values[4:], weights, 4, ratio)
    assert relative_interval(exact, ratio, target=target) == pytest.approx(theirs, abs=1e-6)


def test_relative_bounds_by_hand():
    # changes before the start 1 - 3 = -2 and 0 - 1 = -1; one period after: 5 less and plus twice either
    made = study([3.0, 1.0, 5.0], before=2, covariance=np.diag([4.0, 1.0, 9.0]))
    reach = 1.959964 * np.sqrt(9 + 4 * (4 + 1))
    assert relative_interval(made, 2.0) == pytest.approx((5 - 4 - reach, 5 + 4 + reach), abs=1e-5)
    assert relative_interval(made, 0.0) == pytest.approx(parallel_interval(made))
    # two periods after: a change at the first counts in both, so that the mean can move by 1 + 1/2
    made = study([1.0, 5.0, 7.0], before=1, covariance=1e-12 * np.eye(3))
    assert relative_interval(made, 1.0) == pytest.approx((6 - 1.5, 6 + 1.5), abs=1e-4)


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6))
def test_relative_bounds_widen_with_the_ratio_and_scale_with_the_outcome(seed):
    made = random_study(seed)
    found = np.array([relative_interval(made, ratio) for ratio in (0, 0.5, 1, 2)])
    assert (np.diff(found[:, 0]) < 0).all() and (np.diff(found[:, 1]) > 0).all()
    scaled = BinStudy(-7 * made.effects, 49 * made.covariance)
    assert relative_interval(scaled, 0.5) == pytest.approx(-7 * found[1][::-1])


@pytest.mark.simulation
@pytest.mark.parametrize("ratio, jump", [(0.5, 1.0), (1.0, 0.0), (2.0, 4.0)])
def test_relative_bounds_hold_the_effect_whatever_the_path_within_the_bound(ratio, jump):
    rng, before, covered = np.random.default_rng(18), 3, 0
    root = rng.standard_normal((5, 8))
    sigma = root @ root.T / 8
    for _ in range(300):
        earlier = np.array([jump, -jump / 2, jump / 3])
        later = ratio * jump * np.ones(2)  # all in one direction: the worst there is
        path = np.concatenate([-earlier[::-1].cumsum()[::-1], later.cumsum()])
        low, high = relative_interval(study(path + rng.multivariate_normal(np.zeros(5), sigma), before, sigma), ratio)
        covered += low <= 0 <= high
    assert covered / 300 >= 0.95 - 3.3 * np.sqrt(0.05 * 0.95 / 300)


def test_the_path_by_hand():
    found = study([1.0, -2.0, 3.0], before=2, covariance=np.diag([1.0, 4.0, 9.0])).path()
    assert found["bin"].tolist() == [-3, -2, 0]
    assert found["low"].tolist() == pytest.approx([1 - 1.959964, -2 - 3.919928, 3 - 5.879892], abs=1e-5)
    assert found["high"].tolist() == pytest.approx([1 + 1.959964, -2 + 3.919928, 3 + 5.879892], abs=1e-5)


@pytest.mark.parametrize("start, width", [(11, 4), (22, 4), (12, 30)])
def test_too_few_bins_are_refused(start, width):
    outcome = table(np.random.default_rng(10).poisson(5, (8, 24)))
    with pytest.raises(DesignError, match=f"three full bins of {width} months"):
        bin_study(outcome, pd.Series({"T": outcome.columns[start]}), "T", width=width)


def test_gaps_in_the_panel_are_refused():
    outcome = table(np.random.default_rng(11).poisson(5, (8, 24)))
    outcome.iloc[2, 3] = np.nan
    with pytest.raises(DesignError, match="C2 lacks a month"):
        bin_study(outcome, pd.Series({"T": outcome.columns[12]}), "T", width=4)
