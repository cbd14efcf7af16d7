"""Text of tables on a page stays text: whatever it holds, one paragraph, heading, cell or link shows it."""

import json
import re
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import example, given, settings
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser

from lib import data
from steps.book import assemble, catalogue, front
from steps.book.matrix import matrix
from steps.book.text import myst, raw

EXTENSIONS = ["colon_fence", "deflist", "dollarmath", "substitution", "attrs_inline"]  # as in _config.yml
SETTINGS = {"myst_enable_extensions": EXTENSIONS, "smart_quotes": False, "report_level": 5, "file_insertion_enabled": 0}
ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "{raw}`html <b>`",
    "```{raw} html\n<script>1</script>\n```",
    ":::{raw} html\n<b>\n:::",
    "[click](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "<https://example.org>",
    "x | y \\| z |",
    "# heading",
    "12. list",
    "- - list",
    "% comment",
    "+++",
    "(label)=",
    "{{ title }}",
    "$x$ and $$y$$",
    "a[^1] and *b* and **c** and `d",
    "&lt;b&gt; &#60;",
    "*[text]{.class}*",
    ": definition",
    "---",
    "    code",
    "one\n\ntwo",
]
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n`*_{}[]()<>#|$~^&!:@=-+%.1\\"))


def parsed(text):
    return publish_doctree(text, parser=Parser(), settings_overrides=SETTINGS)


def shown(text):
    """What a reader sees: on one line, names between backticks without them."""
    return re.sub(r"`([\w. ]+)`", lambda code: code[1].strip(), " ".join(text.split()))


def attacks(test):
    for attack in ATTACKS:
        test = example(attack)(test)
    return test


@attacks
@settings(max_examples=settings().max_examples // 2)
@given(TEXTS.filter(str.strip))
def test_a_text_is_one_paragraph_that_shows_it(text):
    document = parsed(myst(text) + "\n")
    assert [type(node) for node in document.children] == [nodes.paragraph]
    kinds = {type(node) for node in document.findall() if node is not document}
    assert kinds <= {nodes.paragraph, nodes.Text, nodes.literal}
    assert re.sub(" +", " ", document.astext()) == re.sub(" +", " ", shown(text))


@attacks
@settings(max_examples=settings().max_examples // 2)
@given(TEXTS)
def test_a_text_stays_in_its_cell_of_a_table(text):
    document = parsed(f"| a | b |\n|---|---|\n| {myst(text)} | end |\n")
    (table,) = document.children
    cells = [entry.astext() for entry in table.findall(nodes.entry)]
    assert len(cells) == 4 and cells[3] == "end"
    assert not list(document.findall(nodes.raw)) and not list(document.findall(nodes.reference))


def test_names_between_backticks_are_code():
    assert [node.astext() for node in parsed(myst("by `make describe`, `a.b` < 3")).findall(nodes.literal)] == [
        "make describe",
        "a.b",
    ]


@pytest.mark.parametrize("html", ["<p>plain</p>", "<p>\n\n```\n</p>", "<p>\n``````\n# not a heading</p>"])
def test_html_ends_where_it_ends(html):
    (block,) = parsed(raw(html)).children
    assert isinstance(block, nodes.raw)
    assert [line for line in html.splitlines() if line] == block.astext().splitlines()


TABLES = ("report_glossary", "report_evidence", "report_limitations", "report_questions", "report_findings")


@pytest.fixture
def hostile(monkeypatch):
    """Every free text of the tables that become pages, and of the data package, holds markup."""
    attack = 'x\n\n```{raw} html\n<script>1</script>\n```\n\n<img src=x onerror="y"> {raw}`z` | w'
    whole, lines, package = data.load, data.written, json.loads(json.dumps(data.resources()))

    def load(name, *path):
        table = whole(name, *path)
        if name in TABLES:
            free = [f["name"] for f in package[name]["schema"]["fields"] if not _bound(f)]
            table[free] = table[free].map(lambda text: f"{text} {attack}" if isinstance(text, str) else text)
        return table

    for resource in package.values():
        for key in ("title", "description", "publisher", "reference_date", "processing"):
            resource[key] += attack
        for part in [*resource["sources"], *resource["licenses"]]:
            part["title"] += attack
        for field in resource["schema"]["fields"]:
            field["description"] += attack
        resource["caveats"] = [caveat + attack for caveat in resource["caveats"]]

    def written(name):
        head, *rows = lines(name)
        return [head, *([cell + attack for cell in row] for row in rows)]

    monkeypatch.setattr(data, "_package", lambda _: package)
    fake = SimpleNamespace(**vars(data) | {"load": load, "written": written})
    monkeypatch.setattr(assemble, "data", fake)
    monkeypatch.setattr(catalogue, "data", fake)
    monkeypatch.setattr(front, "data", fake)
    monkeypatch.setattr("steps.book.matrix.data", fake)


def _bound(field):
    constraints = field.get("constraints", {})
    return field["type"] != "string" or "pattern" in constraints or "enum" in constraints


CLAIMS = pd.DataFrame([], columns=["id", "chapter", "statement", "verdict", "whose", "evidence"])


NOTHING = catalogue.Use({}, pd.DataFrame([], columns=["figure", "chapter", "title", "sources"]), {})
FOUND = pd.DataFrame([], columns=["id", "chapter", "statement", "verdict", "whose"])
ROWS = pd.DataFrame([], columns=["claim", "table", "where", "shows", "lines"])


@pytest.mark.parametrize(
    "page",
    [
        lambda: catalogue.index(NOTHING), lambda: catalogue.pages(NOTHING, FOUND, ROWS)["countries"], front.evidence,
        front.limits, lambda: matrix(CLAIMS), assemble.glossary,
    ],
)  # fmt: skip
def test_no_generated_page_runs_what_a_table_says(hostile, page):
    text = page().replace("{glossary}", "{note}")
    document = parsed(text)
    html = BeautifulSoup("".join(node.astext() for node in document.findall(nodes.raw)), "html.parser")
    assert "<script>1" in f"{document.astext()} {html.get_text()}"  # it is there, as text
    assert [tag["src"] for tag in html.select("script")] in ([], ["../filter.js"])
    assert not html.select("img, [onerror]")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": [{"title": "x", "path": "javascript:alert(1)"}]}, "address of a source 'javascript:alert"),
        ({"sources": [{"title": "x", "path": "https://example.org/> <b>"}]}, "address of a source"),
        ({"sources": [{"title": "x", "path": "file:///etc/passwd"}]}, "address of a source"),
        ({"path": "../README.md"}, "path '../README.md'"),
        ({"path": "/etc/passwd"}, "path '/etc/passwd'"),
        ({"name": "a b"}, "name 'a b'"),
        ({"schema": {"fields": [{"name": "a`b", "type": "string"}]}}, "field 'a`b'"),
    ],
)
def test_a_descriptor_that_a_page_cannot_carry_is_refused(tmp_path, monkeypatch, change, said):
    package = {"resources": [dict(data.resource("countries")) | change]}
    shutil.copy(data.PACKAGE.parent / "countries.csv", tmp_path)
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "datapackage.json")
    for use in (data.resources, lambda: catalogue.index(NOTHING), lambda: data.load("countries")):
        with pytest.raises(data.DataError) as refused:
            use()
        assert said in str(refused.value) and "nothing else" in str(refused.value)
