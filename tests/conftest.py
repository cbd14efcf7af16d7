"""A clean copy of the working tree, built once; what needs it is marked `book`."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("untimed")

# Before numpy is imported, and for all that tests start: threads inside small matrix products only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Project:
    """A copy of the project, and the build run in it."""

    root: Path

    def python(self, *arguments: object, cwd: str = ".", **env: str) -> subprocess.CompletedProcess:
        """Run Python here; the copy's `lib` and `steps` come before the installed ones."""
        inherited = {name: value for name, value in os.environ.items() if name != "CHAPTERS"}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.root / cwd,
            env=inherited | {"PYTHONPATH": str(self.root)} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, **env: str) -> subprocess.CompletedProcess:
        """What `make book` runs."""
        return self.python("-m", "steps.build", **env)

    def describe(self) -> None:
        """What `make describe` runs."""
        done = self.python("-m", "steps.describe")
        assert done.returncode == 0, done.stderr

    def stale(self) -> dict[str, str]:
        """The steps that are not up to date, each with what `make status` says of it; nothing is executed."""
        listed = self.python("-m", "steps.status")
        assert listed.returncode == 0, listed.stderr
        said = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in listed.stdout.splitlines())
        return {step: reasons for step, reasons in said.items() if reasons != "up to date"}

    def sync(self) -> None:
        """What `make sync` runs."""
        done = self.python("-m", "steps.pairs", "sync")
        assert done.returncode == 0, done.stderr

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text that has to be there."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is no longer in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One of the processes that run tests side by side at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def project(tmp_path_factory, worker_id) -> Project:
    """The working tree without anything built, for all processes: tracked files and new ones that are not ignored."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with alone(shared / "project.lock"):
        root = shared / "project"
        if not root.exists():
            _copy_tree(shared / "project.new")
            (shared / "project.new").rename(root)
    return Project(root)


def _copy_tree(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)


@pytest.fixture(scope="session")
def book(project) -> Path:
    """The HTML of the whole book, built by whoever needs it first."""
    html = project.root / "_build" / "html"
    with alone(project.root.with_name("book.lock")):
        if not html.exists():
            built = project.build()
            if built.returncode:
                pytest.fail(f"the book does not build:\n{built.stdout}\n{built.stderr}", pytrace=False)
    return html


@pytest.fixture
def copy(project, book, tmp_path) -> Project:
    """The built project with the state of its build, to be changed at will."""
    copied = shutil.copytree(project.root, tmp_path / "copy", ignore=shutil.ignore_patterns("work-*", "__pycache__"))
    return Project(copied)
