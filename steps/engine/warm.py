"""A papermill engine that runs a chapter in a fork of a process in which the heavy packages are loaded already.

Papermill executes and reports; what it gets from here are the outputs of one cell after the other. The cells run in a
process of their own, so that one that dies, hangs or leaves is named, and what ran before it is kept. That process
notes what of the project the chapter used.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection, wait
from pathlib import Path

import altair  # noqa: F401
import myst_nb  # noqa: F401
import nbformat
import numpy  # noqa: F401
import pandas  # noqa: F401
import papermill
import scipy.stats  # noqa: F401
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.validator import get_validator
from papermill.engines import Engine
from traitlets.config import Config

# What chapters use; loaded once, in the process that all chapters are forked from. `lib` comes first: it keeps an
# import out that takes a second. Its modules do not: which of them a chapter loads decides when it runs again.
import lib  # noqa: F401
from steps import ROOT

PRINTED = 100_000  # characters of one cell that are kept
MESSAGE = 2_000  # characters of an error that are kept
CLOSED = ("data", "lib", "notebooks", "steps", "book")  # what no chapter may change

for _minor in (4, 5):  # what notebooks and outputs are held to; compiled here, and not in every chapter
    get_validator(version=4, version_minor=_minor)

gc.freeze()  # what is loaded stays: no chapter looks through it for what can go
gc.set_threshold(50_000, 20, 50)


class Warm(Engine):
    """Executes the cells of a notebook in a forked process.

    Options: `seconds` (a cell's limit), `used` (a set) and `build` (a pipe that ends with the build, or `None`).
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,  # noqa: ANN001
        kernel_name: str,
        *,
        seconds: float,
        used: set[str],
        build: Connection | None,
        **_: object,
    ) -> None:
        """Run cell after cell until one fails; what the chapter used of the project is added to `used`.

        Raises `KeyboardInterrupt` when the build is gone.
        """
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        worker = context.Process(target=_serve, args=(theirs,))
        worker.start()
        theirs.close()
        try:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code":
                    continue
                nb_man.cell_start(cell, index)
                cell.outputs, cell.execution_count = _ask(ours, worker, cell.source, seconds, build)
                failed = any(out.output_type == "error" for out in cell.outputs)
                if failed:
                    nb_man.cell_exception(cell, index)
                nb_man.cell_complete(cell, index)
                if failed:
                    return
            ours.send(None)
            used |= ours.recv()
        finally:
            if worker.is_alive():
                worker.kill()
            worker.join()


papermill.engines.papermill_engines.register("warm", Warm)


def _ask(
    pipe: Connection, worker: multiprocessing.Process, source: str, seconds: float, build: Connection | None
) -> tuple[list, int | None]:
    """The outputs and the number of one cell; an error output when the process is gone or takes too long."""
    try:
        pipe.send(source)
        ready = wait([pipe, build] if build else [pipe], seconds)
        if build in ready:
            raise KeyboardInterrupt
        if ready:
            outputs, number = pipe.recv()
            return [nbformat.from_dict(out) for out in outputs], number
    except (EOFError, ConnectionError):
        worker.join()
        code = worker.exitcode or 0
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"left with exit code {code}"
        hint = "; perhaps there was not enough memory" if code == -signal.SIGKILL else ""
        return [_error("ProcessDied", f"the process that ran this cell {how}{hint}")], None
    return [
        _error("TimeLimit", f"no answer within {seconds:g} seconds; mend the cell, or set CELL_SECONDS to allow more")
    ], None


def _error(name: str, value: str, traceback: list[str] | None = None) -> nbformat.NotebookNode:
    if len(value) > MESSAGE:
        value = f"{value[:MESSAGE]} … ({len(value):,} characters)"
    return nbformat.v4.new_output("error", ename=name, evalue=value, traceback=traceback or [f"{name}: {value}"])


def _serve(pipe: Connection) -> None:
    """Run the cells that come through the pipe in one shell; `None` asks for what was used, and ends."""
    os.setpgrp()  # what a cell starts is not stopped by the terminal behind our back
    used: set[str] = set()
    sys.addaudithook(lambda event, given: _audit(event, given, used))
    shell = _Shell.instance(config=Config({"HistoryManager": {"enabled": False}}), user_ns={})
    while (source := pipe.recv()) is not None:
        pipe.send(shell.outputs_of(source))
    pipe.send(used | _modules() | _tables())
    pipe.close()
    os._exit(0)


def _modules() -> set[str]:
    """The modules of the project that are loaded, as `file PATH`."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return {f"file {Path(file).relative_to(ROOT)}" for file in files if file and file.startswith(str(ROOT / "lib"))}


def _tables() -> set[str]:
    """What was used of the tables that all chapters share; see `lib.used`."""
    module = sys.modules.get("lib.used")
    return set(module.USED) if module else set()


def _audit(event: str, given: tuple, used: set[str]) -> None:
    """Notes files of the project that are read, and refuses to change any of its sources."""
    if event == "open" and isinstance(given[0], str | bytes):
        path, mode, flags = _path(given[0]), given[1] or "", given[2] or 0
        if set(mode) & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR):
            _refuse(path)
        elif path.is_relative_to(ROOT) and path.suffix not in (".py", ".pyc") and path.is_file():
            shared = sys.modules.get("lib.used")
            name = path.relative_to(ROOT)
            if not (shared and shared.hushed()) and not name.parts[0].startswith("."):
                used.add(f"file {name}")
    elif event == "os.truncate" and not isinstance(given[0], int):
        _refuse(_path(given[0]))
    elif event in ("os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "shutil.rmtree"):
        opened = [one for one in given if isinstance(one, int) and one >= 0]  # inside a folder that is removed whole
        for path in given if not opened else ():
            if isinstance(path, str | bytes | os.PathLike):
                _refuse(_path(path))


def _path(given: str | bytes | os.PathLike) -> Path:
    return Path(os.path.normpath(Path.cwd() / os.fsdecode(given)))


def _refuse(path: Path) -> None:
    if any(path.is_relative_to(ROOT / folder) for folder in CLOSED) and path.parent.name != "__pycache__":
        name = path.relative_to(ROOT)
        raise PermissionError(f"{name}: a chapter reads the project's files and does not change them; write elsewhere")


class _Hook(DisplayHook):
    """The value of a cell's last expression as its result."""

    def __call__(self, result: object = None) -> None:
        if result is None or self.quiet():
            return
        self.update_user_ns(result)
        data, metadata = self.compute_format_data(result)
        self.shell.outputs.append(
            nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=self.shell.number)
        )


class _Publisher(DisplayPublisher):
    """What `display` shows."""

    def publish(self, data: dict, metadata: dict | None = None, **_: object) -> None:
        self.shell.outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Shell(InteractiveShell):
    """IPython's shell with every output kept in order, as a notebook holds them."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def outputs_of(self, source: str) -> tuple[list[dict], int]:
        """Run one cell: its outputs as a notebook holds them, and its number."""
        self.outputs: list[dict] = []
        self.number = self.execution_count
        kept = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            result = self.run_cell(source, store_history=True)
        finally:
            sys.stdout, sys.stderr = kept
        error = result.error_before_exec or result.error_in_exec
        if error is not None and not any(out["output_type"] == "error" for out in self.outputs):
            self.outputs.append(_error(type(error).__name__, str(error)))
        return self.outputs, self.number

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        said = f"the cell left by sys.exit({evalue}); a chapter runs to its end" if etype is SystemExit else str(evalue)
        self.outputs.append(_error(etype.__name__, said, [line[:MESSAGE] for line in stb]))


class _Stream:
    """A stream of a cell: joined with what was written just before, and cut when it grows too long."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, shell: _Shell, name: str) -> None:
        self.shell, self.name, self.written = shell, name, 0

    def write(self, text: str) -> int:
        room = PRINTED - self.written
        self.written += len(text)
        if room > 0:
            cut = text[:room] + (f"\n… only the first {PRINTED:,} characters are kept\n" if len(text) > room else "")
            last = self.shell.outputs[-1] if self.shell.outputs else {}
            if last.get("name") == self.name and last.get("output_type") == "stream":
                last["text"] += cut
            else:
                self.shell.outputs.append(nbformat.v4.new_output("stream", name=self.name, text=cut))
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False
