"""Footnotes and a list of references that do not quite agree."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.document.citations import disagreements, out_of_order, plain, uncited, unlisted

REFERENCES = pd.DataFrame(
    [
        ("archer2019", "Archer, A.; Zola, B.", 2019, "On Borders", "10-20", None, "yes", 1),
        ("chamber2022", "Chamber", 2022, "A letter", None, "TK 19 637, nr. 12", "yes", 2),
        ("dean2020", "Dean, D.", 2020, "Never read", None, None, "yes", 3),
        ("extra2021", "Extra, E.", None, "Left out", None, None, "no", None),
    ],
    columns=["key", "authors", "year", "title", "pages", "document_number", "in_list", "position"],
).astype({"year": "Int64", "position": "Int64"})
CITATIONS = pd.DataFrame(
    [
        ("1.1", 1, "archer2019", "On borders", 2018, "10–20", None, "no"),
        ("1.1", 2, "chamber2022", "The letter", 2022, None, "19637, nr. 12", "no"),
        ("2", 3, "archer2019", "Borders", 1999, None, None, "yes"),
        ("2", 4, "extra2021", "Left out", 2021, "7", None, "no"),
    ],
    columns=["section", "footnote", "key", "title", "year", "pages", "document_number", "short"],
).astype({"year": "Int64"})


def listing(entries):
    """A list of references in the order of `entries`, pairs of author and year."""
    rows = [(f"key{place}", *entry, "yes", place) for place, entry in enumerate(entries, start=1)]
    return pd.DataFrame(rows, columns=["key", "authors", "year", "in_list", "position"])


def test_entries_that_nobody_cites():
    assert uncited(REFERENCES, CITATIONS)["key"].tolist() == ["dean2020"]


def test_works_that_the_list_leaves_out():
    assert unlisted(REFERENCES, CITATIONS)["footnote"].tolist() == [4]


def test_what_is_printed_differently():
    found = disagreements(REFERENCES, CITATIONS)
    assert found.to_dict("split")["data"] == [
        ["1.1", 1, "archer2019", "year", "2018", "2019"],
        ["1.1", 2, "chamber2022", "title", "The letter", "A letter"],
    ]


def test_pages_and_numbers_can_differ_too():
    changed = CITATIONS.assign(
        pages=["10-21", None, None, None], document_number=[None, "TK 19 637, nr. 21", None, None]
    )
    assert disagreements(REFERENCES, changed)["what"].tolist() == ["year", "title", "document_number", "pages"]


def test_a_citation_may_say_less_than_the_list():
    silent = CITATIONS.assign(title=None, year=pd.NA, pages=None, document_number=None)
    assert disagreements(REFERENCES, silent).empty


@given(st.text("0123456789", min_size=4), st.lists(st.integers(0, 4)))
def test_spaces_in_a_number_do_not_count(number, gaps):
    spaced = number
    for gap in gaps:
        spaced = f"{spaced[:gap]} {spaced[gap:]}"
    assert plain(f"TK {spaced}") == plain(number) == number


@given(st.sets(st.sampled_from(["archer2019", "chamber2022", "dean2020", "extra2021"]), min_size=1))
def test_every_entry_is_cited_or_not(cited):
    citations = CITATIONS.head(1).merge(pd.DataFrame({"key": sorted(cited)}), on="key", how="right")
    listed = set(REFERENCES["key"]) - {"extra2021"}
    assert set(uncited(REFERENCES, citations)["key"]) == listed - cited
    assert set(unlisted(REFERENCES, citations)["key"]) == cited - listed


def test_one_entry_before_older_ones_is_the_one_to_move():
    found = out_of_order(listing([("Board", None), ("Commission", 2026), ("commission", 2015), ("Commission", 2016)]))
    assert found["position"].tolist() == [2]


def test_accents_and_co_authors_do_not_count():
    assert out_of_order(listing([("Östman, A.; Zola, B.", 2001), ("Oswald, A.; Aalto, B.", 2002)])).empty


ENTRIES = st.lists(st.tuples(st.text("ABC", min_size=1), st.integers(2000, 2030)), min_size=1)


@given(ENTRIES)
def test_a_sorted_list_is_in_order(entries):
    assert out_of_order(listing(sorted((author.casefold(), year) for author, year in entries))).empty


@given(ENTRIES)
def test_what_is_left_is_in_order(entries):
    references = listing(entries)
    moved = out_of_order(references)["key"]
    assert out_of_order(references[~references["key"].isin(moved)]).empty


@given(ENTRIES, st.integers(0), st.integers(0))
def test_one_displaced_entry_is_at_most_one_to_move(entries, taken, put):
    entries = sorted(entries)
    entries.insert(put % len(entries), entries.pop(taken % len(entries)))
    assert len(out_of_order(listing(entries))) <= 1


@pytest.mark.parametrize("compare", [uncited, unlisted, disagreements])
def test_bad_keys(compare):
    with pytest.raises(ValueError, match="cited and not among the references: 'ghost1999'"):
        compare(REFERENCES, CITATIONS.assign(key="ghost1999"))
    with pytest.raises(ValueError, match="'archer2019' stands among the references twice"):
        compare(pd.concat([REFERENCES, REFERENCES.head(1)]), CITATIONS)
    with pytest.raises(ValueError, match="a reference has no key"):
        compare(REFERENCES.assign(key=None), CITATIONS)


def test_a_list_with_two_first_entries():
    with pytest.raises(ValueError, match="a position of its own"):
        out_of_order(REFERENCES.assign(position=1))
    with pytest.raises(ValueError, match="stands among the references twice"):
        out_of_order(REFERENCES.assign(key="archer2019"))
