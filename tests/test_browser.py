"""The book in a browser: live and static figures, dark, small, printed, by keyboard, and for axe."""

import functools
import re
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.book,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: no chromium, chromium-browser or google-chrome found"),
]

ROOT = Path(__file__).resolve().parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(page["file"] for part in TOC["parts"] for page in part["chapters"])]
CHAPTERS = [page for page in PAGES if page.startswith("book/chapters/")]
CHAPTER = "book/chapters/irregular_migration"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 800}
SERIOUS = ("serious", "critical")

each_page = pytest.mark.parametrize("name", PAGES)
each_chapter = pytest.mark.parametrize("name", CHAPTERS)
in_light_and_dark = pytest.mark.parametrize("scheme", ["light", "dark"])


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def browser(book):
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(book):
    serving = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(book)))
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def visit(browser, book):
    """Open a page of the book; what it complains of or asks others for is kept in `page.complaints`."""
    contexts = []

    def open_page(name, base=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page, complaints = context.new_page(), []
        page.complaints = complaints
        page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.on("response", lambda answer: answer.status >= 400 and complaints.append(f"{answer.status}: {answer.url}"))
        page.on(
            "request",
            lambda request: (
                re.match(r"(file:|data:|blob:|http://127\.0\.0\.1:)", request.url)
                or complaints.append(f"third party: {request.url}")
            ),
        )
        page.goto(f"{base or book.as_uri()}/{name}.html")
        return page

    yield open_page
    for context in contexts:
        context.close()


def enliven(page):
    """Scroll through the page until every figure is live."""
    figures = page.locator("figure.figure").all()
    for figure in figures:
        figure.scroll_into_view_if_needed()
    dead = "[...document.querySelectorAll('figure.figure:not(.is-live)')].map(figure => figure.id)"
    try:
        page.wait_for_function(f"{dead}.length === 0", timeout=15_000)
    except playwright.TimeoutError:
        pytest.fail(f"not live: {page.evaluate(dead)}; {page.complaints}", pytrace=False)
    return figures


def assert_static_pictures(page, size):
    for figure in page.locator("figure.figure").all():
        shown = figure.locator(".figure-static:visible")
        assert shown.count() == 1, figure.get_attribute("id")
        assert f"figure-{size}" in shown.get_attribute("class")
        box = shown.locator("svg").first.bounding_box()
        assert box["width"] > 100 and box["height"] > 50, (figure.get_attribute("id"), box)


@each_page
def test_page_is_quiet_and_its_figures_live(visit, name):
    page = visit(name)
    for figure in enliven(page):
        assert figure.locator(".figure-live svg").first.is_visible()
        assert not figure.locator(".figure-static").first.is_visible()
    assert page.complaints == []


def test_figures_are_live_from_a_server_too(visit, server):
    page = visit(CHAPTER, base=server)
    assert enliven(page)
    assert page.complaints == []


def test_search_finds_a_word(visit, server):
    page = visit("search", base=server)
    page.wait_for_load_state("networkidle")  # leaving earlier would break off what is still loading
    page.goto(f"{server}/search.html?q=detections")
    page.locator("#search-results li a").first.wait_for(timeout=10_000)
    page.wait_for_load_state("networkidle")
    assert page.complaints == []


@each_chapter
def test_without_javascript_every_figure_is_a_picture(visit, name):
    assert_static_pictures(visit(name, java_script_enabled=False), "wide")


@each_chapter
def test_in_print_every_figure_is_a_picture(visit, name):
    page = visit(name)
    enliven(page)
    page.emulate_media(media="print")
    assert_static_pictures(page, "wide")
    assert page.locator(".figure-live:visible").count() == 0


def test_dark_is_dark(visit):
    def colours(scheme):
        page = visit(CHAPTER, color_scheme=scheme)
        enliven(page)
        found = page.evaluate("""() => [
            getComputedStyle(document.body).backgroundColor,
            ...["live", "static"].map(kind => getComputedStyle(
                document.querySelector(`figure.figure .figure-${kind} svg text`)).fill),
        ]""")
        return [[float(part) for part in re.findall(r"[\d.]+", colour)[:3]] for colour in found]

    (light, *light_text), (dark, *dark_text) = colours("light"), colours("dark")
    assert max(dark) < 60 and min(light) > 200
    for on_light, on_dark in zip(light_text, dark_text, strict=True):
        assert max(on_light) < 140 < min(on_dark), (on_light, on_dark)


WIDER = """() => [...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return box.right > innerWidth + 1 && box.width > 0 && box.left >= 0;
}).slice(0, 5).map(element => `${element.tagName} ${element.id} ${element.className.baseVal ?? element.className}`)"""


@each_page
def test_a_phone_needs_no_sideways_scrolling(visit, name):
    page = visit(name, viewport=PHONE)
    for figure in enliven(page):
        assert figure.locator(".figure-live svg").first.bounding_box()["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(WIDER)


@each_chapter
def test_a_phone_without_javascript_shows_the_narrow_pictures(visit, name):
    page = visit(name, viewport=PHONE, java_script_enabled=False)
    assert_static_pictures(page, "narrow")


def test_a_choice_changes_the_picture(visit):
    page = visit(CHAPTER)
    enliven(page)
    figure = page.locator("#fig-sensitivity")
    picture, choice = figure.locator(".figure-live svg").first, figure.locator("select, input[type=range]").first
    assert figure.get_by_label(re.compile("Window")).count() == 1
    before = picture.inner_html()
    choice.select_option("3")
    page.wait_for_function(
        "before => document.querySelector('#fig-sensitivity .figure-live svg').innerHTML !== before",
        arg=before,
        timeout=5_000,
    )
    assert page.complaints == []


@pytest.mark.parametrize("id", ["fig-greece", "fig-central", "fig-west-atlantic"])
def test_a_pointer_gets_the_value(visit, id):
    page = visit(CHAPTER)
    enliven(page)
    picture = page.locator(f"#{id} .figure-live svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    for part in (0.4, 0.45, 0.5):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + 0.5 * box["height"])
    page.locator("#vg-tooltip-element.visible").wait_for(timeout=5_000)
    said = page.locator("#vg-tooltip-element").inner_text()
    assert re.search(r"\d", said)
    assert "undefined" not in said and "null" not in said, said


def test_keyboard_alone_is_enough(visit):
    page = visit(CHAPTER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    table = page.locator("details.figure-table").first
    table.locator("summary").focus()
    page.keyboard.press("Enter")
    assert table.evaluate("details => details.open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "table-scroll"


def test_a_link_to_a_claim_leads_to_it(visit):
    page = visit(CHAPTER)
    link = page.locator(".card-claims a").first
    link.click()
    claim = page.locator(link.get_attribute("href"))
    playwright.expect(claim).to_be_in_viewport()


@each_page
@in_light_and_dark
def test_axe_finds_nothing_serious(visit, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(name, color_scheme=scheme, reduced_motion="reduce")
    enliven(page)
    page.evaluate("scrollTo(0, 0)")
    violations = [found for found in axe.run(page).response["violations"] if found["impact"] in SERIOUS]
    said = [
        f"{found['impact']}: {found['id']} ({len(found['nodes'])} nodes): {node['target']}: "
        + " ".join(check["message"] for key in ("any", "all", "none") for check in node[key])
        for found in violations
        for node in found["nodes"][:5]
    ]
    assert not violations, "\n".join(said)
