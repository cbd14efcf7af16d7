"""`make new` writes what can be written, all or nothing, asks at once for what is missing, and tells what is left."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from conftest import ROOT

from lib import chapters, data
from steps import StepError, describe, left, pairs
from steps.book import links
from steps.new import __main__ as new
from steps.new import chapter, claim, figure, files, table
from steps.new.words import Words
from steps.pairs import PairError

CLAIM = {
    "CHAPTER": "relations", "NAME": "eight-weeks", "SECTION": "3.1.2", "STATEMENT": "Officials met every eight weeks.",
    "KIND": "count", "VALUE": "8", "UNIT": "weeks", "PRECISION": "1", "EVIDENCE": "arithmetic", "EXPECT": "confirmed",
}  # fmt: skip
LINKS = {
    "FINDING": "finding-3-1-structures", "ROLE": "setting", "FIGURE": "fig-relations-timeline",
    "PASSAGE": "paragraph 3",
}  # fmt: skip
CHAPTER = {
    "NAME": "training", "TITLE": "Did training help?", "DUTCH": "Scholing", "SECTION": "3.2.1",
    "STATEMENT": "Training of border guards helped.",
}  # fmt: skip
FIGURE = {
    "CHAPTER": "relations", "TABLE": "partnership_starts", "NAME": "on-two-coasts", "TITLE": "They began one by one",
    "SUBTITLE": "First month", "DESCRIPTION": "A line.", "Y": "footnote",
}  # fmt: skip


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A copy of what `make new` writes into, in the place of the project."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py", ".*"))
    (tmp_path / "lib").symlink_to(ROOT / "lib")  # read, never written
    (tmp_path / "steps" / "book").mkdir(parents=True)
    for name in ("_toc.yml", "steps/book/home.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "data" / "datapackage.json")
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    monkeypatch.setattr(chapters, "CONTENTS", tmp_path / "_toc.yml")
    return tmp_path


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def changed(before, folder):
    """The files that are new or other than they were; none is gone."""
    after = contents(folder)
    assert before.keys() <= after.keys()
    return {name for name, content in after.items() if before.get(name) != content}


def refused(begin, given):
    """What is said to these words; nothing at all is written."""
    before = contents(data.PACKAGE.parent.parent)
    with pytest.raises((StepError, PairError)) as said:
        begin(given)
    assert contents(data.PACKAGE.parent.parent) == before
    assert "Nothing was" in str(said.value)
    return str(said.value)


def rows(name):
    with (data.PACKAGE.parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# The words


def test_all_that_is_missing_or_does_not_fit_is_one_message():
    words = Words("thing", {"A": "1", "AGAN": "x", "C": "3"}, {"A": "an a", "B": "a b"}, {"C": "a c", "AGAIN": "more"})
    words.refuse("C", "a letter")
    words.refuse("C", "a second reason")
    with pytest.raises(StepError) as said:
        words.settle()
    assert str(said.value).splitlines() == [
        "make new thing: 2 words do not fit and 1 is missing; write each as NAME='...'",
        "  AGAN=x  does not fit: no word of a thing; did you mean AGAIN?",
        "  C=3  does not fit: a letter",
        "  B=  a b",
        "and, where you have it:",
        "  AGAIN=  more",
        "Nothing was written.",
    ]


def test_words_come_from_make_as_they_are_and_its_own_are_left_out():
    environment = {
        "GIVEN": "PRECISION TITLE PYTHON",
        "PRECISION": ">=",
        "TITLE": "a; 'b' \"c\"",
        "PYTHON": "p",
        "UNIT": "x",
    }
    assert new.asked(["claim"], environment) == ("claim", {"PRECISION": ">=", "TITLE": "a; 'b' \"c\""})
    assert new.asked(["table", "NAME=a=b"], {}) == ("table", {"NAME": "a=b"})


@pytest.mark.parametrize("words", [[], ["charter"], ["claim", "table"], ["NAME=x"]])
def test_a_kind_that_is_none_is_refused(words, capsys):
    assert new.main(words) == 2
    assert "make new claim|table|figure|chapter NAME='...'" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_hands_the_words_over_whatever_stands_in_them(project):
    """Quotes, blanks and signs of the shell; a word that is a variable of the Makefile; one that only the shell has."""
    given = ["PRECISION=>=", "KIND=count", 'STATEMENT=It\'s 50% of "a"; so > b & c.', "VALUE=5"]
    done = subprocess.run(
        ["make", "-s", "-o", ".venv/ready", f"BIN={sys.prefix}/bin", "new", "claim", *given],
        cwd=project.root, capture_output=True, text=True, check=False,
        env=os.environ | {"UNIT": "of the shell"},
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    for said in (
        "CHAPTER=  one of relations",
        "SECTION=  where",
        "UNIT=  what the number counts",
        "Nothing was written.",
    ):
        assert said in done.stderr
    for fits in ("PRECISION=", "KIND=", "STATEMENT=", "VALUE="):
        assert f"\n  {fits}" not in done.stderr
    assert "No rule" not in done.stderr


# All or nothing


def test_a_failure_half_way_leaves_nothing_behind(tmp_path):
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    old.write_text("as it was", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), files.all_or_nothing([old, fresh]):
        files.write(old, "other")
        files.write(fresh, "new")
        raise KeyboardInterrupt
    assert contents(tmp_path) == {"old": b"as it was"}
    with files.all_or_nothing([old, fresh]):
        files.write(old, "other")
        files.write(fresh, "new")
    assert contents(tmp_path) == {"old": b"other", "fresh": b"new"}


def test_a_process_that_is_ended_half_way_leaves_nothing_behind(tmp_path):
    (tmp_path / "old").write_text("as it was", encoding="utf-8")
    code = (
        "import pathlib, time; from steps.new import files; old, fresh = map(pathlib.Path, ('old', 'fresh'))\n"
        "with files.all_or_nothing([old, fresh]):\n"
        "    files.write(old, 'other'); files.write(fresh, 'new'); print(flush=True); time.sleep(60)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as ran:
        ran.stdout.readline()
        ran.send_signal(signal.SIGTERM)
        assert ran.wait(timeout=30) == 128 + signal.SIGTERM
    assert contents(tmp_path) == {"old": b"as it was"}


def test_a_copy_that_cannot_be_made_touches_nothing(tmp_path, monkeypatch):
    (tmp_path / "old").write_text("as it was", encoding="utf-8")

    def full(_, to):
        to.write_text("as", encoding="utf-8")
        raise OSError("no space left")

    monkeypatch.setattr(files.shutil, "copy2", full)
    with pytest.raises(OSError, match="no space"), files.all_or_nothing([tmp_path / "old"]):
        pass
    assert contents(tmp_path) == {"old": b"as it was"}


# A claim


def test_a_claim_with_its_links(tree):
    before = contents(tree)
    done, todo = claim.begin(CLAIM | LINKS)
    assert changed(before, tree) == {
        f"data/{name}.csv" for name in ("claims", "links_finding_claim", "links_claim_figure", "passages")
    }
    id = "relations-eight-weeks"
    made = rows("claims")[-1]
    assert (made["id"], made["statement"], made["whose"], made["precision"]) == (id, CLAIM["STATEMENT"], "report", "1")
    assert rows("links_finding_claim")[-1] == {
        "finding": "finding-3-1-structures", "claim": id, "role": "setting", "why": "",
    }  # fmt: skip
    [carrying] = [row for row in rows("passages") if id in row["claims"]]
    assert (carrying["section"], carrying["place"]) == ("3.1.2", "paragraph 3")
    for name in ("claims", "links_finding_claim", "links_claim_figure", "passages"):
        old, fresh = before[f"data/{name}.csv"].splitlines(), (tree / "data" / f"{name}.csv").read_bytes().splitlines()
        assert len(set(old) - set(fresh)) == (name == "passages")  # nothing else in the file is other than it was
        assert len(set(fresh) - set(old)) == 1
    assert len(done) == 4
    assert [line.split(": ")[0] for line in todo] == ["notebooks/relations.md"] * 2
    assert f"the mark {{claim}}`{id}`" in todo[0] and f'ledger.check({{"{id}": computed}})' in todo[1]
    assert links.dangling(links.as_written).empty


def test_what_a_claim_without_links_lacks_is_told(tree):
    untested = {"EVIDENCE": "reported", "EXPECT": "not looked up", "NOTE": "Not looked up."}
    _, todo = claim.begin(CLAIM | untested)
    assert [line.split(": ")[0] for line in todo] == [
        "notebooks/relations.md", "notebooks/relations.md", "data/links_finding_claim.csv", "data/passages.csv",
        "data/claims_needs.csv",
    ]  # fmt: skip
    assert 'ledger.untested("relations-eight-weeks")' in todo[1]


@pytest.mark.parametrize(
    ("given", "table", "row"),
    [
        ({"FINDING": "none", "WHY": "A date"}, "claims_apart", {"why": "A date"}),
        (
            {"EVIDENCE": "reported", "EXPECT": "not public", "NOTE": "n", "NEEDS": "interviews", "DETAIL": "some"},
            "claims_needs", {"release": "interviews", "detail": "some", "section": "3.1.2"},
        ),
        (
            {"EVIDENCE": "public", "TABLE": "frontex_returns_year", "WHERE": "year == 2024 and destination == 'Iraq'",
             "SHOWS": "All of them"},
            "links_claim_row", {"table": "frontex_returns_year", "where": "year == 2024 and destination == 'Iraq'"},
        ),
    ],
)  # fmt: skip
def test_each_link_stands_in_its_table(tree, given, table, row):
    claim.begin(CLAIM | given)
    assert row.items() <= rows(table)[-1].items() and rows(table)[-1]["claim"] == "relations-eight-weeks"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CHAPTER": "training"}, "CHAPTER=training  does not fit: one of relations, return"),
        ({"NAME": "Eight weeks"}, "NAME=Eight weeks  does not fit: lower-case words"),
        ({"NAME": "main-finding"}, "there is a claim relations-main-finding in data/claims.csv already"),
        ({"STATEMENT": "they met"}, "STATEMENT=they met  does not fit: a sentence on one line"),
        ({"KIND": "number"}, "KIND=number  does not fit: one of count, share"),
        ({"VALUE": "eight"}, "VALUE=eight  does not fit: of a count a number"),
        ({"UNIT": ""}, "UNIT=  what the number counts"),
        ({"PRECISION": "about"}, "PRECISION=about  does not fit: the step"),
        ({"EVIDENCE": "pubic"}, "EVIDENCE=pubic  does not fit: one of public, studies"),
        ({"EXPECT": "right"}, "EXPECT=right  does not fit: one of confirmed, differs"),
        ({"EXPECT": "not public", "NOTE": "n"}, "EXPECT=not public  does not fit: where the evidence is arithmetic"),
        ({"EXPECT": "differs"}, "NOTE=  why it differs"),
        ({"FOOTNOTE": "four"}, "FOOTNOTE=four  does not fit: a number"),
        ({"WHOSE": "theirs"}, "WHOSE=theirs  does not fit: one of report, ours"),
        ({"FINDING": "finding-x", "ROLE": "tests"}, "FINDING=finding-x  does not fit: one of finding-3-1-relation"),
        ({"FINDING": "finding-3-1-relation"}, "ROLE=  one of states, tests"),
        ({"FINDING": "none"}, "WHY=  why no finding"),
        ({"FIGURE": "fig-nowhere"}, "FIGURE=fig-nowhere  does not fit: one of fig-relations-timeline"),
        ({"TABLE": "frontex_returns_year"}, "WHERE=  needed"),
        ({"TABLE": "no_such", "WHERE": "a == 1", "SHOWS": "x"}, "TABLE=no_such  does not fit: no table named"),
        ({"TABLE": "claims", "WHERE": "kind == 'date'", "SHOWS": "x"}, "TABLE=claims  does not fit: a public table"),
        ({"TABLE": "frontex_returns_year", "WHERE": "yar == 1", "SHOWS": "x"}, "'yar' is no column"),
        ({"TABLE": "frontex_returns_year", "WHERE": "year > 1", "SHOWS": "x"}, "between 1 and 60 are shown"),
        ({"NEEDS": "luck"}, "NEEDS=luck  does not fit: one of dtenv-panel"),
        ({"NEEDS": "interviews"}, "NEEDS=interviews  does not fit: nothing: it is tested"),
        ({"PASSAGE": "paragraph 99"}, "PASSAGE=paragraph 99  does not fit: of section 3.1.2 one of: paragraph 1"),
        ({"SECTON": "3"}, "did you mean SECTION?"),
    ],
)
def test_a_word_of_a_claim_that_does_not_fit_says_what_would(tree, given, said):
    assert said in refused(claim.begin, CLAIM | given)


def test_a_claim_is_entered_once(tree):
    claim.begin(CLAIM)
    said = refused(claim.begin, CLAIM)
    assert "there is a claim relations-eight-weeks in data/claims.csv already" in said and "missing" not in said


def test_a_row_that_its_schema_refuses_leaves_no_row_anywhere(tree):
    said = refused(claim.begin, CLAIM | LINKS | {"WHY": "x" * 201})
    assert "links_finding_claim.csv" in said and "maxLength" in said


def test_a_file_that_cannot_be_written_leaves_no_row_anywhere(tree, monkeypatch):
    write = files.write

    def full(file, text):
        if file.name == "links_claim_figure.csv":
            raise StepError("data/links_claim_figure.csv cannot be written (no space left). Nothing was written.")
        write(file, text)

    monkeypatch.setattr(files, "write", full)
    assert "no space left" in refused(claim.begin, CLAIM | LINKS)


# A table

MINE = "year,coast,month,people,rate,note\n" + "".join(
    f"{year},{coast},{year}-0{at},{at},{at}.5,{'' if at == 1 else 'x'}\n"
    for year in (2023, 2024)
    for at, coast in enumerate(("Libya", "Tunisia"), 1)
)


def put(tree, text, name="my_table"):
    (tree / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    return {"NAME": name}


def written(name="my_table"):
    package = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    [found] = [resource for resource in package["resources"] if resource["name"] == name]
    return package, found


def filled(found):
    """Whoever knows the table writes its texts."""
    found |= {
        "title": "Mine", "description": "One row per year.", "publisher": "Us", "reference_date": "2026",
        "processing": "Typed.", "status": "public", "seen": "whole", "caveats": ["None."],
        "licenses": [{"title": "CC0"}], "sources": [{"title": "Ours"}],
    }  # fmt: skip
    for field in found["schema"]["fields"]:
        field["description"] = "What it is"
        if field["type"] == "number":
            field["unit"] = "percent"


def test_a_table_says_what_it_is_and_leaves_the_rest_open(tree, capsys):
    before = contents(tree)
    done, todo = table.begin(put(tree, MINE))
    assert changed(before, tree) == {"data/datapackage.json", "data/my_table.csv"}
    package, found = written()
    fields = {field["name"]: (field["type"], "constraints" in field) for field in found["schema"]["fields"]}
    assert fields == {
        "year": ("year", True), "coast": ("string", True), "month": ("yearmonth", True), "people": ("integer", True),
        "rate": ("number", True), "note": ("string", False),
    }  # fmt: skip
    assert found["schema"]["primaryKey"] == ["year", "coast"]
    assert "year (year), coast (string)" in done[0] and done[0].endswith(": year, coast")
    assert len(todo) == 10 + 6 + 1 and all(line.startswith("data/datapackage.json, my_table, ") for line in todo)
    assert package["resources"][:-1] == json.loads(before["data/datapackage.json"])["resources"]
    # open texts are refused, all in one line, until they are written
    assert describe.main() == 1
    [line] = capsys.readouterr().err.splitlines()
    for place in ("title", "caveats", "status", "seen", "field year, description", "field rate, unit"):
        assert f" {place};" in line
    filled(found)
    data.PACKAGE.write_text(json.dumps(package | {"resources": [found]}), encoding="utf-8")
    for file in (tree / "data").glob("*.csv"):
        if file.stem != "my_table":
            file.unlink()
    assert describe.main() == 0
    assert len(data.load("my_table")) == 4 and data.describe("my_table").title == "Mine"


@pytest.mark.parametrize(
    ("values", "type"),
    [
        (["1", "22", ""], "integer"), (["2023", "2024", ""], "integer"), (["1", "2.5", ""], "number"),
        (["1,5", "2", ""], "string"), (["2024-01", "", "2024-12"], "yearmonth"),
        (["2024-01-31", "", "2024-02-01"], "date"),
        (["31-01-2024", "", "x"], "string"), (["true", "false", ""], "string"), (["NA", "1", ""], "string"),
        (["1234567890123456789012", "1", ""], "number"), (["", "", ""], "string"), (["007", "1", ""], "integer"),
    ],
)  # fmt: skip
def test_a_type_is_what_every_value_is_written_as(tree, values, type):
    lines = [f'{name},"{value}"\n' for name, value in zip("abc", values, strict=True)]
    table.begin(put(tree, "id,x\n" + "".join(lines)))
    _, found = written()
    assert found["schema"]["fields"][1]["type"] == type
    data.validate("my_table")


def test_rows_that_no_name_tells_apart_have_no_key(tree):
    table.begin(put(tree, "coast,people\nLibya,1\nLibya,2\n"))
    assert "primaryKey" not in written()[1]["schema"]


@pytest.mark.parametrize(
    ("given", "text", "said"),
    [
        ({"NAME": "My-Table"}, None, "NAME=My-Table  does not fit: what chapters call it"),
        ({"NAME": "countries"}, None, "data/datapackage.json describes a table countries already"),
        ({"NAME": "mine", "FILE": "a.csv"}, None, "no data/mine.csv; put the file there: cp a.csv data/mine.csv"),
        ({}, None, "NAME=  what chapters call it"),
        ({"NAME": "mine"}, "a;b\n1;2,5\n", "mine.csv is separated by semicolons, as Excel saves"),
        ({"NAME": "mine"}, "my col,b\n1,2\n", "line 1: 'my col': a column has a name of letters"),
        ({"NAME": "mine"}, "a,b\n1,2,3\n", "line 2, value '3': extra-cell"),
        ({"NAME": "mine"}, "a,b\n", "has a header and no rows"),
        ({"NAME": "mine"}, "", "mine.csv is empty"),
        ({"NAME": "mine"}, "a,a\n1,2\n", "duplicate-label"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_described_says_why(tree, given, text, said):
    if text is not None:
        put(tree, text, "mine")
    assert said in refused(table.begin, given)


def test_a_table_is_described_once(tree):
    table.begin(put(tree, MINE))
    assert "describes a table my_table already" in refused(table.begin, {"NAME": "my_table"})


# A figure


@pytest.fixture
def drawn(tree):
    """A described table of deaths on two coasts in two years."""
    table.begin(put(tree, MINE))
    package, found = written()
    filled(found)
    data.PACKAGE.write_text(json.dumps(package), encoding="utf-8")
    describe.record()
    return tree


def test_a_figure_is_a_cell_that_draws_before_the_claims_of_its_chapter(drawn):
    before = contents(drawn)
    given = {"TABLE": "my_table", "Y": "people", "TITLE": 'Fewer "people"', "CLAIM": "relations-main-finding"}
    done, todo = figure.begin(FIGURE | given)
    assert changed(before, drawn) == {
        "notebooks/relations.md", "notebooks/relations.ipynb", "data/links_claim_figure.csv",
    }  # fmt: skip
    old, fresh = before["notebooks/relations.md"].decode(), (drawn / "notebooks" / "relations.md").read_text("utf-8")
    first, _, last = fresh.partition("```{code-cell} ipython3\non_two_coasts = ")
    cell, _, rest = last.partition("```\n\n")
    assert first + rest == old and rest.startswith("## The report's claims, re-tested\n")
    assert cell == (
        'data.load("my_table")\ncharts.figure(\n'
        '    lambda width: charts.lines(on_two_coasts, width, x="year", y="people", series="coast", unit="People"),\n'
        '    id="fig-on-two-coasts", sources=[data.describe("my_table")], table=on_two_coasts,\n'
        '    title="Fewer \\"people\\"",\n    subtitle="First month",\n    description="A line.",\n)\n'
    )
    assert pairs.agrees(pairs.Pair(drawn / "notebooks" / "relations.md", drawn / "notebooks" / "relations.ipynb"))
    assert rows("links_claim_figure")[-1] == {
        "claim": "relations-main-finding",
        "figure": "fig-on-two-coasts",
        "why": "",
    }
    assert len(todo) == 1 and "fig-on-two-coasts" in done[0]
    assert "there is a figure fig-on-two-coasts in notebooks/relations.md already" in refused(
        figure.begin, FIGURE | given
    )


def test_names_are_drawn_as_bars_and_the_link_is_left(drawn):
    given = {"TABLE": "my_table", "X": "people", "Y": "coast", "WHERE": "year == 2024", "NAME": "fig-begun"}
    done, todo = figure.begin(FIGURE | given)
    # the chapter has a `begun` of its own, which stays what it is
    assert "fig_begun_shown = data.load(\"my_table\").query('year == 2024')" in done
    assert '    lambda width: charts.ranked(fig_begun_shown, width, y="coast", x="people"),' in done
    assert todo[1].startswith("data/links_claim_figure.csv: add a row (claim, fig-begun, why)")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TABLE": "no_such"}, "TABLE=no_such  does not fit: no table named"),
        ({"CHAPTER": "training"}, "CHAPTER=training  does not fit: where it stands, one of relations"),
        ({"NAME": "Fig 1"}, "NAME=Fig 1  does not fit: lower-case words"),
        ({"TITLE": "x" * 91}, "91 characters, and 90 have room"),
        ({"TITLE": ""}, "TITLE=  the finding in plain words"),
        ({"Y": "people"}, "Y=people  does not fit: a column of the table: country, name, start"),
        ({"CLAIM": "nobody"}, "CLAIM=nobody  does not fit: the id of a claim"),
        ({"TABLE": "countries", "Y": ""}, "has no column of numbers to draw"),
        ({"TABLE": "frontex_returns_year", "Y": "persons"}, "several rows for one year, and no column that tells them"),
        (
            {"TABLE": "frontex_returns_year", "Y": "persons", "WHERE": "member_state == 'Germany'"},
            "series are more than colours tell apart; name a subject or give colours. X, Y, SERIES, SUBJECT and WHERE",
        ),
        ({"WHERE": "moon == 1"}, "WHERE=moon == 1  does not fit the table"),
        ({"WHERE": "footnote == 0"}, "the figure does not draw"),
    ],
)  # fmt: skip
def test_a_figure_that_does_not_draw_says_what_to_choose(tree, given, said):
    assert said in refused(figure.begin, FIGURE | given)


def test_a_chapter_out_of_step_is_not_written_into(tree):
    with (tree / "notebooks" / "relations.md").open("a", encoding="utf-8") as file:
        file.write("\nOne sentence more.\n")
    assert "run `make sync`" in refused(figure.begin, FIGURE)


# A chapter


def test_a_chapter_is_entered_wherever_chapters_are_listed(tree):
    before = contents(tree)
    _, todo = chapter.begin(CHAPTER | {"PASSAGE": "paragraph 1"})
    assert changed(before, tree) == {
        "notebooks/training.md", "notebooks/training.ipynb", "_toc.yml", "steps/book/home.py", "data/datapackage.json",
        "data/claims.csv", "data/claims_needs.csv", "data/passages.csv",
    }  # fmt: skip
    assert list(chapters.titles())[-2:] == ["training", "synthesis"] and chapters.titles()["training"] == "Training"
    assert chapters.missing() == ""
    home = (tree / "steps" / "book" / "home.py").read_text(encoding="utf-8")
    assert home.replace('            "training": "Scholing",\n', "") == before["steps/book/home.py"].decode()
    listed = [
        field["constraints"]["enum"]
        for resource in data.resources().values()
        for field in resource["schema"]["fields"]
        if field["name"] == "chapter" and "synthesis" in field.get("constraints", {}).get("enum", [])
    ]
    assert len(listed) == 2 and all(enum[-2:] == ["training", "synthesis"] for enum in listed)
    row = rows("claims")[-1]
    assert row["id"] == "training-main" and row["expect"] == "not looked up" and left.claim_errors(row) == {}
    assert rows("claims_needs")[-1] == {
        "claim": "training-main", "release": "public-record", "detail": "", "section": "3.2.1",
    }  # fmt: skip
    assert left.never_tested() == [] and left.not_paired() == []
    assert [line.split(":")[0] for line in todo] == [
        *["notebooks/training.md"] * 5, "data/links_finding_claim.csv", "data/briefs_dutch.csv",
    ]  # fmt: skip


def test_a_chapter_stands_in_the_order_of_the_others(tree):
    chapter.begin(CHAPTER | {"SHORT": "Training: then", "SECTION": "summary"})
    lines = (tree / "notebooks" / "training.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Did training help?" and lines[2] == "[Summary of the report]{.eyebrow}"
    assert lines[4].endswith("{.lead}")
    assert [line for line in lines if line.startswith("#")] == [
        "# Did training help?", "## In brief", "## What the report says", "### In depth: what a test would need",
        "## The report's claims, re-tested", "## What would change this conclusion",
        "## In depth: data, caveats, downloads",
    ]  # fmt: skip
    assert chapters.titles()["training"] == "Training: then"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"NAME": "Training 1"}, "NAME=Training 1  does not fit: what its files are called"),
        ({"NAME": "relations"}, "there is a chapter relations already"),
        ({"TITLE": "Training helped"}, "TITLE=Training helped  does not fit: the question"),
        ({"SECTION": "9"}, "SECTION=9  does not fit: 3.1.2, summary"),
        ({"STATEMENT": "it helped"}, "STATEMENT=it helped  does not fit: a sentence"),
        ({"NEEDS": "luck"}, "NEEDS=luck  does not fit: one of dtenv-panel"),
        ({"DUTCH": ""}, "DUTCH=  its name in Dutch"),
        ({"PASSAGE": "paragraph 99"}, "PASSAGE=paragraph 99  does not fit: of section 3.2.1"),
    ],
)
def test_a_word_of_a_chapter_that_does_not_fit_says_what_would(tree, given, said):
    assert said in refused(chapter.begin, CHAPTER | given)


def test_a_chapter_begun_twice_is_refused(tree):
    chapter.begin(CHAPTER)
    said = refused(chapter.begin, CHAPTER)
    assert "there is a chapter training already: notebooks/training.md" in said and "missing" not in said


@pytest.mark.parametrize("step", ["sync", "enter"])
def test_a_chapter_that_fails_half_way_leaves_nothing_behind(tree, monkeypatch, step):
    def fails(*_):
        raise StepError("the disk is full. Nothing was written.")

    monkeypatch.setattr(*{"sync": (pairs, "sync"), "enter": (claim, "enter")}[step], fails)
    assert "disk is full" in refused(chapter.begin, CHAPTER)


def test_a_home_page_that_is_not_as_known_is_said(tree):
    home = tree / "steps" / "book" / "home.py"
    home.write_text(home.read_text(encoding="utf-8").replace("Alles bij elkaar", "Alles"), encoding="utf-8")
    assert "steps/book/home.py has no place for the Dutch names" in refused(chapter.begin, CHAPTER)


@pytest.mark.book
def test_a_new_chapter_builds_at_once_and_make_check_says_what_it_lacks(project, copied, tmp_path):
    copy = copied(project.root, tmp_path / "copy", "_build", "chapters", "generated")
    begun = copy.python("-m", "steps.new", "chapter", *(f"{name}={value}" for name, value in CHAPTER.items()))
    assert begun.returncode == 0, begun.stderr
    assert "Left to do:" in begun.stdout and "make book CHAPTERS=training" in begun.stdout
    built = copy.build(CHAPTERS="training")
    assert built.returncode == 0, built.stdout + built.stderr
    page = (copy.root / "_build" / "preview" / "book" / "chapters" / "training.html").read_text(encoding="utf-8")
    for said in (CHAPTER["STATEMENT"], "Section 3.2.1 of the report", "None was checked", "1 not looked up"):
        assert said in page
    told = copy.python("-m", "steps.left")
    assert told.returncode == 1
    assert [line.split(":")[0] for line in told.stderr.splitlines()] == [
        "data/links_finding_claim.csv", "data/passages.csv", "data/briefs_dutch.csv",
        "3 left to do; the tests were not run.",
    ]  # fmt: skip
    again = copy.python("-m", "steps.new", "chapter", *(f"{name}={value}" for name, value in CHAPTER.items()))
    assert again.returncode == 2 and "there is a chapter training already" in again.stderr
