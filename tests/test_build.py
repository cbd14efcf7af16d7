"""The build: what makes a step run again, and what a reader is told when one fails."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

import steps.engine.html
from lib import chapters

pytestmark = pytest.mark.book

CHAPTER, OTHER = "irregular_migration", "return"
SYNTHESIS = "synthesis"
ALL = set(chapters.named())
TEXT = f"notebooks/{CHAPTER}.md"
LOCK = "requirements.lock"
FIRST_CELL = "import altair as alt\n"  # of the first chapter of the small book


def html(project):
    folder = project.root / "_build" / "html"
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def failure(built):
    """What a failed build says: what is wrong, in a few lines, and nothing else."""
    said = built.stdout + built.stderr
    assert built.returncode != 0, said
    assert "The build failed" in said
    assert "Traceback" not in said
    assert "IPKernelApp" not in said, said
    assert not re.search(r"^(execute|assemble)(:\w+)?$", said, re.MULTILINE), (
        f"names of steps that had to wait:\n{said}"
    )
    news = [line for line in said.splitlines() if line.strip() and "nothing has changed" not in line]
    assert len(news) < 15, said  # besides a line for every chapter that was up to date
    return said


@pytest.fixture(scope="module")
def kept(project, book, copied, tmp_path_factory):
    """A copy of the built book to ask what is stale after a change; whoever changes it puts it back."""
    return copied(project.root, tmp_path_factory.mktemp("kept") / "copy", "work-*")


@contextmanager
def put_back(project):
    """Afterwards what a chapter uses, and what it recorded, is as it was."""
    places = [project.root / name for name in ("data", "lib", "notebooks", "book/cite.md", "_build/results", LOCK)]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place]) if file.is_file()]
    before = {file: file.read_bytes() for file in files}
    try:
        yield
    finally:
        for file, content in before.items():
            if file.read_bytes() != content:
                file.write_bytes(content)


def test_a_copy_uses_its_own_modules(small):
    where = small.python("-c", "import lib, steps; print(lib.__file__, steps.__file__)", cwd="notebooks")
    assert where.stdout.split() == [str(small.root / name / "__init__.py") for name in ("lib", "steps")]


def test_a_second_build_has_nothing_to_do(small):
    before = html(small)
    built = small.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert built.stdout.splitlines() == [
        "  nothing has changed since the last build", "", "The book is ready (0 s). Open _build/html/index.html",
    ]  # fmt: skip
    assert html(small) == before


def drop_row(name):
    def change(project):
        file = project.root / "data" / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")

    return change


def described(change):
    """A change of a table as one makes it, with its hash recorded: slow, and the same for every table."""

    def both(project):
        change(project)
        project.describe()

    return both


def add_claim_of_another_chapter(project):
    file = project.root / "data" / "claims.csv"
    with file.open(encoding="utf-8", newline="") as ledger:
        row = next(csv.DictReader(ledger))
    with file.open("a", encoding="utf-8", newline="") as ledger:
        csv.DictWriter(ledger, row, lineterminator="\n").writerow(row | {"id": "other-claim", "chapter": "other"})


def add_line(name, line):
    def change(project):
        with (project.root / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")

    return change


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        pytest.param(add_line(TEXT, "One more sentence."), {CHAPTER}, id="its text"),
        pytest.param(described(drop_row("asylum_destination_year")), {CHAPTER}, id="a table that one loads"),
        pytest.param(drop_row("uk_returns_quarter"), {OTHER}, id="a table that the other loads"),
        pytest.param(drop_row("partnership_starts"), ALL - {"protection", SYNTHESIS}, id="a table that most load"),
        pytest.param(drop_row("links_conclusion_finding"), {SYNTHESIS}, id="a table of the synthesis"),
        pytest.param(add_line("lib/measures/flows.py", "# new"), {CHAPTER, "coherence"}, id="a module"),
        pytest.param(add_line("lib/data.py", "# changed"), ALL, id="a module that all use"),
        pytest.param(add_line("lib/synthesis/templates/answer.html", ""), {SYNTHESIS}, id="a template"),
        pytest.param(add_line(LOCK, "# changed"), ALL, id="the locked packages"),
        pytest.param(described(add_claim_of_another_chapter), {SYNTHESIS}, id="a claim of another chapter"),
        pytest.param(add_line("book/cite.md", "One more sentence."), set(), id="another page"),
    ],
)
def test_a_chapter_runs_again_only_when_what_it_reads_has_changed(kept, change, runs):
    with put_back(kept):
        change(kept)
        kept.sync()
        stale = kept.stale()
    assert {step.removeprefix("chapter ") for step in stale if step.startswith("chapter ")} == runs


def test_a_page_edited_by_hand_rebuilds_the_html(small):
    add_line("book/start.md", "One more sentence.")(small)
    assert small.stale() == {"html": "book/start.md changed"}


def test_a_raising_cell_is_named_and_does_not_stop_the_other_chapters(small):
    before = html(small)
    small.edit("notebooks/one.md", FIRST_CELL, 'raise ValueError("broken on purpose")\n')
    small.edit("notebooks/two.md", "1 + 1", "2 + 2")
    said = failure(small.build())
    assert "one: cell 2 failed" in said
    assert '  at: raise ValueError("broken on purpose")' in said
    assert "  ValueError: broken on purpose" in said
    assert "_build/failed/one.ipynb" in said
    assert (small.root / "_build/failed/one.ipynb").exists()
    assert not (small.root / "_build/executed/one.ipynb").exists()
    assert "2 + 2" in (small.root / "_build/executed/two.ipynb").read_text(encoding="utf-8")
    assert html(small) == before


def test_an_edited_sentence_executes_and_draws_nothing(small):
    add_line("notebooks/one.md", "One more sentence.")(small)
    built = small.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert "chapter one has its new text" in built.stdout
    assert "executing" not in built.stdout
    page = (small.root / "_build/html/book/chapters/one.html").read_text(encoding="utf-8")
    assert "One more sentence." in page


def test_a_page_that_is_edited_and_put_back_leaves_the_book_as_it_was(small):
    before = html(small)
    text = (small.root / "book/start.md").read_text(encoding="utf-8")
    add_line("book/start.md", "One more sentence.")(small)
    assert small.build().returncode == 0
    edited = html(small)
    assert {str(name) for name in before if before[name] != edited[name]} == {"book/start.html", "search-index.js"}
    (small.root / "book/start.md").write_text(text, encoding="utf-8")
    assert small.build().returncode == 0
    assert html(small) == before


def test_a_change_of_figures_alone_publishes_the_whole_book(small):
    before = html(small)
    small.edit("lib/charts/theme.py", '"line": {"strokeWidth": 2}', '"point": {"size": 90}')
    assert small.build().returncode == 0
    after = html(small)
    assert after.keys() == before.keys()
    changed = {str(name) for name in before if before[name] != after[name]}
    assert changed and all(name.startswith("book/chapters/figures/fig-one") for name in changed)


def test_a_picture_that_cannot_be_drawn_is_named_with_its_chapter(small):
    before = html(small)
    small.edit("notebooks/one.md", "mark_point()", 'mark_point().transform_filter("datum.year +")')
    said = failure(small.build())
    assert "one: figure fig-one, wide: it cannot be drawn" in said
    assert html(small) == before


def test_claims_that_no_longer_hold_or_are_not_recorded_are_named_in_a_line_each(copy):
    before = html(copy)
    copy.edit("data/claims.csv", ",date,2015-10,month,2015-10,", ",date,2015-09,month,2015-10,")
    copy.describe()
    copy.edit("notebooks/relations.md", "\nsummary\n```", "\nsummary;\n```")
    said = failure(copy.build(CHAPTERS=f"{CHAPTER} relations"))
    assert re.search(r"relations: \d+ of its \d+ claims were not recorded \(relations-", said)
    assert "ledger.finish()" in said
    line = next(line for line in said.splitlines() if "irregular-migration-peak-date" in line)
    assert CHAPTER in line
    assert "states 2015-09" in line
    assert "computed 2015-10" in line
    assert html(copy) == before


def test_a_bad_row_is_refused_with_file_line_column_value_and_rule(small):
    file = small.root / "data" / "frontex_returns_year.csv"
    head, first, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    at = head.strip().split(",").index("persons")
    cells = first.strip().split(",")
    file.write_text("".join([head, ",".join([*cells[:at], "many", *cells[at + 1 :]]) + "\n", *rest]), encoding="utf-8")
    said = failure(small.build())
    assert "frontex_returns_year.csv, line 2, column 'persons', value 'many'" in said
    assert "a whole number" in said


def test_edits_on_both_sides_of_a_pair_are_refused_and_kept(small):
    text, notebook = small.root / "notebooks/one.md", small.root / "notebooks/one.ipynb"
    add_line("notebooks/one.md", "One more sentence.")(small)
    edited = nbformat.read(notebook, as_version=4)
    edited.cells[0].source += "\n\nAnother sentence."
    nbformat.write(edited, notebook)
    before = text.read_bytes(), notebook.read_bytes()
    said = failure(small.build())
    assert f"both {text.name} and {notebook.name} were edited" in said
    assert "executing" not in said
    assert (text.read_bytes(), notebook.read_bytes()) == before


def test_a_warning_fails_the_build_every_time(small):
    before = html(small)
    add_line("book/start.md", "[Nowhere](no_such_page.md)")(small)
    for _ in range(2):
        said = failure(small.build())
        assert "no_such_page.md" in said
        assert "start.md" in said
    assert html(small) == before


def test_a_preview_of_some_chapters_leaves_the_book_alone(small):
    before = html(small)
    small.edit("notebooks/one.md", FIRST_CELL, 'raise ValueError("broken on purpose")\n')
    built = small.build(CHAPTERS="two")
    assert built.returncode == 0, built.stdout + built.stderr
    assert (small.root / "_build/preview/book/chapters/two.html").exists()
    assert not (small.root / "_build/preview/book/chapters/one.html").exists()
    assert html(small) == before


def test_an_unknown_chapter_is_refused_with_the_list(small):
    built = small.build(CHAPTERS="nonsense")
    assert built.returncode != 0
    assert re.search(r"nonsense; there are: one, two", built.stdout + built.stderr)


def test_a_chapter_in_no_contents_is_refused_before_anything_runs(small):
    stray = small.root / "notebooks" / "three.md"
    stray.write_text("# Three\n", encoding="utf-8")
    built = small.build()
    stray.unlink()
    assert built.returncode != 0 and not built.stdout
    assert built.stderr.startswith("the chapter three is in no count and no contents: add ")


def test_a_reader_can_run_a_chapter_on_a_file_of_their_own(project, tmp_path):
    """By the command that the README gives; the other chapters' parameters are tested without its kernel."""
    with (project.root / "data" / "frontex_route_month.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    own = tmp_path / "mine.csv"
    with own.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        for row in rows:
            halved = {"detections": int(row["detections"]) // 2} if row["month"] == "2015-10" else {}
            table.writerow(row | halved)
    ran = tmp_path / "ran.ipynb"
    done = project.python(
        "-m", "papermill", "--cwd", "notebooks", "--no-request-save-on-cell-execute", "--autosave-cell-every", 0,
        "-p", "detections_file", own, f"notebooks/{CHAPTER}.ipynb", ran,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outputs = [out.get("data", {}) for cell in nbformat.read(ran, 4).cells for out in cell.get("outputs", [])]
    key = "application/vnd.compendium.figure+json"
    sources = [source["line"] for out in outputs if key in out for source in out[key]["sources"]]
    assert any("own file mine.csv" in source for source in sources)
    [summary] = [out[key] for out in outputs for key in out if key == "application/vnd.compendium.claims+json"]
    assert any(claim["verdict"] != claim["expect"] for claim in summary["claims"]), json.dumps(summary["counts"])


def test_a_verdict_edited_by_hand_is_computed_again_and_the_synthesis_with_it(kept):
    recorded = kept.root / "_build" / "results" / f"{CHAPTER}.json"
    with put_back(kept):
        recorded.write_text(recorded.read_text(encoding="utf-8").replace('"differs"', '"confirmed"'), encoding="utf-8")
        stale = kept.stale()
    assert stale[f"chapter {CHAPTER}"] == f"its result _build/results/{CHAPTER}.json was edited"
    assert stale[f"chapter {SYNTHESIS}"] == f"_build/results/{CHAPTER}.json changed"


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param({
            "_build/html/book/chapters/one.html": "html",
            "_build/extra": "assemble",
            "book/generated": "assemble",
            "book/chapters/two.ipynb": "assemble",
            "_build/records/html.json": "html",
        }, id="of the last steps"),
        pytest.param({
            "_build/pictures": "pictures of one",
            "_build/figures/one.json": "chapter one",
            "_build/executed/two.ipynb": "chapter two",
        }, id="of the first"),
    ],
)  # fmt: skip
def test_what_is_deleted_or_edited_is_made_again(small, lost):
    before = html(small)
    away = small.root / "away"
    for name, step in lost.items():  # each alone makes its step run
        (small.root / name).rename(away)
        assert step in small.stale()
        away.rename(small.root / name)
    page = small.root / "_build" / "html" / "book" / "start.html"
    page.write_text("by hand", encoding="utf-8")
    assert small.stale() == {"html": "its result _build/html/book/start.html was edited"}
    for place in map(small.root.joinpath, lost):  # and the build makes all of them again
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    built = small.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert html(small) == before
    assert small.stale() == {}


def test_the_same_input_gives_the_same_bytes_in_another_folder_and_time_zone(project, book, copied, tmp_path):
    before = html(project)
    clean = copied(project.root, tmp_path / "clean", "_build", "chapters", "generated")
    built = clean.build(TZ="Pacific/Auckland", LANG="nl_NL.UTF-8", PYTHONHASHSEED="1")
    assert built.returncode == 0, built.stdout + built.stderr
    after = html(clean)
    assert after.keys() == before.keys()
    assert [str(name) for name in before if after[name] != before[name]] == []


def test_two_builds_at_once_take_turns(small):
    add_line("book/start.md", "One more sentence.")(small)
    command = [sys.executable, "-m", "steps.build"]
    env = os.environ | {"PYTHONPATH": str(small.root)}
    both = [
        subprocess.Popen(command, cwd=small.root, env=env | {"CHAPTERS": asked}, stdout=subprocess.PIPE, text=True)
        for asked in ("", "", "two")
    ]
    said = [build.communicate()[0] for build in both]
    assert [build.returncode for build in both] == [0, 0, 0], said
    assert sum("another build runs in this folder" in one for one in said) == 2
    assert "One more sentence." in (small.root / "_build/html/book/start.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("when", "stop", "sent"),
    [
        ("  ... chapter one: executing", os.killpg, signal.SIGINT),
        ("  text and .ipynb", os.killpg, signal.SIGINT),
        ("  ... chapter one: executing", os.kill, signal.SIGTERM),
    ],
)
def test_a_build_that_is_stopped_says_so_in_a_line(small, when, stop, sent):
    before = html(small)
    small.edit("notebooks/one.md", FIRST_CELL, "import time\ntime.sleep(120)\n")
    build = subprocess.Popen(
        [sys.executable, "-m", "steps.build"], cwd=small.root, env=os.environ | {"PYTHONPATH": str(small.root)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    for line in build.stdout:
        if line.startswith(when):
            break
    stop(build.pid, sent)
    said = build.stdout.read()
    assert build.wait() == 128 + sent
    assert "Stopped." in said and "Traceback" not in said and len(said.splitlines()) < 6, said
    assert html(small) == before


def test_a_step_without_what_it_needs_says_what_is_missing(small):
    shutil.rmtree(small.root / "_build" / "pictures")
    done = small.python("-c", "from steps.book import assemble; assemble.main(['one', 'two'])")
    assert "StepError: the picture of fig-one is not drawn yet; build the book (`make book`)" in done.stderr


def test_a_new_book_that_cannot_take_its_place_leaves_the_last_good_one(tmp_path, monkeypatch):
    fresh, target = tmp_path / "html.new", tmp_path / "html"
    for folder, text in ((fresh, "new"), (target, "old")):
        folder.mkdir()
        (folder / "index.html").write_text(text, encoding="utf-8")
    rename = Path.rename
    monkeypatch.setattr(
        Path, "rename", lambda self, to: rename(self, to) if self != fresh else (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        steps.engine.html.swap(fresh, target)
    assert (target / "index.html").read_text(encoding="utf-8") == "old"
