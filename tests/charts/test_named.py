"""What a pointer gets is named in words."""

import altair as alt
import pandas as pd
import pytest

from lib import charts, data
from lib.charts import named

TABLE = pd.DataFrame({"effect_low": [1.0, 2.0], "dead_and_missing": [3, 4], "country_name": ["a", "b"]})


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("effect_low", "Effect, low end"), ("share_high", "Share, high end"), ("low", "Low end"), ("p", "p-value"),
        ("outcome_name", "Outcome"), ("not_stated", "Not stated"), ("detections", "Detections"),
        ("risk of bias", "Risk of bias"), ("per_1000", "Per 1,000"), ("months", "Months covered"),
    ],
)  # fmt: skip
def test_a_field_is_its_title_or_its_own_words(field, said):
    assert named.words(field, {"months": "Months covered"}) == said


def test_titles_are_those_of_the_tables_and_the_first_that_has_a_field_says():
    first, second = data.describe("deaths_coast_year"), data.describe("efficiency_costs")
    found = named.titles([first, second])
    assert found["dead_and_missing"] == "Dead and missing"
    assert {name: found[name] for name in ("year", "item")} == {
        name: field["title"]
        for table, name in (("deaths_coast_year", "year"), ("efficiency_costs", "item"))
        for field in data.resource(table)["schema"]["fields"] if field["name"] == name
    }  # fmt: skip


def test_every_tooltip_of_a_figure_has_a_title_and_what_has_one_keeps_it():
    def draw(width):
        bars = alt.Chart(TABLE).mark_bar().encode(
            x="country_name:N", y="dead_and_missing:Q",
            tooltip=["country_name:N", "effect_low:Q", alt.Tooltip("dead_and_missing:Q", title="All of them")],
        )  # fmt: skip
        return charts.fit(bars, width, 90)

    made = charts.figure(
        draw, id="fig-test", title="T", subtitle="S", description="D", table=TABLE,
        sources=[data.describe("deaths_coast_year")],
    )  # fmt: skip
    for spec in made.specs.values():
        said = [(field["field"], field["title"]) for field in spec["encoding"]["tooltip"]]
        assert said == [
            ("country_name", "Country"), ("effect_low", "Effect, low end"), ("dead_and_missing", "All of them"),
        ]  # fmt: skip


def test_two_fields_of_one_tooltip_do_not_share_a_title():
    """The reader would get one of the two."""
    spec = {"layer": [{"encoding": {"tooltip": [{"field": "said"}, {"field": "text"}, {"field": "first"}]}}]}
    named.name_fields(spec, {"first": "In words"})
    said = [field["title"] for field in spec["layer"][0]["encoding"]["tooltip"]]
    assert len(set(said)) == 3 and said[0] == "In words"
