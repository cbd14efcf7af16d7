"""The processes that do a step's work: a module of its own, or a chapter forked from one warm parent."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection

from doit.exceptions import TaskFailed

from steps import ROOT

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["steps.warm"])  # started, and loaded, with the first chapter that has to run


def module(name: str, *words: str) -> TaskFailed | None:
    """Run a module of the project; a failure holds what it said."""
    done = subprocess.run(
        [sys.executable, "-m", name, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        return TaskFailed(done.stderr.strip() or f"{name} ended with exit code {done.returncode}")
    return None


def chapter(name: str) -> TaskFailed | None:
    """Execute a chapter; a failure holds the few lines that say why."""
    ours, theirs = WARM.Pipe(duplex=False)
    process = WARM.Process(target=_run, args=(name, theirs))
    process.start()
    theirs.close()
    try:
        said = ours.recv()
    except EOFError:
        said = f"{name}: the process that executed it is gone; see _build/failed/{name}.log"
    process.join()
    return TaskFailed(said) if said else None


def _run(name: str, pipe: Connection) -> None:
    """In the forked process; what programs write past Python goes to a log that a success removes."""
    from steps import execute

    execute.FAILED.mkdir(parents=True, exist_ok=True)
    log = execute.FAILED / f"{name}.log"
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        execute.run(name)
    except execute.ChapterError as error:
        pipe.send(str(error))
    except Exception as error:
        pipe.send(f"{name}: {type(error).__name__}: {error}")
        raise
    else:
        log.unlink()
        pipe.send(None)
