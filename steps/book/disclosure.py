"""What to look at before figures of a reader's own, perhaps restricted data are shown to others; and a form without it.

Three rules (`lib.disclosure`), on every table and every set of data that a figure carries: a count of one to four
people; a row for each month with counts that are not rounded; a column in which one row has most of the whole, so that
the total tells what that row is. Counts in verdicts are named beside them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import pandas as pd

from lib.disclosure import BASE, DOMINANT, FEWEST, SMALL, published
from lib.ledger.verdicts import UNTESTED
from lib.returns.panel import COUNTS

OWN = "own file"  # status of a source
WORDS = {
    "count", "counts", "people", "departures", "documents", "answers", "respondents", "returns", "detections",
    "applicants",
}  # fmt: skip
CAREFUL = (
    "Whoever owns the data has rules of their own; these checks do not replace them. The other numbers in sentences, "
    "tables and verdicts are means, shares and estimates over many months."
)


@dataclass(frozen=True)
class Finding:
    """One thing to look at: the figure, the rule (small, monthly or dominant), and what was found in words."""

    figure: str
    rule: str
    found: str


def findings(figure: dict) -> list[Finding]:
    """What there is to look at in a figure (`charts.Figure.record`); nothing in one without an own file."""
    if not any(source["status"] == OWN for source in figure["sources"]):
        return []
    tables = [pd.read_csv(io.StringIO(figure["csv"])), *map(pd.DataFrame, figure["specs"].get("datasets", {}).values())]
    found = [Finding(figure["id"], rule, text) for table in tables for rule, text in _of(table)]
    return list({one.rule: one for one in reversed(found)}.values())[::-1]  # of each rule what the table has, if it has


def _of(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    counts = counted(table)
    whole = {name: table.loc[table[name] % 1 == 0, name] for name in counts}  # others are computed from counts
    if small := sum(int(values.between(1, SMALL - 1).sum()) for values in whole.values()):
        yield "small", f"{small} count{'s' * (small > 1)} from 1 to {SMALL - 1}, in {_named(counts)}"
    if "month" in table and any((values % BASE != 0).any() for values in whole.values()):
        yield "monthly", f"{len(table)} rows by month, with counts that are not rounded"
    for name in counts:
        values = table[name].dropna()
        if len(values) >= FEWEST and values.sum() and values.min() >= 0 and values.max() / values.sum() > DOMINANT:
            yield "dominant", f"one row has {values.max() / values.sum():.0%} of all in {name}"
            return


def counted(table: pd.DataFrame) -> list[str]:
    """The columns of numbers whose name says that they count people or papers."""
    numbers = table.select_dtypes("number")
    return [name for name in numbers if name in COUNTS or set(re.split(r"[^a-z]+", str(name).lower())) & WORDS]


def _named(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def totals(claims: list[dict]) -> list[dict]:
    """The claims that a reader's file answered with a count; `claims` are those of a summary of verdicts."""
    return [
        claim
        for claim in claims
        if claim["evidence"] == "restricted" and claim["kind"] == "count" and claim["verdict"] not in UNTESTED
    ]


def head(figures: list[dict], claims: list[dict], release: bool) -> str:
    """The part of a page that says it, as HTML, from the records of its figures and its claims."""
    of_figures = [(figure, "; ".join(one.found for one in findings(figure))) for figure in figures]
    found = [(f"#{figure['id']}", figure["title"], said) for figure, said in of_figures if said]
    in_verdicts = "a count from your file, rounded" if release else "a count from your file, as it is"
    found += [(f"#{claim['id']}", claim["statement"], in_verdicts) for claim in totals(claims)]
    if not found:
        body = "<p>Nothing here has a small count, rows by month, or a row that dominates.</p>"
    else:
        rows = "".join(f'<li><a href="{at}">{escape(what)}</a>: {escape(why)}</li>' for at, what, why in found)
        what = (
            "Such figures are left out here, or shown as a rounded table; such counts are rounded. Verdicts are those "
            "of the exact numbers."
            if release
            else "Run it again with release=1 for a page without them."
        )
        body = f"<p>{len(found)} thing{'s' * (len(found) > 1)} to look at. {what}</p><ul>{rows}</ul>"
    return f'<section class="disclosure"><h2>Before you show this</h2>{body}<p>{CAREFUL}</p></section>'


def withheld(figure: dict) -> str:
    """The place of a figure in a page for others: its title, why it is not shown, its table rounded if it may go."""
    found = findings(figure)
    why = escape("; ".join(one.found for one in found))
    rounded = ""
    if not any(one.rule == "monthly" for one in found):
        table = pd.read_csv(io.StringIO(figure["csv"]))
        for name in counted(table):
            tens = published(table[name].round())
            table[name] = tens.astype(object).where(tens.notna(), f"below {SMALL}")
        rounded = table.to_html(index=False, border=0, classes="data", na_rep="")
        rounded = f'<div class="table-scroll" role="region" tabindex="0" aria-label="Rounded">{rounded}</div>'
    title = f'<figcaption><p class="figure-title">{escape(figure["title"])}</p></figcaption>'
    said = f"<p>Not shown in this form: {why}.</p>{rounded}"
    return f'<figure class="withheld" id="{figure["id"]}">{title}{said}</figure>'
