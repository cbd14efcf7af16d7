"""Costs per result: hand-made answers, closed forms, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import costs


def assume(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parameter", "low", "mode", "high"]).astype({"mode": float})


def test_present_value_without_discounting_counts_months() -> None:
    assert costs.present_value(0, 47, 0.0) == 48
    assert costs.present_value(5, 47, 0.0) == 43
    assert costs.present_value(5, 4, 0.03) == 0


def test_present_value_is_the_sum_term_by_term() -> None:
    rates = np.array([0.0, 0.0225, 0.5])
    by_hand = [sum((1 + rate) ** (-month / 12) for month in range(7, 31)) for rate in rates]
    assert costs.present_value(7, 30, rates) == pytest.approx(by_hand)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.floats(0, 0.2))
def test_present_values_of_adjoining_spans_add_up(first: int, length: int, more: int, rate: float) -> None:
    middle, last = first + length, first + length + more
    parts = costs.present_value(first, middle, rate) + costs.present_value(middle + 1, last, rate)
    assert parts == pytest.approx(costs.present_value(first, last, rate), rel=1e-6)


def test_draws_have_the_moments_of_their_distributions() -> None:
    drawn = costs.draw(assume(("flat", 0, None, 1), ("peak", 0, 0, 3), ("fixed", 2, None, 2)), 200_000, seed=3)
    assert drawn.mean().to_dict() == pytest.approx({"flat": 0.5, "peak": 1.0, "fixed": 2.0}, abs=0.01)
    assert drawn.var(ddof=0).to_dict() == pytest.approx({"flat": 1 / 12, "peak": 9 / 18, "fixed": 0}, abs=0.01)
    assert abs(drawn["flat"].corr(drawn["peak"])) < 0.01
    assert drawn["peak"].between(0, 3).all()


def test_draws_repeat_with_their_seed() -> None:
    table = assume(("flat", 0, None, 1))
    assert costs.draw(table, 10, seed=1).equals(costs.draw(table, 10, seed=1))
    assert not costs.draw(table, 10, seed=1).equals(costs.draw(table, 10, seed=2))


@pytest.mark.parametrize("row", [("share", 0.5, None, 0.1), ("share", 0.1, 0.7, 0.5), ("share", 0.2, 0.1, 0.5)])
def test_an_assumption_out_of_order_is_refused_by_name(row: tuple) -> None:
    with pytest.raises(ValueError, match="parameter share: need low ≤ mode ≤ high"):
        costs.draw(assume(row), 10, seed=1)


def test_a_parameter_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="share stands in the assumptions twice"):
        costs.central(assume(("share", 0, None, 1), ("share", 0, None, 1)))


def test_draws_around_an_estimate_leave_two_and_a_half_percent_beyond_each_end() -> None:
    drawn = costs.around(9.0, 6.0, 15.0, 200_000, seed=7)
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx([6, 9, 15], abs=0.05)


@pytest.mark.parametrize("ends", [(10.0, 15.0), (-np.inf, 15.0), (1.0, 2.0)])
def test_an_interval_without_its_estimate_or_without_ends_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="need low ≤ estimate ≤ high"):
        costs.around(9.0, *ends, 10, seed=1)


def test_the_tornado_puts_the_largest_swing_first() -> None:
    table = assume(("a", 1, 2, 3), ("b", 0, None, 10), ("c", 4, None, 4))
    swings = costs.tornado(lambda v: v["a"] * 10 + v["b"] + v["c"], table).set_index("parameter")
    assert swings["swing"].to_dict() == {"a": 20, "b": 10, "c": 0}
    assert list(swings.index) == ["a", "b", "c"]
    assert swings.loc["a", ["at_low", "at_high"]].tolist() == [10 + 5 + 4, 30 + 5 + 4]


def test_the_tornado_shows_an_end_without_a_finite_result() -> None:
    swings = costs.tornado(lambda v: 1 / v["a"] if v["a"] else np.inf, assume(("b", 0, None, 1), ("a", 0, None, 2)))
    assert swings["parameter"].tolist() == ["a", "b"]
    assert swings.loc[0, "swing"] == np.inf


def test_acceptability_counts_draws_by_hand() -> None:
    results, cost = np.array([1.0, 2.0, 4.0, -1.0]), np.array([10.0, 10.0, 10.0, 10.0])
    found = costs.acceptability(results, cost, np.array([2.0, 4.0, 6.0, 20.0]))
    assert found.tolist() == [0, 0.25, 0.5, 0.75]  # the draw that does harm is never worth its cost


@given(st.integers(1, 1000))
def test_acceptability_never_falls_where_no_result_is_harmful(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = costs.acceptability(rng.uniform(0, 5, 50), rng.uniform(0, 9, 50), np.linspace(0, 20, 9))
    assert found.is_monotonic_increasing


def test_knowing_one_of_two_normals_is_worth_its_spread_over_root_two_pi() -> None:
    rng = np.random.default_rng(4)
    drawn = pd.DataFrame({"x": rng.normal(0, 3, 200_000), "y": rng.normal(0, 4, 200_000), "z": 1.0})
    worth = costs.value_of_knowing(drawn, np.array([drawn["x"] + drawn["y"]])).iloc[0]
    root = np.sqrt(2 * np.pi)  # E max(N(0, s²), 0) = s / √(2π)
    assert worth.to_dict() == pytest.approx({"x": 3 / root, "y": 4 / root, "z": 0, "everything": 5 / root}, abs=0.03)


def test_knowing_is_worth_nothing_where_the_answer_is_clear() -> None:
    rng = np.random.default_rng(5)
    drawn = pd.DataFrame({"x": rng.uniform(0, 1, 5000)})
    worth = costs.value_of_knowing(drawn, np.array([1 + drawn["x"], -1 - drawn["x"]]))
    assert worth.to_dict("list") == {"x": [0, 0], "everything": [0, 0]}


def test_each_decision_has_the_worth_that_it_has_alone() -> None:
    rng = np.random.default_rng(7)
    drawn = pd.DataFrame({"x": rng.normal(size=5_003), "y": rng.normal(size=5_003)})  # bins of two sizes
    benefits = np.outer([1, 3], drawn["x"]) - drawn["y"].to_numpy()
    alone = pd.concat([costs.value_of_knowing(drawn, benefits[[row]]) for row in (0, 1)], ignore_index=True)
    pd.testing.assert_frame_equal(costs.value_of_knowing(drawn, benefits), alone, check_exact=True)


def test_what_cannot_move_the_benefit_is_worth_no_more_than_the_stated_noise() -> None:
    rng = np.random.default_rng(6)
    drawn = pd.DataFrame({"x": rng.normal(size=100_000), "idle": rng.normal(size=100_000)})
    worth = costs.value_of_knowing(drawn, np.array([drawn["x"]]), bins=50).iloc[0]
    assert worth["idle"] < 1.2 * 0.4 * np.sqrt(50 / 100_000)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="100 draws are too few for 50 bins"):
        costs.value_of_knowing(pd.DataFrame({"x": range(100)}), np.arange(100.0)[None, :])
