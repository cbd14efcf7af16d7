"""Conclusions and recommendations with what is beneath them, on a report of two of each."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib.ledger.claims import read_ledger
from lib.synthesis import dossier, releases

# Ids of the real ledger, since a discrepancy is shown as its row of the ledger states it.
A, B, C, D = list(read_ledger())[:4]


def trail_of(*verdicts):
    """A trail over four claims: A (public) and B (arithmetic) under f1, C under f1 and f2, D under nothing."""
    claims = pd.DataFrame(
        [
            (id, "relations", f"Claim {n} & more.", verdict, evidence, "1", "count", "5", "7", "because")
            for n, (id, verdict, evidence) in enumerate(
                zip((A, B, C, D), verdicts, ("public", "arithmetic", "restricted", "public"), strict=True)
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
        finding_claim=pd.DataFrame(
            {
                "finding": ["f1", "f1", "f1", "f2", "f2"],
                "claim": [A, B, C, C, A],
                "role": ["tests", "tests", "states", "states", "setting"],
            }
        ),
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
        recommendation_claim=pd.DataFrame(
            {"recommendation": ["recommendation-1", "recommendation-1a"], "claim": [C, A], "why": None}
        ),
        sentences=pd.DataFrame({"about": ["conclusion-main", "f1"], "why": ["One of two holds.", "As far as seen."]}),
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
    return trail_of("confirmed", "differs", "not public", "differs")


def soup(shown):
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def test_how_much_was_checked_of_findings_and_conclusions(found):
    assert found.of_findings()["checked"].to_dict() == {"f1": "most", "f2": "nothing"}
    assert found.of_findings()["shows"].to_dict() == {"f1": "mixed", "f2": "nothing to show"}  # setting shows nothing
    conclusions = found.of_conclusions()
    assert conclusions["checked"].to_dict() == {"conclusion-main": "most", "conclusion-1": "nothing"}
    assert conclusions.loc["conclusion-main", ["claims", "confirmed", "differs", "not public"]].tolist() == [3, 1, 1, 1]
    assert conclusions.loc["conclusion-main", ["world", "record", "report"]].tolist() == [1, 0, 1]
    assert conclusions.at["conclusion-main", "rests_on"] == f"{A}=confirmed; {B}=differs"


def test_conclusions_show_findings_with_a_way_to_their_claims_and_what_would_overturn_them(found):
    main, first = soup(dossier.conclusions(found)).select("section.dossier")
    assert (main["id"], first["id"]) == ("conclusion-main", "conclusion-1")
    assert "●●●● most was checked ◧ mixed One of two holds." in words(main)
    assert "○○○○ nothing was checked □ nothing to show" in words(first)
    said = "2 of 3 claims that state or test it were checked: 1 with public figures or studies, 1 within the report"
    assert said in words(main)
    head, second = main.select("ul.findings > li")
    assert words(head).startswith("First ●●●● most was checked ◧ mixed As far as seen. (§3.1.0;")
    assert [item.get("id") for item in (head, second)] == ["f1", None]  # the second has its place under conclusion 1
    assert [item.a["href"] for item in (head, second)] == ["../matrix.html#f1", "../matrix.html#f2"]
    assert "A rise. Data: Counts. Public now: no." in words(main)
    assert [link["href"] for link in main.select('a[href*="#recommendation"]')] == [
        "../recommendations.html#recommendation-1"
    ]
    assert [link["href"] for link in first.select('a[href*="#recommendation"]')] == [
        "../recommendations.html#recommendation-1", "../recommendations.html#recommendation-2",
    ]  # fmt: skip
    assert words(main.summary).startswith("Main conclusion: L") and not main.details.has_attr("open")


def test_the_answer_is_a_table_of_conclusions_with_both_things_in_words(found):
    table = soup(dossier.answer(found)).table
    assert [words(head) for head in table.select("tbody th")] == ["L", "T"]
    first = [words(cell) for cell in table.select("tbody tr")[0].select("td")]
    said = "2 of 3 claims: 1 with public figures or studies, 1 within the report"
    assert first == ["◧ mixed One of two holds.", f"●●●● most {said}"]
    assert words(table.select("tbody tr")[1].select("td")[0]) == "□ nothing to show"


def test_discrepancies_come_by_what_hangs_on_them_and_those_with_nothing_above_apart(found):
    (weighty,), (slip,) = (soup(shown).select("tbody tr") for shown in dossier.discrepancies(found))
    assert [row.th.a["href"] for row in (weighty, slip)] == [f"relations.html#{B}", f"relations.html#{D}"]
    assert [link["href"] for link in weighty.select("td")[1].select("a")] == ["#conclusion-main"]
    assert [words(cell) for cell in slip.select("td")] == ["because", "no main finding"]


def test_the_scales_say_every_word_of_both_with_its_sign():
    items = [words(item).replace(" :", ":") for item in soup(dossier.scales()).select("li")]
    assert len(items) == 10 and items[0].startswith("■ agrees: what was checked fits")
    assert items[6:] == [
        "○○○○ nothing: none of the claims that state or test it.", "●○○○ little: fewer than a quarter of them.",
        "●●○○ some: a quarter to half.", "●●●● most: more than half.",
    ]  # fmt: skip


def test_a_release_opens_claims_findings_and_conclusions(found):
    needs = pd.DataFrame({"claim": [C], "release": ["file"]})
    opened = releases.opened(found, needs)
    assert opened.loc["file"].to_dict() == {"claims": 1, "numbers": 1, "findings": 1, "conclusions": 1}


def test_a_release_of_what_has_nothing_above_it_opens_its_claim_alone():
    found = trail_of("confirmed", "confirmed", "confirmed", "not public")
    opened = releases.opened(found, pd.DataFrame({"claim": [D], "release": ["file"]}))
    assert opened.loc["file", ["claims", "findings", "conclusions"]].tolist() == [1, 0, 0]
