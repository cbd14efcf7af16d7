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
from steps.language import FORM


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


RAN = ("return", "efficiency", "irregular_migration", "protection", "relations")  # every chapter that takes a file
PLACE = f"{'-'.join(RAN)}-mine"
TABLES = {  # shipped tables that are given as a reader's own, by parameter
    "eurostat_returns": "eurostat_returns_quarter", "detections_file": "frontex_route_month",
    "asylum_file": "asylum_destination_year", "likelihoods_file": "tracing_likelihoods",
    "assumptions_file": "efficiency_assumptions",
}  # fmt: skip
DANGER = "country,year,percent,respondents\nMAR,2021,31,400\nMAR,2024,44.5,380\n"
DOCUMENTS = 5003  # laissez-passers to Morocco in one month, beside those of the shipped panel


@pytest.fixture(scope="module")
def table():
    """A panel that says other things than the shipped one: on Morocco fewer departures, and a month of its own."""
    table = data.load("return_panel")
    after = (table["country"] == "MAR") & (table["month"] >= "2022-06")
    table.loc[after, "forced_departures"] //= 9
    month = (table["country"] == "MAR") & (table["month"] == "2023-03")
    table.loc[month, ["laissez_passers_requested", "laissez_passers_given"]] += DOCUMENTS
    return table.assign(month=table["month"].dt.strftime("%Y-%m"))


@pytest.fixture(scope="module")
def page(copied, project, book, table, tmp_path_factory):
    """The book on own files for all that takes one, as `make own … synthesis=1` leaves it, with what was printed."""
    root = tmp_path_factory.mktemp("own")
    there = copied(project.root, root / "project")
    table.to_csv(root / "mine.csv", index=False, sep=";")
    words = [f"CHAPTER={' '.join(RAN)}", "panel=mine.csv", "synthesis=1"]
    for parameter, name in TABLES.items():
        header, *rows = data.written(name)
        pd.DataFrame(rows, columns=header).to_csv(root / f"{parameter}.csv", index=False)
        words.append(f"{parameter}={parameter}.csv")
    (root / "danger_file.csv").write_text(DANGER, encoding="utf-8")
    done = there.python("-m", "steps.own", *words, "danger_file=danger_file.csv", FROM=str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    return there.root, done.stdout


QUOTES = str.maketrans(
    "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '\'""'
)
PASSAGES = "p, li, td, th, summary, h2, h3"


def read(file):
    """What a reader reads of a page, a passage each: without code, figures and the rows of claims."""
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").select_one("main")
    for hidden in soup.select("pre, script, template, svg, .cell_input, figure, ul.claims, .claims, .claim-list"):
        hidden.decompose()
    texts = (one.get_text().translate(QUOTES) for one in soup.select(PASSAGES))
    found = [" ".join(text.split()) for text in texts]
    return list(dict.fromkeys(filter(None, found)))


def standing_in(notebook, form):
    """The plain words of the passages of a notebook that stand in one form alone, without numbers and marks."""
    text = (own.ROOT / "notebooks" / f"{notebook}.md").read_text(encoding="utf-8")
    found = re.findall(rf"\[((?:[^\[\]]|\[[^\]]*\])*)\]\{{\.{form}-\w+\}}", text)
    words = [re.split(r"\{\w+(?::\w+)?\}`[^`]*`|[`*]|\[[^\]]*\]\([^)]*\)", one) for one in found]
    longest = [max(pieces, key=len).strip(" ,.;:") for pieces in words]
    return [piece for piece in longest if len(piece) > 30]  # a shorter one can stand anywhere


# Words that tell where data come from, and where they are right on a page about a file of one's own.
ORIGIN = re.compile(
    r"restricted|simulat|invented|not public(?! \()|made up|SIMULATED|ships with|shipped|assumptions of ours|We take|"
    r"\b[Oo]ur assumptions|this book, coded|bear out its dates|Frontex's count|(peak|trends) holds?\b"
)
RIGHT = {
    "return": [
        "are in your own file, and are not public", "stands in the place of the simulated data",
        "rest on what is not public", "are not public, so", "its data are not public",
    ],
    "return_panel": [
        "On simulated noise", "kinds of simulated data", "simulated panels", "simulations", "simulated noise resembles",
        "restricted panel",
    ],
    "efficiency": [],
    "protection": ["IOM's register is not public", "Figures 11 to 13 of the report are pictures"],
    "relations": ["Whether relatively many Iraqis"],
    "irregular_migration": ["We take Tunisians"],
}  # fmt: skip


@pytest.mark.parametrize("notebook", chapters.named())
def test_every_form_of_a_sentence_names_a_parameter_of_its_notebook(notebook):
    text = (own.ROOT / "notebooks" / f"{notebook}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\{\.(?:with|without)-([\w-]+)\}", text))
    assert named <= {"own", *own._parameters(notebook)}
    assert "{.with" not in FORM.sub("", FORM.sub("", text))  # each is read as a whole, also one within another


@pytest.mark.book
def test_three_lines_a_page_and_a_table_of_verdicts_come_out(page):
    root, said = page
    place = root / "own-runs" / PLACE
    assert re.search(r"\d+ claims: .*\d+ confirmed, .*\d+ differs", said) and f"own-runs/{PLACE}/index.html" in said
    kept = ("index.html", "pages", "return_panel.ipynb", "verdicts.csv", *(f"{name}.ipynb" for name in RAN))
    assert sorted(file.name for file in place.iterdir()) == sorted(kept)
    verdicts = pd.read_csv(place / "verdicts.csv")
    assert len(verdicts) == data.load("claims")["chapter"].isin(RAN).sum()
    assert f"\n{(verdicts['verdict'] != 'our remark').sum()} claims: " in said and "remark" not in said
    opens = re.search(r'url=([^"]+)"', (place / "index.html").read_text(encoding="utf-8"))[1]
    assert (place / opens).is_file()


@pytest.mark.book
def test_the_page_says_whose_data_and_nothing_of_what_is_not_so(page):
    root, _ = page
    pages = root / "own-runs" / PLACE / "pages"
    soup = BeautifulSoup((pages / "book" / "chapters" / "return.html").read_text(encoding="utf-8"), "html.parser")
    for hidden in soup.select("pre, script, .cell_input, details.hide"):
        hidden.decompose()
    notice = soup.select_one("aside.notice").get_text()
    assert "Own data: mine.csv, " in notice and "How it was read: mine.csv: separated by semicolons." in notice
    disclosed = soup.select_one(".disclosure").get_text()
    assert "Before you show this" in disclosed and re.search(r"\d+ rows by month", disclosed)
    assert soup.select('.disclosure a[href="#return-morocco-documents"]') and soup.find(id="return-morocco-documents")
    home = BeautifulSoup((pages / "book" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert "Own data" in home.get_text()


@pytest.mark.book
@pytest.mark.parametrize("chapter", [*RAN, "return_panel", "synthesis"])
def test_a_page_on_own_data_reads_whole_as_one_and_the_published_one_as_none(page, book, chapter):
    root, _ = page
    mine = read(root / "own-runs" / PLACE / "pages" / "book" / "chapters" / f"{chapter}.html")
    theirs = read(book / "book" / "chapters" / f"{chapter}.html")
    for form, here, there in (("with", mine, theirs), ("without", theirs, mine)):
        for words in standing_in(chapter, form):
            assert any(words in passage for passage in here), f"{form}: {words!r} is missing"
            assert not any(words in passage for passage in there), f"{form}: {words!r} stands on the other page"
    assert any("own file" in passage for passage in mine) and not any("own file" in passage for passage in theirs[:40])


@pytest.mark.book
@pytest.mark.parametrize("chapter", RIGHT)
def test_nothing_else_on_a_page_of_own_data_speaks_of_other_data(page, chapter):
    root, _ = page
    passages = read(root / "own-runs" / PLACE / "pages" / "book" / "chapters" / f"{chapter}.html")
    odd = [
        sentence
        for passage in passages
        for sentence in re.split(r"(?<=[.?!]) ", passage)
        if ORIGIN.search(sentence) and not any(words in sentence for words in RIGHT[chapter])
    ]
    assert odd == []


@pytest.mark.book
def test_the_cards_and_the_synthesis_say_what_the_file_gave(page):
    root, _ = page
    pages = root / "own-runs" / PLACE / "pages" / "book"
    cards = BeautifulSoup((pages / "chapters" / "return.html").read_text(encoding="utf-8"), "html.parser")
    certain = next(row for row in cards.select("table tr") if "How certain is Table 1?" in row.get_text())
    assert re.search(r"On your own file \d+ of its 15 numbers stand", certain.get_text())
    assert "with your own file" in certain.get_text()
    synthesis = " ".join(read(pages / "chapters" / "synthesis.html"))
    assert re.search(r"Your own file: \d+\.", synthesis) and "Claims held against your own file: " in synthesis
    assert "Claims held against your own file: " in " ".join(read(pages / "index.html"))
    assert "aan uw eigen bestand" in " ".join(read(pages / "samenvatting.html"))


@pytest.fixture(scope="module")
def released(copied, project, table, tmp_path_factory):
    """The folder of a run whose pages may be shown to others."""
    root = tmp_path_factory.mktemp("released")
    there = copied(project.root, root / "project", "_build", "chapters", "generated")
    table.to_csv(root / "mine.csv", index=False)
    done = there.python("-m", "steps.own", "CHAPTER=return", "panel=mine.csv", "release=1", FROM=str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    return there.root / "own-runs" / "return-mine-release"


@pytest.mark.book
def test_no_row_by_month_and_no_exact_count_leaves_in_the_form_for_others(page, released, table):
    morocco = table[table["country"] == "MAR"].set_index("month")
    total = int(morocco.loc["2022-01":"2025-12", "laissez_passers_given"].sum())
    rows = {f"{month}-01,Forced" for month in morocco.index[24:]}
    exact = {str(total), f"{total:,}", str(DOCUMENTS)}

    def holds(folder, wanted):
        texts = (".html", ".js", ".json", ".csv", ".svg", ".txt", ".ipynb", ".md")
        files = [file for file in folder.rglob("*") if file.suffix in texts]
        whole = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, sorted(wanted)))})(?!\d)")
        return {one for file in files for one in whole.findall(file.read_text(encoding="utf-8", errors="replace"))}

    own_folder = page[0] / "own-runs" / PLACE
    assert holds(own_folder, exact) >= {f"{total:,}"} and not holds(released, exact)
    assert len(holds(own_folder, rows)) > 50 and not holds(released, rows)
    assert f"about {(total + 5) // 10 * 10:,}" in (released / "verdicts.csv").read_text(encoding="utf-8")
    assert not list(released.rglob("*.ipynb"))


@pytest.mark.book
def test_the_supplement_ran_on_the_same_file_and_the_chapter_leads_to_it(page):
    root, _ = page
    chapters_ = root / "own-runs" / PLACE / "pages" / "book" / "chapters"
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
    pages = root / "own-runs" / PLACE / "pages"
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
    ran = json.loads((root / "own-runs" / PLACE / "return.ipynb").read_text(encoding="utf-8"))
    bundles = [out["data"] for cell in ran["cells"] for out in cell.get("outputs", []) if "data" in out]
    [summary] = [
        bundle[kind] for bundle in bundles for kind in bundle if kind.endswith("claims+json") and "own" in bundle[kind]
    ]
    verdicts = {claim["id"]: claim["verdict"] for claim in summary["claims"]}
    assert summary["own"] and verdicts["return-table-morocco-departures"] in ("confirmed", "differs")
