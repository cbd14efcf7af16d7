"""Synthetic difference-in-differences: by hand, against diff_diff, and whether its weights are the best there are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from lib.effects.synthetic import synthetic_did, synthetic_placebos
from lib.effects.twoway import DesignError

MONTHS = pd.date_range("2020-01-01", periods=20, freq="MS")


def table(values):
    values = np.asarray(values, dtype=float)
    months = pd.date_range("2020-01-01", periods=values.shape[1], freq="MS", name="month")
    return pd.DataFrame(values, [f"C{number:02d}" for number in range(len(values))], months)


def random_table(seed, countries=13, length=20):
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(countries, 2)) @ rng.normal(size=(2, length)).cumsum(axis=1)
    return table(10 + factors + rng.normal(size=(countries, length)))


def problems(outcome, start):
    """The two problems of algorithm 1 for country C00: columns, target and ridge, units first."""
    before = (outcome.columns < start).nonzero()[0]
    own, controls = outcome.to_numpy()[0], outcome.to_numpy()[1:]
    past, later = controls[:, before], np.delete(controls, before, axis=1)
    noise = np.diff(past, axis=1).std(ddof=1)
    return (past.T, own[before], later.shape[1] ** 0.25 * noise), (past, later.mean(axis=1), 1e-6 * noise)


def objective(weights, columns, target, ridge):
    apart = columns @ weights - target
    return ((apart - apart.mean()) ** 2).mean() + ridge**2 * (weights**2).sum()


def shortfall(weights, columns, target, ridge):
    """How far above the minimum the objective can be at most: its linearisation over the simplex."""
    apart = columns @ weights - target
    centred = columns - columns.mean(axis=0)
    slope = 2 * centred.T @ (apart - apart.mean()) / len(target) + 2 * ridge**2 * weights
    return slope @ weights - slope.min()


def fit(outcome, position):
    return synthetic_did(outcome, "C00", outcome.columns[position])


def test_one_control_is_the_plain_double_difference():
    found = fit(table([[1, 2, 3, 9], [5, 5, 8, 6]]), 3)
    assert found.effect == pytest.approx((9 - 2) - (6 - 6))
    assert found.unit_weights.to_dict() == {"C01": pytest.approx(1)}
    assert found.month_weights.tolist() == pytest.approx([1 / 3] * 3)
    assert found.synthetic.tolist() == pytest.approx([1, 1, 4, 2])


def test_months_like_those_after_get_the_weight():
    # the controls' spread after the start is that of the second month
    found = fit(table([[3, 4, 9], [0, 1, 1], [0, 5, 5], [0, 9, 9]]), 2)
    assert found.month_weights.tolist() == pytest.approx([0, 1], abs=1e-6)
    assert found.effect == pytest.approx((9 - 4) - 0, abs=1e-5)


def test_the_control_that_moves_along_gets_more_weight():
    path = np.array([0, 9, 2, 8, 1, 7, 3, 9, 0, 8])
    found = fit(table([path + 50, path, 9 - path, np.full(10, 4)]), 8)
    assert found.unit_weights.idxmax() == "C01"
    assert found.unit_weights.sum() == pytest.approx(1)


def test_a_two_way_outcome_gives_the_effect_exactly():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 9, (8, 1)) + rng.normal(0, 9, 15)
    values[0, 11:] += [1, 2, 3, 6]
    found = fit(table(values), 11)
    assert found.effect == pytest.approx(3)
    assert (values[0] - found.synthetic).tolist() == pytest.approx([0] * 11 + [1, 2, 3, 6])


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore::UserWarning")  # on its standard error and on how well the controls fit
@pytest.mark.parametrize("seed", range(4))
def test_effect_and_weights_are_diff_diffs(seed):
    from diff_diff import SyntheticDiD

    outcome = random_table(seed, countries=40, length=18)
    found = fit(outcome, 12)
    rows = outcome.rename_axis(index="country").melt(ignore_index=False, value_name="y").reset_index()
    rows["treated"] = (rows["country"] == "C00").astype(int)
    rows["t"] = outcome.columns.get_indexer(rows["month"])
    theirs = SyntheticDiD(variance_method="jackknife").fit(
        rows, outcome="y", treatment="treated", unit="country", time="t", post_periods=list(range(12, 18))
    )
    assert found.effect == pytest.approx(theirs.att, abs=0.01 * outcome.to_numpy().std())
    weights = pd.Series(theirs.unit_weights)[outcome.index[1:]], pd.Series(theirs.time_weights).sort_index()
    np.testing.assert_allclose(found.unit_weights, weights[0], atol=0.01)
    np.testing.assert_allclose(found.month_weights, weights[1], atol=0.02)
    ours = found.unit_weights.to_numpy(), found.month_weights.to_numpy()
    for problem, mine, other in zip(problems(outcome, outcome.columns[12]), ours, weights, strict=True):
        assert objective(mine, *problem) <= objective(other.to_numpy(), *problem) * (1 + 1e-12)


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(4))
def test_the_published_solver_is_diff_diffs_and_the_exact_one_does_better(seed):
    """diff_diff follows the R package step by step; what is between its effect and the exact one is its early stop."""
    from diff_diff.utils import compute_sdid_unit_weights, compute_time_weights

    outcome = random_table(seed, countries=40, length=18)
    start = outcome.columns[12]
    found, exact = (synthetic_did(outcome, "C00", start, solver) for solver in ("synthdid", "exact"))
    values = outcome.to_numpy()
    noise = np.diff(values[1:, :12], axis=1).std(ddof=1)
    units = compute_sdid_unit_weights(values[1:, :12].T, values[0, :12], 6**0.25 * noise, min_decrease=1e-5 * noise)
    months = compute_time_weights(values[1:, :12].T, values[1:, 12:].T, 1e-6 * noise, min_decrease=1e-5 * noise)
    np.testing.assert_allclose(found.unit_weights, units, atol=1e-9)
    np.testing.assert_allclose(found.month_weights, months, atol=1e-9)
    both = problems(outcome, start)
    for problem, early, best in zip(
        both, (found.unit_weights, found.month_weights), (exact.unit_weights, exact.month_weights), strict=True
    ):
        assert objective(best.to_numpy(), *problem) <= objective(early.to_numpy(), *problem)
    assert found.effect == pytest.approx(exact.effect, abs=0.01 * values.std())
    assert found.effect != pytest.approx(exact.effect, rel=1e-9)


def test_weights_as_a_table():
    found = fit(random_table(9), 14)
    shown = found.weights()
    assert shown["of"].drop_duplicates().tolist() == ["country", "month"]
    assert (shown["weight"] > 0).all()
    for of, weights in (("country", found.unit_weights), ("month", found.month_weights)):
        rows = shown[shown["of"] == of].set_index("name")["weight"]
        assert rows.is_monotonic_decreasing
        assert rows.to_dict() == weights[weights > 0].to_dict()


def test_placebos_are_fits_without_the_treated_country():
    outcome = random_table(10)
    start = outcome.columns[14]
    found = synthetic_placebos(outcome, "C00", start)
    assert found.index.tolist() == outcome.index.tolist()
    assert found.loc["C00", "effect"] == fit(outcome, 14).effect
    other = synthetic_did(outcome.drop(index="C00"), "C05", start)
    assert found.loc["C05", "effect"] == other.effect
    gap = (outcome.loc["C05"] - other.synthetic).iloc[:14]
    assert found.loc["C05", "before"] == pytest.approx(np.sqrt(((gap - gap.mean()) ** 2).mean()))
    assert sorted(found["p"]) == pytest.approx(np.arange(1, 14) / 13)
    moved = outcome.copy()
    moved.loc["C00", outcome.columns >= start] += 1000
    again = synthetic_placebos(moved, "C00", start)
    assert again.loc["C00", "p"] == pytest.approx(1 / 13)
    pd.testing.assert_frame_equal(again.drop(index="C00").drop(columns="p"), found.drop(index="C00").drop(columns="p"))


@pytest.mark.simulation
def test_the_placebo_p_value_rejects_as_often_as_it_says():
    p = [synthetic_placebos(random_table(seed, countries=10), "C00", MONTHS[14]).loc["C00", "p"] for seed in range(60)]
    assert abs(np.mean(np.array(p) <= 0.1 + 1e-9) - 0.1) < 3.3 * np.sqrt(0.1 * 0.9 / 60)


def test_placebos_need_others_and_gaps_that_move():
    outcome = random_table(12)
    with pytest.raises(DesignError, match="1 other countries than C00"):
        synthetic_placebos(outcome.iloc[:2], "C00", outcome.columns[14])
    flat = pd.DataFrame(7.0, outcome.index, outcome.columns)
    with pytest.raises(DesignError, match="the gap of C00 never moves before the start"):
        synthetic_placebos(flat, "C00", outcome.columns[14])


def test_weights_are_those_of_a_general_optimiser():
    outcome = random_table(11, countries=7, length=16)
    found = fit(outcome, 12)
    for problem, weights in zip(
        problems(outcome, outcome.columns[12]), (found.unit_weights, found.month_weights), strict=True
    ):
        size = len(weights)
        best = minimize(
            objective, np.full(size, 1 / size), args=problem, method="SLSQP", bounds=[(0, 1)] * size,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 500},
        )  # fmt: skip
        assert objective(weights.to_numpy(), *problem) <= best.fun + 1e-9
        np.testing.assert_allclose(weights, best.x, atol=1e-3)


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(3, 30), st.sampled_from([1e-4, 1.0, 1e5]), st.booleans())
def test_no_weights_do_better(seed, countries, length, scale, sparse):
    rng = np.random.default_rng(seed)
    values = rng.poisson(0.3, (countries, length)) if sparse else rng.normal(size=(countries, length)).cumsum(axis=1)
    outcome = table(scale * values)
    position = int(rng.integers(2, length))
    if np.diff(outcome.to_numpy()[1:, :position], axis=1).std() == 0:
        return
    found = fit(outcome, position)
    both = found.unit_weights, found.month_weights
    for problem, weights in zip(problems(outcome, outcome.columns[position]), both, strict=True):
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1)
        assert shortfall(weights.to_numpy(), *problem) <= 1e-9 * scale**2


def test_effect_is_the_double_difference_and_the_mean_gap():
    outcome = random_table(2)
    found = fit(outcome, 14)
    gap = outcome.loc["C00"] - found.unit_weights @ outcome.iloc[1:]
    assert found.effect == pytest.approx(gap.iloc[14:].mean() - found.month_weights @ gap.iloc[:14])
    assert found.effect == pytest.approx((outcome.loc["C00"] - found.synthetic).iloc[14:].mean())


def test_levels_order_names_and_scale_do_not_matter():
    outcome = random_table(3)
    expected = fit(outcome, 14)
    rng = np.random.default_rng(4)
    shifted = outcome.add(rng.normal(0, 20, len(outcome)), axis=0)
    shuffled = outcome.sample(frac=1, random_state=5)
    for same in (fit(outcome + 1000, 14), fit(shuffled, 14)):
        assert same.effect == pytest.approx(expected.effect)
        np.testing.assert_allclose(same.unit_weights[expected.unit_weights.index], expected.unit_weights, atol=1e-9)
    # month weights see the controls' levels, unit weights do not
    np.testing.assert_allclose(fit(shifted, 14).unit_weights, expected.unit_weights, atol=1e-9)
    moved = outcome.copy()
    moved.loc["C00"] += 77
    assert fit(moved, 14).effect == pytest.approx(expected.effect)
    assert fit(-5 * outcome, 14).effect == pytest.approx(-5 * expected.effect)
    assert (fit(moved, 14).synthetic - 77).tolist() == pytest.approx(expected.synthetic.tolist())


def test_month_constants_do_not_matter():
    outcome = random_table(6)
    steady = outcome + np.linspace(0, 50, outcome.shape[1])
    # a common trend leaves the spread of the changes, and thus the ridge, alone
    assert fit(steady, 14).effect == pytest.approx(fit(outcome, 14).effect)


@pytest.mark.parametrize("position", [1, 2])
def test_controls_that_never_move_weigh_the_same(position):
    found = fit(table([[1, 3, 8], [0, 0, 0], [5, 5, 5]]), position)
    assert found.unit_weights.tolist() == pytest.approx([0.5, 0.5])
    assert found.month_weights.tolist() == pytest.approx([1 / position] * position)
    assert found.effect == pytest.approx([None, 5.5 - 1, 8 - 2][position])


def test_gaps_and_lone_countries_are_refused():
    outcome = random_table(7)
    with pytest.raises(DesignError, match="C00 is the only country"):
        fit(outcome.iloc[:1], 14)
    outcome.iloc[4, 4] = np.nan
    with pytest.raises(DesignError, match="C04 lacks a month"):
        fit(outcome, 14)


def test_a_start_outside_the_table_is_refused():
    outcome = random_table(8)
    with pytest.raises(DesignError, match="C00 is treated from its first observed month on"):
        fit(outcome, 0)
    with pytest.raises(DesignError, match="C00 has no observation from 2030-01 on"):
        synthetic_did(outcome, "C00", pd.Timestamp("2030-01-01"))
    with pytest.raises(DesignError, match="ZZZ has a start but no row"):
        synthetic_did(outcome, "ZZZ", outcome.columns[14])
