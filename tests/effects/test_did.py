"""Difference-in-differences: by hand, against pyfixest and diff_diff, and what must not matter."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from lib.effects.bacon import bacon
from lib.effects.bootstrap import step_fit
from lib.effects.counts import poisson
from lib.effects.did import effects, event_study, gaps, imputation, pooled
from lib.effects.twoway import DesignError, TwoWay, treated

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest on pandas 3

ESTIMATORS = [effects, event_study, imputation, poisson, bacon]


def months(number):
    return pd.date_range("2020-01-01", periods=number, freq="MS", name="month")


def table(**rows):
    """Countries × months from one list per country."""
    return pd.DataFrame(rows.values(), list(rows), months(len(next(iter(rows.values())))), dtype=float)


def starts_at(outcome, **positions):
    return pd.Series({country: outcome.columns[position] for country, position in positions.items()})


def random_counts(seed, countries=12, length=24, missing=0.0):
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.normal(1, 1, (countries, 1)) + rng.normal(0, 0.3, length))
    names = [f"C{number:02d}" for number in range(countries)]
    counts = pd.DataFrame(rng.poisson(rates), names, months(length), dtype=float)
    return counts.mask(rng.random(counts.shape) < missing)


def long(outcome, starts):
    """Rows country, month, y; a dummy by partner; t and g, the month and the start as numbers from 1."""
    rows = outcome.rename_axis(index="country", columns="month").stack().dropna().rename("y").reset_index()
    for country, start in starts.items():
        rows[f"is_{country}"] = ((rows["country"] == country) & (rows["month"] >= start)).astype(float)
    rows["t"] = outcome.columns.get_indexer(rows["month"]) + 1
    first = {country: outcome.columns.get_loc(start) + 1 for country, start in starts.items()}
    return rows.assign(g=rows["country"].map(first).fillna(0).astype(int))


def reference(fit, outcome, starts, **options):
    """pyfixest's estimates and clustered errors without any small-sample factor."""
    import pyfixest

    formula = "y ~ " + " + ".join(f"is_{country}" for country in starts.index) + " | country + month"
    bare = pyfixest.ssc(k_adj=False, G_adj=False)
    found = getattr(pyfixest, fit)(formula, long(outcome, starts), vcov={"CRV1": "country"}, ssc=bare, **options)
    return found.coef().to_numpy(), found.se().to_numpy()


@pytest.fixture(scope="module", params=[0.0, 0.15], ids=["full", "with gaps"])
def panel(request):
    outcome = random_counts(1, missing=request.param)
    return outcome, starts_at(outcome, C03=9, C01=12, C00=20)


# three countries, two months: the controls change by 1 and 3, the treated one by 4
TWO_MONTHS = table(A=[1, 5], B=[2, 3], C=[4, 7])
# country effects 0, 10, 20; month effects 0, 1, 3, 6; on top, A gains 5, 6, 7 and B 1, 3
STAGGERED = table(A=[0, 6, 9, 13], B=[10, 11, 14, 19], C=[20, 21, 23, 26])
STAGGERED_STARTS = starts_at(STAGGERED, A=1, B=2)


# the regression


def test_effect_and_error_by_hand():
    found = effects(TWO_MONTHS, starts_at(TWO_MONTHS, A=1)).loc["A"]
    assert found["effect"] == pytest.approx(4 - (1 + 3) / 2)
    # B's and C's changes miss their mean by 1 each: variance (1² + 1²) / 2², times 6 / (6 − 3 − 2 + 1 − 1)
    assert found["se"] == pytest.approx(np.sqrt(0.5 * 6))
    assert found["t"] == pytest.approx(2 / np.sqrt(3))
    assert found["p"] == pytest.approx(1 - 2 * np.arctan(2 / np.sqrt(3)) / np.pi), "Student's t with one degree: Cauchy"
    assert (found["months_before"], found["months_after"]) == (1, 1)


@pytest.mark.simulation
def test_effects_are_pyfixests(panel):
    outcome, starts = panel
    found = effects(outcome, starts)
    effect, se = reference("feols", outcome, starts)
    n, spent = int(outcome.notna().sum().sum()), sum(outcome.shape) - 1 + len(starts)
    assert found.index.tolist() == ["C03", "C01", "C00"]
    assert found.index.name == "country"
    assert found["effect"].to_numpy() == pytest.approx(effect, abs=1e-7)
    assert found["se"].to_numpy() == pytest.approx(se * np.sqrt(n / (n - spent)), abs=1e-7)
    assert (found["months_before"] + found["months_after"]).tolist() == outcome.loc[starts.index].count(axis=1).tolist()


@pytest.mark.simulation
def test_effects_errors_and_p_values_are_those_of_linearmodels(panel):
    from linearmodels.panel import PanelOLS

    outcome, starts = panel
    rows = long(outcome, starts).set_index(["country", "month"])
    dummies = rows[[f"is_{country}" for country in starts.index]]
    model = PanelOLS(rows["y"], dummies, entity_effects=True, time_effects=True)
    theirs = model.fit(cov_type="clustered", cluster_entity=True)
    found = effects(outcome, starts)
    for name, expected in {
        "effect": theirs.params, "se": theirs.std_errors, "t": theirs.tstats, "p": theirs.pvalues,
    }.items():  # fmt: skip
        assert found[name].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-8), name


def test_a_single_treated_country_has_its_step_effect(panel):
    outcome, _ = panel
    values = outcome.to_numpy()
    steps = TwoWay(~np.isnan(values)).step_effects(values)
    for place, month in [(0, 3), (5, 12), (11, 23)]:
        starts = pd.Series({outcome.index[place]: outcome.columns[month]})
        if treated(outcome, starts)[place][~np.isnan(values[place])].any():
            assert effects(outcome, starts)["effect"].item() == pytest.approx(steps[place, month], abs=1e-9)


def test_country_and_month_constants_order_and_names_do_not_matter():
    outcome = random_counts(2)
    starts = starts_at(outcome, C03=9, C01=12)
    expected = effects(outcome, starts)
    rng = np.random.default_rng(3)
    shifted = outcome.add(rng.normal(0, 50, len(outcome)), axis=0) + rng.normal(0, 50, outcome.shape[1])
    pd.testing.assert_frame_equal(effects(shifted, starts), expected, rtol=1e-8)
    pd.testing.assert_frame_equal(effects(outcome.sample(frac=1, random_state=4), starts), expected, rtol=1e-8)
    other = {country: f"Z{99 - number}" for number, country in enumerate(outcome.index)}
    renamed = effects(outcome.rename(index=other), starts.rename(index=other))
    np.testing.assert_allclose(renamed, expected, rtol=1e-8)
    scaled = effects(-3 * outcome, starts)
    np.testing.assert_allclose(scaled["effect"], -3 * expected["effect"])
    np.testing.assert_allclose(scaled["se"], 3 * expected["se"])


def test_the_own_noise_of_a_single_treated_country_does_not_enter_its_clustered_error():
    outcome = random_counts(5)
    start = outcome.columns[15]
    starts = pd.Series({"C04": start})
    found = effects(outcome, starts).loc["C04"]

    after = treated(outcome, starts)
    step = TwoWay(np.ones(outcome.shape, bool)).residuals(after)
    noise = TwoWay(np.ones(outcome.shape, bool)).residuals(outcome.to_numpy() - found["effect"] * after)
    scores = (step * noise).sum(axis=1)
    assert scores[4] == pytest.approx(0, abs=1e-10)
    assert np.abs(np.delete(scores, 4)).min() > 1e-3

    noisy = outcome.copy()
    swing = 1000 * np.random.default_rng(6).normal(size=24)
    noisy.loc["C04"] += np.concatenate([swing[:15] - swing[:15].mean(), swing[15:] - swing[15:].mean()])
    again = effects(noisy, starts).loc["C04"]
    assert again["effect"] == pytest.approx(found["effect"])
    assert again["se"] == pytest.approx(found["se"]), "a thousand times the noise, the same error"


@pytest.mark.simulation
def test_clustered_errors_of_a_single_treated_country_reject_far_too_often():
    rng = np.random.default_rng(7)
    p = [
        effects(outcome, starts_at(outcome, A=6))["p"].item()
        for outcome in (table(**{name: rng.normal(size=12) for name in "ABCDEFGHIJKLMNOP"}) for _ in range(25))
    ]
    assert np.mean(np.array(p) < 0.05) > 0.3, "no effect at all, and 5% is what the test claims"


def test_countries_of_zeros_are_fine_in_the_linear_estimators():
    outcome = random_counts(8)
    outcome.loc[["C01", "C07"]] = 0.0
    starts = starts_at(outcome, C01=10)
    for found in (effects(outcome, starts), imputation(outcome, starts), event_study(outcome, starts)):
        assert np.isfinite(found["effect"]).all()


@pytest.mark.parametrize("estimator", [effects, event_study, poisson])
@pytest.mark.parametrize("shape", ["constant", "alike", "exact"])
def test_an_outcome_without_noise_has_no_standard_error(estimator, shape):
    outcome = 0 * random_counts(8) + 7
    starts = starts_at(outcome, C01=10)
    if shape != "constant":
        outcome = outcome * np.arange(1, 25)  # every country the same path
    if shape == "exact":
        outcome.iloc[1, 10:] *= 2
    if shape == "exact" and estimator is not poisson:
        outcome.iloc[1, 10:] = outcome.iloc[0, 10:] + 3
    with pytest.raises(DesignError, match="nothing measures its noise"):
        estimator(outcome, starts)


def test_months_and_starts_with_a_time_zone_are_refused():
    outcome = random_counts(8)
    starts = starts_at(outcome, C01=10)
    zoned = outcome.tz_localize("Europe/Amsterdam", axis=1)
    for estimator in (effects, event_study, imputation, poisson):
        with pytest.raises(DesignError, match=r"time zone \(Europe/Amsterdam\); take it off"):
            estimator(zoned, starts)
        with pytest.raises(DesignError, match=r"the start of C01 is .*without a time zone"):
            estimator(outcome, starts.dt.tz_localize("UTC"))


def test_one_treated_month_is_enough():
    outcome = random_counts(9)
    starts = starts_at(outcome, C02=23, C05=12)
    assert effects(outcome, starts).loc["C02", "months_after"] == 1
    assert np.isfinite(poisson(outcome, starts).loc["C02", "se"])
    last = gaps(outcome, starts).loc["C02"].iloc[-1]
    assert imputation(outcome, starts).loc["C02", "effect"] == pytest.approx(last)
    assert event_study(outcome, starts).query("country == 'C02' and bin >= 0")["months"].tolist() == [1]


# the event study


def test_event_study_bins_and_months():
    outcome = random_counts(10)
    found = event_study(outcome, starts_at(outcome, C03=9, C01=20), width=6)
    own = found[found["country"] == "C03"].set_index("bin")
    assert own.index.tolist() == [-2, -1, 0, 1, 2]
    assert own["from_month"].tolist() == [-9, -6, 0, 6, 12]
    assert own["to_month"].tolist() == [-7, -1, 5, 11, 14]
    assert own["months"].tolist() == [3, 6, 6, 6, 3]
    assert own.loc[-1, ["effect", "se"]].tolist() == [0.0, 0.0]
    assert found.groupby("country")["months"].sum().tolist() == [24, 24]


def test_event_study_of_one_country_is_the_double_difference_of_bin_means():
    outcome = random_counts(11)
    gap = outcome.loc["C03"] - outcome.drop("C03").mean()
    found = event_study(outcome, starts_at(outcome, C03=12)).set_index("bin")
    expected = [gap.iloc[first : first + 6].mean() - gap.iloc[6:12].mean() for first in (0, 6, 12, 18)]
    assert found["effect"].tolist() == pytest.approx(expected)


def test_event_study_with_gaps_is_dummy_variable_least_squares():
    outcome = random_counts(12, missing=0.15)
    found = event_study(outcome, starts_at(outcome, C03=9, C01=12), width=5)
    rows = long(outcome, starts_at(outcome, C03=9, C01=12))
    bins = (rows["t"] - rows["g"]) // 5
    dummies = [(rows["country"] == row.country) & (bins == row.bin) for row in found.itertuples() if row.bin != -1]
    effects_of = pd.get_dummies(rows["country"]).join(pd.get_dummies(rows["month"]).iloc[:, 1:])
    design = np.column_stack([*dummies, effects_of]).astype(float)
    expected = np.linalg.lstsq(design, rows["y"], rcond=None)[0][: len(dummies)]
    assert found.loc[found["bin"] != -1, "effect"].tolist() == pytest.approx(expected.tolist(), abs=1e-8)


def test_two_bins_are_the_regression_itself():
    outcome = random_counts(13)
    starts = starts_at(outcome, C03=12, C01=12)
    found = event_study(outcome, starts, width=12).query("bin == 0").set_index("country")
    expected = effects(outcome, starts)
    np.testing.assert_allclose(found[["effect", "se"]], expected[["effect", "se"]])


def test_bins_follow_the_calendar_where_the_table_lacks_a_month():
    outcome = random_counts(14).drop(columns=months(24)[10])
    found = event_study(outcome, pd.Series({"C03": months(24)[12]})).set_index("bin")
    assert found["months"].tolist() == [6, 5, 6, 6]
    assert found["to_month"].tolist() == [-7, -1, 5, 11]


def test_event_study_needs_the_bin_before_the_start():
    outcome = random_counts(15)
    outcome.loc["C03", outcome.columns[6:12]] = np.nan
    with pytest.raises(DesignError, match="C03 has no observation in the 6 months before its start"):
        event_study(outcome, starts_at(outcome, C03=12))
    with pytest.raises(DesignError, match="bins of 0 months"):
        event_study(outcome, starts_at(outcome, C03=12), width=0)


# imputation


def test_imputation_by_hand():
    found = imputation(STAGGERED, STAGGERED_STARTS)
    assert found.to_dict("index") == {
        "A": {"effect": pytest.approx((5 + 6 + 7) / 3), "months_after": 3},
        "B": {"effect": pytest.approx((1 + 3) / 2), "months_after": 2},
    }
    expected = [[0, 5, 6, 7], [0, 0, 1, 3], [0, 0, 0, 0]]
    np.testing.assert_allclose(gaps(STAGGERED, STAGGERED_STARTS), expected, atol=1e-12)


@pytest.mark.simulation
def test_imputation_is_diff_diffs(panel):
    from diff_diff import ImputationDiD

    outcome, starts = panel
    found = imputation(outcome, starts)
    fit = ImputationDiD().fit(long(outcome, starts), outcome="y", unit="country", time="t", first_treat="g")
    assert np.average(found["effect"], weights=found["months_after"]) == pytest.approx(fit.overall_att)
    groups = fit.aggregate("group").to_dataframe()
    assert found["effect"].tolist() == pytest.approx(groups["att"].tolist())


def test_gaps_are_missing_where_the_outcome_is():
    outcome = random_counts(16, missing=0.2)
    found = gaps(outcome, starts_at(outcome, C03=9))
    pd.testing.assert_frame_equal(found.isna(), outcome.isna())


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6), st.floats(-100, 100), st.floats(0.1, 50))
def test_imputation_knows_no_levels_and_scales_with_the_outcome(seed, shift, scale):
    outcome = random_counts(seed, countries=6, length=10)
    starts = starts_at(outcome, C01=4, C02=7)
    expected = imputation(outcome, starts)["effect"]
    moved = scale * outcome
    moved.loc["C01"] += shift
    moved[outcome.columns[8]] -= shift
    np.testing.assert_allclose(imputation(moved, starts)["effect"], scale * expected, atol=1e-7)
    # what happens to one partner after its start is no business of the other
    moved = outcome.copy()
    moved.loc["C01", outcome.columns[4] :] += shift
    assert imputation(moved, starts)["effect"].tolist() == pytest.approx([expected["C01"] + shift, expected["C02"]])


# counts


def test_ratio_and_error_by_hand():
    outcome = table(A=[10, 60], B=[20, 30], C=[30, 70])
    found = poisson(outcome, starts_at(outcome, A=1)).loc["A"]
    # A grows by 6, the sum of the others by 2
    assert found["ratio"] == pytest.approx(3)
    # B and C miss their fitted counts by 10/3 in each month: 10/3 · (1/50 + 1/100) = 0.1, each, in logs;
    # 3/2 for three countries, 5/1 for six observations and five coefficients
    assert found["se"] == pytest.approx(np.sqrt(2 * 0.1**2 * 3 / 2 * 5))
    half = 1.959964 * found["se"]
    assert found[["low", "high"]].tolist() == pytest.approx([3 * np.exp(-half), 3 * np.exp(half)], rel=1e-5)


@pytest.mark.simulation
def test_poisson_is_pyfixests(panel):
    outcome, starts = panel
    found = poisson(outcome, starts)
    log_ratio, se = reference("fepois", outcome, starts, iwls_tol=1e-12)
    n, g, spent = int(outcome.notna().sum().sum()), len(outcome), sum(outcome.shape) - 1 + len(starts)
    assert found["log_ratio"].to_numpy() == pytest.approx(log_ratio, abs=1e-7)
    assert found["se"].to_numpy() == pytest.approx(se * np.sqrt(g / (g - 1) * (n - 1) / (n - spent)), abs=1e-7)
    assert found.attrs == {"dropped_countries": [], "dropped_months": []}


@pytest.mark.parametrize("factor", [1e-3, 1e5])
def test_poisson_finds_extreme_ratios_among_sparse_counts(factor):
    rng = np.random.default_rng(17)
    outcome = table(**{name: rng.poisson(0.4, 20) for name in "ABCDEFGHIJ"})
    outcome.loc["A"] = np.where(np.arange(20) < 12, 7.0, 7.0 * factor)
    others = outcome.iloc[1:].sum()
    change = others.iloc[12:].mean() / others.iloc[:12].mean()
    found = poisson(outcome, starts_at(outcome, A=12))
    assert found["ratio"].item() == pytest.approx(factor / change)


def test_controls_count_only_as_their_sum_and_a_common_factor_not_at_all():
    outcome = random_counts(18)
    starts = starts_at(outcome, C03=9, C01=12)
    expected = poisson(outcome, starts)
    merged = outcome.drop(index="C07")
    merged.loc["C08"] += outcome.loc["C07"]
    assert poisson(merged, starts)["log_ratio"].tolist() == pytest.approx(expected["log_ratio"].tolist())
    np.testing.assert_allclose(poisson(40 * outcome, starts)[["log_ratio", "se"]], expected[["log_ratio", "se"]])
    shuffled = poisson(outcome.sample(frac=1, random_state=1), starts)
    pd.testing.assert_frame_equal(shuffled, expected)


def test_countries_and_months_of_zeros_are_left_out_and_named():
    outcome = random_counts(19)
    starts = starts_at(outcome, C03=9)
    expected = poisson(outcome.drop(index="C05", columns=outcome.columns[4]), starts)
    outcome.loc["C05"] = 0.0
    outcome[outcome.columns[4]] = 0.0
    found = poisson(outcome, starts)
    pd.testing.assert_frame_equal(found, expected)
    assert found.attrs == {"dropped_countries": ["C05"], "dropped_months": ["2020-05"]}
    assert found.loc["C03", "months_before"] == 8


@pytest.mark.simulation
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.6))
def test_a_full_table_has_a_finite_ratio_unless_a_direction_without_end_exists(seed, rate):
    rng = np.random.default_rng(seed)
    outcome = table(**{name: rng.poisson(rate, 7) for name in "ABCDE"})
    starts = starts_at(outcome, A=int(rng.integers(1, 7)), B=int(rng.integers(1, 7)))
    try:
        found = poisson(outcome, starts)
    except DesignError as problem:
        assert drifts(outcome, starts) or "as many effects" in str(problem)
        return
    assert not drifts(outcome, starts)
    assert np.isfinite(found["log_ratio"]).all()
    assert found.attrs["dropped_countries"] == outcome.index[outcome.sum(axis=1) == 0].tolist()
    assert len(found.attrs["dropped_months"]) == (outcome.sum() == 0).sum()


def drifts(outcome, starts):
    """Whether some change of the coefficients moves a ratio, no fitted count above zero, and none at zero upwards."""
    rows = long(outcome, starts)
    dummies = pd.get_dummies(rows["country"]).join(pd.get_dummies(rows["month"]))
    design = rows.filter(like="is_").join(dummies).to_numpy(float)
    tied = (rows["y"] > 0).to_numpy()
    for sign, place in [(1, 0), (-1, 0), (1, 1), (-1, 1)]:
        found = linprog(
            -sign * np.eye(design.shape[1])[place], A_ub=design[~tied], b_ub=np.zeros((~tied).sum()),
            A_eq=design[tied], b_eq=np.zeros(tied.sum()), bounds=(-10, 10),
        )  # fmt: skip
        if found.fun < -1e-6:
            return True
    return False


def test_countries_that_never_meet_the_others_above_zero_are_left_out():
    # D is observed in one month only, in which all others are at zero
    outcome = table(A=[4, 0, 9, 8], B=[3, 0, 5, 4], C=[2, 0, 2, 6], D=[np.nan, 5, np.nan, np.nan])
    found = poisson(outcome, starts_at(outcome, A=2))
    assert found.attrs == {"dropped_countries": ["D"], "dropped_months": ["2020-02"]}
    assert found["ratio"].item() == pytest.approx((17 / 4) / (17 / 5))


@pytest.mark.parametrize("zeros, when", [(slice(0, 9), "before"), (slice(9, None), "from"), (slice(None), "before")])
def test_a_partner_without_a_finite_ratio_is_named(zeros, when):
    outcome = random_counts(20)
    outcome.loc["C03", outcome.columns[zeros]] = 0.0
    with pytest.raises(DesignError, match=f"C03 has no count above zero {when} 2020-10"):
        poisson(outcome, starts_at(outcome, C01=12, C03=9))


def test_a_partner_whose_last_months_have_no_other_country_is_named():
    outcome = random_counts(21)
    outcome.loc[outcome.index != "C03", outcome.columns[12:]] = np.nan
    with pytest.raises(DesignError, match="C03 has nothing to compare with from 2021-01"):
        poisson(outcome, starts_at(outcome, C03=12))


def test_negative_counts_are_refused():
    outcome = random_counts(22)
    outcome.iloc[4, 5] = -1
    with pytest.raises(DesignError, match="C04 has a count below zero"):
        poisson(outcome, starts_at(outcome, C03=12))


# the decomposition


def test_decomposition_by_hand():
    found = bacon(STAGGERED, STAGGERED_STARTS)
    first, second = STAGGERED_STARTS
    # treated shares 3/4 and 1/2: weights 3/16, 4/16, 1/16 and 2/16, over 10/16
    expected = pd.DataFrame(
        [
            (first, "never", "treated vs never", 6.0, 0.3),
            (second, "never", "treated vs never", 2.0, 0.4),
            (first, second, "earlier vs later", 5.0, 0.1),
            (second, first, "later vs earlier", 2.0 - 1.5, 0.2),
        ],
        columns=["treated", "control", "kind", "estimate", "weight"],
    )
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.simulation
def test_decomposition_is_diff_diffs():
    from diff_diff import BaconDecomposition

    outcome = random_counts(23)
    starts = starts_at(outcome, C03=9, C01=12, C00=20, C07=12)
    fit = BaconDecomposition().fit(long(outcome, starts), outcome="y", unit="country", time="t", first_treat="g")
    theirs = fit.to_dataframe()
    numbers = {start: outcome.columns.get_loc(start) + 1 for start in starts} | {"never": "never_treated"}
    ours = bacon(outcome, starts).replace({"treated": numbers, "control": numbers}).astype({"control": str})
    both = ours.merge(
        theirs.astype({"control_group": str}),
        left_on=["treated", "control"],
        right_on=["treated_group", "control_group"],
    )
    assert len(both) == len(ours) == len(theirs) == 9
    assert (both["kind"].str.replace(" ", "_") == both["comparison_type"]).all()
    np.testing.assert_allclose(both["estimate_x"], both["estimate_y"])
    np.testing.assert_allclose(both["weight_x"], both["weight_y"])


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_the_comparisons_add_up_to_the_regression_with_one_dummy(seed, positions):
    outcome = random_counts(seed, countries=7, length=10)
    starts = pd.Series({f"C{n:02d}": outcome.columns[position] for n, position in enumerate(positions)})
    found = bacon(outcome, starts)
    dummy = TwoWay(np.ones(outcome.shape, bool)).residuals(treated(outcome, starts))
    assert found["weight"].sum() == pytest.approx(1)
    assert (found["weight"] > 0).all()
    expected = (dummy * outcome.to_numpy()).sum() / (dummy**2).sum()
    assert (found["weight"] * found["estimate"]).sum() == pytest.approx(expected, abs=1e-9)


def test_decomposition_without_never_treated_countries():
    outcome = random_counts(24).iloc[:3]
    found = bacon(outcome, starts_at(outcome, C00=4, C01=8, C02=8))
    assert found["kind"].tolist() == ["earlier vs later", "later vs earlier"]
    with pytest.raises(DesignError, match="C00, C01, C02 start in the same month"):
        bacon(outcome, starts_at(outcome, C00=4, C01=4, C02=4))


def test_decomposition_needs_a_full_table():
    outcome = random_counts(25)
    outcome.iloc[6, 3] = np.nan
    with pytest.raises(DesignError, match="C06 lacks a month"):
        bacon(outcome, starts_at(outcome, C03=9))


# designs from which nothing can be told


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(
    "change, starts, message",
    [
        (None, {"C03": 0}, "C03 is treated from its first observed month on"),
        (("C03", slice(0, 9), np.nan), {"C03": 9}, "C03 is treated from its first observed month on"),
        (("C03", slice(9, None), np.nan), {"C03": 9}, "C03 has no observation from 2020-10 on"),
        (("C05", slice(None), np.nan), {"C03": 9}, "C05 has no observation; leave the country out"),
        ((slice(None), 5, np.nan), {"C03": 9}, "2020-06 has no observation; leave the month out"),
        (("C05", 5, -np.inf), {"C03": 9}, "C05 has an infinite value"),
        (None, {"ZZZ": 9}, "ZZZ has a start but no row"),
        (None, {}, "no country is treated"),
    ],
)
def test_a_design_without_an_effect_is_refused(estimator, change, starts, message):
    outcome = random_counts(26)
    if change:
        country, cells, value = change
        outcome.loc[country, outcome.columns[cells]] = value
    with pytest.raises(DesignError, match=message):
        estimator(outcome, starts_at(outcome, **starts))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_table_out_of_order_is_refused(estimator):
    outcome = random_counts(27)
    starts = starts_at(outcome, C03=9)
    with pytest.raises(DesignError, match="C02 has more than one row"):
        estimator(pd.concat([outcome, outcome.loc[["C02"]]]), starts)
    with pytest.raises(DesignError, match="months are not in order"):
        estimator(outcome[outcome.columns[::-1]], starts)
    with pytest.raises(DesignError, match="columns are not months"):
        estimator(outcome.set_axis(outcome.columns.strftime("%Y-%m"), axis=1), starts)
    with pytest.raises(DesignError, match="C03 has more than one start"):
        estimator(outcome, pd.concat([starts, starts]))


@pytest.mark.parametrize("start", [pd.NaT, pd.Timestamp("2020-10-15"), "2020-10-01"])
def test_a_start_that_is_no_month_is_refused(start):
    with pytest.raises(DesignError, match="the start of C03 is"):
        effects(random_counts(28), pd.Series({"C03": start}, dtype=object))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_nothing_untreated_to_compare_with_is_refused(estimator):
    outcome = random_counts(29).iloc[:3]
    with pytest.raises(DesignError, match=r"C00.*C01.*C02|C00 has nothing to compare with"):
        estimator(outcome, starts_at(outcome, C00=9, C01=9, C02=9))


def test_imputation_needs_an_untreated_country_in_every_month():
    outcome = random_counts(30).iloc[:3]
    with pytest.raises(DesignError, match="no country is still untreated in 2021-09"):
        imputation(outcome, starts_at(outcome, C00=9, C01=12, C02=20))


def test_panels_in_pieces_are_refused():
    outcome = random_counts(31)
    outcome.iloc[:6, :12] = np.nan
    outcome.iloc[6:, 12:] = np.nan
    starts = starts_at(outcome, C03=18)
    for estimator in (effects, event_study, imputation):
        with pytest.raises(DesignError, match="fall into pieces"):
            estimator(outcome, starts)
    assert poisson(outcome, starts).attrs["dropped_months"][-1] == "2020-12"


def test_noise_needs_more_observations_than_effects():
    for estimator in (effects, event_study, poisson):
        with pytest.raises(DesignError, match="A: there are as many effects as observations"):
            estimator(TWO_MONTHS.loc[["A", "B"]], starts_at(TWO_MONTHS, A=1))


# everything at once against least squares on all columns


def dense(outcome, starts, dummies):
    """Estimates of the dummies, their clustered errors as `effects` describes them, and the rank that is missing."""
    country, month = np.nonzero(outcome.notna().to_numpy())
    y = outcome.to_numpy()[country, month]
    design = np.column_stack([
        *[(country == outcome.index.get_loc(name)) & cells[month] for name, cells in dummies],
        country[:, None] == np.arange(len(outcome)), month[:, None] == np.arange(1, outcome.shape[1]),
    ]).astype(float)  # fmt: skip
    k, missing = len(dummies), design.shape[1] - np.linalg.matrix_rank(design)
    if missing:
        return None, None, missing
    bread = np.linalg.inv(design.T @ design)
    residuals = y - design @ (bread @ design.T @ y)
    scores = np.array([design[country == g].T @ residuals[country == g] for g in range(len(outcome))])
    scale = len(y) / (len(y) - design.shape[1])
    se = np.sqrt(np.maximum(np.diag(bread @ scores.T @ scores @ bread)[:k], 0) * scale)
    return (bread @ design.T @ y)[:k], se, 0


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(0, 10**6), st.integers(3, 9), st.integers(3, 14), st.floats(0, 0.5), st.integers(1, 4))
def test_any_panel_is_least_squares_or_refused_with_reason(seed, countries, length, missing, width):
    rng = np.random.default_rng(seed)
    outcome = random_counts(seed, countries, length, missing) + rng.normal(0, 1e-3, (countries, length))
    number = int(rng.integers(1, countries + 1))
    starts = pd.Series(outcome.columns[rng.integers(1, length, number)], outcome.index[:number])
    at = outcome.columns.get_indexer(starts)
    since = {country: np.arange(length) - first for country, first in zip(starts.index, at, strict=True)}
    for estimator in (effects, lambda outcome, starts: event_study(outcome, starts, width)):
        try:
            found = estimator(outcome, starts)
        except DesignError as problem:
            assert str(problem)
            continue
        if "bin" in found:
            found = found[found["bin"] != -1]
            dummies = [(row.country, since[row.country] // width == row.bin) for row in found.itertuples()]
        else:
            dummies = [(country, since[country] >= 0) for country in starts.index]
        effect, se, rank = dense(outcome, starts, dummies)
        assert rank == 0
        np.testing.assert_allclose(found["effect"], effect, atol=1e-7)
        np.testing.assert_allclose(found["se"], se, rtol=1e-5, atol=1e-9)


# several countries in one number


def test_pooled_by_hand():
    # changes of the treated 3 and 7, of the others 0 and 2: 5 - 1; variances 8 and 2, two of each
    outcome = table(A=[1, 4], B=[2, 9], C=[4, 4], D=[0, 2])
    found = pooled(outcome, starts_at(outcome, A=1, B=1))
    assert found["effect"] == pytest.approx(4)
    assert found["se"] == pytest.approx(np.sqrt(8 / 2 + 2 / 2))
    assert found["p"] == pytest.approx(1 - 2 * np.arctan(found["t"]) / np.pi), "Student's t with one degree: Cauchy"
    # weights 3 to 1: 2 · ¾ + 6 · ¼ = 3; (9 · 1 + 1 · 9) / 16 · 2 between them
    found = pooled(outcome, starts_at(outcome, A=1, B=1), pd.Series({"B": 1, "A": 3}))
    assert found["effect"] == pytest.approx(3)
    assert found["se"] == pytest.approx(np.sqrt(18 / 16 * 2 + 1))


def test_pooled_with_one_start_is_one_dummy_for_all():
    outcome = random_counts(32)
    starts = starts_at(outcome, C03=9, C01=9, C07=9, C09=9)
    found, fit = pooled(outcome, starts), step_fit(outcome, starts)
    assert found["effect"] == pytest.approx(fit.effect)
    own = np.isin(outcome.index, starts.index)
    parts = [(fit.scores[part] ** 2).sum() / fit.variation**2 * part.sum() / (part.sum() - 1) for part in (own, ~own)]
    assert found["se"] == pytest.approx(np.sqrt(sum(parts)))


def test_pooled_is_the_weighted_mean_of_the_effects(panel):
    outcome, starts = panel
    each = effects(outcome, starts)
    found = pooled(outcome, starts, each["months_after"])
    assert found["effect"] == pytest.approx(np.average(each["effect"], weights=each["months_after"]))


def test_pooled_refuses_one_country_and_weights_that_are_none():
    outcome = random_counts(33)
    with pytest.raises(DesignError, match=r"C03 alone is treated.*lib\.effects\.placebo"):
        pooled(outcome, starts_at(outcome, C03=9))
    for wrong in ({"C03": 1}, {"C03": 1, "C01": 0}, {"C03": 1, "C01": np.nan}, {"C03": 1, "C01": -2}):
        with pytest.raises(DesignError, match="a weight is missing or not above zero"):
            pooled(outcome, starts_at(outcome, C03=9, C01=12), pd.Series(wrong))


@pytest.mark.simulation
def test_pooled_covers_an_effect_that_differs_by_country():
    rng, covered = np.random.default_rng(34), 0
    for _ in range(400):
        outcome = table(**{f"C{k}": rng.normal(size=12) + rng.normal() for k in range(20)})
        outcome.iloc[:6, 6:] += rng.normal(3, 1, (6, 1))
        found = pooled(outcome, starts_at(outcome, **{f"C{k}": 6 for k in range(6)}))
        covered += abs(found["effect"] - 3) <= 2.571 * found["se"]
    assert abs(covered / 400 - 0.95) < 3.3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.simulation
def test_a_thousand_staggered_countries_take_seconds():
    rng, began = np.random.default_rng(35), time.perf_counter()
    outcome = random_counts(35, countries=2000, length=120)
    starts = pd.Series(outcome.columns[rng.integers(24, 96, 1000)], outcome.index[:1000])
    assert len(effects(outcome, starts)) == 1000
    assert event_study(outcome, starts)["country"].nunique() == 1000
    assert len(poisson(outcome, starts)) == 1000
    assert time.perf_counter() - began < 60
