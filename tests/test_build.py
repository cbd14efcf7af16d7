"""The build: what makes a step run again, and what a reader is told when one fails."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import steps.html

pytestmark = pytest.mark.book

CHAPTER, OTHER = "irregular_migration", "return"
SYNTHESIS = "synthesis"
ALL = {"relations", "return", "irregular_migration", "protection", "coherence", "efficiency", SYNTHESIS}
TEXT = f"notebooks/{CHAPTER}.md"
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


def test_a_copy_uses_its_own_modules(copy):
    where = copy.python("-c", "import lib, steps; print(lib.__file__, steps.__file__)", cwd="notebooks")
    assert where.stdout.split() == [str(copy.root / name / "__init__.py") for name in ("lib", "steps")]


def test_a_second_build_has_nothing_to_do(copy):
    before = html(copy)
    built = copy.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert built.stdout.splitlines() == [
        "  nothing has changed since the last build", "", "The book is ready (0 s). Open _build/html/index.html",
    ]  # fmt: skip
    assert html(copy) == before


def change_table(name):
    def change(project):
        file = project.root / "data" / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
        project.describe()

    return change


def add_claim_of_another_chapter(project):
    file = project.root / "data" / "claims.csv"
    with file.open(encoding="utf-8", newline="") as ledger:
        row = next(csv.DictReader(ledger))
    with file.open("a", encoding="utf-8", newline="") as ledger:
        csv.DictWriter(ledger, row, lineterminator="\n").writerow(row | {"id": "other-claim", "chapter": "other"})
    project.describe()


def add_line(name, line):
    def change(project):
        with (project.root / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")

    return change


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        pytest.param(add_line(TEXT, "One more sentence."), {CHAPTER}, id="its text"),
        pytest.param(change_table("asylum_destination_year"), {CHAPTER}, id="a table that one loads"),
        pytest.param(change_table("uk_returns_quarter"), {OTHER}, id="a table that the other loads"),
        pytest.param(change_table("partnership_starts"), ALL - {"protection", SYNTHESIS}, id="a table that most load"),
        pytest.param(change_table("links_conclusion_finding"), {SYNTHESIS}, id="a table of the synthesis"),
        pytest.param(add_line("lib/flows.py", "# changed"), {CHAPTER, "protection", "coherence"}, id="a module"),
        pytest.param(add_line("lib/data.py", "# changed"), ALL, id="a module that all use"),
        pytest.param(add_line("lib/templates/answer.html", ""), {SYNTHESIS}, id="a template"),
        pytest.param(add_line("requirements.lock", "# changed"), ALL, id="the locked packages"),
        pytest.param(add_claim_of_another_chapter, {SYNTHESIS}, id="a claim of another chapter"),
        pytest.param(add_line("book/cite.md", "One more sentence."), set(), id="another page"),
    ],
)
def test_a_chapter_runs_again_only_when_what_it_reads_has_changed(copy, change, runs):
    change(copy)
    copy.sync()
    assert {step.removeprefix("chapter ") for step in copy.stale() if step.startswith("chapter ")} == runs


def test_a_page_edited_by_hand_rebuilds_the_html(copy):
    add_line("book/cite.md", "One more sentence.")(copy)
    assert copy.stale() == {"html": "book/cite.md changed"}


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
    assert {str(name) for name in before if before[name] != edited[name]} == {"book/start.html", "searchindex.js"}
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


def test_a_claim_that_no_longer_holds_is_named_in_one_line(copy):
    before = html(copy)
    copy.edit("data/claims.csv", ",date,2015-10,month,2015-10,", ",date,2015-09,month,2015-10,")
    copy.describe()
    said = failure(copy.build(CHAPTERS=CHAPTER))
    line = next(line for line in said.splitlines() if "irregular-migration-peak-date" in line)
    assert CHAPTER in line
    assert "states 2015-09" in line
    assert "computed 2015-10" in line
    assert html(copy) == before


@pytest.mark.parametrize(("value", "rule"), [("-1", "minimum"), ("many", "a whole number")])
def test_a_bad_row_is_refused_with_file_line_column_value_and_rule(small, value, rule):
    file = small.root / "data" / "frontex_returns_year.csv"
    head, first, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    at = head.strip().split(",").index("persons")
    cells = first.strip().split(",")
    file.write_text("".join([head, ",".join([*cells[:at], value, *cells[at + 1 :]]) + "\n", *rest]), encoding="utf-8")
    said = failure(small.build())
    assert f"frontex_returns_year.csv, line 2, column 'persons', value '{value}'" in said
    assert rule in said


def test_a_panel_that_does_not_fit_together_is_refused_with_the_cell_that_reads_it(copy, tmp_path):
    own = tmp_path / "mine.csv"
    own.write_text((copy.root / "data" / "return_panel.csv").read_text(encoding="utf-8"), encoding="utf-8")
    removed = re.sub(r"MAR,2020-05,.*\n", "", own.read_text(encoding="utf-8"))
    own.write_text(removed, encoding="utf-8")
    copy.edit(f"notebooks/{OTHER}.md", 'panel = ""', f"panel = {str(own)!r}")
    said = failure(copy.build(CHAPTERS=OTHER))
    assert re.search(rf"{OTHER}: cell \d+ failed", said)
    assert "PanelError" in said
    assert "MAR, 2020-06, column 'month', value '2020-06': the month before it is missing" in said


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


def test_an_unknown_chapter_is_refused_with_the_list(copy):
    built = copy.build(CHAPTERS="nonsense")
    assert built.returncode != 0
    assert re.search(rf"nonsense; there are: .*{CHAPTER}.*{OTHER}", built.stdout + built.stderr)


def test_a_reader_can_run_a_chapter_on_a_file_of_their_own(copy, tmp_path):
    with (copy.root / "data" / "frontex_route_month.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    own = tmp_path / "mine.csv"
    with own.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        for row in rows:
            halved = {"detections": int(row["detections"]) // 2} if row["month"] == "2015-10" else {}
            table.writerow(row | halved)
    ran = tmp_path / "ran.ipynb"
    done = copy.python(
        "-m", "papermill", f"{CHAPTER}.ipynb", ran, "-k", "python3", "-p", "detections_file", own,
        "--no-progress-bar", cwd="notebooks",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outputs = [out.get("data", {}) for cell in nbformat.read(ran, 4).cells for out in cell.get("outputs", [])]
    key = "application/vnd.compendium.figure+json"
    sources = [source["line"] for out in outputs if key in out for source in out[key]["sources"]]
    assert any("own file mine.csv" in source for source in sources)
    [summary] = [out[key] for out in outputs for key in out if key == "application/vnd.compendium.claims+json"]
    assert any(claim["verdict"] != claim["expect"] for claim in summary["claims"]), json.dumps(summary["counts"])


def test_a_verdict_edited_by_hand_is_computed_again_and_the_synthesis_with_it(copy):
    recorded = copy.root / "_build" / "results" / f"{CHAPTER}.json"
    recorded.write_text(recorded.read_text(encoding="utf-8").replace('"differs"', '"confirmed"'), encoding="utf-8")
    stale = copy.stale()
    assert stale[f"chapter {CHAPTER}"] == f"its result _build/results/{CHAPTER}.json was edited"
    assert stale[f"chapter {SYNTHESIS}"] == f"_build/results/{CHAPTER}.json changed"


def test_a_readers_own_run_of_a_chapter_changes_the_synthesis(copy, tmp_path):
    """An executed chapter in which one claim came out otherwise, as with a reader's file."""
    executed = nbformat.read(copy.root / "_build" / "executed" / f"{CHAPTER}.ipynb", as_version=4)
    key = "application/vnd.compendium.claims+json"
    [summary] = [
        out["data"][key] for cell in executed.cells for out in cell.get("outputs", []) if key in out.get("data", {})
    ]
    [claim] = [claim for claim in summary["claims"] if claim["id"] == "irregular-migration-peak-date"]
    assert claim["verdict"] == "confirmed"
    claim["verdict"] = "differs"
    own, ran = tmp_path / "own.ipynb", tmp_path / "ran.ipynb"
    nbformat.write(executed, own)
    done = copy.python(
        "-m", "papermill", f"{SYNTHESIS}.ipynb", ran, "-k", "python3", "-p", "own_run", own,
        "--no-progress-bar", cwd="notebooks",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    [discrepancies] = [
        out["data"]["text/html"]
        for cell in nbformat.read(ran, 4).cells
        for out in cell.get("outputs", [])
        if 'class="comparison discrepancies"' in out.get("data", {}).get("text/html", "")
    ]
    assert "irregular_migration.html#irregular-migration-peak-date" in discrepancies


@pytest.mark.parametrize(
    ("lost", "step"),
    [
        ("_build/html/book/chapters/one.html", "html"),
        ("_build/extra", "assemble"),
        ("book/generated", "assemble"),
        ("book/chapters/two.ipynb", "assemble"),
        ("_build/records/html.json", "html"),
        ("_build/pictures", "pictures of one"),
        ("_build/figures/one.json", "chapter one"),
        ("_build/executed/two.ipynb", "chapter two"),
    ],
)
def test_what_is_deleted_is_made_again(small, lost, step):
    before = html(small)
    place = small.root / lost
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert step in small.stale()
    built = small.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert html(small) == before
    assert small.stale() == {}


def test_a_page_edited_by_hand_in_the_html_is_made_again(small):
    before = html(small)
    page = small.root / "_build" / "html" / "book" / "start.html"
    page.write_text("by hand", encoding="utf-8")
    assert small.stale() == {"html": "its result _build/html/book/start.html was edited"}
    assert small.build().returncode == 0
    assert html(small) == before


def test_the_same_input_gives_the_same_bytes_in_another_folder_and_time_zone(copy):
    before = html(copy)
    for folder in ("_build", "book/chapters", "book/generated"):
        shutil.rmtree(copy.root / folder)
    built = copy.build(TZ="Pacific/Auckland", LANG="nl_NL.UTF-8", PYTHONHASHSEED="1")
    assert built.returncode == 0, built.stdout + built.stderr
    after = html(copy)
    assert after.keys() == before.keys()
    assert [str(name) for name in before if after[name] != before[name]] == []


def test_two_builds_at_once_take_turns(small):
    add_line("book/start.md", "One more sentence.")(small)
    command = [sys.executable, "-m", "steps.build"]
    env = os.environ | {"PYTHONPATH": str(small.root)}
    both = [
        subprocess.Popen(command, cwd=small.root, env=env | {"CHAPTERS": asked}, stdout=subprocess.PIPE, text=True)
        for asked in ("", "one", "two")
    ]
    said = [build.communicate()[0] for build in both]
    assert [build.returncode for build in both] == [0, 0, 0], said
    assert sum("another build runs in this folder" in one for one in said) == 2
    assert "One more sentence." in (small.root / "_build/html/book/start.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("when", ["  ... chapter one: executing", "  text and .ipynb"])
def test_a_build_that_is_interrupted_says_so_in_a_line(small, when):
    before = html(small)
    small.edit("notebooks/one.md", FIRST_CELL, "import time\ntime.sleep(120)\n")
    build = subprocess.Popen(
        [sys.executable, "-m", "steps.build"], cwd=small.root, env=os.environ | {"PYTHONPATH": str(small.root)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    for line in build.stdout:
        if line.startswith(when):
            break
    os.killpg(build.pid, signal.SIGINT)
    said = build.stdout.read()
    assert build.wait() == 130
    assert "Stopped." in said and "Traceback" not in said and len(said.splitlines()) < 6, said
    assert html(small) == before


def test_a_step_without_what_it_needs_says_what_is_missing(small):
    shutil.rmtree(small.root / "_build" / "pictures")
    done = small.python("-c", "from steps import assemble; assemble.main(['one', 'two'])")
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
        steps.html.swap(fresh, target)
    assert (target / "index.html").read_text(encoding="utf-8") == "old"


def test_chapters_that_record_fewer_claims_than_the_ledger_has_are_refused(copy):
    copy.edit("notebooks/relations.md", "\nsummary\n```", "\nsummary;\n```")
    said = failure(copy.build(CHAPTERS="relations"))
    assert re.search(r"relations: \d+ of its \d+ claims were not recorded \(relations-", said)
    assert "ledger.finish()" in said
