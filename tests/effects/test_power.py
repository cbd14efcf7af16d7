"""Smallest detectable effects: against the textbook formula, and by injecting them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lib.effects.placebo import placebo_test
from lib.effects.power import months_until, people_per_arm, smallest_detectable
from lib.effects.twoway import DesignError


def panel(rng, countries, months, sd=1.0, level=10.0):
    """Independent normal values around one level, countries × months."""
    values = level + sd * rng.standard_normal((countries, months))
    names = [f"C{k:03d}" for k in range(countries)]
    return pd.DataFrame(values, names, pd.date_range("2016-01-01", periods=months, freq="MS"))


def test_independent_normal_noise_gives_the_textbook_effect():
    # 199 donors and the treated: 10 of 200 are rejected, two-sided 5%. sd² = σ² (1/after + 1/before) (1 + 1/(N−1));
    # starts have 48, 54 and 60 months before them and 12 after, so that the median is at 54; at this
    # level the chance in what the effect adds is small beside the countries' own noise
    outcome, sigma = panel(np.random.default_rng(1), 199, 72, sd=100.0, level=1000.0), 100.0
    found = smallest_detectable(outcome, [1000.0], [12])
    sd = sigma * np.sqrt((1 / 12 + 1 / 54) * (1 + 1 / 198))
    assert found["effect"].item() == pytest.approx(sd * (norm.ppf(0.975) + norm.ppf(0.8)), rel=0.08)
    strict = smallest_detectable(outcome, [1000.0], [12], power=0.5, level=0.1)["effect"].item()
    assert strict == pytest.approx(sd * norm.ppf(0.95), rel=0.12)


def test_more_months_find_smaller_effects_and_larger_countries_need_larger_ones():
    rng = np.random.default_rng(2)
    means = np.geomspace(0.5, 50, 60)[:, None]
    outcome = panel(rng, 60, 96)
    outcome[:] = rng.poisson(means, outcome.shape)
    found = smallest_detectable(outcome, [1.0, 5.0, 20.0], [6, 12, 24, 48])
    assert list(found) == ["months_after", "size", "effect"]
    assert found[["months_after", "size"]].to_numpy().tolist() == [[m, s] for m in (6, 12, 24, 48) for s in (1, 5, 20)]
    wide = found.pivot(index="months_after", columns="size", values="effect")
    assert (wide.diff().iloc[1:] < 0).all(axis=None)
    assert (wide.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


@pytest.mark.simulation
def test_the_detectable_effect_is_found_four_times_in_five():
    # 59 donors: 3 of 60 can be rejected
    rng, replications, found = np.random.default_rng(3), 70, 0
    for _ in range(replications):
        outcome = panel(rng, 60, 36)
        treated, start = outcome.index[-1], outcome.columns[24]
        effect = smallest_detectable(outcome.drop(treated), [10.0], [12], least_before=24)["effect"].item()
        outcome.loc[treated, start:] += effect
        found += placebo_test(outcome, pd.Series({treated: start}), treated).p_value() <= 0.05
    assert abs(found / replications - 0.8) < 3.3 * np.sqrt(0.8 * 0.2 / replications)


@pytest.mark.simulation
def test_an_effect_that_adds_noise_is_found_four_times_in_five():
    rng, replications, found = np.random.default_rng(6), 70, 0
    for _ in range(replications):
        outcome = panel(rng, 60, 36)
        outcome[:] = rng.poisson(np.geomspace(0.5, 30, 60)[:, None], outcome.shape)
        treated, start = outcome.index[20], outcome.columns[24]  # about two a month
        size = outcome.loc[treated, outcome.columns < start].mean()
        effect = smallest_detectable(outcome.drop(treated), [size], [12], least_before=24)["effect"].item()
        outcome.loc[treated, start:] += rng.poisson(effect, 12)
        found += placebo_test(outcome, pd.Series({treated: start}), treated).p_value() <= 0.05
    assert abs(found / replications - 0.8) < 3.3 * np.sqrt(0.8 * 0.2 / replications)


def test_a_country_that_begins_after_a_start_is_no_donor_at_that_start():
    outcome = panel(np.random.default_rng(5), 40, 60)
    outcome.iloc[3, :50] = np.nan
    without = smallest_detectable(outcome.drop("C003"), [10.0], [12])
    pd.testing.assert_frame_equal(smallest_detectable(outcome, [10.0], [12]), without)


def test_too_few_countries_are_refused():
    outcome = panel(np.random.default_rng(6), 18, 72)
    with pytest.raises(DesignError, match="18 never-treated countries cannot reject at 5%"):
        smallest_detectable(outcome, [10.0], [12])
    assert len(smallest_detectable(outcome, [10.0], [12], level=0.1)) == 1
    more = panel(np.random.default_rng(6), 19, 72)
    assert len(smallest_detectable(more, [10.0], [12])) == 1
    more.iloc[0, :60] = np.nan
    with pytest.raises(DesignError, match="18 never-treated countries cannot reject at 5%"):
        smallest_detectable(more, [10.0], [12])


def test_a_panel_that_is_too_short_is_refused():
    outcome = panel(np.random.default_rng(7), 25, 72)
    with pytest.raises(DesignError, match="72 months do not hold 48 before a start and 36 after"):
        smallest_detectable(outcome, [10.0], [12, 36])
    assert len(smallest_detectable(outcome, [10.0], [24])) == 1


def test_months_until_a_target_by_hand():
    effects = {
        1.0: [5.0, 2.0, 1.9, 1.0],  # from 12 months on
        2.0: [2.0, 3.0, 2.0, 1.5],  # reached at 6, lost at 12, reached again at 24
        5.0: [9.0, 8.0, 1.0, 7.0],  # reached at 24, lost at 36
        9.0: [9.0, 8.0, 7.0, 6.0],  # never
    }
    wide = pd.DataFrame(effects, index=pd.Index([6, 12, 24, 36], name="months_after")).rename_axis("size", axis=1)
    found = months_until(wide.stack().rename("effect").reset_index().sample(frac=1, random_state=1), 2.0)
    assert found.index.tolist() == [1.0, 2.0, 5.0, 9.0]
    assert found.dtype == "Int64"
    assert found.isna().tolist() == [False, False, True, True]
    assert found.iloc[:2].tolist() == [12, 24]


def test_people_per_arm_is_the_formula_worked_out_by_hand():
    # Cohen (1988): h = 2·asin(√0.63) − 2·asin(√0.53); n = 2·(1.95996 + 0.84162)² / h² an arm
    h = 2 * np.arcsin(np.sqrt(0.63)) - 2 * np.arcsin(np.sqrt(0.53))
    assert people_per_arm(0.63, 0.53) == int(np.ceil(2 * (1.959964 + 0.841621) ** 2 / h**2))
    assert people_per_arm(0.53, 0.63) == people_per_arm(0.63, 0.53)


def test_people_per_arm_give_about_the_power_they_promise():
    people = people_per_arm(0.6, 0.4)
    rng = np.random.default_rng(8)
    one, other = rng.binomial(people, 0.6, 20_000) / people, rng.binomial(people, 0.4, 20_000) / people
    pooled = (one + other) / 2
    z = (one - other) / np.sqrt(2 * pooled * (1 - pooled) / people)
    assert (np.abs(z) > 1.96).mean() == pytest.approx(0.8, abs=0.02)


def test_people_who_resemble_their_neighbours_count_for_less():
    assert people_per_arm(0.6, 0.4, design_effect=3) == pytest.approx(3 * people_per_arm(0.6, 0.4), abs=3)


@pytest.mark.parametrize("given", [(0.5, 0.5, 1), (0, 0.5, 1), (0.4, 0.5, 0.5)])
def test_arms_that_cannot_differ_are_refused(given):
    with pytest.raises(ValueError, match="need two shares and at least 1"):
        people_per_arm(*given)
