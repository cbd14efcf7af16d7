"""Sphinx extension of the book: its theme, and its style of references."""

from __future__ import annotations

import pickle
from pathlib import Path
from zlib import crc32

from pybtex.plugin import register_plugin
from pybtex.style.formatting import toplevel, unsrt
from pybtex.style.template import optional_field, sentence
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx

HERE = Path(__file__).resolve().parent
THEME = HERE.parent / "_theme" / "compendium"


class Noted(unsrt.Style):
    """References in the order cited; a chapter in a book keeps its note, which pybtex leaves out."""

    def get_incollection_template(self, entry: object) -> object:
        """The template of a chapter, and its note."""
        return toplevel[super().get_incollection_template(entry), sentence[optional_field("note")]]


def _kept(app: Sphinx, problem: Exception | None) -> None:
    """Keep the environment as it is after writing.

    Sphinx keeps it before, without what the search is to find; the next build would lose that of every page that it
    does not write.
    """
    if not problem:
        for bibliography in app.env.get_domain("cite").bibliographies.values():
            for citation in bibliography.citation_nodes.values():
                citation.clear()  # writing has filled it, and would add the same again
        with Path(app.doctreedir, ENV_PICKLE_FILENAME).open("wb") as file:
            pickle.dump(app.env, file, pickle.HIGHEST_PROTOCOL)


def setup(app: Sphinx) -> dict:
    """Register the theme and the style; pages are made anew when an extension of the book has changed."""
    app.add_html_theme("compendium", str(THEME))
    register_plugin("pybtex.style.formatting", "noted", Noted)
    app.add_config_value("comments_config", {}, "")  # jupyter-book sets it whether or not the comments are loaded
    if numbering := app.extensions.get("sphinx_multitoc_numbering"):
        # it changes one method, whoever reads; undeclared, it would keep all pages from being read two at a time
        numbering.parallel_read_safe = True
    app.setup_extension("markup")
    app.setup_extension("navigation")
    app.setup_extension("search")
    app.connect("build-finished", _kept)
    code = b"".join(file.read_bytes() for file in sorted(HERE.glob("*.py")))
    return {"env_version": crc32(code), "parallel_read_safe": True, "parallel_write_safe": True}
