"""The processes that do a step's work: chapters forked from one warm parent, and helpers that are loaded once."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar

from doit.exceptions import TaskFailed

from steps import ROOT
from steps.engine import plan, record, report

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["steps.engine.warm"])  # started, and loaded, with the first chapter that has to run


class Turns:
    """So many at a time; of those that wait, the one with the most to do comes first."""

    def __init__(self, places: int) -> None:
        self.free, self.waiting, self.changed = places, [], threading.Condition()

    @contextmanager
    def turn(self, work: int) -> Iterator[None]:
        """Wait for a place, hold it, and leave it."""
        with self.changed:
            self.waiting.append(work)
            self.changed.wait_for(lambda: self.free and work == max(self.waiting))
            self.waiting.remove(work)
            self.free -= 1
            self.changed.notify_all()
        try:
            yield
        finally:
            with self.changed:
                self.free += 1
                self.changed.notify_all()


CHAPTERS = Turns(2)
LOADING = threading.Lock()


class Helper:
    """A process that does one piece of work after the other: calls of `main(words)` of the project's modules.

    It loads the modules that it is told; which step is whose work is said in `dodo.py`.
    """

    made: ClassVar[list[Helper]] = []

    def __init__(self, *modules: str) -> None:
        self.modules, self.lock, self.process = modules, threading.Lock(), None
        self.made.append(self)

    def load(self) -> None:
        """Start the process, which loads its modules while others work."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_help, args=(theirs, self.modules))
        self.process.start()
        theirs.close()

    def __call__(self, module: str, *words: str) -> TaskFailed | None:
        """Have a module do its work; a failure holds what it said."""
        with self.lock:
            if not self.process:
                self.load()
            try:
                self.pipe.send((module, words))
                said = self.pipe.recv()
            except (EOFError, ConnectionError):
                self.process.join()
                said = f"{module}: the process that did this is gone (exit code {self.process.exitcode})"
                self.process = None
        return TaskFailed(said) if said else None

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self.process:
            self.process.kill()
            self.process.join()
            self.process = None


def stop() -> None:
    """End the helpers."""
    for helper in Helper.made:
        helper.stop()


def _help(pipe: Connection, modules: tuple[str, ...]) -> None:
    """In a helper: load, then work until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build says that it was stopped
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    record.hold("lib", "steps")  # what is loaded now is what the work is done with
    for name in modules:
        importlib.import_module(name)
    gc.disable()  # a sixth of the time of Sphinx; the process ends with the build
    while True:
        try:
            module, words = pipe.recv()
        except EOFError:
            return
        try:
            importlib.import_module(module).main(list(words))
        except Exception as error:
            pipe.send(_said(module, error))
        else:
            pipe.send(None)


def _said(module: str, error: Exception) -> str:
    """An error of the project's own in its words, one of the machine with its place, anything else whole."""
    if type(error).__module__.partition(".")[0] in ("lib", "steps"):
        return str(error)
    return f"{module}: {error}" if isinstance(error, OSError) else traceback.format_exc()


def module(name: str, *words: str) -> TaskFailed | None:
    """Run a light module of the project; a failure holds what it said."""
    done = subprocess.run(
        [sys.executable, "-m", name, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        return TaskFailed(done.stderr.strip() or f"{name} ended with exit code {done.returncode}")
    return None


def chapter(name: str) -> TaskFailed | None:
    """Execute a chapter; a failure holds the few lines that say why."""
    with LOADING:  # until the parent is loaded; by then all chapters that have to run wait for their turn
        _load_parent()
    with CHAPTERS.turn(plan.size(name)):
        report.begun(name)
        ours, theirs = WARM.Pipe()
        process = WARM.Process(target=_run, args=(name, theirs))
        process.start()
        theirs.close()
        try:
            said = ours.recv()
        except EOFError:
            said = f"{name}: the process that executed it is gone; see _build/failed/{name}.log"
        process.join()
    return TaskFailed(said) if said else None


@cache
def _load_parent() -> None:
    """Wait for the warm parent: a process that does nothing is forked from it when everything is loaded."""
    empty = WARM.Process(target=int)
    empty.start()
    empty.join()


def _run(name: str, pipe: Connection) -> None:
    """In the forked process; what programs write past Python goes to a log that a success removes."""
    from steps.engine import execute

    execute.FAILED.mkdir(parents=True, exist_ok=True)
    log = execute.FAILED / f"{name}.log"
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        execute.run(name, pipe)
    except execute.ChapterError as error:
        pipe.send(str(error))
    except Exception as error:
        pipe.send(f"{name}: {type(error).__name__}: {error}")
        raise
    else:
        log.unlink()
        pipe.send(None)
