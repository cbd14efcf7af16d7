"""The worlds of the Monte Carlo: what they draw, and that the committed table comes out of them again."""

import numpy as np
import pandas as pd
import pytest

from lib import data
from lib.returns import designs
from steps import montecarlo


@pytest.mark.parametrize("world", designs.WORLDS)
def test_a_world_draws_counts_around_the_means_it_is_given(world):
    rng = np.random.default_rng(1)
    panels = [designs.draw(rng, world, 40, "median") for _ in range(60)]
    assert panels[0].shape == (40, 120)
    drawn = np.array([panel.to_numpy() for panel in panels])
    assert np.nanmin(drawn) >= 0 and (np.nan_to_num(drawn) % 1 == 0).all()
    assert not np.isnan(drawn[:, -1]).any()
    early = np.nanmean(drawn[:, :, :50])  # before the dip
    assert early == pytest.approx(designs.AVERAGE, rel=0.35)


@pytest.mark.parametrize(("size", "place"), [("10th percentile", 0.1), ("90th percentile", 0.9)])
def test_the_treated_country_has_the_size_it_is_given(size, place):
    rng = np.random.default_rng(2)
    means = np.mean([designs.draw(rng, "no common factor", 60, size).mean(axis=1) for _ in range(40)], axis=0)
    assert (means[:-1] < means[-1]).mean() == pytest.approx(place, abs=0.1)
    largest = designs.draw(rng, "no common factor", 60, designs.LARGEST).mean(axis=1)
    assert largest.iloc[-1] > 4 * largest.iloc[:-1].max()


def test_an_effect_multiplies_the_treated_country_from_its_start():
    rng = np.random.default_rng(3)
    before, after = np.mean(
        [
            (panel.iloc[-1, : designs.START].mean(), panel.iloc[-1, designs.START :].mean())
            for panel in (designs.draw(rng, "no common factor", 20, "90th percentile", times=3.0) for _ in range(100))
        ],
        axis=0,
    )
    assert after / before == pytest.approx(3, rel=0.1)


@pytest.mark.simulation
@pytest.mark.parametrize("cell", [("baseline", 76, designs.ANY), ("common walk", 76, designs.LARGEST)])
def test_a_batch_made_again_rejects_about_as_often_as_the_table_says(cell):
    made = designs.rates([cell], designs.BATCH, designs.BATCH, montecarlo.SEED).set_index("quantity")["value"]
    table = data.load("monte_carlo_designs")
    told = table[(table["world"] == cell[0]) & (table["countries"] == cell[1]) & (table["size"] == cell[2])]
    told = told.set_index("quantity")["value"].astype(float)
    error = np.sqrt((told * (1 - told)).clip(lower=0.02) / designs.BATCH)
    assert made.index.tolist() == told.index.tolist()
    assert ((made - told).abs() <= 3.3 * error).all(), pd.concat([made, told], axis=1)


def test_the_leading_test_keeps_its_size_in_the_committed_table():
    table = data.load("monte_carlo_designs")
    lead = table[(table["quantity"] == "log change") & (table["countries"] >= 20)].copy()
    level = np.floor(designs.LEVEL * lead["countries"]) / lead["countries"]
    error = 2 * np.sqrt(level * (1 - level) / lead["replications"])
    limit = np.where(lead["size"] == designs.LARGEST, 0.06, level + 0.01)
    # where countries fall silent for most of a year it does not hold, and is flagged; where all have shocks of their
    # own, those of one size are not alike, so that it is exact over all sizes together only
    flagged = table[table["quantity"] == "flagged"].set_index(["world", "countries", "size"])["value"]
    silent = (
        (flagged.drop(designs.LARGEST, level="size") > 0.5)
        .reindex(pd.MultiIndex.from_frame(lead[flagged.index.names]), fill_value=False)
        .to_numpy()
    )
    assert lead.loc[silent, "world"].unique().tolist() == ["zero-inflated, spells of 10 months"]
    odd = silent | (lead["world"] == "own shocks of a tenth of all") & (lead["size"] != designs.ANY)
    assert (lead["value"] <= limit + error)[~odd].all(), lead[~odd & (lead["value"] > limit + error)]


def test_where_it_holds_the_committed_intervals_and_powers_are_what_they_say():
    table = data.load("monte_carlo_designs").set_index(["world", "countries", "size", "quantity"])
    rate, n = (table[name].unstack("quantity") for name in ("value", "replications"))
    held = rate["flagged"] < 0.5
    error = 2 * np.sqrt(0.95 * 0.05 / n["covers"])
    assert (rate["covers"] >= 0.94 - error)[held].all()
    assert (rate["covers"] <= 0.99 + error)[
        held
        & ~rate.index.get_level_values("world").str.startswith("own shocks")
        & (rate.index.get_level_values("countries") > 10)
    ].all()
    usual = rate.loc[(slice(None), 76, list(designs.SIZES)), "declared power"]
    assert usual.median() == pytest.approx(0.8, abs=0.05)
    assert (usual.drop([world for world in designs.WORLDS if "shocks" in world], level="world") > 0.65).all()
