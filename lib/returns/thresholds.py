"""Table 1 cell by cell: how large an effect must be to count, under a clustered error and under placebos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from lib import data
from lib.effects.bootstrap import step_fit
from lib.effects.placebo import PlaceboTest, family_wise, largest_placebos, placebo_test, smallest_family_p
from lib.effects.twoway import DesignError
from lib.returns import panel, simulation

NORMAL, FAMILY_LEVEL = 1.96, 0.10  # five partners among eighty countries cannot reach 5% together
# variance of the monthly counts beyond Poisson, and its persistence: as the simulated panel has them, and around
SCENARIOS = {"calm": (0.1, 0.3), "assumed": (simulation.DISPERSION, simulation.PERSISTENCE), "rough": (0.8, 0.8)}


def tests(returns: pd.DataFrame, starts: pd.Series, outcome: str, countries: Sequence[str]) -> dict[str, PlaceboTest]:
    """A placebo test for each of `countries` that can be tested on one outcome of a return panel.

    Processing days are means of the confirmations given, whose number is their precision. Partners without an
    observation before or after their start are left out.
    """
    table = panel.wide(returns, outcome)
    precision = None
    if outcome == "processing_days":
        precision = panel.wide(returns, "confirmations_given").where(table.notna()).mean(axis=1)
    found = {}
    for country in countries:
        try:
            found[country] = placebo_test(table, starts, country, precision)
        except DesignError:
            continue
    return found


Cell = tuple[str, str]  # country and outcome


def families(cells: Mapping[Cell, PlaceboTest]) -> Iterator[dict[Cell, PlaceboTest]]:
    """The tests of cells in their families: all counts, and all days.

    Days stand apart: a mean of few cases can be anything, and would set the bar for the counts as well.
    """
    for days in (False, True):
        if family := {cell: test for cell, test in cells.items() if (cell[1] == "processing_days") == days}:
            yield family


def adjusted(cells: Mapping[Cell, PlaceboTest]) -> dict[Cell, float]:
    """The p of each cell, adjusted for the number of cells in its family (`lib.effects.placebo.family_wise`)."""
    return {cell: float(p) for family in families(cells) for cell, p in family_wise(family).items()}


def cell_thresholds(returns: pd.DataFrame, starts: pd.Series, countries: Sequence[str]) -> pd.DataFrame:
    """For each of `countries` and every outcome of Table 1: the effect, and what it must exceed to be significant.

    Columns country, outcome, effect, p (k / N), p_family (max-T over all counts, or all days), and three thresholds in
    the unit of the outcome: `clustered` (1.96 standard errors clustered by country, one dummy), `placebo` (placebos at
    5%) and `family` (the same with all counts, or all days, together at 10%).
    """
    cells = {
        (country, outcome): test
        for outcome in panel.OUTCOMES
        for country, test in tests(returns, starts, outcome, countries).items()
    }
    family_p, family = adjusted(cells), {}
    for group in families(cells):
        floor = smallest_family_p(group)
        # of the level, the floor is spent by draws in which a treated country stands for another
        bar = np.quantile(largest_placebos(group), 1 - (FAMILY_LEVEL - floor) / (1 - floor))
        family |= dict.fromkeys(group, bar)
    rows = []
    for (country, outcome), test in cells.items():
        own = test.estimates.loc[country]
        table = panel.wide(returns, outcome).reindex(test.estimates.index)
        rows.append(
            {
                "country": country,
                "outcome": outcome,
                "effect": own["effect"],
                "p": test.p_value(),
                "p_family": family_p[country, outcome],
                "clustered": NORMAL * step_fit(table, starts.loc[[country]]).se,
                "placebo": test.reach(test.critical()),
                "family": test.reach(family[country, outcome]),
            }
        )
    return pd.DataFrame(rows)


def simulated_thresholds(seeds: Iterable[int], countries: Sequence[str]) -> pd.DataFrame:
    """`cell_thresholds` of one simulated panel per seed and scenario, with columns scenario and seed.

    Seeds from which no panel can be made that agrees with the report are left out.
    """
    starts = panel.starts(data.load("partnership_starts"))
    jobs = [(scenario, seed) for scenario in SCENARIOS for seed in seeds]
    parts = Parallel(n_jobs=2)(delayed(_one)(scenario, seed, starts, countries) for scenario, seed in jobs)
    return pd.concat([part for part in parts if part is not None], ignore_index=True)


def _one(scenario: str, seed: int, starts: pd.Series, countries: Sequence[str]) -> pd.DataFrame | None:
    dispersion, persistence = SCENARIOS[scenario]
    try:
        returns = simulation.panel(seed, dispersion, persistence)
    except simulation.SimulationError:
        return None
    return cell_thresholds(returns, starts, countries).assign(scenario=scenario, seed=seed)
