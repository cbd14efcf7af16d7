"""Chapters run in a warm process: what they leave, what they used, and how one fails that dies, hangs or leaves."""

import sys

import nbformat
import pytest
from IPython.core.ultratb import VerboseTB

import steps
from steps.engine import execute, record, warm


@pytest.fixture(scope="module", autouse=True)
def formatted():
    """An error formatted here: for its first one IPython looks at every loaded module, and forks inherit that."""
    try:
        raise ValueError
    except ValueError as error:
        VerboseTB().structured_traceback(type(error), error, error.__traceback__)


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """Run cells as a chapter of a small project beside the real one's modules; returns its notebook."""
    for module in (steps, execute, record, warm):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("EXECUTED", "FAILED", "RESULTS", "FIGURES"):
        monkeypatch.setattr(execute, name, tmp_path / "_build" / name.lower())
    monkeypatch.setattr(record, "RECORDS", tmp_path / "_build" / "records")
    monkeypatch.setattr("lib.ledger.results.FOLDER", tmp_path / "_build" / "results")
    monkeypatch.setattr(execute, "ALWAYS", [])
    for folder in ("notebooks", "data", "lib"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_build" / "results").mkdir(parents=True)

    def run(*cells, text="# Title"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
        notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        notebook.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
        nbformat.write(notebook, tmp_path / "notebooks" / "one.ipynb")
        execute.run("one")
        return nbformat.read(tmp_path / "_build" / "executed" / "one.ipynb", as_version=4)

    return run


def outputs(notebook):
    return [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]


def test_outputs_are_what_a_notebook_holds_in_order(chapter):
    ran = chapter(
        "x = 2\nx + 1",
        "from IPython.display import display, HTML\nprint('first')\ndisplay(HTML('<b>second</b>'))\nprint('third')\nx",
        "!echo from a shell",
        "x;",
    )
    found = outputs(ran)
    assert [out.output_type for out in found] == [
        "execute_result", "stream", "display_data", "stream", "execute_result", "stream",
    ]  # fmt: skip
    assert found[0].data["text/plain"] == "3" and found[0].execution_count == 1
    assert found[2].data["text/html"] == "<b>second</b>"
    assert "from a shell" in found[5].text
    assert [cell.execution_count for cell in ran.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    nbformat.validate(ran)


def test_two_runs_leave_the_same_bytes(chapter, tmp_path):
    file = tmp_path / "_build" / "executed" / "one.ipynb"
    chapter("print(1)", "object.__name__")
    first = file.read_bytes()
    chapter("print(1)", "object.__name__")
    assert file.read_bytes() == first
    assert str(tmp_path).encode() not in first


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("raise ValueError('on purpose')", "ValueError: on purpose"),
        ("x = )", "SyntaxError"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", r"killed \(SIGKILL\); perhaps .* memory"),
        ("import os\nos._exit(3)", "left with exit code 3"),
        ("import sys\nsys.exit(0)", "the cell left by sys.exit"),
        ("exit()", "cell 3 failed"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise ValueError('x' * 1_000_000)", r"1,000,000 characters"),
    ],
)
def test_a_cell_that_fails_is_named_and_what_ran_is_kept(chapter, tmp_path, cell, said):
    with pytest.raises(execute.ChapterError, match=said) as failed:
        chapter("print('before')", cell, "print('after')")
    assert str(failed.value).startswith("one: cell 3 failed\n  at: ")
    assert len(str(failed.value)) < 3_000
    assert "_build/failed/one.ipynb" in str(failed.value)
    half = nbformat.read(tmp_path / "_build" / "failed" / "one.ipynb", as_version=4)
    said = [out.text for out in outputs(half) if out.output_type == "stream"]
    assert said == ["before\n"]
    assert not (tmp_path / "_build" / "executed" / "one.ipynb").exists()


def test_a_cell_that_never_ends_is_named(chapter, monkeypatch):
    monkeypatch.setenv("CELL_SECONDS", "0.5")
    with pytest.raises(execute.ChapterError, match=r"cell 2 failed\n  at: import time\n.*within 0.5 seconds.*CELL_SEC"):
        chapter("import time\nwhile True: time.sleep(0.1)")


def test_a_flood_of_output_is_cut(chapter):
    (out,) = outputs(chapter("for _ in range(200): print('y' * 10_000)"))
    assert len(out.text) < 101_000 and "only the first 100,000 characters are kept" in out.text


@pytest.mark.parametrize(
    "cell",
    [
        "open('../data/table.csv', 'w').write('x')",
        "open('../data/table.csv', 'a').write('x')",
        "from pathlib import Path\nPath('../data/table.csv').write_text('x')",
        "from pathlib import Path\nPath('../data/table.csv').unlink()",
        "import os\nos.replace('../data/table.csv', '../data/other.csv')",
        "import shutil\nshutil.rmtree('../data')",
        "import os\nos.truncate('../data/table.csv', 0)",
        "import os\nos.symlink('/dev/null', '../data/other.csv')",
        "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('../data/table.csv')",
    ],
)
def test_a_chapter_cannot_change_the_projects_files(chapter, tmp_path, cell):
    table = tmp_path / "data" / "table.csv"
    table.write_text("a\n1\n", "utf-8")
    with pytest.raises(execute.ChapterError, match=r"PermissionError: data.*a chapter reads the project's files"):
        chapter(cell)
    assert table.read_text("utf-8") == "a\n1\n"


@pytest.mark.parametrize("command", ["echo x >> ../data/table.csv", "rm ../data/table.csv", "touch ../data/new.csv"])
def test_what_a_program_changes_for_a_chapter_is_named(chapter, tmp_path, command):
    (tmp_path / "data" / "table.csv").write_text("a\n1\n", "utf-8")
    with pytest.raises(execute.ChapterError, match=r"^one: data/\w+\.csv changed while the chapter ran"):
        chapter(f"import subprocess\nsubprocess.run({command!r}, shell=True)")
    assert not (tmp_path / "_build" / "executed" / "one.ipynb").exists()


def test_a_text_that_cannot_be_renewed_says_why(monkeypatch):
    import errno
    import os

    import dodo
    from steps.engine import report

    def full(name):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"_build/executed/{name}.new")

    monkeypatch.setattr(dodo, "only_text", lambda name: True)
    monkeypatch.setattr(dodo, "renew_text", full)
    said = dodo._chapter("one").message
    assert said.startswith("one: its new text could not be written") and "_build/executed/one.new" in said
    assert report.FULL in said  # so that the build says that the disk is full


@pytest.mark.parametrize(
    "cell",
    [
        "import pandas as pd\npd.read_csv('../data/table.csv')",
        "name = 'table'\nopen(f'../data/{name}.csv').read()",
        "import csv\nfrom pathlib import Path\nlist(csv.reader(Path('../data/table.csv').open()))",
    ],
)
def test_a_table_is_followed_however_it_was_loaded(chapter, tmp_path, cell):
    table = tmp_path / "data" / "table.csv"
    table.write_text("a\n1\n", "utf-8")
    chapter(cell)
    assert execute.reasons("one") == []
    table.write_text("a\n2\n", "utf-8")
    assert execute.reasons("one") == ["data/table.csv changed"]


def test_a_chapter_may_use_a_folder_of_its_own_elsewhere(chapter):
    cell = "import tempfile, pathlib\nwith tempfile.TemporaryDirectory() as place:\n    "
    chapter(cell + "(pathlib.Path(place) / 'table.csv').write_text('x')")


def test_a_module_counts_for_the_chapters_that_import_it(chapter, tmp_path, monkeypatch):
    (tmp_path / "lib" / "used_here.py").write_text("VALUE = 1\n", "utf-8")
    (tmp_path / "lib" / "not_used.py").write_text("VALUE = 1\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    chapter("import used_here\nused_here.VALUE")
    (tmp_path / "lib" / "not_used.py").write_text("VALUE = 2\n", "utf-8")
    assert execute.reasons("one") == []
    (tmp_path / "lib" / "used_here.py").write_text("VALUE = 2\n", "utf-8")
    assert execute.reasons("one") == ["lib/used_here.py changed"]
    assert "used_here" not in sys.modules


def test_new_text_is_put_around_the_outputs_of_the_last_run(chapter, tmp_path):
    now = "import time\nprint(time.time_ns())"
    before = chapter(now, "1 + 1")
    file = tmp_path / "notebooks" / "one.ipynb"
    edited = nbformat.read(file, as_version=4)
    edited.cells[0].source = "# Another title"
    edited.cells.append(nbformat.v4.new_markdown_cell("More."))
    nbformat.write(edited, file)
    assert execute.only_text("one")
    execute.renew_text("one")
    after = nbformat.read(tmp_path / "_build" / "executed" / "one.ipynb", as_version=4)
    assert [cell.source for cell in after.cells] == ["# Another title", now, "1 + 1", "More."]
    assert outputs(after) == outputs(before)
    assert execute.reasons("one") == []


def test_a_result_edited_by_hand_runs_the_chapter_again(chapter, tmp_path):
    chapter("1")
    (tmp_path / "_build" / "results" / "one.json").write_text("{}", "utf-8")
    assert execute.reasons("one") == ["its result _build/results/one.json was edited"]
    assert not execute.only_text("one")
