"""Build the HTML with jupyter-book, warnings as errors, and put it in place of the last good one.

A preview lacks chapters that other pages take numbers from; there, warnings stay warnings.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from pathlib import Path

from steps import ROOT, record

BUILD = ROOT / "_build"
USES = ["book", "_config.yml", "_build/toc.yml", "_build/extra", "data", "requirements.lock", "steps/html.py"]


def sphinx(work: Path, strict: bool) -> list[str]:
    """Run Sphinx as jupyter-book does, into `work/html`; returns what went wrong, a line each."""
    from jupyter_book.sphinx import build_sphinx

    os.environ["TZ"] = "UTC"  # pages say no time, but Sphinx asks for one
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = build_sphinx(
            ROOT, work / "html",
            path_config=ROOT / "_config.yml", noconfig=True, builder="html", quiet=True, keep_going=True,
            warningiserror=strict,
            confoverrides={"external_toc_path": str(BUILD / "toc.yml"), "latex_individualpages": False},
        )  # fmt: skip
    if not status:
        return []
    lines = [line for line in said.getvalue().splitlines() if "WARNING" in line or "ERROR" in line]
    return [line.replace(f"{ROOT}/", "") for line in lines] or said.getvalue()[-3000:].splitlines()


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


def main(output: str) -> int:
    """Build into `_build/work-OUTPUT`; when that succeeds, replace `_build/OUTPUT` by it."""
    work, fresh, target = BUILD / f"work-{output}", BUILD / f"{output}.new", BUILD / output
    used = record.parts([*record.files(*USES), "asked"])
    if wrong := sphinx(work, strict=output == "html"):
        shutil.rmtree(work)  # what Sphinx has read it does not read, and warn of, again
        print("\n".join(wrong), file=sys.stderr)
        return 1
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(work / "html", fresh, copy_function=shutil.copy)
        swap(fresh, target)
    except OSError as problem:
        shutil.rmtree(fresh, ignore_errors=True)
        print(f"the new book cannot take the place of _build/{output}: {problem.strerror}", file=sys.stderr)
        return 1
    record.keep(output, used, record.files(f"_build/{output}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
