"""The report's references as BibTeX: what is cleaned, what is noted, and that others can read it."""

import pandas as pd
import pytest
from pybtex.bibtex.exceptions import BibTeXError
from pybtex.database import parse_string
from pybtex.richtext import Text

from lib import data
from steps.book.bibliography import bibtex

REFERENCES = pd.DataFrame(
    [
        ("archer2019", "Archer, A.; Van der Zee, B.", 2019, "On Borders & 100% of_#1", "Land & Sea", "4", "2", "10–20"),
        ("board2021", "Board of Trade and Ports (B&P)", 2021, "Yearly review", None, None, None, None),
        ("chamber2022", "Chamber", 2022, "A letter", None, None, None, None),
        ("dean2020", "Dean, D.; et al.", 2020, "A chapter", "The Book", None, None, "7-9"),
        ("extrand", "Extra", None, "A page", "The Site", None, None, None),
        ("unnamednd", "Office", None, None, None, None, None, None),
    ],
    columns=["key", "authors", "year", "title", "container", "volume", "issue", "pages"],
).assign(
    publisher=[None, None, None, "A Press", None, None],
    document_number=[None, None, None, None, None, None],
    kind=["article", "report", "parliamentary", "chapter", "web", "data"],
    in_list=["yes", "yes", "yes", "yes", "no", "no"],
    note=[None, None, None, "Seen by none.", None, None],
).astype({"year": "Int64", "document_number": "str"})  # fmt: skip
CITATIONS = pd.DataFrame(
    [
        ("1.1", 1, None, "archer2019", None, 2018, None, "no"),
        ("1.1", 2, None, "archer2019", None, None, None, "yes"),
        ("1.1", 2, None, "chamber2022", "The letter", 2022, "TK 1, nr. 2", "no"),
        ("2", 3, None, "board2021", None, 2021, None, "no"),
        ("2", 4, None, "extrand", None, 2017, None, "no"),
        ("2", None, "box 1", "extrand", None, 2017, None, "no"),
        ("2", None, "figure 1", "unnamednd", None, None, None, "no"),
    ],
    columns=["section", "footnote", "place", "key", "title", "year", "document_number", "short"],
).assign(pages=None).astype({"year": "Int64", "footnote": "Int64"})  # fmt: skip


def entries(references=REFERENCES, citations=CITATIONS):
    return parse_string(bibtex(references, citations), "bibtex").entries


def shown(entry, field):
    return str(Text.from_latex(entry.fields[field]))


def note(entry):
    return shown(entry, "note")


def test_each_kind_of_work_has_its_type_of_entry():
    assert {key: entry.type for key, entry in entries().items()} == {
        "report-archer2019": "article", "report-board2021": "techreport", "report-chamber2022": "misc",
        "report-dean2020": "incollection", "report-extrand": "misc",
    }  # fmt: skip


def test_signs_that_mean_something_to_tex_come_back_as_they_were():
    assert r"\&" in bibtex(REFERENCES, CITATIONS)
    article = entries()["report-archer2019"]
    assert shown(article, "title") == "On Borders & 100% of_#1"
    assert shown(article, "journal") == "Land & Sea"
    assert article.fields["pages"] == "10--20"


def test_braces_that_do_not_match_are_refused():
    with pytest.raises(BibTeXError, match="unmatched braces"):
        bibtex(REFERENCES.assign(title="{half"), CITATIONS)


def test_a_title_keeps_its_capitals_in_every_style():
    title = Text.from_latex(entries()["report-archer2019"].fields["title"])
    assert str(title.capitalize()) == str(title.lower()) == "On Borders & 100% of_#1"


def test_a_body_is_one_author_and_a_person_has_a_family_name():
    assert "author = {{Board of Trade and Ports (B\\&P)}}" in bibtex(REFERENCES, CITATIONS)
    [body] = entries()["report-board2021"].persons["author"]
    assert (body.first_names, len(body.last_names)) == ([], 1)
    people = entries()["report-archer2019"].persons["author"]
    assert [" ".join(person.prelast_names + person.last_names) for person in people] == ["Archer", "Van der Zee"]
    assert [str(person) for person in entries()["report-dean2020"].persons["author"]] == ["Dean, D.", "others"]


def test_a_report_of_a_body_is_published_by_it():
    assert shown(entries()["report-board2021"], "institution") == "Board of Trade and Ports (B&P)"


def test_notes_say_where_a_work_is_cited_and_what_does_not_agree():
    found = entries()
    assert note(found["report-archer2019"]) == (
        "In the list of the report; cited in footnotes 1 and 2. Footnote 1 prints 2018, the list 2019."
    )
    assert note(found["report-chamber2022"]) == (
        "In the list of the report; cited in footnote 2. Footnote 2 prints “The letter”, the list “A letter”. "
        "No number in the list; TK 1, nr. 2 in footnote 2."
    )
    assert note(found["report-dean2020"]) == "In the list of the report; cited in no footnote. Seen by none."
    assert note(found["report-extrand"]) == "Not in the list of the report; cited in footnote 4 and box 1."
    assert note(found["report-board2021"]) == "In the list of the report; cited in footnote 3."


def test_what_the_list_leaves_out_comes_from_footnotes_that_agree():
    found = entries()
    assert found["report-extrand"].fields["year"] == "2017"
    assert found["report-chamber2022"].fields["howpublished"] == "TK 1, nr. 2"
    at_odds = CITATIONS.assign(year=CITATIONS["year"].where(CITATIONS["place"] != "box 1", 2016))
    assert "year" not in entries(citations=at_odds)["report-extrand"].fields


def test_a_cleaned_value_goes_first_and_the_note_keeps_what_is_printed():
    clean = REFERENCES.assign(year_clean=pd.array([2018, *[None] * 5], dtype="Int64"))
    article = entries(clean)["report-archer2019"]
    assert article.fields["year"] == "2018"
    assert "Footnote 1 prints 2018, the list 2019." in note(article)


def test_a_work_without_a_title_is_left_out_by_name_unless_we_gave_it_one():
    assert bibtex(REFERENCES, CITATIONS).startswith(
        "% Left out, since the report names them without a title: unnamednd (Office)."
    )
    named = REFERENCES.assign(title_clean=[*[None] * 5, "[Counts of the office]"])
    text = bibtex(named, CITATIONS)
    assert "Left out" not in text
    assert parse_string(text, "bibtex").entries["report-unnamednd"].type == "misc"


def test_the_references_of_the_report_can_be_read():
    works = data.load("report_references")
    found = entries(works, data.load("report_citations"))
    assert set(found) <= set("report-" + works["key"])
    assert set(found) >= set("report-" + works.loc[works["title"].notna(), "key"])
    assert len({key.lower() for key in found}) == len(found)
    ours = parse_string((data.ROOT / "book" / "references.bib").read_text(encoding="utf-8"), "bibtex").entries
    assert not set(found) & set(ours)
    for entry in found.values():
        assert all(shown(entry, field) for field in entry.fields)
        assert note(entry).split(" list of the report; cited in ")[0] in ("In the", "Not in the")
