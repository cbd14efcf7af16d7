"""Deriving the tables on asylum, orders and returns: figures known from elsewhere, and sources that do not fit."""

import pytest
from conftest import derivation

from lib import data
from lib.returns import triple

derive = derivation("derive_returns")

DEPARTURES = (
    "year,dtenv_independent,dtenv_forced,dtenv_unsupervised,dtenv_to_dublin_countries,eurostat_assisted_voluntary,"
    "eurostat_forced,eurostat_not_assisted_voluntary,eurostat_total,source\n"
)
FRONTEX = "year,frontex_supported,returned_29_countries,frontex_note,source\n2023,10,29,x,y\n"


def returns(of_2023=1, countries=derive.STATES):
    rows = [f"C{n},{year},{of_2023}" for year in (2023, 2024) for n in range(countries)]
    return "geo_iso3,year,returned_total\n" + "\n".join(rows) + "\n"


def departures(closed="1,000 cases closed, 300 demonstrable departures (a few), 40 to an unknown destination"):
    return f'{DEPARTURES}2022,30,20,50,10,1,2,3,6,x\n2024,,,40,,,,,,"{closed}"\n'


def test_demonstrable_departures_are_a_sum_but_for_the_year_that_is_told_in_words(source):
    table = derive.departures_destination_year(source(departures=departures()))
    assert table["demonstrable"].tolist() == [50, 300]
    assert table["closed"].isna().tolist() == [True, False] and table["closed"].iloc[1] == 1000
    assert table["to_dublin_countries"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        ("some cases closed", "does not fit it"),
        ("1,000 cases closed, 300 demonstrable departures (a few), 41 to an unknown destination", "41 in words"),
    ],
)
def test_words_that_say_something_else_are_refused(source, closed, said):
    with pytest.raises(ValueError, match=said):
        derive.departures_destination_year(source(departures=departures(closed)))


def test_all_returns_have_to_be_the_same_in_both_sources(source):
    table = derive.returns_frontex_year(source(frontex=FRONTEX, returns=returns()))
    assert table.to_numpy().tolist() == [[2023, 10, 29], [2024, derive.FRONTEX_2024, 29]]
    with pytest.raises(ValueError, match="differ between the two sources"):
        derive.returns_frontex_year(source(frontex=FRONTEX, returns=returns(2)))


def test_first_requests_are_those_of_statistics_netherlands():
    """CBS StatLine 80059NED, 2023 as its page has it; 2024 and 2025 as the table of this package."""
    requests = data.load("asylum_unhcr_netherlands_year").set_index(["origin", "year"])["new_applications"]
    page = {"DZA": 1555, "EGY": 320, "IRQ": 1495, "MAR": 885, "NGA": 655, "TUN": 430}
    assert all(abs(requests[origin, 2023] - number) <= 5 for origin, number in page.items())
    cbs = data.load("asylum_cbs_year").set_index(["citizenship", "year"])["applicants"]
    shared = cbs.index.intersection(requests.index)
    apart = (cbs[shared] - requests[shared]).abs()
    assert len(shared) == 10 and apart[apart > 5].to_dict() == {("TUR", 2025): 12}  # the caveats of the table say so


def test_departures_are_those_of_the_return_service_where_both_are_at_hand():
    kinds = ["independent_supervised", "forced", "independent_unsupervised"]
    own, others = (
        data.load(name).set_index("year") for name in ("dtenv_departures_year", "departures_destination_year")
    )
    assert own.loc[2018:2022, kinds].to_numpy().tolist() == others.loc[2018:2022, kinds].to_numpy().tolist()
    assert (own.loc[2023, kinds] < others.loc[2023, kinds]).all()  # ten months and twelve
    assert (others["to_dublin_countries"].dropna() < others.loc[:2022, "demonstrable"]).all()


def test_removals_to_morocco_stand_in_both_tables_on_them():
    stated = data.load("morocco_removals_stated").set_index("id")
    removed = data.load("removals_origin_2023").set_index("nationality")["persons"]
    assert stated.at["morocco-forced-2023-01-to-2023-11", "value"] == removed["MAR"]
    assert removed["POL"] > removed.sum() / 3  # as the page says of all, to which these are a part


def test_the_made_up_file_is_three_months_of_the_estimate():
    effect = data.load("report_return_effects").set_index(["country", "outcome"])["effect"]
    assert round(3 * effect["MAR", "forced_departures"]) == derive.EXTRA
    assert derive.eurostat_returns_quarter(None).shape == data.load(triple.TABLE).shape


def test_the_shipped_shares_of_frontex_are_what_two_reports_add_up_to():
    shipped = data.load("returns_frontex_year").set_index("year")
    assert shipped.loc[2021, "frontex_supported"] == 8_234 + 10_067  # Statewatch, from a report of Frontex
    assert shipped.loc[2022, "frontex_supported"] == 11_184 + 13_684
