"""Resolve the packages again: `requirements.lock` for the book, and what the lab, the tests and Dask need beyond it.

All groups are resolved together, so that each package has one version, whichever groups are installed. A file holds
names, versions and hashes, and no address. The file of a group leaves out what the book's has.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from steps import ROOT

BOOK = "requirements.lock"
EXTRAS = {"lab": ["lab"], "test": ["test", "dask"], "dask": ["dask"]}
ENTRY = re.compile(r"^\S.*(?:\n[ \t].*)*", re.MULTILINE)


def file(group: str) -> str:
    """The name of the lock of a group."""
    return f"requirements-{group}.lock"


def without(lock: str, base: str) -> str:
    """The entries of a lock that the base does not have, to the letter."""
    known = set(ENTRY.findall(base))
    return "".join(f"{entry}\n" for entry in ENTRY.findall(lock) if entry not in known)


def _resolved(extras: list[str], pins: str = "") -> str:
    """The lock of these extras; in the versions of `pins`, or in the newest."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "lock")
        made.write_text(pins, encoding="utf-8")
        asked = [word for extra in extras for word in ("--extra", extra)]
        subprocess.run(
            [
                sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *asked, "--universal",
                "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate",
                "--no-emit-index-url", "--no-emit-find-links", "--quiet", "-o", str(made),
            ],
            cwd=ROOT, check=True,
        )  # fmt: skip
        return made.read_text(encoding="utf-8")


def main(keep: bool) -> None:
    """Write all locks; with `keep` in the versions that they have, after a change of what is asked for."""
    names = [BOOK, *map(file, EXTRAS)]
    old = [(ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).exists()]
    everything = _resolved(["build", "lab", "test", "dask"], "".join(old) if keep else "")
    book = _resolved(["build"], everything)
    (ROOT / BOOK).write_text(book, encoding="utf-8")
    for group, extras in EXTRAS.items():
        lock = without(_resolved(["build", *extras], everything), book)
        (ROOT / file(group)).write_text(lock, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["keep"]):
        sys.exit("usage: python -m steps.lock [keep]")
    main(sys.argv[1:] == ["keep"])
