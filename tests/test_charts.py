"""The figure contract: what is refused, and what every figure carries."""

import io
import json
import re

import altair as alt
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import charts, data
from lib.charts import theme

TABLE = pd.DataFrame({"year": [2014, 2015, 2016], "label": ["a", "b", "c"], "detections": [10, 20, 5]})


def bars(width, table=TABLE):
    chart = alt.Chart(table).mark_bar(color=charts.BLUE).encode(x="year:O", y="detections:Q", tooltip="label:N")
    return charts.fit(chart, width, 120)


def make(build=bars, **fields):
    given = {
        "id": "fig-test",
        "title": "Detections doubled & halved",
        "subtitle": "Detections per year, 2014–2016",
        "description": 'Bars: 10, "20", 5.',
        "sources": [data.describe("frontex_route_month")],
        "table": TABLE,
    }
    return charts.figure(build, **given | fields)


def simulated():
    return data.Provenance("sim", "Made up", "us", "CC0", "2026", "simulated", ())


def bundle(figure):
    return figure._repr_mimebundle_()


def soup(figure):
    return BeautifulSoup(bundle(figure)["text/html"], "html.parser")


@pytest.fixture(scope="module")
def figure():
    return make()


@pytest.mark.parametrize("id", ["", "Fig-a", "fig_a", "fig a", "-fig", "fig-", "fig--a", 'fig"', "fig-é", "fig-a\n"])
def test_ids_are_kebab_case(id):
    with pytest.raises(ValueError, match="lower-case words joined by hyphens"):
        make(id=id)


@pytest.mark.parametrize("name", ["title", "subtitle", "description"])
@pytest.mark.parametrize("text", ["", " \n"])
def test_no_text_may_be_empty(name, text):
    with pytest.raises(ValueError, match=f"fig-test: its {name} is empty"):
        make(**{name: text})


@pytest.mark.parametrize("missing", [{"sources": []}, {"table": TABLE.iloc[:0]}])
def test_sources_and_data_are_needed(missing):
    with pytest.raises(ValueError, match="fig-test: a figure needs sources and a table"):
        make(**missing)


def test_a_chart_too_wide_for_a_phone_is_refused():
    wide = alt.Chart(TABLE).mark_bar().encode(x="year:O", y="detections:Q").properties(width=500)
    with pytest.raises(ValueError, match=r"fig-test-narrow: drawn .* pixels wide, 350 asked for"):
        make(lambda width: wide)


def test_the_chart_is_drawn_for_the_column_and_for_a_phone():
    asked = []
    figure = make(lambda width: asked.append(width) or bars(width))
    assert asked == [charts.WIDE, charts.NARROW]
    for size, width in (("wide", charts.WIDE), ("narrow", charts.NARROW)):
        assert float(re.search(r' width="([\d.]+)"', figure.svgs[size]).group(1)) <= width + 1


def test_html_holds_everything_a_reader_needs(figure):
    page = soup(figure)
    assert page.find("figure", id="fig-test")
    assert page.find(class_="figure-title").text == figure.title
    assert page.find(class_="figure-subtitle").text == figure.subtitle
    pictures = page.find_all(attrs={"role": "img"})
    assert len(pictures) == 2 and all(picture["aria-label"] == figure.alt and picture.svg for picture in pictures)
    source = data.describe("frontex_route_month")
    for part in (source.title, source.publisher, source.reference_date, source.status):
        assert part in page.find(class_="figure-source").text
    downloads = {link["href"] for link in page.find_all("a", download=True)}
    assert downloads == {f"figures/fig-test.{kind}" for kind in ("csv", "svg", "vl.json")}
    rows = page.find("table").find_all("tr")
    assert [cell.text for cell in rows[2].find_all("td")] == ["2015", "b", "20"]
    assert len(rows) == 1 + len(TABLE)


def test_the_live_chart_is_in_the_page_with_its_data_once(figure):
    specs = json.loads(soup(figure).find("script", class_="figure-spec").string)
    assert {"wide", "narrow", "datasets"} <= set(specs)
    (rows,) = specs["datasets"].values()
    assert [row["detections"] for row in rows] == TABLE["detections"].tolist()
    assert all(specs[size]["data"]["name"] in specs["datasets"] for size in ("wide", "narrow"))


def test_nothing_in_the_page_is_fetched_from_elsewhere(figure):
    page = soup(figure)
    elsewhere = [
        tag
        for tag in page.find_all(True)
        for name in ("src", "href", "srcset", "data", "xlink:href")
        if re.match(r"(https?:)?//", tag.get(name, ""))
    ]
    assert not elsewhere
    # what is left are names: SVG's namespaces, and the schema that a spec says it follows
    addresses = set(re.findall(r'https?://[^\s"\'<>)]+', bundle(figure)["text/html"]))
    assert {re.sub(r"https?://([^/]+)/.*", r"\1", address) for address in addresses} <= {"www.w3.org", "vega.github.io"}


def test_csv_is_the_table(figure):
    text = bundle(figure)[charts.MIMETYPE]["files"]["fig-test.csv"]
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text), dtype={"label": "str"}), TABLE)
    assert "\r" not in text


def test_downloads_and_lab_know_no_css_variables(figure):
    files = bundle(figure)[charts.MIMETYPE]["files"]
    assert "var(" in figure.svgs["wide"]
    lab = next(value for kind, value in bundle(figure).items() if "vegalite" in kind)
    for text in (files["fig-test.svg"], files["fig-test.vl.json"], json.dumps(lab)):
        assert "var(" not in text and "#0072b2" in text
    assert json.loads(files["fig-test.vl.json"])["description"] == figure.alt


def test_record_names_the_sources(figure):
    record = json.loads(json.dumps(bundle(figure)))[charts.MIMETYPE]
    assert (record["id"], record["title"], record["sources"]) == ("fig-test", figure.title, ["frontex_route_month"])
    assert bundle(figure)["text/plain"] == f"{figure.title}\n{figure.alt}"


def test_a_figure_made_twice_is_the_same():
    assert bundle(make()) == bundle(make())


def test_two_figures_on_one_page_share_no_id():
    gradient = alt.Gradient(
        gradient="linear", stops=[alt.GradientStop(color="white", offset=0), alt.GradientStop(color="red", offset=1)]
    )

    def area(width):
        return charts.fit(
            alt.Chart(TABLE).mark_area(color=gradient, clip=True).encode(x="year:O", y="detections:Q"), width, 90
        )

    page = BeautifulSoup("".join(bundle(make(area, id=id))["text/html"] for id in ("fig-a", "fig-b")), "html.parser")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) > 2 and len(ids) == len(set(ids))
    used = re.findall(r"url\(#([^)]+)\)", str(page))
    assert used and set(used) <= set(ids)


def test_simulated_data_say_so_inside_every_picture():
    made_up = make(sources=[data.describe("frontex_route_month"), simulated()])
    files = bundle(made_up)[charts.MIMETYPE]["files"]
    for picture in (*made_up.svgs.values(), files["fig-test-simulated.svg"], files["fig-test-simulated.vl.json"]):
        assert "SIMULATED" in picture
    assert "SIMULATED" not in bundle(make())["text/html"]


def test_simulated_data_say_so_in_every_row_and_in_the_names_of_the_files():
    made_up = make(sources=[simulated()])
    page, files = soup(made_up), bundle(made_up)[charts.MIMETYPE]["files"]
    assert set(files) == {f"fig-test-simulated.{kind}" for kind in ("csv", "svg", "vl.json")}
    assert {link["href"] for link in page.find_all("a", download=True)} == {f"figures/{name}" for name in files}
    assert page.find("figure", id="fig-test") and page.find("a", href="#fig-test")
    header, *rows = page.find("table").find_all("tr")
    assert header.th.text == "data" and [row.td.text for row in rows] == ["SIMULATED"] * len(TABLE)
    written = pd.read_csv(io.StringIO(files["fig-test-simulated.csv"]), dtype={"data": "str", "label": "str"})
    assert written.columns[0] == "data" and set(written.pop("data")) == {"SIMULATED"}
    pd.testing.assert_frame_equal(written, TABLE)
    assert "data" not in TABLE.columns


def test_data_cannot_break_out_of_the_page():
    nasty = TABLE.assign(label=["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a&b"])
    made = make(lambda width: bars(width, nasty), table=nasty, title="<b>Bold</b>", note="</p><script>x</script>")
    html = bundle(made)["text/html"]
    page = soup(made)
    assert html.count("</script>") == len(page.find_all("script")) == 1
    assert not page.find(["img", "b"])
    assert page.find(class_="figure-title").text == "<b>Bold</b>"
    (rows,) = json.loads(page.find("script").string)["datasets"].values()
    assert [row["label"] for row in rows] == nasty["label"].tolist()


def test_months_are_months_in_the_table():
    table = pd.DataFrame({"month": pd.to_datetime(["2015-10-01", "2015-11-01"]), "detections": [433_620, None]})
    made = make(
        lambda width: charts.fit(alt.Chart(table).mark_line().encode(x="month:T", y="detections:Q"), width, 90),
        table=table,
    )
    cells = [cell.text for cell in soup(made).find_all("td")]
    assert cells[::2] == ["2015-10", "2015-11"] and cells[3] == ""


def test_route_lines_hide_what_only_a_pointer_finds():
    table = data.load("frontex_route_month")
    table = table[table["route"].isin(charts.ROUTES) & (table["month"] >= "2024")]
    marks = pd.DataFrame(
        {"month": ["2024-06", "2024-09"], "label": ["Pact & plan", "Span"], "until": [None, "2024-11"]}
    )
    marks = marks.assign(month=pd.to_datetime(marks["month"]), until=pd.to_datetime(marks["until"]))

    def lines(width):
        return charts.route_lines(
            table, width, value="detections", unit="Detections", marks=marks, shade=("2024-02", "2024-04")
        )

    made = make(lines, table=table)
    assert "hover" in json.dumps(made.specs["wide"]) and "hover" not in made.svgs["wide"]
    for route in charts.ROUTES:
        assert route.removesuffix(" Route") in made.svgs["wide"]
    assert "Pact &amp; plan" in made.svgs["narrow"]


def test_routes_differ_by_colour_or_dash_and_are_those_of_the_data():
    assert len({(colour, tuple(dash)) for colour, dash in charts.ROUTES.values()}) == len(charts.ROUTES)
    assert set(charts.ROUTES) <= set(data.load("frontex_route_month")["route"])


def test_plain_colours():
    assert theme.plain_colours(f"fill: {charts.BLUE}; stroke: {charts.INK}") == "fill: #0072b2; stroke: #22303c"


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_an_incident_map_has_a_menu_of_years_and_the_routes_asked_for(width):
    place = {"lon": [12.0, 13.0], "lat": [34.0, 35.0], "dead_and_missing": [3, 5]}
    cells = pd.DataFrame({"year": [2019, 2020], "route": ["Central Mediterranean Route"] * 2} | place)
    basemap = pd.DataFrame(
        {"ring": [1] * 4, "order": range(4), "lon": [0, 5, 5, 0], "lat": [30, 30, 33, 33], "iso3": ["LBY"] * 4}
    )
    routes = ["Central Mediterranean Route", "Western African Route"]
    spec = charts.incident_map(
        cells, basemap, width, routes=routes, window=(-10, 30, 28, 42), period="both years"
    ).to_dict()
    menu = spec["params"][0]["bind"]
    assert menu["options"] == [None, 2019, 2020] and menu["labels"] == ["both years", "2019", "2020"]
    scale = spec["layer"][1]["encoding"]["color"]["scale"]
    assert scale["domain"] == routes and len(set(scale["range"])) == 2


def test_mercator_shows_the_window_exactly():
    projection, height = charts.mercator(360, -180, 180, 0, 60)
    assert projection.scale == pytest.approx(360 / 6.283185307)
    assert projection.translate == pytest.approx([180, 75.46], abs=0.01)  # ln(2 + √3) = 1.31696 radians
    assert height == 75


def test_land_is_closed_polygons_in_order():
    rows = pd.DataFrame(
        [(1, 2, 1.0, 0.0), (1, 1, 0.0, 0.0), (1, 3, 0.0, 1.0), (1, 4, 0.0, 0.0), (2, 1, 5.0, 5.0)],
        columns=["ring", "order", "lon", "lat"],
    ).assign(iso3="ALB")
    first, second = charts.land(rows).to_dict()["values"]
    assert first["geometry"]["coordinates"] == [[[0, 0], [1, 0], [0, 1], [0, 0]]]
    assert second["properties"]["iso3"] == "ALB"


@pytest.mark.parametrize("columns", [1, 3])
def test_small_multiples_fit_the_width_in_the_order_given(columns):
    def build(width):
        points = alt.Chart(TABLE).mark_point().encode(x="year:O", y="detections:Q")
        return charts.small_multiples(
            alt.layer(points, data=TABLE), "label", ["c", "a", "b"], width=width, columns=columns, height=60, labels=40
        )

    drawn = make(build)  # refuses a picture wider than it was asked to be
    titles = [text.text for text in soup(drawn).select("svg")[0].find_all("text") if text.text in {"a", "b", "c"}]
    assert titles == ["c", "a", "b"]


def test_small_multiples_share_scales_unless_told():
    chart = alt.layer(alt.Chart(TABLE).mark_point().encode(x="detections:Q"), data=TABLE)
    layout = {"width": 300, "columns": 3, "height": 60, "labels": 40}
    assert "resolve" not in charts.small_multiples(chart, "label", ["a"], **layout).to_dict()
    own = charts.small_multiples(chart, "label", ["a"], **layout, independent="x").to_dict()
    assert own["resolve"] == {"scale": {"x": "independent"}}
