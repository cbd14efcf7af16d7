"""Sphinx extension: claims as small marks in the sentence, and one folded line of them at the end of a section.

The role {claim}`id` (or several ids, with commas between) leads to claims. What is said of them, the verdict first of
all, is what the build has assembled from the executed chapters: `book/generated/claims/CHAPTER.json`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

LOG = logging.getLogger(__name__)
AGREES, DIFFERS, DISAGREE, CANNOT, OWED = "agrees", "differs", "disagree", "cannot", "owed"
REMARK = "remark"  # of this book: no verdict on the report, and in no count of its statements
SAYS = {"confirmed": AGREES, "differs": DIFFERS, "contested": DISAGREE, "not looked up": OWED}  # all others: CANNOT
WORDS = {  # of one claim, and in a count of one and of several
    AGREES: ("agrees", "agrees", "agree"),
    DIFFERS: ("differs", "differs", "differ"),
    DISAGREE: ("studies disagree", "on which studies disagree", "on which studies disagree"),
    CANNOT: ("cannot be checked", "cannot be checked", "cannot be checked"),
    OWED: ("not looked up", "not looked up", "not looked up"),
    REMARK: ("our remark", "remark of ours", "remarks of ours"),
}
MARKS = re.compile("<!--marks:([a-z0-9,-]+)-->")  # `lib.ledger.brief.marks`
LIST = re.compile(r'<ul class="claims">.*?</ul>', re.DOTALL)
ITEM = re.compile(r'<li id="([a-z0-9-]+)" class="claim">')
LAST_WORD = re.compile(r"\S+$")
NAMED = 2  # statements in the name of a mark that has several


class Role(SphinxRole):
    """Ids of claims in a sentence; an unknown one fails the build and is told with those nearest to it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The place of the marks, which get their numbers when all of the page has been read."""
        claims, ids = known(self.env), [id.strip() for id in self.text.split(",")]
        for id in ids:
            if id not in claims:
                near = ", ".join(get_close_matches(id, claims, n=3)) or "none is like it"
                LOG.warning("no claim %r in what was built; the nearest: %s", id, near, location=_written(self, id))
        found = [id for id in ids if id in claims]
        for chapter in {claims[id]["chapter"] for id in found}:
            self.env.note_dependency(str(_folder(self.env) / f"{chapter}.json"))
        return [nodes.inline("", "", classes=["claim-marks"], claims=found)], []


def _folder(env: BuildEnvironment) -> Path:
    return Path(env.srcdir) / "book" / "generated" / "claims"


def known(env: BuildEnvironment) -> dict[str, dict]:
    """What the build has assembled of each claim, by its id."""
    files = sorted(_folder(env).glob("*.json"))
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[Path, int], ...]) -> dict[str, dict]:
    return {id: claim for file, _ in files for id, claim in json.loads(file.read_text(encoding="utf-8")).items()}


def _written(role: SphinxRole, id: str) -> str:
    """File and line where an id was written: of an executed chapter, the text that it was made from."""
    source, line = role.get_source_info()
    root = Path(role.env.srcdir)
    file = Path(source)
    if file.suffix == ".ipynb":
        file = root / "notebooks" / f"{file.stem}.md"
        lines = file.read_text(encoding="utf-8").splitlines()
        pattern = re.compile(rf"\{{claim\}}`[^`]*(?<![\w-]){re.escape(id)}(?![\w-])")
        line = next((number for number, text in enumerate(lines, start=1) if pattern.search(text)), 1)
    return f"{file.relative_to(root) if file.is_relative_to(root) else file}:{line}"


class Dependencies(SphinxTransform):
    """A chapter is read again when what is said of its own claims has changed, which its cells do not hold."""

    default_priority = 900

    def apply(self) -> None:
        """Name the file of the chapter's claims, if it has one."""
        file = _folder(self.env) / f"{Path(self.env.docname).name}.json"
        if self.env.docname.startswith("book/chapters/") and file.is_file():
            self.env.note_dependency(str(file))


class Claims(SphinxPostTransform):
    """Numbers the marks of a page, and gathers its lists of claims at the ends of their sections."""

    default_priority = 195  # after the anchors of code have been set (`markup.CodeAnchors`)
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Put HTML in the place of marks and lists."""
        self.claims, self.numbers = known(self.env), {}
        sections = self._sections()
        here = {id: number for number, ids in enumerate(sections.values()) for id in ids}
        for place in list(self.document.findall(_has_marks)):
            if isinstance(place, nodes.inline):
                word, marks = _taken(place), self._marks(place["claims"], here)
                first, rest = marks.partition("</a>")[0::2]
                # no line ends between a word and its first mark, which would seem to belong to the next sentence
                kept = f'<span class="marked">{escape(word)}{first}</a></span>{rest}' if word and first else marks
                place.replace_self(nodes.raw("", kept, format="html"))
            else:
                marked = MARKS.sub(lambda found: self._marks(found[1].split(","), here), place.astext())
                place[:] = [nodes.Text(marked)]
        for section, ids in sections.items():
            section += nodes.raw("", self._fold(ids), format="html")
        for id in [id for id in self.numbers if id not in here]:
            self.document += nodes.raw("", f'<template data-claim="{id}">{self._told(id)}</template>', format="html")

    def _sections(self) -> dict[nodes.section, list[str]]:
        """The claims that are tested in each section, whose lists are taken out of the page."""
        sections = {}
        for output in list(self.document.findall(nodes.raw)):
            if found := LIST.search(output.astext()):
                sections.setdefault(_section(output), []).extend(ITEM.findall(found[0]))
                _remove(output)
        return sections

    def _marks(self, ids: list[str], here: dict[str, int]) -> str:
        """Marks for claims of a sentence, one for all that have the same to say and stand in the same list."""
        kind = {id: (says(self.claims[id]), self._page(id, here)) for id in ids}
        order = sorted(kind, key=lambda id: (list(WORDS).index(kind[id][0]), str(kind[id][1])))
        for id in order:
            self.numbers.setdefault(id, len(self.numbers) + 1)
        marks = [self._mark(list(group), *what) for what, group in groupby(order, kind.get)]
        return "\N{WORD JOINER}" + "\N{WORD JOINER}".join(marks)

    def _page(self, id: str, here: dict[str, int]) -> str | int:
        """Where a claim is listed: the number of a section of this page, or the address of another."""
        return here[id] if id in here else self._to(f"book/chapters/{self.claims[id]['chapter']}")

    def _to(self, page: str) -> str:
        return self.app.builder.get_relative_uri(self.env.docname, page)

    def _mark(self, ids: list[str], what: str, page: str | int) -> str:
        ids = sorted(ids, key=self.numbers.get)
        shown = ranges([self.numbers[id] for id in ids]) + (" ours" if what == REMARK else "")
        name = f"{shown}, {_called(len(ids), what)}: {self._statements(ids)}"
        several = f' data-claims="{" ".join(ids)}"' if len(ids) > 1 else ""
        return (
            f'<a class="claim-mark says-{what}" '
            f'href="{"" if isinstance(page, int) else page}#{ids[0]}"{several} '
            f'aria-label="{escape(name)}">{shown}</a>'
        )

    def _statements(self, ids: list[str]) -> str:
        said = [self.claims[id]["statement"].rstrip(".") for id in ids]
        more = f"; and {len(said) - NAMED} more" if len(said) > NAMED else ""
        return "; ".join(said[:NAMED]) + more

    def _fold(self, ids: list[str]) -> str:
        """One line that counts the claims of a section and opens to them."""
        items = "".join(
            f'<li id="{id}" class="claim says-{says(self.claims[id])}">{self._number(id)}{self._told(id)}</li>\n'
            for id in ids
        )
        summary = counted(says(self.claims[id]) for id in ids)
        return f'<details class="claims-fold"><summary>{summary}</summary>\n<ul class="claims">{items}</ul></details>'

    def _number(self, id: str) -> str:
        return f'<span class="claim-number">{self.numbers[id]}</span> ' if id in self.numbers else ""

    def _told(self, id: str) -> str:
        """What a list, and a mark that is opened, says of a claim."""
        claim = self.claims[id]
        stated = f"{claim['stated']} ({claim['where']})" if claim["stated"] else claim["where"]
        report = f"{'About' if claim['ours'] else 'Report'}: {stated}"
        where = f" ({claim['found']})" if claim["found"] else ""
        here = f"Here: {claim['computed']}{where}" if claim["computed"] else ""
        here += f"; other sources: {claim['otherwise']}" if claim["otherwise"] else ""
        address, link = claim["trail"]
        page, anchor = address.split("#")
        own = page == f"chapters/{Path(self.env.docname).name}.html"
        href = "" if own else self._to(f"book/{page.removesuffix('.html')}")
        parts = [
            ("statement", claim["statement"]), ("verdict", verdict(claim)), ("report", f"{report}."),
            ("here", here and f"{here}."), ("note", claim["note"]),
        ]  # fmt: skip
        spans = [f'<span class="claim-{name}">{escape(text)}</span>' for name, text in parts if text]
        trail = f'<a class="claim-trail" href="{href}#{anchor}" aria-label="{link} of {id}">{link}</a>'
        return " ".join([*spans, trail])


def _taken(place: nodes.inline) -> str:
    """The last word before some marks, which is taken out of the text there; empty where no text is before them."""
    before = place.previous_sibling() if hasattr(place, "previous_sibling") else None
    if not isinstance(before, nodes.Text) or not (found := LAST_WORD.search(before.astext())):
        return ""
    before.parent.replace(before, nodes.Text(before.astext()[: found.start()]))
    return found[0]


def _has_marks(node: nodes.Node) -> bool:
    if isinstance(node, nodes.inline):
        return "claim-marks" in node["classes"]
    return isinstance(node, nodes.raw) and MARKS.search(node.astext()) is not None


def says(claim: dict) -> str:
    """What checking shows of a claim: one of the keys of `WORDS`."""
    return REMARK if claim["ours"] else SAYS.get(claim["verdict"], CANNOT)


def verdict(claim: dict) -> str:
    """A verdict in words, with the reason why a claim cannot be checked."""
    what = says(claim)
    return WORDS[what][0] + (f": {claim['verdict']}" if what == CANNOT else "")


def _called(number: int, what: str) -> str:
    """What a mark leads to, in words that follow what is seen of it."""
    if what == REMARK:
        return "a remark" if number == 1 else "remarks"
    noun, was = ("claim", "was ") if number == 1 else ("claims", "were ")
    link = {DISAGREE: "", OWED: f"that {was}"}.get(what, "that ")
    return f"{noun} {link}{WORDS[what][min(number, 2)]}"


def counted(found: Iterable[str]) -> str:
    """The line of a section: "9 statements: 3 agree, 1 differs, 5 cannot be checked; 2 remarks of ours"."""
    numbers = Counter(found)
    said = {
        what: f"{numbers[what]} {one if numbers[what] == 1 else several}"
        for what, (_, one, several) in WORDS.items()
        if numbers[what]
    }
    remarks, total = said.pop(REMARK, None), numbers.total() - numbers[REMARK]
    each = ", ".join(f'<span class="says-{what}">{words}</span>' for what, words in said.items())
    statements = f"<b>{total} statement{'' if total == 1 else 's'}</b>: {each}" if total else None
    return "; ".join(filter(None, [statements, remarks]))


def ranges(numbers: list[int]) -> str:
    """Numbers in order as a reader writes them: "2, 5–7"."""
    runs = [[*run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    ends = [(run[0][1], run[-1][1]) for run in runs]
    return ", ".join(
        f"{first}\N{EN DASH}{last}" if last > first + 1 else ", ".join(map(str, sorted({first, last})))
        for first, last in ends
    )


def _section(node: nodes.Node) -> nodes.section:
    """The section of the second level around a node, or the first above it."""
    around = [node]
    while around[-1].parent is not None:
        around.append(around[-1].parent)
    sections = [parent for parent in around if isinstance(parent, nodes.section)]
    return sections[-2] if len(sections) > 1 else sections[-1]


def _remove(node: nodes.Node) -> None:
    """Take a node out, and what held nothing else."""
    parent = node.parent
    parent.remove(node)
    if isinstance(parent, nodes.container) and not parent.children:
        _remove(parent)


def setup(app: Sphinx) -> dict:
    """Register the role, and what follows from it; `markup` comes first."""
    app.add_role("claim", Role())
    app.add_transform(Dependencies)
    app.add_post_transform(Claims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
