"""Sections in depth: closed, with what is in there in sight, inside the sections around them."""

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from sphinx.testing.util import SphinxTestApp

EXTENSIONS = ROOT / "book" / "_ext"
PAGE = """# Did it work?

## First

Text.

### In depth: how *it* was tested

What is in there, with 3 tests.

Inside.

#### Deeper

More inside.

### After it

Outside.

## In depth: the rest

All that is left.

- An item.
"""


@pytest.fixture
def built(tmp_path):
    """A function that builds one page, and returns its article and the warnings."""

    def build(text):
        conf = f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\nextensions = ['myst_nb', 'depth', 'markup']\n"
        (tmp_path / "conf.py").write_text(conf, encoding="utf-8")
        (tmp_path / "index.md").write_text(text, encoding="utf-8")
        app = SphinxTestApp("html", srcdir=tmp_path)
        try:
            app.build()
        finally:
            app.cleanup()
        html = (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8")
        return BeautifulSoup(html, "html.parser"), app.warning.getvalue()

    return build


def test_all_but_the_heading_and_the_first_paragraph_is_folded_up_to_the_next_heading_of_its_level(built):
    page, warnings = built(PAGE)
    assert not warnings
    first, second = page.select("details.depth")
    assert [one.summary.find(["h2", "h3"]).get_text() for one in (first, second)] == [
        "In depth: how it was tested", "In depth: the rest",
    ]  # fmt: skip
    assert first.select_one(".depth-lead").get_text() == "What is in there, with 3 tests."
    assert "Deeper" in first.get_text() and "Outside" not in first.get_text()
    assert first.find_parent("section")["id"] == "in-depth-how-it-was-tested"
    assert not first.has_attr("open") and second.li.get_text() == "An item."


def test_what_opens_a_fold_holds_nothing_else_to_press(built):
    page, _ = built(PAGE)
    assert not page.select("summary a, summary button")
    assert page.select_one("#deeper a.headerlink")
    _, warnings = built(PAGE.replace("All that is left.", "See [there](https://example.org)."))
    assert "'In depth: the rest' opens it: no link and no mark in it" in warnings


def test_a_section_that_does_not_say_what_is_in_there_fails(built):
    page, warnings = built("# A\n\n## In depth: x\n\n- A list.\n")
    assert "'In depth: x' must begin with a sentence that says what is in there" in warnings
    assert not page.select("details.depth") and page.li.get_text() == "A list."
