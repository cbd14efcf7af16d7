"""The theory of change: boxes, arrows, the state of every arrow, the nested list and the drawing."""

import json
from itertools import pairwise

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import charts, data
from lib.ledger.claims import read_ledger
from lib.synthesis import theory

COLUMNS = ["theory", "part", "id", "from", "to", "track", "level", "text", "section"]
TABLE = pd.DataFrame(
    [
        ("t", "box", "train", None, None, "border_control", "input", "Training & <tools>", "1"),
        ("t", "box", "inform", None, None, "free_choice", "input", "Information", "1"),
        ("t", "box", "skills", None, None, "border_control", "output", "Skills", "1"),
        ("t", "box", "fewer", None, None, "both", "impact", "Fewer crossings", "1"),
        ("t", "arrow", "t-train-skills", "train", "skills", None, None, "Staff stay <long>", "2"),
        ("t", "arrow", "t-skills-fewer", "skills", "fewer", None, None, "Skills are used", "2"),
        ("t", "arrow", "t-inform-fewer", "inform", "fewer", None, None, "People listen", "2"),
        ("other", "box", "train", None, None, "else", "input", "Another theory", "3"),
    ],
    columns=COLUMNS,
)
CLAIMS = pd.DataFrame(
    [
        ("c-held", "confirmed", "public", "return", "It works."),
        ("c-wrong", "differs", "arithmetic", "return", "It never works."),
        ("c-open", "not public", "reported", "relations", "It works in part."),
        ("c-nil", "confirmed", "arithmetic", "return", "It changed nothing."),
        ("c-more", "not looked up", "literature", "return", "It was studied."),
        ("c-none", "not public", "reported", "relations", "It was looked for."),
        ("c-dark", "not public", "reported", "relations", "Nobody could see."),
    ],
    columns=["id", "verdict", "evidence", "chapter", "statement"],
)
SAYS = {
    "c-held": "supported", "c-wrong": "no_effect", "c-open": "limited", "c-none": "no_effect",
    "c-dark": "not_assessable", "c-nil": "no_effect", "c-more": "supported",
}  # fmt: skip


def arrows_with(*claims):
    """The arrows of the table, the first of them with these claims."""
    links = pd.DataFrame(
        [
            ("t-train-skills", claim, SAYS[claim], "states", "As it is" if claim == "c-open" else None)
            for claim in claims
        ]
        + [("t-train-skills", "c-held", "supported", "setting", None)],  # which decides nothing
        columns=["arrow", "claim", "says", "role", "why"],
    )
    return theory.states(theory.split(TABLE, "t")[1], links, CLAIMS)


def test_boxes_and_arrows_of_one_theory():
    boxes, arrows = theory.split(TABLE, "t")
    assert boxes["id"].tolist() == ["train", "inform", "skills", "fewer"]
    assert arrows["id"].tolist() == ["t-train-skills", "t-skills-fewer", "t-inform-fewer"]


def test_tables_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="no theory of change named 'x'"):
        theory.split(TABLE, "x")
    with pytest.raises(ValueError, match="unknown boxes skills"):
        theory.split(TABLE[TABLE["id"] != "skills"], "t")
    with pytest.raises(ValueError, match="t-train-skills does not lead to a higher level"):
        theory.split(TABLE.replace({"level": {"output": "input"}}), "t")


@pytest.mark.parametrize(
    ("claims", "state", "counts"),
    [
        ([], "silent", (0, 0, 0)),
        (["c-held"], "supported", (1, 1, 1)),
        (["c-wrong"], "not_assessable", (1, 1, 0)),  # what differs carries nothing
        (["c-held", "c-wrong"], "supported", (2, 2, 1)),
        (["c-open"], "not_assessable", (1, 0, 0)),  # what the report says is no state
        (["c-held", "c-nil"], "limited", (2, 2, 2)),  # one finds an effect, another does not
        (["c-held", "c-none"], "supported", (2, 1, 1)),  # only what was tested counts
        (["c-open", "c-dark"], "not_assessable", (2, 0, 0)),
        (["c-held", "c-open", "c-none", "c-dark", "c-more"], "not_assessable", (5, 1, 1)),  # too few of them
        (["c-none"], "not_assessable", (1, 0, 0)),
        (["c-nil"], "no_effect", (1, 1, 1)),
        (["c-none", "c-dark"], "not_assessable", (2, 0, 0)),
        (["c-dark"], "not_assessable", (1, 0, 0)),
    ],
)
def test_the_state_of_an_arrow_follows_from_its_claims(claims, state, counts):
    found = arrows_with(*claims)
    first = found.iloc[0]
    assert first["state"] == state
    assert (first["claims"], first["tested"], first["confirmed"]) == counts
    assert set(found["state"][1:]) == {"silent"}


@settings(max_examples=settings().max_examples // 4)
@given(st.permutations(list(SAYS)), st.integers(0, 7))
def test_the_order_of_claims_does_not_matter(order, number):
    chosen = order[:number]
    assert arrows_with(*chosen)["state"].tolist() == arrows_with(*sorted(chosen))["state"].tolist()


def test_an_unknown_claim_is_named():
    columns = ["arrow", "claim", "says", "role", "why"]
    links = pd.DataFrame([("t-train-skills", "gone", "limited", "states", None)], columns=columns)
    with pytest.raises(KeyError, match="t-train-skills: no claim gone"):
        theory.states(theory.split(TABLE, "t")[1], links, CLAIMS)


def test_a_table_has_a_row_for_each_step_from_input_to_impact():
    shown = theory.steps(*theory.split(TABLE, "t"))
    page = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert [head.text for head in page.select("thead th")] == ["Step", "What it assumes"]
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")]
    assert [row[0] for row in rows] == [
        "Training & <tools> → Skills", "Information → Fewer crossings", "Skills → Fewer crossings",
    ]  # fmt: skip
    assert rows[0][1] == "Staff stay <long>"
    assert "Another theory" not in page.text and not page.find("details")
    assert repr(shown).splitlines()[0] == "Training & <tools> -> Skills"


def test_arrows_with_states_say_so_in_words_and_lead_to_their_claims():
    boxes, _ = theory.split(TABLE, "t")
    shown = theory.steps(boxes, arrows_with("c-open", "c-wrong"))
    page = BeautifulSoup(shown.html, "html.parser")
    first, *others = page.select(".arrow-state")
    assert first.text == "□ not assessable" and "no claim carries it" in others[0].text
    assert [(link["href"], link.text) for link in page.select(".theory details a")] == [
        ("relations.html#c-open", "It works in part."), ("return.html#c-wrong", "It never works."),
    ]  # fmt: skip
    assert "2 claims, 1 tested" in page.text and "(not public). As it is" in page.text
    assert "[not assessable]" in repr(shown)


def drawing(arrows, width):
    boxes, _ = theory.split(TABLE, "t")
    spec = charts.theory_diagram(boxes, arrows, width).to_dict()
    return [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]]


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_a_drawing_has_every_box_and_arrow_once_inside_its_width(width):
    lines, frames, *_, signs = drawing(arrows_with("c-held"), width)
    assert {frame["text"] for frame in frames} == {"Training & <tools>", "Information", "Skills", "Fewer crossings"}
    assert all(0 <= frame["left"] < frame["right"] <= width for frame in frames)
    tops = sorted((frame["left"], frame["top"], frame["bottom"]) for frame in frames)
    assert all(a[0] != b[0] or a[2] < b[1] for a, b in pairwise(tops))  # none over another
    assert {line["arrow"] for line in lines} == {"t-train-skills", "t-skills-fewer", "t-inform-fewer"}
    assert max(line["x"] for line in lines) <= width
    assert [sign["sign"] for sign in signs] == ["■", "–", "–"]
    assert [sign["tested"] for sign in signs] == [True, False, False]


def test_states_differ_without_colour():
    from lib.charts.theory_diagram import LINES

    assert LINES.keys() == theory.ARROW_STATES.keys()
    assert len({sign for sign, _ in theory.ARROW_STATES.values()}) == len(theory.ARROW_STATES)
    assert len({(json.dumps(dash), width) for _, dash, width in LINES.values()}) == len(LINES)


THEORIES = data.load("theory")


@pytest.mark.parametrize("name", sorted(set(THEORIES["theory"])))
def test_packaged_theories_are_whole(name):
    boxes, arrows = theory.split(THEORIES, name)
    assert set(boxes["id"]) == set(arrows["from"]) | set(arrows["to"])
    assert set(boxes.loc[boxes["level"] != "impact", "id"]) <= set(arrows["from"])
    assert arrows["id"].tolist() == [
        f"{name}-{row['from']}-{row['to']}".replace("_", "-") for row in arrows.to_dict("records")
    ]
    page = BeautifulSoup(theory.steps(boxes, arrows).html, "html.parser")
    assert all(text in page.text for text in [*boxes["text"], *arrows["text"]])


def test_the_five_figures_of_the_report_are_there():
    assert {"policy", "relations", "return", "irregular_migration", "protection"} <= set(THEORIES["theory"])


def test_links_from_arrows_to_claims_lead_somewhere():
    links = data.load("links_arrow_claim")
    assert set(links["arrow"]) <= set(THEORIES.loc[THEORIES["part"] == "arrow", "id"])
    assert set(links["claim"]) <= set(read_ledger())


def test_an_arrow_that_nothing_tested_has_no_verdict():
    claims = data.load("claims").query("whose != 'ours'").rename(columns={"expect": "verdict"})
    links = data.load("links_arrow_claim")
    links = links[links["claim"].isin(claims["id"])]
    for name in set(THEORIES["theory"]):
        arrows = theory.states(theory.split(THEORIES, name)[1], links, claims)
        untested = arrows[arrows["tested"] == 0]
        assert set(untested["state"]) <= {theory.NOT_ASSESSABLE, theory.SILENT}
        assert all(theory.basis(arrow).endswith(("the report's word", "no claim")) for arrow in untested.itertuples())
