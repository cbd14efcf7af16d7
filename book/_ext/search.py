"""Sphinx extension: the index of the search, one entry for each section of a page and each row that the book has.

The search page alone loads it, with a script of the theme that looks through it. The words of code are not in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ROWS = "generated/search.json"  # what the book has as rows, beside the pages
INDEX = "search-index.js"
PASSED = (nodes.literal_block, nodes.comment, nodes.math_block, nodes.system_message)
TAG = re.compile(r"<(script|style|template|svg|table|figure)\b.*?</\1>|<[^>]+>", re.DOTALL)
MADE = ("book/ledger", "book/rows", "book/matrix", "book/references")  # rows of these are entries, or no text
LEAST = 300  # characters of the text of a table of the catalogue, or of a module: what it holds
BENEATH = ("book/data", "book/changes", "book/own_data", "book/contribute", "book/cite", "book/accessibility")
DUTCH = "book/samenvatting"
CODE = "book/code"  # of what functions do, which is found where nothing else is


def sections(doctree: nodes.document) -> Iterator[tuple[list[str], str, str]]:
    """The sections of a page, each with its anchors, its title and its own text; terms of a glossary are sections."""
    outputs = any(node.get("nb_element") for node in doctree.findall(nodes.container))
    for section in doctree.findall(nodes.section):
        if (title := section.next_node(nodes.title)) is not None:
            yield section["ids"], title.astext(), _own(section, outputs)
    for item in doctree.findall(nodes.definition_list_item):
        if (term := item.next_node(nodes.term)) is not None and term["ids"]:
            yield term["ids"], term.astext(), item[-1].astext()


def _own(section: nodes.section, outputs: bool) -> str:
    found = []

    def collect(node: nodes.Node) -> None:
        closed = isinstance(node, (*PASSED, nodes.section, nodes.title, nodes.definition_list))
        if closed or (isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_source"):
            return
        if isinstance(node, nodes.raw):  # a page made from data; in a notebook, what its code puts out
            found.append("" if outputs else unescape(TAG.sub(" ", node.astext())))
        elif isinstance(node, nodes.TextElement):
            texts = node.findall(nodes.Text)
            found.append("".join(text for text in texts if not isinstance(text.parent, nodes.raw)))
        else:
            for child in node.children:
                collect(child)

    for child in section.children:
        collect(child)
    return " ".join(" ".join(found).split())


def entries(env: BuildEnvironment, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """All rows whose page the book has, and all sections; a section that is the place of a row adds its text to it."""
    found = {}
    for row in rows:
        address = f"book/{row['address']}"
        if address.partition(".html")[0] in env.found_docs:
            found[address] = row | {"address": address, "page": _title(env, address)}
    for name in sorted(env.found_docs):
        for place, (anchors, title, text) in enumerate(env.book_sections.get(name, [])):
            if row := next((found[at] for id in anchors if (at := f"{name}.html#{id}") in found), None):
                row["text"] = f"{row['text']} {text}".strip()
            elif place == 0 or name not in MADE:
                address = f"{name}.html" if place == 0 else f"{name}.html#{anchors[0]}"
                made = {
                    "kind": _kind(env.config.root_doc, name, place, anchors),
                    "title": title if place else _title(env, name),
                    "text": "" if name in MADE else text if place else f"{title} {text}",
                }
                made["text"] = made["text"][:LEAST] if made["kind"] in ("Data", "Code") else made["text"]
                found[address] = made | {"address": address, "mark": "", "where": "", "page": _title(env, address)}
    return list(found.values())


def _title(env: BuildEnvironment, address: str) -> str:
    """What a page is called in the menus, or else by its own heading."""
    name = address.partition(".html")[0]
    called = {page: title for _, pages in env.book_parts for page, title in pages}
    return called.get(name, env.titles[name].astext())


def _kind(root: str, name: str, place: int, anchors: list[str]) -> str:
    if name == root:
        return "Answer"
    if anchors[0].startswith("term-"):
        return "Term"
    if name == DUTCH:
        return "In Dutch"
    if name.startswith(CODE):
        return "Code"
    if name.startswith(BENEATH):
        return "Data" if name.startswith("book/data") else "About"
    return "Section" if place else "Page"


def _begin(app: Sphinx) -> None:
    app.builder.search = False  # Sphinx's own index, of whole pages


def _purge(app: Sphinx, env: BuildEnvironment, name: str) -> None:
    if not hasattr(env, "book_sections"):
        env.book_sections = {}
    env.book_sections.pop(name, None)


def _resolved(app: Sphinx, doctree: nodes.document, name: str) -> None:
    app.env.book_sections[name] = list(sections(doctree))


def _pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Write the index, and have the search page written."""
    file = Path(app.srcdir, "book", ROWS)
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"entries": [], "words": []}
    columns = ("kind", "title", "text", "address", "mark", "where", "page")
    rows = [[entry[name] for name in columns] for entry in entries(app.env, told["entries"])]
    index = json.dumps({"entries": rows, "words": told["words"]}, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, INDEX).write_text(f"globalThis.bookIndex = {index};\n", encoding="utf-8")
    yield "search", {}, "search.html"


def setup(app: Sphinx) -> dict:
    """Gather sections as pages are resolved, which this process does for all that are written."""
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _purge)
    app.connect("doctree-resolved", _resolved)
    app.connect("html-collect-pages", _pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
