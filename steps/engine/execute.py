"""Execute a chapter with papermill and keep what it made; an edit of its text alone executes nothing."""

from __future__ import annotations

import json
import os
from multiprocessing.connection import Connection
from pathlib import Path

from steps import ROOT
from steps.engine import given, record

EXECUTED = ROOT / "_build" / "executed"
FAILED = ROOT / "_build" / "failed"
RESULTS = ROOT / "_build" / "results"
FIGURES = ROOT / "_build" / "figures"  # the records of each chapter's figures; what is drawn comes from here
SECONDS = 600  # a cell's limit unless CELL_SECONDS says otherwise
PROTECTED = ("data", "lib", "steps")
ALWAYS = [
    f"file {name}"
    for name in ("requirements.lock", "steps/engine/warm.py", "steps/engine/execute.py", "lib/ledger/results.py")
]


class ChapterError(Exception):
    """A chapter that did not run to its end, in a few lines that a reader can act on."""


def reasons(name: str) -> list[str]:
    """Why a chapter has to run, or to have its text renewed; empty when it is up to date."""
    return record.reasons(f"execute-{name}")


def only_text(name: str) -> bool:
    """Whether nothing but the text of a chapter has changed since it ran."""
    return reasons(name) == ["its text changed"]


def run(name: str, build: Connection | None = None) -> None:
    """Execute a chapter into `_build/executed`; what it recorded goes to `_build/results` and `_build/figures`.

    It stops when the other end of the pipe `build` is closed. Raises `ChapterError`; the half-executed notebook is
    then in `_build/failed`.
    """
    source = ROOT / "notebooks" / f"{name}.ipynb"
    done, failed, figures = EXECUTED / f"{name}.ipynb", FAILED / f"{name}.ipynb", FIGURES / f"{name}.json"
    for folder in (EXECUTED, FAILED, FIGURES):
        folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)  # nothing stale may be published if this run fails
    used = set(ALWAYS) | {f"cells {name}", f"text {name}", f"own {name}"}
    before = record.parts(used)
    there = _protected()
    executed = _executed(name, source, failed, used, build)
    if changed := sorted(str(file) for file, _ in there.items() ^ _protected().items()):
        raise ChapterError(
            f"{name}: {changed[0]} changed while the chapter ran. A chapter reads the project's files and does not "
            "change them; if you edited it yourself meanwhile, build again"
        )
    from lib.ledger import results  # not before: the chapter is forked from here, and what it loads itself is noted

    try:
        recorded = results.recorded(executed, name)
        _complete(recorded)
    except results.ResultsError as error:
        raise ChapterError(f"{error}\n  the notebook as it ran: {failed.relative_to(ROOT)}") from error
    results.write(recorded)
    _replace(figures, json.dumps(results.outputs(executed, results.FIGURE), ensure_ascii=False))
    _written(executed, done)
    failed.unlink(missing_ok=True)
    made = [f"file {path.relative_to(ROOT)}" for path in (done, RESULTS / f"{name}.json", figures)]
    record.keep(f"execute-{name}", record.parts(used) | before, made)


def _protected() -> dict[Path, tuple[int, int]]:
    """The files that a program started by a chapter could change unseen, each with its time and size.

    Text and pages are not among them: others edit and make those while a chapter runs.
    """
    files = [file for folder in PROTECTED for file in (ROOT / folder).rglob("*") if "__pycache__" not in file.parts]
    stats = {file.relative_to(ROOT): file.stat() for file in files if file.is_file() and file.name[0] not in ".#"}
    return {file: (found.st_mtime_ns, found.st_size) for file, found in stats.items()}


def _executed(name: str, source: Path, failed: Path, used: set[str], build: Connection | None) -> object:
    """The notebook as papermill leaves it; raises `ChapterError` where a cell failed."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from steps.engine import warm  # noqa: F401  (registers the engine)

    seconds = float(os.environ.get("CELL_SECONDS", SECONDS))
    try:
        return papermill.execute_notebook(
            source, failed, given.own(name), engine_name="warm", kernel_name="python3", cwd=source.parent,
            progress_bar=False,
            request_save_on_cell_execute=False,  # writing megabytes after every cell would double the time
            seconds=seconds, used=used, build=build,
        )  # fmt: skip
    except PapermillExecutionError as error:
        first = next(iter(error.source.strip().splitlines()), "")
        raise ChapterError(
            f"{name}: cell {error.cell_index + 1} failed\n"
            f"  at: {first[:200]}\n"
            f"  {error.ename}: {error.evalue}\n"
            f"  the notebook as far as it ran: {failed.relative_to(ROOT)}"
        ) from error


def _complete(recorded: dict) -> None:
    """Raises `ResultsError` unless a chapter recorded the claims that the ledger has of it."""
    from lib import data
    from lib.ledger import results

    ledger = data.load("claims")
    expected = set(ledger.loc[ledger["chapter"] == recorded["chapter"], "id"])
    if missing := sorted(expected - {claim["id"] for claim in recorded["claims"]}):
        raise results.ResultsError(
            f"{recorded['chapter']}: {len(missing)} of its {len(expected)} claims were not recorded "
            f"({', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}); end the chapter with `ledger.finish()` as "
            "the last value of a cell"
        )


def renew_text(name: str) -> None:
    """Put the present text of a chapter around the outputs of its last run; its code must be as it was."""
    executed, source = EXECUTED / f"{name}.ipynb", ROOT / "notebooks" / f"{name}.ipynb"
    notebook, now = (json.loads(file.read_text(encoding="utf-8")) for file in (executed, source))
    ran = iter([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    notebook["cells"] = [next(ran) if cell["cell_type"] == "code" else cell for cell in now["cells"]]
    _written(notebook, executed)
    known = record.kept(f"execute-{name}")
    used = known["used"] | record.parts([f"text {name}"])
    record.keep(f"execute-{name}", used, known["made"])


def _written(notebook: dict, file: Path) -> None:
    """A notebook without what differs from run to run: times, and paths of this machine."""
    notebook["metadata"].pop("papermill", None)
    for cell in notebook["cells"]:
        for key in ("papermill", "execution"):
            cell["metadata"].pop(key, None)
        cell.pop("id", None)  # drawn at random; version 4.4 is the last that needs none
    notebook["nbformat_minor"] = 4
    # without an indent, for which Python's own encoder would take several times as long
    _replace(file, json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n")


def _replace(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
