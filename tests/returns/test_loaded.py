"""What is found in a loaded panel: a small one made by hand, whose means, totals and effects are known."""

import numpy as np
import pandas as pd
import pytest

from lib.data import Provenance
from lib.returns import choices, loaded, pairs, panel, standing, targets
from lib.returns.panel import PanelError
from lib.returns.reported import OUTCOMES, PARTNERS, Table1

MONTHS = pd.date_range("2016-01", "2025-12", freq="MS")
STARTS = pd.to_datetime(
    pd.Series({"EGY": "2023-05", "IRQ": "2024-07", "MAR": "2022-06", "NGA": "2023-05", "TUR": "2022-10"})
)
DONORS = tuple(f"C{number:02}" for number in range(30))


def made():
    """Departures: 4 a month and some noise; to Morocco 4 before its start and 24 from it on. Documents: twice as many.

    Half of the confirmations asked for are given; of those asked of Morocco, a quarter before its start.
    """
    rng, rows = np.random.default_rng(5), []
    after = pd.Series(STARTS["MAR"] <= MONTHS)
    for country in (*PARTNERS, *DONORS):
        departures = after.map({False: 4, True: 24}) if country == "MAR" else rng.poisson(4.0, len(MONTHS))
        asked = 4 * rng.integers(1, 6, len(MONTHS))
        given = asked // after.map({False: 4, True: 2}) if country == "MAR" else asked // 2
        counts = {
            "processing_days": rng.integers(20, 40, len(MONTHS)).astype(float), "confirmations_requested": asked,
            "confirmations_given": given, "laissez_passers_requested": 3 * departures,
            "laissez_passers_given": 2 * departures, "forced_departures": departures, "independent_supervised": 5,
            "independent_unsupervised": 10,
        }  # fmt: skip
        rows.append(pd.DataFrame({"country": country, "month": MONTHS} | counts))
    table = pd.concat(rows, ignore_index=True)
    nigeria = (table["country"] == "NGA") & (table["month"].dt.year == 2023)
    table.loc[nigeria, "independent_supervised"] = 9
    return table


@pytest.fixture(scope="module")
def held():
    return loaded.Loaded(made(), STARTS)


def test_a_panel_without_a_partner_of_table_1_is_refused_by_its_name():
    with pytest.raises(PanelError, match="no rows for EGY, NGA; this chapter needs the five countries of Table 1"):
        loaded.Loaded(made().query("country not in ['NGA', 'EGY']"), STARTS)


def test_means_totals_and_who_is_compared(held):
    assert held.around("MAR", "forced_departures") == (4.0, 24.0)
    assert held.total("MAR", "forced_departures") == 5 * 4 + 43 * 24  # from 2022 to 2025
    assert list(held.donors) == sorted(DONORS) and held.against("forced_departures", "MAR")[0].index[-1] == "MAR"
    means = held.smoothed("MAR", {"forced_departures": "Forced"}).set_index("month")["people"]
    assert means[pd.Timestamp("2022-06-01")] == (11 * 4 + 24) / 12 and means.index[0] == pd.Timestamp("2016-12-01")


def test_what_the_regression_has_in_a_cell(held):
    cells = pd.Series({("MAR", "forced_departures"): 20.0, ("EGY", "confirmations_given"): np.nan})
    found = held.found(cells)
    assert found["MAR", "forced_departures"] == pytest.approx(20, abs=0.5)
    assert found["EGY", "confirmations_given"] in ("rise", "fall", "none shown")
    printed = pd.Series({("MAR", "forced_departures"): np.nan, ("TUR", "forced_departures"): 1.0})
    assert held.found(printed)["MAR", "forced_departures"] == "rise" and held.false_cells(printed) == "1 of 1"


def test_claims_on_table_1_and_beside_it(held):
    cells = pd.Series({("MAR", "forced_departures"): 20.0, ("TUR", "processing_days"): 1.0})
    claims = held.table_claims(cells)
    assert {"return-table-morocco-departures", "return-table-turkiye-time"} < set(claims)
    assert claims["return-ratio-morocco"] == "rise" and claims["return-ratio-others"] == "not substantial"
    assert (claims["return-nigeria-independent-peak"], claims["return-nigeria-independent-after"]) == (2023, "stable")
    assert claims["return-parallel-trends"] == "yes"


def test_claims_on_iraq_and_on_morocco(held):
    departures = held.total("IRQ", "forced_departures")
    assert held.iraq_claims() == {
        "return-iraq-independent-stable": "stable", "return-iraq-requested": 3 * departures,
        "return-iraq-issued": 2 * departures, "return-iraq-forced": departures,
    }  # fmt: skip
    claims = held.morocco_claims()
    assert claims["return-morocco-extra-found"] == "rise" and claims["return-morocco-2025-lower"] == "none"
    assert claims["return-morocco-more-since-start"] == "fall"  # those who left by themselves are as many as before
    assert claims["return-morocco-voluntary-rise"] == "fall"
    forced = 4 * 53 + 24 * 43
    assert claims["return-morocco-unsupervised"] == pytest.approx(100 * 960 / (960 + 480 + forced))


@pytest.mark.parametrize("after, word", [(10.9, "stable"), (11.1, "rise"), (8.9, "fall")])
def test_a_change_within_the_bound_has_a_word_of_its_own(after, word):
    assert loaded.changed(10, after, 0.10, "stable") == word


def test_names_of_claims_and_titles_that_say_simulated():
    assert loaded.cell_claim("TUR", "laissez_passers_given") == "return-table-turkiye-laissez-passers"
    simulated, own = (
        Provenance("a", "A", "us", "CC0", "2026", status, None, ()) for status in ("simulated", "own file")
    )
    assert loaded.titled("a rise", simulated) == "Simulated data: a rise"
    assert loaded.titled("a rise", own) == "A rise"


def test_three_estimators_find_the_step_and_lie_close_together(held):
    found = held.estimates(["forced_departures"])
    morocco = found[found["country"] == "MAR"].set_index("estimator")
    assert morocco["effect"].between(18, 22).all() and (morocco["low"] < 20).all() and (morocco["high"] > 20).all()
    assert len(found) == 15 and loaded.spread(found)["MAR"] < 1
    apart = pd.DataFrame({"country": ["A", "A", "B"], "outcome_name": "x", "effect": [1.0, 3.5, 2.0]})
    assert loaded.spread(apart).to_dict() == {"A": 2.5, "B": 0.0}


def test_a_path_by_year_has_its_reference_and_is_told_with_intervals(held):
    path = held.path("MAR").query("outcome_name == 'Forced departures'").set_index("bin")["effect"]
    assert path[-1] == 0 and path.loc[:-2].abs().max() < 2 and (path.loc[0:] > 15).all()
    told = held.path_told("MAR").set_index("Years from the start")
    before = told.at["\N{MINUS SIGN}1", "Forced departures"]
    assert before == "0, the reference" and " to " in told.at["0", "Forced departures"]


DETECTABLE = pd.DataFrame(
    [("MAR", 6, 3.0), ("MAR", 12, 2.0), ("MAR", 24, 2.5), ("MAR", 60, 1.0), ("EGY", 6, 9.0), ("EGY", 60, 4.0)],
    columns=["country", "months_after", "effect"],
).assign(outcome="forced_departures")
DETECTABLE["confirmed_from"] = [3.0, 2.5, 2.5, 1.0, 9.0, 4.0]


def test_the_horizon_next_to_the_months_of_a_partnership_and_the_wait_for_a_target():
    assert targets.at_months(DETECTABLE, pd.Series({"MAR": 20, "EGY": 40})).to_dict() == {"MAR": 2.5, "EGY": 4.0}
    assert targets.waits(DETECTABLE, 2.5).fillna(-1).to_dict() == {"MAR": 12, "EGY": -1}
    assert targets.waits(DETECTABLE, 2.0)["MAR"] == 60  # what 12 months could confirm, 24 lose again


def test_detectable_rises_of_the_panel_fall_with_time_and_are_told(held):
    names = pd.Series({"EGY": "Egypt", "IRQ": "Iraq", "MAR": "Morocco", "NGA": "Nigeria", "TUR": "Türkiye"})
    found = targets.detectable(held, names)
    forced = found[(found["outcome"] == "forced_departures") & (found["country"] == "EGY")].set_index("months_after")
    assert len(found) == 3 * 5 * 8 and forced.at[6, "effect"] > forced.at[48, "effect"] > 0
    assert forced["confirmed_from"].is_monotonic_decreasing
    effects = pd.DataFrame({"forced_departures": [np.nan, 9.0]}, index=["EGY", "MAR"])
    printed = Table1(effects, pd.Series(dict.fromkeys(PARTNERS, 24)))
    words = targets.rises_in_words(held, found, printed, iraq=96, panel="this panel")
    assert words["missed"].startswith("Egypt ") and ";" not in words["missed"] and words["iraq_per_month"] == "2.0"
    assert words["looks_words"].startswith("On this panel, Morocco's departures pass it after ")


def test_rounding_hides_what_is_below_five_and_bounds_the_effect(held):
    low = held.outcomes["forced_departures"].loc[[*PARTNERS]] < 5
    assert (
        targets.hidden(held)["partners"] == pytest.approx(low.to_numpy().mean()) and targets.hidden(held)["years"] == 0
    )
    found = targets.rounded(held, ["forced_departures"])
    errors = found.set_index("country")[["exact", "low", "high"]].loc["MAR"]
    # 24 is published as 20; 4 is left out, and then 0 or 4, among others that are rounded too
    assert errors["exact"] == pytest.approx(20, abs=0.5)
    assert targets.missed(found)["MAR"] == pytest.approx((errors[["low", "high"]] - errors["exact"]).abs().max())
    small = pd.DataFrame({"country": ["A", "A"], "exact": [1.0, 2.0], "low": [0.5, 2.0], "high": [1.2, 3.5]})
    assert targets.missed(small).to_dict() == {"A": 1.5}


def test_a_bend_holds_while_the_interval_excludes_zero():
    found = pd.DataFrame(
        {"outcome": ["a", "a", "a", "b"], "bend": [0.0, 0.5, 1.0, 0.0], "low": [3.0, 1.0, -1.0, -2.0], "high": 9.0}
    )
    assert choices.holds(found) == {"a": "0.5"}


def test_a_large_step_withstands_the_start_the_comparison_and_the_trend(held):
    found = choices.moved(held, "MAR").set_index(["comparison", "shift"])
    assert found.at[("all never-treated", 0), "effect"] == pytest.approx(20, abs=3) and len(found) == 15
    bent = choices.bends(held, "MAR").query("outcome == 'forced_departures'").set_index("bend")
    width = bent["high"] - bent["low"]
    assert width.is_monotonic_increasing and bent.at[0.0, "low"] > 0
    told = choices.tried(held, "MAR", "Morocco").set_index("what")
    assert told.at["Nothing else", "p"] == number_of(1, 1 + len(DONORS)) and told.at["By 4", "p"] == ""
    assert "times" in told.at["Nothing else", "found"] and len(told) == 12


PRINTED = pd.DataFrame(
    [(country, country.title(), outcome, np.nan) for country in PARTNERS for outcome in OUTCOMES],
    columns=["country", "name", "outcome", "effect"],
)


def test_twenty_cells_are_judged_by_their_rank_among_those_without_a_partnership():
    returns = made()
    late = (returns["country"] == "EGY") & (returns["month"] >= STARTS["EGY"])
    returns.loc[late, "processing_days"] = np.nan
    printed = PRINTED.set_index(["country", "outcome"])
    printed.loc[("MAR", "forced_departures"), "effect"] = 20.0
    printed.loc[("MAR", "laissez_passers_given"), "effect"] = -5.0
    printed.loc[("EGY", "forced_departures"), "effect"] = 3.0
    held = loaded.Loaded(returns, STARTS)
    rows = standing.standing(held, printed.reset_index())
    assert list(zip(rows["country"], rows["outcome"], strict=True)) == list(printed.index)
    found = rows.set_index(["country", "outcome"])
    departures = found.loc[("MAR", "forced_departures")]
    # from 4 to 24 where the thirty others stay at 4: the first of 31, and with five partners at least 5 of 35
    assert departures["p"] == 1 / 31 and departures["p_family"] >= 5 / 35
    assert departures["estimate"] == pytest.approx(20, abs=1.5)
    assert 0 < departures["low"] < 20 < departures["high"]
    assert departures["verdict"] == standing.STANDS
    assert found.at[("MAR", "laissez_passers_given"), "estimate"] == pytest.approx(40, abs=3)
    assert found.at[("MAR", "laissez_passers_given"), "verdict"] == standing.TURNED
    assert found.at[("MAR", "confirmations_given"), "verdict"] == standing.MORE  # a share that doubles
    assert found.at[("EGY", "forced_departures"), "verdict"] == standing.FALLS  # nothing was put in
    egypt = found.loc[("EGY", "processing_days")]
    assert egypt["verdict"] == standing.UNTESTED and egypt[["estimate", "low", "high", "p", "p_family"]].isna().all()
    table = standing.told(rows).set_index("Cell")
    assert table.at["Mar: forced departures", "p"] == "0.032" and table.at["Egy: days to confirm", "p"] == ""
    assert table.at["Tur: forced departures", "The report"] == "no effect" and len(table) == 20
    words = standing.in_words(rows, held)
    assert (words["stand"], words["stand_of"], words["stand_firmly"], words["stand_names"]) == (1, 3, 0, "none")
    assert (words["stand_not"], words["stand_turned"], words["stand_untested"]) == (1, 1, 1)
    assert words["stand_without"] == 17 and words["stand_floor"] == "11.76%"  # days have four partners: 4 of 34


def test_days_are_told_as_days_and_by_their_scaled_difference(held):
    found = standing.standing(held, PRINTED).set_index(["country", "outcome"]).loc[("TUR", "processing_days")]
    days = held.outcomes["processing_days"]
    after = days.columns >= STARTS["TUR"]
    change = days.loc[:, after].mean(axis=1) - days.loc[:, ~after].mean(axis=1)
    # the difference in differences, by hand: every country has all months
    assert found["estimate"] == pytest.approx(change["TUR"] - change[[*DONORS]].mean())
    assert found["high"] - found["estimate"] == pytest.approx(found["estimate"] - found["low"])
    assert found["p"] * 31 == pytest.approx(round(found["p"] * 31))


@pytest.mark.parametrize(
    ("printed", "estimate", "p", "p_family", "said"),
    [
        (9.3, 9.1, 0.013, 0.0625, standing.FIRM),
        (9.3, 9.1, 0.05, 0.101, standing.STANDS),
        (9.3, 9.1, 0.051, 0.09, standing.FALLS),
        (-9.3, 9.1, 0.013, 0.06, standing.TURNED),
        (np.nan, 9.1, 0.013, 0.06, standing.MORE),
        (np.nan, 9.1, 0.4, 0.9, standing.NONE),
        (9.3, np.nan, np.nan, np.nan, standing.UNTESTED),
    ],
)
def test_what_a_test_says_of_a_printed_cell(printed, estimate, p, p_family, said):
    assert standing.verdict(printed, estimate, p, p_family) == said


def test_an_interval_without_an_end_says_so():
    row = (*PRINTED.iloc[1], 1.25, -np.inf, 7.0, 0.4, 1.0, standing.NONE)
    columns = [*PRINTED.columns, "estimate", "low", "high", "p", "p_family", "verdict"]
    [line] = standing.told(pd.DataFrame([row], columns=columns)).to_numpy().tolist()
    assert line[4:7] == ["no bound to 7.0", "0.400", "1.000"]


def number_of(k, n):
    return f"{k / n:.3f}"


def test_what_a_comparison_of_pairs_leaves_out_and_where_its_pair_stands():
    class Test:
        units = pd.MultiIndex.from_tuples([("DE", "MA"), ("FR", "MA"), ("NL", "MA")])
        gaps, cut = (), ("2025-Q2",)

        def statistics(self):
            return np.array([[0.1, -0.5, 2.0]])

        def rank(self):
            return 1, 3

    assert pairs.rows(Test()).iloc[-1].to_dict() == {"pair": "NL to MA", "change": 2.0}
    assert pairs.rank(Test()) == "1 of 3"
    assert pairs.left_out(Test()) == (
        "the quarter of the start, other Dutch partners, the newest quarters that too many lack (2025-Q2)"
    )


def test_the_made_panel_is_one_that_the_checks_let_through():
    codes = pd.DataFrame({"iso3": [*PARTNERS, *DONORS]})
    assert len(panel.check_panel(made(), STARTS, codes)) == len(made())


def test_a_partner_without_a_case_before_its_start_has_no_smallest_rise_and_the_others_keep_theirs(held):
    names = pd.Series({code: code for code in loaded.PARTNERS})
    silent = made()
    before = (silent["country"] == "EGY") & (silent["month"] < STARTS["EGY"])
    silent.loc[before, list(loaded.COUNTS)] = 0
    found, whole = (targets.detectable(one, names) for one in (loaded.Loaded(silent, STARTS), held))
    others = found["country"] != "EGY"
    assert found.loc[~others, "effect"].isna().all() and found.loc[others, "effect"].notna().all()
    pd.testing.assert_frame_equal(found[others], whole[others])
    assert targets.known(12.34, 1) == "12.3" and "no case before the start" in targets.known(float("nan"))
