"""Sphinx extension: pages made from the docstrings of `lib`; a signature is one line of code."""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

FLAT = (addnodes.desc_parameterlist, addnodes.desc_returns)


class Anchors(SphinxTransform):
    """The heading of a module is known by its own anchor, before the one that the module has lent it."""

    default_priority = 500  # after Sphinx has moved the anchors of modules to headings

    def apply(self) -> None:
        """Put it first."""
        modules = {found.node_id for found in self.env.get_domain("py").modules.values()}
        for section in self.document.findall(nodes.section):
            section["ids"].sort(key=modules.__contains__)


class Signatures(SphinxPostTransform):
    """Arguments and what is returned as plain text, without an element for each of their words."""

    default_priority = 190  # after references are resolved
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace them on the page."""
        for part in list(self.document.findall(lambda node: isinstance(node, FLAT))):
            part.replace_self(nodes.raw("", escape(said(part)), format="html", classes=["sig-rest"]))


def said(part: addnodes.desc_parameterlist | addnodes.desc_returns) -> str:
    """The text of the arguments of a function, or of what it returns."""
    if isinstance(part, addnodes.desc_parameterlist):
        return f"({', '.join(argument.astext() for argument in part)})"
    return f" → {''.join(child.astext() for child in part)}"


def setup(app: Sphinx) -> dict:
    """Load what reads the docstrings, and make what it makes plain."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_transform(Anchors)
    app.add_post_transform(Signatures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
