"""Replications: the same wherever they run, summed up by hand, and the known failure that they show."""

import joblib
import numpy as np
import pandas as pd
import pytest

from lib.returns import size
from lib.returns.size import replicate, replications, summary

CELLS = [(21, "small"), (22, "large")]
METHODS = ["cluster", "wild_unrestricted", "wild_restricted", "placebo", "placebo_scaled", "placebo_log_change"]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(size, "BATCH", 2)


@pytest.fixture(scope="module")
def one_after_the_other():
    """Three replications of each cell, in this process."""
    with pytest.MonkeyPatch.context() as patch, joblib.parallel_config("sequential"):
        patch.setattr(size, "BATCH", 2)
        return replications(CELLS, 3, seed=1)


def test_a_frame_of_replications(one_after_the_other):
    found = one_after_the_other
    assert found[["countries", "size"]].to_numpy().tolist() == [[21, "small"]] * 3 + [[22, "large"]] * 3
    assert found[[*METHODS, "covered_cluster", "covered_placebo_scaled"]].isin([0.0, 1.0]).all(axis=None)
    assert (found["se"] > 0).all()
    assert found["effect"].nunique() == 6


@pytest.mark.simulation
def test_two_worker_processes_give_the_same_replications(one_after_the_other):
    with joblib.parallel_config("loky"):
        pd.testing.assert_frame_equal(replications(CELLS, 3, seed=1), one_after_the_other)


def test_a_dask_cluster_gives_the_same_replications(one_after_the_other):
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        pd.testing.assert_frame_equal(replications(CELLS, 3, seed=1), one_after_the_other)


def test_neither_the_order_of_cells_nor_the_number_changes_a_replication(one_after_the_other):
    with joblib.parallel_config("sequential"):
        other_way = replications(CELLS[::-1], 2, seed=1)
        another_seed = replications(CELLS[:1], 1, seed=2)
    for countries, _ in CELLS:
        first = one_after_the_other[one_after_the_other["countries"] == countries].iloc[:2]
        again = other_way[other_way["countries"] == countries]
        pd.testing.assert_frame_equal(again.reset_index(drop=True), first.reset_index(drop=True))
    assert another_seed["effect"].item() != one_after_the_other["effect"].iloc[0]


def test_one_replication_follows_from_its_generator():
    assert replicate(np.random.default_rng(3), 21, "middle") == replicate(np.random.default_rng(3), 21, "middle")
    with pytest.raises(KeyError):
        replicate(np.random.default_rng(3), 21, "huge")


def test_summary_by_hand():
    found = pd.DataFrame(
        {
            "cluster": [1.0, 0.0, 1.0, 0.0, 0.0],
            "effect": [1.0, 3.0, 5.0, 2.0, 4.0],
            "se": [1.0, 1.0, 4.0, 0.5, 0.5],
            "countries": [76, 76, 76, 20, 20],
            "size": ["large", "large", "large", "small", "small"],
        }
    )
    table = summary(found)
    assert list(table) == ["countries", "size", "replications", "quantity", "value"]
    values = table.set_index(["countries", "size", "quantity"])["value"]
    # standard deviations of 1, 3, 5 and of 2, 4: 2 and √2
    assert values.to_dict() == pytest.approx(
        {
            (76, "large", "cluster"): 2 / 3,
            (20, "small", "cluster"): 0.0,
            (76, "large", "se_ratio"): 2.0 / 2.0,
            (20, "small", "se_ratio"): 0.5 / np.sqrt(2),
        }
    )
    assert table.groupby("countries")["replications"].first().to_dict() == {20: 2, 76: 3}


@pytest.mark.simulation
def test_a_large_treated_country_makes_the_clustered_error_far_too_small():
    rng = np.random.default_rng(4)
    found = pd.DataFrame([replicate(rng, 40, "large") for _ in range(30)]).assign(countries=40, size="large")
    values = summary(found).set_index("quantity")["value"]
    assert values["se_ratio"] < 0.5
    assert values["cluster"] > 0.3
    assert values["wild_unrestricted"] > 0.3
    assert values["wild_restricted"] < 0.15
    assert values["placebo_scaled"] < 0.2
    assert values["covered_placebo_scaled"] > values["covered_cluster"]
