"""Build the HTML with jupyter-book, warnings as errors, and put it in place of the last good one.

A preview lacks chapters that other pages take numbers from; there, warnings stay warnings.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import io
import os
import re
import shutil
from pathlib import Path

import yaml

from steps import ROOT, StepError
from steps.engine import record

BUILD = ROOT / "_build"
FULL = os.strerror(errno.ENOSPC)
EXTRA, TOC = BUILD / "extra", BUILD / "toc.yml"
KEPT = [".buildinfo", "objects.inv"]  # what Sphinx looks at, to see what it has to write
USES = [
    "book", "_config.yml", "_build/toc.yml", "_build/extra", "data", "lib", "requirements.lock", "steps/engine/html.py",
]  # fmt: skip


def sphinx(work: Path, strict: bool) -> list[str]:
    """Run Sphinx as jupyter-book does, into `work/html`; returns what went wrong, a line each."""
    from jupyter_book.sphinx import build_sphinx

    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = build_sphinx(
            ROOT, work / "html",
            path_config=ROOT / "_config.yml", noconfig=True, builder="html", quiet=True, keep_going=True,
            warningiserror=strict, jobs=2,
            confoverrides={"external_toc_path": str(BUILD / "toc.yml"), "latex_individualpages": False},
        )  # fmt: skip
    if not status:
        return []
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue()).replace(f"{ROOT}/", "").strip()  # without colours
    if FULL in text:  # which Sphinx says once for every page
        return [f"the pages cannot be written: {FULL}"]
    return [line for line in text.splitlines() if "WARNING" in line or "ERROR" in line] or text[-3000:].splitlines()


def swept(work: Path) -> None:
    """Remove from Sphinx's output what it would leave there though it is no longer in the book, and one page.

    Sphinx removes nothing; a figure or a page that was taken out would stay. And it copies no file of a figure as
    long as all pages are as they were, so the first page is always one that it has to write.
    """
    pages = {path.relative_to(ROOT) for path in (ROOT / "book").rglob("*") if path.suffix in (".md", ".ipynb")}
    first = Path(yaml.safe_load(TOC.read_text(encoding="utf-8"))["root"])
    keep = {page.with_suffix(".html") for page in pages if page.with_suffix("") != first}
    keep |= {Path(name) for name in KEPT} | _files(EXTRA)
    for name in _files(work / "html") - keep:
        (work / "html" / name).unlink()


def mirror(source: Path, place: Path) -> None:
    """Make one folder hold the same files as another; what is the same is not touched."""
    wanted = _files(source)
    for name in _files(place) - wanted:
        (place / name).unlink()
    for name in wanted:
        if not ((place / name).is_file() and filecmp.cmp(source / name, place / name, shallow=False)):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, place / name)


def _files(folder: Path) -> set[Path]:
    return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}


def swap(fresh: Path, target: Path) -> None:
    """Put a folder in the place of another by renaming alone, so that one of them is always whole.

    The other becomes OUTPUT.old, of which the next book is made: most of its files will be the same. Raises
    `OSError` when it cannot be moved; it is then where it was.
    """
    old = _old(target)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _old(target: Path) -> Path:
    return target.with_name(f"{target.name}.old")


def main(words: list[str]) -> None:
    """Build into `_build/work-OUTPUT`; when that succeeds, replace `_build/OUTPUT` by it."""
    [output] = words
    work, fresh, target = BUILD / f"work-{output}", BUILD / f"{output}.new", BUILD / output
    used = record.parts([*record.files(*USES), "asked"])
    swept(work)
    if wrong := sphinx(work, strict=output == "html"):
        shutil.rmtree(work)  # what Sphinx has read it does not read, and warn of, again
        raise StepError("\n".join(wrong))
    try:
        if _old(target).exists() and not fresh.exists():
            _old(target).rename(fresh)
        mirror(work / "html", fresh)
        swap(fresh, target)
    except OSError as problem:
        shutil.rmtree(fresh, ignore_errors=True)
        raise StepError(f"the new book cannot take the place of _build/{output}: {problem.strerror}") from problem
    record.keep(output, used, record.files(f"_build/{output}"))
