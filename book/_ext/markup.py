"""Sphinx extension: the HTML of what stands in a page, readable by everybody and small.

Formulas are MathML. Code is plain text, which a script colours when it is opened. What scrolls can be reached by
keyboard, and what has a role has the one that it needs.
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from latex2mathml.converter import convert
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

PYTHON = ("python", "python3", "ipython", "ipython3")
MADE = re.compile(r'<(?:figure(?=[^>]* class="figure[ "])|li(?=[^>]* class="claim[ "])) [^>]*>')
ID = re.compile(r'\bid="([^"]+)"')
GLUED = ["pasted-text"]
STYLED = re.compile(r'<table(?=[^>]* class="dataframe plain")')  # `lib.shown.plain_table`; it scrolls when it is wide


class Translator(HTML5Translator):
    """The HTML of the book."""

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Code and printed text, without an element for each token."""
        kind = "code python" if node.get("language") in PYTHON else "code"
        self.body.append(self.starttag(node, "pre", "", CLASS=kind, TABINDEX="0"))
        self.body.append(f"{escape(node.astext().rstrip(), quote=False)}</pre>\n")
        raise nodes.SkipNode

    def visit_inline(self, node: nodes.inline) -> None:
        """A stretch of text in an element, unless it only says that a notebook has put it there."""
        if node["classes"] != GLUED:
            super().visit_inline(node)

    def depart_inline(self, node: nodes.inline) -> None:
        """The end of the element."""
        if node["classes"] != GLUED:
            super().depart_inline(node)

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None:
        """The link to a heading, unless the heading is what opens its section (`depth`)."""
        if not node.get("folded"):
            super().add_permalink_ref(node, title)

    def visit_table(self, node: nodes.table) -> None:
        """A table that scrolls sideways by itself when it is wider than the page."""
        self.body.append('<div class="table-container" tabindex="0">')
        super().visit_table(node)

    def depart_table(self, node: nodes.table) -> None:
        """The end of the table and of what scrolls."""
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_citation(self, node: nodes.citation) -> None:
        """A reference as a plain block: its roles of a bibliography need parents that it does not have."""
        self.body.append(self.starttag(node, "div", CLASS="citation"))

    def depart_citation(self, node: nodes.citation) -> None:
        """The end of the block."""
        self.body.append("</div>\n")


class CodeAnchors(SphinxPostTransform):
    """The ends of links from a figure or a claim to the code that made it: `code-ID` at the start of the code."""

    default_priority = 190  # after the form of each output is chosen, before code is folded
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Mark the code of each cell, and let the keyboard reach tables that scroll."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code":
                continue
            outputs = list(cell.findall(lambda node: isinstance(node, nodes.raw) and "html" in node.get("format", "")))
            for output in outputs:
                output[:] = [nodes.Text(STYLED.sub('<table tabindex="0"', output.astext()))]
            if cell.children and cell[0].get("nb_element") == "cell_code_source":
                tags = [tag for output in outputs for tag in MADE.findall(output.astext())]
                ids = [found[1] for tag in tags if (found := ID.search(tag))]
                cell[0][:0] = [nodes.inline(ids=[f"code-{id}"]) for id in ids]


def _fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    self.body.append(f'<details class="hide {" ".join(node["classes"])}">')
    name = "Show or hide the result" if "below-input" in node["classes"] else node["prompt_show"]
    self.body.append(f"<summary>{escape(name)}</summary>\n")


def _end_fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(convert(node.astext(), display="inline"))
    raise nodes.SkipNode


def _display(self: HTML5Translator, node: nodes.math_block) -> None:
    formula = convert(node.astext(), display="block")
    self.body.append(f'<div class="math-block" tabindex="0" role="region" aria-label="Formula">{formula}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    """Register the translator, folded code, the formulas and the anchors; after `myst_nb`, which folds code too."""
    app.set_translator("html", Translator)
    app.add_node(HideCodeCellNode, override=True, html=(_fold, _end_fold))
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    app.add_post_transform(CodeAnchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
