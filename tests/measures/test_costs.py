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


def test_the_high_end_of_the_share_is_money_spread_evenly_over_the_case_countries() -> None:
    """All of it is for return but in Türkiye and Tunisia, where return was no important part of the work."""
    share = data.load("efficiency_assumptions").set_index("parameter").loc["share_return"]
    cases = set(data.load("report_evidence").set_index("id").at["case-countries", "place"].split(";"))
    assert {"TUR", "TUN"} < cases
    assert share["high"] == len(cases - {"TUR", "TUN"}) / len(cases)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4_808, "€5,000"),
        (999_499, "€999,000"),
        (999_500, "€1.0 million"),
        (11_983_615, "€12.0 million"),
        (np.inf, "no limit"),
    ],
)
def test_euros_are_rounded_as_little_is_known(value: float, said: str) -> None:
    assert costs.euros(value) == said


def test_an_amount_that_was_published_keeps_its_euros() -> None:
    assert costs.euros(3_414.4, 0) == "€3,414"


def test_a_factor_has_a_decimal_only_where_it_is_small() -> None:
    assert [costs.times(factor) for factor in (1.046, 9.4, 9.5, 100.2, np.inf)] == [
        "1.0", "9.4", "10", "100", "without limit",
    ]  # fmt: skip


def test_what_is_known_has_one_value_and_the_rest_keeps_its_ends() -> None:
    table = assume(("share", 0, None, 1), ("due", 0.1, 0.2, 0.9))
    found = costs.knowing(table, share=0.3).set_index("parameter")
    assert found.loc["share", ["low", "mode", "high"]].tolist() == [0.3] * 3
    assert found.loc["due", ["low", "mode", "high"]].tolist() == [0.1, 0.2, 0.9]
    assert table.loc[0, "high"] == 1  # the table that was given stays as it is
    with pytest.raises(ValueError, match="no parameter years"):
        costs.knowing(table, years=1)


def test_both_ends_of_each_factor_are_rows_of_a_figure() -> None:
    table = assume(("cost", 1, None, 4), ("fixed", 5, None, 5))
    found = costs.both_ends(
        costs.factors(lambda v: v["cost"] * v["fixed"], table), pd.Series({"cost": "C", "fixed": "F"})
    )
    assert found[["label", "end", "cost", "times"]].to_numpy().tolist() == [
        ["C", costs.AT_LOW, 5, "4.0"], ["F", costs.AT_LOW, 12.5, "1.0"],
        ["C", costs.AT_HIGH, 20, "4.0"], ["F", costs.AT_HIGH, 12.5, "1.0"],
    ]  # fmt: skip


def test_points_stand_before_ranges_and_each_says_its_euros() -> None:
    found = costs.ranges({"printed": 236_114.0}, {"all": (4_808.0, np.inf)})
    assert found["case"].tolist() == ["printed", "all"]
    assert found["text"].tolist() == ["€236,000", "€5,000 to no limit"]
    assert found["point"].tolist()[0] == 236_114 and np.isnan(found["point"].tolist()[1])
    assert found.loc[1, ["low", "high"]].tolist() == [4_808, np.inf]


def test_what_returns_cost_elsewhere_is_of_forced_returns_in_euros() -> None:
    table = pd.DataFrame(
        [
            ("a", "Escorted return", 4_000.0, "EUR", "2015"), ("b", "Voluntary return", 100.0, "EUR", "2015"),
            ("c", "Charter, per person", 9_000.0, "EUR", "2016"), ("d", "Help in transit", 50.0, "EUR", "2016"),
            ("eprs-forced", "Forced return", 3_414.0, "EUR", "2019"), ("e", "Return", 1.0, "USD", "2019"),
            ("riksrevisionen-2016", "All costs", 10.0, "SEK", "2016"),
            ("riksrevisionen-2018", "All costs", 20.0, "SEK", "2018"),
        ],
        columns=["id", "what", "amount", "currency", "year"],
    )  # fmt: skip
    assert costs.paid_elsewhere(table) == {
        "benchmarks": 8, "forced_average": "€3,414", "benchmark_low": "€3,414", "benchmark_low_what": "forced return",
        "benchmark_high": "€9,000", "benchmark_high_what": "charter, per person",
        "sweden_first": 10, "sweden_from": "2016", "sweden_last": 20, "sweden_to": "2018",
    }  # fmt: skip


def test_a_cost_is_complete_with_euros_a_comparison_and_a_bearer() -> None:
    table = pd.DataFrame(
        [
            ("cost", 5.0, "million euros", "yes", "the state"), ("cost", None, None, "yes", "the state"),
            ("cost", 5.0, "million euros", "no", "the state"), ("result", 5.0, "people", "yes", "migrants"),
            ("result", None, None, "not_reported", None),
        ],
        columns=["side", "amount", "unit", "counterfactual", "borne_by"],
    )  # fmt: skip
    assert costs.listed(table) == costs.Listed(items=5, costs=3, unpriced=1, compared=3, complete=1)
