"""Group-time effects: by hand, against diff_diff, and against the mean comparisons they are made of."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.effects.did import imputation
from lib.effects.grouptime import group_time
from lib.effects.twoway import DesignError

YEARS = pd.date_range("2003-01-01", periods=7, freq="YS")


def panel(seed, countries=60, treated=35, positions=(2, 4, 5), length=7):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(countries, length)).cumsum(axis=1) + rng.normal(size=(countries, 1))
    columns = pd.date_range("2003-01-01", periods=length, freq="YS")
    outcome = pd.DataFrame(values, [f"C{k:02d}" for k in range(countries)], columns)
    starts = {f"C{k:02d}": columns[positions[k % len(positions)]] for k in range(treated)}
    return outcome, pd.Series(starts)


def test_effects_and_means_by_hand():
    # group 1 starts in the second column, group 2 in the third; the never-treated gain 1 a year on average
    values = [[0, 3, 5, 7], [0, 5, 7, 9], [0, 2, 5, 8], [0, 0, 0, 0], [0, 2, 4, 6]]
    outcome = pd.DataFrame(values, list("ABCDE"), YEARS[:4])
    found = group_time(outcome, pd.Series({"A": YEARS[1], "B": YEARS[1], "C": YEARS[2]}))
    rows = found.effects.set_index(["start", "event"])
    assert rows["effect"].to_dict() == {
        (YEARS[1], 0): 3, (YEARS[1], 1): 4, (YEARS[1], 2): 5, (YEARS[2], -1): 1, (YEARS[2], 0): 2, (YEARS[2], 1): 4,
    }  # fmt: skip
    assert rows["countries"].tolist() == [2, 2, 2, 1, 1, 1]
    # A and B gain 3 and 5, D and E 0 and 2: each one off by one, over two
    assert rows.loc[(YEARS[1], 0), "se"] == pytest.approx(np.sqrt(4 * 0.5**2))
    assert found.aggregate("simple").loc["overall", "effect"] == pytest.approx((2 * (3 + 4 + 5) + 2 + 4) / 8)
    dynamic = found.aggregate("dynamic")["effect"]
    assert dynamic.drop("overall").to_dict() == pytest.approx({-1: 1, 0: 8 / 3, 1: 4, 2: 5})
    assert dynamic["overall"] == pytest.approx((8 / 3 + 4 + 5) / 3)
    by_group = found.aggregate("group")["effect"]
    assert by_group.tolist() == pytest.approx([(2 * 4 + 3) / 3, 4, 3])
    by_month = found.aggregate("calendar")["effect"]
    assert by_month.drop("overall").tolist() == pytest.approx([3, (2 * 4 + 2) / 3, (2 * 5 + 4) / 3])
    assert by_month["overall"] == pytest.approx(np.mean([3, 10 / 3, 14 / 3]))


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("not_yet", [False, True])
def test_effects_and_errors_are_diff_diffs(not_yet):
    from diff_diff import CallawaySantAnna

    outcome, starts = panel(1)
    rows = outcome.rename_axis(index="country", columns="month").stack().rename("y").reset_index()
    rows["t"] = outcome.columns.get_indexer(rows["month"]) + 1
    first = {country: outcome.columns.get_loc(start) + 1 for country, start in starts.items()}
    rows["g"] = rows["country"].map(first).fillna(0).astype(int)
    fit = CallawaySantAnna(
        control_group="not_yet_treated" if not_yet else "never_treated", estimation_method="reg"
    ).fit(rows, outcome="y", unit="country", time="t", first_treat="g", aggregate="all")
    found = group_time(outcome, starts, not_yet=not_yet)
    theirs = [(outcome.columns[g - 1], outcome.columns[t - 1], v["effect"], v["se"])
              for (g, t), v in fit.group_time_effects.items()]  # fmt: skip
    theirs = pd.DataFrame(theirs, columns=["start", "month", "effect", "se"]).sort_values(["start", "month"])
    ours = found.effects[["start", "month", "effect", "se"]]
    pd.testing.assert_frame_equal(ours, theirs.reset_index(drop=True), check_dtype=False)
    simple = found.aggregate("simple").loc["overall"]
    assert simple.tolist() == pytest.approx([fit.overall_att, fit.overall_se])
    for kind, them in (("dynamic", fit.event_study_effects), ("group", fit.group_effects)):
        mine = found.aggregate(kind).drop("overall")
        assert mine["effect"].tolist() == pytest.approx([row["effect"] for row in them.values()]), kind
        assert mine["se"].tolist() == pytest.approx([row["se"] for row in them.values()]), kind


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6), st.floats(-50, 50))
def test_levels_and_common_changes_do_not_matter_and_a_shift_is_the_effect(seed, shift):
    outcome, starts = panel(seed, countries=12, treated=7)
    found = group_time(outcome, starts)
    rng = np.random.default_rng(seed)
    moved = outcome.add(rng.normal(0, 9, 12), axis=0) + rng.normal(0, 9, 7)
    moved = moved.mask(outcome.columns.to_numpy() >= starts.reindex(outcome.index).to_numpy()[:, None], moved + shift)
    again = group_time(moved, starts)
    after = found.effects["event"] >= 0
    np.testing.assert_allclose(again.effects["effect"], found.effects["effect"] + shift * after, atol=1e-9)
    for kind in ("simple", "dynamic", "group", "calendar"):
        one, other = found.aggregate(kind), again.aggregate(kind)
        np.testing.assert_allclose(other.loc["overall", "effect"], one.loc["overall", "effect"] + shift, atol=1e-9)
        np.testing.assert_allclose(other["se"], one["se"], atol=1e-9)


def test_with_two_columns_it_is_imputation():
    outcome, starts = panel(2, positions=(1,), length=2)
    assert group_time(outcome, starts).aggregate("simple").loc["overall", "effect"] == pytest.approx(
        imputation(outcome, starts)["effect"].mean()
    )


def test_the_error_of_the_mean_allows_for_shares():
    # all groups' effects alike: shares do not matter, and the mean's error is that of its parts; else it is larger
    outcome, starts = panel(3)
    found = group_time(outcome, starts)
    after = (found.effects["event"] >= 0).to_numpy()
    share = found.share[found.effects.loc[after, "start"]].to_numpy()
    fixed = np.linalg.norm(found.influence[:, after] @ share / share.sum())
    shifted = outcome.copy()
    late = starts.index[starts == starts.max()]
    shifted.loc[late, outcome.columns >= starts.max()] += 40
    assert group_time(shifted, starts).aggregate("simple").loc["overall", "se"] > 2 * fixed


def test_without_never_treated_those_not_yet_treated_are_there():
    outcome, starts = panel(4, countries=9, treated=9)
    with pytest.raises(DesignError, match=r"compare with those not treated yet \(not_yet=True\)"):
        group_time(outcome, starts)
    found = group_time(outcome, starts, not_yet=True).effects
    assert found["month"].max() < starts.max()
    with pytest.raises(DesignError, match="no country is left to compare with in any month"):
        group_time(outcome, pd.Series(YEARS[1], outcome.index), not_yet=True)


def test_gaps_are_refused():
    outcome, starts = panel(5)
    outcome.iloc[4, 4] = np.nan
    with pytest.raises(DesignError, match="C04 lacks a month"):
        group_time(outcome, starts)
