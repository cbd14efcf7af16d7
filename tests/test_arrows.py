"""Who may import whom: arrows between modules and between packages point downwards, and none closes a circle.

Read from the text of the modules, so that an import counts wherever it stands: in a function, for a type checker alone,
or as the name of a module in a string, which some process loads later.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter

import pytest
from conftest import ROOT

# The packages from the ground up. `lib` is what stands in it itself, its floor; `steps` is what all steps share;
# the commands are the modules that people and make call, with `dodo`, which says what step does what; `make new` is a
# command that uses others.
COMMANDS = "commands"
ORDER = (
    "lib", "lib.ledger", "lib.effects", "lib.returns", "lib.measures", "lib.document", "lib.synthesis", "lib.charts",
    "steps", "steps.engine", "steps.book", COMMANDS,
    "steps.new",
)  # fmt: skip
NAMED = re.compile(r"(lib|steps)(\.\w+)+")
FILES = [ROOT / "dodo.py", *(ROOT / "lib").rglob("*.py"), *(ROOT / "steps").rglob("*.py")]
MODULES = {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in FILES}


def named(text: str) -> set[str]:
    """The modules of the project that a module imports or names in a string, by their dotted names."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute, so that they can be found"
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            inside = {name for name in below if name in MODULES}
            found |= inside | ({node.module} if inside != below else set())
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
            found.add(node.value)
    return {name for name in found if name.partition(".")[0] in ("lib", "steps", "dodo")}


def package(name: str) -> str:
    """Where a module stands, by a name in `ORDER`."""
    if MODULES[name].name == "__init__.py":
        return name
    return COMMANDS if (inside := name.rpartition(".")[0]) in ("", "steps") else inside


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """The names on a circle of arrows, in order; empty when there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return error.args[1]
    return []


ARROWS = {name: named(file.read_text(encoding="utf-8")) for name, file in MODULES.items()}


def test_every_module_that_is_named_is_there():
    missing = {f"{name}: {one}" for name, ones in ARROWS.items() for one in ones if one not in MODULES}
    assert not missing  # of another checkout that is installed, Python would take it without a word


def test_no_circle_between_modules():
    assert not circle(ARROWS)


def test_no_circle_between_packages():
    between = {one: set() for one in ORDER}
    for name, ones in ARROWS.items():
        between[package(name)] |= {package(one) for one in ones} - {package(name)}
    assert not circle(between)


def test_arrows_between_packages_point_downwards():
    assert {package(name) for name in MODULES} == set(ORDER)
    place = {name: ORDER.index(package(name)) for name in MODULES}
    assert not [f"{name} names {one}" for name, ones in ARROWS.items() for one in ones if place[one] > place[name]]


LIB = [name for name in MODULES if name.partition(".")[0] == "lib"]


@pytest.mark.parametrize("name", LIB)
def test_lib_names_no_step_and_none_of_their_files(name):
    assert all(one.partition(".")[0] == "lib" for one in ARROWS[name])
    constants = (node.value for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))
                 if isinstance(node, ast.Constant))  # fmt: skip
    assert not [text for text in constants if isinstance(text, str) and re.fullmatch(r"steps(/\S*)?", text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from lib import data\nimport steps.build", {"lib.data", "steps.build"}),
        ("def late():\n    from steps.engine import record", {"steps.engine.record"}),
        ("if TYPE_CHECKING:\n    from lib.ledger.claims import Ledger", {"lib.ledger.claims"}),
        ("from steps import ROOT, build", {"steps", "steps.build"}),
        ("helper('steps.book.assemble')", {"steps.book.assemble"}),
        ("import json\n'lib.ledger is a package'", set()),
    ],
)
def test_an_import_counts_wherever_it_stands(text, found):
    assert named(text) == found


def test_a_circle_is_found():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


@pytest.mark.parametrize("name", [name for name in ORDER if "." in name])
def test_a_package_says_in_three_lines_what_is_in_it_and_loads_nothing(name):
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    said, *_ = ast.get_docstring(tree).partition("\n\n>>> ")  # what script users begin with has an example as well
    assert len(said.splitlines()) == 3
    assert len(tree.body) == 1 or name == "lib.charts"  # which is used as one: `charts.figure`
