"""The environment: locked, by hash and without an address; of one checkout, and refused by every other."""

import ast
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jupytext
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from lib import chapters
from steps import address, lock, own

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, LINTED = SETTINGS["project"], SETTINGS["tool"]["ruff"]
GROUPS = ("", *lock.EXTRAS)  # the book, and what comes beside it when it is asked for
DECLARED = {
    "": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["build"]],
    **{
        group: [one for extra in extras for one in PROJECT["optional-dependencies"][extra]]
        for group, extras in lock.EXTRAS.items()
    },
}


def locked(group):
    """The text of the lock of a group."""
    return (ROOT / (lock.file(group) if group else lock.BOOK)).read_text(encoding="utf-8")


def entries(group):
    """Each locked requirement of a group with its hashes."""
    joined = re.sub(r"\\\n\s*", " ", locked(group))
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            yield Requirement(requirement), [one.strip() for one in hashes]


def versions(*groups):
    """The versions of each package in these groups, by its name."""
    found = {}
    for group in groups:
        for requirement, _ in entries(group):
            version = next(iter(requirement.specifier)).version
            found.setdefault(canonicalize_name(requirement.name), set()).add(version)
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_a_lock_holds_no_address_and_no_path(group):
    text = locked(group)
    assert not re.search(r"https?:|file:|git\+|\s@\s|/", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE))
    assert "://" not in text and "--index-url" not in text and "--find-links" not in text


@pytest.mark.parametrize("group", GROUPS)
def test_every_entry_is_one_version_with_hashes(group):
    found = list(entries(group))
    assert len(found) > (100 if not group else 5)
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


@pytest.mark.parametrize(("group", "declared"), [(group, one) for group in GROUPS for one in DECLARED[group]])
def test_every_dependency_is_locked_in_a_version_that_will_do(group, declared):
    wanted = Requirement(declared)
    found = versions("", group)[canonicalize_name(wanted.name)]
    assert all(wanted.specifier.contains(version, prereleases=True) for version in found)


def test_every_dependency_that_is_declared_comes_with_some_command():
    asked = {one for group in DECLARED.values() for one in group}
    extras = PROJECT["optional-dependencies"].values()
    assert asked == {*PROJECT["dependencies"], *(one for extra in extras for one in extra)}


def test_a_package_has_the_same_version_whichever_groups_are_installed():
    book = versions("")
    for group in lock.EXTRAS:
        both = {name: found for name, found in versions("", group).items() if found != book.get(name, found)}
        assert both == {}, group


def test_the_book_installs_neither_the_lab_nor_the_tests_nor_dask():
    assert not {"jupyterlab", "pytest", "playwright", "pyfixest", "diff-diff", "distributed"} & versions("").keys()


LOCKED = (
    "a==1 \\\n    --hash=sha256:11\nb==2 ; python_version < '3.12' \\\n    --hash=sha256:22 \\\n    --hash=sha256:23\n"
)


def test_the_lock_of_a_group_leaves_out_what_the_book_has_and_nothing_else():
    assert lock.without(LOCKED + "c==3 \\\n    --hash=sha256:33\n", LOCKED) == "c==3 \\\n    --hash=sha256:33\n"
    other = LOCKED.replace("b==2 ; python_version < '3.12'", "b==2")
    assert lock.without(other, LOCKED) == other[other.index("b==2") :]
    assert lock.without(LOCKED, LOCKED) == ""


def test_conda_gives_a_python_that_will_do_and_what_the_first_command_needs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == PROJECT["name"]
    (python,) = [one.removeprefix("python=") for one in environment["dependencies"] if one.startswith("python")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    assert {"make", "git"} <= set(environment["dependencies"])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"conda activate {environment['name']} && make book" in readme


def test_a_container_has_a_python_that_will_do_and_begins_with_the_first_command():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert SpecifierSet(PROJECT["requires-python"]).contains(container["image"].rpartition(":")[2])
    assert container["postCreateCommand"] == "make book"


# What stands in for Python: an environment made by it holds a Python that does nothing but say what it was asked.
STUB = """#!/bin/sh
if [ "$1 $2 $3" = "-m venv --clear" ]; then
  echo made >> made.log
  rm -rf "$4" && mkdir -p "$4/bin"
  cp ../inside "$4/bin/python"
fi
"""
INSIDE = """#!/bin/sh
echo "$PYTHONPATH" > seen
echo "$@" >> asked.log
case "$*" in *--require-hashes*)
  for number in 1 2 3; do echo "Collecting package$number==$number (from -r some.lock)"; done
  test ! -e broken || { echo "ERROR: no such package" >&2; exit 1; }
  echo "Installing collected packages: package1";;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder whose name has a space, as far as the Makefile and the import of lib are concerned."""
    folder = tmp_path / "my checkout"
    locks = [lock.BOOK, *map(lock.file, lock.EXTRAS)]
    for name in ("lib/__init__.py", "data/datapackage.json", "Makefile", "pyproject.toml", *locks):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "notebooks").mkdir()
    for name, text in {"python": STUB, "inside": INSIDE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    return folder


def make(folder, goal="sync"):
    """make with the stand-in for Python; returns how often the environment was made, and what was run."""
    # Nothing of a make that runs these tests: it would make this one say which folder it enters.
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        ["make", goal, "PYTHON=../python"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    log = folder / "made.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0, done


def test_an_environment_is_made_once(checkout):
    made, done = make(checkout)
    assert (made, done.returncode) == (1, 0), done.stderr
    assert make(checkout)[0] == 1


def installs(folder):
    """The locks of each installation, in their order."""
    lines = (folder / "asked.log").read_text(encoding="utf-8").splitlines()
    return [re.findall(r"-r (\S+)", line) for line in lines if "--require-hashes" in line]


def test_the_first_installation_says_how_far_it_is(checkout):
    _, done = make(checkout)
    first, *_, found, unpacking = done.stdout.splitlines()
    assert first == "Setting up .venv, once: the packages of the book, about a gigabyte on disk ..."
    assert re.fullmatch(r"  found 1 of about \d{3} packages: package1==1", found)
    assert unpacking == "  all are here and have the right hashes; unpacking them ..."
    assert make(checkout)[1].stdout == ""


@pytest.mark.parametrize("goal", ["book", "status", "serve", "describe"])
def test_the_book_needs_its_own_packages_alone(checkout, goal):
    make(checkout, goal)
    assert installs(checkout) == [["requirements.lock"]]


@pytest.mark.parametrize(
    ("goal", "group"), [("lab", "lab"), ("check", "test"), ("test", "test"), ("benchmark", "test"), ("dask", "dask")]
)
def test_what_the_book_does_not_need_comes_once_when_it_is_asked_for(checkout, goal, group):
    for _ in range(2):
        _, done = make(checkout, goal)
        assert done.returncode == 0, done.stderr
    assert installs(checkout) == [["requirements.lock"], ["requirements.lock", f"requirements-{group}.lock"]]


def test_a_changed_lock_of_a_group_leaves_the_book_alone(checkout):
    make(checkout, "lab")
    (checkout / lock.file("lab")).touch()
    assert make(checkout, "book")[0] == 1 and len(installs(checkout)) == 2
    make(checkout, "lab")
    assert installs(checkout)[2:] == [["requirements.lock", "requirements-lab.lock"]]


@pytest.mark.parametrize("goal", ["book", "lab"])
def test_an_installation_that_fails_ends_in_a_sentence_and_is_begun_again(checkout, goal):
    if goal == "lab":
        make(checkout, "book")
    (checkout / "broken").touch()
    _, done = make(checkout, goal)
    assert done.returncode == 2 and "no such package" in done.stderr
    assert done.stdout.splitlines()[-1] == "The packages could not be installed; the reason stands above."
    assert "Installing" not in done.stdout
    (checkout / "broken").unlink()
    assert make(checkout, goal)[1].returncode == 0


def test_a_python_that_does_not_run_is_named(checkout):
    done = subprocess.run(
        ["make", "sync", "PYTHON=no-such-python"], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert "no-such-python does not run, or is older than the Python 3.11 that is needed" in done.stdout


def test_jupyterlab_is_started_with_the_settings_that_are_shipped(checkout):
    make(checkout, "lab")
    assert "-m jupyterlab notebooks" in (checkout / "asked.log").read_text(encoding="utf-8").splitlines()[-1]
    shipped = json.loads((ROOT / ".jupyter/labconfig/default_setting_overrides.json").read_text(encoding="utf-8"))
    viewers = shipped["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers["markdown"] == viewers["myst"] == "Jupytext Notebook"
    assert 'JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter"' in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_what_make_starts_sees_the_checkout_it_stands_in(checkout):
    make(checkout)
    assert (checkout / "seen").read_text(encoding="utf-8").strip() == str(checkout)


@pytest.mark.parametrize("way", [shutil.copytree, Path.rename], ids=["copied", "renamed"])
def test_a_copied_or_renamed_checkout_makes_its_environment_anew(checkout, way):
    make(checkout)
    other = checkout.with_name("other")
    way(checkout, other)
    assert make(other)[0] == 2
    assert make(other)[0] == 2
    assert (other / "seen").read_text(encoding="utf-8").strip() == str(other)


def test_an_environment_whose_python_is_gone_is_made_anew(checkout):
    make(checkout)
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("python3.gone")
    made, done = make(checkout)
    assert (made, done.returncode) == (2, 0)


def test_a_linked_environment_is_never_emptied(checkout):
    make(checkout)
    made_there = shutil.ignore_patterns(".venv", "made.log")
    worktree = shutil.copytree(checkout, checkout.with_name("worktree"), ignore=made_there)
    (worktree / ".venv").symlink_to(checkout / ".venv")
    before = sorted((checkout / ".venv").rglob("*"))
    made, done = make(worktree)
    assert (made, done.returncode) == (0, 2)
    assert done.stdout.splitlines() == [
        ".venv is a symbolic link, and setting it up would empty an environment that others use; "
        "remove the link (rm .venv) and run make again"
    ]
    assert sorted((checkout / ".venv").rglob("*")) == before


def python(code, cwd, **env):
    """Run Python in a folder, whose own modules are not looked at (-P), with this lib where an environment has it."""
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("inside", [".", "notebooks"])
def test_lib_is_refused_in_another_checkout_than_its_own(checkout, inside):
    done = python("import lib.prose", checkout / inside)
    assert done.returncode == 1
    *_, said = done.stderr.splitlines()
    assert said == (
        f"ImportError: lib was imported from the checkout {ROOT}, but the current folder lies in another checkout, "
        f"{checkout}: run `make sync` in {checkout}, which sets up a .venv of its own, and start Python or JupyterLab "
        "from that one"
    )


def test_lib_is_the_copys_own_where_the_path_says_so(checkout):
    done = python("import lib; print(lib.__file__)", checkout / "notebooks", PYTHONPATH=str(checkout))
    assert done.stdout.strip() == str(checkout / "lib/__init__.py"), done.stderr


@pytest.mark.parametrize("folder", [ROOT, ROOT / "notebooks", None], ids=["here", "notebooks", "outside"])
def test_lib_is_imported_here_and_outside_any_checkout(folder, tmp_path):
    assert python("import lib", folder or tmp_path).returncode == 0


def test_a_folder_that_is_gone_is_no_checkout(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    assert python(f"import os; os.rmdir({str(gone)!r}); import lib", gone).stderr == ""


def test_altair_compiles_no_grammars():
    done = python("import lib, altair, nbformat, sys; print(sys.modules['rfc3987_syntax'])", ROOT)
    assert done.stdout.strip() == "None", done.stderr


@pytest.mark.parametrize("chapter", sorted((ROOT / "notebooks").glob("*.md")), ids=lambda file: file.stem)
def test_each_chapter_imports_lib_before_altair(chapter):
    first = next(cell for cell in jupytext.read(chapter, fmt="md:myst").cells if cell.cell_type == "code")
    imports = [one for one in ast.parse(first.source).body if isinstance(one, ast.Import | ast.ImportFrom)]
    assert isinstance(imports[0], ast.ImportFrom) and imports[0].module.split(".")[0] == "lib"


def test_the_citation_file_names_one_licence():
    """The list that its format allows as well makes Zenodo drop the release."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["license"] == "MIT"
    assert "CC BY 4.0" in cited["message"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout of git")
def test_git_keeps_line_endings_of_text_and_leaves_binaries_alone():
    asked = {"data/claims.csv": "lf", "notebooks/return.md": "lf", ".ci/run": "lf", "book/_static/preview.png": "unset"}
    said = subprocess.run(
        ["git", "check-attr", "eol", "text", "--", *asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for file, want in asked.items():
        assert f"{file}: {'text: unset' if want == 'unset' else f'eol: {want}'}" in said


READ = ["README.md", "CONTRIBUTING.md", *(f"book/{name}.md" for name in ("own_data", "contribute", "code"))]


@pytest.mark.parametrize("name", READ)
def test_what_a_page_links_to_is_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    for link in links:
        target = ROOT / Path(name).parent / link
        if "chapters" in target.parts:
            target = ROOT / "notebooks" / target.name
        assert target.exists() or target.name == "data.md", link


@pytest.mark.parametrize("name", READ)
def test_every_command_that_a_page_names_is_one_of_make(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = re.findall(r"(?:`|^    |&& |^)make (?:PYTHON=\S+ )?([a-z]+)", text, flags=re.MULTILINE)
    assert said
    assert [goal for goal in said if not re.search(rf"^{goal}:", makefile, flags=re.MULTILINE)] == []


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_the_page_on_own_data_names_every_file_that_a_chapter_takes_and_no_other():
    text = (ROOT / "book/own_data.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\* - `(\w+)`\n  - `(\w+)`", text, flags=re.MULTILINE))
    assert named == {(chapter, parameter) for chapter in chapters.tested() for parameter in own.parameters(chapter)}
    for chapter, words in re.findall(r"make own CHAPTER=(\w+|\"[^\"]+\") (.*)", text):
        names = chapter.strip('"').split()
        given = {word.partition("=")[0] for word in words.split()} - set(own.OPTIONS)
        assert given <= {one for name in names for one in own.parameters(name)}


def test_every_file_has_the_address_of_the_repository():
    url = address.address()
    for name, form in address.FILES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert form(text, url) == text, name


@pytest.mark.parametrize("name", address.FILES)
def test_an_address_comes_into_each_file_once_it_is_there_and_goes_again(name):
    text, form = (ROOT / name).read_text(encoding="utf-8"), address.FILES[name]
    url = "https://forge.example/grip"
    given = form(text, url)
    assert url in given and form(given, url) == given
    assert form(given, "") == form(text, "") and url not in form(text, "")
    if name.endswith("json"):
        assert json.loads(given)["homepage"] == url
    if name.endswith("cff"):
        assert yaml.safe_load(given)["repository-code"] == url
    if name == "_config.yml":
        assert url in yaml.safe_load(given)["parse"]["myst_substitutions"]["repository"]


def test_editors_find_the_environment_and_the_chapters():
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert settings["python.defaultInterpreterPath"] == "${workspaceFolder}/.venv/bin/python"
    assert settings["jupyter.notebookFileRoot"] == "${workspaceFolder}/notebooks"
    editor = configparser.ConfigParser()
    editor.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    assert editor["*.py"]["max_line_length"] == str(LINTED["line-length"])
    assert editor["*"]["end_of_line"] == "lf" and editor["Makefile"]["indent_style"] == "tab"
