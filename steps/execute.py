"""Execute one chapter with papermill; keep the half-executed notebook when a cell fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

from lib import results

ROOT = Path(__file__).resolve().parent.parent
EXECUTED = ROOT / "_build" / "executed"
FAILED = ROOT / "_build" / "failed"


def run(name: str) -> int:
    """Execute a chapter into `_build/executed` and keep what it recorded in `_build/results`.

    On failure the notebook goes to `_build/failed`, with a few lines that say why.
    """
    source = ROOT / "notebooks" / f"{name}.ipynb"
    done, failed = EXECUTED / f"{name}.ipynb", FAILED / f"{name}.ipynb"
    for folder in (EXECUTED, FAILED):
        folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)  # nothing stale may be published if this run fails
    try:
        with _stderr_in(FAILED / f"{name}.log"):
            executed = papermill.execute_notebook(
                source,
                failed,
                kernel_name="python3",
                cwd=source.parent,
                progress_bar=False,
                request_save_on_cell_execute=False,  # writing megabytes after every cell would double the time
            )
    except PapermillExecutionError as error:
        first = next(iter(error.source.strip().splitlines()), "")
        print(
            f"{name}: cell {error.cell_index + 1} failed\n"
            f"  at: {first}\n"
            f"  {error.ename}: {error.evalue}\n"
            f"  the notebook as far as it ran: {failed.relative_to(ROOT)}",
            file=sys.stderr,
        )
        return 1
    try:
        results.write(results.recorded(executed, name))
    except results.ResultsError as error:
        print(error, file=sys.stderr)
        return 1
    failed.replace(done)
    return 0


@contextmanager
def _stderr_in(log: Path) -> Iterator[None]:
    """Standard error in a file, the kernel's too: stopped while it answers, it logs tracebacks of its own."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
