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
    for name in ("one", "two_words", "synthesis"):
        (tmp_path / "notebooks" / f"{name}.md").touch()
    return tmp_path


def test_titles_stand_in_the_order_of_the_book(book):
    assert chapters.titles() == {"two_words": "Two words", "one": "The first", "synthesis": "Synthesis"}
    assert list(chapters.tested()) == ["two_words", "one"]
    assert chapters.missing() == ""


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
