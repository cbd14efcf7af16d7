"""References that lead astray, and places that disagree, on small tables with known answers."""

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.document import audit

PARTS = pd.DataFrame(
    [
        ("1", "section", "both"),
        ("1.1", "section", "both"),
        ("1.1.2", "section", "in_text"),
        ("1.10", "section", "both"),
        ("figure 1", "figure", "in_text"),
        ("figure 2", "figure", "in_text"),
        ("annex 1", "annex", "both"),
        ("annex 2", "annex", "not_in_document"),
    ],
    columns=["number", "part", "status"],
)


def references(*rows):
    columns = ["id", "from_section", "refers_to", "found_in"]
    return pd.DataFrame([("r", "1", *row) for row in rows], columns=columns)


def repeats(*rows):
    """Rows of section, footnote, value and precision, all of one quantity."""
    table = pd.DataFrame(rows, columns=["section", "footnote", "value", "precision"])
    return table.assign(quantity="people", unit="people", note=None, footnote=table["footnote"].astype("Int64"))


def disagree(one, other):
    return len(audit.disagreements(repeats(("1", None, *one), ("2", None, *other)))) == 1


@pytest.mark.parametrize(
    ("refers_to", "found_in", "why"),
    [
        ("1.1", "1.1", None),
        ("1.1", "1.1.2", None),
        ("1", "1.10", None),
        ("figure 1", "figure 1", None),
        ("1.1.2", "1.1", "elsewhere"),
        ("1.1", "1.10", "elsewhere"),
        ("figure 1", "1.1", "elsewhere"),
        ("1.1", None, "nowhere"),
        ("annex 2", None, "outside"),
    ],
)
def test_a_reference_holds_for_a_section_and_all_under_it(refers_to, found_in, why):
    found = audit.broken(references((refers_to, found_in)), PARTS)
    assert found["why"].tolist() == ([] if why is None else [why])


def test_broken_keeps_the_order_and_the_columns():
    table = references(("1.1", None), ("1", "1.1"), ("annex 2", None)).assign(subject=["a", "b", "c"])
    found = audit.broken(table, PARTS)
    assert found["subject"].tolist() == ["a", "c"]
    assert list(found.columns) == [*table.columns, "why"]
    assert list(audit.broken(table.iloc[1:2], PARTS).columns) == list(found.columns)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("1.2", None), "no part .refers_to. '1.2'"),
        (("1.1", "figure 9"), "no part .found_in. 'figure 9' in the table; did you mean figure"),
        (("annex 2", "annex 2"), "no part .found_in. 'annex 2'"),
    ],
)
def test_unknown_numbers_are_refused(row, said):
    with pytest.raises(ValueError, match=said):
        audit.broken(references(row), PARTS)


def test_a_reference_comes_from_a_part_of_the_document():
    with pytest.raises(ValueError, match="from_section"):
        audit.broken(references(("1.1", "1.1")).assign(from_section="annex 2"), PARTS)


def test_figures_and_annexes_that_nothing_leads_to():
    found = audit.never_named(references(("figure 1", "figure 1"), ("annex 2", None)), PARTS)
    assert found["number"].tolist() == ["figure 2", "annex 1"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("200", "10"), ("144 + 54", "1"), False),
        (("200", "1"), ("144 + 54", "1"), True),
        (("5", "1"), ("4 + 1", "1"), False),
        (("100", ">"), ("107", "1"), False),
        (("100", ">"), ("100", "1"), True),
        (("100", ">="), ("100", "1"), False),
        (("100", ">"), ("50", "<"), True),
        (("100", ">"), ("200", "<"), False),
        (("100", ">"), ("100", ">"), False),
        (("100", ">"), ("90", ">"), False),
        (("0.83", "0.01"), ("55/66", "0.001"), False),
        (("0.55", "0.01"), ("12/23", "0.001"), True),
        (("-51", "1"), ("51", "1"), True),
        (("2025", "year"), ("2025-10", "month"), False),
        (("2023", "year"), ("2024-07", "month"), True),
        (("2024-06", "month"), ("2024-06", "month"), False),
        (("limited", None), ("limited", None), False),
        (("limited", None), ("very limited", None), True),
    ],
)
def test_places_agree_as_far_as_both_go(one, other, expected):
    assert disagree(one, other) == disagree(other, one) == expected


@given(st.integers(-10_000, 10_000), st.sampled_from([2, 10, 100]))
def test_honest_rounding_is_no_disagreement(value, step):
    rounded = (str(round(value / step) * step), str(step))
    assert not disagree(rounded, (str(value), "1"))


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_two_exact_counts_agree_only_when_equal(one, other):
    assert disagree((str(one), "1"), (str(other), "1")) == (one != other)


@given(st.integers(1, 1000), st.integers(1, 1000), st.sampled_from([">", ">=", "<", "<="]))
def test_a_bound_and_its_opposite_never_both_hold(count, bound, sign):
    assume(count != bound)
    opposite = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}[sign]
    exact = (str(count), "1")
    assert disagree((str(bound), sign), exact) != disagree((str(bound), opposite), exact)


def test_every_pair_is_named_with_both_places():
    table = repeats(("1", None, "4", "1"), ("1", 7, "5", "1"), ("2", None, "4", "1"))
    found = audit.disagreements(table)
    assert found[["section", "value", "other_section", "other_value"]].values.tolist() == [
        ["1", "4", "1", "5"],
        ["1", "5", "2", "4"],
    ]
    assert found["other_footnote"].tolist()[0] == 7
    assert audit.disagreements(table.iloc[[0, 2]]).empty


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("1", None, "4", "1")], "one place only"),
        ([("1", None, "4", "1"), ("2", None, "four", None)], "mix"),
        ([("1", None, "2024", "year"), ("2", None, "2024", "1")], "mix"),
        ([("1", None, "about 4", "1"), ("2", None, "4", "1")], "'about 4' in 1 is no number"),
        ([("1", None, "4/0", "1"), ("2", None, "4", "1")], "no number"),
    ],
)
def test_repeats_that_cannot_be_compared(rows, said):
    with pytest.raises(ValueError, match=said):
        audit.disagreements(repeats(*rows))


def test_what_one_place_states():
    table = repeats(("1", None, "144 + 54", "1"), ("1", 7, "2024-06", "month"), ("2", None, "none", None))
    assert audit.stated(table, "people", "1") == 198.0
    assert audit.stated(table, "people", "1", 7) == "2024-06"
    assert audit.stated(table, "people", "2") == "none"


def test_a_place_that_says_it_twice_must_agree_with_itself():
    assert audit.stated(repeats(("1", None, "8", "1"), ("1", None, "8", "1")), "people", "1") == 8.0
    with pytest.raises(ValueError, match="people: 2 values in 1; one is needed"):
        audit.stated(repeats(("1", None, "8", "1"), ("1", None, "9", "1")), "people", "1")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("persons", "1"), "no quantity 'persons' in the table; did you mean people"),
        (("people", "3"), "0 values in 3"),
        (("people", "1", 7), "0 values in 1, footnote 7"),
    ],
)
def test_a_place_that_states_nothing(place, said):
    with pytest.raises(ValueError, match=said):
        audit.stated(repeats(("1", None, "8", "1")), *place)
