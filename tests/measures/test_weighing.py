"""A claim of cause with rivals: rules of counting by hand, and what bends."""

import numpy as np
import pandas as pd
import pytest

from lib import data
from lib.measures import weighing
from lib.measures.weighing import APART, LEFT_OUT, MIDWAY, TOGETHER, Case, cases

LABELS = pd.Series({"talks": "Talks", "threat": "Threat", "general": "General", "both": "Both"})
LEADING = {"morocco": "concession", "iraq": "leverage"}


def case(*rows, circles=None, accounts=None):
    index = [f"e{place}" for place in range(len(rows))]
    about = pd.DataFrame({"circle": circles or index, "account": accounts or ["no"] * len(rows)}, index=index)
    pieces = pd.DataFrame(rows, index=index, columns=["talks", "threat", "general"], dtype=float)
    return Case(pieces, about, LABELS, ("talks", "threat"), "threat")


@pytest.fixture(scope="module")
def book():
    tables = (data.load(f"tracing_{name}") for name in ("hypotheses", "items", "likelihoods"))
    return cases(*tables, LEADING)


def test_the_drawn_posterior_counts_both_midway_from_even_priors():
    found = case((0.2, 0.8, 0.4)).found
    assert found.to_dict() == pytest.approx(
        {"talks": 0.2 / 1.9, "threat": 0.8 / 1.9, "general": 0.4 / 1.9, "both": 0.5 / 1.9}
    )


def test_a_circle_counts_once_and_accounts_can_be_left_out():
    twice = case((0.2, 0.8, 0.4), (0.2, 0.8, 0.4), circles=["a", "a"])
    assert twice.found.to_dict() == pytest.approx(case((0.2, 0.8, 0.4)).found.to_dict())
    told = case((0.2, 0.8, 0.4), (0.5, 0.5, 0.5), accounts=["yes", "no"])
    assert told.by_rule[weighing.WITHOUT].to_dict() == pytest.approx(dict.fromkeys(LABELS.index, 0.25))
    each = twice.by_rule[weighing.EACH]
    assert "both" not in each and each["threat"] == pytest.approx(0.64 / (0.04 + 0.64 + 0.16))


def test_the_logs_of_all_evidence_give_the_posterior_back(book):
    for one in book.values():
        odds = np.exp(one.logs)
        assert (odds / odds.sum()).to_dict() == pytest.approx(one.found.to_dict())


def test_half_the_weight_takes_the_root():
    assert case((0.25, 0.64, 0.36)).by_rule[weighing.HALF_WEIGHT]["general"] == pytest.approx(
        0.6 / (0.5 + 0.8 + 0.6 + 0.445**0.5)
    )


def test_the_range_of_the_leading_explanation_holds_what_is_drawn(book):
    for one in book.values():
        low, high = one.range_of_leading
        assert low <= one.found[one.leading] <= high and low < high


def test_weights_are_bits_against_the_strongest_rival_and_a_circle_shares_its_vote():
    weights = case((0.2, 0.8, 0.4), (0.6, 0.3, 0.1), (0.5, 0.5, 0.5), circles=["a", "a", "b"]).weights()
    assert weights["bits"].tolist() == pytest.approx([1, -1, 0])
    assert weights["counted"].tolist() == pytest.approx([0.5, -0.5, 0])
    assert weights["direction"].tolist() == [weighing.FOR_CLAIM, weighing.FOR_RIVAL, weighing.NEITHER]


def test_without_errors_nothing_bends():
    one = case((0.2, 0.8, 0.4), (0.6, 0.3, 0.1))
    bent = one.bent(0.0, seed=1, low=0.05, high=0.95).set_index("what")
    for what in (APART, TOGETHER):
        rows = bent.loc[what].set_index("explanation")
        for column in ("low", "median", "high"):
            assert rows[column].to_dict() == pytest.approx(one.found.to_dict())
    out = bent.loc[LEFT_OUT].set_index("explanation")
    assert (out["low"] < out["high"]).all()
    assert one.can_lead(0.0, seed=1, least=0.05) == 1


def test_errors_together_reach_further_than_errors_apart(book):
    for one in book.values():
        bent = one.bent(0.15, seed=1, low=0.05, high=0.95)
        width = (bent["high"] - bent["low"]).groupby(bent["what"]).mean()
        assert width[TOGETHER] > 1.5 * width[APART]
        assert one.can_lead(0.15, seed=1, least=0.05) > 1


def test_the_bend_of_a_case_is_what_puts_another_level():
    one = case((0.5, 0.6, 0.1))
    assert one.bend == pytest.approx(0.025, abs=2e-4)  # both lies midway: 0.6 - b = 0.55 + b


def test_the_books_cases_have_all_pieces_and_their_labels(book):
    items = data.load("tracing_items")
    assert {claim: len(one.pieces) for claim, one in book.items()} == items.groupby("claim").size().to_dict()
    for claim, one in book.items():
        assert one.parts == ("partnership", LEADING[claim]) and set(one.labels.index) == {*one.pieces, "both"}
        assert np.isclose(one.by_rule[MIDWAY].sum(), 1)


def test_a_piece_without_likelihoods_is_named():
    items, hypotheses = data.load("tracing_items"), data.load("tracing_hypotheses")
    assumed = data.load("tracing_likelihoods").query("evidence != 'relapse_2025'")
    with pytest.raises(KeyError, match="relapse_2025"):
        cases(hypotheses, items, assumed, LEADING)
