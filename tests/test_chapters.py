"""The one list of chapters: what is in no count cannot build."""

import pytest

from lib import chapters

TOC = """root: book/index
parts:
  - caption: Chapters
    chapters:
      - file: book/chapters/two_words
      - file: book/chapters/one
        title: The first
        sections:
          - file: book/chapters/one_more
            title: "The first: more"
      - file: book/chapters/synthesis
  - caption: About
    chapters:
      - file: book/cite
"""


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    monkeypatch.setattr(chapters, "CONTENTS", tmp_path / "_toc.yml")
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    for name in ("one", "one_more", "two_words", "synthesis"):
        (tmp_path / "notebooks" / f"{name}.md").touch()
    return tmp_path


def test_titles_stand_in_the_order_of_the_book(book):
    assert chapters.titles() == {"two_words": "Two words", "one": "The first", "synthesis": "Synthesis"}
    assert list(chapters.tested()) == ["two_words", "one"]
    assert chapters.missing() == ""


def test_a_supplement_stands_beneath_its_chapter_and_is_in_no_count(book):
    assert chapters.supplements() == {"one": ["one_more"]}
    assert list(chapters.named().items())[1:3] == [("one", "The first"), ("one_more", "The first: more")]
    assert "one_more" not in chapters.titles() and "one_more" not in chapters.tested()
    (book / "notebooks" / "one_more.md").unlink()
    assert chapters.missing() == "_toc.yml names the chapter one_more, and notebooks/one_more.md is not there"


@pytest.mark.parametrize(
    ("asked", "built"),
    [
        (["one"], ["one", "one_more"]),
        (["one_more"], ["one", "one_more"]),
        (["two_words", "one_more"], ["two_words", "one", "one_more"]),
        ([], []),
    ],
)
def test_a_chapter_and_its_supplements_are_built_together(book, asked, built):
    assert chapters.together(asked) == built


def test_the_supplements_of_this_book_have_no_claim():
    from lib.ledger.claims import read_ledger

    of = {name for names in chapters.supplements().values() for name in names}
    assert of == {"return_panel"} and not of & {claim.chapter for claim in read_ledger().values()}


def test_a_notebook_that_is_in_no_contents_is_told(book):
    (book / "notebooks" / "training.ipynb").touch()
    assert "the chapter training is in no count" in chapters.missing() and "_toc.yml" in chapters.missing()


def test_a_chapter_without_a_notebook_is_told(book):
    (book / "notebooks" / "one.md").unlink()
    assert chapters.missing() == "_toc.yml names the chapter one, and notebooks/one.md is not there"


def test_the_ledger_and_the_front_know_every_chapter():
    from lib.ledger.claims import read_ledger
    from steps.book import home

    assert {claim.chapter for claim in read_ledger().values()} == set(chapters.tested())
    assert list(home.WORDS["nl"]["chapters"]) == list(chapters.titles())


def test_a_chapter_in_no_count_ends_the_build_before_any_step(monkeypatch):
    from steps.engine import plan

    assert plan.SYNC in plan.steps()
    monkeypatch.setattr(chapters, "missing", lambda: "the chapter training is in no count")
    with pytest.raises(SystemExit, match="the chapter training is in no count"):
        plan.steps()
