"""Sphinx extension: the first mention of a glossary term on a page leads to its entry in the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms import SphinxTransform

from lib import data

CLOSED = (nodes.table, nodes.figure, nodes.footnote, nodes.citation, nodes.topic, nodes.sidebar)  # no running text


def _marked(app: Sphinx, config: Config) -> None:
    """The terms of the glossary table that are marked for linking, unless the configuration names others."""
    if config.linked_terms is None:
        table = data.load("report_glossary")
        config.linked_terms = table.loc[table["linked"] == "yes", "term"].tolist()


def pattern(terms: list[str]) -> re.Pattern:
    """One group per term: whole words, also in the plural; capitals count in abbreviations only."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(f'({_form(term)})' for term in terms)})(?![\w-])")


def _form(term: str) -> str:
    words = re.escape(term).replace(r"\ ", r"\s+").replace(r"\-", "[-–]")
    abbreviation = " " not in term and sum(letter.isupper() for letter in term) > 1
    return f"(?{'' if abbreviation else 'i'}:{re.sub('y$', '(?:y|ie)', words)}s?)"


class TermLinks(SphinxTransform):
    """Link the first mention in running text: text that stands in a paragraph and in nothing else."""

    default_priority = 800  # after the quotation marks are set, which looks at the text before and after

    def apply(self) -> None:
        terms = sorted(self.config.linked_terms, key=len, reverse=True)  # the longest is tried first
        if not terms or any(self.document.findall(addnodes.glossary)):
            return
        form, seen = pattern(terms), set()
        for text in _running(self.document):
            parts, end = [], 0
            for match in form.finditer(text):
                if (term := terms[match.lastindex - 1]) not in seen:
                    seen.add(term)
                    link = addnodes.pending_xref("", nodes.inline("", match[0]), classes=["term-link"], refwarn=True)
                    link.attributes |= {"refdomain": "std", "reftype": "term", "reftarget": term, "refexplicit": True}
                    parts += [nodes.Text(text[end : match.start()]), link]
                    end = match.end()
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def _running(document: nodes.document) -> Iterator[nodes.Text]:
    for paragraph in list(document.findall(nodes.paragraph)):
        around, closed = paragraph, any(isinstance(child, nodes.raw) for child in paragraph)  # it may be inside <a>
        while (around := around.parent) and not closed:
            closed = isinstance(around, CLOSED) or "nb_element" in around  # what a notebook's code puts out
        if not closed:
            yield from [child for child in paragraph if isinstance(child, nodes.Text)]


def setup(app: Sphinx) -> dict:
    """Register the transform; pages are read again when the terms to link have changed."""
    app.add_config_value("linked_terms", None, "env")
    app.connect("config-inited", _marked)
    app.add_transform(TermLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
