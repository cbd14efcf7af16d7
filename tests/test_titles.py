"""Titles that speak of every, no, any or only one, and lookups that lose a country: kinds of slip found in review.

`tests/totals.csv` says for each such title over what it holds. A new one fails here until somebody has looked at
whether the code looks at all of them ("every other route" once looked at five of nine).
"""

import ast
import csv
import re
from pathlib import Path

import pytest

from lib import data
from lib.measures import flows

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ("coherence", "efficiency", "irregular_migration", "relations")
with (ROOT / "tests" / "totals.csv").open(encoding="utf-8", newline="") as file:
    LOOKED_AT = list(csv.DictReader(file))
TOTAL = re.compile(r"\b(?:every|each|all|no|none|only|never|always|nowhere|everywhere|any)\b", re.IGNORECASE)
CELL = re.compile(r"```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)(.*?)\n```", re.DOTALL)


def cells(chapter):
    """The code of a chapter, cell by cell."""
    return CELL.findall((ROOT / "notebooks" / f"{chapter}.md").read_text(encoding="utf-8"))


def titles(code):
    """The fixed words of the titles of figures in a cell's code."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "figure":
            for keyword in call.keywords:
                if keyword.arg == "title":
                    parts = ast.walk(keyword.value)
                    yield from (p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str))


def inverted(code):
    """Dictionaries made of another one's items with value and key changed places, as source."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.DictComp) and isinstance(node.key, ast.Name) and isinstance(node.value, ast.Name):
            for loop in node.generators:
                names = [one.id for one in getattr(loop.target, "elts", []) if isinstance(one, ast.Name)]
                if names == [node.value.id, node.key.id] and ".items()" in ast.unparse(loop.iter):
                    yield ast.unparse(node)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_title_about_all_or_none_has_been_looked_at(chapter):
    listed = {row["words"] for row in LOOKED_AT if row["chapter"] == chapter}
    found = {words for code in cells(chapter) for words in titles(code) if TOTAL.search(words)}
    assert found == listed, "say in tests/totals.csv over what a title holds; take out what is gone"
    assert all(row["over"] for row in LOOKED_AT)


def test_an_inverted_dictionary_is_found():
    assert list(inverted("by = {level: c for c, level in levels.items()}")) == [
        "{level: c for c, level in levels.items()}"
    ]
    assert not list(inverted("by = {c: level for c, level in levels.items()}\nx = {c: 2 * v for c, v in d.items()}"))


@pytest.mark.parametrize("chapter", [*CHAPTERS, "protection", "return", "return_panel", "synthesis"])
def test_no_country_is_looked_up_by_its_level(chapter):
    """Two partners with the same level would become one: look sizes up by name."""
    assert not [text for code in cells(chapter) for text in inverted(code)]


def test_the_first_half_of_2026_holds_all_routes():
    """More than the western Mediterranean rose."""
    routes = flows.by_route(data.load("frontex_route_month"))
    halves = routes[routes.index.month <= 6].loc["2025":]
    halves = halves.groupby(halves.index.year).sum()
    rose = halves.columns[halves.loc[2026] > halves.loc[2025]]
    assert {"Black Sea Route", "Circular Route from Albania to Greece", "Western Mediterranean Route"} <= set(rose)


def test_the_agreement_that_was_followed_by_a_rise_is_not_asked_whether_its_route_came_back():
    western = flows.by_route(data.load("frontex_route_month"))["Western Mediterranean Route"]
    assert flows.held(western, "2018-01", 12, "2018-12").change.difference > 0
    with pytest.raises(ValueError, match="did not fall"):
        flows.months_to_recover(western, "2018-01", 12, "2018-12")


def test_detections_and_deaths_move_together_over_all_sea_routes():
    """Worked out apart, in plain numpy: mean r 0.69, p below 0.001."""
    deaths = flows.by_route(data.load("deaths_route_month"), "dead_and_missing")
    routes = flows.by_route(data.load("frontex_route_month"))[deaths.columns]
    found = flows.together(flows.yearly_changes(routes), flows.yearly_changes(deaths))
    assert found.correlation == pytest.approx(0.69, abs=0.005)
    assert found.p_value < 0.001
    assert found.pairs == 10
