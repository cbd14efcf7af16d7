"""The theme on a small book: what a page holds, what it loads, and what it does in a browser under a strict policy."""

import gzip
import re
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, needs_chromium, served
from sphinx.testing.util import SphinxTestApp

EXTENSIONS = ROOT / "book" / "_ext"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
NEEDED_ELSEWHERE = {"jupyter_book", "sphinx_external_toc", "terms"}
SETTINGS = {
    **{name: CONFIG[name] for name in ("html_theme", "html_theme_options", "html_math_renderer", "html_use_index")},
    **{name: CONFIG[name] for name in ("nb_code_prompt_show", "bibtex_default_style", "html_css_files")},
    "extensions": [name for name in CONFIG["extensions"] if name not in NEEDED_ELSEWHERE],
    "html_static_path": [str(ROOT / "book" / "_static")],
    "html_favicon": str(ROOT / "book" / "_static" / "favicon.svg"),
    "html_title": "A <small> book",
    "exclude_patterns": ["_build"],
    "myst_enable_extensions": ["dollarmath"],
    "nb_execution_mode": "off",
    "bibtex_bibfiles": ["some.bib"],
}
HOME = """# Home

The first {cite}`one2020`.

```{toctree}
:caption: Chapters

chapter
```

```{toctree}
:caption: More & more

plain
book/ledger
```

```{bibliography}
```
"""
PLAIN = (
    """# Plain

## First *section*

| a | b |
|---|---|
| 1 | 2 |

$$x^2$$

### Inside

```python
if 1 < 2:  # "why" & how
    print('yes')
```

## Second

"""
    + "Words to scroll over.\n\n" * 80
    + "## Third\n\nThe end.\n"
)
MADE = """<figure class="figure" id="fig-one"><p>A picture</p></figure>
<ul class="claims"><li id="claim-one" class="claim claim-confirmed">A claim</li><li id="other">No claim</li></ul>"""
STYLED = '<table border="0" class="dataframe plain"><tr><td>1</td></tr></table>'
CODE = 'import this  # one\nx = "two"'
NOTEBOOK = nbformat.v4.new_notebook(
    metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
    cells=[
        nbformat.v4.new_markdown_cell("# Chapter\n\nOne.\n\n## Part"),
        nbformat.v4.new_code_cell(
            CODE,
            metadata={"tags": ["hide-input"]},
            outputs=[nbformat.v4.new_output("display_data", {"text/html": html}) for html in (MADE, STYLED)],
        ),
    ],
)
BIB = "@book{one2020, author={A. One}, title={The First}, publisher={P}, year={2020}}"


def build(folder):
    """Build what has changed, without warnings, and return the folder of the HTML."""
    app = SphinxTestApp("html", srcdir=folder, confoverrides=SETTINGS)
    try:
        app.build()
        assert app.warning.getvalue() == ""
    finally:
        app.cleanup()
    return Path(app.outdir)


@pytest.fixture
def small(tmp_path):
    """The source of a small book."""
    return write(tmp_path)


def write(folder):
    (folder / "conf.py").write_text(f"import sys\nsys.path.append({str(EXTENSIONS)!r})\n", encoding="utf-8")
    (folder / "book").mkdir()
    for name, text in {"index.md": HOME, "plain.md": PLAIN, "book/ledger.md": "# Ledger\n", "some.bib": BIB}.items():
        (folder / name).write_text(text, encoding="utf-8")
    nbformat.write(NOTEBOOK, folder / "chapter.ipynb")
    return folder


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The small book, built once."""
    return build(write(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def pages(html):
    files = {name: html / f"{name}.html" for name in ("index", "chapter", "plain", "search")}
    return {name: BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser") for name, file in files.items()}


def loaded(page):
    """The files that a page loads by itself."""
    links = [tag["src"] for tag in page.select("script[src], img[src]")]
    return [link.split("?")[0] for link in links + [tag["href"] for tag in page.select("link[rel=stylesheet]")]]


def test_no_script_stands_in_a_page(pages):
    for name, page in pages.items():
        assert all(script.get("src") and not script.string for script in page.select("script")), name
        assert not [tag.name for tag in page.find_all(True) for attribute in tag.attrs if attribute.startswith("on")]


def test_a_page_loads_little_and_from_the_book_alone(pages, html):
    for name in ("index", "chapter", "plain"):
        files = loaded(pages[name])
        assert all((html / file).is_file() for file in files), files
        assert sum(len(gzip.compress((html / file).read_bytes())) for file in files) < 25_000, files


def test_the_index_is_loaded_on_the_search_page_alone(pages):
    assert {"search-index.js", "_static/search.js"} < set(loaded(pages["search"]))
    assert not any("search" in file for name in ("index", "chapter", "plain") for file in loaded(pages[name]))
    assert all(page.select_one("#search-dialog form")["action"] in ("search.html", "#") for page in pages.values())


def test_what_made_a_figure_or_a_claim_is_an_anchor_in_its_code(pages):
    code = pages["chapter"].select_one("details.hide.above-input .cell_input")
    assert [tag["id"] for tag in code.select("[id]")] == ["code-fig-one", "code-claim-one"]


def test_code_is_folded_whole_and_plain(pages):
    fold = pages["chapter"].select_one("details.hide")
    assert not fold.has_attr("open") and fold.summary.get_text() == CONFIG["nb_code_prompt_show"]
    assert fold.pre.get_text() == CODE and not fold.pre.find_all(True)
    assert pages["plain"].select_one("pre.python").get_text() == "if 1 < 2:  # \"why\" & how\n    print('yes')"


def test_what_scrolls_is_reached_by_keyboard(pages):
    scrolling = [page.select("pre, .table-container, table.plain, .math-block") for page in pages.values()]
    assert [len(found) for found in scrolling] == [0, 2, 3, 0]
    assert all(tag["tabindex"] == "0" for found in scrolling for tag in found)
    formula = pages["plain"].select_one(".math-block")
    assert (formula["role"], formula["aria-label"]) == ("region", "Formula") and formula.math


def test_references_have_no_role_without_its_parent(pages):
    assert pages["index"].select("div.citation .label") and not pages["index"].select("[role^=doc-bib], [role=list]")


def test_the_header_names_the_few_ways_in_and_its_menus_every_other_page(pages):
    header = pages["plain"].select_one("header.bd-header")
    assert header.select_one(".logo").get_text() == "A <small> book"
    ways = header.select("nav[aria-label=Main] > ul > li > :is(a, button)")
    assert [way.get_text() for way in ways] == ["Answer", "Chapters", "All claims", "Data and methods"]
    assert [way.get_text() for way in ways if way.has_attr("aria-current")] == ["Data and methods"]
    menus = [header.find(id=way["popovertarget"]) for way in ways if way.has_attr("popovertarget")]
    assert [[link.get_text() for link in menu.select("a")] for menu in menus] == [["Chapter"], ["Plain"]]
    assert [link.get_text() for link in header.select("nav [aria-current=page]")] == ["Plain"]
    first = pages["index"].select("nav[aria-label=Main] > ul > li > [aria-current]")
    assert [way.get_text() for way in first] == ["Answer"]


def test_the_page_of_recommendations_is_in_the_header_once_it_is_there(small):
    (small / "book" / "recommendations.md").write_text("# All\n", encoding="utf-8")
    replace(small / "index.md", "book/ledger", "book/ledger\nbook/recommendations")
    page = BeautifulSoup((build(small) / "index.html").read_text(encoding="utf-8"), "html.parser")
    ways = page.select("nav[aria-label=Main] > ul > li > :is(a, button)")
    names = [way.get_text() for way in ways]
    assert names == ["Answer", "Chapters", "Recommendations", "All claims", "Data and methods"]


def test_navigation_names_the_parts_and_the_page(pages):
    site = pages["plain"].select_one("#site-navigation")
    assert [part.get_text() for part in site.select(".caption")] == ["Chapters", "More & more"]
    assert [link.get_text() for link in site.select("a")] == ["Answer", "All claims", "Chapter", "Plain"]
    assert [link.get_text() for link in site.select("[aria-current=page]")] == ["Plain"]
    assert not pages["index"].select("#page-contents")
    links = {link.get_text(): link["href"] for link in pages["plain"].select("#page-contents a")}
    assert links == {"First section": "#first-section", "Inside": "#inside", "Second": "#second", "Third": "#third"}
    assert pages["plain"].title.string == "Plain — A <small> book" and pages["index"].title.string == "A <small> book"


def test_buttons_have_names_and_icons_none(pages):
    for page in pages.values():
        pressed = page.select("button, .bd-header a")
        assert pressed and all(tag.get("aria-label") or tag.get_text(strip=True) for tag in pressed)
        assert all(icon["aria-hidden"] == "true" for icon in page.select("svg.icon"))


def rewritten(folder, change):
    """The pages that are written again after a change."""
    files = list(build(folder).glob("*.html"))
    for file in files:
        file.write_text(file.read_text(encoding="utf-8") + "<!-- before -->", encoding="utf-8")
    change()
    build(folder)
    return {file.stem for file in files if "<!-- before -->" not in file.read_text(encoding="utf-8")} - {"search"}


def replace(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_sentence_writes_its_page_and_the_one_that_lists_it(small):
    assert rewritten(small, lambda: replace(small / "plain.md", "Words", "Other words")) == {"index", "plain"}


def test_a_changed_title_is_changed_in_the_navigation_of_every_page(small):
    written = rewritten(small, lambda: replace(small / "plain.md", "# Plain\n", "# New\n"))
    assert written == {"index", "chapter", "plain"}
    assert "New" in (small / "_build" / "html" / "chapter.html").read_text(encoding="utf-8")


def test_a_list_of_references_that_is_written_again_has_each_once(small):
    home = build(small) / "index.html"
    replace(small / "plain.md", "# Plain\n", "# New\n")
    for _ in range(2):
        build(small)
        [reference] = BeautifulSoup(home.read_text(encoding="utf-8"), "html.parser").select("div.citation")
        assert len(reference.select(".label")) == reference.get_text().count("The First") == 1
        replace(small / "plain.md", "# New\n", "# Newer\n# New\n")


def in_a_browser(test):
    """Mark a test that needs Chromium."""
    return pytest.mark.browser(needs_chromium(test))


@pytest.fixture(scope="module")
def strict(html):
    with served(html) as address:
        yield address


@pytest.fixture
def visit(chromium, html, request):
    """Open a page from its file, or from a base address, in a browser with the options."""

    def opened(name, base=None, before=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        request.addfinalizer(context.close)
        page, complaints = context.new_page(), []
        page.complaints = complaints
        page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if before:
            page.add_init_script(before)
        page.goto(f"{base or html.as_uri()}/{name}.html")
        return page

    return opened


def theme(page):
    return page.evaluate("[document.documentElement.dataset.mode, document.documentElement.dataset.theme]")


@in_a_browser
def test_everything_works_under_a_strict_policy(visit, strict):
    page = visit("chapter", base=strict, color_scheme="dark")
    assert theme(page) == ["auto", "dark"]
    page.keyboard.press("Control+k")
    page.keyboard.type("scroll")
    page.keyboard.press("Enter")
    page.locator("#search-results li a[href*='plain.html']").first.click()
    page.locator("article span.highlighted").first.wait_for()
    assert page.complaints == []


@in_a_browser
@pytest.mark.parametrize("name", ["plain", "search"])
def test_escape_gives_the_focus_back_that_the_search_took(visit, name):
    page = visit(name)
    focused = "document.activeElement.dataset.action ?? document.activeElement.type"
    page.locator("[data-action=theme]").focus()
    page.keyboard.press("Control+k")
    assert page.evaluate(focused) == "search"
    page.keyboard.type("words")
    page.keyboard.press("Escape")
    if name == "plain" and page.locator("#search-dialog").is_visible():  # the first one may empty the field
        page.keyboard.press("Escape")
    assert page.evaluate(focused) == "theme"
    if name == "plain":
        page.locator("a[data-action=search]").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName + document.activeElement.dataset.action") == "Asearch"
    assert page.complaints == []


@in_a_browser
def test_colours_follow_the_system_until_they_are_chosen_and_stay(visit):
    page = visit("plain", color_scheme="dark")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    for expected in (["light", "light"], ["dark", "dark"]):
        page.locator("[data-action=theme]").click()
        assert theme(page) == expected
    page.reload()
    assert theme(page) == ["dark", "dark"] and page.complaints == []


@in_a_browser
def test_blocked_storage_breaks_nothing(visit):
    blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    page = visit("plain", before=blocked, color_scheme="dark")
    page.locator("[data-action=theme]").click()
    assert theme(page) == ["light", "light"] and page.complaints == []


@in_a_browser
def test_without_javascript_a_phone_reaches_navigation_and_contents(visit):
    page = visit("plain", viewport={"width": 390, "height": 700}, java_script_enabled=False)
    for id in ("site-navigation", "page-contents"):
        assert not page.locator(f"#{id}").is_visible()
        page.locator(f"[popovertarget={id}]").click()
        assert page.locator(f"#{id} a").last.is_visible()
        page.keyboard.press("Escape")
    assert not page.locator(".js-only:visible").count()


@in_a_browser
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_wide_screen_contents_and_menus_are_there(visit, scripts):
    page = visit("plain", java_script_enabled=scripts)
    assert page.locator("#page-contents").is_visible() and not page.locator(".bd-header .only-small").is_visible()
    menu = page.locator(".bd-header .menu").first
    page.get_by_role("button", name="Chapters").click()
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    page.get_by_role("button", name="Chapters").click()
    menu.get_by_role("link", name="Chapter").click()
    page.wait_for_url("**/chapter.html")


@in_a_browser
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_header_fits_and_has_the_title(visit, width):
    page = visit("plain", viewport={"width": width, "height": 800})
    header = page.locator(".bd-header")
    assert header.locator(".logo").is_visible() and header.locator(".switch").is_visible()
    assert header.evaluate("bar => bar.scrollWidth <= bar.clientWidth && bar.offsetHeight < 64")


WORDS = "#second > p"  # plain text


@in_a_browser
def test_beside_the_text_is_room_for_notes(visit):
    page = visit("plain", viewport={"width": 1200, "height": 800})
    text, main = (page.locator(name).last.bounding_box() for name in (WORDS, ".bd-main"))
    assert main["x"] + main["width"] - text["x"] - text["width"] >= 14 * 16
    size = f"getComputedStyle(document.querySelector('{WORDS}'))"
    assert page.evaluate(f"[{size}.fontSize, {size}.lineHeight]") == ["19px", "30px"]
    assert text["width"] == 656


FACES = """async () => {
    await document.fonts.ready;
    return [...document.fonts].filter(face => face.status === "loaded").map(face => face.family.replaceAll('"', ""));
}"""


@in_a_browser
def test_fonts_come_from_the_book_alone(visit, strict):
    for base in (None, strict):
        page, asked = visit("plain", base=base), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.reload(wait_until="networkidle")
        assert {"Grip Serif", "Grip Sans"} <= set(page.evaluate(FACES))
        family = page.evaluate(f"getComputedStyle(document.querySelector('{WORDS}')).fontFamily")
        assert family.startswith('"Grip Serif"')
        fonts = [url.rpartition("/")[2] for url in asked if "/fonts/" in url]
        assert sorted(set(fonts)) == sorted(fonts) and "serif.woff2" in fonts  # none twice
        assert all(url.startswith(base or "file:") for url in asked) and page.complaints == []


def shown(page):
    """Whether a page shows code: what is chosen, and whether any is seen."""
    pressed = page.locator(".switch [aria-pressed=true]").inner_text()
    return pressed, page.locator("details.hide pre").first.is_visible()


@in_a_browser
def test_one_switch_shows_code_in_the_whole_book_and_is_remembered(visit):
    page = visit("chapter")
    assert shown(page) == ("Read", False) and not page.locator("details.hide").first.is_visible()
    page.get_by_role("button", name="Code and data").click()
    assert shown(page) == ("Code and data", True) and "show=code" in page.url
    page.goto(page.url.split("?")[0])
    assert shown(page) == ("Code and data", True)
    page.get_by_role("button", name="Read").click()
    assert shown(page) == ("Read", False) and "show=" not in page.url
    assert page.complaints == []


@in_a_browser
def test_an_address_shows_code_without_being_remembered_and_a_refused_storage_breaks_nothing(visit):
    blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    page = visit("chapter", before=blocked)
    page.goto(f"{page.url}?show=code")
    assert shown(page) == ("Code and data", True)
    page.get_by_role("button", name="Read").click()
    assert shown(page) == ("Read", False) and page.complaints == []


@in_a_browser
def test_the_switch_leaves_what_is_read_where_it_is(visit):
    page = visit("chapter", viewport={"width": 1280, "height": 300})
    page.evaluate("document.querySelector('#part').scrollIntoView()")
    place = "document.querySelector('#part').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.get_by_role("button", name="Code and data").evaluate("button => button.click()")  # without scrolling to it
    assert abs(page.evaluate(place) - before) < 3


@in_a_browser
def test_how_it_was_made_shows_the_code_of_its_cell(visit):
    page = visit("chapter")
    page.goto(f"{page.url}#code-fig-one")
    page.evaluate("document.querySelector('details.hide').open = true")  # as figures.js does
    assert shown(page) == ("Read", True)


@in_a_browser
def test_without_javascript_code_is_a_closed_row_and_there_is_no_switch(visit):
    page = visit("chapter", java_script_enabled=False)
    assert page.locator("details.hide > summary").first.is_visible() and not page.locator(".switch").is_visible()
    page.locator("details.hide > summary").first.click()
    assert page.locator("details.hide pre").first.is_visible()


@in_a_browser
def test_no_code_is_printed_and_no_navigation(visit):
    page = visit("chapter")
    page.get_by_role("button", name="Code and data").click()
    page.emulate_media(media="print")
    for name in ("details.hide", ".bd-header", ".prev-next", "#page-contents"):
        assert page.locator(f"{name}:visible").count() == 0, name


@in_a_browser
def test_the_contents_mark_the_section_that_is_read(visit):
    page = visit("plain")
    page.locator("#page-contents a", has_text="Second").click()
    page.evaluate("scrollBy(0, 200)")
    page.wait_for_function("document.querySelector('#page-contents [aria-current]')?.textContent === 'Second'")


@in_a_browser
def test_opened_code_is_coloured_without_elements_and_copied(visit, strict):
    page = visit("chapter", base=strict, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Code and data").click()
    page.wait_for_function("CSS.highlights.size > 0")
    found = page.evaluate("Object.fromEntries([...CSS.highlights].map(([kind, of]) => [kind, [...of].map(String)]))")
    assert found == {"code-keyword": ["import"], "code-comment": ["# one"], "code-string": ['"two"']}
    page.locator("pre.python").hover()
    page.locator("button.copy").click()
    page.locator("button.copy", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == CODE
    assert page.locator("pre.python *").count() == 0


def test_style_sheets_use_the_variables_that_they_define():
    files = [*(ROOT / "book" / "_static").glob("*.css"), *(ROOT / "book" / "_theme").rglob("*.css")]
    css = "".join(file.read_text(encoding="utf-8") for file in files)
    defined, used = set(re.findall(r"(--[\w-]+)\s*:", css)), set(re.findall(r"var\((--[\w-]+)", css))
    assert used - defined == set()  # a colour that is not there takes the border with it
    assert {name for name in defined - used if not name.startswith("--chart-")} == set()  # those are for charts as well
