"""Wall times of this project's build beside jupyter-book's own execution of the same chapters, in one run.

Cold: nothing executed yet. No change: again at once. One chapter: after a change to its text. Jupyter-book executes the
same notebooks itself with `force` (always) and `cache` (cold, then again). The environment is set up beforehand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def timed(label: str, command: list[str], folder: Path) -> None:
    """Run a command in a copy of the project and print its wall time."""
    start = time.perf_counter()
    run = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    print(f"{label:45}{time.perf_counter() - start:7.1f} s", "" if run.returncode == 0 else "FAILED", flush=True)
    if run.returncode:
        sys.exit(run.stdout[-2000:] + run.stderr[-2000:])


def main() -> None:
    """Print the table of wall times."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".venv", "_build", ".git", "chapters", "generated"))
        build = [str(BIN / "doit"), "-n", "2", "-P", "thread", "--continue", "book"]
        timed("make book, cold", build, folder)
        timed("make book, nothing changed", build, folder)
        for text in (folder / "notebooks").glob("*.md"):
            text.write_text(text.read_text(encoding="utf-8") + "\n", encoding="utf-8")
            break
        timed("make book, one chapter changed", build, folder)
        config = (folder / "_config.yml").read_text(encoding="utf-8")
        for chapter in (folder / "book" / "chapters").glob("*.ipynb"):
            shutil.copy(folder / "notebooks" / chapter.name, chapter)  # without outputs, for jupyter-book to execute
        for mode, runs in {"force": ["force"], "cache": ["cache, cold", "cache, nothing changed"]}.items():
            own = config.replace('execute_notebooks: "off"', f"execute_notebooks: {mode}\n  timeout: 300")
            (folder / "own.yml").write_text(own, encoding="utf-8")
            command = [str(BIN / "jupyter-book"), "build", ".", "--toc", "_build/toc.yml", "--config", "own.yml"]
            for label in runs:
                timed(f"jupyter-book alone, {label}", [*command, "--path-output", f"_build/own-{mode}"], folder)


if __name__ == "__main__":
    main()
