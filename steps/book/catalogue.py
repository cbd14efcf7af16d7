"""The data catalogue: an index of all tables, and a page for each with what it is, its first rows and what uses it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from lib import data
from lib.ledger.verdicts import OURS, badge
from steps.book.text import myst, raw

# The groups of the index, each with the sign of its kind of evidence (as at figures) and what it holds.
FIGURES, DOCUMENTS, REPORT, MADE, OWN = "figures", "documents", "report", "made", "own"
GROUPS = {
    FIGURES: ("public", "Public figures", "Official statistics, and counts that organisations publish."),
    DOCUMENTS: ("public", "Studies and documents", "Statements, records and studies; each row names its source."),
    REPORT: ("report", "The report", "What the report itself states, transcribed with its section."),
    MADE: ("simulated", "Simulated and assumed", "Made by the code of this book, or assumed; nothing was observed."),
    OWN: ("own", "Of this book", "Links of the trail, and our readings and judgements."),
}  # fmt: skip
KINDS = {  # the kind of evidence of one table, and how it is said
    "public": "Public data", "report": "The report's numbers", "simulated": "Simulated data",
    "assumption": "Assumption", "own": "Of this book",
}  # fmt: skip
US, LONGER = "Grip on the Evidence", ", Ministry of Foreign Affairs of the Netherlands"  # left out of a line
FIRST, LONG, LISTED = 5, 160, 12  # rows shown, characters of a cell, and values of a list of what is allowed
MANY, FEW = 6, 3  # a table of more columns shows fewer rows, each as a column
TYPES = {
    "string": "text", "integer": "whole number", "number": "number", "year": "year", "yearmonth": "month",
    "date": "date",
}  # fmt: skip
BOUNDS = {"minimum": "at least", "maximum": "at most", "maxLength": "characters at most", "pattern": "of the form"}
ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(Path(__file__).parent)
)
ENVIRONMENT.globals |= {"badge": lambda verdict: Markup(badge(verdict)), "ours": OURS}


@dataclass(frozen=True)
class Use:
    """What uses the tables: `readers` the chapters that read one, by its name.

    `figures` is `lib.ledger.results.figures`; `titles` are the chapters of the book in order, by name.
    """

    readers: dict[str, list[str]]
    figures: pd.DataFrame
    titles: dict[str, str]

    @cached_property
    def _shown(self) -> dict[tuple[str, str], list[dict]]:
        """The figures that show a table in a chapter (id and title), by both."""
        found = defaultdict(list)
        for figure, chapter, title, tables in self.figures.itertuples(index=False):
            for table in dict.fromkeys(tables):
                found[table, chapter].append({"figure": figure, "title": title})
        return found

    def chapters(self, table: str) -> list[dict]:
        """The chapters that use a table, in order: name, title, and the figures that show it (id and title)."""
        return [
            {"name": name, "title": title, "figures": self._shown.get((table, name), [])}
            for name, title in self.titles.items()
            if (table, name) in self._shown or name in self.readers.get(table, [])
        ]


def slug(table: str) -> str:
    """The name of a table in an address."""
    return table.replace("_", "-")


def page(table: str) -> str:
    """The address of a table's page, from the book's root."""
    return f"data/{slug(table)}.html"


def group(table: str) -> str:
    """The group of the index that a table stands in: a key of `GROUPS`."""
    resource, told = data.resource(table), data.describe(table)
    if told.status == "simulated" or told.assumed:
        return MADE
    if told.publisher == US:
        return OWN
    if told.status == "reported":
        return REPORT
    return DOCUMENTS if any(field["name"] == "source" for field in resource["schema"]["fields"]) else FIGURES


def kind(table: str) -> str:
    """The kind of evidence that a table is: a key of `KINDS`."""
    return "assumption" if data.describe(table).assumed else GROUPS[group(table)][0]


def index(use: Use) -> str:
    """The index as MyST: one line for each table, in groups; the line keeps the table's anchor."""
    lines = [_line(name, use) for name in data.resources()]
    groups = [
        {"id": id, "kind": sign, "title": title, "about": about, "lines": [one for one in lines if one["group"] == id]}
        for id, (sign, title, about) in GROUPS.items()
    ]
    counts = Counter(name for line in lines for name in line["used"])
    filters = [
        ("group", "Kind", [(one["id"], f"{one['title']} ({len(one['lines'])})") for one in groups if one["lines"]]),
        ("used", "Used in", [(id, f"{title} ({counts[id]})") for id, title in use.titles.items() if counts[id]]),
    ]
    return _raw("catalogue.html", groups=groups, filters=filters, tables=len(lines), kinds=KINDS)


def _line(table: str, use: Use) -> dict:
    told = data.describe(table)
    return {
        "anchor": slug(table), "page": page(table), "group": group(table), "kind": kind(table), "title": told.title,
        "publisher": told.publisher.replace(LONGER, ""), "date": told.reference_date,
        "rows": f"{len(data.written(table)) - 1:,}",
        "used": {chapter["name"]: chapter["title"] for chapter in use.chapters(table)},
        "words": " ".join([table, GROUPS[group(table)][1], *_columns(table)]),
    }  # fmt: skip


def _columns(table: str) -> list[str]:
    return [field["name"] for field in data.resource(table)["schema"]["fields"]]


def pages(use: Use, found: pd.DataFrame, official: pd.DataFrame) -> dict[str, str]:
    """The page of each table as MyST, by the name of its file.

    `found` is `steps.book.pages.entries`, `official` the `steps.book.pages.official_rows` of its claims.
    """
    of = found.set_index("id")[["chapter", "statement", "verdict", "whose"]].to_dict("index")
    links = dict(list(official[official["claim"].isin(list(of))].groupby("table", sort=False)))
    return {slug(name): _page(name, use, links.get(name), of) for name in data.resources()}


def _page(table: str, use: Use, links: pd.DataFrame | None, of: dict[str, dict]) -> str:
    resource, lines = data.resource(table), data.written(table)
    tall = len(lines[0]) > MANY
    numbers = [field["name"] for field in resource["schema"]["fields"] if field["type"] in ("integer", "number")]
    body = ENVIRONMENT.get_template("table.html").render(
        resource=resource,
        kind=kind(table), said=KINDS[kind(table)], seen=data.SEEN.get(resource.get("seen"), "").removeprefix(", "),
        sources=data.sources(table), licences=[licence["title"] for licence in resource["licenses"]],
        fields=[_field(field, resource["schema"].get("primaryKey", [])) for field in resource["schema"]["fields"]],
        head=lines[0], numbers=numbers, rows=len(lines) - 1,
        first=[[_cut(cell) for cell in row] for row in lines[1 : (FEW if tall else FIRST) + 1]], tall=tall,
        used=use.chapters(table), blocks=_blocks(lines, links, of),
        corrections=page("corrections") if "table corrections" in resource["processing"] else None,
    )  # fmt: skip
    return f"# {myst(resource['title'])}\n\n{raw(body)}"


def _blocks(lines: list[list[str]], links: pd.DataFrame | None, of: dict[str, dict]) -> list[dict]:
    """The rows that claims rest on, those with the same rows together: their columns, rows and claims."""
    if links is None:
        return []
    blocks, named = [], set()
    for _, same in links.groupby("where", sort=False):
        claims = [
            of[row.claim] | {"id": row.claim, "shows": row.shows, "anchor": row.claim not in named}
            for row in same.itertuples()
        ]
        named |= set(same["claim"])
        rows = [[line, *lines[line - 1]] for line in same["lines"].iloc[0]]
        blocks.append({"columns": ["line in file", *lines[0]], "rows": rows, "claims": claims})
    return blocks


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONG else f"{cell[:LONG].rstrip()} …"


def _field(field: dict, key: str | list[str]) -> dict:
    """A column in words: name, type, what it is, unit and what its values must be."""
    rules = dict(field.get("constraints", {}))
    needed, allowed, unique = rules.pop("required", False), rules.pop("enum", None), rules.pop("unique", False)
    key = [key] if isinstance(key, str) else key
    must = [
        *(["part of the key" if len(key) > 1 else "the key"] if field["name"] in key else []),
        *(["never empty"] if needed else []),
        *(["each value once"] if unique else []),
        *([_listed(allowed)] if allowed else []),
        *(f"{BOUNDS[rule]} {value}" for rule, value in rules.items()),
    ]
    return {
        "name": field["name"], "type": TYPES[field["type"]], "unit": field.get("unit", ""),
        "what": field.get("description", field["title"]), "must": "; ".join(must),
    }  # fmt: skip


def _listed(allowed: list) -> str:
    more = f" and {len(allowed) - LISTED} more" if len(allowed) > LISTED else ""
    return f"one of {', '.join(map(str, allowed[:LISTED]))}{more}"


def rows_of(official: pd.DataFrame) -> dict[str, list[tuple[str, str, int]]]:
    """Where the rows of each claim stand, from the book's root: title of the table, address, and how many rows."""
    counted = official.assign(n=official["lines"].map(len)).groupby(["claim", "table"], sort=False)["n"].sum()
    found = defaultdict(list)
    for (claim, table), number in counted.items():
        found[claim].append((data.resource(table)["title"], f"{page(table)}#{claim}", number))
    return dict(found)


def rows_index(found: pd.DataFrame, official: pd.DataFrame) -> str:
    """The claims that rest on official rows as MyST: one line each, which keeps the claim's anchor, table by table."""
    of = found.set_index("id")[["chapter", "statement", "verdict", "whose"]].to_dict("index")
    where, first = rows_of(official), official[official["claim"].isin(list(of))].drop_duplicates("claim")
    tables = [
        {
            "title": data.resource(table)["title"], "page": page(table), "anchor": slug(table),
            "claims": [of[id] | {"id": id, "where": where[id]} for id in own["claim"]],
        }
        for table, own in first.groupby("table", sort=False)
    ]  # fmt: skip
    return _raw("rows.html", tables=tables)


def _raw(template: str, **values: object) -> str:
    return raw(ENVIRONMENT.get_template(template).render(**values))
