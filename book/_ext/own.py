"""Sphinx extension: what a page says of published data, and what it says where a reader's own file is in their place.

`[text]{.without-NAME}` stands on the page while no file was given for the parameter NAME of its notebook, and
`[text]{.with-NAME}` where one was; NAME is `own` for any of them. The other form is taken out of the page before
anything reads it: a search, a link, the number of a claim. A paragraph, or an item of a list, of which nothing is left
goes with it.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

FOLDER = "book/chapters/"
FORMS = ("with-", "without-")
HOLDERS = (nodes.paragraph, nodes.list_item, nodes.bullet_list)  # what says nothing once it is empty


def of_form(node: nodes.Node) -> tuple[str, str] | None:
    """The form and the parameter of a passage that stands in one of the two, if this is one."""
    for name in node["classes"] if isinstance(node, nodes.inline) else ():
        for form in FORMS:
            if name.startswith(form):
                return form, name.removeprefix(form)
    return None


class Own(SphinxTransform):
    """Takes the passages of the other form out of a page."""

    default_priority = 5  # before anything reads the page

    def apply(self, **kwargs: object) -> None:
        """Remove each passage whose form is not that of this build, and keep the others as plain text."""
        given = self.app.config.own_files.get(self.env.docname.removeprefix(FOLDER), [])
        for passage in list(self.document.findall(lambda node: of_form(node) is not None)):
            form, parameter = of_form(passage)
            if (form == "with-") == (parameter in given):
                passage["classes"].clear()
            else:
                _take_out(passage)


def _take_out(node: nodes.Node) -> None:
    parent, at = node.parent, node.parent.index(node)
    parent.remove(node)
    if isinstance(parent, HOLDERS) and not parent.astext().strip():
        _take_out(parent)
    elif at and isinstance(parent[at - 1], nodes.Text):  # the space between two sentences stands once
        parent[at - 1] = nodes.Text(parent[at - 1].rstrip() + " " * (at < len(parent)))


def setup(app: Sphinx) -> dict:
    """Register the two forms; `own_files` has the parameters that were given a file, and `own`, by notebook."""
    app.add_config_value("own_files", {}, "env", [dict])
    app.add_transform(Own)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
