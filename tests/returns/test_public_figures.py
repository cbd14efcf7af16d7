"""Public figures on departures: officials' statements, asylum decisions, the caseload and charters, by hand."""

import pandas as pd
import pytest

from lib import charts
from lib.returns import asylum, caseload, charters, officials


def statement(
    id, start, end, value, country="MAR", measure="forced_departures", qualifier=None, bound=None, other=None
):
    when = [pd.Timestamp(month) for month in (start, end)]
    return (id, *when, country, measure, value, qualifier, bound, "an official", other)


INTERVIEW = "morocco-forced-2022-interview"
SAID = pd.DataFrame(
    [
        statement("morocco-forced-2021", "2021-01", "2021-12", 6),
        statement("morocco-forced-2022-below-five", "2022-01", "2022-12", 5, bound="<", other=INTERVIEW),
        statement(INTERVIEW, "2022-01", "2022-12", 24),
        statement("morocco-departures-2022", "2022-01", "2022-12", 60, measure="departures"),
        statement("morocco-voluntary-2022", "2022-01", "2022-12", 40, measure="voluntary_departures"),
        statement("morocco-forced-2023-01-to-2023-05", "2023-01", "2023-05", 40),
        statement("morocco-forced-2023-01-to-2023-11", "2023-01", "2023-11", 150),
        statement("morocco-forced-2024-01-to-2024-06", "2024-01", "2024-06", 120),
        statement("morocco-forced-2024-07-to-2024-12", "2024-07", "2024-12", 50),
        statement("algeria-forced-2024-01-to-2024-06", "2024-01", "2024-06", 30, country="DZA"),
        statement("algeria-forced-2024-07-to-2024-12", "2024-07", "2024-12", 90, country="DZA"),
        statement("all-forced-2024-01-to-2024-06", "2024-01", "2024-06", 440, country=None),
        statement("all-forced-2024-07-to-2024-12", "2024-07", "2024-12", 360, country=None),
    ],
    columns=["id", "start", "end", "country", "measure", "value", "qualifier", "bound", "said_by", "conflicts_with"],
)  # fmt: skip


def test_statements_on_one_country_with_what_contradicts_them():
    rows = officials.statements(SAID, "MAR").set_index("id")
    assert len(rows) == 8 and "morocco-voluntary-2022" not in rows.index
    both = ["morocco-forced-2022-below-five", "morocco-forced-2022-interview"]
    assert rows.index[rows["conflict"] == officials.CONFLICT].tolist() == both
    assert rows.at["morocco-forced-2023-01-to-2023-05", "months"] == 5
    assert rows.at["morocco-forced-2022-interview", "text"] == "24 (2.0 a month)"
    assert rows.at["morocco-forced-2022-below-five", "text"] == "fewer than 5 (0.4 a month)"
    assert rows.at["morocco-departures-2022", "what"] == "All departures"
    last = rows.loc["morocco-forced-2024-07-to-2024-12"]
    assert (last["end"], last["date"]) == (pd.Timestamp("2024-12-31"), "2024-07 to 2024-12")


def test_statements_can_be_drawn_as_a_timeline():
    kinds = dict.fromkeys([officials.CONFLICT, officials.NO_CONFLICT], (charts.BLUE, "square"))
    chart = charts.timeline(
        officials.statements(SAID, "MAR"), 760, lane="what", lanes=[*officials.MEASURES.values()], kind="conflict",
        kinds=kinds, since="2021-01-01", until="2025-01-01", text="text",
    )  # fmt: skip
    assert "24 (2.0 a month)" in str(chart.to_dict())


def test_what_the_statements_say():
    said = officials.said(SAID)
    assert (said.in_2021, said.in_2024, said.all_origins) == (6.0, 170.0, 800.0)
    assert said.claims(requests=600) == {
        "return-morocco-hardly-before": 1.0, "return-morocco-2023-rise": "rise", "return-morocco-2024-rise": "rise",
    }  # fmt: skip
    words = said.in_words(requests=600)
    assert (words["said_2022"], words["said_hardly"]) == ("24 or fewer than 5", "1.0%")
    assert words["said_move"] == "fewer in the second half than in the first"
    assert (words["origin_2023"], words["origin_months"], words["algeria_second"]) == (150, 11, 90)


def test_a_year_below_the_highest_statement_before_is_no_rise():
    fewer = SAID.assign(value=SAID["value"].where(SAID["id"] != "morocco-forced-2023-01-to-2023-05", 20))
    assert officials.said(fewer).claims(600)["return-morocco-2023-rise"] == "fall"


UNHCR = pd.DataFrame(
    {
        "origin": ["MAR", "MAR", "MAR", "DZA", "EGY"],
        "year": [2017, 2022, 2023, 2023, 2023],
        "new_applications": [999, 700, 900, 50, 20],
        "recognised_first": [999, 1, 1, 0, 30],
        "protection_first": [0, 1, 1, 0, 10],
        "rejected_first": [0, 20, 26, 5, 40],
        "closed_first": [0, 30, 20, 5, 20],
    }
)
CBS = pd.DataFrame({"citizenship": ["MAR", "MAR", "EGY"], "year": [2022, 2023, 2023], "applicants": [705, 890, 0]})
ORDERS = pd.DataFrame({"nationality": ["DZA", "MAR"], "orders": [10, 1320]})
NAMES = pd.Series({"MAR": "Morocco", "DZA": "Algeria", "EGY": "Egypt"})


@pytest.fixture(scope="module")
def requests():
    return asylum.asylum(UNHCR, CBS, ORDERS, NAMES)


def test_decisions_of_all_and_on_the_substance(requests):
    assert requests.decided.index.tolist() == ["Egypt", "Morocco", "Algeria"]
    morocco = requests.morocco  # 4 granted, 46 refused, 50 closed since 2018
    assert (morocco["of_all"], morocco["of_substance"], morocco["closed"]) == (0.04, 0.08, 0.5)
    rows = requests.by_outcome().set_index(["origin", "outcome"])["decisions"]
    assert (rows["Morocco", "Closed"], rows["Egypt", "Granted"], len(rows)) == (50, 40, 9)


def test_claims_and_words_on_requests(requests):
    assert requests.claims() == {
        "return-morocco-inflow": 800.0, "return-morocco-grant-rate": 4.0, "return-morocco-grant-rate-substance": 8.0,
        "return-morocco-most-refused": True, "return-obliged-larger-than-inflow": True,
    }  # fmt: skip
    words = requests.in_words()
    assert (words["unhcr_apart"], words["granted_others"], words["words_fit"]) == (10, "Egypt 50%", "")
    assert (words["orders_moroccans"], words["requests_moroccans"]) == (1320, 900)


def test_the_scale_of_an_estimate(requests):
    later = pd.DataFrame({"forced": [2360]}, index=[2023])
    scale = officials.scale(112.0, officials.said(SAID), requests, later)
    assert scale["people"].tolist() == [112.0, 170.0, 800.0, 800.0, 1320.0, 2360.0]


DIVIDED = pd.DataFrame(
    {
        "year": [2014, 2021, 2022, 2023],
        "forced": [9, 100, 200, 9],
        "independent_supervised": [9, 200, 300, 9],
        "independent_unsupervised": [9, 700, 500, 9],
    }
)
LATER = pd.DataFrame(
    {
        "year": [2022, 2023, 2024],
        "forced": [9.0, 300.0, None],
        "independent_supervised": [9.0, 200.0, None],
        "independent_unsupervised": [9.0, 500.0, 400.0],
        "demonstrable": [500.0, 500.0, 600.0],
        "closed": [9.0, 9.0, 1600.0],
        "to_dublin_countries": [100.0, 200.0, None],
    }
)


def test_departures_by_kind_join_two_sources_without_a_year_twice():
    left = caseload.caseload(DIVIDED, LATER)
    assert left.kinds.index.tolist() == [2021, 2022, 2023, 2024]
    assert left.kinds.at[2022, "Forced"] == 200 and left.kinds.at[2023, "Forced"] == 300
    assert left.kinds[caseload.NOT_DIVIDED].dropna().to_dict() == {2024: 600}
    assert left.unseen.tolist() == [0.7, 0.5, 0.5, 0.4]
    assert (left.rows()["year"] == 2024).sum() == 2 and left.rows()["people"].notna().all()


def test_claims_and_words_on_departures():
    left = caseload.caseload(DIVIDED, LATER)
    assert left.claims() == {
        "return-unsupervised-half": pytest.approx(100 * 1400 / 3000), "return-unsupervised-half-years": False,
        "return-unsupervised-half-closed": 25.0,
    }  # fmt: skip
    removed = pd.Series({"POL": 100, "ROU": 50, "LTU": 30, "HUN": 20, "MAR": 300})
    words = left.in_words(removed)
    assert (words["european"], words["origin_bound"]) == ("40%", 315)
    assert (words["dublin_low"], words["dublin_high"], words["dublin_years"]) == ("20%", "40%", "2022–2023")


FLOWN = pd.DataFrame(
    [
        ("Finland", "Iraq", 2016, 300), ("Germany", "Iraq", 2016, 4), ("Germany", "Iraq", 2020, 30),
        ("Germany", "Iraq", 2023, 60), ("Germany", "Iraq", 2024, 500), ("Norway", "Iraq", 2020, 6),
        ("Norway", "Iraq", 2024, 10), ("Netherlands", "Iraq", 2021, 2), ("Netherlands", "Albania", 2023, 98),
        ("Germany", "Albania", 2023, 842), ("Germany", "Iraq", 2015, 99),
    ],
    columns=["member_state", "destination", "year", "persons"],
)  # fmt: skip
COUNTED = pd.DataFrame(
    {
        "country": ["DEU"] * 5 + ["NOR"],
        "kind": ["deported"] * 4 + ["voluntary", "deported"],
        "period": ["2022", "2023", "2024", "2024-01/2024-06", "2024", "2024"],
        "persons": [77, 300, 816, 400, 9, 9],
    }
)
SUPPORTED = pd.DataFrame({"year": [2020, 2024], "frontex_supported": [10, 50], "returned": [100, 100]})


def test_charters_by_state_and_what_is_said_of_them():
    flights = charters.charters(FLOWN, COUNTED, SUPPORTED)
    assert flights.to_iraq.columns.tolist() == list(range(2016, 2025)) and flights.german[2017] == 0
    rows = flights.rows().set_index(["state", "year"])["persons"]
    assert (rows["Other", 2016], rows["Germany", 2024], rows["Netherlands", 2021]) == (300, 500, 2)
    assert flights.alone_in(2016) == "Finland and Germany"
    words = flights.in_words()
    assert (words["germany_earlier"], words["german_before"], words["norway_late"]) == ("10", "0 to 4", "5")
    assert (words["charter_countries"], words["few_more"]) == (2, 1)  # Norway: 5 a year after 2
    assert (words["dutch_everywhere"], words["netherlands_charter"], words["dutch_share"]) == (100, 2, "6.46%")
    assert (words["deported_years"], words["frontex_last"]) == ("77 in 2022, 300 in 2023, 816 in 2024", "50%")


@pytest.mark.parametrize("persons, word", [([77, 300, 816], "rise"), ([77, 77, 816], "fall"), ([300, 77, 816], "fall")])
def test_german_deportations_rise_only_when_each_year_has_more(persons, word):
    counted = COUNTED.head(3).assign(persons=persons)
    assert charters.charters(FLOWN, counted, SUPPORTED).claims() == {"return-iraq-germany-rise": word}
