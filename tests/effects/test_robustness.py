"""What one treated country's result depends on: by hand, against the test itself, and how often it errs."""

import numpy as np
import pandas as pd
import pytest
from test_logchange import MONTHS, caseload

from lib.effects import robustness
from lib.effects.logchange import log_change
from lib.effects.placebo import PlaceboTest, together
from lib.effects.twoway import DesignError
from lib.returns import designs

START = pd.Series({"T": MONTHS[12]})


def test_leaving_a_country_out_is_the_test_without_it():
    outcome = caseload(1, times=2.0)
    found = robustness.leave_one_out(outcome, START, "T")
    assert found.index.tolist() == outcome.index[:-1].tolist()
    for other in ("C03", "C20"):
        alone = log_change(outcome.drop(index=other), START, "T")
        assert found.loc[other].tolist() == pytest.approx([alone.estimate, alone.rank()[0] / 40])


def test_a_donut_finds_an_effect_that_began_before_its_start():
    outcome = 20 * caseload(2)
    outcome.loc["T", MONTHS[8] :] *= 3
    found = robustness.donut(outcome, START, "T", [0, 4])
    whole, clean = (log_change(table, START, "T") for table in (outcome, outcome.drop(columns=MONTHS[8:12])))
    assert found["effect"].tolist() == pytest.approx([whole.estimate, clean.estimate])
    assert found.loc[4, "effect"] > found.loc[0, "effect"] + 0.2
    assert found.loc[4, ["low", "high"]].tolist() == pytest.approx(clean.interval())
    with pytest.raises(DesignError, match="12 months left out of 12 before the start of T"):
        robustness.donut(outcome, START, "T", [12])


def test_unequal_chances_by_hand():
    test = log_change(caseload(3, times=40.0), START, "T")
    assert test.rank() == (1, 41)
    found = robustness.unequal_chances(test)
    assert found["even"] == pytest.approx(1 / 41)
    assert found["by_size"] == pytest.approx(test.sizes["T"] / test.sizes.sum())
    # Γ / (Γ + 40) = 5%
    assert found["odds"] == pytest.approx(40 * 0.05 / 0.95)


def test_the_months_alone_tell_a_large_effect_and_let_it_go_once_it_is_taken_out():
    test = log_change(20 * caseload(4, times=3.0), START, "T")
    assert robustness.over_time(test) <= 2 / 24  # a shift by half of the series is as extreme, or nearly
    assert robustness.over_time(test, test.estimate) > 0.2


@pytest.mark.simulation
def test_the_months_alone_hold_their_level_where_months_are_alike():
    rng, found = np.random.default_rng(5), []
    for _ in range(300):
        counts = rng.poisson(8.0, (12, 60)).astype(float)
        outcome = pd.DataFrame(counts, columns=pd.date_range("2018", periods=60, freq="MS"))
        found.append(robustness.over_time(log_change(outcome, pd.Series({11: outcome.columns[40]}), 11)))
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=3.3 * np.sqrt(0.09 / 300))


@pytest.mark.simulation
def test_a_test_that_is_looked_at_every_month_seldom_stops_without_an_effect_and_does_with_one():
    rng, stopped, found, late = np.random.default_rng(6), 0, 0, []
    for _ in range(60):
        for times in (1.0, 4.0):
            panel = designs.draw(rng, "baseline", 40, "90th percentile", times=times)
            treated = panel.index[-1]
            looks = robustness.watched(panel, pd.Series({treated: designs.MONTHS[designs.START]}), treated)
            passed = looks.index[looks["statistic"].abs() > looks["boundary"]]
            stopped += times == 1 and len(passed) > 0
            found += times > 1 and len(passed) > 0
            late += [passed[0]] if times > 1 and len(passed) else []
    assert stopped / 60 <= 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / 60)
    assert found > 50
    assert np.median(late) < 24


def test_looks_are_the_test_with_the_data_so_far():
    outcome = caseload(7, times=3.0)
    looks = robustness.watched(outcome, START, "T", first=4)
    assert looks.index.tolist() == list(range(4, 13))
    for months in (4, 9):
        part = log_change(outcome.iloc[:, : 12 + months], START, "T")
        assert looks.at[months, "statistic"] == pytest.approx(part.statistics()[0, -1])
    assert robustness.watched(caseload(7, countries=19), START, "T")["boundary"].eq(np.inf).all()


def cells_of(rng, effect, partners=4, outcomes=2, donors=40):
    made = {}
    for partner in range(partners):
        for outcome in range(outcomes):
            values = np.append(rng.standard_normal(donors), rng.standard_normal() + effect)
            frame = pd.DataFrame({"scaled": values}, [*map(str, range(donors)), f"P{partner}"])
            made[partner, outcome] = PlaceboTest(f"P{partner}", frame)
    return made


@pytest.mark.simulation
def test_cells_together_hold_their_level_and_find_what_none_of_them_shows():
    rng = np.random.default_rng(8)
    null = np.array([together(cells_of(rng, 0.0), draws=399) for _ in range(200)])
    weak = np.array([together(cells_of(rng, 1.2), draws=399) for _ in range(60)])
    assert (null <= 0.05).mean() <= 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / 200)
    assert (weak <= 0.05).mean() > 0.4
