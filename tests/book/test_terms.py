"""Glossary terms in running text: which mention leads to the glossary, and which does not."""

import shutil

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from sphinx.testing.util import SphinxTestApp

from lib import data

EXTENSIONS = ROOT / "book" / "_ext"
TERMS = [
    "IND",
    "IOM",
    "AVR",
    "N-AVRR",
    "departure",
    "forced departure",
    "third country",
    "EU-Türkiye Statement",
    "dose",
]
PAGE = """# The IND in a heading

*The IND* in a title, **IND**, `IND`, [the IND](https://example.org), $IND$ and <a href="#x">the IND</a>.

| IND |
|---|
| IND |

```
IND
```

:::{figure} none.svg
Caption with IND

Legend with IND
:::

They ind a KIND, N-IND and Iom.

- In a list: the IND decides, and the IND again.
- A Dose is no overdose; IOM's "own" words.
- Forced departures, then a departure. No AVR in N-AVRR, and xN-AVR.

> Third countries under the EU–Türkiye statement.
"""
HOME = "# Home\n\nThe IND and its doses.\n\n```{toctree}\npage\nnotebook\nglossary\n```\n"
OUTPUT = nbformat.v4.new_output("display_data", {"text/markdown": "An IOM output."})
NOTEBOOK = nbformat.v4.new_notebook(
    metadata={"language_info": {"name": "python", "pygments_lexer": "python"}},
    cells=[
        nbformat.v4.new_code_cell("show()", outputs=[OUTPUT]),
        nbformat.v4.new_markdown_cell("# Notebook\n\nThe IOM in a cell."),
    ],
)
SETTINGS = {
    "exclude_patterns": ["_build"],
    "html_theme": "basic",
    "myst_enable_extensions": ["colon_fence", "dollarmath"],
    "nb_execution_mode": "off",
}


def build(folder, linked=TERMS):
    """Build what has changed, without warnings; the names of the pages that were read."""
    settings = SETTINGS | {"linked_terms": linked}
    app = SphinxTestApp(srcdir=folder, builddir=folder / "_build", confoverrides=settings)
    read = set()
    app.connect("source-read", lambda _, name, text: read.add(name))
    app.build()
    app.cleanup()
    assert not app.warning.getvalue()
    return read


def page(folder, name):
    return BeautifulSoup((folder / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def links(soup):
    return [(link.get_text(), link["href"].removeprefix("glossary.html#term-")) for link in soup.select("a.term-link")]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    entries = "".join(f"{term}\n  Meaning, said by the IND.\n\n" for term in TERMS)
    glossary = f"# Glossary\n\nThe IND.\n\n```{{glossary}}\n{entries}```\n"
    for name, text in {"index.md": HOME, "page.md": PAGE, "glossary.md": glossary}.items():
        (folder / name).write_text(text, encoding="utf-8")
    nbformat.write(NOTEBOOK, folder / "notebook.ipynb")
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.append({str(EXTENSIONS)!r})\nextensions = ['myst_nb', 'terms']\n", encoding="utf-8"
    )
    (folder / "none.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    build(folder)
    return folder


@pytest.fixture
def copy(book, tmp_path):
    """The same pages, built, to be changed at will."""
    copied = shutil.copytree(book, tmp_path / "copy", ignore=shutil.ignore_patterns("_build"))
    build(copied)
    return copied


def test_the_first_mention_in_running_text_is_linked_and_no_other(book):
    soup = page(book, "page")
    assert links(soup) == [
        ("IND", "IND"), ("Dose", "dose"), ("IOM", "IOM"), ("Forced departures", "forced-departure"),
        ("departure", "departure"), ("AVR", "AVR"), ("N-AVRR", "N-AVRR"), ("Third countries", "third-country"),
        ("EU–Türkiye statement", "EU-Turkiye-Statement"),
    ]  # fmt: skip
    assert soup.select_one("li a.term-link").parent.get_text().startswith("In a list: the IND decides, and the IND")


def test_headings_emphasis_code_links_tables_and_captions_have_no_links(book):
    closed = "h1, em, strong, code, pre, table, figure, a.external, title"
    soup = page(book, "page")
    assert len(soup.select(closed)) >= 9
    assert not any(tag.select("a.term-link") for tag in soup.select(closed))
    assert not soup.select("a a")


def test_each_page_has_its_own_first_mention(book):
    assert links(page(book, "index")) == [("IND", "IND"), ("doses", "dose")]


def test_a_notebook_is_linked_in_its_text_and_not_in_its_output(book):
    soup = page(book, "notebook")
    assert links(soup) == [("IOM", "IOM")]
    assert "IOM output" in soup.get_text()
    assert soup.select_one("a.term-link").parent.get_text() == "The IOM in a cell."


def test_the_glossary_does_not_link_to_itself(book):
    soup = page(book, "glossary")
    assert links(soup) == []
    assert len(soup.select("dl.glossary dt[id^=term-]")) == len(TERMS)


def test_every_link_leads_to_an_entry(book):
    anchors = {tag["id"] for tag in page(book, "glossary").select("[id]")}
    for name in ("index", "page", "notebook"):
        assert {f"term-{target}" for _, target in links(page(book, name))} <= anchors


def test_quotation_marks_beside_a_link_are_set_as_elsewhere(book):
    assert "IOM’s “own” words" in page(book, "page").get_text()


def test_a_second_build_reads_nothing_and_keeps_the_links(copy):
    before = links(page(copy, "page"))
    assert build(copy) == set()
    assert links(page(copy, "page")) == before


def test_an_edited_page_is_linked_again_once(copy):
    text = (copy / "page.md").read_text(encoding="utf-8")
    (copy / "page.md").write_text(text.replace("# The IND", "# Now an IND\n\nAn IND first."), encoding="utf-8")
    assert build(copy) == {"page"}
    assert links(page(copy, "page"))[0] == ("IND", "IND")
    assert [text for text, _ in links(page(copy, "page"))].count("IND") == 1


def test_other_terms_to_link_read_every_page_again(copy):
    assert build(copy, linked=["IOM"]) == {"index", "page", "notebook", "glossary"}
    assert links(page(copy, "page")) == [("IOM", "IOM")]


def test_the_terms_are_those_that_the_table_marks(copy, monkeypatch):
    table = pd.DataFrame({"term": TERMS, "linked": ["yes" if term == "AVR" else "no" for term in TERMS]})
    monkeypatch.setattr(data, "load", {"report_glossary": table}.get)
    assert build(copy, linked=None)
    assert links(page(copy, "page")) == [("AVR", "AVR")]
    assert build(copy, linked=None) == set()


def test_a_term_that_is_not_in_the_glossary_is_named(copy):
    (copy / "index.md").write_text(HOME.replace("IND", "XYZ"), encoding="utf-8")
    with pytest.raises(AssertionError, match="term not in glossary: 'XYZ'"):
        build(copy, linked=[*TERMS, "XYZ"])
