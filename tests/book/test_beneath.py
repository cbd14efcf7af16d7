"""What lies beneath the chapters, in a browser: the ledger, the catalogue and the pages of tables, on paper as well."""

import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, needs_chromium

from lib import data
from lib.ledger.verdicts import MARKS

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.book, pytest.mark.browser, needs_chromium]

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(page["file"] for part in TOC["parts"] for page in part["chapters"])]
TABLES = ["book/data/studies", "book/data/frontex-route-month", "book/data/tracing-likelihoods", "book/data/claims"]
BENEATH = ["book/ledger", "book/rows", "book/data", *TABLES]
DESK, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
PAPER = {"width": 672, "height": 980}  # A4 within its margins
SCREENS = 15  # more than that, and a page needs an index or folds


@pytest.fixture
def listed(visit):
    """Open a page with a list that filters, perhaps with a query or an anchor; `page.shown()` are its visible ids."""

    def opened(name, address="", **options):
        page = visit(name, **options)
        if address:
            page.goto(page.url + address)
        rows = ".ledger-list > li:visible, .catalogue tbody tr:visible"
        page.shown = lambda: page.locator(rows).evaluate_all("rows => rows.map(row => row.id)")
        page.said = lambda: page.locator("[role=status]").inner_text()
        return page

    return opened


def verdicts_of(page):
    return set(page.locator(".ledger-list > li:visible").evaluate_all("rows => rows.map(row => row.dataset.verdict)"))


def test_the_ledger_opens_on_what_differs_and_all_else_is_one_click_away(listed):
    page = listed("book/ledger", viewport=DESK)
    opened, everything = len(page.shown()), page.locator(".ledger-list > li").count()
    assert verdicts_of(page) == {"differs", "contested"}
    assert page.said() == f"{opened} of {everything} claims" and not page.url.partition("?")[1]
    assert page.evaluate("document.documentElement.scrollHeight") < 4 * DESK["height"]
    for choice in page.locator(".ledger-filters fieldset label").all():
        choice.click()
        assert len(page.shown()) == int(choice.inner_text().split()[-1])
    assert page.shown() and len(page.shown()) == everything and page.url.endswith("?verdict=")
    page.reload()
    assert len(page.shown()) == everything  # the address keeps it
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!location.search")
    assert len(page.shown()) == opened
    assert page.complaints == []


def test_the_ledger_is_searched_and_filtered(listed):
    page = listed("book/ledger", "?verdict=")
    everything, form = page.shown(), page.locator(".ledger-filters")
    form.locator("[name=chapter]").select_option("return")
    form.get_by_text("■ confirmed").click()
    both = page.shown()
    assert 0 < len(both) < len(everything) / 4 and all(id.startswith("return-") for id in both)
    assert page.said() == f"{len(both)} of {len(everything)} claims"
    assert "chapter=return" in page.url and "verdict=confirmed" in page.url
    form.locator("[name=q]").fill("LAISSEZ passers")
    searched = page.shown()
    assert 0 < len(searched) < len(both) and set(searched) < set(both)
    form.locator("[name=q]").fill("no such words anywhere")
    assert page.shown() == [] and page.locator(".ledger-none").is_visible()
    assert not page.locator("section.filtered:visible").count()  # no heading without a claim
    form.get_by_role("button").click()
    page.wait_for_function("!location.search")
    assert page.shown() and not page.locator(".ledger-none").is_visible()
    assert page.complaints == []


def test_who_types_searches_all_claims_and_not_only_those_in_view(listed):
    page = listed("book/ledger")
    page.locator(".ledger-filters [name=q]").press_sequentially("laissez passers")
    assert "confirmed" in verdicts_of(page) and "verdict" not in page.url


def test_a_filtered_ledger_has_an_address(listed):
    page = listed("book/ledger", "?verdict=differs&evidence=arithmetic")
    assert page.locator("[name=verdict]:checked").input_value() == "differs"
    assert 0 < len(page.shown()) < 40 and verdicts_of(page) == {"differs"}
    under = listed("book/ledger", "?under=recommendation-7")
    assert "coherence-information-sharing-iraq" in under.shown()
    chapter = listed("book/ledger", "?chapter=return")  # as the chapter's link has it: all of them
    assert {"confirmed", "not-public"} < verdicts_of(chapter)
    debt = listed("book/ledger", "?verdict=not-looked-up")
    assert verdicts_of(debt) == {"not-looked-up"}


def test_a_claims_address_opens_its_trail_whatever_is_filtered(listed):
    claim = "irregular-migration-peak-date"
    for query in ("", "?chapter=return"):
        page = listed("book/ledger", f"{query}#{claim}")
        row = page.locator(f"#{claim}")
        playwright.expect(row).to_be_in_viewport()
        assert row.locator("details").evaluate("details => details.open")
    row.get_by_role("link", name="the code of its cell").click()
    playwright.expect(page.locator("details.hide[open]").first).to_be_in_viewport()
    assert page.locator(f"#code-{claim}").evaluate("code => code.closest('details').open")


def test_a_line_of_the_ledger_opens_from_the_keyboard(listed):
    page = listed("book/ledger")
    first = page.locator(".ledger-list > li:visible").first
    assert not first.locator("dl").is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    playwright.expect(first.locator("dl")).to_be_visible()
    assert first.locator("dt").first.inner_text() == "Report"


def test_without_javascript_the_ledger_is_a_list_where_what_differs_comes_first(listed):
    page = listed("book/ledger", java_script_enabled=False)
    assert page.locator(".ledger-list > li:visible").count() == page.locator(".ledger-list > li").count() > 400
    assert not page.locator(".ledger-filters").is_visible()
    assert page.locator(".ledger-list > li").first.get_attribute("data-verdict") == "differs"
    page.locator(".ledger-list > li summary").first.click()
    assert page.locator(".ledger-list > li dl").first.is_visible()


def test_the_catalogue_is_filtered_and_its_address_keeps_it(listed):
    page = listed("book/data", viewport=DESK)
    everything = page.shown()
    assert page.said() == f"{len(everything)} tables" and len(everything) == len(data.resources())
    page.locator("[name=group]").select_option("made")
    made = page.shown()
    assert "return-panel" in made and len(made) < 12 and page.url.endswith("?group=made")
    assert page.locator("section.filtered:visible").count() == 1
    page.locator("[name=group]").select_option("")
    page.locator(".ledger-filters [name=q]").fill("detections route")  # names of columns find their table
    assert page.shown()[0] == "frontex-route-month"
    page.reload()
    assert 0 < len(page.shown()) < 10
    assert page.complaints == []


def test_without_javascript_the_catalogue_has_every_table(listed):
    page = listed("book/data", java_script_enabled=False)
    assert len(page.shown()) == len(data.resources()) and not page.locator(".ledger-filters").is_visible()


def test_old_addresses_of_tables_and_rows_lead_on_without_javascript(visit):
    page = visit("book/data", java_script_enabled=False)
    page.goto(f"{page.url}#frontex-route-month")
    line = page.locator("#frontex-route-month")
    playwright.expect(line).to_be_in_viewport()
    line.get_by_role("link").click()
    page.wait_for_url("**/data/frontex-route-month.html")
    page = visit("book/rows", java_script_enabled=False)
    page.goto(f"{page.url}#irregular-migration-peak-date")
    line = page.locator("#irregular-migration-peak-date")
    playwright.expect(line).to_be_in_viewport()
    line.get_by_role("link").first.click()
    page.wait_for_url("**/data/frontex-route-month.html#irregular-migration-peak-date")
    playwright.expect(page.locator("#irregular-migration-peak-date")).to_be_in_viewport()


def test_a_table_leads_up_and_stands_in_no_menu_and_between_no_pages(visit):
    page = visit("book/data/frontex-route-month", viewport=DESK)
    assert (
        page.locator("header .menu a, #site-navigation a").evaluate_all(
            "links => links.filter(link => link.pathname.includes('/data/')).length"
        )
        == 0
    )
    assert page.locator(".prev-next").count() == 0
    page.locator(".above").get_by_role("link", name="Data catalogue").click()
    page.wait_for_url("**/data.html")
    ways = page.locator(".prev-next a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    place = PAGES.index("book/data")
    assert ways == [f"{Path(PAGES[at]).name}.html" for at in (place - 1, place + 1)]
    assert page.complaints == []


@pytest.mark.parametrize("name", BENEATH)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_beneath(visit, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(name, color_scheme=scheme, viewport=DESK)
    if name == "book/ledger":
        page.locator(".ledger-list summary").first.click()
    found = axe.run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], one["nodes"][0]["html"]) for one in serious]


@pytest.mark.parametrize("name", TABLES)
def test_the_page_of_a_table_fits_a_phone_and_holds_still(visit, name):
    page = visit(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.complaints == []


@pytest.mark.parametrize("name", sorted({*PAGES, *BENEATH} - {page for page in PAGES if "/chapters/" in page}))
def test_a_page_beneath_the_chapters_is_short_or_has_its_contents_beside_it(visit, name):
    page = visit(name, viewport=DESK)
    screens = page.evaluate("document.documentElement.scrollHeight") / DESK["height"]
    assert screens <= (2 * SCREENS if page.locator("#page-contents a:visible").count() else SCREENS)


OFF_PAPER = """() => [...document.querySelectorAll(
    "article :is(td, th, summary, .badge-verdict, .sign, .says-agrees, .says-differs, .amount, .statement, .where)"
)].filter(part => {
    const {left, right, width} = part.getBoundingClientRect(), hidden = part.closest(".visually-hidden, thead");
    return width > 1 && !hidden && (left < -1 || right > innerWidth + 1);
}).map(part => `${part.tagName} ${part.className} ${part.textContent.trim().slice(0, 40)}`)"""


@pytest.mark.parametrize("name", [*PAGES, *TABLES])
def test_on_paper_no_cell_and_no_verdict_lies_off_the_sheet(visit, name):
    page = visit(name, viewport=PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(OFF_PAPER) == []


def test_on_paper_the_ledger_has_its_signs_and_statements(listed):
    page = listed("book/ledger", "?verdict=", viewport=PAPER)
    page.emulate_media(media="print")
    lines = page.locator(".ledger-list > li:visible")
    tall = lines.evaluate_all("rows => rows.filter(row => row.getBoundingClientRect().height < 12).length")
    assert lines.count() > 400 and tall == 0
    text = lines.first.inner_text()
    assert text.startswith("●") and len(text) > 40
    assert len(page.pdf(format="A4")) > 50_000  # and it prints


def shapes(page, selector):
    return set(page.locator(selector).evaluate_all("parts => parts.map(part => part.textContent.trim()[0])"))


def test_forced_colours_keep_the_signs_and_rules_beneath(listed):
    page = listed("book/ledger", "?verdict=", forced_colors="active")
    assert shapes(page, ".ledger-list .sign") == set(MARKS.values())
    checked = page.locator("fieldset input:checked + span").evaluate("span => getComputedStyle(span).outlineStyle")
    assert checked == "solid"  # its ground, which says so otherwise, is gone
    page = listed("book/data", forced_colors="active")
    style = """part => {
        const {borderTopStyle, borderTopWidth, borderBottomStyle} = getComputedStyle(part);
        return `${borderTopStyle} ${borderTopWidth} ${borderBottomStyle}`;
    }"""
    kinds = ["public", "report", "simulated", "assumption", "own"]
    rules = [page.locator(f"tbody .kind.evidence-{kind}").first.evaluate(style) for kind in kinds]
    assert len(set(rules)) == len(kinds) and not any(rule.startswith("none") for rule in rules), rules


# The two scales have these signs, and there is no third; arrows and the signs of arithmetic are text.
SIGNS, TEXT = set("■◧●□○"), set("+<=>|~−±×÷∑≤≥→←↑↓°©®^`¬§")


def said(html):
    page = BeautifulSoup(html, "html.parser").article
    for part in page.select("pre, code, math, .math-block, svg"):
        part.decompose()
    return page.get_text(" ")


def test_the_book_has_two_scales_of_signs_and_no_third(book):
    odd = {}
    for file in (book / "book").rglob("*.html"):
        signs = set(re.findall(r"[\u2190-\u2bff\u2600-\u27bf\U0001f000-\U0001faff]", said(file.read_text("utf-8"))))
        if found := signs - SIGNS - TEXT:
            odd[file.name] = found
    assert odd == {}


VALUES = ".claim-here, .claim-report, .claim-values, .ledger-list dd, table.discrepancies td"


def test_no_value_of_a_claim_has_more_digits_than_a_reader_needs(book):
    seen, raw = 0, []
    for file in (book / "book").rglob("*.html"):
        page = BeautifulSoup(file.read_text("utf-8"), "html.parser")
        inside = [BeautifulSoup(part.decode_contents(), "html.parser") for part in page.select("template")]
        for part in [part for one in (page, *inside) for part in one.select(VALUES)]:
            for number in re.findall(r"\d[\d,]*\.\d+", part.get_text(" ")):
                digits, decimals = len(re.sub(r"\D", "", number).lstrip("0")), len(number.split(".")[1])
                seen += 1
                if digits > 4 or decimals > 3:
                    raw.append((file.name, number))
    assert seen > 50 and raw == []


def test_every_table_has_a_page_that_search_can_find(book):
    index = (book / "search-index.js").read_text("utf-8")
    for table in data.resources():
        page = f"book/data/{table.replace('_', '-')}.html"
        assert f'"{page}"' in index and (book / page).is_file(), table
