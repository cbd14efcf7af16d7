"""The figure contract: title, subtitle, source, alt text, data, and a chart for the column and for a phone."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
from altair.utils.schemapi import SchemaValidationError
from jsonschema import ValidationError

from lib import colours
from lib.charts import named
from lib.charts.fields import unknown
from lib.charts.quick import quick, validate
from lib.charts.theme import MUTED, SIMULATED, config
from lib.data import Provenance
from lib.export import csv_text
from lib.ledger.results import FIGURE as MIMETYPE

# Outer widths in pixels: the column of the book, and of a phone 390 pixels wide.
WIDE, NARROW = 760, 350
STAMP, SIMULATED_STATUS = "SIMULATED DATA", "simulated"
# The newest type that JupyterLab 4 draws; Altair's own, of version 6, it does not know.
LAB, LAB_SCHEMA = "application/vnd.vegalite.v5+json", "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True)
class Figure:
    """A figure that keeps the contract; made by `figure`, displayed as the last value of a cell.

    JupyterLab draws it; the book makes pictures, files and the place on the page from its record (`record`).
    """

    id: str
    title: str
    subtitle: str
    alt: str
    sources: tuple[Provenance, ...]
    table: pd.DataFrame
    specs: dict[str, dict]
    note: str

    def record(self) -> dict[str, object]:
        """All that the book needs, as JSON; a copy of simulated data says so by its name (`file`).

        `specs` has the charts as Vega-Lite, `wide` and `narrow`, and under `datasets` the data of both, once;
        `widths` are the outer widths they were asked for, in pixels.
        """
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "note": self.note,
            "sources": [{"name": s.name, "line": s.line, "short": s.short, "status": s.status} for s in self.sources],
            "evidence": evidence(self.sources),
            "file": f"{self.id}-simulated" if _simulated(self.sources) else self.id,
            "widths": {"wide": WIDE, "narrow": NARROW},
            "specs": _shared_data(self.specs),
            "rows": len(self.table),
            "csv": csv_text(self.table),
            "table": _html_table(self.table),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/plain": f"{self.title}\n{self.alt}", LAB: self._lab(), MIMETYPE: self.record()}

    def _lab(self) -> dict:
        """The chart with its texts inside, in plain colours: there is no page around it to say them."""
        sources = "; ".join(source.line for source in self.sources)
        stamp = [STAMP] if _simulated(self.sources) else []
        title = {
            "text": [*stamp, *textwrap.wrap(self.title, 85)],
            "subtitle": textwrap.wrap(self.subtitle, 110) + textwrap.wrap(f"Source: {sources}.", 110),
            "color": SIMULATED if stamp else config()["header"]["titleColor"],
            "subtitleColor": MUTED,
            "anchor": "start",
        }
        spec = self.specs["wide"] | {"$schema": LAB_SCHEMA, "title": title}
        return json.loads(colours.plain(json.dumps(spec)))


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
    text is missing, the id is no kebab-case or a chart asks for a field that its data have not, `TypeError` for
    something of another kind (a table's name for its source, a chart for a function), and Altair's
    `SchemaValidationError` for a chart that is none. That a drawing is wider than it was asked to be is found when the
    book draws it (`steps.book.pictures`).
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        raise ValueError(f"figure id {id!r}: use lower-case words joined by hyphens")
    for name, text in {"title": title, "subtitle": subtitle, "description": description}.items():
        if not text.strip():
            raise ValueError(f"figure {id}: its {name} is empty")
    _refuse_kinds(id, build, sources, table)
    if not sources or table.empty:
        raise ValueError(f"figure {id}: a figure needs sources and a table of what it draws")
    if simulated := _simulated(sources):
        table = table.copy()
        table.insert(0, "data", "SIMULATED")
    sizes = {"wide": WIDE, "narrow": NARROW}
    specs = {size: _spec(id, build, width, description, simulated) for size, width in sizes.items()}
    titles = named.titles(sources)
    for spec in specs.values():
        named.name_fields(spec, titles)
    return Figure(id, title, subtitle, description, tuple(sources), table, specs, note)


def _refuse_kinds(id: str, build: object, sources: object, table: object) -> None:
    """Raises `TypeError` that says what to write instead of something of another kind."""
    if not callable(build):
        raise TypeError(
            f"figure {id}: it begins with a function of a width, which is called for the column and for a phone; write "
            f"`lambda width: ...` that returns the chart, not the {type(build).__name__} itself"
        )
    if isinstance(sources, str | Provenance):
        one = f'data.describe("{sources}")' if isinstance(sources, str) else f'data.describe("{sources.name}")'
        raise TypeError(f"figure {id}: its sources are a list, also where there is one; write sources=[{one}]")
    if not isinstance(sources, Sequence):
        raise TypeError(f"figure {id}: its sources are a list of data.describe(...), not {_kind(sources)}")
    for source in sources:
        if isinstance(source, str):
            raise TypeError(
                f"figure {id}: a source is the description of a table and not its name; write "
                f'sources=[data.describe("{source}")]'
            )
        if not isinstance(source, Provenance):
            raise TypeError(f"figure {id}: a source is what data.describe(...) returns, not {_kind(source)}")
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"figure {id}: its table is a DataFrame of what is drawn, that readers download, not {_kind(table)}"
        )


def _kind(thing: object) -> str:
    return "None" if thing is None else f"a {type(thing).__name__}"


def evidence(sources: Sequence[Provenance]) -> str:
    """The kind of evidence of a figure: the weakest of its sources names it, but public and reported make a pair."""
    statuses = {source.status for source in sources}
    for status, kind in ((SIMULATED_STATUS, "simulated"), ("own file", "own")):
        if status in statuses:
            return kind
    if any(source.assumed for source in sources):
        return "assumption"
    if statuses <= {"public"}:
        return "public"
    return "both" if "public" in statuses else "report"


def _simulated(sources: Sequence[Provenance]) -> bool:
    return any(source.status == SIMULATED_STATUS for source in sources)


def _spec(id: str, build: Callable[[int], alt.TopLevelMixin], width: int, description: str, simulated: bool) -> dict:
    with quick():
        chart = build(width)
        if not isinstance(chart, alt.TopLevelMixin):
            raise TypeError(
                f"figure {id}: its function has to return a chart; for width {width} it gave {_kind(chart)}"
            )
        spec = chart.to_dict(validate=False)
    try:
        validate(chart, {key: part for key, part in spec.items() if key != "datasets"})
    except ValidationError as error:
        build(width).to_dict()  # again, each part validated as it is made: the error then names the part and its line
        raise SchemaValidationError(chart, error) from None
    for field, known in unknown(spec):  # Vega draws nothing for such a field, and says nothing
        raise ValueError(f"figure {id}: no field {field!r} in the data of its chart; it has {', '.join(known)}")
    spec["description"] = description
    spec["config"] = config()
    spec.setdefault("padding", {"left": 2, "right": 2, "top": 4, "bottom": 2})
    if simulated:  # inside the picture, so that no copy of it can lose the word
        spec["title"] = {"text": STAMP, "color": SIMULATED, "fontSize": 14, "fontWeight": 700, "anchor": "end"}
    return spec


def _shared_data(specs: dict[str, dict]) -> dict[str, dict]:
    """The specs with their data once, under `datasets`."""
    datasets = {name: rows for spec in specs.values() for name, rows in spec.get("datasets", {}).items()}
    bare = {size: {key: part for key, part in spec.items() if key != "datasets"} for size, spec in specs.items()}
    return bare | {"datasets": datasets}


def _html_table(table: pd.DataFrame) -> str:
    shown = table.rename_axis(columns=None)  # a pivot leaves a name there, which would become an empty header
    for name in shown.select_dtypes("datetime"):
        shown[name] = shown[name].dt.strftime("%Y-%m")
    for name in shown.select_dtypes("Int64"):  # whose missing values pandas would write as <NA>
        shown[name] = shown[name].astype(object).where(shown[name].notna(), "")
    return shown.to_html(index=False, border=0, classes="data", na_rep="", float_format=_plain)


def _plain(value: float) -> str:
    """Four digits, and never a power of ten in place of a number's own."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
