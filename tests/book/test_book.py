"""The built book, page by page: links, figures, claims, and nothing from anywhere else."""

import csv
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

from lib import chapters
from lib.data import load
from lib.ledger.verdicts import OURS, REMARKED, VERDICTS

pytestmark = pytest.mark.book

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
LISTED = [page for part in TOC["parts"] for page in part["chapters"]]
PAGES = [TOC["root"], *(entry["file"] for page in LISTED for entry in (page, *page.get("sections", [])))]
CHAPTERS = [page for page in PAGES if page.startswith("book/chapters/")]
TESTED = [page for page in CHAPTERS if Path(page).name in chapters.tested()]
SUPPLEMENTS = [f"book/chapters/{name}" for names in chapters.supplements().values() for name in names]
PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
STATUS = {resource["name"]: resource["status"] for resource in PACKAGE}
MOST_IN_TITLE, MOST_READ_OUT = 90, 250  # characters of a title, and of a description that is read out in one breath
FIRST = "In brief"
LAST = ["The report's claims, re-tested", "What would change this conclusion", "In depth: data, caveats, downloads"]

each_page = pytest.mark.parametrize("soup", PAGES, indirect=True)
each_chapter = pytest.mark.parametrize("soup", CHAPTERS, indirect=True)
each_tested = pytest.mark.parametrize("soup", TESTED, indirect=True)


@pytest.fixture(scope="module")
def soups(book):
    """Every HTML page of the book, parsed, by its path."""
    files = [file for file in book.rglob("*.html") if "_static" not in file.parts]
    return {file: BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser") for file in files}


@pytest.fixture(scope="module")
def ids(soups):
    return {file: Counter(tag["id"] for tag in soup.select("[id]")) for file, soup in soups.items()}


@pytest.fixture
def soup(soups, book, request):
    """The page that the test is about."""
    return soups[book / f"{request.param}.html"]


@pytest.fixture
def chapter(request):
    """The name of the chapter that the page holds."""
    return Path(request.node.callspec.params["soup"]).name


def ledger(chapter):
    with (ROOT / "data" / "claims.csv").open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file) if row["chapter"] == chapter]


def handed_over(script):
    """What the script of a figure hands to the page: its charts or its table."""
    return json.loads(script.read_text(encoding="utf-8").split(", ", 1)[1].removesuffix(");\n"))


def words(tag):
    return " ".join(tag.get_text(" ").replace("’", "'").split())


@each_page
def test_page_has_language_title_and_one_heading(soup):
    assert soup.html["lang"] == "en"
    assert len(soup.title.string.strip()) > 5
    assert len(soup.select("article h1")) == 1


@pytest.mark.parametrize("soup", [TOC["root"], *CHAPTERS], indirect=True)
def test_home_and_chapters_are_light(soup, book, request):
    file = book / f"{request.node.callspec.params['soup']}.html"
    assert len(gzip.compress(file.read_bytes(), 9)) <= 100_000
    assert len(soup.find_all()) <= 4_000


@each_page
def test_ids_are_unique(soup):
    counts = Counter(tag["id"] for tag in soup.select("[id]"))
    assert [id for id, count in counts.items() if count > 1] == []


def test_internal_links_lead_somewhere(soups, ids, book):
    broken = []
    for file, soup in soups.items():
        for tag in soup.select("[href], [src], [srcset]"):
            link = urlsplit(tag.get("href", tag.get("src", tag.get("srcset"))))
            if link.scheme or link.netloc:
                continue
            target = (file.parent / unquote(link.path)).resolve() if link.path else file
            inside = target.is_file() and target.is_relative_to(book)
            anchored = not link.fragment or target.suffix != ".html" or unquote(link.fragment) in ids[target]
            if not (inside and anchored):
                broken.append(f"{file.relative_to(book)}: {link.geturl()}")
    assert broken == []


def test_nothing_is_fetched_from_elsewhere(soups):
    foreign = []
    for file, soup in soups.items():
        fetched = [tag["src"] for tag in soup.select("[src]")]
        fetched += [tag["href"] for tag in soup.select("link[rel=stylesheet], link[rel~=preload], link[rel~=icon]")]
        fetched += [tag["srcset"] for tag in soup.select("[srcset]")]
        fetched += [name for tag in soup.select("iframe, object, embed, base") for name in [f"<{tag.name}>"]]
        styles = [tag.get_text() for tag in soup.select("style")] + [tag["style"] for tag in soup.select("[style]")]
        fetched += [url for style in styles for url in re.findall(r"url\(['\"]?([^'\")]+)|@import", style)]
        foreign += [f"{file.name}: {url}" for url in fetched if re.match(r"(https?:)?//|<", url)]
    assert foreign == []


def test_stylesheets_and_scripts_name_no_other_host(book):
    loads = r"url\(['\"]?(?:https?:)?//[^)]+|@import[^;]*//[^;]+|(?:src|href)\s*=\s*['\"](?:https?:)?//[^'\"]+\.js"
    found = {
        str(file.relative_to(book)): hits
        for suffix in ("css", "js")
        for file in book.rglob(f"*.{suffix}")
        if (hits := re.findall(loads, file.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize("soup", [page for page in PAGES if not page.startswith("book/code/")], indirect=True)
def test_prose_is_whole(soup):  # pages on the code speak of NaN
    for tag in soup.select("article p, article li, article td, article figcaption"):
        text = words(tag)
        assert "{glue" not in text and "glue:" not in text and "{cite" not in text
        if tag.name in ("p", "li", "figcaption") and not tag.find_parent("pre"):
            for code in tag.select("code"):
                assert "{" not in code.get_text() or "`" not in code.get_text()
            assert not re.search(r"(?<![\w-])(nan|NaN|NaT|<NA>|None(?! (?:of|at|shown|to)\b))(?![\w-])", text), text


@each_tested
def test_anatomy_of_a_chapter(soup):
    for link in soup.select("article h2 a.headerlink"):
        link.extract()
    sections = [words(heading) for heading in soup.select("article h2")]
    assert sections[0] == FIRST and sections[-3:] == LAST
    assert soup.select_one(".eyebrow") and 10 <= len(words(soup.select_one(".lead")).split()) <= 40


@pytest.mark.parametrize("soup", SUPPLEMENTS, indirect=True)
def test_anatomy_of_a_supplement(soup, chapter):
    [above] = [name for name, names in chapters.supplements().items() if chapter in names]
    assert soup.select_one("p.above a")["href"] == f"{above}.html"
    assert words(soup.h1).rstrip("# ").endswith("?")
    assert words(soup.select_one(".eyebrow")).startswith("A supplement to")
    lead = words(soup.select_one(".lead"))
    assert lead.count(".") == 2 and "invented data" in lead.partition(".")[0]
    assert not soup.select("li.claim, details.depth figure")
    menu = soup.select_one("header .menu")
    assert [link["href"] for link in menu.select("a")][1:3] == [f"{above}.html", "#"]


@each_tested
def test_answers_in_brief(soup):
    table = soup.select_one("table.brief")
    assert 3 <= len(table.select("tbody tr")) <= 6
    for row in table.select("tbody tr"):
        assert words(row.th).endswith("?") and len(row.select("td")) == 3
        assert row.select_one(".badge-verdict") and row.select("a.claim-mark")


@each_tested
def test_every_claim_is_an_anchor_once(soup, chapter):
    anchors = Counter(tag["id"] for tag in soup.select("li.claim"))
    assert anchors == Counter(ledger(chapter))


@each_tested
def test_results_hold_every_claim(project, book, soup, chapter):
    results = json.loads((project.root / "_build" / "results" / f"{chapter}.json").read_text(encoding="utf-8"))
    assert sorted(claim["id"] for claim in results["claims"]) == sorted(ledger(chapter))
    assert {claim["verdict"] for claim in results["claims"]} <= set(VERDICTS)
    with (book / "book" / "files" / f"{chapter}.claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ledger(chapter)
    assert all((row["verdict"] == REMARKED) == (row["whose"] == OURS) == bool(row["remark"]) for row in rows)


@each_chapter
def test_figures_keep_their_contract(soup, ids, book):
    figures = soup.select("figure.figure")
    assert figures
    folder = book / "book" / "chapters"
    for figure in figures:
        id = figure["id"]
        assert id.startswith("fig-")
        assert len(words(figure.select_one(".figure-title"))) > 10, id
        assert len(words(figure.select_one(".figure-subtitle"))) > 10, id
        listed = figure.select(".figure-claims a, .figure-source a, .figure-choices *")
        assert len(figure.find_all(True)) + 1 <= 32 + len(listed), id
        picture = figure.select_one(".figure-picture img")
        assert len(words(figure.select_one(".figure-title"))) <= MOST_IN_TITLE, id
        assert 30 <= len(picture["alt"]) <= MOST_READ_OUT and picture["loading"] == "lazy", id
        for shown in (picture["src"], figure.select_one(".figure-picture source")["srcset"]):
            svg = BeautifulSoup((folder / shown).read_text(encoding="utf-8"), "html.parser").svg
            assert svg.select("path, text"), id
        specs = handed_over(folder / figure["data-live"])
        assert {"wide", "narrow", "datasets"} <= specs.keys(), id
        sources = figure.select(".figure-source a")
        assert sources, id
        for source in sources:
            table = (folder / source["href"]).resolve()
            assert table.parent == book / "book" / "data" and table in ids, f"{id}: {source['href']}"
            assert re.search(r"\((public|reported|simulated|restricted)(, [a-z ]+)?\)$", words(source)), id
        table = BeautifulSoup(handed_over(folder / figure["data-table"]), "html.parser")
        assert all(words(cell) for cell in table.select("thead th")), id
        fold = figure.select_one("details.figure-table summary")
        stated = int(re.search(r"([\d,]+) rows", fold["aria-label"]).group(1))
        assert len(table.select("tbody tr")) == stated, id
        links = figure.select(".figure-downloads a[download]")
        files = {Path(link["href"]).suffixes[-1]: folder / link["href"] for link in links}
        assert files.keys() == {".csv", ".svg", ".json"}, id
        with files[".csv"].open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == stated and None not in rows[0], id
        assert files[".svg"].read_text(encoding="utf-8").startswith("<svg"), id
        assert "$schema" in json.loads(files[".json"].read_text(encoding="utf-8")), id


@each_chapter
def test_simulated_data_say_so_wherever_they_are_seen_and_nothing_else_does(project, soup, book, chapter):
    results = json.loads((project.root / "_build" / "results" / f"{chapter}.json").read_text(encoding="utf-8"))
    sources = {figure["id"]: figure["sources"] for figure in results["figures"]}
    assert sources.keys() == {figure["id"] for figure in soup.select("figure.figure")}
    for figure in soup.select("figure.figure"):
        id = figure["id"]
        simulated = "simulated" in {STATUS[name] for name in sources[id]}
        assert ("(simulated)" in figure.select_one(".figure-source").get_text()) is simulated, id
        assert ("evidence-simulated" in figure["class"]) is simulated, id
        assert (figure.select_one(".figure-evidence").get_text() == "Simulated data") is simulated, id
        folder = book / "book" / "chapters"
        files = [folder / link["href"] for link in figure.select(".figure-downloads a[download]")]
        specs = handed_over(folder / figure["data-live"])
        pictures = [figure.select_one("img")["src"], figure.select_one("source")["srcset"]]
        seen = [(folder / name).read_text(encoding="utf-8") for name in pictures]
        seen += [str(specs[size]) for size in ("wide", "narrow")]
        written = {file.suffix: file.read_text(encoding="utf-8") for file in files}
        assert written.keys() == {".csv", ".svg", ".json"}, id
        for picture in (*seen, written[".svg"], written[".json"]):
            assert ("SIMULATED" in picture) is simulated, id
        header, *body = BeautifulSoup(handed_over(folder / figure["data-table"]), "html.parser").select("tr")
        in_table = header.th.get_text() == "data" and {row.td.get_text() for row in body} == {"SIMULATED"}
        in_file = {row.get("data") for row in csv.DictReader(written[".csv"].splitlines())} == {"SIMULATED"}
        assert in_table is in_file is simulated, id
        assert {file.name.startswith(f"{id}-simulated.") for file in files} == {simulated}, id


@each_chapter
def test_code_is_folded_above_what_it_makes(soup):
    for cell in soup.select("div.cell:has(.cell_input)"):
        folded = cell.select_one("details.hide.above-input")
        assert folded and not folded.has_attr("open") and folded.select_one(".cell_input")
    assert all(figure.find_parent("div", class_="cell").details for figure in soup.select("figure.figure"))


@each_chapter
def test_no_error_is_published(soup):
    assert not soup.select(".output.traceback, .output.stderr")


def test_every_table_of_the_package_has_a_line_in_the_catalogue_and_a_page_with_its_file(soups, book):
    catalogue = soups[book / "book" / "data.html"]
    for resource in PACKAGE:
        anchor = resource["name"].replace("_", "-")
        link = catalogue.find("tr", id=anchor).select_one("th a")
        assert link["href"] == f"data/{anchor}.html"
        page = soups[book / "book" / link["href"]]
        assert f"../files/{resource['path']}" in {one["href"] for one in page.select("a[download]")}
        assert resource["sha256"] in page.get_text()


def test_every_term_of_the_glossary_has_an_anchor_and_a_definition(soups, book):
    page = soups[book / "book" / "glossary.html"]
    with (ROOT / "data" / "report_glossary.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["term"]: row for row in csv.DictReader(file)}
    found = {term.get_text(strip=True).removesuffix("#"): term for term in page.select("dl.glossary dt")}
    assert found.keys() == terms.keys()
    for name, term in found.items():
        assert term["id"].startswith("term-")
        said = words(term.find_next("dd"))
        assert plain(said).startswith(plain(terms[name]["definition"])), name
        assert said.endswith("Our definition.") == (terms[name]["ours"] == "yes")


def plain(text):
    """Text without the typographer's quotes and dashes."""
    return re.sub(r"[^\w ]", "", text)


def test_the_book_says_that_it_is_independent(soups, book):
    assert "not a publication of IOB" in words(soups[book / f"{TOC['root']}.html"].article)


CHAPTER_PAGES = "book/chapters"


def reasons(page, recommendation):
    """The claims that carry a recommendation, as links, from its place on the page to that of the next."""
    section = page.find(id=recommendation)
    section = section if section.name == "section" else section.find_parent("section")
    return section.select("dl.recommendation > dd:first-of-type li > a")


def test_every_recommendation_leads_to_its_claims_and_their_official_rows_in_three_clicks_or_fewer(soups, book):
    page, folder = soups[book / "book" / "recommendations.html"], book / "book"
    ledger, reached = soups[book / "book" / "ledger.html"], set()
    for number in range(1, 8):
        links = reasons(page, f"recommendation-{number}")
        assert links, number
        for link in links:  # one click: the claim in its chapter
            file, anchor = link["href"].split("#")
            there = soups[book / "book" / file].find("li", id=anchor)
            assert there.select_one("a.claim-trail")["href"] == f"../ledger.html#{anchor}"  # two: its trail
            trail = {one["href"] for one in ledger.find("li", id=anchor).select("a")}
            assert f"recommendations.html#recommendation-{number}" in trail, (anchor, number)  # and back
            for address in [one for one in trail if one.startswith("data/")]:  # three: the official rows
                reached.add(anchor)
                rows = soups[folder / address.split("#")[0]]
                assert rows.find(id=anchor).find_parent(class_="official-rows").select("tbody tr"), anchor
    assert reached  # few claims that carry a reason are tested with public figures, but some are


def test_every_claim_has_a_row_in_the_ledger_and_leads_there(soups, book):
    ledger = soups[book / "book" / "ledger.html"]
    for file in TESTED:
        for claim in soups[book / f"{file}.html"].select("li.claim"):
            ours = "says-remark" in claim["class"]
            assert bool(ledger.find("li", id=claim["id"])) != ours
            assert (claim.select_one("a.claim-trail")["href"] == f"../ledger.html#{claim['id']}") != ours
    with (book / "book" / "files" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["id"] for row in csv.DictReader(file) if row["whose"] == "report"}
    assert listed == {row["id"] for row in ledger.select(".ledger-list > li")}


@each_chapter
def test_figures_and_tested_claims_lead_to_their_code(soup):
    for figure in soup.select("figure.figure"):
        code = soup.find(id=f"code-{figure['id']}")
        assert figure.select_one(f'a[href="#code-{figure["id"]}"]') and code.find_parent(class_="cell_input")
        assert figure in code.find_parent("div", class_="cell").descendants, figure["id"]
    for claim in soup.select("li.claim"):  # the way there is its trail in the ledger
        assert soup.find(id=f"code-{claim['id']}").find_parent(class_="cell_input"), claim["id"]


@pytest.mark.parametrize("soup", [*TESTED, *SUPPLEMENTS], indirect=True)
def test_figures_name_the_claims_that_they_show(soup, chapter, book, soups):
    with (ROOT / "data" / "links_claim_figure.csv").open(encoding="utf-8", newline="") as file:
        links = [(row["claim"], row["figure"]) for row in csv.DictReader(file)]
    for figure in soup.select("figure.figure"):
        named = {link["href"].split("#")[1] for link in figure.select(".figure-claims a")}
        assert named == {claim for claim, id in links if id == figure["id"]}, figure["id"]


def test_the_five_theories_of_the_report_stand_step_by_step_with_their_claims(soups, book):
    page, listed = soups[book / CHAPTER_PAGES / "synthesis.html"], load("theory")
    for name in ("policy", "relations", "return", "irregular_migration", "protection"):
        section = page.find(id=f"theory-{name.replace('_', '-')}")
        section = section if section.name == "section" else section.find_parent("section")
        rows = section.select("table.theory tbody tr")
        assert len(rows) == int(((listed["theory"] == name) & (listed["part"] == "arrow")).sum()), name
        assert all(row.select_one(".arrow-state") for row in rows)
        assert section.find_parent("details", class_="depth")


def test_the_synthesis_has_the_ten_conclusions_in_brief_and_folded(soups, book):
    page = soups[book / CHAPTER_PAGES / "synthesis.html"]
    assert len(page.select("table.answer tbody tr")) == len(page.select("section.dossier > details")) == 10
    for link in page.select("table.answer tbody th a"):
        assert page.select_one(f"section.dossier{link['href']}")


def test_glossary_terms_are_linked_from_the_text(soups, book):
    linked = [link for file, soup in soups.items() for link in soup.select("a.term-link, a:has(> .term-link)")]
    assert len(linked) > 30
    assert all("glossary.html#term-" in link["href"] for link in linked)
