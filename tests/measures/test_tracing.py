"""Process tracing: Bayes' rule by hand, and how conclusions bend with assumptions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import data
from lib.measures.tracing import BOTH, left_out, once, posterior, smallest_bend, spread, with_both

EVEN = pd.Series({"a": 0.5, "b": 0.5})
probabilities = st.floats(0.05, 0.95)
tables = st.lists(st.tuples(probabilities, probabilities), min_size=1, max_size=8)


def table(*rows):
    return pd.DataFrame(rows, columns=["a", "b"], index=[f"e{k}" for k in range(len(rows))], dtype=float)


def test_posterior_by_hand():
    # odds 0.8/0.2 · 0.6/0.3 = 8 on an even prior; 4 on a prior of 1 to 2
    assert posterior(table((0.8, 0.2), (0.6, 0.3)), EVEN)["a"] == pytest.approx(8 / 9)
    assert posterior(table((0.8, 0.2), (0.6, 0.3)), pd.Series({"b": 2 / 3, "a": 1 / 3}))["a"] == pytest.approx(4 / 5)


def test_half_the_weight_takes_the_root_of_the_odds():
    assert posterior(table((0.8, 0.2)), EVEN, weight=0.5)["a"] == pytest.approx(2 / 3)


@given(tables)
def test_without_weight_the_prior_stays_and_order_does_not_matter(rows):
    prior = pd.Series({"a": 0.3, "b": 0.7})
    assert posterior(table(*rows), prior, weight=0)["a"] == pytest.approx(0.3)
    assert posterior(table(*rows), prior)["a"] == pytest.approx(posterior(table(*rows[::-1]), prior)["a"])


@pytest.mark.simulation
@given(tables)
def test_a_bend_of_the_size_found_overtakes_and_a_smaller_one_does_not(rows):
    found = posterior(table(*rows), EVEN)
    leader, rival = found.idxmax(), found.idxmin()
    if leader == rival:
        return
    bend = smallest_bend(table(*rows), EVEN)

    def lead(by):
        moved = table(*rows)
        moved[leader] = (moved[leader] - by).clip(lower=0.05)
        moved[rival] = (moved[rival] + by).clip(upper=0.95)
        return posterior(moved, EVEN)[leader] - posterior(moved, EVEN)[rival]

    assert np.isinf(bend) or lead(bend) <= 1e-9
    assert bend < 2e-4 or lead(min(bend, 0.9) - 2e-4) > 0


def test_a_certain_prior_cannot_be_moved():
    prior = pd.Series({"a": 1.0, "b": 0.0})
    assert posterior(table((0.05, 0.95)), prior)["a"] == 1
    assert smallest_bend(table((0.05, 0.95)), prior) == np.inf


def test_leaving_out_the_only_strong_piece_leaves_the_rest():
    likelihoods = table((0.9, 0.1), (0.5, 0.5))
    assert left_out(likelihoods, EVEN).loc["e0", "a"] == pytest.approx(0.5)
    assert left_out(likelihoods, EVEN).loc["e1", "a"] == pytest.approx(0.9)


def test_spread_is_a_distribution_around_the_posterior_and_repeats():
    likelihoods = table((0.6, 0.4))
    drawn = spread(likelihoods, EVEN, bend=0.1, seed=3)
    assert np.allclose(drawn.sum(axis=1), 1)
    # every draw lies between the posteriors of 0.5 against 0.5 and 0.7 against 0.3
    assert drawn["a"].between(0.5 - 1e-9, 0.7 + 1e-9).all()
    assert drawn["a"].median() == pytest.approx(0.6, abs=0.01)
    pd.testing.assert_frame_equal(drawn, spread(likelihoods, EVEN, bend=0.1, seed=3))


@pytest.mark.parametrize(
    ("likelihoods", "prior", "weight", "rule"),
    [
        (table((0.96, 0.2)), EVEN, 1, "between 0.05"),
        (table((np.nan, 0.2)), EVEN, 1, "between 0.05"),
        (table((0.9, 0.2)), EVEN, 1.5, "weight"),
        (table((0.9, 0.2)), pd.Series({"a": 0.5, "b": 0.6}), 1, "not a distribution"),
        (table((0.9, 0.2)), pd.Series({"a": 0.5, "c": 0.5}), 1, "not a distribution"),
    ],
)
def test_bad_assumptions_are_refused(likelihoods, prior, weight, rule):
    with pytest.raises(ValueError, match=rule):
        posterior(likelihoods, prior, weight)


def circles(*names):
    return pd.Series(names, index=[f"e{k}" for k in range(len(names))])


def test_a_circle_counts_once_by_hand():
    counted = once(table((0.8, 0.2), (0.2, 0.2), (0.9, 0.3)), circles("talks", "talks", "papers"))
    assert counted.index.tolist() == ["talks", "papers"]
    assert counted.loc["talks"].tolist() == pytest.approx([0.4, 0.2])  # √(0.8 · 0.2), √(0.2 · 0.2)
    assert counted.loc["papers"].tolist() == pytest.approx([0.9, 0.3])


@given(st.tuples(probabilities, probabilities), st.integers(1, 6))
def test_saying_it_again_in_the_same_circle_changes_nothing(piece, times):
    said = once(table(*[piece] * times), circles(*["interviews"] * times))
    assert posterior(said, EVEN)["a"] == pytest.approx(posterior(table(piece), EVEN)["a"])


@given(tables)
def test_circles_of_one_piece_are_the_pieces(rows):
    alone = once(table(*rows), circles(*[f"c{k}" for k in range(len(rows))]))
    assert alone.to_numpy() == pytest.approx(table(*rows).to_numpy())


def test_a_piece_without_a_circle_is_refused_by_name():
    with pytest.raises(ValueError, match="no circle of sources for e1"):
        once(table((0.8, 0.2), (0.3, 0.2)), circles("talks"))


def test_both_by_each_rule():
    likelihoods = table((0.8, 0.2), (0.3, 0.5))
    found = {rule: with_both(likelihoods, ("a", "b"), rule)["both"].tolist() for rule in BOTH}
    assert found["midway"] == pytest.approx([0.5, 0.4])
    assert found["as the less likely part"] == [0.2, 0.3]
    assert found["as the likelier part"] == [0.8, 0.5]


@given(tables)
def test_midway_lies_between_its_ends_also_after_the_evidence(rows):
    prior = pd.Series({"a": 0.3, "b": 0.3, "both": 0.4})
    least, midway, most = (
        posterior(with_both(table(*rows), ("a", "b"), rule), prior)["both"]
        for rule in ("as the less likely part", "midway", "as the likelier part")
    )
    assert least - 1e-9 <= midway <= most + 1e-9


def test_errors_that_come_together_do_not_cancel_out():
    likelihoods = table(*[(0.6, 0.4)] * 8)
    apart, together = (spread(likelihoods, EVEN, bend=0.1, seed=3, together=way)["a"] for way in (False, True))
    assert together.std() > 1.5 * apart.std()
    # never beyond all likelihoods at the end of their range at once
    least, most = (posterior(table(*[ends] * 8), EVEN)["a"] for ends in ((0.5, 0.5), (0.7, 0.3)))
    assert together.between(least - 1e-9, most + 1e-9).all()


def test_the_book_s_pieces_have_circles_and_its_hypotheses_their_parts():
    items, hypotheses = data.load("tracing_items"), data.load("tracing_hypotheses")
    assumed = data.load("tracing_likelihoods")
    for claim in ("morocco", "iraq"):
        own = hypotheses[hypotheses["claim"] == claim].set_index("hypothesis")
        assert own.at["both", "parts"].split(";") == [h for h in own.index if h not in ("both", "general")]
        given_for = assumed[assumed["claim"] == claim]
        assert set(given_for["hypothesis"]) == set(own.index) - {"both"}  # derived, and never assumed beside
        pieces = items[items["claim"] == claim]
        assert set(pieces["evidence"]) == set(given_for["evidence"])
        assert 1 < pieces["circle"].nunique() < len(pieces)
        assert set(pieces["account"]) == {"yes", "no"}


@pytest.mark.book
def test_a_reader_brings_likelihoods_under_which_another_explanation_leads(run_chapter, tmp_path):
    mine = data.load("tracing_likelihoods")
    mine["likelihood"] = mine["hypothesis"].map({"general": 0.9}).fillna(0.1)
    mine.to_csv(tmp_path / "mine.csv", index=False)
    ran = run_chapter("relations", likelihoods_file=str(tmp_path / "mine.csv"))
    shown = "".join(str(out.get("data", {})) for cell in ran.cells for out in cell.get("outputs", []))
    assert "the wording alone comes to 0%" in shown and "own file mine.csv" in shown
