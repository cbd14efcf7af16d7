"""Placebo inference for one treated country: by hand, against dummy regressions, and its size under a true null."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.effects.placebo import Noise, PlaceboTest, all_placebos, family_wise, fit_noise, largest_placebos, placebo_test
from lib.effects.twoway import DesignError
from lib.returns.simulation import country_means, counts


def table(values):
    """Countries × months; the last country is called T, the others C000 and so on."""
    names = [f"C{k:03d}" for k in range(len(values) - 1)] + ["T"]
    months = pd.date_range("2020-01-01", periods=np.shape(values)[1], freq="MS")
    return pd.DataFrame(np.asarray(values, dtype=float), index=names, columns=months)


def start(outcome, month, country="T"):
    return pd.Series({country: outcome.columns[month]})


def caseload(seed, countries=30, months=24, share_missing=0.0):
    rng = np.random.default_rng(seed)
    values = rng.poisson(rng.permutation(np.geomspace(0.5, 20, countries))[:, None], (countries, months)).astype(float)
    return table(np.where(rng.random(values.shape) < share_missing, np.nan, values))


def dummy_regression(outcome, country, month):
    """Coefficient of "this country, from this month on" beside a dummy for every country and month."""
    cells = outcome.stack().dropna()
    names, months = cells.index.get_level_values(0), cells.index.get_level_values(1)
    step = ((names == country) & (months >= outcome.columns[month])).astype(float)
    effects = [pd.get_dummies(names).to_numpy(float), pd.get_dummies(months).to_numpy(float)]
    return np.linalg.lstsq(np.column_stack([step, *effects]), cells.to_numpy(), rcond=None)[0][0]


def with_scaled(treated, scaled, statistic="scaled"):
    """A test whose statistics are given, the treated country's first."""
    return PlaceboTest(treated, pd.DataFrame({statistic: scaled}, index=[treated, *"abcdefghij"[: len(scaled) - 1]]))


FOUR = table([[2, 2, 3, 3], [4, 6, 4, 4], [0, 2, 4, 4], [1, 3, 8, 10]])


def test_four_countries_by_hand():
    # changes of the level: 1, −1, 3 for the donors and 7 for T; a donor is compared with the two others
    test = placebo_test(FOUR, start(FOUR, 2), "T")
    assert test.estimates["effect"].tolist() == pytest.approx([0, -3, 3, 6])
    assert test.estimates["size"].tolist() == [2, 5, 1, 2]
    assert (test.rank("effect"), test.p_value("effect"), test.smallest_p) == ((1, 4), 0.25, 0.25)
    assert [test.critical("effect", level) for level in (0.75, 0.5, 0.25, 0.05)] == pytest.approx([0, 3, 3, np.inf])
    assert test.interval("effect", 0.25) == pytest.approx((3, 9))
    assert test.interval("effect", 0.05) == (-np.inf, np.inf)


def test_the_shorter_side_of_the_start_makes_the_larger_part_of_the_noise():
    # the variance of a difference of means over 1 and 3 months: 1 and 1/3, whichever comes first
    assert placebo_test(FOUR, start(FOUR, 3), "T").share_after == 0.75
    assert placebo_test(FOUR, start(FOUR, 1), "T").share_after == 0.25


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6))
def test_effects_are_those_of_the_dummy_regression(seed):
    outcome = caseload(seed, countries=6, months=8, share_missing=0.15)
    try:
        found = placebo_test(outcome, start(outcome, 4), "T").estimates["effect"]
    except DesignError:
        return
    outcome = outcome.loc[found.index]
    assert found["T"] == pytest.approx(dummy_regression(outcome, "T", 4), abs=1e-8)
    donors = outcome.drop("T")
    for country in donors.index:
        assert found[country] == pytest.approx(dummy_regression(donors, country, 4), abs=1e-8)


@pytest.mark.parametrize("units, allowed", [(19, 0), (20, 1), (39, 1), (40, 2), (76, 3), (100, 5)])
def test_the_number_of_units_decides_how_often_the_test_can_reject(units, allowed):
    # the treated takes each rank once: it is rejected at exactly floor(5% · N) of the N ranks, with p ≤ 5%
    sizes = pd.Series(np.arange(units, 0, -1.0), index=[f"U{k:03d}" for k in range(units)])
    tests = [PlaceboTest(name, pd.DataFrame({"effect": sizes})) for name in sizes.index]
    rejected = [bool(sizes[test.treated] > test.critical("effect")) for test in tests]
    assert rejected == [True] * allowed + [False] * (units - allowed)
    assert [test.p_value("effect") <= 0.05 for test in tests] == rejected
    assert [test.p_value("effect") for test in tests] == pytest.approx((np.arange(units) + 1) / units)
    if not allowed:
        assert tests[0].critical("effect") == np.inf
        assert tests[0].interval("effect") == (-np.inf, np.inf)


def test_few_units_give_infinite_intervals_for_every_statistic():
    outcome = caseload(1, countries=19)
    test = placebo_test(outcome, start(outcome, 12), "T")
    for statistic in ("effect", "scaled"):
        assert test.interval(statistic) == (-np.inf, np.inf)
    assert test.change.interval() == (-np.inf, np.inf)


def test_country_and_month_constants_leave_the_effect_alone():
    outcome, rng = caseload(2, share_missing=0.1), np.random.default_rng(2)
    shifted = outcome + rng.uniform(0, 50, (30, 1)) + rng.uniform(0, 50, 24)
    one, other = (placebo_test(y, start(y, 12), "T").estimates["effect"] for y in (outcome, shifted))
    pd.testing.assert_series_equal(one, other, atol=1e-9)


def test_order_and_names_of_countries_do_not_matter():
    outcome = caseload(3)
    found = placebo_test(outcome, start(outcome, 12), "T").estimates
    mixed = outcome.sample(frac=1, random_state=3)
    again = placebo_test(mixed, start(outcome, 12), "T").estimates
    pd.testing.assert_frame_equal(again.loc[found.index], found, rtol=1e-3)
    renamed = outcome.rename(index=lambda name: f"X{name[::-1]}")
    again = placebo_test(renamed, start(outcome, 12, "XT"), "XT").estimates
    assert again.to_numpy() == pytest.approx(found.to_numpy())


@pytest.mark.parametrize("factor", [0.1, 30.0])
def test_the_unit_of_the_outcome_does_not_matter(factor):
    outcome = caseload(4)
    one = placebo_test(outcome, start(outcome, 12), "T")
    other = placebo_test(outcome * factor, start(outcome, 12), "T")
    for column in ("effect", "size", "scale"):
        assert other.estimates[column].to_numpy() == pytest.approx(factor * one.estimates[column].to_numpy(), rel=2e-3)
    assert other.estimates["scaled"].to_numpy() == pytest.approx(one.estimates["scaled"].to_numpy(), rel=2e-3)
    assert other.rank("scaled") == one.rank("scaled")
    assert other.interval("scaled") == pytest.approx([factor * end for end in one.interval("scaled")], rel=5e-3)


def test_no_effect_of_the_treated_country_moves_a_placebo():
    outcome = caseload(5)
    affected = outcome.copy()
    affected.loc["T", outcome.columns[12] :] += 500
    one, other = (placebo_test(y, start(y, 12), "T").estimates for y in (outcome, affected))
    # but for the log change, whose null is imposed: there the effect is taken out first
    pd.testing.assert_frame_equal(one.drop("T").drop(columns="change"), other.drop("T").drop(columns="change"))
    assert other.loc["T", "effect"] - one.loc["T", "effect"] == pytest.approx(500)
    assert other.loc["T", "scale"] == one.loc["T", "scale"]


def test_other_treated_countries_are_left_out():
    outcome = caseload(6)
    starts = pd.concat([start(outcome, 12), start(outcome, 9, "C003")])
    alone = placebo_test(outcome.drop("C003"), start(outcome, 12), "T").estimates
    pd.testing.assert_frame_equal(placebo_test(outcome, starts, "T").estimates, alone)


def test_countries_without_an_estimate_are_left_out():
    outcome = caseload(7)
    outcome.loc["C001", outcome.columns[12] :] = np.nan
    outcome.loc["C002", : outcome.columns[11]] = np.nan
    outcome.loc["C004", outcome.columns[3:9]] = np.nan
    found = placebo_test(outcome, start(outcome, 12), "T").estimates
    assert found.index.tolist() == outcome.index.drop(["C001", "C002"]).tolist()
    assert np.isfinite(found).all(axis=None)
    assert found.loc["C004", "size"] == outcome.loc["C004"].iloc[:12].mean()


@pytest.mark.parametrize("month", [0, 12])
def test_a_statistic_does_not_reject_inside_its_interval_and_does_outside(month):
    outcome = caseload(8 + month, countries=45)
    precision = pd.Series(np.random.default_rng(8).uniform(0.5, 9, 45), outcome.index)
    after = outcome.columns >= outcome.columns[12]
    for statistic, given_precision in (("effect", None), ("scaled", precision)):
        low, high = placebo_test(outcome, start(outcome, 12), "T", given_precision).interval(statistic)
        for removed, rejected in ((low - 1e-6, True), (low + 1e-6, False), (high - 1e-6, False), (high + 1e-6, True)):
            less = outcome.copy()
            less.loc["T", after] -= removed
            test = placebo_test(less.clip(lower=None), start(outcome, 12), "T", precision)
            assert (test.p_value(statistic) <= 0.05) == rejected, (statistic, removed)


def test_precision_makes_the_noise_fall_with_the_number_of_cases():
    rng = np.random.default_rng(9)
    cases = pd.Series(rng.permutation(np.geomspace(1, 100, 60)))
    outcome = table(200 + rng.normal(0, 30 / np.sqrt(cases.to_numpy())[:, None], (60, 40)))
    cases.index = outcome.index
    test = placebo_test(outcome, start(outcome, 20), "T", cases)
    assert test.noise is None
    assert "log_ratio" not in test.estimates
    sd = 30 / np.sqrt(cases) * np.sqrt(1 / 20 + 1 / 20)
    assert (test.estimates["scale"] / sd).between(0.5, 1.6).all()
    assert np.corrcoef(np.log(test.estimates["scale"]), np.log(sd))[0, 1] > 0.95


small = st.floats(0, 3)


@pytest.mark.simulation
@settings(max_examples=300, deadline=None)
@given(small, small, st.floats(0, 0.3), st.floats(0, 20), st.floats(-40, 60), st.floats(0.1, 0.9), st.floats(0.5, 4))
def test_the_interval_of_counts_holds_every_effect_within_its_own_noise(a, b, c, size, effect, share, critical):
    def variance(at):
        return a + b * at + c * at**2

    if variance(size) < 1e-3:
        return
    scale = np.sqrt(variance(size))
    estimates = {"effect": [effect] + [0.0] * 19, "size": size, "scale": scale, "scaled": [0.0] + [critical] * 19}
    frame = pd.DataFrame(estimates, index=["T", *map(str, range(19))])
    low, high = PlaceboTest("T", frame, Noise(np.array([a, b, c]), np.ones(19)), share).interval("scaled")
    assert low <= effect <= high
    grid = effect + np.linspace(-300, 300, 1201)
    allowed = critical * np.sqrt(share * variance(np.maximum(size + grid, 0)) + (1 - share) * scale**2)
    inside = np.abs(grid - effect) <= allowed - 1e-6
    assert ((low <= grid) & (grid <= high))[inside].all()
    if critical**2 * share * c >= 1:
        assert high == np.inf
    for end in filter(np.isfinite, (low, high)):
        own = share * variance(max(size + end, 0)) + (1 - share) * scale**2
        assert abs(end - effect) == pytest.approx(critical * np.sqrt(own), rel=1e-4, abs=1e-4)


def test_the_interval_of_counts_reaches_further_up_than_down():
    outcome = caseload(10, countries=40)
    outcome.loc["T", outcome.columns[12] :] += 6
    test = placebo_test(outcome, start(outcome, 12), "T")
    (low, high), effect = test.interval("scaled"), test.estimates.loc["T", "effect"]
    reach = test.critical("scaled") * test.estimates.loc["T", "scale"]
    assert high - effect > effect - low > reach > 0


def test_all_zero_countries_are_donors_like_any_other():
    outcome = caseload(11, countries=25)
    outcome.iloc[:6] = 0.0
    found = placebo_test(outcome, start(outcome, 12), "T")
    assert len(found.estimates) == 25
    assert np.isfinite(found.estimates.drop(columns="change")).all(axis=None)
    assert found.rank("effect")[1] == 25
    assert found.rank()[1] == 19  # no change can be told of a country without a case
    outcome.loc["T"] = 0.0
    with pytest.raises(DesignError, match="T has no case"):
        placebo_test(outcome, start(outcome, 12), "T")


def test_nothing_counted_before_the_start_leaves_one_size():
    outcome = caseload(12, countries=25)
    outcome.iloc[:, :12] = 0.0
    found = placebo_test(outcome, start(outcome, 12), "T").estimates
    assert np.isfinite(found).all(axis=None)
    assert found["scale"].max() / found["scale"].min() < 1.3


@pytest.mark.parametrize("country, starts", [("X", {"X": 12}), ("C001", {"T": 12})])
def test_a_country_that_is_not_treated_or_not_there_is_refused(country, starts):
    outcome = caseload(13)
    months = pd.Series({name: outcome.columns[month] for name, month in starts.items()})
    with pytest.raises(DesignError, match=f"{country} is not a treated country of this panel"):
        placebo_test(outcome, months, country)


@pytest.mark.parametrize("missing", [slice(0, 12), slice(12, 24)])
def test_a_country_without_a_before_or_an_after_is_refused(missing):
    outcome = caseload(14)
    outcome.loc["T", outcome.columns[missing]] = np.nan
    with pytest.raises(DesignError, match="T is not observed both before and from 2021-01"):
        placebo_test(outcome, start(outcome, 12), "T")


def test_a_start_outside_the_panel_is_refused():
    outcome = caseload(15)
    for month in ("2020-01-01", "2030-01-01"):
        with pytest.raises(DesignError, match="its effect cannot be told"):
            placebo_test(outcome, pd.Series({"T": pd.Timestamp(month)}), "T")


def test_one_donor_is_not_enough():
    outcome = FOUR.iloc[2:]
    with pytest.raises(DesignError, match="1 never-treated countries to compare T with"):
        placebo_test(outcome, start(outcome, 2), "T")


def test_countries_that_change_alike_have_no_noise():
    path = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    for levels in (np.zeros(6), np.arange(6.0)):
        outcome = table(levels[:, None] + path)
        with pytest.raises(DesignError, match="in all of them alike; nothing measures its noise"):
            placebo_test(outcome, start(outcome, 4), "T")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: t.tz_localize("UTC", axis=1), r"have a time zone \(UTC\)"),
        (lambda t: t.replace(4.0, np.inf), "has an infinite value"),
        (lambda t: pd.concat([t, t.tail(1)]), "T has more than one row"),
        (lambda t: pd.concat([t, t.iloc[:, :1]], axis=1), "not in order or not unique"),
    ],
)
def test_a_table_in_another_form_is_refused(spoil, said):
    with pytest.raises(DesignError, match=said):
        placebo_test(spoil(FOUR), start(FOUR, 2), "T")
    with pytest.raises(DesignError, match=said):
        all_placebos(spoil(FOUR), 1, 1)


def test_an_outcome_that_never_changes_has_no_noise():
    outcome = table(np.tile(np.arange(6.0)[:, None], 8))
    with pytest.raises(DesignError, match="never changes"):
        placebo_test(outcome, start(outcome, 4), "T")


def test_an_outcome_below_zero_needs_a_precision():
    outcome = caseload(16) - 10
    with pytest.raises(DesignError, match="needs a `precision` above zero"):
        placebo_test(outcome, start(outcome, 12), "T")
    with pytest.raises(DesignError, match="needs a `precision` above zero"):
        placebo_test(outcome, start(outcome, 12), "T", pd.Series(1.0, outcome.index[3:]))
    found = placebo_test(outcome, start(outcome, 12), "T", pd.Series(1.0, outcome.index)).estimates
    assert (found["scaled"].drop("T").abs().rank() == found["effect"].drop("T").abs().rank()).all()


@pytest.mark.parametrize("coefficients", [(1.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 0.5), (0.5, 1.0, 0.2)])
def test_the_variance_function_is_recovered(coefficients):
    rng, size = np.random.default_rng(17), np.geomspace(0.1, 30, 8_000)
    sd = np.sqrt(np.vander(size, 3, increasing=True) @ coefficients)
    noise = fit_noise(sd * rng.standard_normal(len(size)), size)
    assert noise.at(size) == pytest.approx(sd, rel=0.08)
    assert noise.at(np.array([0.3, 3.0, 25.0])) == pytest.approx(
        np.sqrt(np.vander([0.3, 3.0, 25.0], 3, increasing=True) @ coefficients), rel=0.08
    )
    assert (noise.coefficients >= 0).all()


def test_a_placebo_hardly_counts_in_its_own_scale():
    # against a refit without it: the same to first order, where its own large effect would raise the scale by more
    rng, size = np.random.default_rng(18), np.geomspace(0.1, 10, 75)
    effects = np.sqrt(0.02 + 0.05 * size + 0.05 * size**2) * rng.standard_normal(75)
    noise = fit_noise(effects, size)
    others = np.array([fit_noise(np.delete(effects, k), np.delete(size, k)).at(size[k])[0] for k in range(75)])
    gap, gap_with_itself = (np.abs(np.log(sd / others)) for sd in (noise.left_out, noise.at(size)))
    large = np.abs(effects) > 1.8 * noise.at(size)
    assert large.sum() >= 3
    assert np.median(gap) < 0.02
    assert gap[large].mean() < 0.7 * gap_with_itself[large].mean()


def test_all_placebos_are_the_donors_of_a_test_at_the_same_start():
    outcome = caseload(19, countries=12, months=30, share_missing=0.05)
    donors = outcome.drop("T")
    found = all_placebos(donors)
    assert found.index.levels[1].tolist() == outcome.columns[12:19].tolist()
    for month in (12, 15, 18):
        expected = placebo_test(outcome, start(outcome, month), "T").estimates.drop("T")
        at = found.xs(outcome.columns[month], level="start")
        columns = ["effect", "size", "scale", "scaled"]
        assert at[columns].to_numpy() == pytest.approx(expected.loc[at.index, columns].to_numpy(), rel=1e-6)


def test_all_placebos_need_enough_months():
    with pytest.raises(DesignError, match="20 months do not hold 12 before a start and 12 after"):
        all_placebos(caseload(20, months=20))
    assert len(all_placebos(caseload(20, months=24))) == 30


def test_two_cells_together_by_hand():
    # P reaches 3 among 2 and 1, Q 1.5 among 1 and 4. Of the 12 ways to draw two of the four for the two places
    # (P and Q bring their own statistic to any place), 8 reach 3 and all but one reach 1.5.
    tests = {"p": with_scaled("P", [3.0, 2.0, 1.0]), "q": with_scaled("Q", [1.5, 1.0, -4.0])}
    found = family_wise(tests, draws=40_000)
    assert found.to_dict() == pytest.approx({"p": 8 / 12, "q": 11 / 12}, abs=0.01)


def cells(seed, partners=3, outcomes=2, donors=5):
    rng = np.random.default_rng(seed)
    return {
        (partner, outcome): with_scaled(f"P{partner}", rng.standard_normal(1 + donors).round(1))
        for partner in range(partners)
        for outcome in range(outcomes)
    }


def exact_family(tests):
    """The adjusted p-values from every ordered draw of distinct units, one place after the other."""
    partners = sorted({test.treated for test in tests.values()})
    donors = next(iter(tests.values())).estimates.index[1:]

    def statistic(unit, cell):
        if unit in partners:
            return max(abs(test.estimates.loc[unit, "scaled"]) for test in tests.values() if test.treated == unit)
        return abs(tests[cell].estimates.loc[unit, "scaled"])

    largest = []
    for units in permutations([*donors, *partners], len(partners)):
        drawn = dict(zip(partners, units, strict=True))
        largest.append(max(statistic(drawn[test.treated], cell) for cell, test in tests.items()))
    own = {cell: abs(test.estimates.loc[test.treated, "scaled"]) for cell, test in tests.items()}
    return {cell: max(np.mean(np.array(largest) >= own[cell]), tests[cell].p_value()) for cell in tests}


@pytest.mark.parametrize("seed", [21, 22])
def test_several_cells_together_equal_the_enumeration_of_all_draws(seed):
    tests = cells(seed)
    found = family_wise(tests, draws=20_000, seed=seed)
    assert found.to_dict() == pytest.approx(exact_family(tests), abs=0.02)
    assert all(found[cell] >= test.p_value() for cell, test in tests.items())
    assert found.equals(family_wise(tests, draws=20_000, seed=seed))


@pytest.mark.parametrize("rank", [1, 3, 11])
def test_one_cell_alone_keeps_its_own_p_value(rank):
    test = with_scaled("T", [11.5 - rank, *np.arange(10.0, 0, -1)])
    assert test.p_value() == rank / 11
    assert family_wise({"only": test})["only"] == pytest.approx(rank / 11, abs=0.015)


def test_the_largest_placebos_give_each_partner_a_donor_of_its_own():
    # the same large donor can stand in for one partner only, so that it is drawn in 2 of 3 assignments
    tests = {name: with_scaled(name, [0.0, 9.0, 1.0, 1.0]) for name in "PQ"}
    assert (largest_placebos(tests, draws=20_000) == 9).mean() == pytest.approx(2 / 3, abs=0.015)
    with pytest.raises(DesignError, match="1 donors have all 2 cells, for 2 treated countries"):
        largest_placebos({name: with_scaled(name, [0.0, 1.0]) for name in "PQ"})


@pytest.mark.simulation
def test_the_chance_of_any_false_alarm_among_several_cells_is_within_the_level():
    # 60 units, 3 of them called treated, two correlated outcomes: 5% can be attained exactly, as 3 / 60
    rng, units, replications, alarms = np.random.default_rng(23), 60, 200, 0
    names = np.array([f"U{k:02d}" for k in range(units)])
    for seed in range(replications):
        one = rng.standard_normal(units)
        both = [one, 0.5 * one + rng.standard_normal(units)]
        frames = [pd.DataFrame({"scaled": values}, index=names) for values in both]
        tests = {
            (name, k): PlaceboTest(name, frame.drop([other for other in names[:3] if other != name]))
            for name in names[:3]
            for k, frame in enumerate(frames)
        }
        alarms += family_wise(tests, draws=399, seed=seed).min() <= 0.05
    assert alarms / replications <= 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / replications)


@pytest.mark.simulation
def test_size_under_a_true_null_for_small_middle_and_large_countries():
    # 40 units: 2 / 40 = 5% can be attained. The levels alone reject the large country far too often.
    replications, quantiles = 130, {"small": 0.1, "middle": 0.5, "large": 1.0}
    rng, donors = np.random.default_rng(24), country_means(39, 1.6)
    sizes = [np.quantile(donors, share) for share in quantiles.values()]
    rejected = {(size, name): 0 for size in quantiles for name in ("effect", "scaled", "change")}
    for _ in range(replications):
        drawn = counts(rng, np.append(donors, sizes), 36, dispersion=0.35, persistence=0.4)
        for k, size in enumerate(quantiles):
            outcome = table(drawn[[*range(39), 39 + k]])
            if not outcome.loc["T"].sum():
                continue
            test = placebo_test(outcome, start(outcome, 20), "T")
            for name in ("effect", "scaled", "change"):
                rejected[size, name] += test.p_value(name) <= 0.05
    rates = pd.Series(rejected) / replications
    margin = 3.3 * np.sqrt(0.05 * 0.95 / replications)
    assert rates.drop("effect", level=1).between(0.05 - margin, 0.05 + margin).all(), rates
    assert rates["large", "effect"] > 0.3, rates
    assert rates["small", "effect"] < 0.02, rates
