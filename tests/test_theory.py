"""The theory of change as a nested list."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import data, theory

NODES = pd.DataFrame(
    [
        ("t", "train", "border_control", "input", "Training & <tools>"),
        ("t", "inform", "free_choice", "input", "Information"),
        ("t", "skills", "border_control", "output", "Skills"),
        ("t", "fewer", "both", "impact", "Fewer crossings"),
        ("other", "train", "else", "input", "Another theory"),
    ],
    columns=["theory", "id", "track", "level", "label"],
)
ARROWS = pd.DataFrame(
    [
        ("t", "train", "skills", "Staff stay <long>"),
        ("t", "skills", "fewer", "Skills are used"),
        ("t", "inform", "fewer", "People listen"),
    ],
    columns=["theory", "from", "to", "assumption"],
)


def test_tracks_levels_and_assumptions():
    shown = theory.flow(NODES, ARROWS, "t")
    page = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert [section["aria-label"] for section in page.find_all("section")] == ["Border control", "Free choice"]
    first, second = page.find_all("section")
    assert [level.text for level in first.find_all(class_="level")] == ["Input", "Output", "Impact"]
    assert [node.text for node in first.find_all(class_="node")] == ["Training & <tools>", "Skills", "Fewer crossings"]
    assert [node.text for node in second.find_all(class_="node")] == ["Information", "Fewer crossings"]
    assert "Staff stay <long>" in first.text and "People listen" in second.text
    assert "Another theory" not in page.text
    assert repr(shown).splitlines() == [
        "Training & <tools> -> Skills",
        "Skills -> Fewer crossings",
        "Information -> Fewer crossings",
    ]


def test_errors():
    with pytest.raises(ValueError, match="no theory of change named 'x'"):
        theory.flow(NODES, ARROWS, "x")
    with pytest.raises(ValueError, match="unknown nodes skills"):
        theory.flow(NODES[NODES["id"] != "skills"], ARROWS, "t")


@pytest.mark.parametrize("name", sorted(set(data.load("theory_nodes")["theory"])))
def test_packaged_theories_are_whole(name):
    nodes, arrows = data.load("theory_nodes"), data.load("theory_arrows")
    page = BeautifulSoup(theory.flow(nodes, arrows, name).html, "html.parser")
    nodes, arrows = nodes[nodes["theory"] == name].set_index("id"), arrows[arrows["theory"] == name]
    assert set(nodes["level"]) <= set(theory.LEVELS)
    assert all(assumption in page.text for assumption in arrows["assumption"])
    assert all(label in page.text for label in nodes["label"])
    order = list(theory.LEVELS)
    ranks = nodes["level"].map(order.index)
    assert (ranks.loc[arrows["to"]].to_numpy() > ranks.loc[arrows["from"]].to_numpy()).all()
    assert set(nodes.index) == set(arrows["from"]) | set(arrows["to"])
    assert set(nodes.index[nodes["level"] != "impact"]) <= set(arrows["from"])
