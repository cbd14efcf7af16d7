"""Execute one chapter with papermill; keep the half-executed notebook when a cell fails."""

from __future__ import annotations

import sys
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).resolve().parent.parent
EXECUTED = ROOT / "_build" / "executed"
FAILED = ROOT / "_build" / "failed"


def run(name: str) -> int:
    """Execute a chapter into `_build/executed`; on failure into `_build/failed`, with a few lines that say why."""
    source = ROOT / "notebooks" / f"{name}.ipynb"
    done, failed = EXECUTED / f"{name}.ipynb", FAILED / f"{name}.ipynb"
    for folder in (EXECUTED, FAILED):
        folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)  # nothing stale may be published if this run fails
    try:
        papermill.execute_notebook(
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
    failed.replace(done)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
