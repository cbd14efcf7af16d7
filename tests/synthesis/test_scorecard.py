"""Check lists of criteria as readers see them."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import data
from lib.synthesis.scorecard import MARKS, MET, NOT_APPLICABLE, NOT_MET, NOT_STATED, scorecard, side_by_side

TABLE = pd.DataFrame(
    [
        (1, "terms of reference", None, NOT_STATED, None),
        (2, "methodology", "sampling <b>&</b> cases", NOT_MET, "chosen by <others>"),
        (3, "methodology", "a counterfactual", MET, None),
    ],
    columns=["criterion", "part", "label", "verdict", "why"],
)


def test_parts_criteria_marks_and_words():
    page = BeautifulSoup(scorecard(TABLE)._repr_html_(), "html.parser")
    assert [part["aria-label"] for part in page.find_all("section")] == ["Terms of reference", "Methodology"]
    assert [" ".join(item.text.split()) for item in page.find_all("li")] == [
        f"{MARKS[NOT_STATED]} not stated Criterion 1",
        f"{MARKS[NOT_MET]} not met 2. sampling <b>&</b> caseschosen by <others>",
        f"{MARKS[MET]} met 3. a counterfactual",
    ]
    assert page.b is None


def test_a_verdict_has_a_mark_of_its_own_and_the_mark_is_not_read_out():
    page = BeautifulSoup(scorecard(TABLE)._repr_html_(), "html.parser")
    assert len(set(MARKS.values())) == len(MARKS)
    for item in page.find_all("li"):
        verdict = item.find(class_="criterion-verdict")
        assert verdict.span["aria-hidden"] == "true"
        assert verdict.span.extract().text in MARKS.values() and verdict.text.strip() in MARKS


def test_counts_and_text():
    card = scorecard(TABLE)
    assert card.counts == {MET: 1, NOT_MET: 1, NOT_STATED: 1, NOT_APPLICABLE: 0}
    assert repr(card).splitlines()[::2] == ["1: not stated", "3 a counterfactual: met"]


def test_neighbours_of_which_nothing_but_the_verdict_is_known_stand_together():
    verdicts = [NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_STATED, NOT_MET, NOT_STATED, NOT_STATED]
    table = pd.DataFrame({"criterion": range(1, 8), "part": "report", "label": None, "verdict": verdicts, "why": None})
    table.loc[5, "label"], table.loc[6, "part"] = "known", "other"
    page = BeautifulSoup(scorecard(table)._repr_html_(), "html.parser")
    assert [" ".join(item.text.split()[1:]) for item in page.find_all("li")] == [
        "does not apply Criteria 1 to 3",
        "not stated Criterion 4",
        "not met Criterion 5",
        "not stated 6. known",
        "not stated Criterion 7",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "passed"}, "verdict 'passed': use one of met, not met, not stated, does not apply"),
        ({"criterion": 7}, "criterion 7 stands in the table twice"),
    ],
)
def test_bad_tables(change, said):
    with pytest.raises(ValueError, match=said):
        scorecard(TABLE.assign(**change))


def test_an_empty_table_is_no_scorecard():
    with pytest.raises(ValueError, match="needs criteria"):
        scorecard(TABLE.iloc[:0])


def test_the_packaged_criteria():
    card = scorecard(data.load("evaluation_criteria"))
    assert card.counts == {MET: 0, NOT_MET: 4, NOT_STATED: 5, NOT_APPLICABLE: 8}
    assert {c.part for c in card.criteria if c.verdict == NOT_APPLICABLE} == {"terms of reference"}
    assert [c.criterion for c in card.criteria if c.verdict == NOT_MET] == ["10", "12", "13", "14"]


CRITERIA = pd.DataFrame(
    [
        ("3.10", "reporting", "Clear & short", "met", "1.2;annex 3", "It is.", "not met", "It is not."),
        ("3.2", "reporting", "Open", "cannot be told", None, "Not seen.", "partly", "Mostly."),
    ],
    columns=["criterion", "part", "label", "report", "report_section", "report_why", "book", "book_why"],
)


def test_two_subjects_stand_side_by_side_with_words_and_reasons():
    shown = side_by_side(CRITERIA, {"report": "The report", "book": "This book"})
    page = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert [head.text for head in page.select("thead th")] == ["Criterion", "The report", "This book"]
    assert page.select_one("th.part").text == "Reporting"
    first, second = page.select("tbody tr")[1:]
    assert first.th.text == "3.10 Clear & short"
    assert [cell.text for cell in first.select("td")] == ["■ metIt is. (§1.2, annex 3)", "● not metIt is not."]
    assert [cell.text for cell in second.select("td")] == ["□ cannot be toldNot seen.", "◧ partlyMostly."]
    assert repr(shown).splitlines()[0] == "3.10: The report met, This book not met"


def test_another_judgement_is_refused():
    with pytest.raises(ValueError, match="book: verdict 'good': use one of met, partly, not met, cannot be told"):
        side_by_side(CRITERIA.assign(book="good"), {"report": "R", "book": "B"})


def test_the_packaged_criteria_can_be_shown():
    table = data.load("quality_criteria")
    assert len(table) >= 15
    side_by_side(table, {"report": "The report", "book": "This book"})
