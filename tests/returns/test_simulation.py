"""The simulated panel agrees with the report, says that it is made up, and is what its script writes."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from lib import data
from lib.returns import panel, simulation
from lib.returns.panel import COUNTS

spec = importlib.util.spec_from_file_location("derive_panel", data.PACKAGE.parent / "derive_panel.py")
derive_panel = importlib.util.module_from_spec(spec)
spec.loader.exec_module(derive_panel)

# Table 1 of the report, section 3.2.2, and half of its last digit
TABLE_1 = {
    "processing_days": ({"MAR": -197, "IRQ": -51, "TUR": 59, "NGA": 97, "EGY": -78}, 0.5),
    "confirmations_given": ({"MAR": 17.5, "IRQ": 2.1, "EGY": 1.3}, 0.05),
    "laissez_passers_given": ({"MAR": 16.1, "IRQ": 1.5, "TUR": -0.8, "NGA": 2.3, "EGY": 1.0}, 0.05),
    "forced_departures": ({"MAR": 9.3, "NGA": 1.4}, 0.05),
}
STARTS = {"MAR": "2022-06", "TUR": "2022-10", "EGY": "2023-05", "NGA": "2023-05", "IRQ": "2024-07", "TUN": "2025-10"}


@pytest.fixture(scope="module")
def table():
    return data.load("return_panel")


def yearly(table, country=None):
    rows = table if country is None else table[table["country"] == country]
    return rows.groupby(rows["month"].dt.year)[list(COUNTS)].sum()


def regression(table, outcome):
    """Ordinary least squares with every dummy written out: no projection, no shortcut."""
    rows = table.dropna(subset=outcome)
    dummies = {code: (rows["country"] == code) & (rows["month"] >= start) for code, start in STARTS.items()}
    columns = pd.concat(
        [pd.DataFrame(dummies), pd.get_dummies(rows["country"]), pd.get_dummies(rows["month"]).iloc[:, 1:]], axis=1
    )
    design = columns.to_numpy(float)
    found = np.linalg.solve(design.T @ design, design.T @ rows[outcome].to_numpy(float))
    return dict(zip(STARTS, found, strict=False))


@pytest.mark.parametrize("outcome", TABLE_1)
def test_the_regression_of_the_report_gives_its_table_1(table, outcome):
    reported, rounding = TABLE_1[outcome]
    found = regression(table, outcome)
    assert {code: found[code] for code in reported} == pytest.approx(reported, abs=rounding)


def test_the_sums_of_the_text(table):
    sums = table[table["month"] >= "2022"].groupby("country")[list(COUNTS)].sum()
    assert sums.loc["MAR", ["laissez_passers_given", "forced_departures"]].tolist() == [693, 485]
    iraq = sums.loc["IRQ", ["laissez_passers_requested", "laissez_passers_given", "forced_departures"]]
    assert iraq.tolist() == [404, 23, 8]


def test_morocco_develops_as_the_report_describes_it(table):
    years = yearly(table, "MAR")
    departures = years.loc[2018:, ["forced_departures", "independent_supervised", "independent_unsupervised"]].sum()
    assert round(100 * departures["independent_unsupervised"] / departures.sum()) == 86
    forced = years["forced_departures"]
    assert forced[[2023, 2024]].min() > forced.drop([2023, 2024]).max()
    assert forced[2025] < 0.8 * forced[2024]
    supervised = table[table["country"] == "MAR"].set_index("month")["independent_supervised"]
    assert 1 < supervised["2022-06":].mean() / supervised[:"2022-05"].mean() < 1.25


def test_independent_departures_of_nigeria_peak_and_those_of_iraq_are_stable(table):
    nigeria = yearly(table, "NGA")["independent_supervised"]
    assert nigeria.idxmax() == 2023 and nigeria[2024] < 0.75 * nigeria[2023]
    assert yearly(table, "IRQ").loc[2019:, "independent_supervised"].nunique() == 1


def test_the_level_of_all_countries_together(table):
    years = yearly(table)
    assert years.loc[2016:2022, "forced_departures"].between(1550, 2760).all()
    assert (years["laissez_passers_given"] < years["confirmations_given"]).all()
    comparisons = table[~table["country"].isin(STARTS)]
    assert 1.5 < comparisons["laissez_passers_given"].mean() < 2
    departures = years[["forced_departures", "independent_supervised", "independent_unsupervised"]].sum()
    assert departures["independent_unsupervised"] / departures.sum() == pytest.approx(0.5, abs=0.05)


def test_it_is_a_whole_panel_that_fits_together(table):
    starts = panel.starts(data.load("partnership_starts"))
    pd.testing.assert_frame_equal(panel.check_panel(table, starts, data.load("countries")), table)
    assert table.groupby("country").size().to_dict() == dict.fromkeys(table["country"].unique(), 120)
    assert table["country"].nunique() == 81 and set(starts.index) < set(table["country"])
    assert table["processing_days"].notna().equals(table["confirmations_given"] > 0)
    assert table["processing_days"].min() > 0


def test_the_committed_file_is_what_the_script_writes():
    written = (data.PACKAGE.parent / "return_panel.csv").read_text(encoding="utf-8")
    assert derive_panel.text(derive_panel.SEED) == written


def test_the_catalogue_says_simulated_and_names_the_seed():
    found = data.describe("return_panel")
    assert found.status == "simulated" and "SIMULATED" in found.caveats[0]
    assert f"seed {derive_panel.SEED}" in data.resource("return_panel")["processing"]


def test_another_seed_gives_another_panel_that_agrees_as_well(table):
    other = simulation.panel(7)
    assert not other["forced_departures"].equals(table["forced_departures"])
    assert set(other["country"]) != set(table["country"])
    assert regression(other, "laissez_passers_given")["IRQ"] == pytest.approx(1.5, abs=0.05)
    pd.testing.assert_frame_equal(other, simulation.panel(7))


def test_a_seed_that_leaves_no_room_is_refused():
    with pytest.raises(
        simulation.SimulationError, match=r"seed 2003 cannot be calibrated; try another.*(IRQ|MAR) would"
    ):
        simulation.panel(2003)


def test_a_code_added_to_the_table_of_countries_moves_one_series_at_most(table, monkeypatch):
    load = data.load

    def more(name):
        rows = load(name)
        return pd.concat([rows, pd.DataFrame({"iso3": ["QQQ"], "name": ["New"]})]) if name == "countries" else rows

    monkeypatch.setattr(data, "load", more)
    assert len(set(table["country"]) - set(simulation.panel(derive_panel.SEED)["country"])) <= 1


def test_counts_have_the_moments_of_their_formula():
    mean, dispersion, persistence = 20.0, 0.5, 0.6
    drawn = simulation.counts(
        np.random.default_rng(1), np.full(4000, mean), 50, dispersion=dispersion, persistence=persistence
    )
    assert drawn.shape == (4000, 50) and drawn.min() >= 0
    # of a log-normal intensity: E λ² = μ² e^σ², E λ(t) λ(t+1) = μ² e^(ρσ²), with e^σ² = 1.5
    assert drawn.mean() == pytest.approx(20, rel=0.01)
    assert drawn.var() == pytest.approx(20 + 0.5 * 400, rel=0.03)
    covariance = np.mean((drawn[:, 1:] - mean) * (drawn[:, :-1] - mean))
    assert covariance == pytest.approx(400 * (1.5**0.6 - 1), rel=0.05)
    assert drawn[:, 0].var() == pytest.approx(drawn[:, -1].var(), rel=0.1)  # stationary from the first month on


def test_counts_without_dispersion_are_poisson_around_mean_times_factor():
    factor = np.array([1.0, 0.5, 2.0])
    drawn = simulation.counts(
        np.random.default_rng(1), np.full(40_000, 6.0), 3, dispersion=0.0, persistence=0.9, factor=factor
    )
    assert drawn.mean(axis=0) == pytest.approx([6, 3, 12], rel=0.02)
    assert drawn.var(axis=0) == pytest.approx([6, 3, 12], rel=0.04)


def test_country_means_span_two_orders_of_magnitude():
    means = simulation.country_means(76, 2.0)
    assert means.mean() == pytest.approx(2) and means.max() / means.min() == pytest.approx(100)
    assert np.diff(np.log(means)) == pytest.approx(np.log(100) / 75)


def test_the_common_level_dips_in_2020_and_2021_and_is_a_fifth_lower_from_mid_2024():
    level = pd.Series(simulation.common_factor(simulation.MONTHS), simulation.MONTHS)
    assert level["2020-06":"2021-12"].max() < level.drop(level["2020-03":"2021-12"].index).min()
    assert level["2024-07-01"] / level["2024-06-01"] == pytest.approx(0.8)
    assert level.groupby(level.index.year).nunique().max() <= 2  # no season
