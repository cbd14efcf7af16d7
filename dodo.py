"""The build, step by step: sync the pairs, execute the chapters, draw the pictures, assemble, build the HTML.

Run by `make book`. A step runs again when what it used, or what it made, is not as it was; `make status` says why.
CHAPTERS="a b" in the environment builds a preview with these chapters alone.
"""

import os
import sys
from collections.abc import Callable, Iterator

from doit import create_after

from steps import ROOT, process, record
from steps.execute import only_text, renew_text
from steps.report import Lines

SYNTHESIS = "synthesis"  # reads what all other chapters recorded
DOIT_CONFIG = {
    "default_tasks": ["book"], "dep_file": "_build/doit.json", "backend": "json", "reporter": Lines, "verbosity": 0,
}  # fmt: skip

ALL = sorted({file.stem for suffix in ("md", "ipynb") for file in (ROOT / "notebooks").glob(f"*.{suffix}")})
CHAPTERS = os.environ.get("CHAPTERS", "").split() or ALL
if unknown := set(CHAPTERS) - set(ALL):
    sys.exit(f"no chapter named {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}")
EXECUTED = ALL if SYNTHESIS in CHAPTERS else CHAPTERS
OUTPUT = "html" if CHAPTERS == ALL else "preview"
ASKED = f"setting {' '.join(CHAPTERS)}"  # before the words of a step: for which chapters it was done last


def task_sync() -> dict:
    """Reconcile each notebook's text and .ipynb."""
    return _step("sync", "text and .ipynb of each chapter in step", [], "steps.pairs", "sync")


@create_after(executed="sync")  # not before: the text of a chapter may still be written from its .ipynb
def task_execute() -> Iterator[dict]:
    """Execute a chapter when anything that it used when it ran last has changed; renew its text when only that has."""
    for name in EXECUTED:
        others = [f"execute:{other}" for other in EXECUTED if other != SYNTHESIS] if name == SYNTHESIS else []
        yield {
            "name": name,
            "title": lambda task: f"chapter {task.name.split(':')[1]} executed",
            "actions": [(_chapter, [name])],
            "uptodate": [_fresh(f"execute-{name}")],
            "task_dep": ["sync", *others],
        }


def task_pictures() -> dict:
    """Draw the pictures of all figures, each once."""
    return _step("pictures", "pictures drawn", ["execute"], "steps.pictures", *CHAPTERS)


def task_assemble() -> dict:
    """Put the executed chapters, their figures' files and the data catalogue where jupyter-book finds them."""
    title = "chapters, figures and data catalogue assembled"
    return _step("assemble", title, ["pictures"], "steps.assemble", *CHAPTERS)


def task_book() -> dict:
    """Build the HTML, warnings as errors; only a good build replaces the last one."""
    task = _step(OUTPUT, "HTML built", ["assemble"], "steps.html", OUTPUT)
    return task | {"meta": {"opens": f"_build/{OUTPUT}/index.html"}}


def _step(name: str, title: str, after: list[str], module: str, *words: str) -> dict:
    """A step that is the work of one module, which keeps the record of it."""
    return {
        "title": lambda _: title,
        "actions": [(process.module, [module, *words])],
        "uptodate": [_fresh(name)],
        "task_dep": after,
    }


def _fresh(name: str) -> Callable[[], bool]:
    return lambda: not record.reasons(name)


def _chapter(name: str) -> object:
    return renew_text(name) if only_text(name) else process.chapter(name)
