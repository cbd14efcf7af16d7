"""Claims as marks in a sentence and as one line of a section: the role, the counts, and what a browser does."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from sphinx.testing.util import SphinxTestApp

EXTENSIONS = ROOT / "book" / "_ext"
SIGNS = {"agrees": "■", "differs": "●", "disagree": "◧", "cannot": "□", "owed": "□"}


def made(id, verdict, chapter="x", **fields):
    row = {
        "chapter": chapter,
        "statement": f"The statement of {id}.",
        "verdict": verdict,
        "where": "§3.3, footnote 5",
        "stated": "5 <people>",
        "computed": "" if verdict.startswith("not ") else "5",
        "otherwise": "",
        "note": "A note.",
        "ours": False,
        "trail": [f"ledger.html#{id}", "trail"],
        "found": "a document",
    }
    return row | fields


X = {
    "x-a": made("x-a", "confirmed"),
    "x-b": made("x-b", "confirmed"),
    "x-c": made("x-c", "differs"),
    "x-d": made("x-d", "not public"),
    "x-e": made("x-e", "not measurable"),
    "x-f": made("x-f", "not looked up"),
    "x-g": made("x-g", "contested", otherwise="8 <there>"),
    "x-h": made("x-h", "differs", ours=True, trail=["chapters/x.html#code-x-h", "code"]),
}
Y = {"y-a": made("y-a", "confirmed", "y")}


def placed(*ids):
    items = "".join(f'<li id="{id}" class="claim"></li>' for id in ids)
    return f'```{{raw}} html\n<ul class="claims">{items}</ul>\n```\n'


CHAPTER = f"""# X

## One

First.{{claim}}`x-c` Second,{{claim}}`x-a, x-d, x-b, x-e` third.{{claim}}`y-a` Again.{{claim}}`x-a`

{placed("x-a", "x-c")}

### Deeper

{placed("x-b", "x-d", "x-e")}

After the lists.

## Two

{placed("x-f", "x-g", "x-h")}

Last.{{claim}}`x-h, x-f, x-g`
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A function that builds a book of these pages with the extension, and returns its folder and its warnings."""

    def build(**pages):
        source = tmp_path_factory.mktemp("marks")
        for folder in ("book/chapters", "book/generated/claims", "notebooks"):
            (source / folder).mkdir(parents=True)
        for name, claims in {"x": X, "y": Y}.items():
            (source / "book/generated/claims" / f"{name}.json").write_text(json.dumps(claims), encoding="utf-8")
        conf = f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\nextensions = ['myst_nb', 'claims']\n"
        (source / "conf.py").write_text(conf, encoding="utf-8")
        texts = {"book/chapters/x": CHAPTER, "book/chapters/y": "# Y\n", "book/ledger": "# Ledger\n"} | pages
        tree = "# Home\n\n```{toctree}\n" + "\n".join(texts) + "\n```\n"
        for name, text in {"index": tree, **texts}.items():
            (source / f"{name}.md").write_text(text, encoding="utf-8")
        app = SphinxTestApp("html", srcdir=source)
        try:
            app.build()
        finally:
            app.cleanup()
        return source / "_build" / "html", app.warning.getvalue()

    return build


@pytest.fixture(scope="module")
def page(built):
    html, warnings = built()
    assert not warnings
    return BeautifulSoup((html / "book/chapters/x.html").read_text(encoding="utf-8"), "html.parser")


def test_marks_are_numbered_once_and_grouped_by_what_they_say(page):
    marks = page.select("a.claim-mark")
    assert [mark.get_text() for mark in marks] == ["1", "2, 3", "4, 5", "6", "2", "7", "8", "9 ours"]
    assert [mark["class"][1] for mark in marks] == [
        "says-differs", "says-agrees", "says-cannot", "says-agrees", "says-agrees",
        "says-disagree", "says-owed", "says-remark",
    ]  # fmt: skip
    assert marks[0]["href"] == "#x-c" and marks[1]["data-claims"] == "x-a x-b" and "data-claims" not in marks[0].attrs
    assert marks[3]["href"] == "y.html#y-a"  # listed where it is tested


def test_the_name_of_a_mark_begins_with_what_is_seen(page):
    names = [mark["aria-label"] for mark in page.select("a.claim-mark")]
    assert names[:3] == [
        "1, claim that differs: The statement of x-c",
        "2, 3, claims that agree: The statement of x-a; The statement of x-b",
        "4, 5, claims that cannot be checked: The statement of x-d; The statement of x-e",
    ]
    assert names[5:] == [
        "7, claim on which studies disagree: The statement of x-g",
        "8, claim that was not looked up: The statement of x-f",
        "9 ours, a remark: The statement of x-h",
    ]
    assert all(name.startswith(mark.get_text()) for name, mark in zip(names, page.select("a.claim-mark"), strict=True))


def test_each_section_has_one_line_with_its_claims(page):
    folds = page.select("details.claims-fold")
    assert [fold.summary.get_text() for fold in folds] == [
        "5 statements: 2 agree, 1 differs, 2 cannot be checked",
        "2 statements: 1 on which studies disagree, 1 not looked up; 1 remark of ours",
    ]
    assert not any(fold.has_attr("open") for fold in folds)
    assert [[item["id"] for item in fold.select("li.claim")] for fold in folds] == [
        ["x-a", "x-c", "x-b", "x-d", "x-e"],
        ["x-f", "x-g", "x-h"],
    ]
    for heading, fold in zip(page.select("h2"), folds, strict=True):  # the last thing of its section
        assert heading.find_parent("section").find_all(recursive=False)[-1] is fold
    assert len(page.select("ul.claims")) == 2


def test_a_line_of_the_list_has_what_a_reader_needs_and_one_link(page):
    one = page.find("li", id="x-g")
    assert one.select_one(".claim-number").get_text() == "7"
    assert one.select_one(".claim-report").get_text() == "Report: 5 <people> (§3.3, footnote 5)."
    assert one.select_one(".claim-here").get_text() == "Here: 5 (a document); other sources: 8 <there>."
    assert one.select_one(".claim-verdict").get_text() == "studies disagree"
    [link] = one.select("a")
    assert (link["href"], link.get_text(), link["aria-label"]) == ("../ledger.html#x-g", "trail", "trail of x-g")
    untested = page.find("li", id="x-e")
    assert untested.select_one(".claim-verdict").get_text() == "cannot be checked: not measurable"
    assert not untested.select_one(".claim-here")
    ours = page.find("li", id="x-h")
    assert ours.select_one(".claim-verdict").get_text() == "our remark" and ours.a["href"] == "#code-x-h"
    assert ours.select_one(".claim-report").get_text().startswith("About: ")


def test_a_claim_of_another_page_can_be_told_here(page):
    [template] = page.select("template[data-claim]")
    assert template["data-claim"] == "y-a" and template.select_one(".claim-statement")


def test_numbers_in_a_row_are_written_as_a_range(built):
    html, _ = built(page="# P\n\n{claim}`x-a` and {claim}`x-d` and {claim}`x-b` and {claim}`x-e, x-d`\n")
    page = BeautifulSoup((html / "page.html").read_text(encoding="utf-8"), "html.parser")
    assert [mark.get_text() for mark in page.select("a.claim-mark")] == ["1", "2", "3", "2, 4"]
    assert page.select_one("a.claim-mark")["href"] == "book/chapters/x.html#x-a"


@pytest.mark.parametrize(
    "numbers, expected", [([3], "3"), ([3, 4], "3, 4"), ([3, 4, 5], "3–5"), ([1, 4, 5, 6, 9, 10], "1, 4–6, 9, 10")]
)
def test_ranges(numbers, expected, monkeypatch):
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    from claims import ranges

    assert ranges(numbers) == expected


def test_an_unknown_id_is_told_with_file_line_and_the_nearest(built):
    _, warnings = built(page="# P\n\nText.\n\nMore.{claim}`x-a, x-aa`\n")
    [line] = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", warnings).splitlines() if "WARNING" in line]
    assert "page.md:5: WARNING: no claim 'x-aa' in what was built; the nearest: x-a" in line


def test_signs_and_outlines_tell_verdicts_apart_without_colour():
    rules = (ROOT / "book" / "_static" / "claims.css").read_text(encoding="utf-8")
    for what, sign in SIGNS.items():
        escape = re.search(rf"says-{what}\b[^{{]*{{ --sign: \"\\([0-9A-F]{{4}})\"", rules)[1]
        assert chr(int(escape, 16)) == sign
    outlines = re.findall(r"a\.claim-mark\.says-(\w+) { (border[^}]*) }", rules)
    assert len({outline for _, outline in outlines}) == len(outlines) == len(SIGNS)  # what agrees has the plain one


@pytest.mark.book
def test_an_unknown_id_in_a_chapter_fails_the_build_at_its_line(copy):
    copy.edit("notebooks/relations.md", "{claim}`relations-main-finding`", "{claim}`relations-main-findings`")
    copy.sync()
    text = (copy.root / "notebooks" / "relations.md").read_text(encoding="utf-8")
    line = text[: text.index("relations-main-findings")].count("\n") + 1
    built = copy.build()
    said = built.stdout + built.stderr
    assert built.returncode
    assert f"notebooks/relations.md:{line}: WARNING: no claim 'relations-main-findings' in what was built" in said
    assert "the nearest: relations-main-finding" in said
