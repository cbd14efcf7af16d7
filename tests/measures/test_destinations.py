"""Inference for one treated destination: the estimate is OLS, the p-value is exact."""

import numpy as np
import pandas as pd
import pytest

from lib import data
from lib.effects.placebo import PlaceboTest
from lib.measures import destinations
from lib.measures.destinations import pooled, relative_changes


def panel(rng, destinations="ABCDEF", citizenships="WXYZ", years=range(2015, 2021), noise=0.3):
    """Log applicants: pair, origin-year and destination-year effects plus independent noise."""
    pair = {(d, c): rng.normal(6, 1) for d in destinations for c in citizenships}
    origin_year = {(c, y): rng.normal(0, 1) for c in citizenships for y in years}
    destination_year = {(d, y): rng.normal(0, 1) for d in destinations for y in years}
    rows = [
        (d, c, y, np.exp(pair[d, c] + origin_year[c, y] + destination_year[d, y] + rng.normal(0, noise)))
        for d in destinations
        for c in citizenships
        for y in years
    ]
    return pd.DataFrame(rows, columns=["destination", "citizenship", "year", "applicants"])


def full_ols(rows, origin, place, start):
    """Estimate and pre-period noise by least squares with every dummy written out."""
    dummies = [
        pd.get_dummies(rows["destination"] + "|" + rows["citizenship"]),
        pd.get_dummies(rows["citizenship"] + "|" + rows["year"].astype(str)),
        pd.get_dummies(rows["destination"] + "|" + rows["year"].astype(str)),
    ]
    mine = (rows["citizenship"] == origin) & (rows["destination"] == place)
    after = rows["year"] >= start
    x = np.column_stack([(mine & after).to_numpy(float), *(block.to_numpy(float) for block in dummies)])
    y = np.log(rows["applicants"].to_numpy())
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    residuals = y - x @ coefficients
    return coefficients[0], residuals[(mine & ~after).to_numpy()].std(ddof=1)


@pytest.mark.parametrize("balanced", [True, False])
def test_estimates_are_ordinary_least_squares(balanced):
    rows = panel(np.random.default_rng(1))
    if not balanced:
        rows = rows.sample(frac=0.85, random_state=2).sort_index().reset_index(drop=True)
    found = relative_changes(rows, "W", 2018)
    for place in found.index:
        estimate, noise = full_ols(rows, "W", place, 2018)
        assert found.loc[place, "estimate"] == pytest.approx(estimate, abs=1e-6)
        assert found.loc[place, "noise"] == pytest.approx(noise, abs=1e-6)
        assert found.loc[place, "scaled"] == pytest.approx(estimate / noise, rel=1e-5)


def test_estimate_agrees_with_linearmodels():
    from linearmodels.iv.absorbing import AbsorbingLS

    rows = panel(np.random.default_rng(3)).sample(frac=0.9, random_state=4).sort_index().reset_index(drop=True)
    treated = (rows["citizenship"] == "W") & (rows["destination"] == "A") & (rows["year"] >= 2018)
    keys = [("destination", "citizenship"), ("citizenship", "year"), ("destination", "year")]
    absorb = pd.DataFrame(
        {str(k): pd.Categorical(rows[a].astype(str) + "|" + rows[b].astype(str)) for k, (a, b) in enumerate(keys)}
    )
    fit = AbsorbingLS(np.log(rows["applicants"]), treated.astype(float).to_frame("treated"), absorb=absorb).fit()
    assert relative_changes(rows, "W", 2018).loc["A", "estimate"] == pytest.approx(fit.params["treated"], abs=1e-6)


def test_balanced_estimate_by_hand():
    # two destinations, two origins, two years before and one after: the triple difference of log 8 and log 1
    rows = pd.DataFrame(
        [
            (d, c, y, 8.0 if (d, c, y) == ("A", "W", 2017) else 1.0)
            for d in "AB"
            for c in "WX"
            for y in (2015, 2016, 2017)
        ],
        columns=["destination", "citizenship", "year", "applicants"],
    )
    found = relative_changes(rows, "W", 2017)
    assert found["estimate"].to_dict() == pytest.approx({"A": np.log(8), "B": -np.log(8)})
    assert found["years"].tolist() == [1, 1]


def test_a_planted_effect_is_found():
    rows = panel(np.random.default_rng(5), destinations="ABCDEFGHIJK", noise=0.05)
    treated = (rows["destination"] == "C") & (rows["citizenship"] == "W") & (rows["year"] >= 2018)
    rows.loc[treated, "applicants"] *= np.exp(-1.0)
    found = relative_changes(rows, "W", 2018)
    assert found.loc["C", "estimate"] == pytest.approx(-1.0, abs=0.15)
    assert PlaceboTest("C", found).p_value("estimate") == pytest.approx(1 / 11)
    assert PlaceboTest("D", found).p_value("estimate") > 1 / 11


def test_effects_do_not_depend_on_scale_or_common_shocks():
    rows = panel(np.random.default_rng(6))
    found = relative_changes(rows, "W", 2018)
    shocked = rows.copy()
    shocked["applicants"] *= 10
    shocked.loc[(rows["citizenship"] == "W") & (rows["year"] == 2019), "applicants"] *= 5
    shocked.loc[(rows["destination"] == "A") & (rows["year"] == 2018), "applicants"] *= 3
    pd.testing.assert_frame_equal(relative_changes(shocked, "W", 2018), found, atol=1e-6, rtol=1e-5)


def test_row_order_does_not_matter():
    rows = panel(np.random.default_rng(7))
    mixed = rows.sample(frac=1, random_state=8)
    pd.testing.assert_frame_equal(relative_changes(mixed, "W", 2018), relative_changes(rows, "W", 2018), rtol=1e-5)


def test_dropped_years_are_those_of_the_origin_only():
    rows = panel(np.random.default_rng(9))
    found = relative_changes(rows, "W", 2018, drop_years=(2017,))
    by_hand = rows[~((rows["citizenship"] == "W") & (rows["year"] == 2017))].reset_index(drop=True)
    assert found.loc["A", "estimate"] == pytest.approx(full_ols(by_hand, "W", "A", 2018)[0], abs=1e-6)
    assert (found["years"] == 3).all()


def test_destinations_without_a_before_or_an_after_are_left_out():
    rows = panel(np.random.default_rng(10))
    of_origin, before = rows["citizenship"] == "W", rows["year"] < 2018
    gone = (rows["destination"] == "A") & before | (rows["destination"] == "B") & ~before
    rows = rows[~(of_origin & gone)]
    assert relative_changes(rows, "W", 2018).index.tolist() == ["C", "D", "E", "F"]


@pytest.mark.parametrize("origin, start", [("W", 2015), ("W", 2021), ("Q", 2018)])
def test_no_destination_before_and_after_is_an_error(origin, start):
    with pytest.raises(ValueError, match=f"0 destinations have applicants from {origin} in two years before {start}"):
        relative_changes(panel(np.random.default_rng(11)), origin, start)


def test_zero_applicants_are_refused():
    rows = panel(np.random.default_rng(12))
    rows.loc[rows.index[3], "applicants"] = 0
    with pytest.raises(ValueError, match="above zero"):
        relative_changes(rows, "W", 2018)


def test_p_value_is_the_rank_among_all_destinations():
    scaled = [0.5, -3.0, 2.0, 1.0]
    frame = pd.DataFrame({"estimate": scaled[::-1], "scaled": scaled}, index=list("ABCD"))
    assert [PlaceboTest(place, frame).p_value() for place in "ABCD"] == [1.0, 0.25, 0.5, 0.75]
    assert PlaceboTest("C", frame).p_value("estimate") == 0.25
    assert PlaceboTest("A", frame).smallest_p == 0.25


def test_ties_count_against_the_treated():
    frame = pd.DataFrame({"scaled": [2.0, -2.0, 1.0, 0.0]}, index=list("ABCD"))
    assert PlaceboTest("A", frame).p_value() == PlaceboTest("B", frame).p_value() == 0.5


def test_an_unknown_treated_destination_is_an_error():
    with pytest.raises(KeyError):
        PlaceboTest("Z", pd.DataFrame({"scaled": [1.0]}, index=["A"])).p_value()


@pytest.mark.simulation
def test_size_of_the_placebo_test():
    # with 6 exchangeable destinations, one of them is the most extreme in one sixth of all draws
    rng = np.random.default_rng(2026)
    draws = 300
    tests = [PlaceboTest("A", relative_changes(panel(rng), "W", 2018)) for _ in range(draws)]
    margin = 3.3 * np.sqrt(1 / 6 * 5 / 6 / draws)
    for statistic in ("scaled", "estimate"):
        rejected = np.mean([test.p_value(statistic) <= test.smallest_p for test in tests])
        assert abs(rejected - 1 / 6) <= margin, statistic


def test_residualise_takes_out_group_means():
    groups = pd.Series(list("aabbcc"))
    values = np.array([1.0, 3.0, 10.0, 20.0, 5.0, 5.0])[:, None]
    assert destinations.residualise(values, groups)[:, 0].tolist() == pytest.approx([-1, 1, -5, 5, 0, 0])


def test_pooled_is_the_mean_over_origins_that_a_destination_has_all_of():
    one = pd.DataFrame({"estimate": [1.0, 2.0], "noise": [1.0, 1.0], "scaled": [3.0, 4.0]}, index=["A", "B"])
    two = pd.DataFrame({"estimate": [3.0, 9.0], "noise": [1.0, 1.0], "scaled": [5.0, 9.0]}, index=["A", "C"])
    one.index.name = two.index.name = "destination"
    found = pooled([one, two])
    assert found.index.tolist() == ["A"]
    assert found.loc["A"].to_dict() == {"estimate": 2.0, "scaled": 4.0}
    pd.testing.assert_frame_equal(pooled([one]), one[["estimate", "scaled"]])


def test_packaged_panel_has_eleven_destinations_for_each_partner():
    rows = data.load("asylum_destination_year")
    rows = rows[rows["applicants"] > 0]
    found = relative_changes(rows, "MAR", 2022, drop_years=(2022,))
    assert PlaceboTest("NLD", found).smallest_p == pytest.approx(1 / len(found))
    assert 1 / len(found) <= PlaceboTest("NLD", found).p_value() <= 1
    assert np.isfinite(found[["estimate", "scaled"]]).all(axis=None)
