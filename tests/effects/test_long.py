"""From a long table to what the estimators take: known answers, every form of period, and clear refusals."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.effects.checks import check_design
from lib.effects.did import effects
from lib.effects.long import as_months, from_long
from lib.effects.twoway import DesignError


def long(times=("2024-01", "2024-02", "2024-03"), starts=("2024-03", None, None)):
    """Three countries, of which the first rises by five more than the others from its start on."""
    values = {"A": [1, 2, 8], "B": [4, 5, 6], "C": [7, 8, 9]}
    return pd.DataFrame(
        [
            {"country": name, "month": time, "returns": values[name][at], "begun": start}
            for name, start in zip(values, starts, strict=True)
            for at, time in enumerate(times)
        ]
    )


def test_a_long_table_becomes_countries_by_months_and_starts():
    outcome, starts = from_long(long().sample(frac=1, random_state=3), "returns", "begun")
    assert outcome.loc["B"].tolist() == [4, 5, 6]
    assert outcome.columns.tolist() == list(pd.date_range("2024", periods=3, freq="MS"))
    assert starts.to_dict() == {"A": pd.Timestamp("2024-03-01")}


def test_the_effect_is_what_the_hand_finds():
    panel = from_long(long(), "returns", "begun")
    with pytest.raises(DesignError, match="does not vary"):  # B and C move alike, so that nothing measures the noise
        effects(*panel)
    less = long()
    less.loc[(less["country"] == "C") & (less["month"] == "2024-03"), "returns"] = 11
    # A rises by 8 − 1.5 = 6.5, B by 6 − 4.5 = 1.5, C by 11 − 7.5 = 3.5: 6.5 − 2.5 = 4
    assert effects(*from_long(less, "returns", "begun")).loc["A", "effect"] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("times", "start", "first"),
    [
        (["2024-01", "2024-02", "2024-03"], "2024-03", "2024-01-01"),
        (["2024-01-01", "2024-02-01", "2024-03-01"], "2024-03-01", "2024-01-01"),
        (["2023Q4", "2024Q1", "2024Q2"], "2024Q2", "2023-10-01"),
        (["2023-Q4", "2024-Q1", "2024-Q2"], "2024-Q2", "2023-10-01"),
        ([2022, 2023, 2024], 2024, "2022-01-01"),
        (["2022", "2023", "2024"], "2024", "2022-01-01"),
        (list(pd.period_range("2024-01", periods=3, freq="M")), pd.Period("2024-03", "M"), "2024-01-01"),
        (list(pd.date_range("2024-01-15", periods=3, freq="MS")), pd.Timestamp("2024-04-01"), "2024-02-01"),
    ],
)
def test_every_kind_of_period_stands_for_its_first_month(times, start, first):
    panel = from_long(long(times, (start, None, None)), "returns", "begun")
    assert panel.outcome.columns[0] == pd.Timestamp(first) and panel.outcome.shape == (3, 3)
    check_design(*panel)


def test_a_start_that_is_missing_in_whole_numbers_is_no_start():
    rows = long([2022, 2023, 2024], (2024, None, None))
    assert rows["begun"].dtype == float
    assert from_long(rows, "returns", "begun").starts.to_dict() == {"A": pd.Timestamp("2024-01-01")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.rename(columns={"returns": "terugkeer"}), "no column 'returns'.*country, month, terugkeer"),
        (lambda rows: rows.assign(returns="many"), "'returns' is of kind .*not numbers"),
        (lambda rows: pd.concat([rows, rows.head(1)]), "A has 2024-01 more than once"),
        (lambda rows: rows.assign(begun=["2024-03", "2024-02", "2024-03", *[None] * 6]), "A has more than one start"),
        (lambda rows: rows.assign(month=rows["month"].replace("2024-02", "02/2024")), "'02/2024', which is no period"),
        (lambda rows: rows.assign(month=rows["month"].replace("2024-02", "2024-13")), "'2024-13', which is no period"),
        (lambda rows: rows.assign(month=rows["month"].replace("2024-02", None)), "row 1 has no period"),
        (lambda rows: rows.assign(begun=None), "no country is treated"),
        (lambda rows: rows.assign(begun=rows["begun"].replace("2024-03", "2024-01")), "from its first observed month"),
    ],
)
def test_what_no_effect_can_be_told_from_is_refused(change, said):
    with pytest.raises(DesignError, match=said):
        from_long(change(long()), "returns", "begun")


@given(st.lists(st.dates(), min_size=1, max_size=5))
def test_a_day_is_the_first_of_its_month_however_it_is_written(days):
    written = pd.Series([f"{day:%Y-%m-%d}".zfill(10) for day in days])
    if all(1700 < day.year < 2200 for day in days):
        assert as_months(written).tolist() == [pd.Timestamp(day.replace(day=1)) for day in days]
