"""Whether those who left from Tunisia can have left from Libya: rules, and answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from lib.measures import applications, around, arrivals, tunisia

NAMES = pd.Series({"MLI": "Mali", "SYR": "Syria", "TUN": "Tunisia", "EGY": "Egypt"})


@pytest.fixture
def left():
    """From Tunisia 50, 100, 40 and 20; from Libya 50, 60, 62 and 80. Mali grew fourfold and kept 40 of 400 at most."""
    lists = [
        (f"{year}-12-31", code, number)
        for year, counts in {
            2022: {"MLI": 100, "SYR": 300, "TUN": 200, "OTH": 100, "total": 700},
            2023: {"MLI": 400, "SYR": 310, "TUN": 210, "OTH": 80, "total": 1000},
            2024: {"MLI": 60, "SYR": 320, "OTH": 20, "total": 400},
            2025: {"MLI": 40, "SYR": 330, "EGY": 50, "OTH": 20, "total": 440},
        }.items()
        for code, number in counts.items()
    ]
    lists = pd.DataFrame(lists, columns=["last_day", "nationality", "cumulative"])
    lists["last_day"] = pd.to_datetime(lists["last_day"])
    nationality = pd.DataFrame(
        [
            (route, code, year, number)
            for route, code, counts in [
                (around.CENTRAL, "MLI", (1000, 4000, 3000)), (around.CENTRAL, "TUN", (2000, 2500, 2000)),
                (around.CENTRAL, "SYR", (5000, 5100, 5200)), (around.ATLANTIC, "MLI", (10, 20, 320)),
            ]
            for year, number in zip((2022, 2023, 2024), counts, strict=True)
        ],
        columns=["route", "nationality", "year", "detections"],
    )  # fmt: skip
    coasts = pd.DataFrame({"TUN": [50, 100, 40, 20], "LBY": [50, 60, 62, 80]}, index=[2022, 2023, 2024, 2025])
    years = coasts.assign(total=coasts.sum(axis=1))
    early = pd.MultiIndex.from_tuples(
        [(pd.Timestamp("2017-01-01"), pd.Timestamp("2017-04-30"))], names=["start", "end"]
    )
    periods = pd.DataFrame({"LBY": [95.0], "total": [100.0]}, index=early)
    return tunisia.left(arrivals.Shift(periods, years), lists, nationality)


def test_what_other_routes_can_have_gained_is_a_share_of_what_was_lost(left):
    assert left.elsewhere["fell"].to_dict() == {"MLI": 1000, "TUN": 500}
    assert left.share == 300 / 1500


def test_claims_on_those_who_left(left):
    assert left.claims == {
        "tunisia-shift": "rise",  # from 5 to 100 of 160
        "tunisia-2023-fall": "fall",
        "tunisia-rise-share": False,  # 50 of 60
        "libya-2025-rise": "rise",
        "libya-took-over": True,  # 20 of 80, a quarter
        "tunisia-nationalities-kept": False,  # 40 and at most 40 of 610
        "tunisia-nationalities-elsewhere": False,  # a fifth
    }


def test_those_shown_are_there_once(left):
    assert left.chosen() == ["MLI", "TUN", "SYR", "EGY"]
    before, after = left.at_most(NAMES)
    assert before[["Mali", "Tunisia"]].tolist() == [400, 210] and after[["Mali", "Tunisia"]].tolist() == [40, 40]
    rows = left.long(NAMES)
    assert rows["nationality"].unique().tolist() == ["Mali", "Tunisia", "Syria", "Egypt"]
    assert len(rows[rows["nationality"] == "Tunisia"]) == 2  # a list that leaves it out has no row


def test_sentences_on_those_who_left(left):
    found = left.phrases(NAMES)
    assert (found["followed"], found["followed_fell"], found["followed_moved"]) == (2, 1500, 300)
    assert (found["followed_first"], found["followed_share"], found["unnamed_2023"]) == ("Mali", "20%", 80)
    assert found["fell_verdict"] == "as displacement would have it"  # 60 of 80 less: a quarter


def test_steady_needs_every_step():
    series = pd.Series([1, 2, 3])
    assert [around.steady(series), around.steady(-series), around.steady(pd.Series([1, 2, 2]))] == [
        "rise",
        "fall",
        "none",
    ]


def agreements(label="EU–Türkiye Statement", id="eu-turkiye-statement"):
    """A hundred detections a month on each route, and ten on the eastern from April 2016 to March 2017."""
    months = pd.date_range("2009-01-01", "2025-12-01", freq="MS")
    routes = pd.DataFrame(100.0, index=months, columns=around.SEA)
    routes.loc["2016-04":"2017-03", around.EASTERN] = 10
    routes.loc["2016-04":"2016-12", around.WESTERN] = 120
    routes.loc["2017-08":"2018-07", around.CENTRAL] = 50
    events = {"id": [id], "label": [label], "month": pd.to_datetime(["2016-03-01"]), "route": [around.EASTERN]}
    return around.agreements(routes, pd.DataFrame(events).assign(until=pd.NaT))


def test_an_agreement_that_stands_out_alone():
    found = agreements()
    assert found.own.to_dict() == {"EU–Türkiye 2016": 0.1} and found.statement_alone
    assert not agreements("Italy–Libya memorandum", "italy-libya-memorandum").statement_alone


def test_a_route_that_came_back_fell_by_every_window():
    found = agreements()
    assert found.by_window.loc["EU–Türkiye 2016", [12, 24]].tolist() == [0.1, 0.55] and not found.turned.any()


def test_what_other_routes_gained_at_most_after_an_agreement():
    """810 lost and 180 gained in nine months; 600 lost in twelve, and 450 gained where the eastern had been low."""
    found = agreements().moved
    assert found.loc["statement"].tolist() == [810, 180, 180 / 810]
    gained = 8 * 90  # eight of the months a year before, August 2016 to March 2017, were low on the eastern route
    assert found.loc["libya"].tolist() == [600, gained, gained / 600]


@pytest.fixture
def asked():
    """A hundred applications everywhere, and twice as many of one nationality in the Netherlands from 2023 on."""
    places, groups, years = ["NLD", "W", "X", "Y", "Z"], ["AAA", "BBB"], range(2018, 2026)
    rows = [
        (place, group, year, 200 if (place, group) == ("NLD", "AAA") and year >= 2023 else 100)
        for place in places for group in groups for year in years
    ]  # fmt: skip
    starts = {"name": ["A", "B"], "country": groups, "start": pd.to_datetime(["2022-05-01", "2025-05-01"])}
    panel = pd.DataFrame(rows, columns=["destination", "citizenship", "year", "applicants"])
    return applications.Applications(panel, pd.DataFrame(starts), "NLD")


def test_applications_are_relative_to_other_destinations(asked):
    """The other four are each set beside three that stayed and one that doubled: two to the power of a quarter less."""
    [row] = asked.results.to_dict("records")
    assert (row["partner"], row["from"], row["years"], row["p"]) == ("A", 2023, 3, 1 / 5)
    assert row["change"] == pytest.approx(1)
    assert row["others"] == pytest.approx((2**-0.25 - 1,) * 2) and row["needed"] == pytest.approx(1 - 2**-0.25)


def test_applications_as_sentences_and_a_table_have_them(asked):
    found = asked.phrases
    assert (found["joint_change"], found["joint_p"], found["destinations"]) == ("+100%", "0.20", 5)
    assert (found["partners_tested"], found["partners_untested"], found["years_end"]) == ("A", "B", "2025")
    assert asked.told().iloc[0].tolist()[3:5] == ["+100%", "−16% to −16%"]
    assert np.isclose(asked.joint.smallest_p, 0.2)
