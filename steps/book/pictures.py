"""Draw the pictures of a chapter's figures, each once: what is drawn already is not drawn again.

A picture is a file in `_build/pictures`, named by the content of its chart and of what draws it. Its text is measured
with the font of the book, whatever the machine has, and carries the letters that it needs: a page shows it as an image,
which sees none of the fonts of the page.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path

import vl_convert
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from steps import ROOT, StepError
from steps.engine import plan, record

FIGURES = ROOT / "_build" / "figures"
PICTURES = ROOT / "_build" / "pictures"
SIZES = ("wide", "narrow")
# For each picture vl-convert looks at all fonts of the machine, a thousand files: half of its time.
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
FONTS = ROOT / "lib" / "charts" / "fonts"  # with which charts measure their labels
FACES = {400: FONTS / "sans-regular.ttf", 600: FONTS / "sans-semibold.ttf", 700: FONTS / "sans-bold.ttf"}
vl_convert.register_font_directory(str(FONTS))
MADE_BY = b"".join(file.read_bytes() for file in (Path(__file__), *FACES.values()))
DRAWN_BY = f"vl-convert {vl_convert.__version__} {hashlib.sha256(MADE_BY).hexdigest()}"
TEXT = re.compile(r"<text([^>]*)>([^<]*)</text>")


class PictureError(StepError):
    """Pictures that cannot be drawn, or not at the width asked for: one line for each."""


def records(name: str) -> list[dict]:
    """The figures of an executed chapter, as `charts.Figure.record` made them, in the order of the chapter.

    Raises `StepError` when it was not executed yet.
    """
    try:
        return json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StepError(f"no figures of {name} are there; execute it first (`make book`)") from None


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


def draw(name: str) -> int:
    """Draw what is missing of the pictures of a chapter, and return how many that were.

    Raises `PictureError` with a line for each picture that cannot be drawn or is wider than it was asked to be; the
    others are drawn.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    missing = {
        file: (figure, size) for figure in records(name) for size in SIZES if not (file := path(figure, size)).exists()
    }
    if problems := list(filter(None, (_draw(file, name, *asked) for file, asked in missing.items()))):
        raise PictureError("\n".join(problems))
    return len(missing)


def tidy() -> None:
    """Remove the pictures that no figure of an executed chapter needs any more."""
    needed = {file for chapter in FIGURES.glob("*.json") for file in paths(records(chapter.stem))}
    for file in PICTURES.iterdir():
        if file not in needed:
            file.unlink()


def paths(figures: Iterable[dict]) -> list[Path]:
    """Where the pictures of these figures are."""
    return [path(figure, size) for figure in figures for size in SIZES]


def _draw(file: Path, name: str, figure: dict, size: str) -> str | None:
    """Draw one picture into its file, or say why not."""
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
    svg = re.sub("<svg [^>]*>", lambda opening: f"{opening[0]}<style>{_faces(svg)}</style>", svg, count=1)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(svg, encoding="utf-8")
    fresh.replace(file)
    return None


def _faces(svg: str) -> str:
    """The faces of the book's font that a picture is written in, each with the letters that it needs of it."""
    letters: dict[int, set[str]] = {}
    for attributes, text in TEXT.findall(svg):
        asked = re.search(r'font-weight="(\w+)"', attributes)
        weight = {"bold": 700, "normal": 400}.get(asked[1]) or int(asked[1]) if asked else 400
        face = max((known for known in FACES if known <= weight), default=400)
        letters.setdefault(face, set()).update(unescape(text))
    return "".join(
        f"@font-face{{font-family:Grip Sans;font-weight:{weight};"
        f"src:url(data:font/woff;base64,{_face(weight, ''.join(sorted(text)))})}}"
        for weight, text in sorted(letters.items())
    )


@cache
def _face(weight: int, letters: str) -> str:
    options = Options()
    options.layout_features, options.hinting, options.name_IDs = ["kern", "mark", "ccmp"], False, [0, 1, 2, 13, 14]
    font, cutter, file = TTFont(FACES[weight], recalcTimestamp=False), Subsetter(options), io.BytesIO()
    cutter.populate(text=letters)
    cutter.subset(font)
    font.flavor = "woff"
    font.save(file)
    return base64.b64encode(file.getvalue()).decode()


def _still(chart: dict) -> dict:
    """The chart without its alt text, and without the marks that only answer to a pointer: thousands of points."""
    still = {key: part for key, part in chart.items() if key != "description"}
    kept = [layer for layer in chart.get("layer", []) if not layer.get("name", "").startswith("hover")]
    return still | ({"layer": kept} if kept else {})


def main(words: list[str]) -> None:
    """Draw the pictures of one chapter, and record that it is done."""
    [name] = words
    own = ["steps/book/pictures.py", "steps/book/fonts.conf", "lib/charts/fonts"]
    made_from = [f"_build/figures/{name}.json", *own, "requirements.lock"]
    used = record.parts(record.files(*made_from))
    draw(name)
    drawn = {str(file.relative_to(ROOT)) for file in paths(records(name))}
    record.keep(plan.pictures(name), used, record.files(*drawn))
