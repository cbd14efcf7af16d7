"""The figure contract: title, subtitle, source, alt text, data, a live and a static picture."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import jinja2
import pandas as pd
import vl_convert as vlc

from lib.charts.theme import VERMILLION, config, plain_colours
from lib.data import Provenance
from lib.results import FIGURE as MIMETYPE
from lib.verdicts import trail

VL_VERSION = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
# Outer widths in pixels: the column of the book, and of a phone 390 pixels wide.
WIDE, NARROW = 760, 350
TEMPLATE = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(
    Path(__file__).with_name("figure.html").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Figure:
    """A figure that keeps the contract; made by `figure`, displayed as the last value of a cell."""

    id: str
    title: str
    subtitle: str
    alt: str
    sources: tuple[Provenance, ...]
    table: pd.DataFrame
    specs: dict[str, dict]
    svgs: dict[str, str]
    note: str

    @property
    def file(self) -> str:
        """The name of its downloads, without the ending; a copy of simulated data says so by its name."""
        return f"{self.id}-simulated" if _simulated(self.sources) else self.id

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        record = {"id": self.id, "title": self.title, "sources": [source.name for source in self.sources]}
        files = {
            f"{self.file}.csv": self.table.to_csv(index=False, lineterminator="\n"),
            f"{self.file}.svg": plain_colours(self.svgs["wide"]),
            f"{self.file}.vl.json": plain_colours(json.dumps(self.specs["wide"])),
        }
        return {
            "text/plain": f"{self.title}\n{self.alt}",
            "text/html": self._html(),
            # JupyterLab draws this one; it knows no CSS variables on a canvas
            f"application/vnd.vegalite.v{alt.SCHEMA_VERSION.lstrip('v').split('.')[0]}+json": json.loads(
                plain_colours(json.dumps(self.specs["wide"]))
            ),
            MIMETYPE: record | {"files": files},
        }

    def _html(self) -> str:
        specs = _json_for_html(_shared_data(self.specs))
        return TEMPLATE.render(figure=self, specs=specs, table=_html_table(self.table), trail=trail(self.id))


def figure(
    build: Callable[[int], alt.TopLevelMixin],
    *,
    id: str,
    title: str,
    subtitle: str,
    description: str,
    sources: Sequence[Provenance],
    table: pd.DataFrame,
    note: str = "",
) -> Figure:
    """A figure that keeps the house contract.

    `build(width)` returns the chart for an outer width in pixels; it is called for the column of the book
    and for a phone. `title` states the finding, `subtitle` the unit and the period, `description` is the
    alt text, `table` the figures drawn, as they can be downloaded. When a source is simulated, the picture is
    stamped so, and the table begins with a column `data` that says so in every row. Raises `ValueError` when a
    text is missing, the id is no kebab-case, or the drawing is wider than it was asked to be.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        raise ValueError(f"figure id {id!r}: use lower-case words joined by hyphens")
    for name, text in {"title": title, "subtitle": subtitle, "description": description}.items():
        if not text.strip():
            raise ValueError(f"figure {id}: its {name} is empty")
    if not sources or table.empty:
        raise ValueError(f"figure {id}: a figure needs sources and a table of what it draws")
    if simulated := _simulated(sources):
        table = table.copy()
        table.insert(0, "data", "SIMULATED")
    specs, svgs = {}, {}
    for size, width in {"wide": WIDE, "narrow": NARROW}.items():
        specs[size] = _spec(build(width), description, simulated)
        svgs[size] = _svg(specs[size], f"{id}-{size}", width)
    return Figure(id, title, subtitle, description, tuple(sources), table, specs, svgs, note)


def _simulated(sources: Sequence[Provenance]) -> bool:
    return any(source.status == "simulated" for source in sources)


def _spec(chart: alt.TopLevelMixin, description: str, simulated: bool) -> dict:
    spec = chart.properties(description=description).to_dict()
    spec["config"] = config()
    spec.setdefault("padding", {"left": 2, "right": 2, "top": 4, "bottom": 2})
    if simulated:  # inside the picture, so that no copy of it can lose the word
        spec["title"] = {"text": "SIMULATED DATA", "color": VERMILLION, "fontSize": 16, "anchor": "end"}
    return spec


def _svg(spec: dict, prefix: str, width: int) -> str:
    svg = vlc.vegalite_to_svg(_without_hover(spec), vl_version=VL_VERSION)
    drawn = float(re.search(r'<svg[^>]* width="([\d.]+)"', svg).group(1))
    if drawn > width + 1:
        raise ValueError(f"figure {prefix}: drawn {drawn:.0f} pixels wide, {width} asked for; make the chart narrower")
    # Ids of gradients and clips are counted from zero in every picture and would collide on one page.
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    # a tenth of a pixel is enough; the digits would be most of the page
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d)\d+", r"\1", path.group()), svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _without_hover(spec: dict) -> dict:
    """The spec without the marks that only answer to a pointer: thousands of invisible points in a picture."""
    kept = [layer for layer in spec.get("layer", []) if not layer.get("name", "").startswith("hover")]
    params = [p for p in spec.get("params", []) if not all(v.startswith("hover") for v in p.get("views", [""]))]
    return spec | ({"layer": kept, "params": params} if kept else {})


def _shared_data(specs: dict[str, dict]) -> dict[str, dict]:
    """The specs with their data once, under `datasets`."""
    datasets = {name: rows for spec in specs.values() for name, rows in spec.get("datasets", {}).items()}
    bare = {size: {key: part for key, part in spec.items() if key != "datasets"} for size, spec in specs.items()}
    return bare | {"datasets": datasets}


def _html_table(table: pd.DataFrame) -> str:
    shown = table.rename_axis(columns=None)  # a pivot leaves a name there, which would become an empty header
    for name in shown.select_dtypes("datetime"):
        shown[name] = shown[name].dt.strftime("%Y-%m")
    return shown.to_html(index=False, border=0, classes="data", na_rep="", float_format=_plain)


def _plain(value: float) -> str:
    """Four digits, and never a power of ten in place of a number's own."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _json_for_html(value: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
