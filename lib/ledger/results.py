"""What the executed chapters recorded: their figures, and every claim with its verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from lib import data
from lib.ledger.verdicts import MIMETYPE as CLAIMS
from lib.ledger.verdicts import OURS, VERDICTS

if TYPE_CHECKING:
    from nbformat import NotebookNode

FIGURE = "application/vnd.compendium.figure+json"
FOLDER = data.ROOT / "_build" / "results"


class ResultsError(ValueError):
    """Results of a chapter that are missing, or not those of a chapter."""


def outputs(notebook: NotebookNode, mimetype: str) -> list[dict]:
    """All outputs of a notebook in one of the compendium's own types."""
    bundles = [out.get("data", {}) for cell in notebook["cells"] for out in cell.get("outputs", [])]
    return [bundle[mimetype] for bundle in bundles if mimetype in bundle]


def recorded(notebook: NotebookNode, chapter: str) -> dict:
    """What one executed chapter recorded: `chapter`, `figures` and `claims` (as in `claims`).

    A figure has its id, its title and the names of its sources.

    Raises `ResultsError` when two of its figures share an id.
    """
    figures = [
        {"id": figure["id"], "title": figure["title"], "sources": [source["name"] for source in figure["sources"]]}
        for figure in outputs(notebook, FIGURE)
    ]
    ids = [figure["id"] for figure in figures]
    if repeated := {id for id in ids if ids.count(id) > 1}:
        raise ResultsError(f"{chapter}: figure ids used twice: {', '.join(sorted(repeated))}")
    claims = [claim for summary in outputs(notebook, CLAIMS) for claim in summary["claims"]]
    return {"chapter": chapter, "figures": figures, "claims": claims}


def write(result: dict, folder: Path = FOLDER) -> None:
    """Keep what a chapter recorded as `NAME.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (folder / f"{result['chapter']}.json").write_text(text, encoding="utf-8")


def read(chapters: list[str], folder: Path = FOLDER) -> dict[str, dict]:
    """What these chapters recorded when they were last executed, by chapter.

    Raises `ResultsError` when one of them was not executed yet, or its file is not as a chapter wrote it.
    """
    missing = [name for name in chapters if not (folder / f"{name}.json").is_file()]
    if missing:
        raise ResultsError(f"nothing recorded by {', '.join(missing)}: build the book first (`make book`)")
    return {name: _read(folder / f"{name}.json") for name in chapters}


def _read(file: Path) -> dict:
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
        whole = result["chapter"] == file.stem and isinstance(result["figures"], list)
        if whole and all({"id", "computed"} <= row.keys() and row["verdict"] in VERDICTS for row in result["claims"]):
            return result
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    raise ResultsError(
        f"{file.name}: this is not what the chapter recorded; it was edited, perhaps while the build ran: build again"
    )


def statements(results: Mapping[str, dict]) -> pd.DataFrame:
    """All rows of the ledger in these results, claims and remarks: the ledger's columns, then what was found.

    That is `computed`, `verdict` and `otherwise`, as in `lib.ledger.verdicts.Result`.

    Raises `ResultsError` unless they are exactly the rows of these chapters in the ledger.
    """
    ledger = data.load("claims")
    rows = [claim for result in results.values() for claim in result["claims"]]
    found = pd.DataFrame(rows, columns=[*ledger.columns, "computed", "verdict", "otherwise"])
    expected = ledger.loc[ledger["chapter"].isin(list(results)), "id"]
    if sorted(found["id"]) != sorted(expected):
        odd = sorted(set(found["id"]) ^ set(expected))
        raise ResultsError(f"results and ledger differ ({', '.join(odd[:5])}): execute the chapters again")
    return found.set_index("id").loc[expected].reset_index()


def claims(results: Mapping[str, dict]) -> pd.DataFrame:
    """The report's claims in these results, without remarks of ours; raises as `statements`."""
    found = statements(results)
    return found[found["whose"] != OURS].reset_index(drop=True)


def figures(results: Mapping[str, dict]) -> pd.DataFrame:
    """All figures of these results, one row each: `figure` (its id), `chapter`, `title` and `sources` (a list)."""
    rows = [
        (figure["id"], name, figure["title"], figure["sources"])
        for name, result in results.items()
        for figure in result["figures"]
    ]
    return pd.DataFrame(rows, columns=["figure", "chapter", "title", "sources"])
