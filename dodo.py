"""The build, step by step: sync the pairs, execute the chapters, draw their pictures, assemble, build the HTML.

Run by `make book`. A step runs again when what it used, or what it made, is not as it was; `make status` says why.
"""

from collections.abc import Callable, Iterator

from doit import create_after
from doit.exceptions import TaskFailed

from steps.engine import plan, process, record
from steps.engine.execute import only_text, renew_text
from steps.engine.report import Lines

DOIT_CONFIG = {
    "default_tasks": ["book"], "reporter": Lines, "verbosity": 0,
    "backend": "sqlite3", "dep_file": ":memory:",  # what has run is for `steps.engine.record` alone to know
}  # fmt: skip

# The processes that do the work of the steps which take long to load.
DRAWING = process.Helper("steps.book.pictures")
BOOK = process.Helper(
    "steps.book.assemble", "steps.engine.html", "jupyter_book.sphinx", "myst_nb.sphinx_ext", "sphinxcontrib.bibtex",
    "sphinx_external_toc", "sphinx.builders.html", "sphinx.search.en",
)  # fmt: skip


def task_sync() -> dict:
    """Reconcile each notebook's text and .ipynb."""
    return _step(plan.SYNC, [], process.module, "steps.pairs", "sync")


@create_after(executed="sync")  # not before: the text of a chapter may still be written from its .ipynb
def task_execute() -> Iterator[dict]:
    """Execute a chapter when anything that it used when it ran last has changed; renew its text when only that has."""
    for name in sorted(plan.EXECUTED, key=plan.size, reverse=True):  # the longest is not left to run alone at the end
        others = plan.EXECUTED if name == plan.SYNTHESIS else []
        after = ["sync", *(f"execute:{other}" for other in others if other != name)]
        yield {"name": name} | _step(plan.execute(name), after, _chapter, name)


@create_after(executed="sync")
def task__pictures() -> Iterator[dict]:
    """Draw the pictures of a chapter's figures, each once; then make what the book needs of all but the synthesis."""
    for name in plan.CHAPTERS:
        after = [f"execute:{name}"]
        yield {"name": name} | _step(plan.pictures(name), after, DRAWING, "steps.book.pictures", name)
    others = [f"_pictures:{name}" for name in plan.CHAPTERS if name != plan.SYNTHESIS]
    yield {"name": "ahead"} | _step(plan.ASSEMBLE, others, _ahead)


def task_assemble() -> dict:
    """Put the executed chapters, their figures' files and the data catalogue where jupyter-book finds them."""
    return _step(plan.ASSEMBLE, ["execute", "_pictures"], BOOK, "steps.book.assemble", *plan.CHAPTERS)


def task_book() -> dict:
    """Build the HTML, warnings as errors; only a good build replaces the last one."""
    task = _step(plan.OUTPUT, ["assemble"], BOOK, "steps.engine.html", plan.OUTPUT)
    return task | {"meta": {"opens": plan.OPENS}}


def _step(name: str, after: list[str], work: Callable, *words: str) -> dict:
    """A step that keeps the record of itself."""
    return {
        "title": lambda _: plan.steps()[name],
        "actions": [(work, words)],
        "uptodate": [lambda: not record.reasons(name)],
        "task_dep": after,
    }


def _chapter(name: str) -> object:
    if not only_text(name):
        return process.chapter(name)
    try:
        return renew_text(name)
    except OSError as problem:  # a full disk, a file that may not be written; doit would name no reason
        return TaskFailed(f"{name}: its new text could not be written: {problem}")


def _ahead() -> None:
    """What is wrong is said when all of it is assembled."""
    BOOK("steps.book.assemble", "ahead", *plan.CHAPTERS)
