"""The book in a browser: live and static figures, dark, small, printed, by keyboard, and for axe."""

import gzip
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from conftest import ROOT, needs_chromium, served

from lib import chapters, data
from lib.ledger import rows

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.book,
    pytest.mark.browser,
    needs_chromium,
]

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
LISTED = [page for part in TOC["parts"] for page in part["chapters"]]
SUPPLEMENTS = [
    one["file"] for page in LISTED if page["file"].startswith("book/chapters/") for one in page.get("sections", [])
]
PAGES = [TOC["root"], *(page["file"] for page in LISTED), *SUPPLEMENTS]
CHAPTERS = [page for page in PAGES if page.startswith("book/chapters/")]
PAGES.append("book/code/effects")  # the longest of the pages on the code
MARKED = "book/chapters/relations"  # a chapter whose sentences have marks
PHONE = {"width": 390, "height": 800}
FRAMES = (30, 200, 1000, 3000)  # milliseconds after which a page knows what it shows, the longer the busier it is
SERIOUS = ("serious", "critical")
NO_CHOICES = {"coherence", "return_panel", "synthesis"}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
ASKED_FOR = {"label-content-name-mismatch": {"enabled": True}}  # a rule that axe runs only when it is asked to

each_page = pytest.mark.parametrize("name", PAGES)
each_chapter = pytest.mark.parametrize("name", CHAPTERS)
each_tested = pytest.mark.parametrize("name", [page for page in CHAPTERS if Path(page).name in chapters.tested()])
in_light_and_dark = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def server(book):
    with served(book) as address:
        yield address


@pytest.fixture(scope="module")
def live(open_page):
    """A page whose figures are all live, opened once in light and once in dark for all tests that change nothing.

    Tests come page by page (see conftest), so that the pages before are closed.
    """
    pages = {}

    def opened(name, scheme="light"):
        for other in [key for key in pages if key[0] != name]:
            pages.pop(other).context.close()
        if (name, scheme) not in pages:
            pages[name, scheme] = open_page(name, color_scheme=scheme, reduced_motion="reduce")
            enliven(pages[name, scheme])
        return pages[name, scheme]

    yield opened
    for page in pages.values():
        page.context.close()


OPEN_DEPTH = "document.querySelectorAll('details.depth').forEach(fold => { fold.open = true; })"


DEAD = "[...document.querySelectorAll('figure.figure:not(.is-live)')].map(figure => figure.id)"


def enliven(page):
    """Open what stands in depth, and scroll through the page until every figure is live.

    In short calls, each of which ends: a promise of the page that the browser loses would be waited for without end.
    """
    page.evaluate(OPEN_DEPTH)
    for wait in FRAMES:
        for name in page.evaluate(DEAD):
            page.evaluate("name => document.getElementById(name).scrollIntoView()", name)
            page.wait_for_timeout(wait)
    try:  # not by a script that is polled in the page, which its policy may forbid
        playwright.expect(page.locator("figure.figure:not(.is-live)")).to_have_count(0, timeout=15_000)
    except AssertionError:
        pytest.fail(f"not live: {page.evaluate(DEAD)}; {page.complaints}", pytrace=False)
    page.evaluate("scrollTo(0, 0)")


STATIC_PICTURES = """() => [...document.querySelectorAll("figure.figure")].map(figure => {
    const image = figure.querySelector("img.figure-static"), {width, height} = image.getBoundingClientRect();
    return {id: figure.id, loaded: image.complete && image.naturalWidth > 100, file: image.currentSrc,
            seen: image.checkVisibility({opacityProperty: true, visibilityProperty: true}), width, height};
})"""


def assert_static_pictures(page, size):
    """Every figure shows its picture of this size; pictures are loaded when one scrolls to them."""
    page.evaluate(OPEN_DEPTH)
    figures = page.locator("figure.figure")
    for place in range(figures.count()):
        figures.nth(place).evaluate("figure => figure.scrollIntoView()")
    for _ in range(200):  # a page without scripts cannot be asked to tell when it is ready
        pictures = page.evaluate(STATIC_PICTURES)
        if all(picture["loaded"] for picture in pictures):
            break
        page.wait_for_timeout(50)
    assert pictures
    for picture in pictures:
        assert picture["loaded"] and picture["seen"] and picture["file"].endswith(f"-{size}.svg"), picture
        assert picture["width"] > 100 and picture["height"] > 50, picture


LIVE = """() => [...document.querySelectorAll("figure.figure")].map(figure => {
    const seen = name => Boolean(figure.querySelector(name)?.checkVisibility({visibilityProperty: true}));
    const width = figure.querySelector(".figure-live svg")?.getBoundingClientRect().width;
    return {id: figure.id, live: seen(".figure-live svg"), still: seen(".figure-static"), width};
})"""


@each_page
def test_page_is_quiet_and_its_figures_live(live, name):
    page = live(name)
    for figure in page.evaluate(LIVE):
        assert figure["live"] and not figure["still"] and figure["width"] > 0, figure
    assert page.complaints == []


# Marks one of the texts that have everything in common on which contrast depends: colours, size and weight, and the
# backgrounds, opacity and position of all elements around them. Most texts of a page are cells of tables, all alike.
MARK_TEXTS = """() => {
    const known = new Set();
    const mark = (element, around) => {
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        if (!element.checkVisibility()) return;
        const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.position].join();
        const within = own === "rgba(0, 0, 0, 0),none,1,static" ? around : `${around}|${own}`;
        const look = [within, style.color, style.fill, style.fontSize, style.fontWeight, style.textShadow,
                      style.textDecorationLine, element.closest("a, svg, button")?.tagName, box.width > 2].join("|");
        const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        const first = (text || element.matches("input, select")) && style.visibility === "visible" && !known.has(look);
        element.toggleAttribute("data-text", first);
        if (first) known.add(look);
        for (const child of element.children) mark(child, within);
    };
    mark(document.body, getComputedStyle(document.documentElement).backgroundColor);
}"""


@each_page
@in_light_and_dark
def test_axe_finds_nothing_serious(live, name, scheme):
    axe, page = pytest.importorskip("axe_playwright_python.sync_playwright").Axe(), live(name, scheme)
    common = {"resultTypes": ["violations"], "preload": False}
    colours = common | {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
    page.evaluate(MARK_TEXTS)
    found = axe.run(page, {"include": [["[data-text]"]]}, colours).response["violations"]
    if scheme == "light":  # only colours differ between the two
        rest = common | {"rules": {rule: {"enabled": False} for rule in COLOUR_RULES} | ASKED_FOR}
        found += axe.run(page, options=rest).response["violations"]
    violations = [one for one in found if one["impact"] in SERIOUS]
    said = [
        f"{one['impact']}: {one['id']} ({len(one['nodes'])} nodes): {node['target']}: "
        + " ".join(check["message"] for key in ("any", "all", "none") for check in node[key])
        for one in violations
        for node in one["nodes"][:5]
    ]
    assert not violations, "\n".join(said)


# Controls whose name does not begin with the words that are seen: those who speak to their machine say these.
MISNAMED = """() => {
    const words = text => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, " ").trim();
    const seen = element => [...element.childNodes].map(node => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        return node.matches?.(".visually-hidden, [hidden], svg, template") ? "" : seen(node);
    }).join("");
    const controls = [...document.querySelectorAll("a[href], button, summary, select, input, [role=button]")];
    const named = controls.filter(control => control.ariaLabel ?? control.getAttribute("aria-labelledby"));
    return {total: named.length, wrong: named.map(control => {
        const by = control.getAttribute("aria-labelledby")?.split(" ") ?? [];
        const name = by.length ? by.map(id => document.getElementById(id).textContent).join(" ") : control.ariaLabel;
        const shown = control.labels?.length ? [...control.labels].map(seen).join(" ") : seen(control);
        return words(name).startsWith(words(shown)) ? null : `${shown.trim()} is called ${name}`;
    }).filter(Boolean)};
}"""


@each_page
def test_a_controls_name_begins_with_the_words_that_are_seen(live, name):
    found = live(name).evaluate(MISNAMED)
    assert found["total"] > 2
    assert found["wrong"] == []


@each_chapter
def test_dark_is_dark(live, name):
    def colours(scheme):
        page = live(name, scheme)
        body = page.evaluate("getComputedStyle(document.body).backgroundColor")
        labels = page.evaluate("""() => [...document.querySelectorAll("figure.figure")].flatMap(figure =>
            [...figure.querySelectorAll(".figure-live svg .role-axis-label text")]
                .map(text => `${figure.id}: ${getComputedStyle(text).fill}`))""")
        return body, sorted(set(labels))

    def channels(colour):
        return [float(part) for part in re.findall(r"[\d.]+", colour.rpartition("(")[2])[:3]]

    (light, light_labels), (dark, dark_labels) = colours("light"), colours("dark")
    assert max(channels(dark)) < 60 and min(channels(light)) > 200
    assert light_labels and len(light_labels) == len(dark_labels)
    assert [label for label in light_labels if max(channels(label)) >= 140] == []
    assert [label for label in dark_labels if min(channels(label)) <= 140] == []


@pytest.mark.parametrize(("shown", "theme", "expected"), [
    ("screen", "light", "light"), ("screen", "dark", "dark"), ("print", "light", "light"), ("print", "dark", "light"),
])  # fmt: skip
@in_light_and_dark
def test_a_static_picture_has_the_colours_of_the_page_and_not_of_the_system(visit, scheme, shown, theme, expected):
    image = pytest.importorskip("PIL.Image")
    page = visit(CHAPTERS[0], color_scheme=scheme)
    page.route("**/vendor/vega.js", lambda route: route.abort())  # the picture stays
    page.reload()
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.emulate_media(media=shown, color_scheme=scheme)
    picture = page.locator("img.figure-static").first
    picture.scroll_into_view_if_needed()
    playwright.expect(picture).to_have_js_property("complete", True)
    drawn = image.open(io.BytesIO(picture.screenshot())).convert("L").getextrema()
    darkest, lightest = drawn
    assert darkest < 115 and lightest > 235 if expected == "light" else darkest < 40 and 150 < lightest < 245, drawn


def test_a_first_screen_without_figures_loads_no_charts_and_nothing_moves_when_they_come(visit):
    page = visit("book/chapters/relations")
    assert page.locator("figure.figure").first.bounding_box()["y"] > 1200
    loaded = "[...document.scripts].map(script => script.src).filter(name => /vega|fig-/.test(name))"
    assert page.evaluate(loaded) == []
    tall = """[...document.querySelectorAll('.figure-picture, .figure-choices')]
        .filter(part => !part.closest('details.depth')).map(part => part.offsetHeight)"""
    before = page.evaluate(tall)
    enliven(page)
    # what moves is what a reader's wider font adds to a picture, at most
    moved = [after - first for first, after in zip(before, page.evaluate(tall), strict=True)]
    assert len(moved) >= 2
    assert all(abs(pixels) <= 8 for pixels in moved), moved
    assert page.evaluate(loaded)


@pytest.mark.parametrize("name", ["book/chapters/relations", "book/chapters/efficiency", "book/ledger"])
def test_a_strict_policy_breaks_nothing(visit, server, name):
    page = visit(name, base=server)
    enliven(page)
    assert all(figure["live"] for figure in page.evaluate(LIVE))
    assert page.complaints == []


@pytest.mark.parametrize(("name", "limit"), [(TOC["root"], 200), *((chapter, 350) for chapter in CHAPTERS)])
def test_little_is_sent_before_anything_is_touched(chromium, server, book, name, limit):
    page, sent = chromium.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("requestfinished", lambda request: sent.append(urlsplit(request.url).path.lstrip("/")))
    page.goto(f"{server}/{name}.html", wait_until="networkidle")
    # the files that were sent, not what the browser kept of them: for that it may let one wait without end
    kilobytes = sum(len(gzip.compress((book / file).read_bytes())) for file in sent) / 1000
    page.close()
    assert f"{name}.html" in sent and len(sent) > 3
    assert kilobytes <= limit


def test_search_finds_every_chapter_by_its_title(visit, server):
    page = visit("search", base=server)
    page.wait_for_load_state("networkidle")  # leaving earlier would break off what is still loading
    for chapter in CHAPTERS:
        page.goto(f"{server}/search.html?q={Path(chapter).name.replace('_', '+')}")
        page.locator(f"#search-results li a[href*='{chapter}.html']").first.wait_for(timeout=10_000)
        page.wait_for_load_state("networkidle")
    assert page.complaints == []


@pytest.mark.parametrize(("word", "on_code"), [("power", False), ("panel", False), ("claims", False), ("twoway", True)])
def test_search_finds_the_pages_on_the_code_where_nothing_else_has_the_word(visit, server, word, on_code):
    page = visit("search", base=server)
    page.goto(f"{server}/search.html?q={word}")
    page.locator("#search-results li a").first.wait_for(timeout=10_000)
    found = page.locator("#search-results li > a").evaluate_all("links => links.map(link => link.pathname)")
    assert found and {"/book/code" in link for link in found} == {on_code}
    assert page.complaints == []


@each_chapter
def test_without_javascript_every_figure_is_a_picture(visit, name):
    assert_static_pictures(visit(name, java_script_enabled=False), "wide")


@each_chapter
def test_in_print_every_figure_is_a_picture(live, name):
    page = live(name)
    page.emulate_media(media="print")
    try:
        assert_static_pictures(page, "wide")
        assert page.locator(".figure-live:visible").count() == 0
    finally:
        page.emulate_media(media="screen")


WIDER = """() => [...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return box.right > innerWidth + 1 && box.width > 0 && box.left >= 0;
}).slice(0, 5).map(element => `${element.tagName} ${element.id} ${element.className.baseVal ?? element.className}`)"""


CUT = """() => [...document.querySelectorAll(".figure-live svg")].flatMap(picture => {
    const {left, right} = picture.getBoundingClientRect();
    return [...picture.querySelectorAll("text")].filter(text => {
        const box = text.getBoundingClientRect();  // a reader's wider font may stick out a little
        return box.width && (box.right > right + 8 || box.left < left - 8);
    }).map(text => `${picture.closest("figure").id}: ${text.textContent}`);
})"""


OFF_PAPER = """() => [...document.querySelectorAll(".badge-verdict, figure.figure, article table")].filter(part => {
    const {left, right, width} = part.getBoundingClientRect();
    return width && (left < -2 || right > innerWidth + 2);
}).map(part => `${part.tagName} ${part.className} ${part.textContent.slice(0, 30)}`)"""
PAPER = {"width": 672, "height": 980}  # A4 within its margins


@each_page
def test_on_paper_no_verdict_figure_or_table_is_cut_off(visit, name):
    page = visit(name, viewport=PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(OFF_PAPER) == []


def test_forced_colours_keep_verdicts_and_rules(visit):
    page = visit(CHAPTERS[0], forced_colors="active")
    styles = "parts => parts.map(part => getComputedStyle(part).borderTopStyle + getComputedStyle(part).borderTopWidth)"
    rules = page.locator("figure.figure").evaluate_all(styles)
    assert rules and not any(rule.startswith("none") or rule.endswith(" 0px") for rule in rules)
    assert re.match(r"[■◧●□] ", page.locator(".badge-verdict").first.inner_text())


def test_how_a_figure_was_made_is_shown_in_its_cell_alone(visit):
    page = visit(CHAPTERS[0])
    assert page.locator("details.hide.above-input:visible").count() == 0
    figure = page.locator("figure.figure").first
    for _ in range(2):  # also when its address is there already
        figure.get_by_role("link", name="How it was made").click()
        playwright.expect(page.locator("details.hide.above-input:visible")).to_have_count(1)
        playwright.expect(page.locator(f"#code-{figure.get_attribute('id')}")).to_be_in_viewport()
        page.locator("details.hide.above-input:visible > summary").click()
        playwright.expect(page.locator("details.hide.above-input:visible")).to_have_count(0)
    assert page.complaints == []


def test_pictures_and_charts_are_written_in_the_font_of_the_book(visit):
    page = visit(CHAPTERS[0])
    enliven(page)
    font = "text => getComputedStyle(text).fontFamily"
    assert page.locator(".figure-live text").first.evaluate(font).startswith('"Grip Sans"')


@each_page
def test_a_phone_needs_no_sideways_scrolling(visit, name):
    page = visit(name, viewport=PHONE)
    enliven(page)
    assert [figure for figure in page.evaluate(LIVE) if not figure["width"] <= 390] == []
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(WIDER)


@each_chapter
def test_a_phone_without_javascript_shows_the_narrow_pictures(visit, name):
    page = visit(name, viewport=PHONE, java_script_enabled=False)
    assert_static_pictures(page, "narrow")


@each_chapter
def test_every_choice_is_labelled_and_changes_the_picture(live, name):
    page = live(name)
    before = list(page.complaints)
    controls = page.locator(".figure-choices select, .figure-choices input[type=range]").all()
    assert bool(controls) == (Path(name).name not in NO_CHOICES)
    for control in controls:
        id = control.evaluate("control => control.closest('figure').id")
        assert control.evaluate("control => control.labels[0]?.textContent.trim() || control.ariaLabel"), id
        drawn = page.locator(f"#{id} .figure-live svg").first.inner_html()
        values = control.evaluate("c => c.options ? [...c.options].map(option => option.value) : [c.min, c.max]")
        other = next(value for value in reversed(values) if value != control.input_value())
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(other)
        else:
            control.fill(other)
        try:
            page.wait_for_function(
                "([id, drawn]) => document.querySelector(`#${id} .figure-live svg`).innerHTML !== drawn",
                arg=[id, drawn],
                timeout=5_000,
            )
        except playwright.TimeoutError:
            pytest.fail(f"{id}: the choice of {other!r} changes nothing", pytrace=False)
    assert page.complaints == before


@each_chapter
def test_a_moved_control_is_said_and_renews_the_description(visit, name):
    """Every control of the page: its name, its value with unit and what is drawn, in few words."""
    page = visit(name)
    enliven(page)
    status = page.locator("p[role=status]")
    for control in page.locator(".figure-choices select, .figure-choices input[type=range]").all():
        figure = page.locator(f"#{control.evaluate('control => control.closest(`figure`).id')}")
        picture = figure.locator(".figure-live svg").first
        written, first = picture.get_attribute("aria-label"), control.input_value()
        values = control.evaluate("c => c.options ? [...c.options].map(option => option.value) : [c.min, c.max]")
        slider = control.get_attribute("type") == "range"
        choose = control.fill if slider else control.select_option
        said = status.text_content()
        for value in [next(value for value in reversed(values) if value != first), first]:
            choose(value)
            playwright.expect(status).not_to_have_text(said)
            renewed, said = picture.get_attribute("aria-label"), status.text_content()
            option = control.locator("option:checked")
            shown = control.get_attribute("aria-valuetext") if slider else option.inner_text()
            label = control.evaluate("control => control.labels[0].querySelector('.vega-bind-name').textContent.trim()")
            named, _, rest = said.partition(": ")
            assert named and label.startswith(named) and rest.startswith(shown), said
            assert 20 < len(said) <= 250 and re.search(r"\d|same", rest.removeprefix(shown)), said
            assert not re.search(r"undefined|null|NaN", said), said
            if value != first:
                assert renewed != written and f": {shown}" in renewed and len(renewed) <= 250, renewed
        assert picture.get_attribute("aria-label") == written
        if slider:
            unit = re.search(r"\((.+)\)$", label) or re.search(r", (%.*|[a-z].*)$", label)
            assert shown.startswith(first) and (not unit or shown.endswith(unit[1])), (label, shown)
    assert page.complaints == []


# where a pointer may be answered: on up to thirty marks of each kind, first those that are easiest to hit
MARKS = """figure => ["symbol", "rect", "rule", "shape", "area", "line"].flatMap(kind => {
    const marks = [...figure.querySelectorAll(`.figure-live svg .mark-${kind}.role-mark > :is(path, line, rect)`)];
    const step = Math.ceil(marks.length / 30);
    return marks.filter((_, place) => place % step === 0).map(mark => {
        if (kind !== "line") {
            const box = mark.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }
        const middle = mark.getPointAtLength(mark.getTotalLength() / 2).matrixTransform(mark.getScreenCTM());
        return [middle.x, middle.y];
    });
})"""


@each_chapter
def test_a_pointer_gets_the_values(live, book, name):
    page = live(name)
    tooltip = page.locator("#vg-tooltip-element")
    folder = (book / name).parent
    figures = page.locator("figure.figure").all()
    asked = [one for one in figures if '"tooltip"' in (folder / one.get_attribute("data-live")).read_text("utf-8")]
    assert asked
    for figure in asked:
        figure.locator(".figure-live svg").first.scroll_into_view_if_needed()
        for x, y in figure.evaluate(MARKS):
            page.mouse.move(x, y)
            if page.locator("#vg-tooltip-element.visible").count():
                break
        else:
            pytest.fail(f"{figure.get_attribute('id')}: no mark answers to the pointer", pytrace=False)
        said = tooltip.inner_text()
        assert re.search(r"\d|\t\s*\w", said), (figure.get_attribute("id"), said)
        assert not re.search(r"undefined|null|NaN", said), (figure.get_attribute("id"), said)
        page.mouse.move(0, 0)


@each_chapter
def test_keyboard_alone_is_enough(visit, name):
    page = visit(name)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    table = page.locator("figure:not(details.depth figure) details.figure-table").first
    table.locator("summary").focus()
    page.keyboard.press("Enter")
    assert table.evaluate("details => details.open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "table-scroll"
    rows = int(re.search(r"([\d,]+) rows", table.locator("summary").get_attribute("aria-label"))[1])
    playwright.expect(table.locator("tbody tr")).to_have_count(rows)
    assert page.evaluate("document.activeElement.className") == "table-scroll"


FOCUSED = """() => {
    const [now, before] = [document.activeElement, globalThis.focusedBefore];
    globalThis.focusedBefore = now;
    const box = now.getBoundingClientRect(), style = getComputedStyle(now);
    return {name: `${now.tagName} ${now.ariaLabel ?? now.textContent.trim().slice(0, 40)}`, body: now === document.body,
            forward: !before || Boolean(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING),
            seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
            ring: style.outlineStyle !== "none" || style.boxShadow !== "none", main: Boolean(now.closest("main"))};
}"""


@pytest.mark.parametrize("name", [TOC["root"], MARKED, "book/ledger"])
def test_tab_goes_forward_and_what_has_the_focus_is_seen(visit, name):
    page = visit(name)
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
        if stops[-1]["body"]:
            break
        assert stops[-1]["forward"] and stops[-1]["seen"] and stops[-1]["ring"], stops[-1]
    assert sum(stop["main"] for stop in stops) > 20
    assert [stop["main"] for stop in stops].index(True) <= 45  # the header, the contents of the page
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0


def test_the_keyboard_moves_a_slider_keeps_its_place_and_hears_what_it_did(visit):
    page = visit("book/chapters/relations")
    enliven(page)
    slider = page.locator(".figure-choices input[type=range]").first
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    playwright.expect(page.locator("p[role=status]")).to_contain_text(slider.get_attribute("aria-valuetext"))
    assert slider.evaluate("slider => slider === document.activeElement")


def test_an_address_opens_its_claim_and_tab_goes_on_from_there(visit):
    page = visit(MARKED)
    page.evaluate("location.hash = 'relations-autonomy-plan-date'")
    claim = page.locator("#relations-autonomy-plan-date")
    playwright.expect(claim).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert claim.evaluate("""claim => claim.contains(document.activeElement)
        || Boolean(claim.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)""")


def test_without_javascript_a_table_is_a_link_to_its_file(visit):
    page = visit(CHAPTERS[0], java_script_enabled=False)
    table = page.locator("figure details.figure-table").first
    table.locator("summary").click()
    assert table.get_by_role("link").get_attribute("href").endswith(".csv")
    assert page.locator(".figure-choices:visible").count() == 0


@each_tested
def test_a_link_to_a_claim_leads_to_it(visit, name):
    page = visit(name)
    id = page.locator("li.claim").first.get_attribute("id")
    page.evaluate("id => { location.hash = id }", id)
    playwright.expect(page.locator(f"li.claim#{id}")).to_be_in_viewport()


def opened_mark(page, number=0, which="p a.claim-mark"):
    """A mark of the page that is opened from the keyboard, and its card."""
    mark = page.locator(which).nth(number)
    mark.focus()
    page.keyboard.press("Enter")
    return mark, page.locator(".claim-card")


def test_a_mark_opens_and_closes_its_claim_from_the_keyboard(visit):
    page = visit(MARKED)
    single = "p a.claim-mark:not([data-claims])"
    mark, card = opened_mark(page, which=single)
    assert mark.get_attribute("aria-expanded") == "true"
    assert mark.get_attribute("aria-controls") == card.get_attribute("id")
    claim = page.locator(f"li{mark.get_attribute('href')}")
    for part in ("statement", "report", "verdict"):
        assert card.locator(f".claim-{part}").inner_text() == claim.locator(f".claim-{part}").text_content()
    assert card.locator("a.claim-trail").count() == 1
    other = page.locator(single).nth(1)
    other.focus()
    page.keyboard.press("Space")
    assert [mark.get_attribute("aria-expanded"), other.get_attribute("aria-expanded")] == ["false", "true"]
    playwright.expect(card).to_have_count(1)
    card.locator("a.claim-trail").focus()
    page.keyboard.press("Escape")
    playwright.expect(card).to_have_count(0)
    assert other.evaluate("mark => mark === document.activeElement && mark.ariaExpanded === 'false'")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # again closes it
    playwright.expect(card).to_have_count(0)
    assert page.complaints == [] and "#" not in page.url


# whether a card lies on a figure, a table or code that the mark does not stand in
COVERS = """card => [...document.querySelectorAll(".bd-article :is(figure, table, pre)")].some(one => {
    const [own, its] = [card.getBoundingClientRect(), one.getBoundingClientRect()];
    return !one.contains(card) && its.right > own.left && its.left < own.right && its.bottom > own.top
        && its.top < own.bottom;
})"""
WHERE = """([mark, card]) => {
    const [line, box, text] = [mark, card, mark.closest("p")].map(element => element.getBoundingClientRect());
    return {beside: box.left - text.right, level: box.top - line.top, under: box.top - text.bottom,
            over: box.right - document.documentElement.clientWidth};
}"""


@pytest.mark.parametrize("width", [1440, 1200, 1024, 390])
def test_a_claim_stands_beside_its_line_or_under_its_paragraph(visit, width):
    page, beside = visit(MARKED, viewport={"width": width, "height": 900}), 0
    for number in range(0, page.locator("p a.claim-mark").count(), 9):
        mark, card = opened_mark(page, number)
        where = page.evaluate(WHERE, [mark.element_handle(), card.element_handle()])
        assert where["over"] <= 0, where
        if where["beside"] > 0:
            assert abs(where["level"]) < 16, where
        else:
            assert 0 <= where["under"] < 40, where
        beside += where["beside"] > 0
        assert not card.evaluate(COVERS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (beside > 0) == (width >= 1200)


def test_a_mark_is_large_enough_for_a_finger_and_opens_by_touch(visit):
    page = visit(MARKED, viewport=PHONE, has_touch=True)
    sizes = page.evaluate(
        "[...document.querySelectorAll('a.claim-mark')].map(mark => mark.getBoundingClientRect())"
        ".map(({width, height}) => Math.min(width, height))"
    )
    assert len(sizes) > 50 and min(sizes) >= 24
    page.locator("a.claim-mark").nth(3).tap()
    card = page.locator(".claim-card")
    playwright.expect(card).to_be_in_viewport()
    card.get_by_role("button", name="Close").tap()
    playwright.expect(card).to_have_count(0)


def test_a_mark_of_several_claims_and_one_of_another_chapter_tell_all(visit):
    page = visit(MARKED)
    several, card = page.locator("a.claim-mark[data-claims]").first, page.locator(".claim-card")
    several.click()
    ids = several.get_attribute("data-claims").split()
    assert card.locator(".claim-statement").all_inner_texts() == [
        page.locator(f"li#{id} .claim-statement").text_content() for id in ids
    ]
    elsewhere = page.locator("a.claim-mark[href*='.html#']").first
    elsewhere.click()
    playwright.expect(card.locator(".claim-statement")).not_to_be_empty()
    assert "ledger.html#" in card.locator("a.claim-trail").get_attribute("href")


def test_without_javascript_a_mark_leads_to_its_claim_in_the_fold(visit):
    page = visit(MARKED, java_script_enabled=False)
    mark = page.locator("a.claim-mark").nth(6)
    mark.click()
    claim = page.locator(f"li{mark.get_attribute('href')}")
    playwright.expect(claim).to_be_in_viewport()
    assert page.locator("details.claims-fold[open]").count() == 1
    assert page.locator("li.claim:target").count() == 1
    playwright.expect(claim.locator(".claim-note")).to_be_visible()  # only of the one that was asked for


def test_print_shows_the_claims_of_a_section_and_no_card(visit):
    page = visit(MARKED)
    _, card = opened_mark(page)
    listed = page.locator("#relations-cabinet-start .claim-statement")
    assert not listed.evaluate("text => text.checkVisibility()")
    page.emulate_media(media="print")
    assert not card.is_visible()
    assert listed.evaluate("text => text.checkVisibility({contentVisibilityAuto: true})")


@in_light_and_dark
def test_axe_finds_nothing_in_an_open_card_and_an_open_list(visit, scheme):
    axe, page = pytest.importorskip("axe_playwright_python.sync_playwright").Axe(), visit(MARKED, color_scheme=scheme)
    page.locator("details.claims-fold > summary").nth(1).click()
    opened_mark(page, 6)
    there = {"include": [[".claim-card"], ["details.claims-fold[open]"], ["p:has(.claim-mark)"]]}
    asked = {"resultTypes": ["violations"], "preload": False, "rules": ASKED_FOR}
    found = axe.run(page, there, asked).response["violations"]
    assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]


def test_from_a_recommendation_to_official_rows_and_back_by_clicking(visit):
    carrying = data.load("links_recommendation_claim")
    claim = next(id for id in carrying["claim"] if id in set(rows.links()["claim"]))
    number = carrying.set_index("claim").loc[[claim], "recommendation"].iloc[0].removeprefix("recommendation-")[0]
    page = visit("book/recommendations")
    page.locator(f"dl.recommendation a[href$='#{claim}']").first.click()
    page.wait_for_url(f"**/chapters/*.html#{claim}")
    page.locator(f"li[id='{claim}']").get_by_role("link", name="trail").click()
    page.wait_for_url(f"**/ledger.html#{claim}")
    page.locator(f"li[id='{claim}']").get_by_role("link", name=re.compile(r"\d+ rows? of")).first.click()
    page.wait_for_url(f"**/data/*.html#{claim}")
    playwright.expect(page.locator(f"[id='{claim}']")).to_be_in_viewport()
    playwright.expect(page.locator(".official-rows details[open] tbody tr").first).to_be_visible()
    page.locator(f"[id='{claim}']").get_by_role("link", name="trail").click()
    page.wait_for_url(f"**/ledger.html#{claim}")
    page.locator(f"li[id='{claim}']").get_by_role("link", name=f"recommendation {number}").click()
    page.wait_for_url(f"**/recommendations.html#recommendation-{number}")
    playwright.expect(page.get_by_role("heading", name=re.compile(rf"^{number}\. "))).to_be_in_viewport()
    assert page.complaints == []


COUNTS = r"\b\d+ (?:claims|statements|agree|differ|confirmed|not checked)"


@pytest.mark.parametrize(("size", "screens"), [((1440, 1000), 2), ((390, 844), 2)])
def test_the_first_two_screens_answer_and_count_no_claims(visit, size, screens):
    width, height = size
    page = visit("book/index", viewport={"width": width, "height": height})
    answer, table = (page.locator(name).bounding_box() for name in (".front .lead", "table.brief"))
    assert answer["y"] + answer["height"] < height
    assert table["y"] < screens * height  # on a phone it begins there
    if width > 800:
        assert table["y"] < height and table["y"] + table["height"] < screens * height
    places = page.locator("article").evaluate(
        """(article, counts) => [...article.querySelectorAll("p, td, th, h2, h3, .said")]
            .filter(tag => new RegExp(counts).test(tag.textContent)).map(tag => tag.getBoundingClientRect().top)""",
        COUNTS,
    )
    assert places and min(places) > screens * height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_clicks_from_home_to_the_evidence_on_campaigns(visit):
    page = visit("book/index")
    page.get_by_role("link", name="Should information campaigns stop? (5a)").click()
    page.wait_for_url("**/recommendations.html#recommendation-5a")
    playwright.expect(page.get_by_role("heading", name="5a. No more money")).to_be_in_viewport()
    page.get_by_role("link", name="Study by study, in a figure").click()
    page.wait_for_url("**/irregular_migration.html#fig-studies")
    playwright.expect(page.locator("#fig-studies .figure-title")).to_be_in_viewport()
    assert page.complaints == []


@pytest.mark.parametrize("door", ["Members of parliament", "Journalists", "Researchers"])
def test_each_way_in_has_three_tasks_that_one_click_reaches(visit, door):
    page = visit("book/index")
    tasks = page.locator(".doors > section").filter(has_text=door).get_by_role("link")
    assert tasks.count() == 3
    for place in range(3):
        address = tasks.nth(place).get_attribute("href")
        tasks.nth(place).click()
        page.wait_for_url(f"**/{address}")
        page.go_back()
