"""Run the build: one at a time in a checkout, and with a clear end when it is stopped."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from steps import ROOT
from steps.engine import plan, record

BUILD = ROOT / "_build"


@contextmanager
def alone() -> Iterator[None]:
    """Holds the lock of the build; a second build waits here, and says so."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  another build runs in this folder; waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(words: list[str]) -> int:
    """Build these targets (`book` unless told otherwise)."""
    os.environ["TZ"] = "UTC"  # where the machine stands changes no picture and no page
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # chapters run side by side; with threads the last digits may differ
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)  # a KeyboardInterrupt can get lost between the threads of the task runner
    with alone():
        if words == ["book"] and not any(map(record.reasons, plan.steps())):
            print(f"  nothing has changed since the last build\n{plan.ready(0)}", end="")
            return 0
        return _run(words)


def _stop(sent: int, *_: object) -> None:
    if process := sys.modules.get("steps.engine.process"):
        process.stop()
    said = "\nStopped. The last good book, if there is one, is untouched; `make book` goes on where it was.\n"
    os.write(1, said.encode())  # a step that runs may have taken sys.stdout
    os._exit(128 + sent)  # threads that wait for a chapter would keep the process


def _run(words: list[str]) -> int:
    """Everything that takes time to load is loaded here, and not when nothing has changed."""
    from doit.cmd_base import ModuleTaskLoader
    from doit.doit_cmd import DoitMain

    import dodo
    from steps.engine import process

    dodo.BOOK.load()
    # they only wait: two chapters and a helper or two work at a time (`steps.engine.process`)
    threads = len(plan.steps())
    try:
        return DoitMain(ModuleTaskLoader(dodo)).run(["run", "-n", str(threads), "-P", "thread", "--continue", *words])
    finally:
        process.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["book"]))
