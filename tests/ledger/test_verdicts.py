"""Verdicts as readers see them."""

import json
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import data
from lib.ledger import assess
from lib.ledger.brief import Answer, Brief
from lib.ledger.statement import Claim
from lib.ledger.verdicts import (
    CONFIRMED,
    CONTESTED,
    DIFFERS,
    MARKS,
    MIMETYPE,
    NO,
    NOT_LOOKED_UP,
    NOT_PUBLIC,
    OPEN,
    PARTLY,
    SHOWN,
    SHOWN_HERE,
    UNTESTED,
    VERDICTS,
    YES,
    Result,
    Summary,
    Verdicts,
    badge,
    slug,
    word,
)
from lib.synthesis import scorecard, theory

NASTY = 'a <b>"bold"</b> & <script>alert(1)</script>'


def result(id="x-a", computed="5", verdict=CONFIRMED, **fields):
    row = {
        "chapter": "x",
        "section": "3.3",
        "footnote": 58,
        "statement": "Detections fell.",
        "kind": "count",
        "value": "5",
        "unit": "detections",
        "period": "2015",
        "precision": "1",
        "evidence": "public",
        "expect": "confirmed",
        "whose": "report",
        "places": "",
        "note": "",
    }
    return Result(Claim(id=id, **row | fields), computed, verdict)


def soup(html):
    return BeautifulSoup(html, "html.parser")


RESULTS = (result("x-a"), result("x-b", verdict=DIFFERS), result("x-c", None, NOT_PUBLIC, footnote=None))
REMARK = result("x-o", verdict=DIFFERS, whose="ours")


def test_each_verdict_is_an_anchor_with_value_and_place():
    page = soup(Verdicts(list(RESULTS))._repr_html_())
    assert [item["id"] for item in page.find_all("li")] == ["x-a", "x-b", "x-c"]
    for item, shown in zip(page.find_all("li"), RESULTS, strict=True):
        assert item.find("a", href=f"#{shown.claim.id}")
        assert shown.claim.where in item.text and word(shown.verdict) in item.text
    assert "computed: 5" in page.find(id="x-a").text
    assert "computed" not in page.find(id="x-c").text


def test_verdicts_tell_the_book_which_claims_a_cell_shows():
    bundle = Verdicts(list(RESULTS))._repr_mimebundle_()
    assert bundle[SHOWN_HERE] == {"claims": ["x-a", "x-b", "x-c"]}
    assert bundle["text/html"].startswith('<ul class="claims">') and "differs: x-b" in bundle["text/plain"]


def test_text_of_the_ledger_is_escaped_everywhere():
    nasty = result(statement=NASTY, note=NASTY, unit=NASTY, computed=NASTY)
    pages = [
        Verdicts([nasty])._repr_html_(),
        Brief((Answer(NASTY, NASTY, NASTY, (nasty,)),))._repr_html_(),
        Summary("x", (nasty,))._repr_mimebundle_()["text/html"],
    ]
    for html in pages:
        page = soup(html)
        assert not page.find(["script", "b"])
        assert NASTY in page.text


def test_a_reader_sees_what_other_documents_have():
    row = Result(result(evidence="document").claim, "8", DIFFERS, "100 (Agency <b>, 2021)")
    text = soup(Verdicts([row])._repr_html_()).find(id="x-a").text
    assert "the record has: 8; other sources: 100 (Agency <b>, 2021)." in text


def test_verdicts_look_different_without_colour():
    for name in (*VERDICTS, *SHOWN):
        assert word(name) in soup(badge(name)).text and MARKS[name] in soup(badge(name)).text


def test_there_are_two_scales_and_no_third():
    shapes, arrows = [YES, PARTLY, NO, OPEN], {word: sign for sign, word in theory.ARROW_STATES.values()}
    assert len(set(shapes)) == 4 and MARKS.keys() == {*VERDICTS, *SHOWN}
    for table in (MARKS, arrows, scorecard.MARKS, scorecard.JUDGED):
        assert set(table.values()) <= {*shapes, "\N{EN DASH}"}  # a dash where there is nothing to judge
    assert list(assess.SIGNS) == assess.CHECKED and list(assess.SIGNS.values()) == ["○○○○", "●○○○", "●●○○", "●●●●"]


def test_what_was_not_checked_is_one_shape_and_says_why():
    assert {MARKS[verdict] for verdict in UNTESTED} == {OPEN}
    assert len({soup(badge(verdict)).text for verdict in UNTESTED}) == len(UNTESTED)


def test_verdicts_differ_in_more_than_their_word():
    rules = (data.ROOT / "book" / "_static" / "compendium.css").read_text(encoding="utf-8")
    looks = {
        verdict: (
            re.search(rf"\.verdict-{slug(verdict)}\b[^{{]*{{([^}}]*)}}", rules)[1],
            re.search(rf"li\.claim-{slug(verdict)}\b[^{{]*{{([^}}]*)}}", rules)[1],
        )
        for verdict in VERDICTS
    }
    assert len({edge for _, edge in looks.values()}) == len(VERDICTS)
    assert len({colour for colour, _ in looks.values()}) == len(set(MARKS.values()))


def test_a_remark_of_ours_is_shown_and_in_no_count():
    page = soup(Verdicts([REMARK])._repr_html_())
    assert "our remark" in page.text and "differs" not in page.text and "Ours, on §3.3" in page.text
    summary = Summary("x", (*RESULTS, REMARK))
    assert summary.counts == Summary("x", RESULTS).counts
    assert not soup(summary._repr_mimebundle_()["text/html"]).select("a[href='#x-o']")
    assert summary.numbers()["remarks"] == 1
    assert [claim["whose"] for claim in summary._repr_mimebundle_()[MIMETYPE]["claims"]] == ["report"] * 3 + ["ours"]


def test_a_chapter_says_against_what_its_claims_were_tested():
    found = [result("x-a"), result("x-b", evidence="document"), result("x-c", evidence="arithmetic", verdict=DIFFERS)]
    found += [result(f"x-{n}", None, verdict) for n, verdict in enumerate((*UNTESTED, NOT_LOOKED_UP))]
    assert Summary("x", tuple(found)).numbers() == {
        "claims": 7, "tested": 3, "remarks": 0, "confirmed": 2, "differs": 1, "contested": 0, "not_public": 1,
        "not_measurable": 1, "not_looked_up": 2, "own": 0, "world": 1, "record": 1, "report": 1,
    }  # fmt: skip


def test_studies_are_said_to_say_and_count_against_the_world():
    found = result("x-s", computed="they disagree", verdict=CONTESTED, evidence="studies")
    assert "the studies say: they disagree" in soup(Verdicts([found])._repr_html_()).text
    summary = Summary("x", (*RESULTS, found))
    assert summary.numbers()["contested"] == 1 and summary.numbers()["world"] == 3
    assert "studies disagree" in soup(summary._repr_mimebundle_()["text/html"]).find("tbody").text


def test_summary_counts_and_frame():
    summary = Summary("x", (*RESULTS, result("x-d")))
    assert summary.counts == dict.fromkeys(VERDICTS, 0) | {CONFIRMED: 2, DIFFERS: 1, NOT_PUBLIC: 1}
    frame = summary.frame()
    assert frame["id"].tolist() == ["x-a", "x-b", "x-c", "x-d"]
    assert frame["verdict"].tolist() == [CONFIRMED, DIFFERS, NOT_PUBLIC, CONFIRMED]
    assert set(frame.columns) == {*Claim.__dataclass_fields__, "computed", "verdict", "otherwise"}
    assert Summary("x", RESULTS[:1]).counts == dict.fromkeys(VERDICTS, 0) | {CONFIRMED: 1}


def test_summary_is_json_that_the_synthesis_can_read():
    bundle = json.loads(json.dumps(Summary("x", RESULTS)._repr_mimebundle_(), allow_nan=False))
    record = bundle[MIMETYPE]
    counts = dict.fromkeys(VERDICTS, 0) | {CONFIRMED: 1, DIFFERS: 1, NOT_PUBLIC: 1}
    assert record["chapter"] == "x" and record["counts"] == counts
    assert [(claim["id"], claim["verdict"], claim["computed"]) for claim in record["claims"]] == [
        ("x-a", CONFIRMED, "5"),
        ("x-b", DIFFERS, "5"),
        ("x-c", NOT_PUBLIC, None),
    ]
    assert pd.isna(record["claims"][2]["footnote"])
    said = "1 confirmed, 1 differs, 0 contested, 1 not public, 0 not measurable, 0 not looked up"
    assert bundle["text/plain"] == said


def test_summary_table_links_every_claim_that_was_checked_and_counts_the_others():
    page = soup(Summary("x", RESULTS)._repr_mimebundle_()["text/html"])
    rows = page.find("tbody").find_all("tr")
    assert [row.find("a")["href"] for row in rows] == ["#x-a", "#x-b"]
    assert "1 more was not checked (1 not public)" in page.text
    assert page.find("a", href="../ledger.html?chapter=x")
    assert len(page.find_all("th", scope="col")) == len(rows[0].find_all("td"))


@pytest.mark.parametrize("shown", [Verdicts(list(RESULTS)), Brief((Answer("Did it fall?", "Yes.", "Yes.", RESULTS),))])
def test_plain_text_for_a_terminal(shown):
    assert "<" not in repr(shown) and ("confirmed: x-a" in repr(shown) or "Here, mixed: Yes." in repr(shown))
