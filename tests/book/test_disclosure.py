"""What is to be looked at before figures on a reader's own file are shown: known answers, and the form for others."""

import json

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from lib.disclosure import published
from lib.export import csv_text
from steps.book.disclosure import findings, head, withheld


def figure(table, status="own file", datasets=None):
    return {
        "id": "fig-own", "title": "Ours <rose>", "csv": csv_text(pd.DataFrame(table)),
        "sources": [{"status": status}, {"status": "public"}], "specs": {"wide": {}, "datasets": datasets or {}},
    }  # fmt: skip


MONTHS = {"month": ["2024-01", "2024-02", "2024-03"], "people": [3, 12, 20]}


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (MONTHS, {"small": "1 count from 1 to 4, in people", "monthly": "3 rows by month, with counts that are"}),
        ({"month": ["2024-01", "2024-02"], "people": [10, 20]}, {}),
        ({"name": ["A", "B", "C"], "forced_departures": [0, 4, 5]}, {"small": "1 count from 1 to 4, in forced"}),
        ({"name": ["A", "B", "C"], "answers": [96, 2, 2]}, {"small": "2 counts", "dominant": "one row has 96% of"}),
        ({"country": ["A", "B"], "answers": [96, 20]}, {}),  # two rows: no share says anything
        ({"outcome": ["a", "b", "c"], "effect": [1, 2, 3], "low": [0, 1, 1]}, {}),  # estimates, no counts
        ({"month": ["2024-01", "2024-02"], "people": [3.4, 11.7]}, {}),  # computed from many
        ({"piece": ["a", "b", "c"], "counted": [2.0, 1.0, 90.0]}, {}),  # a weight, whose name has a word in it
        ({"place": ["a", "b", "c"], "people": [-40, 60, 900]}, {}),  # changes: no share of a whole
    ],
)  # fmt: skip
def test_what_is_found_in_a_table(table, found):
    said = {one.rule: one.found for one in findings(figure(table))}
    assert set(said) == set(found)
    assert all(said[rule].startswith(text) for rule, text in found.items())


def test_rows_inside_a_live_chart_are_looked_at_as_well():
    chart = {"data-1": pd.DataFrame(MONTHS).to_dict("records")}
    rules = {one.rule for one in findings(figure({"outcome": ["a"], "effect": [1.0]}, datasets=chart))}
    assert rules == {"small", "monthly"}


def test_figures_without_an_own_file_are_not_looked_at():
    assert findings(figure(MONTHS, "public")) == [] == findings(figure(MONTHS, "simulated"))


def test_the_head_names_each_figure_and_says_what_to_do():
    page = BeautifulSoup(head([figure(MONTHS), figure(MONTHS, "public")], [], release=False), "html.parser")
    assert "1 thing to look at" in page.get_text() and "release=1" in page.get_text()
    assert [link["href"] for link in page.select("a")] == ["#fig-own"]
    assert "; 3 rows by month" in page.get_text() and "Ours <rose>" in page.get_text()
    assert "Nothing here has" in head([figure({"outcome": ["a"], "effect": [1.0]})], [], release=True)


def test_a_count_in_a_verdict_is_named_and_no_other():
    one = {
        "id": "a-total",
        "statement": "A total <bold>",
        "evidence": "restricted",
        "kind": "count",
        "verdict": "differs",
    }
    others = [one | {"kind": "effect"}, one | {"evidence": "public"}, one | {"verdict": "not public"}]
    page = BeautifulSoup(head([], [one, *others], release=False), "html.parser")
    assert [link["href"] for link in page.select("li a")] == ["#a-total"] and "A total <bold>" in page.get_text()
    assert "rounded" in head([], [one], release=True)


def test_a_monthly_figure_leaves_nothing_of_its_rows():
    text = withheld(figure(MONTHS))
    assert "Ours &lt;rose&gt;" in text and "12" not in BeautifulSoup(text, "html.parser").get_text()


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_another_figure_leaves_a_table_of_tens(counts):
    text = withheld(figure({"country": [f"C{at}" for at in range(len(counts))], "people": counts}))
    cells = [row.select("td")[1].get_text() for row in BeautifulSoup(text, "html.parser").select("tbody tr")]
    rounded = published(pd.Series(counts))
    assert cells == ["below 5" if pd.isna(value) else str(value) for value in rounded]


@pytest.mark.book
def test_the_record_is_that_of_a_chapter(book, project):
    """The rules read what figures of the book have: none of it stands on an own file."""
    figures = json.loads((project.root / "_build" / "figures" / "return.json").read_text(encoding="utf-8"))
    assert figures and all(findings(one) == [] for one in figures)
    own = [one | {"sources": [source | {"status": "own file"} for source in one["sources"]]} for one in figures]
    assert {one["id"] for one in own if findings(one)} >= {"fig-morocco"}
