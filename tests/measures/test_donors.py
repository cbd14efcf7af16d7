"""Who pays most, with answers by hand."""

import pandas as pd
import pytest

from lib import data
from lib.measures import donors

AMOUNTS = pd.DataFrame(
    [
        ("EU", "A", "border", 70, 2020, 2026),  # 10 a year
        ("ESP", "A", "border", 12, 2022, 2022),
        ("EU", "A", "migration", 500, 2022, 2022),
        ("EU", "B", "migration", 8, 2022, 2023),  # 4 a year
        ("ITA", "B", "migration", 3, 2023, 2023),
        ("EU", "C", "refugees", 900, 2022, None),
    ],
    columns=["payer", "place", "field", "amount", "first_year", "last_year"],
)


def test_amounts_are_compared_by_the_year_and_within_one_kind():
    found = donors.leading(AMOUNTS, [["border"], ["migration"]])
    assert found.to_dict() == {"A": "ESP", "B": "EU"}  # not 70 against 12, and not 500 for another kind


def test_kinds_that_are_named_together_are_compared_with_each_other():
    assert donors.leading(AMOUNTS, [["border", "migration"]])["A"] == "EU"


def test_how_long_an_announcement_may_last():
    borders = AMOUNTS[(AMOUNTS["place"] == "A") & (AMOUNTS["field"] == "border")]
    assert donors.years_it_may_last(borders, "ESP") == pytest.approx(1.2)


def test_removal_centres_are_no_border_management():
    centres = data.load("donors_migration").query("what.str.contains('removal centres')", engine="python")
    assert centres["field"].tolist() == ["return"]


def test_for_borders_alone_spain_leads_in_morocco_and_with_mixed_programmes_the_eu():
    since = data.load("donors_migration").query("first_year >= 2020 and place in ['MAR', 'TUN', 'TUR']")
    alone = donors.leading(since, [["border"], ["migration"]])
    mixed = donors.leading(since, [["border", "border among others"], ["migration"]])
    assert alone.to_dict() == {"MAR": "ESP", "TUN": "EU", "TUR": "EU"}
    assert mixed.to_dict() == {"MAR": "EU", "TUN": "EU", "TUR": "EU"}
