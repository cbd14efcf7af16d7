"""The routes to Spain, deaths by place, and borders that were opened: answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from lib.measures import deaths, nationalities, openings, places, spain
from lib.measures.around import ATLANTIC, CENTRAL, EASTERN, WESTERN

MONTHS = pd.date_range("2015-01-01", "2025-12-01", freq="MS", name="month")


def by_month(**levels):
    """A series with a level for each year: `y2018=10`; all other years have that of `rest`."""
    rest = levels.pop("rest")
    return pd.Series([levels.get(f"y{month.year}", rest) for month in MONTHS], MONTHS, dtype=float)


@pytest.fixture
def to_spain():
    """The Atlantic has 1 of 5 detections to 2019 and 3 of 5 from 2020 on; its deaths rise from 12 to 36 a year."""
    late = {f"y{year}": 30 for year in range(2020, 2026)}
    west = by_month(rest=20, y2016=4, y2018=40)
    atlantic = by_month(rest=5, **late)
    routes = pd.DataFrame({WESTERN: west, ATLANTIC: atlantic, CENTRAL: by_month(rest=100)})
    dead = pd.DataFrame(
        {ATLANTIC: by_month(rest=1, **dict.fromkeys(late, 3)), WESTERN: by_month(rest=1), CENTRAL: by_month(rest=1)}
    )
    return spain.Spain(routes, dead)


def test_the_share_of_the_atlantic(to_spain):
    assert to_spain.share(slice(2015, 2015)) == 5 / 25 and to_spain.share(spain.LATE) == 30 / 50
    assert to_spain.both[2018] == 12 * 45


def test_deaths_per_thousand_detections(to_spain):
    assert to_spain.pooled[[ATLANTIC, WESTERN, CENTRAL]].tolist() == [100, 50, 10]
    assert to_spain.deadlier.tolist() == [True] * 5
    assert to_spain.phrases["ratio_western"] == "2.00" and to_spain.phrases["ratio_central"] == "10.00"


def test_claims_on_the_routes_to_spain(to_spain):
    found = to_spain.claims(strong=0.5)
    assert found["spain-rise"] == "rise"  # a month: 9, 25, 45
    assert to_spain.claims(strong=0.9)["spain-rise"] == "none"  # from 25 to 45 is 80%
    assert found["western-2019-fall"] == "fall" and found["atlantic-share-rise"] == "rise"
    assert found["atlantic-deaths-rise"] == "rise" and found["spain-deaths-rise"] == "rise"
    assert found["iom-deaths-2024"] == 48 and found["atlantic-deadlier"]


def test_the_first_four_months_are_compared(to_spain):
    dead = to_spain.dead.copy()
    dead.loc["2025-04-01", ATLANTIC] -= 1
    assert spain.Spain(to_spain.routes, dead).claims(0.5)["deaths-2025-fall"] == "fall"
    dead.loc["2025-05-01", ATLANTIC] += 9  # after April
    assert spain.Spain(to_spain.routes, dead).claims(0.5)["deaths-2025-fall"] == "fall"


def test_an_organisation_beside_iom():
    """20 dead of 1,000 on the Atlantic and 10 of 2,000 in the west: four times; by IOM 6 and 4."""
    dead = pd.DataFrame({WESTERN: [4], ATLANTIC: [6]}, index=[2024])
    detected = pd.DataFrame({WESTERN: [2000], ATLANTIC: [1000]}, index=[2024])
    found = deaths.Organisation(30, 20, 12, deaths.Recorded(dead, detected)).phrases()
    assert (found["ngo_ratio"], found["ngo_times"], found["ngo_rate"], found["ngo_2025"]) == ("4", "3.0", "10", 12)


def test_places_in_the_window_outside_it_and_unknown():
    rows = [
        (2014, CENTRAL, 12.0, 34.0, 50, 2), (2015, CENTRAL, 12.0, 34.0, 10, 1), (2014, WESTERN, 60.0, 34.0, 7, 1),
        (2014, WESTERN, np.nan, np.nan, 33, 4),
    ]  # fmt: skip
    columns = ["year", "route", "lon", "lat", "dead_and_missing", "incidents"]
    found = places.Places(pd.DataFrame(rows, columns=columns))
    assert found.by_route.to_dict() == {CENTRAL: 60, WESTERN: 40} and found.central == 0.6
    assert found.outside == 7 and found.long()[["dead_and_missing", "incidents"]].to_numpy().tolist() == [[60, 3]]
    assert found.phrases == {
        "deaths_total": 100, "deaths_central_share": "60%", "deaths_unknown": 33, "deaths_unknown_records": 4,
    }  # fmt: skip


def test_an_opening_is_visible_when_its_year_stands_above_all_others():
    months = pd.date_range("2018-01-01", "2023-12-01", freq="MS")
    routes = pd.DataFrame({EASTERN: 10.0, WESTERN: 10.0}, index=months)
    routes.loc["2020-03-01", EASTERN] = 9
    routes.loc["2021-05-01", WESTERN] = 50
    routes.loc["2019-05-01", WESTERN] = 20
    found = openings.Openings(routes)
    assert found.claims == {"turkiye-opening-visible": "none", "ceuta-visible": "rise"}
    assert found.counted("turkiye") == (10, 9) and found.counted("ceuta") == (10, 50)
    said = found.phrases("2020-02-28", "2021-05-17")
    assert (said["turkiye_after"], said["ceuta_opening"], said["ceuta_may"]) == ("March 2020", "May 2021", 50)
    table = found.told().set_index(found.told().columns[0])
    assert table.columns.tolist() == ["2018", "2019", "2020", "2021", "2022", "2023"]
    assert table.iloc[0].tolist()[:5] == [1, 1, 0.9, 1, 1] and table.iloc[1].tolist()[1:] == [2, 1, 5, 1, 1]


def test_claims_on_nationalities_before_and_after():
    rows = [
        (route, code, year, n)
        for route, year, counts in [
            (CENTRAL, 2016, {"ERI": 60, "NGA": 30, "BGD": 10}), (CENTRAL, 2022, {"BGD": 80, "GIN": 10, "NGA": 10}),
            (WESTERN, 2016, {"MAR": 60, "MLI": 20}), (ATLANTIC, 2016, {"MLI": 20}),
            (WESTERN, 2022, {"MAR": 20}), (ATLANTIC, 2022, {"MLI": 60, "OOO": 20}),
        ]
        for code, n in counts.items()
    ]  # fmt: skip
    table = pd.DataFrame([*rows, (CENTRAL, "ERI", 2022, 0)], columns=["route", "nationality", "year", "detections"])
    who = nationalities.Both(table)
    found = who.claims(strong=0.5)
    assert found["central-bangladesh-both"] and not found["central-guinea-both"]
    assert found["spain-mali-both"] and found["spain-morocco-both"] and not found["spain-ivory-coast-both"]
    assert found["central-eritrea-rarer"] == "fall" and found["central-nigeria-rarer"] == "fall"  # 30% to 10%
    assert found["central-eritrea-nigeria-frequent"] and found["spain-nationalities-canary"] == "rise"  # 20% to 75%
    names = pd.Series({"ERI": "Eritrea", "NGA": "Nigeria", "BGD": "Bangladesh", "GIN": "Guinea"})
    assert who.largest(names) == "Eritrea 60%, Nigeria 30%" and who.leaders(names)[0] == "Eritrea and Nigeria"
    assert who.spain.unnamed == 0.2
    assert (who.phrases["nigeria_before"], who.phrases["nigeria_after"]) == ("30.0%", "10.0%")
    assert who.phrases["central_both"] == 3  # all three of before, one of them with none after
