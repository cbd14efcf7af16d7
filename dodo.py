"""The build, step by step: sync the pairs, execute the chapters, assemble, build the HTML.

Run by `make book`. A step runs again when the contents of what it reads have changed, and not otherwise.
CHAPTERS="a b" in the environment builds a preview with these chapters alone.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from doit import create_after
from doit.tools import config_changed

from steps.report import Lines
from steps.tables import files, fingerprint

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "_build"
BUILD.mkdir(exist_ok=True)
SYNTHESIS = "synthesis"  # reads what all other chapters recorded
DOIT_CONFIG = {"default_tasks": ["book"], "dep_file": "_build/doit.db", "reporter": Lines, "verbosity": 0}

ALL = sorted({file.stem for suffix in ("md", "ipynb") for file in (ROOT / "notebooks").glob(f"*.{suffix}")})
CHAPTERS = os.environ.get("CHAPTERS", "").split() or ALL
if unknown := set(CHAPTERS) - set(ALL):
    sys.exit(f"no chapter named {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}")
EXECUTED = ALL if SYNTHESIS in CHAPTERS else CHAPTERS
OUTPUT = "html" if CHAPTERS == ALL else "preview"

PYTHON = f'"{sys.executable}" -m'


def inside(folder: str, pattern: str = "*") -> list[str]:
    """The files of a folder, relative to the project."""
    return [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / folder).glob(pattern))
        if file.is_file() and file.suffix != ".pyc"
    ]


def task_sync() -> dict:
    """Reconcile each notebook's text and .ipynb."""
    return {
        "title": lambda _: "text and .ipynb of each chapter in step",
        "actions": [f"{PYTHON} steps.pairs sync"],
        "file_dep": [*inside("notebooks", "*.md"), *inside("notebooks", "*.ipynb"), "steps/pairs.py"],
    }


@create_after(executed="sync")  # not before: the text of a chapter may still be written from its .ipynb
def task_execute() -> Iterator[dict]:
    """Execute a chapter when its notebook, a table it loads, lib/ or the lock has changed."""
    for name in EXECUTED:
        read = [other for other in ALL if other != SYNTHESIS] if name == SYNTHESIS else []
        yield {
            "name": name,
            "title": lambda task: f"chapter {task.name.split(':')[1]} executed",
            "actions": [f"{PYTHON} steps.execute {name}"],
            "task_dep": ["sync", *(f"execute:{other}" for other in read)],
            "file_dep": [
                f"notebooks/{name}.md",
                *(f"_build/results/{other}.json" for other in read),
                *files(name),
                *inside("lib", "**/*.*"),
                "requirements.lock",
                "steps/execute.py",
            ],
            "targets": [f"_build/executed/{name}.ipynb", f"_build/results/{name}.json"],
            "uptodate": [config_changed(fingerprint(name))],
        }


def task_assemble() -> dict:
    """Put the executed chapters, their figures' files and the data catalogue where jupyter-book finds them."""
    return {
        "title": lambda _: "chapters, figures and data catalogue assembled",
        "actions": [f"{PYTHON} steps.assemble {' '.join(CHAPTERS)}"],
        "task_dep": ["execute"],
        "file_dep": [
            *(f"_build/executed/{name}.ipynb" for name in CHAPTERS),
            *inside("data", "*.csv"), "data/datapackage.json", "_toc.yml",
            *inside("lib", "**/*.*"), *inside("steps"), "notebooks/synthesis.md", "requirements.lock",
        ],
        "targets": [
            "_build/toc.yml", "book/generated/report.bib", *(f"book/chapters/{name}.ipynb" for name in CHAPTERS),
        ],
        "uptodate": [config_changed(" ".join(CHAPTERS))],
    }  # fmt: skip


def task_book() -> dict:
    """Build the HTML, warnings as errors; only a good build replaces the last one."""
    return {
        "title": lambda _: "HTML built",
        "actions": [f"{PYTHON} steps.html {OUTPUT}"],
        "file_dep": [
            *(f"book/chapters/{name}.ipynb" for name in CHAPTERS), "_build/toc.yml",
            *inside("book"), *inside("book/_static"), *inside("book/_extra"), *inside("book/_ext"), "_config.yml",
            *inside("data", "*.csv"), "data/datapackage.json", "steps/html.py", "requirements.lock",
        ],
        "targets": [f"_build/{OUTPUT}/index.html"],
        "uptodate": [config_changed(" ".join(CHAPTERS))],
    }  # fmt: skip
