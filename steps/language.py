"""How long the sentences of a text are, and which words of method stand on its main path: part of `make check`.

`python -m steps.language FILE ...` says where a text is harder to read than the book wants to be.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib import data

LONGEST, AVERAGE = 25, 15  # words of a sentence: of any, and on average over a page
# Terms of method. On a chapter's main path each may stand once, where it is explained; In depth they are at home.
TERMS = (
    "placebo", "posterior", "likelihood", "p-value", "standard error", "confidence interval", "studentized",
    "bootstrap", "permutation", "fixed effect", "panel", "estimator", "estimand", "difference-in-differences",
    "parallel trend", "counterfactual", "heterogene", "event study", "synthetic control", "Monte Carlo", "Herfindahl",
    "quantile", "regression", "coefficient", "log change", "robustness", "sensitivity", "variance", "clustered",
    "donut", "conformal", "Bayes", "null hypothesis", "significan", "standard deviation",
)  # fmt: skip
FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,}).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
FRONT = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
SILENT = re.compile(r"\{(?:claim|cite(?::\w+)?)\}`[^`]*`|<!--.*?-->|<[^<>]*>|^\([\w-]+\)=$", re.MULTILINE)
LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
GLUED = re.compile(r"\{glue:\w+\}`[^`]*`")  # a number of the chapter, or a word; it may end a sentence too
ROLE = re.compile(r"\{[\w:]+\}`([^`<]*)[^`]*`")
# What ends a sentence: a stop after a word, a bracket, a quote or a number, before a capital, a number or a mark of
# emphasis.
END = re.compile(
    r"(?:(?<=[\w)\]%’'\"*_`][\w)\]%’'\"*_`])|(?<=[\s.]\d))[.?!][*_’”)\"]*\s+(?=[*_“‘(\"]*[A-Z0-9€])"
    r"|[.?!][*_)]*$|;\s*$"
)
ABBREVIATED = re.compile(r"\b(?:No|no|e\.g|i\.e|cf|vs|art|al|St|approx)\.$")
ADDRESS = re.compile(r"https?://\S+(?: (?=[).]))?")  # of a page: one word, however long
WORD = re.compile(r"[\w€%’'.,–-]*\w[\w%’'.,–-]*")
DEPTH = "In depth"
# A passage that stands on the page of published data, or on one of a reader's own file, alone (`book/_ext/own.py`).
FORM = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\{\.(with|without)-\w+\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text, the line on which its paragraph begins, and whether it stands In depth."""

    line: int
    words: tuple[str, ...]
    text: str
    in_depth: bool


def in_form(text: str, own: bool) -> str:
    """A MyST text as it stands on the page of published data, or on one of a reader's own files."""
    return FORM.sub(lambda found: found[1] if (found[2] == "with") == own else "", text)


def paragraphs(text: str) -> Iterator[tuple[int, str, bool]]:
    """Paragraphs, items of lists and cells of tables of a MyST text: line, what a reader reads, whether In depth.

    Code, directives, headings, comments and marks of claims are left out.
    """
    blank = lambda found: "\n" * found[0].count("\n")  # noqa: E731  (keeps the numbers of the lines)
    text = SILENT.sub(blank, FENCE.sub(blank, FRONT.sub(blank, text)))
    depth, held, begun = 0, [], 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        heading = HEADING.match(line)
        item = re.match(r"\s*(?:[-*+]|\d+\.)\s+", line)
        if heading or item or not line.strip() or line.strip() == "+++" or line.startswith("|"):
            if held:
                yield begun, " ".join(held), bool(depth)
            held = []
        if heading:
            level = len(heading[1])
            if depth and level <= depth:
                depth = 0
            if not depth and heading[2].startswith(DEPTH):
                depth = level
        elif line.startswith("|"):
            yield from (
                (number, cell.strip(), bool(depth)) for cell in line.strip("| ").split("|") if cell.strip("-: ")
            )
        elif line.strip() and line.strip() != "+++":
            begun = begun if held else number
            held.append(line[item.end() :] if item else line.strip())


def sentences(text: str) -> list[Sentence]:
    """The sentences of a MyST text on published data; a place where a number will stand counts as one word."""
    found = []
    for line, paragraph, in_depth in paragraphs(in_form(text, own=False)):
        said = LINK.sub(r"\1", ROLE.sub(r"\1", GLUED.sub("10", paragraph))).replace("**", "").replace("\\", "")
        said = re.sub(r"\s+(?=[.,;:?!])", "", said)  # a citation was there
        start = 0
        for end in [*END.finditer(said), None]:
            part = said[start : end.end() if end else None].strip()
            if end and ABBREVIATED.search(part):
                continue
            start = end.end() if end else len(said)
            if words := WORD.findall(part):
                found.append(Sentence(line, tuple(words), part, in_depth))
    return found


def complaints(name: str, text: str) -> list[str]:
    """What makes a text hard to read, each with the file, the line, the number and what to do."""
    found = sentences(text)
    on_own = [one for one in sentences(in_form(text, own=True)) if one not in found]
    said = [
        f"{name}:{one.line}: a sentence of {len(one.words)} words, at most {LONGEST} are wanted; make two of it: "
        f'"{" ".join(one.words[:8])} …"'
        for one in [*found, *on_own]
        if len(one.words) > LONGEST
    ]
    if found and (average := sum(len(one.words) for one in found) / len(found)) > AVERAGE:
        said.append(f"{name}: {average:.1f} words a sentence on average, at most {AVERAGE} are wanted")
    return said


def too_long(text: str) -> list[Sentence]:
    """The sentences of a text that have more words than `LONGEST`; the address of a page is one word."""
    return [one for one in sentences(ADDRESS.sub("address", text)) if len(one.words) > LONGEST]


def long_cells(table: str, column: str) -> list[str]:
    """The sentences of a column of texts that are too long, each with its row, its length and its first words.

    Raises `lib.data.DataError` for a table that is unknown or not valid, KeyError for a column that it lacks.
    """
    rows = data.load(table)
    return [
        f'{table}.csv, {column} of {key}: a sentence of {len(one.words)} words: "{" ".join(one.words[:8])} …"'
        for key, text in zip(rows.iloc[:, 0], rows[column], strict=True)
        if isinstance(text, str)
        for one in too_long(text)
    ]


def terms(name: str, text: str) -> list[str]:
    """Terms of method that stand more than once on the main path of a text, with their lines."""
    path = [one for one in sentences(text) if not one.in_depth]
    said = []
    for term in TERMS:
        pattern = re.compile(rf"\b{re.escape(term)}", re.IGNORECASE)
        lines = [one.line for one in path for _ in pattern.findall(one.text)]
        if len(lines) > 1:
            said.append(
                f"{name}:{lines[1]}: {term!r} stands {len(lines)} times on the main path (lines "
                f"{', '.join(map(str, lines))}); explain it once, then use a reader's word, or move it In depth"
            )
    return said


def words_of(text: str) -> tuple[int, int]:
    """How many words stand on the main path of a text, and how many In depth."""
    found = sentences(text)
    inside = sum(len(one.words) for one in found if one.in_depth)
    return sum(len(one.words) for one in found) - inside, inside


def main(files: list[str]) -> int:
    """Print what is found in these files; 1 if there is anything."""
    said = []
    for file in map(Path, files):
        text = file.read_text(encoding="utf-8")
        said += complaints(str(file), text) + terms(str(file), text)
        path, inside = words_of(text)
        print(f"{file}: {path} words on the main path, {inside} in depth")
    print("\n".join(said))
    return bool(said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
