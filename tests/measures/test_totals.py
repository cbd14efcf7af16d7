"""The total of all routes beside a stated range: answers worked out by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from lib.measures import around, totals

MONTHS = pd.date_range("2014-01-01", "2025-12-01", freq="MS", name="month")


@pytest.fixture
def total():
    """15 detections in every month and 105 in June 2018, so that a yearly mean is 15 or 22.5; the range is 10 to 20."""
    routes = pd.DataFrame({around.CENTRAL: 6.0, around.EASTERN: 4.0, around.BALKAN: 5.0}, index=MONTHS)
    routes.loc["2018-06-01", around.BALKAN] = 95
    bound = {"low": ("10", "6"), "high": ("20", "6")}
    return totals.stated(routes, *(SimpleNamespace(value=value, precision=by) for value, by in bound.values()))


def test_a_bound_may_be_off_by_half_of_its_precision(total):
    assert (total.low, total.high, total.about) == (10, 20, 3)


def test_months_and_means_outside_the_range_are_counted(total):
    assert total.outside(total.months) == 1 and total.outside(total.mean) == 12
    assert total.outside(total.mean, slack=2.5) == 0 and total.outside(total.months, slack=85) == 0
    assert total.mean_fits


def test_a_range_that_holds_all_months_does_not_fit_the_mean_alone(total):
    assert not totals.Total(total.routes, 10, 120, 0).mean_fits


def test_sentences_have_numbers_in_words(total):
    said = total.phrases
    assert (said["peak_month"], said["peak_count"], said["peak_no_balkan"]) == ("June 2018", "105", "10")
    assert (said["allowed_low"], said["allowed_high"], said["months_window"]) == ("7", "23", "96")
    assert (said["months_outside_sharp"], said["means_outside_sharp"], said["means_outside"]) == ("1", "12", "none")
    assert (said["mean_low"], said["mean_high"], said["total_2017"]) == ("15", "22", "120")


def test_claims_on_the_total(total):
    found = total.claims(strong=0.5)
    assert found["total-2015-rise"] == "none" and found["2015-eastern-balkan-share"]  # 9 of 15
    assert found["peak-date"] == pd.Timestamp("2018-06-01")
    assert [found[f"range-{name}"] for name in ("low-months", "high-months", "low-rolling", "high-rolling")] == [
        15, 105, 15, 22.5,
    ]  # fmt: skip


def test_the_table_of_a_chart_leaves_out_means_of_less_than_a_year(total):
    counts = total.long()["series"].value_counts()
    assert counts[totals.EACH] == 144 and counts[totals.MEAN] == 133
