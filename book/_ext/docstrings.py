"""Sphinx extension: pages made from the docstrings of `lib`; a signature is one line of code."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

FLAT = (addnodes.desc_parameterlist, addnodes.desc_returns)


class Signatures(SphinxPostTransform):
    """Arguments and what is returned as plain text, without an element for each of their signs."""

    default_priority = 190  # after references are resolved
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace them on the page."""
        for part in list(self.document.findall(lambda node: isinstance(node, FLAT))):
            part.replace_self(nodes.inline("", said(part), classes=["sig-rest"]))


def said(part: addnodes.desc_parameterlist | addnodes.desc_returns) -> str:
    """The text of the arguments of a function, or of what it returns."""
    if isinstance(part, addnodes.desc_parameterlist):
        return f"({', '.join(argument.astext() for argument in part)})"
    return f" → {''.join(child.astext() for child in part)}"


def setup(app: Sphinx) -> dict:
    """Load what reads the docstrings, and make its signatures plain."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_post_transform(Signatures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
