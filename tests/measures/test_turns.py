"""Two routes that turned: the way down, and what claims on it are checked against, worked out by hand."""

import pandas as pd
import pytest

from lib.measures import turns


def monthly(values, start="2015-01-01"):
    return pd.Series(values, pd.date_range(start, periods=len(values), freq="MS"), dtype=float)


def test_the_way_down_is_measured_from_the_top_to_the_level_after_the_event():
    series = monthly([10, 110, 60, 30, 10, 10])
    way = turns.descent(series, "2015-01", pd.Timestamp("2015-04-01"), "2015-06")
    assert (way.month, way.top, way.floor) == (pd.Timestamp("2015-02-01"), 110, 10)
    assert way.covered(60) == 0.5 and way.covered(60, top=85) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="did not fall after 2015-02"):
        turns.descent(monthly([1, 2, 3, 4]), "2015-01", pd.Timestamp("2015-02-01"), "2015-04")


def test_months_against_the_same_months_a_year_before():
    series = monthly([100] * 12 + [100, 50, 50] + [100] * 9)
    first, last = pd.Timestamp("2016-02-01"), pd.Timestamp("2016-03-01")
    assert turns.against_year_before(series, first, last) == -0.5
    assert turns.kept(series, first, last, [0, 1]).to_dict() == {0: 1.0, 1: 1.0}


def test_half_of_the_fall_towards_greece_can_lie_before_the_statement():
    year_2016 = [60, 60, 30, *[20] * 9]  # from 100 in October 2015 to 20; 40 of 80 lie behind in February
    east = monthly([*[10] * 9, 100, 60, 60, *year_2016, *[5] * 12])
    greece = turns.Greece(east, pd.Timestamp("2016-03-01"))
    assert (greece.before, greece.covered, greece.springs) == (pd.Timestamp("2016-02-01"), 0.5, [20, 5])
    assert greece.claims(strong=0.5, considerable=0.5) == {
        "greece-2016-fall": "none",  # 310 in 2015, 330 in 2016
        "greece-2017-fall": "fall",  # to 60
        "statement-earlier-fall": True,
        "greece-2017-fall-months": "fall",
    }
    assert not greece.claims(strong=0.5, considerable=0.51)["statement-earlier-fall"]


# A level for each month of a year, on the central route.
LEVELS = {2013: 10, 2014: 20, 2015: 30, 2016: 40, 2018: 5, 2019: 10, 2020: 15, 2021: 20, 2022: 22, 2023: 50, 2024: 10}


def central(**changed):
    levels = {str(year): level for year, level in LEVELS.items()} | changed
    months = {year: [level] * 12 for year, level in levels.items()} | {"2017": [40] * 6 + [10] * 6, "2025": [10] * 12}
    return turns.Central(
        monthly([one for year in sorted(months) for one in months[year]], "2013-01-01"), pd.Timestamp("2017-02-01"), 0.5
    )


def test_the_central_route_broke_in_july_and_was_back_in_2023():
    route = central()
    assert (route.broke, route.summer, route.back) == (pd.Timestamp("2017-07-01"), -0.75, 2023)  # 300 in 2017
    assert route.claims() == {
        "central-2014-rise": "rise", "central-2018-fall": "fall", "central-fall-temporary": True,
        "central-renewed-rise": "rise", "central-2014-sustained": "rise", "central-2023-fall": "fall",
    }  # fmt: skip
    assert route.fell_and_rose and route.some((2013, 2017)) == "120 in 2013, 300 in 2017"


def test_a_route_that_was_never_back_has_no_temporary_fall():
    route = central(**{"2021": 14, "2023": 23})
    assert route.back is None and not route.fell_and_rose
    found = route.claims()
    assert found["central-fall-temporary"] is False and found["central-renewed-rise"] == "none"
