"""Costs per result: hand-made answers, closed forms, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import data
from lib.measures import costs


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


@pytest.mark.parametrize("row", [("share", 0.5, None, 0.1), ("share", 0.1, 0.7, 0.5), ("share", 0.2, 0.1, 0.5)])
def test_an_assumption_out_of_order_is_refused_by_name(row: tuple) -> None:
    with pytest.raises(ValueError, match="parameter share: need low ≤ mode ≤ high"):
        costs.bounds(sum, assume(row))


def test_a_parameter_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="share stands in the assumptions twice"):
        costs.central(assume(("share", 0, None, 1), ("share", 0, None, 1)))


def test_the_largest_factor_stands_first_and_the_factors_multiply_to_the_distance_of_the_bounds() -> None:
    table = assume(("cost", 1, 2, 4), ("share", 0.1, None, 1), ("effect", 3, None, 9), ("fixed", 5, None, 5))

    def result(v: dict) -> float:
        return v["cost"] * v["share"] / v["effect"] * v["fixed"]

    found = costs.factors(result, table).set_index("parameter")["factor"]
    assert list(found.index) == ["share", "cost", "effect", "fixed"]
    assert found.to_dict() == pytest.approx({"share": 10, "cost": 4, "effect": 3, "fixed": 1})
    least, most = costs.bounds(result, table)
    assert (least, most) == pytest.approx((1 * 0.1 / 9 * 5, 4 * 1 / 3 * 5))
    assert most / least == pytest.approx(found.prod())


def test_an_end_without_a_finite_result_has_no_factor_and_no_upper_bound() -> None:
    def result(v: dict) -> float:
        return v["b"] / v["a"] if v["a"] > 0 else np.inf

    table = assume(("b", 1, None, 2), ("a", 0, None, 2))
    assert costs.factors(result, table)["parameter"].tolist() == ["a", "b"]
    assert costs.factors(result, table).loc[0, "factor"] == np.inf
    assert costs.bounds(result, table) == (0.5, np.inf)


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_no_value_inside_the_ends_lies_outside_the_bounds(share: float, due: float, years: float) -> None:
    table = assume(("share", 0.1, None, 0.9), ("due", 0.1, None, 0.9), ("years", 0.1, None, 0.9))

    def result(v: dict) -> float:
        return v["share"] / v["due"] / (1 + v["years"])

    least, most = costs.bounds(result, table)
    assert least * (1 - 1e-9) <= result({"share": share, "due": due, "years": years}) <= most * (1 + 1e-9)


def test_the_reports_own_hardly_lies_within_what_the_money_may_have_brought() -> None:
    """Section 6.2: projects hardly lead to cooperation, which this book reads as below a twentieth."""
    due = data.load("efficiency_assumptions").set_index("parameter").loc["due_to_money"]
    hardly = data.load("degrees").set_index("word").at["hardly any", "threshold"]
    assert 0 < due["low"] < float(hardly.split()[1]) < 0.1 < due["high"] == 1
