"""Arrivals by sea: differences of running counts, by hand, and what is odd in the source is known, never silent."""

import pandas as pd
import pytest
from conftest import derivation

from lib import data

derive = derivation("derive_arrivals")

LISTS = [
    ("2020-01-31", {"TUN": 10, "BGD": 4, "OTH": 6}),
    ("2020-02-29", {"TUN": 15, "OTH": 9}),  # BGD is not named
    ("2020-04-30", {"TUN": 12, "BGD": 9, "EGY": 7, "OTH": 5}),  # no list of March; TUN falls
    ("2020-05-21", {"TUN": 20, "BGD": 9, "OTH": 8}),  # no end of a month
    ("2020-06-30", {"TUN": 30, "BGD": 10, "OTH": 9}),
    ("2021-01-31", {"TUN": 3, "OTH": 1}),  # a new year
]


@pytest.fixture
def found():
    rows = [(until, nationality, count) for until, counts in LISTS for nationality, count in counts.items()]
    table = derive.differences(pd.DataFrame(rows, columns=["until", "nationality", "cumulative"]))
    return table.set_index(["nationality", "last_day"])


@pytest.mark.parametrize(
    ("nationality", "last_day", "first_day", "arrivals", "span"),
    [
        ("TUN", "2020-01-31", "2020-01-01", 10, "month"),
        ("TUN", "2020-02-29", "2020-02-01", 5, "month"),
        ("TUN", "2020-04-30", "2020-03-01", None, "fall"),
        ("TUN", "2020-05-21", "2020-05-01", 8, "part"),
        ("TUN", "2020-06-30", "2020-05-22", 10, "longer"),
        ("TUN", "2021-01-31", "2021-01-01", 3, "month"),
        ("BGD", "2020-04-30", "2020-02-01", 5, "longer"),  # from the last list that has it
        ("BGD", "2020-05-21", "2020-05-01", 0, "part"),
        ("EGY", "2020-04-30", "2020-01-01", 7, "longer"),  # never named before in the year
        ("OTH", "2020-02-29", "2020-02-01", None, "rest"),
    ],
)
def test_a_difference_covers_the_days_between_two_lists(found, nationality, last_day, first_day, arrivals, span):
    row = found.loc[(nationality, last_day)]
    assert (row["first_day"], row["span"]) == (first_day, span)
    assert pd.isna(row["arrivals"]) if arrivals is None else row["arrivals"] == arrivals


def dashboard(lists):
    rows = [f"{until},{nationality},{count}\n" for until, counts in lists for nationality, count in counts.items()]
    return "until,nationality,arrivals_since_1_january\n" + "".join(rows)


def test_all_together_are_a_row_of_their_own_and_known_oddities_pass(source, monkeypatch):
    monkeypatch.setattr(derive, "MISSING", [f"2020-{month:02}" for month in (3, *range(7, 13))])
    monkeypatch.setattr(derive, "NO_MONTH_END", ["2020-05-21"])
    monkeypatch.setattr(derive, "FALLS", [("2020-04-30", "TUN")])
    table = derive.arrivals_italy_nationality(source(nationality=dashboard(LISTS)))
    table = table.set_index(["nationality", "last_day"])
    assert table.loc[("total", "2020-02-29"), ["arrivals", "cumulative"]].tolist() == [4, 24]


@pytest.mark.parametrize("lists", [LISTS[:3], [LISTS[0], LISTS[2]], LISTS[3:4]])
def test_an_oddity_that_is_not_known_stops_the_script(source, monkeypatch, lists):
    for known in ("MISSING", "NO_MONTH_END", "FALLS"):
        monkeypatch.setattr(derive, known, [])
    with pytest.raises(ValueError, match="in the source"):
        derive.arrivals_italy_nationality(source(nationality=dashboard(lists)))


def test_an_oddity_that_is_gone_stops_it_too(source):
    with pytest.raises(ValueError, match=r"missing months in the source: .*known are"):
        derive.arrivals_italy_nationality(source(nationality=dashboard(LISTS[:2])))


DEPARTURE = "start,end,departure,arrivals,span,publisher,source,note\n"


def test_countries_of_departure_are_no_more_than_all(source):
    row = "2022-01-01,2022-12-31,{},{},year,x,y,z\n"
    derive.arrivals_italy_departure(source(departure=DEPARTURE + row.format("total", 9) + row.format("TUN", 9)))
    over = source(departure=DEPARTURE + row.format("total", 9) + row.format("TUN", 10))
    with pytest.raises(ValueError, match="more arrivals by country than in all"):
        derive.arrivals_italy_departure(over)


@pytest.mark.parametrize(
    ("note", "change"),
    [
        ("27.3 percent more than in 2024, as printed; 400 boats", "27.3"),
        ("11.8 percent less, as printed", "-11.8"),
        ("117 = 151 less the 34 more that the page prints", ""),
        ("", ""),
    ],
)
def test_a_printed_change_is_read_with_its_sign(note, change):
    assert derive.printed_change(note) == change


def test_the_shipped_tables_hold_what_is_known_from_elsewhere():
    arrivals = data.load("arrivals_italy_departure")
    years = arrivals[arrivals["end"].dt.is_year_end]
    by = years.set_index([years["end"].dt.year, "departure"])["arrivals"]
    assert [by[year, "TUN"] for year in range(2022, 2026)] == [32_101, 97_667, 19_460, 4_841]
    assert [by[year, "LBY"] for year in range(2022, 2026)] == [53_118, 51_986, 42_279, 58_408]
    lists = data.load("arrivals_italy_nationality").set_index(["nationality", "last_day"])["cumulative"]
    assert lists["total", "2024-12-31"] == by[2024, "total"] - 300  # consolidated later
    assert lists["total", "2025-12-31"] == by[2025, "total"]


def test_incidents_on_land_and_at_sea_hold_at_least_those_of_the_routes_to_europe():
    keys, sums = ["country", "year"], ["dead_and_missing", "incidents"]
    coast = data.load("deaths_coast_year").set_index(keys)[sums]
    found = data.load("incidents_country_year").groupby(keys)[sums].sum()
    assert (found >= coast.loc[found.index]).all(axis=None)


def test_large_incidents_are_those_counted_but_for_one():
    counted = data.load("incidents_country_year").query("setting == 'land'").set_index(["country", "year"])
    listed = data.load("incidents_land_large").assign(year=lambda rows: rows["date"].dt.year)
    listed = listed.groupby(["country", "year"]).size()
    difference = counted["incidents_10_or_more"].sub(listed, fill_value=0)
    assert difference[difference != 0].to_dict() == {("TUR", 2017): 1}  # the list leaves one of ten dead out
