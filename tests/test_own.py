"""A chapter on a reader's own files: what is asked is understood or refused in a line, and the page says whose data."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

from lib import chapters, data
from steps import StepError, own
from steps.engine import forms


@pytest.fixture
def panel(tmp_path):
    """The shipped, simulated panel as a file of a reader's own."""
    table = data.load("return_panel")
    path = tmp_path / "my panel.csv"
    table.assign(month=table["month"].dt.strftime("%Y-%m")).to_csv(path, index=False)
    return path


def test_every_parameter_of_every_chapter_has_a_way_to_be_read():
    assert {one for name in chapters.tested() for one in own.parameters(name)} == set(forms.FORMS)
    assert own.parameters("return") == ["panel", "eurostat_returns"] and own.parameters("coherence") == []


def test_words_become_files_of_chapters_from_where_one_stands(panel):
    run = own.asked(["CHAPTER=return efficiency", f"panel={panel.name}", "synthesis=1"], panel.parent)
    assert run.own == {"return": {"panel": str(panel)}, "efficiency": {"panel": str(panel)}}
    assert run.synthesis and not run.release and run.files == [panel]


def test_a_chapter_and_its_supplement_get_each_the_files_that_they_take(panel):
    quarters = panel.with_name("quarters.csv")
    quarters.touch()
    both = own.asked(["CHAPTER=return", f"panel={panel}", f"eurostat_returns={quarters}"], panel.parent)
    files = {"panel": str(panel), "eurostat_returns": str(quarters)}
    assert both.own == {"return": files} and both.notebooks == {"return": {"panel": str(panel)}, "return_panel": files}
    one = own.asked(["CHAPTER=return", f"eurostat_returns={quarters}"], panel.parent)
    assert one.notebooks == {"return_panel": {"eurostat_returns": str(quarters)}}
    with pytest.raises(StepError, match=r"no chapter 'return_panel'; did you mean return\?"):
        own.asked(["CHAPTER=return_panel", f"panel={panel}"], panel.parent)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["panel=FILE"], "which chapter? Write make own CHAPTER="),
        (["CHAPTER=retrun", "panel=FILE"], "no chapter 'retrun'; did you mean return?"),
        (["CHAPTER=return"], "no file of your own was named; return takes panel and eurostat_returns"),
        (["CHAPTER=return", "panle=FILE"], "no parameter 'panle'; did you mean panel?; return takes panel"),
        (["CHAPTER=coherence", "panel=FILE"], "no parameter 'panel'; coherence takes no file"),
        (["CHAPTER=return relations", "panel=FILE"], "no file for relations; relations takes likelihoods_file"),
        (["CHAPTER=return", "panel=nowhere.csv"], "panel=nowhere.csv: there is no such file; it was looked up as "),
        (["CHAPTER=return", "panel="], "panel=: there is no such file"),
        (["CHAPTER=return", "panel=FILE", "release=yes"], "release=yes: write release=1, or leave it out"),
    ],
)
def test_a_wrong_word_is_named_with_what_there_is(panel, words, said):
    with pytest.raises(StepError, match=re.escape(said)):
        own.asked([word.replace("FILE", str(panel)) for word in words], panel.parent)


def test_a_bad_row_ends_in_one_message_before_anything_runs(panel, tmp_path):
    text = panel.read_text(encoding="utf-8").replace("MAR,2020-01", "MAR,2020-13", 1)
    panel.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "steps.own", "CHAPTER=return", f"panel={panel}"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(own.ROOT)}, cwd=own.ROOT,
    )  # fmt: skip
    assert ran.returncode == 2 and "2020-13" in ran.stderr and "Traceback" not in ran.stderr
    assert not ran.stdout


@pytest.fixture(scope="module")
def page(copied, project, tmp_path_factory):
    """The return chapter on an own panel, as `make own` leaves it, with what was printed."""
    root = tmp_path_factory.mktemp("own")
    there = copied(project.root, root / "project", "_build", "chapters", "generated")
    table = data.load("return_panel")
    table["month"] = table["month"].dt.strftime("%Y-%m")
    table.to_csv(root / "mine.csv", index=False)
    done = there.python("-m", "steps.own", "CHAPTER=return", "panel=mine.csv", FROM=str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    return there.root, done.stdout


@pytest.mark.book
def test_three_lines_a_page_and_a_table_of_verdicts_come_out(page):
    root, said = page
    place = root / "own-runs" / "return-mine"
    assert re.search(r"\d+ claims: \d+ confirmed, .*differs", said) and "own-runs/return-mine/index.html" in said
    kept = ("index.html", "pages", "return.ipynb", "return_panel.ipynb", "verdicts.csv")
    assert sorted(file.name for file in place.iterdir()) == sorted(kept)
    verdicts = pd.read_csv(place / "verdicts.csv")
    assert len(verdicts) == data.load("claims").query("chapter == 'return'").shape[0]
    opens = re.search(r'url=([^"]+)"', (place / "index.html").read_text(encoding="utf-8"))[1]
    assert (place / opens).is_file()


@pytest.mark.book
def test_the_page_says_whose_data_and_nothing_of_what_is_not_so(page):
    root, _ = page
    pages = root / "own-runs" / "return-mine" / "pages"
    soup = BeautifulSoup((pages / "book" / "chapters" / "return.html").read_text(encoding="utf-8"), "html.parser")
    for hidden in soup.select("pre, script, .cell_input, details.hide"):
        hidden.decompose()
    assert "Own data: mine.csv." in soup.select_one("aside.notice").get_text()
    disclosed = soup.select_one(".disclosure").get_text()
    assert "Before you show this" in disclosed and re.search(r"\d+ rows by month", disclosed)
    home = BeautifulSoup((pages / "book" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert "Own data" in home.get_text()


@pytest.mark.book
def test_the_supplement_ran_on_the_same_file_and_the_chapter_leads_to_it(page):
    root, _ = page
    chapters_ = root / "own-runs" / "return-mine" / "pages" / "book" / "chapters"
    chapter, supplement = (
        BeautifulSoup((chapters_ / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in ("return", "return_panel")
    )
    assert chapter.select("article a[href='return_panel.html']")
    assert "Before you show this" in supplement.select_one(".disclosure").get_text()
    heads = [[cell.get_text() for cell in table.select("th")] for table in supplement.select("table.plain")]
    assert ["Estimate" in head for head in heads] == [True, False, False] and "SIMULATED" not in str(heads)
    assert len(supplement.select_one("table.plain").select("tbody tr")) == 20
    assert "own file mine.csv" in supplement.find(id="fig-estimators").get_text()


@pytest.mark.book
def test_no_path_and_no_cell_of_papermill_is_in_the_pages(page):
    root, _ = page
    pages = root / "own-runs" / "return-mine" / "pages"
    texts = [file for file in pages.rglob("*") if file.suffix in (".html", ".js", ".json", ".csv", ".md", ".txt")]
    assert not [file for file in texts if str(root.parent) in file.read_text(encoding="utf-8")]


@pytest.mark.book
def test_nothing_of_the_project_is_touched(page, project):
    root, _ = page
    for folder in ("notebooks", "lib", "data", "steps"):
        for file in (project.root / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert (root / file.relative_to(project.root)).read_bytes() == file.read_bytes()


@pytest.mark.book
def test_the_book_itself_does_not_see_what_lies_there(page):
    root, _ = page
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    assert "own-runs" in config["exclude_patterns"]
    assert "own-runs/" in (root / ".gitignore").read_text(encoding="utf-8").split()


@pytest.mark.book
def test_claims_on_restricted_data_have_verdicts(page):
    root, _ = page
    ran = json.loads((root / "own-runs" / "return-mine" / "return.ipynb").read_text(encoding="utf-8"))
    bundles = [out["data"] for cell in ran["cells"] for out in cell.get("outputs", []) if "data" in out]
    [summary] = [
        bundle[kind] for bundle in bundles for kind in bundle if kind.endswith("claims+json") and "own" in bundle[kind]
    ]
    verdicts = {claim["id"]: claim["verdict"] for claim in summary["claims"]}
    assert summary["own"] and verdicts["return-table-morocco-departures"] in ("confirmed", "differs")
