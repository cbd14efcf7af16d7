"""How long a chapter is for a reader: `python -m steps.reading`, after `make book`, prints it for every chapter."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from steps import ROOT
from steps.engine import plan

# What a main path may have; what stands In depth is in no count.
MOST_WORDS, MOST_FIGURES, MOST_SCREENS, MOST_LINES = 1_800, 8, 12, 500
ASIDE = (  # what a reader of the main path does not read: folded, a picture, or at work in the margin
    "details, figure.figure, table.data, template, script, style, a.claim-mark, a.headerlink, .claims-fold, "
    ".visually-hidden, .cell_input, svg"
)


@dataclass(frozen=True)
class Length:
    """A chapter's words and figures on the main path and In depth, and the lines of its notebook."""

    words: int
    figures: int
    words_in_depth: int
    figures_in_depth: int
    lines: int


def length(html: str, notebook: str) -> Length:
    """The length of a chapter, given its page and its notebook as text."""
    article = BeautifulSoup(html, "html.parser").select_one("article")
    depths = article.select("details.depth")
    for depth in depths:
        depth.extract()
    figures = len(article.select("figure.figure"))
    inside = sum(len(depth.select("figure.figure")) for depth in depths)
    return Length(_words(article), figures, sum(map(_words, depths)), inside, notebook.count("\n"))


def _words(part: Tag) -> int:
    for aside in part.select(ASIDE):
        aside.extract()
    return len(re.findall(r"\w[\w%’'.,–-]*", part.get_text(" ")))


def lengths(book: Path) -> dict[str, Length]:
    """The length of every chapter of a built book (the folder with index.html), by its name."""
    return {
        name: length(
            (book / "book" / "chapters" / f"{name}.html").read_text(encoding="utf-8"),
            (ROOT / "notebooks" / f"{name}.md").read_text(encoding="utf-8"),
        )
        for name in plan.ALL
    }


def main() -> int:
    """Print the lengths of the chapters that are built, and what is too much."""
    print(f"{'':20} words  figures  lines   in depth: words  figures")
    most = {"words": MOST_WORDS, "figures": MOST_FIGURES, "lines": MOST_LINES}
    over = False
    for name, one in lengths(ROOT / "_build" / "html").items():
        too_much = [what for what, limit in most.items() if getattr(one, what) > limit]
        over = over or bool(too_much)
        said = f"   too much: {', '.join(too_much)}" if too_much else ""
        print(
            f"{name:20} {one.words:5}  {one.figures:7}  {one.lines:5}   {one.words_in_depth:15}  "
            f"{one.figures_in_depth:7}{said}"
        )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
