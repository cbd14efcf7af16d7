"""What could be seen: rises by country and month, and people that a trial needs."""

import numpy as np
import pandas as pd
import pytest

from lib.effects import power
from lib.measures import visible

MONTHS = pd.date_range("2012-01-01", periods=120, freq="MS")
DONORS = pd.DataFrame(
    np.random.default_rng(3).poisson(np.linspace(2, 20, 40)[:, None], (40, 120)).astype(float),
    index=[f"D{at:02}" for at in range(40)], columns=MONTHS,
)  # fmt: skip
STARTS = pd.Series(
    {"AAA": pd.Timestamp("2020-01-01"), "BBB": pd.Timestamp("2020-01-01"), "CCC": pd.Timestamp("2021-01-01")}
)


def of(level):
    return [float(level)] * 120


def test_a_country_has_the_rise_that_its_own_size_and_months_show():
    own = pd.DataFrame([of(4), of(4), of(9)], index=["AAA", "BBB", "CCC"], columns=MONTHS)
    found = visible.rises(pd.concat([DONORS, own]), STARTS, {"CCC": 12, "AAA": 24, "BBB": 24}, [6], 0.8, 0.05)
    assert found.index.tolist() == ["CCC", "AAA", "BBB"] and found.columns.tolist() == [6, 12, 24]
    alone = power.smallest_detectable(DONORS, [9.0], [12], power=0.8, level=0.05)["effect"]
    assert found.at["CCC", 12] == pytest.approx(alone.iloc[0])  # the partners are not among the donors
    assert found.loc["AAA"].tolist() == found.loc["BBB"].tolist()  # two of the same size both stand there
    assert (found[24] < found[6]).all()  # more months show less


def test_a_trial_needs_more_people_for_a_smaller_fall_and_where_neighbours_are_alike():
    found = visible.trial(0.6, [10, 20], {"one by one": 1.0, "alike": 2.0}, 0.8)
    people = found.pivot(index="points", columns="kind", values="people")
    # Cohen's h of 0.6 and 0.5 is 0.2014: 2 · (1.96 + 0.8416)² / h² = 387
    assert people.at[10, "one by one"] == pytest.approx(387, abs=1)
    assert people.at[10, "alike"] == pytest.approx(2 * 387, abs=2)
    assert people.at[20, "one by one"] < people.at[10, "one by one"]
    assert found["kind"].tolist() == ["one by one"] * 2 + ["alike"] * 2


def test_a_fall_below_nobody_is_refused():
    with pytest.raises(ValueError, match="shares"):
        visible.trial(0.1, [10], {"one by one": 1.0}, 0.8)
