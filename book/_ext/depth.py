"""Sphinx extension: sections *In depth*, closed until a reader opens them.

A section whose heading begins with "In depth" is folded; its first paragraph, which says what is in there, stays in
sight. What is inside is part of the page: found by links, by search and by a reader without scripts, and printed.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LOG = logging.getLogger(__name__)
BEGINS = "In depth"


def in_depth(section: nodes.section) -> bool:
    """Whether a section is one that is folded."""
    title = section.next_node(nodes.title)
    return title is not None and title.parent is section and title.astext().startswith(BEGINS)


class Depth(SphinxPostTransform):
    """Puts everything but the heading and the first paragraph of such a section into a fold."""

    default_priority = 192  # before the claims of a section are gathered at its end, outside the fold (`claims`)
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Fold each section; one that does not begin with a paragraph fails the build."""
        for section in [section for section in self.document.findall(nodes.section) if in_depth(section)]:
            title, lead, *inside = [*section, None]
            if not isinstance(lead, nodes.paragraph):
                LOG.warning(
                    "%r must begin with a sentence that says what is in there", title.astext(), location=section
                )
                continue
            if next(lead.findall(_pressed), None):
                LOG.warning(
                    "the first paragraph of %r opens it: no link and no mark in it", title.astext(), location=section
                )
            section["folded"] = True  # what opens it holds no link to its heading (`markup.Translator`)
            said = nodes.inline("", "", *lead.children, classes=["depth-lead"])
            section[:] = [
                _html('<details class="depth"><summary>'), title, said, _html("</summary>"),
                *filter(None, inside), _html("</details>"),
            ]  # fmt: skip


def _pressed(node: nodes.Node) -> bool:
    return isinstance(node, nodes.reference) or (isinstance(node, nodes.inline) and "claim-marks" in node["classes"])


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def setup(app: Sphinx) -> dict:
    """Register the fold."""
    app.add_post_transform(Depth)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
