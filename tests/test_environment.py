"""The environment: everything that is declared is locked, by hash and without an address."""

import re
import subprocess
import tomllib
from pathlib import Path

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
