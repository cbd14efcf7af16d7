"""Conclusions and recommendations with what is beneath them, on a report of two of each."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import dossier, releases
from lib.claims import read_ledger

# Ids of the real ledger, since a discrepancy is shown as its row of the ledger states it.
A, B, C, D = list(read_ledger())[:4]


def trail_of(*verdicts):
    """A trail over four claims: A (public) and B (arithmetic) under f1, C under f1 and f2, D under nothing."""
    claims = pd.DataFrame(
        [
            (id, "relations", f"Claim {n} & more.", verdict, evidence, "1", "count", "5", "7", "because")
            for n, (id, verdict, evidence) in enumerate(
                zip((A, B, C, D), verdicts, ("public", "arithmetic", "reported", "public"), strict=True)
            )
        ],
        columns=["id", "chapter", "statement", "verdict", "evidence", "section", "kind", "value", "computed", "note"],
    )
    return dossier.Trail(
        claims=claims,
        findings=pd.DataFrame({"id": ["f1", "f2"], "finding": ["First", "Second"], "section": ["3.1.0", "4.0"]}),
        conclusions=pd.DataFrame(
            {"id": ["conclusion-main", "conclusion-1"], "conclusion": ["Little.", "Talks."], "short": ["L", "T"]}
        ).assign(section="6.2"),
        recommendations=pd.DataFrame(
            {
                "id": ["recommendation-1", "recommendation-1a", "recommendation-2"],
                "part_of": [None, "recommendation-1", None],
                "recommendation": ["Aim.", "Measure.", "Ask."],
                "section": "6.3",
            }
        ),
        finding_claim=pd.DataFrame({"finding": ["f1", "f1", "f1", "f2"], "claim": [A, B, C, C]}),
        conclusion_finding=pd.DataFrame(
            {"conclusion": ["conclusion-main", "conclusion-main", "conclusion-1"], "finding": ["f1", "f2", "f2"]}
        ),
        recommendation_conclusion=pd.DataFrame(
            {
                "recommendation": ["recommendation-1", "recommendation-1a", "recommendation-2"],
                "conclusion": ["conclusion-1", "conclusion-main", "conclusion-1"],
                "why": [None, "as it is", None],
            }
        ),
        rows=pd.DataFrame({"claim": [A]}),
        tests=pd.DataFrame(
            {
                "conclusion": ["conclusion-main"],
                "overturned_by": ["A rise."],
                "data_needed": ["Counts."],
                "public_now": "no",
            }
        ),
    )


@pytest.fixture
def found():
    return trail_of("confirmed", "differs", "untestable", "differs")


def soup(shown):
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def test_levels_of_findings_and_conclusions(found):
    assert found.finding_levels()["level"].to_dict() == {"f1": "in part", "f2": "closed"}
    levels = found.conclusion_levels()
    assert levels["level"].to_dict() == {"conclusion-main": "in part", "conclusion-1": "closed"}
    assert levels.loc["conclusion-main", ["claims", "confirmed", "differs", "untestable"]].tolist() == [3, 1, 1, 1]
    assert levels.loc["conclusion-main", ["public", "arithmetic", "findings", "contested"]].tolist() == [1, 1, 2, 1]
    assert found.conclusion_levels(0.0)["level"].to_dict() == {"conclusion-main": "closed", "conclusion-1": "closed"}


def test_a_claim_under_two_findings_counts_once_beneath_a_recommendation(found):
    beneath = found.recommendation_claims().groupby("recommendation")["claim"].agg(set).to_dict()
    assert beneath == {"recommendation-1": {A, B, C}, "recommendation-2": {C}}


def test_conclusions_show_findings_with_a_way_to_their_claims_and_what_would_overturn_them(found):
    main, first = soup(dossier.conclusions(found)).select("section.dossier")
    assert (main["id"], first["id"]) == ("conclusion-main", "conclusion-1")
    assert "◐ in part" in words(main) and "○ closed" in words(first)
    assert "3 claims: 1 confirmed, 1 differs, 1 cannot be tested here" in words(main)
    head, second = main.select("ul.findings > li")
    assert words(head).startswith("◐ in part ≠ contested First (§3.1.0;")
    assert [item.get("id") for item in (head, second)] == ["f1", None]  # the second has its place under conclusion 1
    assert [item.a["href"] for item in (head, second)] == ["../matrix.html#f1", "../matrix.html#f2"]
    assert "A rise. Data: Counts. Public now: no." in words(main)
    assert [link["href"] for link in main.select('a[href^="#recommendation"]')] == ["#recommendation-1"]
    assert [link["href"] for link in first.select('a[href^="#recommendation"]')] == [
        "#recommendation-1", "#recommendation-2",
    ]  # fmt: skip


def test_recommendations_show_parts_reasons_and_official_claims(found):
    one, two = soup(dossier.recommendations(found)).select("section.dossier")
    assert "1a. Measure. Rests on main conclusion : as it is." in words(one)
    assert [words(link) for link in one.select('a[href^="#conclusion"]')] == [
        "main conclusion", "Conclusion 1", "Main conclusion",
    ]  # fmt: skip
    assert "1 claim tested with public data" in words(one.details.summary)
    assert one.details.select_one(f'a[href$="rows.html#{A}"]')
    assert "its trail ends in the ledger" in words(two)


def test_the_answer_is_a_table_of_conclusions_with_verdicts_in_words(found):
    table = soup(dossier.answer(found)).table
    assert [words(head) for head in table.select("tbody th")] == ["L", "T"]
    first = table.select("tbody tr")[0]
    assert "◐ in part" in words(first)
    assert "1 confirmed" in words(first) and "1 cannot be tested here" in words(first)


def test_discrepancies_come_by_what_hangs_on_them(found):
    rows = soup(dossier.discrepancies(found)).select("tbody tr")
    assert [row.th.a["href"] for row in rows] == [f"relations.html#{B}", f"relations.html#{D}"]
    assert [link["href"] for link in rows[0].select("td")[1].select("a")] == ["#conclusion-main", "#recommendation-1"]
    assert [words(cell) for cell in rows[1].select("td")] == ["because", "no main finding"]


def test_a_release_opens_claims_findings_and_conclusions(found):
    needs = pd.DataFrame({"claim": [C], "release": ["file"]})
    opened = releases.opened(found, needs)
    assert opened.loc["file"].to_dict() == {"claims": 1, "numbers": 1, "findings": 1, "conclusions": 2}


def test_a_release_of_what_has_nothing_above_it_opens_its_claim_alone():
    found = trail_of("confirmed", "confirmed", "confirmed", "untestable")
    opened = releases.opened(found, pd.DataFrame({"claim": [D], "release": ["file"]}))
    assert opened.loc["file", ["claims", "findings", "conclusions"]].tolist() == [1, 0, 0]
