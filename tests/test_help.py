"""`help()` leads somewhere: the first lines say what is there, an example runs, and what is named to read on exists."""

import doctest
import importlib
import inspect
import pkgutil
import pydoc
import re

import pytest

import lib
from lib.effects.placebo import placebo_test

MODULES = ["lib", *(module.name for module in pkgutil.walk_packages(lib.__path__, "lib."))]
GUIDED = ["lib", "lib.effects", "lib.effects.placebo"]  # where a script user begins
EXAMPLES = {"lib": 1, "lib.effects": 2, "lib.effects.placebo": 4, "lib.effects.long": 6}


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_description_gives_what_it_says(name):
    found = doctest.testmod(importlib.import_module(name))
    assert not found.failed
    assert found.attempted >= EXAMPLES.get(name, 0)


@pytest.mark.parametrize("name", GUIDED)
def test_help_begins_with_what_is_there_and_where_to_read_on(name):
    module = importlib.import_module(name)
    text = pydoc.render_doc(module, renderer=pydoc.plaintext)
    first, *rest = inspect.getdoc(module).splitlines()
    assert len(first) > 40 and first in " ".join(text.splitlines()[:4])
    assert ">>> " in "\n".join(rest[:8])


@pytest.mark.parametrize("name", [*GUIDED, "lib.effects.long", "lib.effects.checks"])
def test_what_help_names_exists(name):
    named = set(re.findall(r"`(lib(?:\.\w+)+)`", inspect.getdoc(importlib.import_module(name)) or ""))
    for one in named:
        owner, _, last = one.rpartition(".")
        try:
            importlib.import_module(one)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(owner), last), one
    if name in ("lib", "lib.effects"):
        inside = {module.name for module in pkgutil.iter_modules(importlib.import_module(name).__path__, f"{name}.")}
        packages = {one for one in inside if hasattr(importlib.import_module(one), "__path__")}
        assert packages <= named, "help(lib) names every package"


def test_the_test_of_one_country_says_what_to_give_and_what_comes_back():
    said = inspect.getdoc(placebo_test)
    assert all(word in said for word in ("lib.effects.long", "p_value()", "interval()", "family_wise"))
