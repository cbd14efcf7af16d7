"""What the build prints: one line per step, a few lines per failure, one clear line at the end."""

from __future__ import annotations

import errno
import os
import sys
import time

from doit.exceptions import UnmetDependency
from doit.reporter import ConsoleReporter

from steps.engine import plan

FULL = os.strerror(errno.ENOSPC)
BEGUN: dict[str, float] = {}  # when each chapter got its turn


def begun(chapter: str) -> None:
    """A chapter gets its turn; this is called from the thread that executes it."""
    BEGUN[chapter] = time.monotonic()
    sys.__stdout__.write(f"  ... chapter {chapter}: executing\n")  # in one piece; sys.stdout is the step's own
    sys.__stdout__.flush()


class Lines(ConsoleReporter):
    """Progress as one line per step with its time; tasks whose name begins with `_` are only heard when they fail."""

    desc = "one line per step"

    def initialize(self, tasks: dict, selected_tasks: list) -> None:
        """Start the clocks."""
        super().initialize(tasks, selected_tasks)
        self.started, self.times, self.asked, self.done = time.monotonic(), {}, selected_tasks, set()
        self.opens = [tasks[name].meta["opens"] for name in selected_tasks if "opens" in (tasks[name].meta or {})]

    def execute_task(self, task: object) -> None:
        """A step begins, or waits for its turn."""
        self.times[task.name] = time.monotonic()

    def add_success(self, task: object) -> None:
        """A step is done."""
        self.done.add(task.name)
        if task.actions and not task.name.startswith("_"):
            kind, _, chapter = task.name.partition(":")
            title, start = task.title(), BEGUN.get(chapter) or self.times.get(task.name, time.monotonic())
            if kind == "execute" and chapter not in BEGUN:
                title = title.replace("executed", "has its new text")
            self.write(f"  {title} ({time.monotonic() - start:.1f} s)\n")

    def skip_uptodate(self, task: object) -> None:
        """A step has nothing to do."""
        self.done.add(task.name)
        if task.actions and not task.name.startswith("_"):
            self.write(f"  {task.title()}: nothing has changed\n")

    def add_failure(self, task: object, fail: object) -> None:
        """A step failed; what it said comes at the end."""
        if fail.report and not isinstance(fail, UnmetDependency):
            self.failures.append({"task": task, "exception": fail})
            self.write(f"  {task.name.lstrip('_')}: FAILED\n")

    def complete_run(self) -> None:
        """The last words: what failed and why, or where the book is."""
        for result in self.failures:
            self.write(f"\n{result['exception'].message}\n")
        seconds = time.monotonic() - self.started
        if self.failures:
            if any(FULL in result["exception"].message for result in self.failures):
                self.write("\nThe disk is full: make room, then build again.\n")
            self.write(
                f"\nThe build failed after {seconds:.0f} s. The last good book, if there is one, is untouched.\n"
            )
        elif self.done.issuperset(self.asked):  # and not when it was interrupted
            self.write(plan.ready(seconds) if self.opens else "\nDone.\n")
