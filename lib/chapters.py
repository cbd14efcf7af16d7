"""The chapters of the book, as its table of contents has them: the one list that notebooks, steps and tests share."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONTENTS = ROOT / "_toc.yml"
FOLDER = "book/chapters/"
SYNTHESIS = "synthesis"  # reads what the others recorded, and tests no claim of its own


def titles() -> dict[str, str]:
    """The short title of each chapter by its name, in the order of the book, the synthesis included."""
    contents = yaml.safe_load(CONTENTS.read_text(encoding="utf-8"))
    entries = [entry for part in contents["parts"] for entry in part["chapters"] if entry["file"].startswith(FOLDER)]
    named = {entry["file"].removeprefix(FOLDER): entry.get("title") for entry in entries}
    return {name: title or name.replace("_", " ").capitalize() for name, title in named.items()}


def tested() -> dict[str, str]:
    """`titles` of the chapters that test claims."""
    return {name: title for name, title in titles().items() if name != SYNTHESIS}


def missing() -> str:
    """What is wrong where a notebook is in no table of contents, or a chapter has no notebook, with what to do."""
    files = [file for file in (ROOT / "notebooks").glob("*") if file.suffix in (".md", ".ipynb")]
    listed, written = set(titles()), {file.stem for file in files if file.stem[0] != "."}
    if left_out := sorted(written - listed):
        return (
            f"the chapter {left_out[0]} is in no count and no contents: add `- file: {FOLDER}{left_out[0]}` with a "
            f"title to {CONTENTS.name}, before the synthesis"
        )
    if unwritten := sorted(listed - written):
        return f"{CONTENTS.name} names the chapter {unwritten[0]}, and notebooks/{unwritten[0]}.md is not there"
    return ""
