"""Sphinx extension: pages made from the docstrings of `lib`; a signature is one line of code.

The search finds these pages by their text and headings alone, and ranks them last (`scorer.js`): a reader who looks
for a word of the report finds what is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

FLAT = (addnodes.desc_parameterlist, addnodes.desc_returns)
IN_NO_SEARCH = -1


class Names(PythonDomain):
    """Modules, classes and functions as Sphinx knows them, by whose names nothing is searched."""

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """All of them."""
        for *found, _ in super().get_objects():
            yield *found, IN_NO_SEARCH


class Found(SphinxTransform):
    """What the search and the contents of a page know of described code: the headings, by their own anchors.

    An entry in an index would be found first, and the anchor of a module has dots, which the search takes for classes.
    """

    default_priority = 500  # after modules have lent their anchors to headings, before entries are collected

    def apply(self) -> None:
        """Take the entries out of the page (those of the glossary stay), and put the headings' anchors first."""
        known = self.env.get_domain("py")
        described = {found.node_id for found in (*known.objects.values(), *known.modules.values())}
        for index in list(self.document.findall(addnodes.index)):
            if any(target in described for _, _, target, *_ in index["entries"]):
                index.parent.remove(index)
        for section in self.document.findall(nodes.section):
            section["ids"].sort(key=described.__contains__)


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
    """Load what reads the docstrings, and make what it makes plain."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_domain(Names, override=True)
    app.add_transform(Found)
    app.add_post_transform(Signatures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
