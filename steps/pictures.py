"""Draw the pictures of the executed chapters' figures, each once: what is drawn already is not drawn again.

A picture is a file in `_build/pictures`, named by the content of its chart and of what draws it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import vl_convert

from lib import data, results
from steps import record

EXECUTED = data.ROOT / "_build" / "executed"
PICTURES = data.ROOT / "_build" / "pictures"
SIZES = ("wide", "narrow")
MANY = 40  # pictures that are worth a second process
DRAWN_BY = f"vl-convert {vl_convert.__version__} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"


class PictureError(ValueError):
    """Pictures that cannot be drawn, or not at the width asked for: one line for each."""


def records(name: str) -> list[dict]:
    """The figures of an executed chapter, as `charts.Figure.record` made them, in the order of the chapter."""
    notebook = json.loads((EXECUTED / f"{name}.ipynb").read_text(encoding="utf-8"))  # nbformat would check it again
    return results.outputs(notebook, results.FIGURE)


def version(chart: dict) -> str:
    """The version of Vega-Lite that a chart is written for, as in `6.1`."""
    return re.search(r"/v(\d+\.\d+)", chart["$schema"]).group(1)


def spec(figure: dict, size: str) -> dict:
    """The chart of a figure, `wide` or `narrow`, as Vega-Lite."""
    return figure["specs"][size] | {"datasets": figure["specs"]["datasets"]}


def path(figure: dict, size: str) -> Path:
    """Where the picture of a figure is, or will be once it is drawn."""
    content = json.dumps([_still(spec(figure, size)), figure["widths"][size], DRAWN_BY], sort_keys=True)
    return PICTURES / f"{hashlib.sha256(content.encode()).hexdigest()[:32]}.svg"


def draw(names: list[str]) -> int:
    """Draw what is missing of the pictures of these chapters, and return how many that were.

    What no executed chapter needs any more is removed. Raises `PictureError` with a line for each picture that
    cannot be drawn or is wider than it was asked to be; the others are drawn.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    executed = {*names, *(file.stem for file in EXECUTED.glob("*.ipynb"))}
    needed = {
        path(figure, size): (name, figure, size)
        for name in sorted(executed) for figure in records(name) for size in SIZES
    }  # fmt: skip
    missing = {file: asked for file, asked in needed.items() if asked[0] in names and not file.exists()}
    if len(missing) < MANY:
        said = list(map(_draw, missing, missing.values()))
    else:  # vl-convert draws one picture at a time in a process, threads or not; forked, it can hang
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            said = list(pool.map(_draw, missing, missing.values(), chunksize=4))
    problems = list(filter(None, said))
    for file in PICTURES.iterdir():
        if file not in needed:
            file.unlink()
    if problems:
        raise PictureError("\n".join(problems))
    return len(missing)


def _draw(file: Path, asked: tuple[str, dict, str]) -> str | None:
    """Draw one picture into its file, or say why not."""
    name, figure, size = asked
    where = f"{name}: figure {figure['id']}, {size}"
    try:
        chart = _still(spec(figure, size))
        svg = vl_convert.vegalite_to_svg(chart, vl_version=version(chart))
    except ValueError as error:
        reason = next(iter(str(error).strip().splitlines()), "no reason given")
        return f"{where}: it cannot be drawn: {reason}"
    drawn, width = float(re.search(r'<svg[^>]* width="([\d.]+)"', svg).group(1)), figure["widths"][size]
    if drawn > width + 1:
        return f"{where}: drawn {drawn:.0f} pixels wide, {width} asked for; make the chart narrower"
    # ids are counted on through all pictures that a process draws; the same picture has the same bytes
    numbers: dict[str, str] = {}
    ids = r'(?<=id=")\w+(?=")|(?<=url\(#)\w+(?=\))'
    svg = re.sub(ids, lambda id: numbers.setdefault(id[0], f"i{len(numbers)}"), svg)
    # a tenth of a pixel is enough; the digits would be most of the file
    svg = re.sub(r' d="[^"]*"', lambda line: re.sub(r"(\.\d)\d+", r"\1", line.group()), svg)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(svg, encoding="utf-8")
    fresh.replace(file)
    return None


def _still(chart: dict) -> dict:
    """The chart without its alt text, and without the marks that only answer to a pointer: thousands of points."""
    still = {key: part for key, part in chart.items() if key != "description"}
    kept = [layer for layer in chart.get("layer", []) if not layer.get("name", "").startswith("hover")]
    params = [p for p in chart.get("params", []) if not all(v.startswith("hover") for v in p.get("views", [""]))]
    return still | ({"layer": kept, "params": params} if kept else {})


if __name__ == "__main__":
    used = record.parts(["asked", "file requirements.lock", *record.files("_build/executed", "steps/pictures.py")])
    try:
        draw(sys.argv[1:])
    except PictureError as error:
        sys.exit(str(error))
    record.keep("pictures", used, record.files("_build/pictures"))
