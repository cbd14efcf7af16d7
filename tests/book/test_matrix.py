"""The evaluation matrix: every question, its findings, and the verdicts beneath them."""

import pandas as pd
from bs4 import BeautifulSoup

from lib import data
from lib.ledger import assess
from steps.book import links
from steps.book.matrix import matrix, passages

COLUMNS = ["id", "chapter", "statement", "verdict", "whose", "evidence"]


def questions(page):
    """The list of findings of each question, by its number."""
    parts = [part.partition("\n\n") for part in page.split("## ")[1:]]
    return {head.split(". ")[0]: BeautifulSoup(body, "html.parser") for head, _, body in parts}


def beneath(finding):
    """The claims of a finding."""
    table = data.load("links_finding_claim")
    return table.loc[table["finding"] == finding, "claim"].tolist()


def test_every_question_has_its_findings():
    found = questions(matrix(pd.DataFrame([], columns=COLUMNS)))
    links = data.load("links_question_finding").groupby("question").size()
    assert {id: len(part.select("ul.matrix > li")) for id, part in found.items()} == links.to_dict()
    assert list(found) == data.load("report_questions")["id"].tolist()
    assert not any(part.select("details") for part in found.values())  # no claims at hand, so none to open
    up = [link["href"] for link in found["4"].select("ul.matrix > li > a")]
    assert up == [f"chapters/synthesis.html#finding-4-{name}" for name in ("tension", "ministries", "internal-limited")]


def test_every_finding_has_one_anchor():
    found = questions(matrix(pd.DataFrame([], columns=COLUMNS)))
    anchors = [item["id"] for part in found.values() for item in part.select("ul.matrix > li[id]")]
    assert sorted(anchors) == sorted(data.load("report_findings")["id"])


def test_verdicts_are_counted_with_their_role_and_lead_to_their_claims():
    links = data.load("links_finding_claim").query("finding == 'finding-3-2-morocco-inflow'").set_index("claim")["role"]
    first, second = links.index[:2]
    rows = [(first, "return", "One & one.", "differs", "report", "arithmetic")]
    rows.append((second, "return", "Two.", "differs", "ours", "arithmetic"))
    page = questions(matrix(pd.DataFrame(rows, columns=COLUMNS)))["9a"]
    said = {summary.get_text() for summary in page.select("summary")}
    setting = links[first] == "setting"
    expected = "none of 0 claims that state or test it were checked; 1 as setting"
    expected = expected if setting else "1 of 1 claim that states or tests it was checked: 1 within the report"
    assert expected in said  # a remark is in no count
    link = next(link for link in page.select("a") if link.get_text() == "One & one.")
    assert link["href"] == f"chapters/return.html#{first}"
    assert "differs" in link.find_previous("span", class_="badge-verdict").get_text()
    assert link.find_previous("span", class_="role").get_text() == links[first]
    remark = next(link for link in page.select("a") if link.get_text() == "Two.")
    assert "our remark" in remark.find_previous("span", class_="badge-verdict").get_text()


def test_the_matrix_and_the_synthesis_count_alike():
    found = links.followed()
    page = BeautifulSoup(matrix(found.claims), "html.parser")
    counted = found.of_findings()
    said = {item["id"]: item.summary.get_text() for item in page.select("ul.matrix > li[id]")}
    assert {id: text.split("; ")[0] for id, text in said.items()} == {
        row.name: assess.said(row).split("; ")[0] for _, row in counted.iterrows()
    }


def test_every_passage_stands_on_the_page_with_its_claims_or_why_it_has_none():
    table = data.load("passages")
    claim = table["claims"].dropna().iloc[0].split(";")[0]
    tested = pd.DataFrame([(claim, "return", "One & one.", "confirmed", "report", "public")], columns=COLUMNS)
    page = BeautifulSoup(passages(tested), "html.parser")
    assert len(page.select("li")) == len(table)
    assert {link["href"] for link in page.select("a")} == {f"chapters/return.html#{claim}"}
    assert "cites a source only" in page.get_text()
