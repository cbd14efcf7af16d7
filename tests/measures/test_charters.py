"""Charters around a year, by hand."""

import pandas as pd
import pytest

from lib.measures import charters

TABLE = pd.DataFrame(
    [
        (2010, "Austria", "Iraq", 5),
        (2016, "Germany", "Iraq", 10),
        (2016, "Germany", "Iraq", 2),
        (2017, "Sweden", "Iraq", 0),
        (2021, "France", "Iraq", 9),
        (2023, "Germany", "Iraq", 3),
        (2023, "Sweden", "Iraq", 4),
        (2024, "Germany", "Iraq", 30),
        (2024, "Spain", "Morocco", 99),
    ],
    columns=["year", "member_state", "destination", "persons"],
)


def test_states_are_counted_on_both_sides_and_the_year_itself_on_neither():
    found = charters.around(TABLE, "Iraq", 2015, 2021)
    assert found.late.to_dict() == {"Germany": 33, "Sweden": 4}
    assert list(found.late.index) == ["Germany", "Sweden"]
    assert (found.states_before, found.states_ever, found.first_years, found.last) == (1, 2, [2010], 2024)
    assert found.drawn.query("year == 2016")["persons"].tolist() == [12]


def test_numbers_are_said_as_a_text_needs_them():
    found = charters.around(TABLE, "Iraq", 2015, 2021).numbers()
    assert (found["years_before"], found["years_late"], found["turn"]) == ("2015–2020", "2022–2024", "2021")
    assert found["first_years"] == "2010"


def test_a_country_without_charters_is_refused():
    with pytest.raises(ValueError, match="Mali"):
        charters.around(TABLE, "Mali", 2015, 2021)
