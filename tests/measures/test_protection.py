"""What is told of protection: projects, money and incidents."""

import pandas as pd
import pytest

from lib import data
from lib.measures import protection


def test_the_sums_of_compass():
    reported = data.load("compass_reported").set_index("fact")
    made = protection.sums(reported, data.load("compass_public").set_index("fact")["value"])
    assert (made.money, made.a_year) == (176, pytest.approx(176 / 5))  # 2023 to 2027
    assert (len(made.own_years), made.own_a_year) == (4, 44)  # 2024 to 2027
    assert (made.within_years, made.within) == (range(2023, 2026), pytest.approx(176 * 3 / 5))  # of 2022 to 2025
    assert made.returns_a_year == pytest.approx(2047 / 4)
    assert made.with_return == pytest.approx(1400 / 35500)
    said = protection.sums_in_words(made)
    assert (said["money"], said["phase_years"], said["a_year"]) == ("176 million euros", "2023–2027", "35.2")
    assert (said["within"], said["within_years"], said["with_return"]) == ("105.6", "2023–2025", "4%")


def donors(refugees=558.0, eu=1235.0):
    rows = [
        ("NLD", "COMPASS", 2023, 176.0, "protection"), ("NLD", "PROSPECTS", 2019, refugees, "refugees"),
        ("EU", "TUR", 2022, eu, "refugees"), ("EU", "TUR", 2022, 220.0, "border"),
        ("ALL", "TUR", 2020, 695.0, "refugees"), ("ALL", "TUR", 2021, 527.0, "refugees"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["payer", "place", "first_year", "amount", "field"])


def test_donors_are_compared_beyond_exchange_rates():
    found = protection.donors(donors())
    assert (found.prospects, found.prospects_larger) == (558, True)
    assert (found.eu_in_turkiye, found.eu_leads) == (1015, True)
    assert found.everybody.to_dict() == {2020: 695, 2021: 527}
    assert protection.donors(donors(refugees=352.0)).prospects_larger is False  # 352 dollars could be 176 euros
    assert protection.donors(donors(eu=1088.0)).eu_leads is False  # 868 euros could be 695 dollars and a quarter


def test_projects_by_kind_and_place():
    table = pd.DataFrame(
        [
            ("COMPASS", "IOM", "basic services", "MAR", None), ("COMPASS", "IOM", "basic services", "TUN", None),
            ("small project", "UNODC", None, "MAR", "too young"), ("not named", None, "capacity", None, None),
        ],
        columns=["project", "organisation", "type", "country", "why_not"],
    )  # fmt: skip
    listed = protection.projects(table, {"MAR": "Morocco", "TUN": "Tunisia"})
    assert listed.values.tolist() == [
        ["COMPASS, IOM", "basic services: Morocco, Tunisia", "yes"],
        ["UNODC", "kind not told: Morocco", "no: too young"],
        ["not named", "capacity: country not told", "yes"],
    ]


def test_large_incidents_on_land_a_year():
    counts = ["incidents", "dead_and_missing", "incidents_10_or_more"]
    table = pd.DataFrame(
        [
            ("MAR", "land", 2021, 12, 9, 90, 7), ("MAR", "land", 2022, 12, 3, 30, 2),
            ("MAR", "sea", 2022, 12, 5, 60, 4),
            ("MAR", "land", 2023, 6, 1, 12, 1), ("MAR", "sea", 2023, 6, 2, 3, 0),
        ],
        columns=["country", "setting", "year", "months", *counts],
    )  # fmt: skip
    found = protection.incidents(table, "MAR", since=2022)
    assert (found.large, found.large_a_year) == (3, pytest.approx(2.0))  # in 18 months
    assert found.table.set_index("setting")[counts].loc["sea"].tolist() == [7, 63, 4]
