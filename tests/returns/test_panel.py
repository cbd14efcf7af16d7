"""The return panel: what has to hold between rows, the published form, and a reader's own file end to end."""

import numpy as np
import pandas as pd
import pytest

from lib import data
from lib.returns import panel
from lib.returns.panel import COUNTS, PanelError

MONTHS = pd.date_range("2022-01", "2022-06", freq="MS")
STARTS = pd.Series({"MAR": pd.Timestamp("2022-04-01"), "IRQ": pd.Timestamp("2024-07-01")})


def rows(countries=("ALB", "MAR"), months=MONTHS):
    table = pd.DataFrame([(c, m) for c in countries for m in months], columns=["country", "month"])
    table.insert(2, "processing_days", 30.0)
    return table.assign(**dict.fromkeys(COUNTS, 2))


def at(table, country, month):
    return table.index[(table["country"] == country) & (table["month"] == month)][0]


def refused(table, *parts, starts=STARTS):
    with pytest.raises(PanelError) as found:
        panel.check_panel(table, starts, data.load("countries"))
    for part in parts:
        assert part in str(found.value)
    return str(found.value)


def test_a_panel_that_fits_comes_back_sorted():
    table = rows()
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(panel.check_panel(shuffled, STARTS, data.load("countries")), table)


def test_countries_may_begin_later_and_end_earlier():
    table = pd.concat([rows(("ALB",), MONTHS[2:5]), rows(("MAR",))])
    assert len(panel.check_panel(table, STARTS, data.load("countries"))) == 9


def test_a_country_and_month_twice():
    table = pd.concat([rows(), rows(("ALB",), MONTHS[:1])])
    refused(table, "ALB, 2022-01", "'month'", "'2022-01'", "twice", "keep one")


def test_a_month_missing_inside_a_span():
    table = rows()
    refused(table.drop(at(table, "ALB", "2022-03")), "ALB, 2022-04", "month before it is missing", "add its row")


def test_a_code_that_is_no_country():
    message = refused(rows(("ALB", "MAR", "QQQ")), "QQQ, 2022-01", "column 'country', value 'QQQ'", "countries.csv")
    assert message.count("QQQ, ") == 1


def test_no_partner_at_all():
    refused(rows(("ALB", "DZA")), "none of the partners MAR, IRQ")


def test_one_absent_partner_is_left_to_the_estimators():
    assert "IRQ" not in set(panel.check_panel(rows(), STARTS, data.load("countries"))["country"])


@pytest.mark.parametrize("start", ["2021-12", "2022-01"])
def test_a_partner_treated_from_its_first_month(start):
    starts = pd.Series({"MAR": pd.Timestamp(start)})
    refused(rows(), "MAR, 2022-01", f"start is {start}", "add earlier months", starts=starts)


@pytest.mark.parametrize("kind", ["confirmations", "laissez_passers"])
def test_more_given_than_requested_up_to_a_month(kind):
    table = rows()
    table.loc[at(table, "MAR", "2022-02"), f"{kind}_requested"] = 5  # three to spare
    table.loc[at(table, "MAR", "2022-04"), f"{kind}_given"] = 5
    panel.check_panel(table, STARTS, data.load("countries"))
    table.loc[at(table, "MAR", "2022-05"), f"{kind}_given"] = 3
    message = refused(
        table, f"MAR, 2022-05, column '{kind}_given', value '3'", "14 given up to this month, 13 requested",
        "requests open before the panel begins belong in its first month",
    )  # fmt: skip
    assert "2022-06" not in message


def test_days_without_a_confirmation():
    table = rows()
    table.loc[at(table, "ALB", "2022-02"), "confirmations_given"] = 0
    refused(table, "ALB, 2022-02, column 'processing_days', value '30.0'", "leave the cell empty")
    table.loc[at(table, "ALB", "2022-02"), "processing_days"] = np.nan
    panel.check_panel(table, STARTS, data.load("countries"))


def test_only_the_first_errors_are_shown_and_the_rest_counted():
    message = refused(rows().assign(confirmations_given=0), "... and 7 more")
    assert message.count("leave the cell empty") == data.SHOWN_ERRORS


def test_a_panel_error_is_a_data_error():
    assert issubclass(PanelError, data.DataError)


def test_starts():
    found = panel.starts(data.load("partnership_starts"))
    assert found["MAR"] == pd.Timestamp("2022-06-01") and len(found) == 6


def test_wide_is_countries_by_months_with_gaps_as_missing():
    table = pd.concat([rows(("ALB",), MONTHS[1:]), rows(("MAR",))]).assign(forced_departures=range(11))
    wide = panel.wide(table, "forced_departures")
    assert wide.index.tolist() == ["ALB", "MAR"] and wide.columns.tolist() == MONTHS.tolist()
    assert np.isnan(wide.loc["ALB", "2022-01-01"]) and wide.loc["MAR", "2022-01-01"] == 5
    assert set(wide.dtypes) == {np.dtype(float)}


@pytest.mark.parametrize(
    "column, value, rule",
    [
        ("forced_departures", "-1", "minimum"),
        ("forced_departures", "2.5", "type-error"),
        ("laissez_passers_given", "", "required"),
        ("processing_days", "-3", "minimum"),
        ("country", "Morocco", "pattern"),
        ("month", "2022-13", "type-error"),
    ],
)
def test_a_readers_file_is_held_to_the_schema(tmp_path, column, value, rule):
    table = rows().assign(month=lambda t: t["month"].dt.strftime("%Y-%m")).astype(str)
    table.loc[2, column] = value
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(data.DataError) as found:
        data.load("return_panel", tmp_path / "mine.csv")
    assert all(part in str(found.value) for part in ("mine.csv, line 4", repr(column), rule))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_readers_file_is_loaded_and_checked(tmp_path, kind):
    file = tmp_path / f"mine.{kind}"
    rows().to_parquet(file) if kind == "parquet" else rows().to_csv(file, index=False, date_format="%Y-%m")
    pd.testing.assert_frame_equal(
        panel.check_panel(data.load("return_panel", file), STARTS, data.load("countries")), rows(), check_dtype=False
    )
