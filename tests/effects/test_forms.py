"""One contract for what the estimators take: all refuse the same forms in a sentence, and two functions read them."""

import importlib
import inspect
import pkgutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lib.effects
from lib.effects.did import effects
from lib.effects.long import from_long, from_wide
from lib.effects.placebo import placebo_test
from lib.effects.robustness import leave_one_out
from lib.effects.twoway import DesignError

MONTHS = pd.date_range("2020-01-01", periods=60, freq="MS")
TREATED = "C03"
STARTS = pd.Series({TREATED: MONTHS[40]}, name="start")
OF_THE_CHECK = "lib.effects.checks"  # asks parts of the contract of a table that passed the others
AFTER_THE_CHECK = {"fit_pieces", "arrays", "treated"}  # arithmetic that a function above calls with what passed
READERS = {"from_long", "from_wide"}  # take any form


def counts(seed=1):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.poisson(rng.uniform(5, 40, (30, 1)), (30, 60)), [f"C{k:02d}" for k in range(30)], MONTHS)
    table.loc[TREATED, MONTHS[40:]] += 11
    return table.astype(float)


def estimators():
    """Every public function of the package that takes a table countries × months."""
    found = {}
    for module in pkgutil.iter_modules(lib.effects.__path__, "lib.effects."):
        if module.name == OF_THE_CHECK:
            continue
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith("_")
            if own and "outcome" in inspect.signature(function).parameters and name not in AFTER_THE_CHECK | READERS:
                found[f"{module.name}.{name}"] = function
    return found


ESTIMATORS = estimators()
GIVEN = {"country": TREATED, "start": MONTHS[40], "sizes": [10], "months_after": [12], "months": [3]}


def call(function, outcome, starts):
    needed = inspect.signature(function).parameters
    given = {name: GIVEN[name] for name in needed if name in GIVEN}
    return function(outcome, **({"starts": starts} if "starts" in needed else {}), **given)


def with_columns(columns):
    return counts().set_axis(columns, axis=1)


def unpadded():
    return [f"{month.year}-{month.month}" for month in MONTHS]


FORMS = {
    "months as text": (with_columns(MONTHS.strftime("%Y-%m")), "not months but str"),
    "unpadded": (with_columns(unpadded()), "not months but str"),
    "unpadded, sorted as text": (with_columns(unpadded())[sorted(unpadded())], "not months but str"),
    "quarters as text": (with_columns([f"{2000 + k // 4}Q{k % 4 + 1}" for k in range(60)]), "not months but str"),
    "years": (with_columns(range(1960, 2020)), "not months but int64, as 1960"),
    "periods": (with_columns(MONTHS.to_period("M")), "not months but periods"),
    "mixed": (with_columns(["2020-01", *MONTHS[1:]]), "not months but object"),
    "shuffled": (counts().sample(frac=1, axis=1, random_state=2), "not in order"),
    "reversed": (counts()[MONTHS[::-1]], "not in order"),
    "a month twice": (with_columns([*MONTHS[:-1], MONTHS[-2]]), "not in order or not unique"),
    "transposed": (counts().T, "rows of the table are months"),
    "a country twice": (pd.concat([counts(), counts().iloc[[0]]]), "C00 has more than one row"),
    "an array": (counts().to_numpy(), "outcome is a ndarray"),
    "a series": (counts().loc[TREATED], "outcome is a Series"),
    "no column": (counts()[[]], "no column|not months"),
    "values as text": (counts().astype(str), "of kind str"),
}  # fmt: skip


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("form", FORMS)
def test_a_table_of_another_form_is_refused_everywhere_alike(name, form):
    outcome, said = FORMS[form]
    with pytest.raises(DesignError, match=said) as refused:
        call(ESTIMATORS[name], outcome, STARTS)
    assert "\n" not in str(refused.value)


WITH_STARTS = [name for name, one in ESTIMATORS.items() if "starts" in inspect.signature(one).parameters]


@pytest.mark.parametrize("name", WITH_STARTS)
@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ({TREATED: MONTHS[40]}, "the starts are a dict; .*from_wide"),
        (pd.DataFrame({"start": STARTS}), "the starts are a DataFrame"),
        (pd.Series({TREATED: "2023-05"}), "the start of C03 is 2023-05; .*from_wide"),
        (pd.Series({TREATED: 2023}), "the start of C03 is 2023; "),
        (pd.Series({TREATED: pd.Period("2023-05", "M")}), "the start of C03 is 2023-05"),
        (pd.Series({TREATED: pd.NaT}), "the start of C03 is NaT"),
        (pd.Series({TREATED: MONTHS[40] + pd.Timedelta("1D")}), "first day of its first treated month"),
        (pd.Series({TREATED: MONTHS[40] + pd.Timedelta("1h")}), "first day of its first treated month"),
        (pd.concat([STARTS, STARTS]), "C03 has more than one start"),
        (STARTS.iloc[:0], "no country is treated"),
    ],
)
def test_starts_of_another_form_are_refused_everywhere_alike(name, starts, said):
    with pytest.raises(DesignError, match=said):
        call(ESTIMATORS[name], counts(), starts)


@pytest.mark.parametrize(
    "name", [one for one in WITH_STARTS if "country" in inspect.signature(ESTIMATORS[one]).parameters]
)
def test_a_country_that_is_not_treated_is_named_with_those_that_are(name):
    with pytest.raises(DesignError, match=r"C04 is not a treated country of this panel; those are: C03$"):
        ESTIMATORS[name](counts(), STARTS, "C04", *([[3]] if name.endswith("donut") else []))


def test_the_estimators_of_this_test_are_those_of_the_package():
    assert {"placebo_test", "log_change", "effects", "watched", "all_placebos"} <= {
        name.rpartition(".")[2] for name in ESTIMATORS
    }
    assert len(WITH_STARTS) >= 15


WRITTEN = {
    "months as text": lambda months: months.strftime("%Y-%m"),
    "days": lambda months: months.strftime("%Y-%m-%d"),
    "periods": lambda months: months.to_period("M"),
    "timestamps": lambda months: months,
    "within the month": lambda months: months + pd.Timedelta("14D"),
}  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_however_months_are_written_and_shuffled_the_result_is_the_same(form, seed):
    plain = placebo_test(counts(), STARTS, TREATED)
    write = WRITTEN[form]
    shuffled = counts().set_axis(list(write(MONTHS)), axis=1).sample(frac=1, axis=1, random_state=seed)
    shuffled = shuffled.sample(frac=1, random_state=seed + 1)
    found = placebo_test(*from_wide(shuffled, {TREATED: write(MONTHS)[40]}), TREATED)
    assert found.p_value() == plain.p_value()
    assert found.interval() == pytest.approx(plain.interval())
    pd.testing.assert_frame_equal(found.estimates.sort_index(), plain.estimates.sort_index())


@pytest.mark.parametrize("kind", [int, str])
def test_years_and_quarters_stand_for_their_first_months_in_both_readers(kind):
    years = pd.Index(range(1990, 2020))
    table = counts().iloc[:, :30].set_axis([kind(year) for year in years], axis=1)[[kind(year) for year in years[::-1]]]
    wide = from_wide(table, {TREATED: kind(2010)})
    assert wide.outcome.columns.tolist() == [pd.Timestamp(f"{year}-01-01") for year in years]
    rows = table.rename_axis("country").reset_index().melt("country", var_name="year", value_name="returns")
    rows["begun"] = rows["country"].map({TREATED: kind(2010)})
    long = from_long(rows, "returns", "begun", time="year")
    pd.testing.assert_frame_equal(wide.outcome, long.outcome, check_names=False)
    pd.testing.assert_series_equal(wide.starts, long.starts, check_names=False)
    pd.testing.assert_frame_equal(effects(*wide), effects(*long))
    quarters = [f"{2000 + k // 4}Q{k % 4 + 1}" for k in range(60)]
    read = from_wide(with_columns(quarters), pd.Series({TREATED: "2010Q1", "C05": None}))
    assert read.outcome.columns[1] == pd.Timestamp("2000-04-01")
    assert read.starts.to_dict() == {TREATED: pd.Timestamp("2010-01-01")}


@pytest.mark.parametrize(
    ("table", "starts", "said"),
    [
        (with_columns(unpadded()), {TREATED: "2023-05"}, "'2020-1', which is no period; write 2025-03"),
        (with_columns(MONTHS.strftime("%d/%m/%Y")), {TREATED: "2023-05"}, "'01/01/2020', which is no period"),
        (counts(), {TREATED: "2023-5"}, "'the starts' has the value '2023-5', which is no period"),
        (counts(), {}, "no country is treated"),
        (counts(), {"ZZZ": "2023-05"}, "ZZZ has a start but no row"),
        (
            with_columns(["2020-01-03", *MONTHS[:-1].strftime("%Y-%m")]),
            {TREATED: "2023-05"},
            "two columns are 2020-01",
        ),
        (with_columns(["2020-01", *MONTHS[1:]]), {TREATED: "2023-05"}, "'2020-02-01 00:00:00', which is no period"),
        (counts().reset_index(names="country"), {TREATED: "2023-05"}, "'country', which is no period"),
        (counts().T, {TREATED: "2023-05"}, "'C00', which is no period"),
        (counts().astype(object).replace(5.0, "five"), {TREATED: "2023-05"}, "of kind object"),
    ],
)
def test_a_wide_table_that_cannot_be_read_is_refused_in_a_sentence(table, starts, said):
    with pytest.raises(DesignError, match=said):
        from_wide(table, starts)


def test_the_order_of_countries_changes_nothing():
    turned = counts().iloc[::-1]
    pd.testing.assert_frame_equal(
        leave_one_out(turned, STARTS, TREATED).sort_index(), leave_one_out(counts(), STARTS, TREATED).sort_index()
    )
    assert placebo_test(turned, STARTS, TREATED).interval() == pytest.approx(
        placebo_test(counts(), STARTS, TREATED).interval()
    )
