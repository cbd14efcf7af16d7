"""From executed notebooks and the data package to what jupyter-book reads, and the files it copies."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from lib import data
from lib.chapters import named, tested
from lib.export import csv_text
from lib.ledger import results
from lib.ledger.verdicts import SHOWN_HERE
from lib.parameters import RELEASE
from steps import ROOT
from steps.book import catalogue, disclosure, figures, front, home, pages, pictures, search
from steps.book.bibliography import bibtex
from steps.book.matrix import matrix, passages
from steps.book.text import myst, raw
from steps.engine import given, plan, record
from steps.engine.execute import EXECUTED

FRESH = ROOT / "_build" / "assembled"  # made here, then put in place file by file
CHAPTERS = FRESH / "chapters"
GENERATED = FRESH / "generated"
TABLES = FRESH / "data"
EXTRA = FRESH / "extra"  # copied as it is into the root of the HTML
PLACES = {
    CHAPTERS: ROOT / "book" / "chapters", GENERATED: ROOT / "book" / "generated", TABLES: ROOT / "book" / "data",
    EXTRA: ROOT / "_build" / "extra",
}  # fmt: skip
FIGURES, FILES = EXTRA / "book" / "chapters" / "figures", EXTRA / "book" / "files"
TOC = ROOT / "_build" / "toc.yml"
INJECTED = "injected-parameters"
RAN = (("_build/executed", "ipynb"), ("_build/results", "json"))
USES = [
    "_build/executed", "_build/results", "_build/pictures", "data", "lib", "steps", "notebooks", "_toc.yml",
    "requirements.lock",
]  # fmt: skip
MADE = ["book/chapters", "book/generated", "book/data", "_build/extra", "_build/toc.yml"]


def published(name: str, found: pd.DataFrame) -> tuple[dict, dict[str, str]]:
    """One executed chapter as the book has it, its claims and figures linked, and its figures' files by name.

    `found` is `steps.book.pages.entries`.
    """
    trails, files = pages.trails(name, found), {}
    notebook = json.loads((EXECUTED / f"{name}.ipynb").read_text(encoding="utf-8"))
    # not the cell in which papermill wrote where a reader's own files lie
    notebook["cells"] = [cell for cell in notebook["cells"] if INJECTED not in cell["metadata"].get("tags", [])]
    release, checked_claims = bool(os.environ.get(RELEASE)), _verdicts(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":  # folded away, one click from what it makes
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "hide-input"]
        for out in cell.get("outputs", []):
            bundle = out.get("data", {})
            if figure := bundle.get(results.FIGURE):
                if release and disclosure.findings(figure):
                    bundle["text/html"] = disclosure.withheld(figure)
                else:
                    bundle["text/html"] = figures.html(figure)
                    files |= figures.files(figure)
            if checked := bundle.get(SHOWN_HERE):
                bundle["text/html"] = pages.shown_here(checked["claims"])
            if summary := bundle.get(results.CLAIMS):
                bundle["text/html"] = pages.all_of(name, sum(summary["counts"].values()))
            if "text/html" in bundle:
                html = pages.linked(bundle["text/html"], trails)
                out["data"] = {"text/html": html, "text/plain": bundle.get("text/plain", "")}
    if given.own(name):
        said = raw(disclosure.head(pictures.records(name), checked_claims, release))
        first = notebook["cells"][0]
        lead, heading, text = first["source"].partition("\n## ")
        first["source"] = f"{lead}\n{said}{heading}{text}"  # before the first section, or where the first cell ends
    return notebook, files


def _verdicts(notebook: dict) -> list[dict]:
    """The claims of an executed chapter, each with what was computed for it; none of a supplement."""
    bundles = [out.get("data", {}) for cell in notebook["cells"] for out in cell.get("outputs", [])]
    return [claim for bundle in bundles for claim in bundle.get(results.CLAIMS, {}).get("claims", [])]


def glossary() -> str:
    """The glossary as MyST: every term with its Dutch name, its definition and where it comes from, in order."""
    terms = data.load("report_glossary").sort_values("term", key=lambda names: names.str.casefold())
    entries = []
    for row in data.plain(terms).to_dict("records"):
        dutch = f" Dutch: *{myst(row['dutch'])}*." if row["dutch"] and row["dutch"] != row["term"] else ""
        note = f", footnote {row['footnote']}" if row["footnote"] else ""
        number = row["section"] and row["section"][0].isdigit()
        where = (
            f"Report, {'section ' if number else ''}{row['section']}{note}." if row["section"] else "Our definition."
        )
        entries.append(f"{myst(row['term'])}\n  {myst(row['definition'])}{dutch} {where}\n")
    return "```{glossary}\n" + "\n".join(entries) + "```\n"


def settle(fresh: Path, place: Path) -> None:
    """Put the files of one folder into another and remove what else is there; what is the same stays as it is.

    Sphinx reads again what is newer than it was, so a file is touched only when its contents have changed.
    """
    place.mkdir(parents=True, exist_ok=True)
    wanted = {file.relative_to(fresh) for file in fresh.rglob("*") if file.is_file()}
    for file in [file for file in place.rglob("*") if file.is_file()]:
        if file.relative_to(place) not in wanted:
            file.unlink()
    for name in wanted:
        target = place / name
        if not (target.is_file() and filecmp.cmp(fresh / name, target, shallow=False)):
            target.parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).replace(target)
    shutil.rmtree(fresh)


def used_by(chapters: list[str]) -> catalogue.Use:
    """What uses the tables: the figures of these chapters, and the chapters themselves as they ran last."""
    readers = defaultdict(list)
    for name in chapters:
        for part in record.kept(plan.execute(name))["used"]:
            kind, _, table = part.partition(" ")
            if kind == "table":
                readers[table].append(name)
    titles = {name: title for name, title in named().items() if name in chapters}
    return catalogue.Use(readers, results.figures(results.read(chapters)), titles)


def toc(chapters: list[str]) -> dict:
    """The table of contents with only these chapters in it, and a page for each table beneath the data catalogue."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for part in contents["parts"]:
        part["chapters"] = [
            page
            for page in part["chapters"]
            if not page["file"].startswith("book/chapters/") or Path(page["file"]).name in chapters
        ]
        for page in part["chapters"]:
            if page["file"] == "book/data":
                page["sections"] = [{"file": f"book/data/{catalogue.slug(table)}"} for table in data.resources()]
    return contents


@dataclass(frozen=True)
class Made:
    """What needs only the chapters that test claims: `lib.ledger.results.statements`, `steps.book.pages.entries` and
    `official_rows`, these chapters (`published`), and the text of the pages that are made from data, by name.
    """

    tested: pd.DataFrame
    found: pd.DataFrame
    official: pd.DataFrame
    chapters: dict[str, tuple[dict, dict[str, str]]]
    generated: dict[str, str]


@cache
def ahead(chapters: tuple[str, ...], state: str) -> Made:
    """Everything that does not need the synthesis, made once for each state of what it is made from."""
    own = [name for name in chapters if name != plan.SYNTHESIS]
    recorded = results.read(own)
    tested, official = results.statements(recorded), pages.official_rows()
    found = pages.entries(tested, results.figures(recorded), official)
    generated = {
        "matrix": matrix(tested), "passages": passages(tested), "glossary": glossary(),
        "ledger": pages.ledger_page(found), "rows": catalogue.rows_index(found, official),
        **home.pages(results.claims(recorded), EXECUTED, own),
        "evidence": front.evidence(), "limits": front.limits(), "degrees": front.degrees(),
    }  # fmt: skip
    return Made(tested, found, official, {name: published(name, found) for name in own}, generated)


def state(chapters: list[str]) -> str:
    """A digest of all that `ahead` is made from."""
    of = [f"{folder}/{name}.{kind}" for folder, kind in RAN for name in chapters if name != plan.SYNTHESIS]
    return json.dumps(record.parts(record.files(*of, "data", "lib", "steps")))


def main(words: list[str]) -> None:
    """Everything the book needs from these chapters; what other chapters left behind is removed.

    After the word `ahead`, only what can be made before the synthesis has run, which is kept for the next call.
    """
    if words[0] == "ahead":
        ahead(tuple(words[1:]), state(words[1:]))
    else:
        assemble(words)


def assemble(chapters: list[str]) -> None:
    """Put everything in its place, and record what it was made from."""
    used = record.parts([*record.files(*USES), "asked"])
    for folder in (CHAPTERS, GENERATED, GENERATED / "claims", TABLES, FIGURES, FILES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    made = ahead(tuple(chapters), state(chapters))
    for name in chapters:
        notebook, files = made.chapters.get(name) or published(name, made.found)
        front.collect(notebook, name, GENERATED)
        (CHAPTERS / f"{name}.ipynb").write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        for file, content in files.items():
            (FIGURES / file).write_text(content, encoding="utf-8")
    for name in [name for name in made.chapters if name in tested()]:  # no supplement: it has no claims
        own = made.tested[made.tested["chapter"] == name]
        (FILES / f"{name}.claims.csv").write_text(csv_text(pages.filed(own)), encoding="utf-8")
        told = json.dumps(pages.told(name, made.found), ensure_ascii=False)
        (GENERATED / "claims" / f"{name}.json").write_text(told, encoding="utf-8")
    (FILES / "ledger.csv").write_text(csv_text(pages.flat(made.found)), encoding="utf-8")
    notebooks = [(name, EXECUTED / f"{name}.ipynb") for name in chapters]
    (GENERATED / "search.json").write_text(search.index(made.found, notebooks), encoding="utf-8")
    use = used_by(chapters)
    for name, text in {**made.generated, "catalogue": catalogue.index(use)}.items():
        (GENERATED / f"{name}.md").write_text(text, encoding="utf-8")
    for name, text in catalogue.pages(use, made.found, made.official).items():
        (TABLES / f"{name}.md").write_text(text, encoding="utf-8")
    bibliography = bibtex(data.load("report_references"), data.load("report_citations"))
    for folder in (GENERATED, FILES):
        (folder / "report.bib").write_text(bibliography, encoding="utf-8")
    front.fill(GENERATED)
    contents = yaml.safe_dump(toc(chapters), sort_keys=False)
    if not TOC.exists() or TOC.read_text(encoding="utf-8") != contents:
        TOC.write_text(contents, encoding="utf-8")
    for resource in data.resources().values():
        shutil.copy(data.PACKAGE.parent / resource["path"], FILES)
    shutil.copy(data.PACKAGE, FILES)
    vendored = EXTRA / "vendor"  # not _static: Sphinx would put it on every page
    vendored.mkdir()
    if first := next((figure for name in chapters for figure in pictures.records(name)), None):
        shutil.copy(figures.vega(first), vendored / "vega.js")
    for fresh, place in PLACES.items():
        settle(fresh, place)
    pictures.tidy()
    record.keep(plan.ASSEMBLE, used, record.files(*MADE))
