"""A clean copy of the working tree, and a small book of its machinery, each built once; both are marked `book`."""

from __future__ import annotations

import csv
import fcntl
import functools
import gc
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import lib  # noqa: F401  (first: it keeps an import out of nbformat that takes seconds)

import nbformat  # isort: skip
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# No test depends on how busy the machine is. `make check` asks for the quick profile, everything else has the full one.
settings.register_profile("full", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=12)
settings.load_profile("full")

# Before numpy is imported, and for all that tests start: threads inside small matrix products only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent
# the one without a window first: it does the same with a sixth less
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
# What the book can be served under: no script in a page, no code made from text, no other host.
POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=f"needs Chromium: none of {', '.join(BROWSERS)} is found")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

COMPLAINTS = pytest.StashKey[int]()  # the file descriptor of the terminal

# The two builds of the whole book, then what needs the first of them.
SLOW = ["test_the_same_input_gives_the_same_bytes_in_another_folder_and_time_zone", "test_build", "test_browser",
        "test_beneath", "test_search", "test_book", "test_return", "test_efficiency"]  # fmt: skip

SMALL = {
    "_toc.yml": """format: jb-book
root: book/start
parts:
  - caption: Chapters
    chapters:
      - file: book/chapters/one
      - file: book/chapters/two
""",
    "book/start.md": "# Start\n\nA small book.\n\n```{glossary}\nBook\n  Pages in an order.\n```\n",
    "notebooks/one.md": """---
kernelspec:
  name: python3
  display_name: Python 3
---

# One

```{code-cell} ipython3
import altair as alt

from lib import charts, data

table = data.load("frontex_returns_year")
```

## Returns

```{code-cell} ipython3
charts.figure(
    lambda width: charts.fit(alt.Chart(table).mark_point().encode(x="year:O", y="destination:N"), width, 300),
    id="fig-one", title="Returns", subtitle="By year", description="Points, by country.",
    sources=[data.describe("frontex_returns_year")], table=table,
)
```
""",
    "notebooks/two.md": """---
kernelspec:
  name: python3
  display_name: Python 3
---

# Two

```{code-cell} ipython3
1 + 1
```
""",
}


@dataclass(frozen=True)
class Project:
    """A copy of the project, and the build run in it."""

    root: Path

    def python(self, *arguments: object, cwd: str = ".", **env: str) -> subprocess.CompletedProcess:
        """Run Python here; the copy's `lib` and `steps` come before the installed ones."""
        # what is compiled is kept, also where the environment says otherwise: tests start many processes
        without = ("CHAPTERS", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if name not in without}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.root / cwd,
            env=inherited | {"PYTHONPATH": str(self.root)} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_chapter(self, name: str, into: Path, **parameters: object) -> nbformat.NotebookNode:
        """A chapter as it comes out with these parameters."""
        done = self.python("-c", RUN, name, into, json.dumps(parameters))
        assert done.returncode == 0, done.stderr[-2000:]
        return nbformat.read(into, as_version=4)

    def build(self, **env: str) -> subprocess.CompletedProcess:
        """What `make book` runs."""
        return self.python("-m", "steps.build", **env)

    def describe(self) -> None:
        """What `make describe` runs."""
        done = self.python("-m", "steps.describe")
        assert done.returncode == 0, done.stderr

    def stale(self) -> dict[str, str]:
        """The steps that are not up to date, each with what `make status` says of it; nothing is executed."""
        listed = self.python("-m", "steps.status")
        assert listed.returncode == 0, listed.stderr
        said = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in listed.stdout.splitlines())
        return {step: reasons for step, reasons in said.items() if reasons != "up to date"}

    def sync(self) -> None:
        """What `make sync` runs."""
        done = self.python("-m", "steps.pairs", "sync")
        assert done.returncode == 0, done.stderr

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text that has to be there."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is no longer in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One of the processes that run tests side by side at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that both processes are at work to the end; pages are opened one by one."""
    last = len(SLOW)
    place = {name: number for number, name in enumerate(SLOW)}

    def order(item: pytest.Item) -> tuple[int, str]:
        file, shown = item.path.stem, getattr(item, "callspec", None)
        page = str(shown.params.get("name", "")) if shown and file == "test_browser" else ""
        marked = last if item.get_closest_marker("simulation") else last + 1
        return place.get(item.originalname, place.get(file, marked)), page

    items.sort(key=order)


def pytest_configure(config: pytest.Config) -> None:
    """Keep where to complain: while a test runs, what it writes is held back."""
    config.stash[COMPLAINTS] = os.dup(2)
    config.pluginmanager.register(Again())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Before pytest ends a process whose test takes too long (`faulthandler_timeout`), say which test and where.

    A call to a browser waits without any limit for a page that hangs, and in a stack of its own: what pytest prints of
    the threads does not hold the line of the test.
    """
    limit = float(item.config.getini("faulthandler_timeout"))
    timer = threading.Timer(limit - 2, _say_where, [item.nodeid, item.config.stash[COMPLAINTS]])
    timer.daemon = True
    if limit:
        timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


class Again:
    """A test whose process ended is run once more in a new one, said as "R": a browser may hang for no fault of a page.

    A page that hangs does so again, and its test fails.
    """

    def __init__(self) -> None:
        self.ended: set[str] = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport, sched: Any) -> None:
        if crashitem not in self.ended:
            self.ended.add(crashitem)
            report.outcome = "rerun"
            sched.mark_test_pending(crashitem)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        return ("rerun", "R", "RERUN") if report.outcome == "rerun" else None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for report in terminalreporter.stats.get("rerun", []):
            terminalreporter.write_line(f"run once more: {report.longrepr}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """A test that failed in a browser that draws no more is not told: its process ends, and it runs once more.

    Once in some hundred long pages Chromium without a window stops to give a page frames, or to answer at all.
    """
    browser = getattr(item, "funcargs", {}).get("chromium") if os.environ.get("PYTEST_XDIST_WORKER") else None
    pages = [page for context in browser.contexts for page in context.pages] if call.excinfo and browser else []
    if not all(map(_draws, pages)):
        os.write(item.config.stash[COMPLAINTS], f"\n{item.nodeid}: the browser draws no more\n".encode())
        os._exit(1)
    return (yield)


def _draws(page: Page) -> bool:
    """Whether a page gets a frame within five seconds."""
    page.evaluate("() => { window.drawn = false; requestAnimationFrame(() => { window.drawn = true; }); }")
    for _ in range(50):
        if page.evaluate("window.drawn"):
            return True
        page.wait_for_timeout(100)
    return False


def _say_where(name: str, to: int) -> None:
    stacks = [one.gr_frame for one in gc.get_objects() if type(one).__name__ == "greenlet" and one.gr_frame]
    where = ["".join(traceback.format_stack(frame)[-12:]) for frame in stacks]
    os.write(to, "\n".join([f"\n{name} takes too long. What waits:", *where]).encode())


class Strict(SimpleHTTPRequestHandler):
    """Serves a book under a policy that allows no script in a page, no eval and no other host."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of this folder, while it is served."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=str(folder)))
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


@pytest.fixture(scope="session")
def project(tmp_path_factory, worker_id) -> Project:
    """The working tree without anything built, for all processes: tracked files and new ones that are not ignored."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with alone(shared / "project.lock"):
        root = shared / "project"
        if not root.exists():
            _copy_tree(shared / "project.new")
            (shared / "project.new").rename(root)
    return Project(root)


def _copy_tree(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)


@pytest.fixture(scope="session")
def book(project) -> Path:
    """The HTML of the whole book, built by whoever needs it first."""
    html = project.root / "_build" / "html"
    with alone(project.root.with_name("book.lock")):
        if not html.exists():
            built = project.build()
            if built.returncode:
                pytest.fail(f"the book does not build:\n{built.stdout}\n{built.stderr}", pytrace=False)
    return html


@pytest.fixture
def copy(project, book, tmp_path) -> Project:
    """The built project with the state of its build, to be changed at will."""
    return _copied(project.root, tmp_path / "copy", "work-*")


def derivation(name: str) -> ModuleType:
    """The script `data/NAME.py`, which is no module of a package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "data" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def source(request, tmp_path):
    """A function that writes source files of the script that a test module has as `derive`; it returns their folder."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / request.module.derive.SOURCES[name]).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def write_rows(path: Path, rows: list[dict]) -> Path:
    """Rows of text as a CSV file, in the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    # steps.book.pictures hides the fonts of the machine from the process that loads it; a browser without any crashes
    env = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    with pytest.importorskip("playwright.sync_api").sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=env)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_page(chromium, book):
    """Open a page of the book; what it complains of or asks others for is kept in `page.complaints`."""

    def opened(name, base=None, **options):
        page, complaints = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | options).new_page(), []
        page.complaints = complaints
        page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.on("response", lambda answer: answer.status >= 400 and complaints.append(f"{answer.status}: {answer.url}"))
        page.on(
            "request",
            lambda request: (
                re.match(r"(file:|data:|blob:|http://127\.0\.0\.1:)", request.url)
                or complaints.append(f"third party: {request.url}")
            ),
        )
        page.goto(f"{base or book.as_uri()}/{name}.html")
        return page

    return opened


@pytest.fixture
def visit(open_page):
    """Open a page for one test."""
    pages = []

    def visited(*address, **options):
        pages.append(open_page(*address, **options))
        return pages[-1]

    yield visited
    for page in pages:
        page.context.close()


@pytest.fixture(scope="session")
def copied() -> Callable:
    """The function that copies a project without what matches some patterns."""
    return _copied


@pytest.fixture(scope="session")
def small_book(project) -> Project:
    """A book of two small chapters with the project's code and data, built by whoever needs it first."""
    root = project.root.with_name("small")
    with alone(project.root.with_name("small.lock")):
        if not root.exists():
            fresh = _copied(project.root, root, "_build", "chapters", "generated", "notebooks")
            for name, text in SMALL.items():
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            built = fresh.build()
            if built.returncode:
                shutil.rmtree(root)
                pytest.fail(f"the small book does not build:\n{built.stdout}\n{built.stderr}", pytrace=False)
    return Project(root)


@pytest.fixture
def small(small_book, tmp_path) -> Project:
    """The small book with the state of its build, to be changed at will."""
    return _copied(small_book.root, tmp_path / "small")


# As the build runs a chapter: without the start of a kernel.
RUN = """
import json, sys
import papermill
from steps import ROOT
from steps.engine import warm
name, into, parameters = sys.argv[1:]
papermill.execute_notebook(
    ROOT / "notebooks" / f"{name}.ipynb", into, json.loads(parameters), engine_name="warm", kernel_name="python3",
    cwd=ROOT / "notebooks", progress_bar=False, request_save_on_cell_execute=False,
    seconds=600, used=set(), build=None,
)
"""


@pytest.fixture(scope="session")
def run_chapter(tmp_path_factory) -> Callable:
    """Run a chapter of the working tree with parameters in a fork of this process."""

    def run(name: str, **parameters: object) -> nbformat.NotebookNode:
        into = tmp_path_factory.mktemp(name) / "ran.ipynb"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["", name, str(into), json.dumps(parameters)])
            exec(RUN, {})
        return nbformat.read(into, as_version=4)

    return run


def _copied(root: Path, to: Path, *without: str) -> Project:
    return Project(shutil.copytree(root, to, ignore=shutil.ignore_patterns(*without)))
