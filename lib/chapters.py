"""The chapters of the book, as its table of contents has them: the one list that notebooks, steps and tests share.

A chapter may have supplements: notebooks that stand beneath it in the contents. They test no claim and are in no count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONTENTS = ROOT / "_toc.yml"
FOLDER = "book/chapters/"
SYNTHESIS = "synthesis"  # reads what the others recorded, and tests no claim of its own


def titles() -> dict[str, str]:
    """The short title of each chapter by its name, in the order of the book, the synthesis included."""
    return dict(map(_titled, _entries()))


def tested() -> dict[str, str]:
    """`titles` of the chapters that test claims."""
    return {name: title for name, title in titles().items() if name != SYNTHESIS}


def supplements() -> dict[str, list[str]]:
    """The names of the supplements of each chapter that has any, in the order of the book."""
    found = {_name(entry): [_name(one) for one in _beneath(entry)] for entry in _entries()}
    return {chapter: names for chapter, names in found.items() if names}


def named() -> dict[str, str]:
    """The short title of everything that has a notebook: each chapter, and after it its supplements."""
    return dict(_titled(one) for entry in _entries() for one in (entry, *_beneath(entry)))


def together(names: Iterable[str]) -> list[str]:
    """These chapters and supplements, and with each what it cannot be read without: its supplements, or its chapter."""
    asked, found = list(names), []
    for name in asked:
        belongs = next((chapter for chapter, its in supplements().items() if name in its), name)
        found += [belongs, *supplements().get(belongs, [])]
    return list(dict.fromkeys(found))


def missing() -> str:
    """What is wrong where a notebook is in no table of contents, or a chapter has no notebook, with what to do."""
    files = [file for file in (ROOT / "notebooks").glob("*") if file.suffix in (".md", ".ipynb")]
    listed, written = set(named()), {file.stem for file in files if file.stem[0] != "."}
    if left_out := sorted(written - listed):
        return (
            f"the chapter {left_out[0]} is in no count and no contents: add `- file: {FOLDER}{left_out[0]}` with a "
            f"title to {CONTENTS.name}, before the synthesis, or as a supplement in the `sections` of a chapter"
        )
    if unwritten := sorted(listed - written):
        return f"{CONTENTS.name} names the chapter {unwritten[0]}, and notebooks/{unwritten[0]}.md is not there"
    return ""


def _entries() -> Iterator[dict]:
    """The chapters as the table of contents has them."""
    contents = yaml.safe_load(CONTENTS.read_text(encoding="utf-8"))
    return (entry for part in contents["parts"] for entry in part["chapters"] if entry["file"].startswith(FOLDER))


def _beneath(entry: dict) -> list[dict]:
    return entry.get("sections", [])


def _name(entry: dict) -> str:
    return entry["file"].removeprefix(FOLDER)


def _titled(entry: dict) -> tuple[str, str]:
    name = _name(entry)
    return name, entry.get("title") or name.replace("_", " ").capitalize()
