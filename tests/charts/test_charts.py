"""The figure contract: what is refused, and what the record of every figure carries."""

import base64
import io
import json
import re
from types import SimpleNamespace

import altair as alt
import pandas as pd
import pytest
from altair.utils.schemapi import SchemaValidationError
from jsonschema import ValidationError

from lib import charts, colours, data
from lib.charts.quick import quick, validate

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
    return data.Provenance("sim", "Made up", "us", "CC0", "2026", "simulated", None, ())


def bundle(figure):
    return figure._repr_mimebundle_()


def record(figure):
    """The record as it comes back from a file."""
    return json.loads(json.dumps(bundle(figure)[charts.MIMETYPE]))


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


def test_the_chart_is_made_for_the_column_and_for_a_phone():
    asked = []
    made = record(make(lambda width: asked.append(width) or bars(width)))
    assert asked == [charts.WIDE, charts.NARROW]
    assert made["widths"] == {"wide": charts.WIDE, "narrow": charts.NARROW}
    assert made["specs"]["wide"]["width"] > made["specs"]["narrow"]["width"]


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_a_typing_error_in_a_chart_is_named_as_altair_names_it(width):
    def build(asked):
        more = {"formt": "d"} if asked == width else {}
        return alt.Chart(TABLE).mark_bar().encode(x=alt.X("year:O", axis=alt.Axis(**more)), y="detections:Q")

    with pytest.raises(SchemaValidationError, match=r"`Axis` has no parameter named 'formt'"):
        make(build)


def test_a_chart_that_is_wrong_as_a_whole_is_refused():
    def build(width):
        chart = bars(width)
        chart["mark"] = {"type": "no-mark"}
        return chart

    with pytest.raises(SchemaValidationError, match="no-mark"):
        make(build)


def test_the_record_holds_every_text_and_the_table(figure):
    made = record(figure)
    source = data.describe("frontex_route_month")
    assert (made["title"], made["alt"], made["note"], made["rows"]) == (figure.title, figure.alt, "", len(TABLE))
    [named] = made["sources"]
    assert named["name"] == "frontex_route_month"
    for part in (source.title, source.publisher, source.reference_date, source.status):
        assert part in named["line"]
    assert "<td>2015</td>" in made["table"] and "<th>detections</th>" in made["table"]
    assert bundle(figure)["text/plain"] == f"{figure.title}\n{figure.alt}"


def test_the_data_of_both_charts_are_there_once(figure):
    specs = record(figure)["specs"]
    [rows] = specs["datasets"].values()
    assert [row["detections"] for row in rows] == TABLE["detections"].tolist()
    assert all(specs[size]["data"]["name"] in specs["datasets"] for size in ("wide", "narrow"))


def test_csv_is_the_table(figure):
    text = record(figure)["csv"]
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text), dtype={"label": "str"}), TABLE)
    assert "\r" not in text


def test_jupyterlab_draws_the_chart_and_nothing_hides_it(figure):
    shown = bundle(figure)
    [chart] = [value for kind, value in shown.items() if kind == "application/vnd.vegalite.v5+json"]
    assert "text/html" not in shown and "var(" not in json.dumps(chart) and "#0072b2" in json.dumps(chart)
    said = " ".join([*chart["title"]["text"], *chart["title"]["subtitle"]])
    source = data.describe("frontex_route_month")
    assert figure.title in said and figure.subtitle in said and source.publisher in said
    assert "SIMULATED" in json.dumps(bundle(make(sources=[simulated()]))["application/vnd.vegalite.v5+json"]["title"])


def test_a_notebook_gets_a_picture_for_viewers_that_draw_nothing_and_the_book_none(figure, monkeypatch):
    assert "image/png" not in bundle(figure)
    monkeypatch.setattr("lib.viewer.get_ipython", lambda: SimpleNamespace(kernel=object()))
    shown = bundle(figure)
    assert {"application/vnd.vegalite.v5+json", "image/png"} < shown.keys() and "text/html" not in shown
    picture = base64.b64decode(shown["image/png"])
    width = int.from_bytes(picture[16:20])  # of a PNG, after its signature and the head of its first chunk
    assert picture[:4] == b"\x89PNG" and charts.WIDE <= width <= 2 * charts.WIDE + 2


def test_a_figure_made_twice_is_the_same():
    assert bundle(make()) == bundle(make())


def test_simulated_data_say_so_in_charts_rows_and_names():
    made = record(make(sources=[data.describe("frontex_route_month"), simulated()]))
    assert all("SIMULATED" in json.dumps(made["specs"][size]) for size in ("wide", "narrow"))
    assert made["file"] == "fig-test-simulated" and made["id"] == "fig-test"
    written = pd.read_csv(io.StringIO(made["csv"]), dtype={"data": "str", "label": "str"})
    assert written.columns[0] == "data" and set(written.pop("data")) == {"SIMULATED"}
    pd.testing.assert_frame_equal(written, TABLE)
    assert made["table"].count("<td>SIMULATED</td>") == len(TABLE) and "data" not in TABLE.columns
    assert "SIMULATED" not in json.dumps(record(make()))


def test_a_whole_number_that_is_missing_is_an_empty_cell():
    table = pd.DataFrame({"year": pd.array([2015, None], "Int64"), "share": [0.5, None]})
    assert re.findall("<td>(.*?)</td>", record(make(table=table))["table"]) == ["2015", "0.5", "", ""]


def test_months_are_months_in_the_table():
    table = pd.DataFrame({"month": pd.to_datetime(["2015-10-01", "2015-11-01"]), "detections": [433_620, None]})
    made = make(
        lambda width: charts.fit(alt.Chart(table).mark_line().encode(x="month:T", y="detections:Q"), width, 90),
        table=table,
    )
    cells = re.findall("<td>(.*?)</td>", record(made)["table"])
    assert cells[::2] == ["2015-10", "2015-11"] and cells[3] == ""


def test_routes_differ_by_colour_or_dash_and_are_those_of_the_data():
    assert len({(colour, tuple(dash)) for colour, dash in charts.ROUTES.values()}) == len(charts.ROUTES)
    assert set(charts.ROUTES) <= set(data.load("frontex_route_month")["route"])


def test_plain_colours():
    assert colours.plain(f"fill: {charts.BLUE}; stroke: {charts.INK}") == "fill: #0072b2; stroke: #1c2730"


def test_pictures_have_the_colours_of_the_page():
    css = (data.ROOT / "book" / "_static" / "compendium.css").read_text(encoding="utf-8")
    for part, colour in zip(css.split("@media screen"), (colours.LIGHT, colours.DARK), strict=False):
        assert dict(re.findall(r"--chart-([a-z]+): (#[0-9a-f]{6})", part)) == colour


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_an_incident_map_has_a_menu_of_years_and_the_routes_asked_for(width):
    place = {"lon": [12.0, 13.0], "lat": [34.0, 35.0], "dead_and_missing": [3, 5]}
    cells = pd.DataFrame({"year": [2019, 2020], "route": ["Central Mediterranean Route"] * 2} | place)
    basemap = pd.DataFrame(
        {"ring": [1] * 4, "order": range(4), "lon": [0, 5, 5, 0], "lat": [30, 30, 33, 33], "iso3": ["LBY"] * 4}
    )
    routes = ["Central Mediterranean Route", "Western African Route"]
    paths = pd.DataFrame(
        {"line": ["a"] * 2, "order": [0, 1], "lon": [11.0, 12.0], "lat": [33.0, 35.0], "route": routes[0]}
    )
    spec = charts.incident_map(
        cells, basemap, width, routes=routes, window=(-10, 30, 28, 42), period="both years", paths=paths
    ).to_dict()
    menu = spec["params"][0]["bind"]
    assert menu["options"] == [None, 2019, 2020] and menu["labels"] == ["both years", "2019", "2020"]
    scale = spec["layer"][1]["encoding"]["color"]["scale"]
    assert scale["domain"] == routes and len(set(scale["range"])) == 2
    assert spec["layer"][2]["mark"]["type"] == "line" and spec["layer"][2]["encoding"]["detail"]["field"] == "line"


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

    spec = make(build).specs["wide"]
    assert spec["facet"]["sort"] == ["c", "a", "b"] and spec["columns"] == columns
    assert spec["spec"]["width"] * columns < charts.WIDE


def test_small_multiples_share_scales_unless_told():
    chart = alt.layer(alt.Chart(TABLE).mark_point().encode(x="detections:Q"), data=TABLE)
    layout = {"width": 300, "columns": 3, "height": 60, "labels": 40}
    assert "resolve" not in charts.small_multiples(chart, "label", ["a"], **layout).to_dict()
    own = charts.small_multiples(chart, "label", ["a"], **layout, independent="x").to_dict()
    assert own["resolve"] == {"scale": {"x": "independent"}}


def layered(width):
    """A chart with what charts of the book have: shorthands, values, conditions, parameters, facets, joined charts."""
    near = alt.selection_point(fields=["year"], empty=False)
    asked = alt.param(name="least", value=5, bind=alt.binding_range(min=0, max=20))
    base = alt.Chart(TABLE).encode(x=alt.X("year:O", axis=alt.Axis(labelAngle=0)), tooltip=["label:N", "year:O"])
    marks = base.mark_point().encode(
        y="detections:Q", color=alt.condition(near, alt.value("red"), "label:N"), opacity=alt.value(0.5)
    )
    rule = alt.Chart(pd.DataFrame({"at": [7.0, None]})).mark_rule().encode(y="at:Q", x=alt.value(3), y2=alt.datum(9))
    layers = alt.layer(marks, rule, base.mark_text().encode(y="detections:Q", text="label:N"))
    facets = alt.layer(marks, data=TABLE).facet("label:N", columns=2)
    joined = alt.vconcat(layers.add_params(near, asked).properties(width=width), layers, facets)
    return joined.resolve_scale(color="independent")


@pytest.mark.parametrize("build", [bars, layered])
def test_charts_are_those_that_altair_makes_by_itself(build):
    own = build(300).to_dict()
    with quick():
        made = build(300)
        assert made.to_dict(validate=False) == own
    validate(made, own)
    assert build(300).to_dict() == own


def test_what_altair_refuses_is_refused():
    spec = layered(300).to_dict()
    spec["vconcat"][0]["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] = "none"
    with pytest.raises(ValidationError):
        validate(layered(300), spec)


def test_tables_are_converted_as_altair_converts_them():
    table = pd.DataFrame({
        "text": ["a", None, "c"], "number": [1.5, float("nan"), float("inf")], "whole": [1, 2, 3],
        "true": [True, False, True], "month": pd.to_datetime(["2015-10-01", None, "2015-11-01"]),
    })  # fmt: skip
    mixed = table.assign(few=pd.array([1, None, 3], dtype="Int64"), kind=pd.Categorical(["x", "y", "x"]))
    for rows in (table, table[["whole"]], mixed, table.iloc[:0], table.set_axis([4, 2, 7])):
        own = alt.Chart(rows).mark_point().encode(x="number:Q").to_dict()
        with quick():
            made = alt.Chart(rows).mark_point().encode(x="number:Q").to_dict()
        assert json.dumps(made) == json.dumps(own)
        [values], [expected] = made["datasets"].values(), own["datasets"].values()
        assert [[type(value) for value in row.values()] for row in values] == [
            [type(value) for value in row.values()] for row in expected
        ]


def test_a_table_too_long_to_draw_is_refused():
    with pytest.raises(alt.MaxRowsError), quick():
        alt.Chart(pd.DataFrame({"x": range(5_001)})).mark_point().encode(x="x:Q").to_dict()
