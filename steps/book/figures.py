"""A figure in the book: a light place on its page, and the files that come when they are needed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import vl_convert

from lib import colours
from lib.ledger.verdicts import trail_place
from steps import ROOT, StepError
from steps.book import pictures

TEMPLATE = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(
    Path(__file__).with_name("figure.html").read_text(encoding="utf-8")
)
EVIDENCE = {
    "public": "Public data", "report": "The report's numbers", "both": "Public data and the report's numbers",
    "simulated": "Simulated data", "assumption": "Assumption", "own": "Own file",
}  # fmt: skip
NAMED = 2  # sources on the line beneath a figure; the others are in its fold
# The reader's font can be wider than the one that pictures are measured with, and an image shows nothing beyond its
# edge: pixels added left and right, which the style sheet takes back.
ROOM = 24


@dataclass(frozen=True)
class Picture:
    """A picture as a page shows it: the text of its file, and its size in pixels."""

    svg: str
    width: int
    height: int


def picture(svg: str) -> Picture:
    """A drawn picture with room at its sides, dark where the page is dark."""
    width, height = (round(float(re.search(rf' {side}="([\d.]+)"', svg).group(1))) for side in ("width", "height"))
    wide = width + 2 * ROOM
    size = f'width="{wide}" height="{height}" viewBox="{-ROOM} 0 {wide} {height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return Picture(colours.dark(re.sub(r"<svg [^>]*>", opening, svg, count=1)), wide, height)


def html(figure: dict) -> str:
    """The place of a figure on the page of its chapter; `figure` is its record (`charts.Figure.record`)."""
    shown = {size: picture(_drawn(figure, size)) for size in pictures.SIZES}
    choices = sum("bind" in param for param in figure["specs"]["wide"].get("params", []))
    said = {"evidence": EVIDENCE[figure["evidence"]], "short": _short(figure["sources"])}
    return TEMPLATE.render(figure=figure, choices=choices, trail=trail_place(figure["id"]), **said, **shown)


def files(figure: dict) -> dict[str, str]:
    """The files of a figure, by name: downloads, the pictures that its page shows, the live chart and the table."""
    chart = pictures.spec(figure, "wide")
    chart["datasets"] = _used(chart)
    named = {
        ".csv": figure["csv"],
        ".svg": colours.plain(_drawn(figure, "wide")),
        ".vl.json": colours.plain(json.dumps(chart)),
        **{f"-{size}.svg": picture(_drawn(figure, size)).svg for size in pictures.SIZES},
        ".js": _call("chart", figure["id"], figure["specs"]),
        ".table.js": _call("table", figure["id"], figure["table"]),
    }
    return {figure["file"] + ending: text for ending, text in named.items()}


def vega(figure: dict) -> Path:
    """The script that draws live charts, of the version that the figure's chart is written for; bundled once."""
    version = pictures.version(figure["specs"]["wide"])
    file = ROOT / "_build" / f"vega-{version}-{vl_convert.__version__}.js"
    if not file.exists():
        bundle = vl_convert.javascript_bundle(vl_version=version)
        fresh = file.with_suffix(".new")
        # in a scope of its own: its top-level names are one letter long and clash with other scripts
        fresh.write_text(f"(() => {{{bundle}\n}})();\n", encoding="utf-8")
        fresh.replace(file)
    return file


def _short(sources: list[dict]) -> str:
    """Who the sources of a figure are, on one line."""
    names = list(dict.fromkeys(source["short"] for source in sources))
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return "; ".join([*names[:NAMED], *more])


def _drawn(figure: dict, size: str) -> str:
    try:
        return pictures.path(figure, size).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StepError(f"the picture of {figure['id']} is not drawn yet; build the book (`make book`)") from None


def _used(chart: dict) -> dict[str, list]:
    """The datasets that a chart names: those of its other width are not its own."""
    text = json.dumps({key: part for key, part in chart.items() if key != "datasets"})
    return {name: rows for name, rows in chart["datasets"].items() if f'"{name}"' in text}


def _call(what: str, id: str, value: object) -> str:
    """A script that hands a value to `figures.js`: from a file, a page can load scripts and nothing else."""
    return f"compendium.{what}({json.dumps(id)}, {json.dumps(value, separators=(',', ':'))});\n"
