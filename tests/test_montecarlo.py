"""The committed Monte Carlo tables against a small part of what made them."""

import subprocess

import joblib
import numpy as np
import pytest
from scipy import stats

from lib import data
from lib.returns import size, thresholds
from lib.returns.size import QUANTILES
from steps import montecarlo

pytestmark = pytest.mark.simulation

CELL = ["countries", "size", "quantity"]
KEY = ["country", "outcome", "inference", "scenario"]


def beside(again, committed, key):
    return again.merge(committed, on=key, suffixes=("", "_committed")).set_index(key)


@pytest.fixture(scope="module")
def sizes():
    """One batch of one cell, made again beside the committed 1,000 replications."""
    with joblib.parallel_config("sequential"):
        again = montecarlo.size_table([(76, "large")], size.BATCH)
    committed = data.load("monte_carlo_size")
    return beside(again, committed, CELL).loc[(76, "large")]


@pytest.fixture(scope="module")
def limits():
    """The thresholds of two seeds of the committed hundred, beside those of all."""
    with joblib.parallel_config("sequential"):
        again = montecarlo.table1_thresholds(2)
    return beside(again, data.load("monte_carlo_table1"), KEY)


def test_the_tables_hold_every_cell_once():
    rates = data.load("monte_carlo_size")
    assert rates.groupby(["countries", "size"]).size().to_dict() == dict.fromkeys(montecarlo.CELLS, 10)
    assert not rates.duplicated(CELL).any() and set(rates["replications"]) == {montecarlo.REPLICATIONS}
    found, table1 = data.load("monte_carlo_table1"), data.load("report_return_effects")
    assert len(found) == len(table1) * 3 * len(thresholds.SCENARIOS) and not found.duplicated(KEY).any()
    assert set(found["country"]) == set(table1["country"]) and set(found["scenario"]) == set(thresholds.SCENARIOS)
    assert found["panels"].between(montecarlo.PANELS / 2, montecarlo.PANELS).all()
    assert (found["low"].le(found["median"]) & found["median"].le(found["high"]) & found["low"].gt(0)).all()
    assert set(rates["size"]) == set(QUANTILES)


def test_a_batch_made_again_rejects_and_covers_as_often_as_the_table_says(sizes):
    rates = sizes.drop("se_ratio")
    assert len(rates) == 9 and (rates["replications"] == size.BATCH).all()
    # a rate of none in 1,000 is still one of up to some in a thousand
    expected = rates["value_committed"].clip(0.002, 0.998)
    odds = [
        stats.binomtest(round(value * size.BATCH), size.BATCH, p).pvalue
        for value, p in zip(rates["value"], expected, strict=True)
    ]
    assert min(odds) > 0.001, rates.assign(p=odds).to_string()


def test_a_batch_made_again_has_the_same_clustered_error_too_small_by_an_order_of_magnitude(sizes):
    again, committed = sizes.loc["se_ratio", ["value", "value_committed"]].astype(float)
    assert committed < 0.1
    assert again == pytest.approx(committed, rel=0.5)  # a standard deviation from fifty draws with heavy tails


def test_thresholds_made_again_lie_in_the_committed_range(limits):
    assert len(limits) == len(data.load("monte_carlo_table1")) and limits.notna().all(axis=None)
    least, most = limits["low_committed"], limits["high_committed"]
    inside = np.r_[limits["low"].between(least, most), limits["high"].between(least, most)]
    assert inside.mean() > 0.75  # nine in ten if cells were independent; those of one panel are not
    # two seeds may lie beyond the outer five percent, but not by much; of all cells together, whose thresholds are
    # the ends of a distribution on a log scale, the middle of the two
    together = limits.index.get_level_values("inference") == "family"
    low, high = (limits[end].where(~together, limits["median"]) for end in ("low", "high"))
    assert (low > least / 2).all() and (high < most * 2).all()


@pytest.mark.parametrize("inference", ["clustered", "placebo"])
def test_thresholds_made_again_are_on_average_the_committed_ones(limits, inference):
    rows = limits.xs(inference, level="inference")
    off = np.log(rows["median"] / rows["median_committed"]).groupby("scenario").mean()
    assert off.abs().max() < 0.2, off.to_dict()


def test_make_knows_how_to_repeat_the_simulations():
    dry = subprocess.run(
        ["make", "-n", "montecarlo"], cwd=montecarlo.DATA.parent, capture_output=True, text=True, check=False
    )
    assert dry.returncode == 0, dry.stderr
    assert "-m steps.montecarlo" in dry.stdout
    for name in ("monte_carlo_size", "monte_carlo_table1", "monte_carlo_designs", "monte_carlo_honest"):
        assert "make montecarlo" in data.resource(name)["processing"]
