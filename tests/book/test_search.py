"""The search: what its index holds, and what readers' words lead to first, in English and in Dutch."""

import json
import re
from collections import Counter
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from conftest import needs_chromium

from lib import data
from steps.book import search

playwright = pytest.importorskip("playwright.sync_api")
book_of = pytest.mark.book


def in_a_browser(test):
    """Mark a test of the whole book that needs Chromium."""
    return pytest.mark.book(pytest.mark.browser(needs_chromium(test)))


RETURN, MIGRATION = "chapters/return.html", "chapters/irregular_migration.html"
FIRST = {  # what is asked, and how the address of the first hit begins (below `book/`)
    "recommendation 5a": "recommendations.html#recommendation-5a",
    "5a": "recommendations.html#recommendation-5a",
    "recommendation 5": "recommendations.html#recommendation-5",
    "aanbeveling 5": "recommendations.html#recommendation-5",
    "conclusion 3": "chapters/synthesis.html#conclusion-3",
    "information campaigns": "recommendations.html#recommendation-5a",
    "voorlichtingscampagnes": "recommendations.html#recommendation-5a",
    "Tunisia deaths": "chapters/protection.html#fig-deaths-coast",
    "doden Tunesië": "chapters/protection.html#fig-deaths-coast",
    "standard error": RETURN,
    "standaardfout": RETURN,
    "table 1": f"{RETURN}#morocco-and-little-else-the-report-s-table-1",
    "Western Sahara": "chapters/synthesis.html#finding-3-1-incentives",
    "Westelijke Sahara": "chapters/synthesis.html#finding-3-1-incentives",
    "terugkeer": RETURN,
    "terugkeer Marokko": "chapters/synthesis.html#conclusion-3",
    "irreguliere migratie": "chapters/synthesis.html#conclusion-4",
    "gedwongen vertrek": "chapters/",
    "kosten per terugkeer": "chapters/efficiency.html#",
    "opvang in de regio": "glossary.html#term-reception-in-the-region",
    "doelmatigheid": "chapters/efficiency.html",
    "samenhang": "chapters/coherence.html",
    "tewerkstelling": f"{MIGRATION}#irregular-migration-livelihood-no-formal-work",
    "Turkije": "chapters/",
    "Turkey deal": f"{MIGRATION}#fig-around-agreements",
    "Türkiye deal": f"{MIGRATION}#fig-around-agreements",
    "EU-Turkijedeal": f"{MIGRATION}#fig-around-agreements",
    "Marokko": "chapters/synthesis.html#conclusion-3",
    "Tunesië": f"{MIGRATION}#departures-moved-to-tunisia",
    "Tunesie": f"{MIGRATION}#departures-moved-to-tunisia",
    "TUNESIE": f"{MIGRATION}#departures-moved-to-tunisia",
    "laissez-passer": RETURN,
    "Iraq laissez-passer": RETURN,
    "COMPASS": "chapters/efficiency.html#in-depth-what-belongs-to-what-and-the-programme-compass",
    "112": f"{RETURN}#fig-return-scale",
    "105": "chapters/efficiency.html#efficiency-spending",
    "€105 million": "chapters/efficiency.html#efficiency-spending",
    "176": "chapters/protection.html#protection-compass-commitment",
    "human rights": "recommendations.html#recommendation-2b",
    "does the policy work": "index.html",
}


def read_index(html):
    return json.loads((html / "search-index.js").read_text(encoding="utf-8").partition(" = ")[2].rstrip(";\n"))


@book_of
def test_the_place_of_every_entry_is_there(book):
    index, anchors = read_index(book), {}
    for _, title, _, address, *_ in index["entries"]:
        page, _, anchor = address.partition("#")
        if page not in anchors:
            soup = BeautifulSoup((book / page).read_text(encoding="utf-8"), "html.parser")
            anchors[page] = {tag["id"] for tag in soup.find_all(id=True)}
        assert not anchor or anchor in anchors[page], (title, address)
    addresses = [entry[3] for entry in index["entries"]]
    assert len(addresses) == len(set(addresses)) > 1000


@book_of
def test_everything_that_the_book_has_as_rows_is_an_entry_and_no_code_is(book):
    index = read_index(book)
    kinds = Counter(entry[0] for entry in index["entries"])
    rows = {"Recommendation": "report_recommendations", "Conclusion": "report_conclusions",
            "Finding": "report_findings", "Term": "report_glossary"}  # fmt: skip
    assert {kind: kinds[kind] for kind in rows} == {kind: len(data.load(table)) for kind, table in rows.items()}
    whose = data.load("claims")["whose"]
    assert (kinds["Claim"], kinds["Remark"]) == (sum(whose != "ours"), sum(whose == "ours"))
    pages = [BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser") for file in book.glob("book/chapters/*")
             if file.suffix == ".html"]  # fmt: skip
    assert kinds["Figure"] == sum(len(page.select("figure.figure")) for page in pages)
    assert min(kinds[kind] for kind in ("Section", "Data", "Answer", "In Dutch")) > 0
    chapters = " ".join(entry[2] for entry in index["entries"] if entry[3].startswith("book/chapters"))
    assert len(chapters) > 100_000 and not re.search(r"\bdata\.load\(|\bimport \w|charts\.\w+\(|<\w+", chapters)


def test_words_are_the_glossarys_and_the_searchs_and_mean_something():
    words = search.words()
    assert ("terugkeer", "return") in words and ("westelijke sahara", "western sahara") in words
    assert len(words) == len(set(words)) and all(asked != name for asked, name in words)


@pytest.fixture(scope="module")
def asked(chromium, book):
    """Ask for words on the search page: the addresses that are listed, in order, below `book/`."""
    page = chromium.new_page()
    page.complaints = []
    page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))

    def ask(words):
        page.goto(f"{book.as_uri()}/search.html?q={quote(words)}")
        links = page.locator("#search-results li > a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        return [link.removeprefix("book/") for link in links]

    ask.page = page
    yield ask
    page.close()


@pytest.mark.parametrize(("words", "first"), FIRST.items())
@in_a_browser
def test_what_is_asked_leads_to_its_place_first(asked, words, first):
    found = asked(words)
    assert found and found[0].startswith(first), found[:5]
    assert asked.page.complaints == []


@in_a_browser
def test_every_word_of_the_table_and_the_glossary_finds_something(asked):
    nothing = [word for word, _ in search.words() if not asked(word)]
    assert nothing == []


@in_a_browser
def test_a_hit_says_its_kind_its_verdict_and_the_section_of_the_report_and_leads_there(asked):
    page = asked.page
    asked("Morocco estimate comes to 112 extra forced departures a year")
    hit = page.locator("#search-results li").first
    assert hit.locator(".search-from").inner_text() == "Claim · ■ confirmed · Return · report §3.2.2; also summary"
    assert "112" in hit.locator("mark").all_inner_texts()
    assert re.fullmatch(r"(The \d+ best of )?\d+ places for “Morocco .*”", page.get_by_role("status").inner_text())
    hit.locator("a").click()
    claim = page.locator("#return-morocco-yearly-extra")
    playwright.expect(claim).to_be_in_viewport()
    playwright.expect(claim.locator(".claim-statement span.highlighted").first).to_be_visible()


@in_a_browser
@pytest.mark.parametrize("words", ["xyzzy", "the of", "<zyzzy>&qqq;</zyzzy>", "%F0%9F"])
def test_what_is_nowhere_is_said(asked, words):
    assert asked(words) == []
    assert asked.page.get_by_role("status").inner_text() == f"Nothing found for “{words}”"
    assert asked.page.complaints == []
