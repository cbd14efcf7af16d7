"""A name of `lib` that stands bare in code (`from … import name`) means one thing wherever it stands.

A name that is used behind its module (`flows.shares`, `intervals.shares`) is told apart by that and may come twice.
"""

import ast
import importlib
import re
from collections import defaultdict
from types import ModuleType

import pytest
from conftest import ROOT

CELL = re.compile(r"```\{code-cell\}[^\n]*\n(.*?)```", re.S)
FILES = [
    *(file for folder in ("lib", "steps", "tests", "book/_ext") for file in (ROOT / folder).rglob("*.py")),
    *(ROOT / "notebooks").glob("*.md"),
]

# Two things, one name, on purpose: what both are, and why neither is called otherwise.
ALLOWED = {
    "cells": "the cells of a reader's table, and those of the report's Table 1: each the word of its own subject",
    "charters": "two sources on one subject, flights by state and flights by year: one module of each package",
    "named": "the chapters that a run names, and what a figure does with names; neither is used beside the other",
    "pairs": "pairs in the text of one column; the other is a module",
    "panels": "`lib.returns.panel` beside a parameter called panel; the charts of that name are used as charts.panels",
    "pooled": "the mean of several effects in both: of partners, of destinations",
    "spread": "how far estimates lie apart, and labels along an axis",
}


def tree(file):
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        text = re.sub(r"^(?::\w+:.*|---|%.*)$", "", "\n".join(CELL.findall(text)), flags=re.M)
    return ast.parse(text)


def thing(module, name):
    """What an imported name is, as a text that is the same for the same thing."""
    owner = importlib.import_module(module)
    try:
        found = getattr(owner, name)
    except AttributeError:
        found = importlib.import_module(f"{module}.{name}")
    if isinstance(found, ModuleType):
        return found.__name__
    if hasattr(found, "__qualname__"):
        return f"{found.__module__}.{found.__qualname__}"
    return f"{type(found).__name__} {found!r}"  # two constants that are equal are one


def bare():
    """Everything that each bare name of `lib` stands for, by name; constants of one module's own are left out."""
    found = defaultdict(set)
    for file in FILES:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ImportFrom) and node.module and re.match(r"lib\b", node.module):
                for one in node.names:
                    if not one.name.isupper():
                        found[one.asname or one.name].add(thing(node.module, one.name))
    return found


@pytest.fixture(scope="module")
def several():
    same = re.compile(r"(.*)\.(\w+)\.\2$")  # a module and its one function: bars.bars, scorecard.scorecard
    things = {name: {same.sub(r"\1.\2", one) for one in those} for name, those in bare().items()}
    return {name: sorted(those) for name, those in things.items() if len(those) > 1}


def test_a_bare_name_means_one_thing(several):
    assert {name: those for name, those in several.items() if name not in ALLOWED} == {}


def test_what_is_allowed_is_needed_and_gives_its_reason(several):
    assert ALLOWED.keys() <= several.keys(), f"no longer two things: {sorted(ALLOWED.keys() - several.keys())}"
    assert all(len(reason.split()) > 5 for reason in ALLOWED.values())


@pytest.mark.parametrize("name", ["check", "trail", "results", "theory"])
def test_words_that_had_several_meanings_have_one(name):
    """In `lib`: modules and public functions of the floor of modules, but for methods."""
    homes = [file for file in (ROOT / "lib").rglob("*.py") if file.stem == name]
    defined = [
        file
        for file in (ROOT / "lib").rglob("*.py")
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    ]
    assert len(homes) + len(defined) <= 1
