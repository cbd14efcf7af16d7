"""A figure on its page: light, with everything that a reader needs, and nothing that can break out of it."""

import json
import re

import altair as alt
import pytest
from bs4 import BeautifulSoup

from lib import charts, data
from steps.book import figures, front, pictures
from tests.book.test_pictures import chapter  # noqa: F401
from tests.charts.test_charts import TABLE, bars, make

NASTY = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a&b\u2028\u2029c"]


def source(status, caveat="", who="An agency"):
    """A source of a figure with this status."""
    return data.Provenance("frontex_route_month", "A table", who, "CC0", "2026-08-04", status, None, (caveat,))


@pytest.fixture
def placed(chapter):  # noqa: F811
    """The page's part of a figure, and its files."""

    def made(**fields):
        [record] = chapter(make(**fields))
        pictures.draw("one")
        return BeautifulSoup(figures.html(record), "html.parser"), figures.files(record)

    return made


def handed_over(script):
    """The value in a figure's script."""
    return json.loads(re.fullmatch(r'compendium\.\w+\("fig-test", (.*)\);\n', script).group(1))


def test_a_page_holds_everything_a_reader_needs_in_few_elements(placed):
    page, files = placed()
    figure = page.find("figure", id="fig-test")
    assert len(figure.find_all(True)) + 1 <= 30
    assert figure.find(class_="figure-title").text == "Detections doubled & halved"
    assert figure.find(class_="figure-subtitle").text == "Detections per year, 2014–2016"
    picture = figure.find("img")
    assert (picture["alt"], picture["loading"]) == ('Bars: 10, "20", 5.', "lazy")
    downloads = {link["href"] for link in figure.select(".figure-downloads a[download]")}
    assert downloads == {f"figures/fig-test.{kind}" for kind in ("csv", "svg", "vl.json")}
    assert figure.select_one("details.figure-table a")["href"] == "figures/fig-test.csv"  # it needs no JavaScript
    named = {figure["data-live"], figure["data-table"], picture["src"], figure.find("source")["srcset"]}
    assert {name.removeprefix("figures/") for name in named | downloads} == files.keys()


@pytest.mark.parametrize(("sources", "kind", "words"), [
    ([source("public")], "public", "Public data"),
    ([source("reported")], "report", "The report's numbers"),
    ([source("reported"), source("public")], "both", "Public data and the report's numbers"),
    ([source("public"), source("reported", "ASSUMPTIONS of ours.")], "assumption", "Assumption"),
    ([source("own file"), source("public")], "own", "Own file"),
    ([source("own file"), source("simulated"), source("public")], "simulated", "Simulated data"),
])  # fmt: skip
def test_a_frame_says_its_kind_of_evidence(placed, sources, kind, words):
    figure = placed(sources=sources)[0].figure
    assert figure["class"] == ["figure", f"evidence-{kind}"]
    assert figure.figcaption.find(True).text == words


def test_the_foot_is_one_line_of_which_the_rest_unfolds(placed):
    sources = [source("public", who=f"Agency {name}, somewhere") for name in "ABC"]
    foot = placed(sources=sources)[0].select_one(".figure-foot")
    assert [fold.get_text().split(":")[0] for fold in foot.select("summary, .figure-made")] == [
        "Source", "Table", "Download", "How it was made",
    ]  # fmt: skip
    assert foot.summary.get_text() == "Source: Agency A, 4 August 2026; Agency B, 4 August 2026; 1 more"
    assert [link.get_text() for link in foot.select(".figure-source a")] == [one.line for one in sources]
    for link in foot.select("a[aria-label]"):
        assert link["aria-label"].startswith(link.get_text())


def test_a_picture_keeps_its_room_before_it_is_there(placed):
    page, files = placed()
    for tag, size, asked in (("img", "wide", charts.WIDE), ("source", "narrow", charts.NARROW)):
        tag = page.find(tag)
        opening = re.match("<svg [^>]*>", files[f"fig-test-{size}.svg"]).group()
        assert f'width="{tag["width"]}" height="{tag["height"]}"' in opening
        assert int(tag["width"]) == pytest.approx(asked + 2 * figures.ROOM, abs=6)


def test_choices_keep_their_room_before_they_are_there(placed):
    assert not placed()[0].find(class_="figure-choices")

    def build(width):
        sliders = [alt.param(name=name, value=1, bind=alt.binding_range(min=0, max=2)) for name in ("a", "b")]
        return bars(width).add_params(*sliders)

    assert len(placed(build=build)[0].find(class_="figure-choices").find_all(True)) == 2


def test_nothing_is_fetched_from_elsewhere(placed):
    page, files = placed()
    addresses = set(re.findall(r'https?://[^\s"\'<>)]+', str(page) + "".join(files.values())))
    # what is left are names: SVG's namespaces, and the schema that a chart says it follows
    assert {re.sub(r"https?://([^/]+)/.*", r"\1", address) for address in addresses} <= {"www.w3.org", "vega.github.io"}


def test_nothing_breaks_out_of_a_page_or_a_script(placed):
    table = TABLE.assign(label=NASTY)
    texts = dict.fromkeys(("title", "subtitle", "description", "note"), "".join(NASTY))
    page, files = placed(build=lambda width: bars(width, table), table=table, **texts)
    assert not page.find("script") and len(page.find_all("img")) == 1
    assert page.find(class_="figure-title").text == "".join(NASTY)
    assert page.find("img")["alt"] == "".join(NASTY) and not page.find("img").has_attr("onerror")
    [rows] = handed_over(files["fig-test.js"])["datasets"].values()
    assert [row["label"] for row in rows] == NASTY
    for name in ("fig-test.js", "fig-test.table.js"):
        assert files[name].isascii() and files[name].count("\n") == 1
    shown = BeautifulSoup(handed_over(files["fig-test.table.js"]), "html.parser")
    assert not shown.find(["script", "img"])
    assert [row.find_all("td")[1].text for row in shown.select("tbody tr")] == NASTY


def test_on_the_home_page_a_figure_has_the_files_of_its_chapter(chapter):  # noqa: F811
    [record] = chapter(make())
    pictures.draw("one")
    files = figures.files(record)
    moved = BeautifulSoup(front.moved(figures.html(record), "one"), "html.parser")
    figure, picture = moved.find("figure"), moved.find("img")
    named = [figure["data-live"], figure["data-table"], picture["src"], moved.find("source")["srcset"]]
    named += [link["href"] for link in moved.select("a[download]")]
    assert {name.removeprefix("chapters/figures/") for name in named} == files.keys()
    assert moved.find("a", href="#fig-test") and moved.select_one('.figure-source a[href^="data/"]')
