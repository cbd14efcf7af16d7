"""One check of the input for all estimators: what is refused, and that what is refused nowhere is read alike."""

import numpy as np
import pandas as pd
import pytest

from lib.effects.bacon import bacon
from lib.effects.bootstrap import all_clustered_t, step_fit
from lib.effects.checks import check_error
from lib.effects.counts import poisson
from lib.effects.did import effects, event_study, imputation, pooled
from lib.effects.grouptime import group_time
from lib.effects.sensitivity import bin_study
from lib.effects.synthetic import synthetic_did, synthetic_placebos
from lib.effects.twoway import DesignError

MONTHS = pd.date_range("2020-01-01", periods=24, freq="MS")
STARTS = pd.Series({"C01": MONTHS[12], "C03": MONTHS[12]})

ESTIMATORS = {
    "effects": effects,
    "event_study": event_study,
    "pooled": lambda outcome, starts: pooled(outcome, starts).to_frame(),
    "imputation": imputation,
    "poisson": poisson,
    "bacon": bacon,
    "step_fit": lambda outcome, starts: pd.DataFrame(step_fit(outcome, starts).residuals),
    "all_clustered_t": lambda outcome, starts: all_clustered_t(outcome),
    "group_time": lambda outcome, starts: group_time(outcome, starts).effects,
    "bin_study": lambda outcome, starts: bin_study(outcome, starts, "C03", width=4).effects.to_frame(),
    "synthetic_did": lambda outcome, starts: synthetic_did(outcome, "C03", starts["C03"]).weights(),
    "synthetic_placebos": lambda outcome, starts: synthetic_placebos(outcome, "C03", starts["C03"]),
}


@pytest.fixture(params=ESTIMATORS)
def estimator(request):
    return ESTIMATORS[request.param]


def counts(seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.poisson(5, (8, 24)), [f"C{k:02d}" for k in range(8)], MONTHS, dtype=float)


def with_months(months):
    return counts().set_axis(months, axis=1)


def with_cell(value, kind=float):
    outcome = counts().astype(kind)
    outcome.iloc[5, 7] = value
    return outcome


@pytest.mark.parametrize(
    "outcome, message",
    [
        (pd.concat([counts(), counts().loc[["C02"]]]), "C02 has more than one row"),
        (counts()[MONTHS[::-1]], "not in order or not unique"),
        (with_months([*MONTHS[:-1], MONTHS[-2]]), "not in order or not unique"),
        (with_months([*MONTHS[:-1], pd.NaT]), "no month"),
        (with_months(MONTHS.to_period("M")), r"periods; convert them with \.to_timestamp"),
        (with_months(MONTHS.tz_localize("UTC")), r"time zone \(UTC\)"),
        (with_months(MONTHS + pd.Timedelta("14D")), "2020-01-15 .*is not the first day of a month"),
        (with_months(MONTHS + pd.Timedelta("6h")), "2020-01-01 06:00:00 is not the first day of a month"),
        (with_months(range(2001, 2025)), r"not months but int64, as 2001; .*years .*from_wide\(table, starts\)"),
        (with_months(MONTHS.strftime("%Y-%m")), "not months but str, as '2020-01'; .*from_wide"),
        (with_cell(np.inf), "C05 has an infinite value"),
        (counts().astype(str), r"2020-01 are of kind str.*astype\(float\)"),
        (counts().astype(object), r"2020-01 are of kind object; make them numbers"),
        (with_cell("many", object), "of kind object"),
        (counts().astype(complex), "of kind complex128"),
    ],
)
def test_a_table_that_is_none_is_refused_by_all_alike(estimator, outcome, message):
    with pytest.raises(DesignError, match=message):
        estimator(outcome, STARTS)


@pytest.mark.parametrize("start", [pd.NaT, pd.Timestamp("2021-01-15"), pd.Timestamp("2021-01-01", tz="UTC"), 2021])
def test_a_start_that_is_no_month_is_refused_by_all_alike(estimator, start):
    if estimator is ESTIMATORS["all_clustered_t"]:  # it has no start
        return
    with pytest.raises(DesignError, match="the start of C03 is"):
        estimator(counts(), pd.Series({"C03": start, "C01": MONTHS[12]}, dtype=object))


@pytest.mark.parametrize("kind", [int, "float32", "Int64", "Float64", "int64[pyarrow]"])
def test_numbers_of_any_kind_are_read_alike(estimator, kind):
    found, expected = estimator(counts().astype(kind), STARTS), estimator(counts(), STARTS)
    pd.testing.assert_frame_equal(found, expected)


def test_years_are_columns_as_their_first_months(estimator):
    years = pd.to_datetime(pd.RangeIndex(2001, 2025).astype(str), format="%Y")
    starts = pd.Series({"C01": years[12], "C03": years[12]})
    if estimator is ESTIMATORS["event_study"]:
        with pytest.raises(DesignError, match="C01 has no observation in the 6 months before"):
            estimator(with_months(years), starts)
    else:
        assert len(estimator(with_months(years), starts))


@pytest.mark.parametrize("name", ["effects", "event_study", "poisson", "step_fit"])
def test_an_error_of_zero_says_so(name):
    # the comparison countries move alike; the treated one has noise, of which its clustered error knows nothing
    outcome = pd.DataFrame(np.outer([1, 2, 3, 4], np.arange(24) % 5 + 2), list("ABCD"), MONTHS).astype(float)
    if name != "poisson":
        outcome = outcome.iloc[[0, 0, 0, 0]].set_axis(list("ABCD"))
    outcome.loc["A"] += np.random.default_rng(2).poisson(4, 24)
    with pytest.raises(DesignError, match=r"A has a standard error of zero: .* use lib\.effects\.placebo"):
        ESTIMATORS[name](outcome, pd.Series({"A": MONTHS[12]}))


def test_the_country_whose_error_is_zero_is_named():
    check_error(np.array([1.0, 1e-3]), ["A", "B"], np.ones(2))
    with pytest.raises(DesignError, match="B has a standard error of zero"):
        check_error(np.array([1.0, 1e-9]), ["A", "B"], np.ones(2))
    with pytest.raises(DesignError, match="A has a standard error of zero"):
        check_error(np.array([np.nan, 1.0]), ["A", "B"], np.ones(2))


@pytest.mark.parametrize("name", ["effects", "event_study", "pooled", "imputation", "poisson"])
def test_a_staggered_panel_in_which_all_are_treated_is_refused(name):
    outcome = counts().iloc[:4]
    starts = pd.Series(dict(zip(outcome.index, MONTHS[[8, 12, 15, 18]], strict=True)))
    with pytest.raises(DesignError, match="C00, C01, C02, C03: no country is still untreated in 2021-07; add never"):
        ESTIMATORS[name](outcome, starts)
    early = outcome[MONTHS[:18]]
    assert len(ESTIMATORS[name](early, starts.iloc[:3])), "before the last start, those not yet treated are there"
    assert bacon(outcome, starts)["kind"].eq("later vs earlier").any()


def test_one_dummy_for_all_needs_someone_else():
    outcome = counts().iloc[:3]
    with pytest.raises(DesignError, match="C00, C01, C02 are treated in the same months"):
        step_fit(outcome, pd.Series(MONTHS[9], outcome.index))
