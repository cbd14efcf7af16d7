"""What the chapter on irregular migration computes: answers worked out by hand, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from lib.ledger.claims import Ledger
from lib.ledger.named import Named
from lib.measures import applications, around, arrivals, borders, deaths, flows, nationalities, newest


def monthly(values, start="2015-01-01"):
    return pd.Series(values, pd.date_range(start, periods=len(values), freq="MS"), dtype=float)


def test_a_direction_needs_a_change_of_the_least_size():
    assert [around.direction(100, after, 0.5) for after in (151, 49, 120)] == ["rise", "fall", "none"]
    assert around.direction(100, 99) == "fall"


def test_what_moved_at_most_counts_rises_elsewhere_and_no_falls():
    routes = pd.DataFrame({
        "own": monthly([10] * 12 + [4] * 12), "up": monthly([1] * 12 + [3] * 12), "down": monthly([9] * 12 + [1] * 12),
    })  # fmt: skip
    assert around.moved_at_most(routes, "own", slice("2016-01", "2016-06")) == (36, 12)


def test_one_month_over_another_in_each_year():
    series = monthly([2, 4] + [1] * 10 + [2, 1] + [1] * 10)
    assert flows.steps(series, 1, 2, 2015, 2016).to_dict() == {2015: 2.0, 2016: 0.5}
    with pytest.raises(KeyError):
        flows.steps(series, 1, 2, 2015, 2017)


def test_nationalities_that_grew_and_what_can_be_left_of_them():
    ends = pd.DataFrame(
        {"MLI": [100, 400, 40], "SYR": [300, 310, 320], "TUN": [200, 210, np.nan], "total": [700, 1000, 500]},
        index=pd.Index([2022, 2023, 2024], name="year"),
    )
    found = arrivals.grown(ends, 2023, 2, also="TUN")
    assert (found.groups, found.others) == (["MLI", "TUN"], ["SYR"])
    assert found.total(2023) == 610 and found.total(2023, ["TUN"]) == 400
    assert found.total(2024) == 80  # the one that the list leaves out is at most as large as its smallest
    assert found.kept(2024, ["TUN"]) == 0.1
    assert found.gained(2024).to_dict() == {"SYR": 10, "MLI": -360}


def test_whole_years_and_what_made_up_for_a_fall():
    rows = [
        (f"{year}-01-01", end, departure, number)
        for year, end, tunisia, libya, total in [
            (2022, "2022-12-31", 50, 50, 100), (2023, "2023-12-31", 100, 60, 160), (2024, "2024-12-31", 20, 62, 82),
            (2025, "2025-12-31", 10, 69, 79), (2025, "2025-06-30", 5, 30, 35),
        ]
        for departure, number in (("TUN", tunisia), ("LBY", libya), ("total", total))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["start", "end", "departure", "arrivals"])
    table[["start", "end"]] = table[["start", "end"]].apply(pd.to_datetime)
    found = arrivals.shift(table)
    assert found.years.index.tolist() == [2022, 2023, 2024, 2025] and len(found.periods) == 4
    assert found.made_up == pytest.approx(9 / 90) and found.fell_less == pytest.approx(1 - 81 / 90)


def test_deaths_are_set_against_detections_year_by_year_and_together():
    dead = pd.DataFrame({"A": monthly([1] * 24)})
    detected = pd.DataFrame({"A": monthly([100] * 12 + [300] * 12)})
    found = deaths.recorded(dead, detected)
    assert found.yearly(2015, 2016)["A"].tolist() == [10, pytest.approx(10 / 3)]
    assert found.pooled(2015, 2016)["A"] == 5
    [row] = found.ranges(["A"], 2015, 2016).to_dict("records")
    assert (row["lowest"], row["highest"]) == (pytest.approx(10 / 3), 10)


def test_the_first_half_of_a_year_beside_the_one_before():
    routes = pd.DataFrame({"X Route": monthly([1] * 12 + [2] * 6), "Y Route": monthly([0] * 18)})
    table = newest.halves(routes, 2016)
    assert table.index.tolist() == ["X"] and table.loc["X", [2015, 2016, "change"]].tolist() == [6, 12, 1]


def test_claims_on_the_newest_months_rest_on_routes_and_on_the_last_day_counted():
    halves = pd.DataFrame({2025: [10, 5], 2026: [4, 9], "change": [-0.6, 0.8]}, index=["Atlantic", "Western"])
    islands = {"later_year": [2025, 2026, 2026], "arrivals_earlier": [1, 10, 20], "arrivals_later": [9, 30, 19]}
    assert newest.claims(halves, pd.DataFrame(islands)) == {
        "atlantic-2026-fall": "fall", "western-2026-rise": "rise", "balearics-2026-rise": "fall",
    }  # fmt: skip
    assert newest.told(halves).to_numpy().tolist() == [["Atlantic", 10, 4, "−60%"], ["Western", 5, 9, "+80%"]]


def test_main_nationalities_leave_out_those_without_a_name():
    table = pd.DataFrame({
        "route": "R", "nationality": ["A", "B", "OOO", "A", "C", "OOO"], "year": [2015] * 3 + [2020] * 3,
        "detections": [60, 30, 10, 20, 70, 10],
    })  # fmt: skip
    found = nationalities.periods(table, ["R"], (2015, 2015), (2020, 2020))
    assert nationalities.main(found.before, 2) == ["A", "B"] and nationalities.main(found.after, 2) == ["C", "A"]
    assert found.both(2) == {"A"}
    assert nationalities.on_route(table, ["A", "B"], ["R"], "R", (2015, 2015)) == 1


@pytest.mark.parametrize(("start", "year"), [("2022-01-01", 2022), ("2022-02-01", 2023), ("2022-12-01", 2023)])
def test_the_first_full_year_after_a_start(start, year):
    assert applications.first_full_year(pd.Timestamp(start)) == year


def test_other_states_that_gave_equipment_are_counted_once():
    rows = [
        ("DEU", "border", "yes", 2023), ("DEU", "border among others", "yes", 2024), ("EU", "border", "yes", 2023),
        ("ITA", "border", "yes", 2021), ("FRA", "migration", "yes", 2023), ("ESP", "border", "no", 2023),
    ]  # fmt: skip
    assert borders.suppliers(pd.DataFrame(rows, columns=["payer", "field", "equipment", "last_year"])) == 1


def test_claims_are_called_by_the_part_of_their_ids_after_the_chapter():
    named = Named(Ledger("irregular_migration", enforce=False))
    assert named.full("peak-date") == "irregular-migration-peak-date"
    assert named.claim("peak-date").id == "irregular-migration-peak-date"
    assert named.on_record("ngo-deaths-2024") == "10457"
    with pytest.raises(KeyError):
        named.claim("not-there")
    with pytest.raises(IndexError):
        named.on_record("not-there")
