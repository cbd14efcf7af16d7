"""Build the HTML with jupyter-book, warnings as errors, and put it in place of the last good one.

A preview lacks chapters that other pages take numbers from; there, warnings stay warnings.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

from steps import ROOT, StepError, record

BUILD = ROOT / "_build"
KEPT = [".buildinfo", "objects.inv", "searchindex.js"]  # what Sphinx looks at, to see what it has to write
USES = ["book", "_config.yml", "_build/toc.yml", "_build/extra", "data", "requirements.lock", "steps/html.py"]


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
    lines = [line for line in said.getvalue().splitlines() if "WARNING" in line or "ERROR" in line]
    return [line.replace(f"{ROOT}/", "") for line in lines] or said.getvalue()[-3000:].splitlines()


def swept(work: Path) -> None:
    """Remove from Sphinx's output what it copies anew each time, and pages of documents that are no more.

    Sphinx removes nothing; a figure or a page that was taken out would stay in the book.
    """
    pages = {path.relative_to(ROOT) for path in (ROOT / "book").rglob("*") if path.suffix in (".md", ".ipynb")}
    keep = {page.with_suffix(".html") for page in pages} | {Path(name) for name in KEPT}
    for file in [file for file in (work / "html").rglob("*") if file.is_file()]:
        if file.relative_to(work / "html") not in keep:
            file.unlink()


def swap(fresh: Path, target: Path) -> None:
    """Put a folder in the place of another by renaming alone, so that one of them is always whole.

    Raises `OSError` when the old one cannot be moved; it is then where it was.
    """
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


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
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(work / "html", fresh, copy_function=shutil.copy)
        swap(fresh, target)
    except OSError as problem:
        shutil.rmtree(fresh, ignore_errors=True)
        raise StepError(f"the new book cannot take the place of _build/{output}: {problem.strerror}") from problem
    record.keep(output, used, record.files(f"_build/{output}"))
