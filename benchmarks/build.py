"""Wall times of this project's build beside jupyter-book's own execution of the same chapters, in one run.

Everything is done in a copy, with the environment set up beforehand. Jupyter-book executes the same notebooks itself
with `force` (always) and `cache` (cold, then again). Then pages by weight, and growth with the number of chapters.
With `--tests`, `make check` and `make test` as well. Prints a table in Markdown, for benchmarks/README.md.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
BUILD = [sys.executable, "-m", "steps.build"]
TABLES = {  # by chapter, a table that it alone loads, and that can lose its last row
    "relations": "relations_instruments", "return": "uk_returns_quarter",
    "irregular_migration": "frontex_route_year_nationality", "protection": "protection_needs",
    "coherence": "law_risks", "efficiency": "cost_benchmarks",
}  # fmt: skip
SMALL = """---
kernelspec:
  name: python3
  display_name: Python 3
---

# Chapter {number}

A chapter of the size of a test.

```{{code-cell}} ipython3
from lib import charts, data
import altair as alt
table = data.load("frontex_returns_year")
```

```{{code-cell}} ipython3
charts.figure(
    lambda width: charts.fit(alt.Chart(table).mark_point().encode(x="year:O", y="destination:N"), width, 300),
    id="fig-small-{number}", title="Returns in chapter {number}", subtitle="By year", description="Points, by country.",
    sources=[data.describe("frontex_returns_year")], table=table,
)
```
"""


def timed(command: list[str], folder: Path, **env: str) -> float:
    """Seconds of a command in a copy of the project."""
    start = time.perf_counter()
    run = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)} | env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if run.returncode:
        sys.exit(f"{' '.join(command)}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return time.perf_counter() - start


def copied(place: str, name: str = "project") -> Path:
    """The project as it stands, without anything built."""
    folder = Path(place) / name
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".venv", "_build", ".git", "chapters", "generated"))
    return folder


def own(folder: Path) -> dict[str, float]:
    """The builds of this project."""
    times = {"cold": timed(BUILD, folder), "nothing changed": timed(BUILD, folder)}
    text = folder / "notebooks" / "efficiency.md"
    text.write_text(text.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    times["one sentence changed in a chapter"] = timed(BUILD, folder)
    for chapter, name in TABLES.items():
        table = folder / "data" / f"{name}.csv"
        table.write_text("".join(table.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
        timed([sys.executable, "-m", "steps.describe"], folder)
        times[f"one table changed that {chapter} alone loads"] = timed(BUILD, folder)
    return times


def alone(folder: Path) -> dict[str, float]:
    """Jupyter-book's own builds of the same pages, from notebooks without outputs."""
    config = (folder / "_config.yml").read_text(encoding="utf-8")
    for chapter in (folder / "book" / "chapters").glob("*.ipynb"):
        shutil.copy(folder / "notebooks" / chapter.name, chapter)
    times = {}
    for mode, runs in {"force": ["force"], "cache": ["cache, cold", "cache, nothing changed"]}.items():
        asked = config.replace('execute_notebooks: "off"', f"execute_notebooks: {mode}\n  timeout: 300")
        (folder / "own.yml").write_text(asked, encoding="utf-8")
        command = [str(BIN / "jupyter-book"), "build", ".", "--toc", "_build/toc.yml", "--config", "own.yml"]
        for label in runs:
            times[label] = timed([*command, "--path-output", f"_build/own-{mode}"], folder)
    return times


def grown(place: str, number: int) -> float:
    """A cold build of as many small chapters and one page more."""
    folder = copied(place, f"grown-{number}")
    shutil.rmtree(folder / "notebooks")
    (folder / "notebooks").mkdir()
    names = [f"small_{one:02}" for one in range(number)]
    for one, name in enumerate(names):
        (folder / "notebooks" / f"{name}.md").write_text(SMALL.format(number=one), encoding="utf-8")
    (folder / "book" / "start.md").write_text("# Start\n\nChapters of one size.\n", encoding="utf-8")
    chapters = "\n".join(f"      - file: book/chapters/{name}" for name in names)
    toc = f"format: jb-book\nroot: book/start\nparts:\n  - caption: Chapters\n    chapters:\n{chapters}\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    return timed(BUILD, folder)


def weights(html: Path) -> list[tuple[str, float, int]]:
    """Every chapter's page: its name, kilobytes of compressed HTML, number of elements."""
    pages = [html / "book" / "index.html", *sorted((html / "book" / "chapters").glob("*.html"))]
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        elements = len(re.findall(r"<[a-zA-Z]", text))
        found.append((page.stem, len(gzip.compress(text.encode(), 9)) / 1000, elements))
    return found


def table(head: list[str], rows: list[list[str]]) -> None:
    """Print a table in Markdown."""
    print("", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", sep="\n")
    print(*(f"| {' | '.join(row)} |" for row in rows), sep="\n", flush=True)


def main(tests: bool) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as place:
        folder = copied(place)
        times = own(folder)
        pages = weights(folder / "_build" / "html")
        own_chapters = {size: grown(place, size) for size in (6, 24, 60)}
        others = alone(folder)
        if tests:
            times |= {f"make {name}": timed(["make", "-o", ".venv/ready", name], ROOT) for name in ("check", "test")}
    force, again = others["force"], others["cache, nothing changed"]
    named = {f"jupyter-book alone, {name}": seconds for name, seconds in others.items()} | times
    rows = [[name, f"{s:.1f}", f"{s / force:.2f}", f"{s / again:.2f}"] for name, s in named.items()]
    table(["", "seconds", "× force", "× cache, nothing changed"], rows)
    table(
        ["chapters", "seconds", "seconds a chapter"],
        [[str(n), f"{s:.1f}", f"{s / n:.2f}"] for n, s in own_chapters.items()],
    )
    table(["page", "kB compressed", "elements"], [[n, f"{kb:.0f}", f"{count:,}"] for n, kb, count in pages])


if __name__ == "__main__":
    main("--tests" in sys.argv[1:])
