"""The house's vocabulary of charts: what is drawn where, what is refused, and that no two texts meet."""

import json
import re
from itertools import combinations
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from lib import charts
from lib.charts import scales, text
from lib.charts.quick import quick, validate
from steps.book import pictures
from tests.charts.test_charts import make

SIZES = [charts.WIDE, charts.NARROW]
MONTHS = pd.date_range("2015-01-01", "2017-12-01", freq="MS")
ROUTES = ["Central Mediterranean Route", "Eastern Mediterranean Route", "Western Mediterranean Route"]
MONTHLY = pd.DataFrame(
    [
        (month, route, 1000 * (3 - place) + 10 * at)
        for place, route in enumerate(ROUTES) for at, month in enumerate(MONTHS)
    ],
    columns=["month", "route", "detections"],
)  # fmt: skip
YEARLY = pd.DataFrame(
    [(year, kind, 100 * (year - 2014) + 7 * place) for year in range(2015, 2025) for place, kind in enumerate("abc")],
    columns=["year", "kind", "people"],
)
RECENT = YEARLY[YEARLY["year"] > 2021].astype({"year": str})
EFFECTS = pd.DataFrame({
    "country": ["Morocco", "Iraq", "Türkiye", "Egypt"], "effect": [8.2, 1.1, np.nan, -0.3], "low": [5.0, -2, -3, -2],
    "high": [11.0, 4, 3, 1], "verdict": ["survives", "cannot be told", "cannot be told", "cannot be told"],
    "words": ["8.2", "1.1", "not printed", "−0.3"],
})  # fmt: skip
PAIRS = pd.DataFrame({
    "nationality": ["Syria", "Syria", "Guinea", "Guinea"], "period": ["before", "from 2020"] * 2,
    "share": [0.1, 0.35, 0.22, 0.05],
})  # fmt: skip
MARKS = pd.DataFrame({
    "month": pd.to_datetime(["2015-10-01", "2015-11-01", "2016-03-01", "2017-11-01"]),
    "label": ["Joint Action Plan", "Borders close", "EU–Türkiye Statement", "A late and long label"],
})  # fmt: skip
TYPICAL = {
    "lines": lambda w: charts.lines(
        MONTHLY, w, x="month", y="detections", series="route", unit="Detections per month", marks=MARKS,
        shades=[("2016-06", "2017-01", "a period")], at={1500: "a level"},
    ),
    "lines-of-years": lambda w: charts.lines(YEARLY, w, x="year", y="people", series="kind", subject="b", points=True),
    "interval": lambda w: charts.lines(
        EFFECTS.assign(year=range(2020, 2024)), w, x="year", y="effect", low="low", high="high", points=True,
        x_title="Year",
    ),
    "stacked": lambda w: charts.bars(YEARLY, w, x="year", y="people", series="kind", unit="People"),
    "share": lambda w: charts.bars(YEARLY, w, x="year", y="people", series="kind", stack="share", at={0.5: "half"}),
    "a-kind-ends": lambda w: charts.bars(
        YEARLY[(YEARLY["kind"] != "b") | (YEARLY["year"] < 2024)], w, x="year", y="people", series="kind",
        stack="share", at={0.5: "half"},
    ),
    "beside": lambda w: charts.bars(
        YEARLY, w, x="year", y="people", series="kind", stack=None, unit="People", values=True
    ),
    "one": lambda w: charts.bars(YEARLY[YEARLY["kind"] == "a"], w, x="year", y="people", subject=2020, values=True),
    "dots": lambda w: charts.dots(
        EFFECTS, w, y="country", x="effect", low="low", high="high", series="verdict", at={0: "no change", 1: "one"},
        x_title="Extra a month",
    ),
    "long": lambda w: charts.dots(
        EFFECTS.assign(country=EFFECTS["country"] + ", with a name that is too long for a phone, and says too much"),
        w, y="country", x="effect", low="low", high="high", text="words",
    ),
    "pairs": lambda w: charts.dots(PAIRS, w, y="nationality", x="share", series="period", joined=True, number=".0%"),
    "estimators": lambda w: charts.dots(PAIRS, w, y="nationality", x="share", series="period", dodge=True),
    "cloud": lambda w: charts.dots(
        EFFECTS, w, y="country", x="effect", cloud=pd.DataFrame({"country": "Iraq", "effect": np.linspace(-5, 5, 40)}),
        cloud_name="others, as if treated", at={0: ""},
    ),
    "ranked": lambda w: charts.ranked(EFFECTS, w, y="country", x="effect", number=",.1f", low="low", high="high"),
    "below-zero": lambda w: charts.ranked(
        EFFECTS.assign(effect=[-10.0, 1.1, 2.5, -6.3]), w, y="country", x="effect", number=",.1f"
    ),
    "grouped": lambda w: charts.ranked(RECENT, w, y="kind", x="people", series="year"),
    "parts": lambda w: charts.ranked(RECENT, w, y="year", x="people", series="kind", stack="share"),
    "one-series-a-row": lambda w: charts.ranked(
        PAIRS.drop_duplicates("nationality").assign(period=["before", "from 2020"]), w, y="nationality", x="share",
        series="period",
    ),
    "heat": lambda w: charts.heat(
        YEARLY[YEARLY["people"] % 4 > 0], w, y="kind", x="year", value="people", series="kind",
        marks=pd.DataFrame({"date": pd.to_datetime(["2019-07-01", "2024-07-01"]), "label": ["proposal", "start"]}),
    ),
    "histogram": lambda w: charts.histogram(
        pd.Series(np.linspace(-3, 3, 99)), w, own=2.5, own_name="Netherlands to Morocco", x_title="Change", unit="Pairs"
    ),
    "panels": lambda w: charts.panels(
        lambda rows, width: charts.lines(rows, width, x="month", y="detections", height=110), MONTHLY, w, by="route",
        columns=3,
    ),
}  # fmt: skip


def spec(name, width):
    return make(TYPICAL[name]).specs["wide" if width == charts.WIDE else "narrow"]


def svg(chart, width):
    """The picture of a chart, as the book draws it."""
    figure = make(chart)
    size = "wide" if width == charts.WIDE else "narrow"
    full = figure.specs[size] | {"datasets": figure.record()["specs"]["datasets"]}
    return vl_convert.vegalite_to_svg(pictures._still(full), vl_version="6.1")


def boxes(picture):
    """The texts of a picture with their boxes: left, top, right, bottom."""
    found = []

    def walk(node, x, y):
        for dx, dy in re.findall(r"translate\(([-\d.e]+),([-\d.e]+)\)", node.get("transform", "")):
            x, y = x + float(dx), y + float(dy)
        if node.tag.endswith("text"):
            lines = [part.text for part in node.iter() if part.text and part.text.strip()]
            size = float(node.get("font-size", "12px").removesuffix("px"))
            wide = max(text.text_width(line, size, node.get("font-weight") == "600") for line in lines) if lines else 0
            left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor", "start")]
            found.append((" ".join(lines), size, left, y - 0.72 * size, left + wide, y + text.LINE * (len(lines) - 1)))
            return
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(picture), 0.0, 0.0)
    return [one for one in found if one[0]]


@pytest.mark.parametrize("name", TYPICAL)
@pytest.mark.parametrize("width", SIZES)
def test_a_picture_is_as_wide_as_asked_and_no_two_texts_meet(name, width):
    picture = svg(TYPICAL[name], width)
    drawn = float(re.search(r'<svg[^>]* width="([\d.]+)"', picture)[1])
    assert 0.85 * width < drawn <= width + 1
    placed = boxes(picture)
    assert len(placed) >= 4 and min(size for _, size, *_ in placed) >= 12
    for (one, _, left, top, right, bottom), (other, _, left2, top2, right2, bottom2) in combinations(placed, 2):
        assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top, (one, other)
    for said, _, left, _, right, _ in placed:
        assert left >= 0 and right <= drawn, said


@pytest.mark.parametrize("name", TYPICAL)
def test_charts_are_valid_and_those_that_altair_makes_by_itself(name):
    own = TYPICAL[name](charts.WIDE).to_dict()
    with quick():
        made = TYPICAL[name](charts.WIDE)
        assert re.sub(r"(param|view|data)[-_]\w+", "", json.dumps(made.to_dict(validate=False))) == re.sub(
            r"(param|view|data)[-_]\w+", "", json.dumps(own)
        )
    validate(made, own)


@pytest.mark.parametrize("name", TYPICAL)
def test_no_chart_needs_code_made_from_text_or_a_legend(name):
    said = json.dumps({key: part for key, part in make(TYPICAL[name]).specs["wide"].items() if key != "config"})
    assert "labelExpr" not in said and '"legend": {' not in said and "~s" not in said


def units(part, inherited=frozenset()):
    """The channels of each single plot of a specification, with those of the layers and panels around it."""
    channels = inherited | part.get("encoding", {}).keys()
    inside = [each for key in ("layer", "concat", "hconcat", "vconcat") for each in part.get(key, [])]
    return [found for each in inside for found in units(each, channels)] if inside else [channels]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", TYPICAL)
def test_a_mark_has_a_colour_or_a_fill_and_a_stroke(name, width):
    """With both the browser's console warns that it drops the colour."""
    found = units(spec(name, width))
    assert found
    assert not [channels for channels in found if "color" in channels and channels & {"fill", "stroke"}]


@pytest.mark.parametrize(
    ("chart", "given"),
    [
        (charts.lines, {"x": "month", "y": "arrivals"}),
        (charts.lines, {"x": "month", "y": "detections", "series": "arrivals"}),
        (charts.bars, {"x": "arrivals", "y": "detections"}),
        (charts.dots, {"y": "route", "x": "detections", "low": "arrivals"}),
        (charts.ranked, {"y": "route", "x": "arrivals"}),
    ],
)  # fmt: skip
def test_a_field_that_is_missing_is_named_with_those_that_are_there(chart, given):
    with pytest.raises(ValueError, match="no field 'arrivals' in the table; it has month, route, detections"):
        chart(MONTHLY, 760, **given)


def test_an_empty_table_and_unknown_names_are_refused():
    with pytest.raises(ValueError, match="the table has no rows"):
        charts.lines(MONTHLY.head(0), 760, x="month", y="detections")
    with pytest.raises(ValueError, match="'Balkan' is none of Central"):
        charts.lines(MONTHLY, 760, x="month", y="detections", series="route", subject="Balkan")
    with pytest.raises(ValueError, match="no colour for b, c"):
        charts.bars(YEARLY, 760, x="year", y="people", series="kind", colours={"a": charts.BLUE})
    with pytest.raises(ValueError, match="Egypt: not in the order that was given"):
        charts.dots(EFFECTS, 760, y="country", x="effect", rows=["Iraq", "Morocco", "Türkiye"])
    with pytest.raises(ValueError, match="2024 is none of the periods"):
        charts.bars(YEARLY, 760, x="year", y="people", series="kind", periods=range(2015, 2024))
    with pytest.raises(ValueError, match="7 series are more than colours tell apart"):
        many = pd.DataFrame({"x": [1, 2] * 7, "y": range(14), "s": sorted("abcdefg" * 2)})
        charts.lines(many, 760, x="x", y="y", series="s")


def data_of(chart, layer):
    """The rows of a layer of a chart."""
    made = chart.to_dict()
    source = made["layer"][layer].get("data", made.get("data"))
    return made["datasets"][source["name"]]


def layers_with(chart, mark):
    made = chart.to_dict()
    return [layer for layer in made["layer"] if layer["mark"]["type"] == mark]


def written(chart):
    """All texts that a chart places itself."""
    made = chart.to_dict()
    return [
        row["text"]
        for layer in made["layer"] if layer["mark"]["type"] == "text"
        for row in made["datasets"][layer["data"]["name"]]
    ]  # fmt: skip


def test_lines_have_their_names_at_their_ends_in_the_order_of_the_ends():
    chart = TYPICAL["lines"](charts.WIDE)
    [line] = layers_with(chart, "line")
    assert line["encoding"]["x"]["field"] == "month" and line["encoding"]["y"]["field"] == "detections"
    colour = line["encoding"]["color"]
    assert colour["scale"] == {"domain": ROUTES, "range": [charts.ROUTES[route][0] for route in ROUTES]}
    assert colour["legend"] is None and line["encoding"]["strokeDash"]["scale"]["range"][0] == [1, 0]
    picture = {said: top for said, _, _, top, _, _ in boxes(svg(TYPICAL["lines"], charts.WIDE))}
    named = ["Central Mediterranean", "Eastern Mediterranean", "a level", "Western Mediterranean"]
    assert [picture[name] for name in named] == sorted(picture[name] for name in named)


def test_the_subject_is_blue_and_the_rest_is_grey():
    [line] = layers_with(TYPICAL["lines-of-years"](charts.WIDE), "line")
    assert line["encoding"]["color"]["scale"]["range"] == [charts.GREY, charts.BLUE, charts.GREY]
    rows = data_of(charts.bars(YEARLY[YEARLY["kind"] == "a"], 760, x="year", y="people", subject=2020), 0)
    assert {row["year"] for row in rows if row["colour"] == charts.BLUE} == {2020}


def test_bars_lie_on_each_other_or_beside_each_other():
    rows = pd.DataFrame(data_of(TYPICAL["stacked"](charts.WIDE), 0)).set_index(["year", "kind"])
    assert rows.at[(2015, "a"), "from"] == 0 and rows.at[(2015, "a"), "to"] == rows.at[(2015, "b"), "from"] == 100
    assert rows.at[(2015, "c"), "to"] == 100 + 107 + 114 and rows.loc[2015, "left"].nunique() == 1
    shares = pd.DataFrame(data_of(TYPICAL["share"](charts.WIDE), 0)).set_index(["year", "kind"])
    assert shares.at[(2020, "c"), "to"] == pytest.approx(1)
    beside = pd.DataFrame(data_of(TYPICAL["beside"](charts.WIDE), 0)).set_index(["year", "kind"])
    assert (beside["from"] == 0).all() and beside.loc[2015, "left"].is_monotonic_increasing
    assert (beside.loc[2015, "right"].iloc[:-1].to_numpy() <= beside.loc[2015, "left"].iloc[1:].to_numpy()).all()


def test_a_year_without_a_row_keeps_its_place():
    rows = YEARLY[(YEARLY["kind"] == "a") & (YEARLY["year"] != 2016)]
    chart = charts.bars(rows, 760, x="year", y="people")
    left = pd.DataFrame(data_of(chart, 0)).set_index("year")["left"]
    assert left[2017] - left[2015] == pytest.approx(2 * (left[2018] - left[2017]))
    assert "2016" in written(chart)


def test_values_stand_above_bars_where_they_fit():
    rows = YEARLY[YEARLY["kind"] == "a"].assign(people=lambda found: found["people"] * 1000)
    assert "600,000" in written(charts.bars(rows, 760, x="year", y="people", values=True))
    assert "600,000" not in written(charts.bars(rows, 350, x="year", y="people", values=True))


def test_dots_have_a_row_each_and_one_without_a_value_is_a_bar_alone():
    chart = TYPICAL["dots"](charts.WIDE)
    made = chart.to_dict()
    [bar] = [one for one in layers_with(chart, "rule") if one["encoding"].get("x2", {}).get("field") == "high"]
    rows = pd.DataFrame(made["datasets"][bar["data"]["name"]]).set_index("country")
    assert rows["row"].is_monotonic_increasing and rows["row"].diff().dropna().nunique() == 1
    assert rows.loc["Türkiye", "effect"] is None or np.isnan(rows.at["Türkiye", "effect"])
    points = layers_with(chart, "point")
    assert points[-1]["transform"] == [{"filter": "isValid(datum['effect'])"}]
    assert rows["shape"].tolist() == ["circle", "diamond", "diamond", "diamond"]
    assert rows["colour"].nunique() == 2 and {"survives", "cannot be told", "no change", "one"} <= set(written(chart))


def test_a_bar_without_end_goes_to_the_edge_and_has_an_arrow():
    chart = charts.dots(EFFECTS.assign(high=[11, np.inf, 3, 1.0]), 760, y="country", x="effect", low="low", high="high")
    [bar] = [one for one in layers_with(chart, "rule") if one["encoding"].get("x2", {}).get("field") == "high"]
    rows = pd.DataFrame(chart.to_dict()["datasets"][bar["data"]["name"]]).set_index("country")
    edge = layers_with(chart, "point")[-1]["encoding"]["x"]["scale"]["domain"][1]
    assert rows["arrow"].tolist() == [False, True, False, False] and rows.at["Iraq", "high"] == edge


def test_pairs_are_joined_and_a_cloud_is_ticks_of_its_row():
    [line] = [
        one for one in layers_with(TYPICAL["pairs"](760), "rule") if one["encoding"].get("x2", {}).get("field") == "end"
    ]
    rows = TYPICAL["pairs"](760).to_dict()["datasets"][line["data"]["name"]]
    assert [(row["begin"], row["end"]) for row in rows] == [(0.1, 0.35), (0.05, 0.22)]
    chart = TYPICAL["cloud"](760)
    [ticks] = [
        one
        for one in layers_with(chart, "rule")
        if one["encoding"].get("y2", {}).get("field") == "bottom" and one["mark"].get("opacity")
    ]
    many = pd.DataFrame(chart.to_dict()["datasets"][ticks["data"]["name"]])
    assert len(many) == 40 and many["at"].is_monotonic_increasing and many["top"].nunique() == 1


def test_long_names_stand_above_their_rows_with_what_is_said_of_them():
    beside, above = boxes(svg(TYPICAL["dots"], 760)), boxes(svg(TYPICAL["long"], charts.NARROW))
    morocco = next(one for one in beside if one[0] == "Morocco")
    assert morocco[4] < 100
    words = [one[0] for one in above]
    assert words.index(next(one for one in words if one.startswith("Morocco,"))) >= 0 and "not printed" in words


def test_ranked_bars_begin_with_the_longest_and_say_their_value():
    chart = TYPICAL["ranked"](charts.WIDE)
    rows = pd.DataFrame(data_of(chart, 0)).set_index("country")
    assert rows["middle"].sort_values().index.tolist() == ["Morocco", "Iraq", "Egypt"]
    assert {"8.2", "1.1", "−0.3"} <= set(written(chart))
    assert rows.at["Egypt", "to"] == -0.3 and (rows["from"] == 0).all()
    ordered = charts.ranked(
        EFFECTS.dropna(), 760, y="country", x="effect", rows=["Egypt", "Iraq", "Morocco"], text="words"
    )
    assert pd.DataFrame(data_of(ordered, 0)).set_index("country")["middle"].idxmin() == "Egypt"


def test_a_kind_that_the_last_period_lacks_is_named_above_all_bars():
    assert {"a", "b", "c", "half"} <= set(written(TYPICAL["a-kind-ends"](charts.WIDE)))
    top = {said: top for said, _, _, top, _, _ in boxes(svg(TYPICAL["a-kind-ends"], charts.WIDE))}
    assert top["a"] == top["b"] == top["c"] < top["100%"] < top["half"]


def test_a_value_left_of_a_bar_has_room_between_it_and_the_names():
    drawn = boxes(svg(TYPICAL["below-zero"], charts.WIDE))
    ends = {said: (left, right) for said, _, left, _, right, _ in drawn}
    assert ends["\N{MINUS SIGN}10.0"][0] > ends["Morocco"][1] and ends["\N{MINUS SIGN}6.3"][0] > ends["Egypt"][1]


def test_a_row_with_one_series_has_one_bar_in_its_middle():
    rows = pd.DataFrame(data_of(TYPICAL["one-series-a-row"](760), 2)).set_index("nationality")
    assert rows["colour"].nunique() == 2 and (rows["bottom"] - rows["top"]).nunique() == 1
    assert ((rows["top"] + rows["bottom"]) / 2).tolist() == pytest.approx(rows["middle"].tolist())


def test_a_grid_has_a_cell_for_each_number_and_the_darkest_is_the_largest():
    chart = TYPICAL["heat"](760)
    [cells] = layers_with(chart, "rect")
    rows = pd.DataFrame(chart.to_dict()["datasets"][cells["data"]["name"]])
    assert len(rows) == (YEARLY["people"] % 4 > 0).sum() and rows["shade"].idxmax() == rows["people"].idxmax()
    assert (rows["right"] - rows["left"]).round(6).nunique() == 1
    assert "2015" in written(chart) and "’15" in written(TYPICAL["heat"](260)) and "1,014" in written(chart)


def test_a_histogram_counts_and_marks_the_own_value():
    chart = TYPICAL["histogram"](charts.WIDE)
    rows = pd.DataFrame(data_of(chart, 0))
    assert rows["count"].sum() == 99 and len(rows) == 20
    assert data_of(chart, len(chart.layer) - 1)[0]["own"] == 2.5 and "Netherlands to Morocco" in written(chart)


def test_panels_have_plots_of_one_length_in_the_order_asked():
    chart = charts.panels(
        lambda rows, width: charts.lines(rows, width, x="month", y="detections"), MONTHLY, 760, by="route", columns=3,
        order=ROUTES[::-1],
    )  # fmt: skip
    made = chart.to_dict()
    assert [part["title"]["text"] for part in made["concat"]] == [[route] for route in ROUTES[::-1]]
    assert len({round(part["width"]) for part in made["concat"]}) == 1 and made["columns"] == 3


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("columns", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rows, w: charts.bars(rows, w, x="year", y="people", height=90),
        lambda rows, w: charts.lines(rows, w, x="year", y="people", height=90),
        lambda rows, w: charts.dots(rows.astype({"year": str}), w, y="year", x="people"),
        lambda rows, w: charts.ranked(rows.astype({"year": str}), w, y="year", x="people"),
    ],
    ids=["bars", "lines", "dots", "ranked"],
)
def test_panels_are_no_wider_than_asked_in_any_number_of_columns(draw, columns, width):
    """Years in narrow bars are named beneath more than their place; each panel is rounded for itself."""
    table = pd.concat([YEARLY[YEARLY["kind"] == "a"].assign(place=f"place {at}") for at in range(columns + 1)])
    picture = svg(lambda w: charts.panels(draw, table, w, by="place", columns=columns), width)
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', picture)[1]) <= width


def test_layers_can_be_added_and_properties_set():
    rule = alt.Chart(pd.DataFrame({"y": [5]})).mark_rule().encode(y="y:Q")
    chart = (charts.lines(YEARLY, 760, x="year", y="people", series="kind") + rule).properties(height=100)
    assert chart.to_dict()["height"] == 100 and len(layers_with(chart, "rule")) == 2


def test_controls_filter_every_layer_and_labels_move_with_them():
    table = pd.concat(
        [YEARLY.assign(outcome=name, people=YEARLY["people"] * times) for name, times in (("all", 1), ("half", 0.5))]
    )
    pick = charts.menu("outcome", "Outcome", ["all", "half"], value="half")
    made = make(lambda w: charts.lines(table, w, x="year", y="people", series="kind", controls=[pick])).specs["wide"]
    [param] = made["params"]
    assert param["name"] == "outcome" and param["value"] == "half"
    assert param["bind"] == {"input": "select", "options": ["all", "half"], "name": "Outcome "}
    assert all(layer["transform"] == [{"filter": "datum['outcome'] == outcome"}] for layer in made["layer"])
    picture = boxes(svg(lambda w: charts.lines(table, w, x="year", y="people", series="kind", controls=[pick]), 760))
    assert [one[0] for one in picture].count("a") == 1


def test_a_slider_says_its_unit_and_begins_within_its_ends():
    slider = charts.slider("years", "Years on", 0, 5, 1, 2, unit="years")
    assert slider.param.to_dict() and slider.param.param.bind.to_dict() == {
        "input": "range", "min": 0, "max": 5, "step": 1, "name": "Years on (years) ",
    }  # fmt: skip
    with pytest.raises(ValueError, match="Years on: 9 lies outside 0 to 5"):
        charts.slider("years", "Years on", 0, 5, 1, 9)
    with pytest.raises(ValueError, match="Outcome: 'none' is none of the options"):
        charts.menu("outcome", "Outcome", ["all"], value="none")


@pytest.mark.parametrize(("wanted", "said"), [(2, "5"), (4, "17")])
def test_a_readout_computes_one_step_after_the_other_from_its_sliders(wanted, said):
    slider = charts.slider("side", "Side", 0, 9, 1, wanted)

    def draw(width):
        steps = {"square": "side * side", "more": "datum.square + 1"}
        return charts.readout(steps, width, text="'' + datum.more", controls=[slider])

    picture = svg(draw, charts.NARROW)
    assert [one[0] for one in boxes(picture)] == [said]
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', picture)[1]) == charts.NARROW
    [param] = make(draw).specs["wide"]["params"]
    assert (param["name"], param["value"]) == ("side", wanted)


WISHES = st.lists(st.tuples(st.floats(-50, 400), st.floats(1, 30)), min_size=1, max_size=9)


@given(WISHES)
def test_labels_keep_their_order_and_distance_and_stay_inside(wishes):
    at, sizes = map(np.array, zip(*wishes, strict=True))
    placed = text.spread(at, sizes, 0, 300)
    order = np.argsort(at, kind="stable")
    apart = np.diff(placed[order]) - (sizes[order][1:] + sizes[order][:-1]) / 2
    assert (apart >= -1e-6).all()
    assert (placed - sizes / 2 >= -1e-6).all() and (placed + sizes / 2 <= 300 + 1e-6).all()


@given(WISHES)
def test_labels_that_do_not_meet_stay_where_they_are(wishes):
    sizes = np.array([size for _, size in wishes])
    at = np.cumsum(sizes + 1) - sizes / 2
    assert text.spread(at, sizes, 0, at[-1] + sizes[-1]) == pytest.approx(at)


def test_labels_move_as_little_as_they_can_and_fail_without_room():
    assert text.spread([50, 50], [10, 10], 0, 100).tolist() == [45, 55]
    assert text.spread([98, 97], [10, 10], 0, 100).tolist() == [95, 85]
    with pytest.raises(ValueError, match="labels need 20 pixels, 15 are there"):
        text.spread([1, 2], [10, 10], 0, 15)


def test_text_is_as_wide_as_it_is_drawn():
    for said in ("W" * 40, "200,000", "Morocco and Türkiye"):
        mark = {name: {"value": value} for name, value in {"text": said, "font": charts.FONT, "fontSize": 12}.items()}
        one = {"$schema": "https://vega.github.io/schema/vega/v6.json", "width": 1, "height": 9, "padding": 0,
               "autosize": {"type": "pad"}, "marks": [{"type": "text", "encode": {"update": mark}}]}  # fmt: skip
        drawn = float(re.search(r' width="([\d.]+)"', vl_convert.vega_to_svg(one))[1])
        assert text.text_width(said) == pytest.approx(drawn, abs=3)
    assert text.wrap("one two three", text.text_width("one two")) == ["one two", "three"]


def test_ticks_are_round_and_thinned_where_labels_would_meet():
    assert scales.nice(0, 217_000, 5) == [0, 50_000, 100_000, 150_000, 200_000]
    assert scales.axis([0, 217_000], zero=True).high == 250_000
    years = scales.axis(pd.Series(pd.to_datetime(["2015-01-01", "2024-12-31"])))
    wide, narrow = years.fitting(700), years.fitting(120)
    assert len(wide[0]) == 10 and wide[1] == "%Y" and 2 <= len(narrow[0]) < 5
    months = scales.axis(pd.Series(pd.to_datetime(["2023-01-01", "2023-12-01"])))
    assert months.labels(*months.fitting(300))[0] == "Jan 2023"
    logs = scales.axis([3, 4000], log=True)
    assert (logs.low, logs.high) == (2, 5000) and logs.fitting(90)[0] == (10, 100, 1000)
    given = scales.axis([1, 9], domain=(0, 10), ticks=[0, 2.5, 5, 7.5, 10], number=",.1f")
    assert given.fitting(400)[0] == (0, 2.5, 5, 7.5, 10) and given.fitting(60)[0] != given.fitting(400)[0]
    with pytest.raises(ValueError, match="cannot begin at 0"):
        scales.axis([0, 10], log=True)


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (200_000, ",", "200,000"), (0, ",", "0"), (-0.3, ",.1f", "−0.3"), (0.25, ".0%", "25%"), (0.5, ",", "0.5"),
        (2015, "d", "2015"), (-0.0, ",", "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_out(value, form, said):
    assert scales.number_text(value, form) == said


QUARTERS = pd.DataFrame({"name": ["a", "b", "c"], "number": [0, 40, 100], "share": [0.0, 0.5, 1.0]})
ASKED = {"domain": [0, 100], "ticks": [0, 25, 50, 75, 100]}


@pytest.mark.parametrize(
    "draw",
    [
        lambda w: charts.dots(QUARTERS, w, y="name", x="number", **ASKED),
        lambda w: charts.lines(QUARTERS, w, x="share", y="number", x_number=",", **ASKED),
        lambda w: charts.lines(QUARTERS, w, x="number", y="share", x_number=",", x_ticks=ASKED["ticks"]),
    ],
    ids=["dots", "down", "across"],
)
@pytest.mark.parametrize("width", SIZES)
def test_ticks_that_were_asked_for_are_not_rounded(draw, width):
    """Without digits in their format Vega rounds labels to the steps that it would take itself: 25 became 30."""
    said = [said for said, *_ in boxes(svg(draw, width))]
    assert {"0", "25", "50", "75", "100"} <= set(said) and not {"20", "30", "80"} & set(said)


@pytest.mark.parametrize("value", [0.1 + 0.2, 1_250_000, 2.5, 0.0625, 123_456])
def test_a_tick_is_drawn_as_it_was_measured(value):
    table = QUARTERS.assign(number=[0, value, 2 * value])
    drawn = svg(lambda w: charts.dots(table, w, y="name", x="number", domain=[0, 2 * value], ticks=[0, value]), 760)
    assert scales.number_text(value) in [said for said, *_ in boxes(drawn)]


def test_ticks_are_drawn_with_the_labels_that_were_measured():
    assert {"0", "1,000", "2,000", "3,000", "2016"} <= {said for said, *_ in boxes(svg(TYPICAL["lines"], 760))}
