"""Begin a claim, a table, a figure or a chapter: `make new claim|table|figure|chapter NAME='...' ...`.

What can be written is written, all or nothing, and nothing that is there is overwritten; what is left is listed, a line
each with the file and what to write. Words that are missing are asked for in one message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from lib.data import DataError
from steps import StepError, describe
from steps.new import chapter, claim, figure, table
from steps.pairs import PairError

KINDS = {"claim": claim, "table": table, "figure": figure, "chapter": chapter}
OF_MAKE = ("PYTHON", "VENV", "BIN", "READY")  # words for make itself


CHECKED = "and `make check`, which says what is still missing"
THEN = {
    "claim": f"`make book CHAPTERS={{chapter}}`, {CHECKED}",
    "figure": "`make book CHAPTERS={chapter}`",
    "chapter": f"`make book CHAPTERS={{chapter}}`, which builds already, {CHECKED}",
    "table": "`make describe`, which refuses the table until all of this is written",
}


def asked(words: list[str], environment: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The kind of thing and its words, from `chapter NAME=value`, or as make hands them over.

    Of the environment it takes the words that `GIVEN` names. Raises `StepError` for a kind that is none.
    """
    given = {name: environment[name] for name in environment.get("GIVEN", "").split() if name not in OF_MAKE}
    given |= dict(word.split("=", 1) for word in words if "=" in word)
    kinds = [word for word in words if "=" not in word]
    if len(kinds) != 1 or kinds[0] not in KINDS:
        said = f"not {' '.join(kinds)}" if kinds else "one of them"
        raise StepError(f"make new {'|'.join(KINDS)} NAME='...': {said}. Each says what more it needs.")
    return kinds[0], given


def recorded() -> list[str]:
    """Record the tables; otherwise what stands in the way, as `make describe` says it."""
    if found := describe.problems():
        return [*found, "when that is done: `make describe`, which records the tables"]
    describe.record()
    return []


def main(words: list[str]) -> int:
    """Begin what these words say; returns 2, and leaves everything as it was, where that cannot be."""
    try:
        kind, given = asked(words, os.environ)
        done, left = KINDS[kind].begin(given)
    except (StepError, PairError, DataError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print("Written:", *done, sep="\n  ")
    if kind != "table":
        left = [*recorded(), *left]
    print("Left to do:", *left, sep="\n  ")
    print(f"Then {THEN[kind].format(chapter=given.get('CHAPTER') or given['NAME'])}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
