"""What the front of the book shows of the chapters: marked outputs, and tables made from data."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from lib import data
from steps.book.text import myst, raw

TAG = "front-"


def collect(notebook: dict, chapter: str, folder: Path) -> None:
    """Write the HTML of each cell tagged `front-NAME` to `front-NAME.md`, its links as seen from the book's root."""
    for cell in notebook["cells"]:
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith(TAG):
                shown = [out["data"]["text/html"] for out in cell["outputs"] if "text/html" in out.get("data", {})]
                (folder / f"{tag}.md").write_text(raw(moved("\n".join(shown), chapter)), encoding="utf-8")


def moved(html: str, chapter: str) -> str:
    """HTML of a chapter's page as it has to be on a page of the book's root.

    Links of a figure to itself and its code stay with the figure; other anchors lead to the chapter. Its files are
    those of the chapter.
    """
    own = set(re.findall(r'<figure class="figure[^"]*" id="([^"]+)"', html))

    def link(match: re.Match) -> str:
        name, target = match.groups()
        if target.startswith("../"):
            target = target[3:]
        elif target.startswith("#"):
            target = target if target[1:] in own else f"chapters/{chapter}.html{target}"
        elif not re.match(r"[a-z]+:", target):
            target = f"chapters/{target}"
        return f'{name}="{target}"'

    return re.sub(r'\b(href|src|srcset|data-live|data-table)="([^"]*)"', link, html)


def fill(folder: Path) -> None:
    """Write a line in place of every marked output that is not there: a preview has pages with gaps."""
    for notebook in (data.ROOT / "notebooks").glob("*.md"):
        for tag in re.findall(rf"^:tags: .*\b({TAG}[a-z-]+)\b", notebook.read_text(encoding="utf-8"), re.MULTILINE):
            if not (folder / f"{tag}.md").exists():
                (folder / f"{tag}.md").write_text("*Not in this preview.*\n", encoding="utf-8")


def evidence() -> str:
    """The report's sources of evidence as a MyST table."""
    table = data.load("report_evidence")
    count = table["count"].map(lambda number: f"{number:,}" if pd.notna(number) else "not told")
    where = "§" + table["section"] + table["footnote"].map(lambda note: f", footnote {note}" if pd.notna(note) else "")
    return _table(
        {"Source": table["description"], "Number": count, "What to know": table["note"].fillna(""), "Report": where}
    )


def limits() -> str:
    """The report's limitations, and what it says was done about them, as a MyST table."""
    table = data.load("report_limitations")
    where = "§" + table["section"] + table["footnote"].map(lambda note: f", footnote {note}" if pd.notna(note) else "")
    remedy = table["remedy"].fillna("not said")
    return _table({"Limit": table["limitation"], "Met by": remedy, "Report": where})


def degrees() -> str:
    """The book's reading of words of degree as a MyST table."""
    table = data.load("degrees").fillna("")
    names = {"word": "Word", "reading": "Read as", "threshold": "Bound", "used_for": "Used for"}
    return _table({title: table[column] for column, title in names.items()})


def _table(columns: dict[str, pd.Series]) -> str:
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    rows = zip(*(column.map(myst) for column in columns.values()), strict=True)
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
