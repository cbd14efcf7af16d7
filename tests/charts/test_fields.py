"""Mistakes in a figure's code get a sentence: a field that is not there, and something of another kind."""

import altair as alt
import pandas as pd
import pytest

from lib import charts, data
from lib.charts.fields import unknown

TABLE = pd.DataFrame({"year": [2014, 2015, 2016], "route": ["a", "b", "c"], "detections": [10, 20, 5]})
PLAIN = alt.Chart(TABLE).mark_point().encode(x="year:O", y="detections:Q")


def bars(width, y="detections:Q", **more):
    return charts.fit(alt.Chart(TABLE).mark_bar().encode(x="year:O", y=y, **more), width, 120)


def make(build=bars, **fields):
    given = {
        "id": "fig-test", "title": "A finding", "subtitle": "Detections", "description": "Bars.",
        "sources": [data.describe("frontex_route_month")], "table": TABLE,
    }  # fmt: skip
    return charts.figure(build, **given | fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"sources": ["countries"]},
            r'a source is the description of a table.*sources=\[data\.describe\("countries"\)\]',
        ),
        ({"sources": "countries"}, r'its sources are a list.*write sources=\[data\.describe\("countries"\)\]'),
        ({"sources": data.describe("countries")}, r'its sources are a list.*sources=\[data\.describe\("countries"\)\]'),
        ({"sources": None}, r"its sources are a list of data\.describe\(\.\.\.\), not None"),
        ({"sources": [TABLE]}, r"a source is what data\.describe\(\.\.\.\) returns, not a DataFrame"),
        ({"table": None}, "its table is a DataFrame of what is drawn.*not None"),
        ({"table": "frontex_route_month"}, "its table is a DataFrame.*not a str"),
        (
            {"build": bars(760)},
            "begins with a function of a width.*`lambda width: ...` that returns the chart, not the",
        ),
        ({"build": lambda width: None}, "its function has to return a chart; for width 760 it gave None"),
        ({"build": lambda width: TABLE}, "for width 760 it gave a DataFrame"),
    ],
)
def test_something_of_another_kind_is_said(fields, said):
    with pytest.raises(TypeError, match=f"(?s)^figure fig-test: .*{said}"):
        make(**fields)


@pytest.mark.parametrize(
    "build",
    [
        lambda width: bars(width, "arrivals:Q"),
        lambda width: bars(width, tooltip=["route:N", "arrivals:Q"]),
        lambda width: bars(width, color=alt.condition(alt.datum.year > 2014, "arrivals:N", alt.value("red"))),
        lambda width: bars(width, order=alt.Order("arrivals:Q")),
        lambda width: alt.Chart(TABLE).mark_bar().encode(x=alt.X("route:N", sort=alt.EncodingSortField("arrivals"))),
        lambda width: alt.layer(PLAIN, PLAIN.encode(y="arrivals:Q")),
        lambda width: alt.hconcat(PLAIN, PLAIN.encode(y="arrivals:Q")),
        lambda width: PLAIN.facet("arrivals:N"),
        lambda width: bars(
            width if width == charts.WIDE else 300, "detections:Q" if width == charts.WIDE else "arrivals:Q"
        ),
    ],
    ids=["axis", "tooltip", "condition", "order", "sort", "layer", "beside", "facet", "phone"],
)
def test_a_field_that_the_data_have_not_is_refused_with_those_they_have(build):
    with pytest.raises(ValueError, match=r"figure fig-test: no field 'arrivals'.* it has detections, route, year"):
        make(build)


@pytest.mark.parametrize(
    "build",
    [
        lambda chart: chart.encode(y="double:Q").transform_calculate(double="datum.detections * 2"),
        lambda chart: chart.encode(y="sum:Q").transform_aggregate(sum="sum(detections)", groupby=["year"]),
        lambda chart: chart.encode(y="value:Q", color="key:N").transform_fold(["year", "detections"]),
        lambda chart: chart.encode(y="n:Q").transform_fold(["year", "detections"], as_=["what", "n"]),
        lambda chart: chart.encode(y="rank:Q").transform_window(rank="rank()"),
        lambda chart: chart.encode(y="all:Q").transform_joinaggregate(all="sum(detections)"),
        lambda chart: chart.encode(y="density:Q").transform_density("detections"),
        lambda chart: chart.encode(y="a:Q").transform_pivot("route", value="detections"),
        lambda chart: chart.encode(y="count()"),
    ],
    ids=["calculate", "aggregate", "fold", "fold-named", "window", "join", "density", "pivot", "count"],
)
def test_what_a_transform_makes_is_a_field(build):
    spec = build(alt.Chart(TABLE).mark_bar().encode(x="year:O")).to_dict()
    assert [field for field, _ in unknown(spec) if field != "year"] == []


def test_a_field_that_an_aggregate_leaves_behind_is_unknown():
    chart = alt.Chart(TABLE).mark_bar().encode(y="sum:Q", color="route:N")
    spec = chart.transform_aggregate(sum="sum(detections)", groupby=["year"]).to_dict()
    assert list(unknown(spec)) == [("route", ["sum", "year"])]


def test_dots_and_brackets_are_read_as_vega_reads_them():
    odd = pd.DataFrame({"a.b": [1], "c[0]": [2], "d": [3]})
    right = alt.Chart(odd).mark_point().encode(x=r"a\.b:Q", y=r"c\[0\]:Q").to_dict()
    wrong = alt.Chart(odd).mark_point().encode(x="a.b:Q", y="d:Q").to_dict()
    assert list(unknown(right)) == []
    assert list(unknown(wrong)) == [("a.b", ["a.b", "c[0]", "d"])]


def test_data_that_are_elsewhere_or_no_rows_are_let_pass():
    for source in (alt.UrlData("a.csv"), alt.sequence(0, 5, as_="x"), alt.sphere()):
        assert list(unknown(alt.Chart(source).mark_point().encode(x="year:Q").to_dict())) == []
