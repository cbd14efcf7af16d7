"""Which chapters are built, and the steps of the build in their order.

CHAPTERS="a b" in the environment asks for a preview with these chapters, and their supplements, alone.
"""

from __future__ import annotations

import os
import sys

from lib import chapters
from lib.chapters import SYNTHESIS
from steps import ROOT
from steps.engine import given

ALL = sorted({file.stem for suffix in ("md", "ipynb") for file in (ROOT / "notebooks").glob(f"*.{suffix}")})
ASKED = os.environ.get("CHAPTERS", "").split()
if unknown := set(ASKED) - set(ALL):
    sys.exit(f"no chapter named {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}")
CHAPTERS = chapters.together(ASKED) or ALL
EXECUTED = ALL if SYNTHESIS in CHAPTERS else CHAPTERS
OUTPUT = "html" if CHAPTERS == ALL else "preview"
OPENS = f"_build/{OUTPUT}/index.html"

SYNC, ASSEMBLE = "sync", "assemble"


def size(chapter: str) -> int:
    """How long a chapter is, in bytes of whichever side of its pair is there."""
    return max(file.stat().st_size for file in (ROOT / "notebooks").glob(f"{chapter}.*"))


def execute(chapter: str) -> str:
    """The name of the step that executes a chapter."""
    return f"execute-{chapter}"


def pictures(chapter: str) -> str:
    """The name of the step that draws a chapter's pictures."""
    return f"pictures-{chapter}"


def steps() -> dict[str, str]:
    """The title of each step, once it is done, by its name; in the order of the build.

    Ends the process where a chapter is in no count. `make sync` needs no steps: it also serves a chapter that is new.
    """
    if wrong := chapters.missing():
        sys.exit(wrong)
    return {
        SYNC: "text and .ipynb of each chapter in step",
        **{execute(name): f"chapter {name} executed" for name in EXECUTED},
        **{pictures(name): f"pictures of {name} drawn" for name in CHAPTERS},
        ASSEMBLE: "chapters, figures and data catalogue assembled",
        OUTPUT: "HTML built",
    }


def ready(seconds: float) -> str:
    """The last words of a good build; of one on a reader's own files `steps.own` has them."""
    if os.environ.get(given.OWN):
        return ""
    return f"\nThe book is ready ({seconds:.0f} s). Open {OPENS}\n"
