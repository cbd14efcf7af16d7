"""Intervals under trends that are not parallel: against an independent solver, and bins worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lib.placebo import fit_noise
from lib.sensitivity import BinStudy, bin_study, honest_interval, parallel_interval
from lib.twoway import DesignError


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
    # donors' mean by month 2, 3, 2, 4, 3; gaps of T -1, 0, 1, 3, 2, each less the 1 of the last month before
    outcome = table([[1, 3, 2, 5, 3], [3, 3, 1, 4, 3], [2, 3, 3, 3, 3], [1, 3, 3, 7, 5]])
    found = bin_study(outcome, pd.Series({"T": outcome.columns[3]}), "T", width=1)
    assert found.effects.to_dict() == pytest.approx({-3: -2, -2: -1, 0: 2, 1: 1})
    # each donor less the mean of the two others: -1.5, 0, 0, 1.5, 0; 1.5, 0, -1.5, 0, 0; 0, 0, 1.5, -1.5, 0
    paths = np.array([[-1.5, 0, 1.5, 0], [3, 1.5, 1.5, 1.5], [-1.5, -1.5, -3, -1.5]])
    noise = fit_noise(np.sqrt((paths**2).mean(axis=1)), np.array([2, 7 / 3, 8 / 3]))
    scaled = paths / noise.left_out[:, None]
    own = noise.at(np.array([7 / 3, 7 / 3, 6, 6]))  # T has 7 cases in three months before the start, 12 in two after
    assert found.covariance.to_numpy() == pytest.approx(scaled.T @ scaled / 3 * np.outer(own, own))


def test_short_bins_at_the_ends_are_left_out_and_other_partners_too():
    rng = np.random.default_rng(9)
    outcome = table(rng.poisson(5, (8, 23)))
    first = pd.Series({"T": outcome.columns[13], "C1": outcome.columns[4]})
    found = bin_study(outcome, first, "T", width=4)
    assert found.effects.index.tolist() == [-3, -2, 0, 1]
    alone = bin_study(outcome.drop("C1"), first, "T", width=4)
    pd.testing.assert_frame_equal(found.covariance, alone.covariance)
    donors = outcome.drop(["T", "C1"]).mean()
    gap = outcome.loc["T"] - donors
    expected = [gap.iloc[at : at + 4].mean() - gap.iloc[9:13].mean() for at in (1, 5, 13, 17)]
    assert found.effects.to_numpy() == pytest.approx(expected)


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
    with pytest.raises(DesignError, match="months without an observation"):
        bin_study(outcome, pd.Series({"T": outcome.columns[12]}), "T", width=4)
