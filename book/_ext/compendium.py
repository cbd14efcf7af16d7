"""Sphinx extension of the book: formulas as MathML, and markup that passes an accessibility check."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from latex2mathml.converter import convert
from pybtex.plugin import register_plugin
from pybtex.style.formatting import toplevel, unsrt
from pybtex.style.template import optional_field, sentence
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

MENDED = "<!-- mended -->\n"  # at the end of a page: it was done in an earlier build


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(convert(node.astext(), display="inline"))
    raise nodes.SkipNode


def _display(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math-block">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


class Noted(unsrt.Style):
    """References in the order cited; a chapter in a book keeps its note, which pybtex leaves out."""

    def get_incollection_template(self, entry: object) -> object:
        """The template of a chapter, and its note."""
        return toplevel[super().get_incollection_template(entry), sentence[optional_field("note")]]


def accessible(page: str) -> str:
    """A page of the theme with the accessibility errors mended that the theme leaves."""
    soup = BeautifulSoup(page, "html.parser")
    for script in soup.select("script"):
        # the theme's hook for running code on somebody's server: a third-party address that we never use
        if "thebe" in script.get("src", "") or "THEBE_JS_URL" in script.text:
            script.decompose()
    for role in soup.select('[role="doc-biblioentry"], [role="doc-biblioref"], div.citation[role], [role="list"]'):
        del role["role"]
    for summary in soup.select("details.hide summary"):
        text = summary.get_text(" ", strip=True)
        summary["aria-label"] = "Show or hide the code" if "code" in text else text or "Show or hide"
    for label in soup.select("label.sidebar-toggle, label.overlay"):
        label["aria-hidden"] = "true"
    for scrolling in soup.select(
        'div.highlight pre, div.output pre, div.output table[id^="T_"], div.pst-scrollable-table-container'
    ):
        scrolling["tabindex"] = "0"
    for formula in soup.select("div.math-block"):
        formula["tabindex"], formula["role"], formula["aria-label"] = "0", "region", "Formula"
    for cell in soup.select("div.cell:has(.cell_input)"):  # the ends of links from a claim or a figure to its code
        for made in cell.select("figure.figure[id], li.claim[id]"):
            anchor = soup.new_tag("span", id=f"code-{made['id']}")
            cell.select_one(".cell_input").insert(0, anchor)
    return str(soup)


def _mend(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for file in Path(app.outdir).rglob("*.html"):
            page = file.read_text(encoding="utf-8")
            if not page.endswith(MENDED):
                file.write_text(accessible(page) + MENDED, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the formula renderer and the mending of finished pages."""
    register_plugin("pybtex.style.formatting", "noted", Noted)
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    app.connect("build-finished", _mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
