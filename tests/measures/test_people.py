"""Registers and returns, made comparable over years."""

import pandas as pd
import pytest

from lib.measures import people

POPULATION = pd.DataFrame(
    [
        ("TUN", 2014, "year_end", 1, 1),  # before the years that are shown
        ("TUN", 2022, "year_end", 5, 4),
        ("TUN", 2023, "year_end", 9, 6),
        ("TUN", 2023, "provisional", 90, 60),
        ("MAR", 2023, "year_end", 2, 1),
        ("FRA", 2023, "year_end", 7, 7),
    ],
    columns=["country", "year", "reference", "refugees", "asylum_seekers"],
)
ASYLUM = pd.DataFrame(
    [("TUN", 2023, 1, 1), ("TUN", 2024, 8, 4), ("MAR", 2024, 3, 1), ("FRA", 2024, 9, 9)],
    columns=["country", "year", "refugees", "asylum_seekers"],
)


def updates(*numbers):
    return pd.DataFrame({"registered": numbers})


def test_the_register_at_the_ends_of_years():
    found = people.register(POPULATION, ASYLUM, updates(14, 12), ["TUN", "MAR"], "TUN")
    assert found.annual.set_index(["country", "year"])["people"].to_dict() == {
        ("TUN", 2022): 9, ("TUN", 2023): 15, ("MAR", 2023): 3, ("TUN", 2024): 12, ("MAR", 2024): 4,
    }  # fmt: skip
    assert (found.peak, found.last) == (2023, 2024)
    assert found.ends.at[2024, "TUN"] == 12
    assert found.shrinks is True


@pytest.mark.parametrize("numbers, last", [((12, 14), 12), ((14, 12), 16)])
def test_a_rise_in_either_series_is_no_shrinking(numbers, last):
    asylum = ASYLUM.assign(refugees=ASYLUM["refugees"].where(ASYLUM["year"] != 2024, last - 4))
    assert people.register(POPULATION, asylum, updates(*numbers), ["TUN", "MAR"], "TUN").shrinks is False


def test_the_longest_period_of_a_year_counts():
    returns = pd.DataFrame(
        [
            ("TUN", "2024-01", "2024-06", 5), ("TUN", "2024-01", "2024-11", 9), ("TUN", "2023-01", "2023-12", 7),
            ("MAR", "2024-01", "2024-03", 2),
        ],
        columns=["country", "start", "end", "returned"],
    )  # fmt: skip
    for column in ("start", "end"):
        returns[column] = pd.to_datetime(returns[column])
    found = people.longest_periods(returns)
    assert found[["country", "year", "months", "returned"]].values.tolist() == [
        ["MAR", 2024, 3, 2], ["TUN", 2023, 12, 7], ["TUN", 2024, 11, 9],
    ]  # fmt: skip
