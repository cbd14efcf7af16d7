"""The environment: locked, by hash and without an address; of one checkout, and refused by every other."""

import ast
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

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DECLARED = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]


def entries():
    """Each locked requirement with its hashes."""
    joined = re.sub(r"\\\n\s*", " ", LOCK)
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            yield Requirement(requirement), [one.strip() for one in hashes]


def test_the_lock_holds_no_address_and_no_path():
    assert not re.search(r"https?:|file:|git\+|\s@\s|/", re.sub(r"^\s*#.*$", "", LOCK, flags=re.MULTILINE))
    assert "://" not in LOCK and "--index-url" not in LOCK and "--find-links" not in LOCK


def test_every_entry_is_one_version_with_hashes():
    found = list(entries())
    assert len(found) > 50
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


@pytest.mark.parametrize("declared", DECLARED)
def test_every_dependency_is_locked_in_a_version_that_will_do(declared):
    wanted = Requirement(declared)
    versions = [
        next(iter(locked.specifier)).version
        for locked, _ in entries()
        if canonicalize_name(locked.name) == canonicalize_name(wanted.name)
    ]
    assert versions
    assert all(wanted.specifier.contains(version, prereleases=True) for version in versions)


def test_conda_installs_the_same_lock_on_a_python_that_will_do():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == PROJECT["name"]
    packages = [one for one in environment["dependencies"] if isinstance(one, str)]
    (pip,) = [one["pip"] for one in environment["dependencies"] if isinstance(one, dict)]
    assert "pip" in packages and pip == ["-r requirements.lock"]
    (python,) = [one.removeprefix("python=").lstrip("=") for one in packages if one.startswith("python")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)


# What stands in for Python: an environment made by it holds a Python that does nothing.
STUB = """#!/bin/sh
if [ "$1 $2 $3" = "-m venv --clear" ]; then
  echo made >> made.log
  rm -rf "$4" && mkdir -p "$4/bin"
  printf '#!/bin/sh\\necho "$PYTHONPATH" > seen' > "$4/bin/python" && chmod +x "$4/bin/python"
fi
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder whose name has a space, as far as the Makefile and the import of lib are concerned."""
    folder = tmp_path / "my checkout"
    for name in ("lib/__init__.py", "data/datapackage.json", "Makefile", "requirements.lock", "pyproject.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "notebooks").mkdir()
    stub = tmp_path / "python"
    stub.write_text(STUB, encoding="utf-8")
    stub.chmod(0o755)
    return folder


def make(folder):
    """`make sync` with the stand-in for Python; returns how often the environment was made, and what was run."""
    # Nothing of a make that runs these tests: it would make this one say which folder it enters.
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        ["make", "sync", "PYTHON=../python"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    log = folder / "made.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0, done


def test_an_environment_is_made_once(checkout):
    made, done = make(checkout)
    assert (made, done.returncode) == (1, 0), done.stderr
    assert make(checkout)[0] == 1


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
