"""Build the HTML with jupyter-book, warnings as errors, and put it in place of the last good one.

A preview lacks chapters that other pages take numbers from; there, warnings stay warnings.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from steps.execute import ROOT

WORK = ROOT / "_build" / "work"


def main(output: str) -> int:
    """Build into `_build/work`; when that succeeds, replace `_build/OUTPUT` by it."""
    command = [
        str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--toc", "_build/toc.yml",
        "--path-output", str(WORK), "--keep-going", "--quiet",
        *(["--warningiserror"] if output == "html" else []),
    ]  # fmt: skip
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        lines = [line for line in (built.stdout + built.stderr).splitlines() if "WARNING" in line or "ERROR" in line]
        shutil.rmtree(WORK)  # what Sphinx has read it does not read, and warn of, again
        print("\n".join(lines) or built.stdout[-3000:] + built.stderr[-3000:], file=sys.stderr)
        return 1
    target = ROOT / "_build" / output
    fresh = target.with_name(f"{output}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(WORK / "_build" / "html", fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
