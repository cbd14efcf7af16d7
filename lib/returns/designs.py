"""Panels on which a test for one treated country is tried: what can go wrong with counts, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from lib.effects.logchange import log_change
from lib.effects.placebo import placebo_test
from lib.effects.power import smallest_detectable
from lib.effects.sensitivity import bin_study, honest_interval, parallel_interval
from lib.effects.twoway import DesignError
from lib.returns.simulation import DISPERSION, MONTHS, PERSISTENCE, common_factor, country_means, counts, wander
from lib.returns.size import AVERAGE, BATCH, LEVEL

START = 78  # the first treated month
SIZES = {"10th percentile": 0.1, "median": 0.5, "90th percentile": 0.9}  # of the comparison countries
ANY, LARGEST = "any of them", "ten times the largest"
COMMON = common_factor(MONTHS)


@dataclass(frozen=True)
class World:
    """How counts come about: what is not the default is what a design is about.

    `common` by month; `log` gives what is added to the log intensity (countries × months) from a generator and the
    countries' mean counts; `noise` does the same for a factor with mean one in place of the persistent one.
    """

    common: np.ndarray | float = 1.0
    dispersion: float = DISPERSION
    persistence: float = PERSISTENCE
    log: Callable[[np.random.Generator, np.ndarray], np.ndarray] | None = None
    noise: Callable[[np.random.Generator, np.ndarray], np.ndarray] | None = None
    gaps: bool = False
    shocks: str | None = None  # of whom a tenth has one: the others, or all, the treated one as likely as any


def _walk(rng: np.random.Generator, rows: int, step: float) -> np.ndarray:
    return step * rng.standard_normal((rows, len(MONTHS))).cumsum(axis=1)


def _wander(
    rng: np.random.Generator, means: np.ndarray, dispersion: float | np.ndarray, persistence: float = PERSISTENCE
) -> np.ndarray:
    return wander(rng, (len(means), len(MONTHS)), dispersion, persistence)


def _standard(means: np.ndarray) -> np.ndarray:
    logs = np.log(means)
    return ((logs - logs.mean()) / max(logs.std(), 1e-9))[:, None]


def _season(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
    return 0.8 * np.sin(2 * np.pi * (np.arange(len(MONTHS)) + rng.uniform(0, 12, (len(means), 1))) / 12)


def _trend(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
    return 0.01 * rng.standard_normal((len(means), 1)) * (np.arange(len(MONTHS)) - len(MONTHS) / 2)


def _regime(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
    at = rng.integers(10, len(MONTHS) - 10, (len(means), 1))
    return 0.5 * rng.standard_normal((len(means), 1)) * (np.arange(len(MONTHS)) >= at)


def _heavy(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
    shocks = (1 + rng.pareto(1.8, (len(means), len(MONTHS)))) * 0.8 / 1.8
    return shocks * _wander(rng, means, 0.1)


def _larger_noisier(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
    share = np.log(means / means.min()) / max(np.log(means.max() / means.min()), 1e-9)
    return _wander(rng, means, 0.1 + 0.9 * share[:, None])


def _off(end: float) -> Callable[[np.random.Generator, np.ndarray], np.ndarray]:
    """Spells: a country is there a quarter of the time, until a spell ends with this probability a month."""

    def noise(rng: np.random.Generator, means: np.ndarray) -> np.ndarray:
        there, seen = rng.random(len(means)) < 0.25, []
        for _ in MONTHS:
            there = np.where(there, rng.random(len(means)) >= end, rng.random(len(means)) < end / 3)
            seen.append(there)
        return 4 * np.array(seen).T * _wander(rng, means, DISPERSION)

    return noise


WORLDS = {
    "baseline": World(COMMON),
    "no common factor": World(),
    "persistence 0.9": World(COMMON, persistence=0.9),
    "persistence 0.95, dispersion 1": World(COMMON, dispersion=1.0, persistence=0.95),
    "heavy tails": World(COMMON, noise=_heavy),
    "common shock by size": World(COMMON, log=lambda rng, means: _standard(means) * _walk(rng, 1, 0.03)),
    "common walk": World(COMMON, log=lambda rng, means: _walk(rng, 1, 0.08)),
    "own seasons": World(COMMON, log=_season),
    "zero-inflated, spells of 3 months": World(COMMON, noise=_off(0.3)),
    "own trends": World(COMMON, log=_trend),
    "own random walks": World(COMMON, log=lambda rng, means: _walk(rng, len(means), 0.08)),
    "own shocks of a tenth of the others": World(COMMON, shocks="others"),
    "entry and exit": World(COMMON, gaps=True),
    # our own
    "own change of level": World(COMMON, log=_regime),
    "regions that move together": World(
        COMMON, log=lambda rng, means: _walk(rng, 8, 0.05)[rng.integers(0, 8, len(means))]
    ),
    "the larger, the noisier": World(COMMON, noise=_larger_noisier),
    "zero-inflated, spells of 10 months": World(COMMON, noise=_off(0.1)),
    "own shocks of a tenth of all": World(COMMON, shocks="all"),
}
CELLS = [
    *((world, 76, size) for world in list(WORLDS)[:-1] for size in (*SIZES, ANY)),
    *(("baseline", countries, size) for countries in (10, 20, 40) for size in ("median", ANY)),
    ("baseline", 20, "90th percentile"), ("persistence 0.9", 20, "median"), ("persistence 0.9", 20, ANY),
    *((world, 76, LARGEST) for world in ("baseline", "persistence 0.9", "common walk")), ("baseline", 20, LARGEST),
    *((list(WORLDS)[-1], 76, size) for size in (*SIZES, ANY)),
]  # fmt: skip


def draw(rng: np.random.Generator, world: str, countries: int, size: str, times: float = 1.0) -> pd.DataFrame:
    """One panel of counts, countries × months (NaN: not observed), the treated country last.

    From `START` on its intensity is multiplied by `times`.
    """
    how = WORLDS[world]
    others = country_means(countries - 1, AVERAGE)
    if size == ANY:
        means = rng.permutation(country_means(countries, AVERAGE))
    else:
        means = np.append(others, 10 * others.max() if size == LARGEST else np.quantile(others, SIZES[size]))
    noise = how.noise or (lambda rng, means: _wander(rng, means, how.dispersion, how.persistence))
    intensity = means[:, None] * how.common * noise(rng, means)
    if how.log:
        intensity = intensity * np.exp(how.log(rng, means))
    intensity[-1, START:] *= times
    counts = rng.poisson(np.minimum(intensity, 1e6)).astype(float)
    if how.shocks:
        may = countries - (how.shocks == "others")
        for row in rng.choice(may, max(1, may // 10), replace=False):
            at = rng.integers(START - 10, 110)
            counts[row, at:] += rng.poisson(3 * max(means[row], 0.5), len(MONTHS) - at)
    if how.gaps:
        month = np.arange(len(MONTHS))
        first = np.where(rng.random((countries, 1)) < 0.3, rng.integers(0, 40, (countries, 1)), 0)
        last = np.where(rng.random((countries, 1)) < 0.3, rng.integers(95, 120, (countries, 1)), 120)
        counts[:-1] = np.where((month >= first) & (month < last), counts, np.nan)[:-1]
    return pd.DataFrame(counts, [f"C{k:03d}" for k in range(countries)], MONTHS)


def replicate(
    rng: np.random.Generator, world: str, countries: int, size: str, beside: bool = True
) -> dict[str, float] | None:
    """Two panels, without effect and trebled, and what the tests say of both; `None` without a case to test.

    Keys: `log change` and `log change, among its size` (the third nearest in size; 1.0: rejects at 5% what is not
    there); `power` (rejects no effect where there is one); `covers` (the interval holds that effect); `flagged` (the
    test says that it may not hold). With `beside`, which takes fifty times as long, also `scaled`, `in levels` and
    `power, scaled`, the same of two other tests, and `declared power`: finds the rise that it is said to find in 80%
    (NaN where none is said).
    """
    none, trebled = draw(rng, world, countries, size), draw(rng, world, countries, size, times=3.0)
    treated = none.index[-1]
    if not (none.loc[treated].sum() and trebled.loc[treated].sum()):
        return None
    starts = pd.Series({treated: MONTHS[START]})
    change, raised = log_change(none, starts, treated), log_change(trebled, starts, treated)
    k, among = change.rank(among=max(19, countries // 3))
    found = {
        "log change": change.rejects(level=LEVEL),
        "log change, among its size": k / among <= LEVEL,
        "power": raised.rejects(level=LEVEL),
        "covers": not raised.rejects(np.log(3), LEVEL),
        "flagged": bool(change.cautions),
    }
    if beside:
        test, other = placebo_test(none, starts, treated), placebo_test(trebled, starts, treated)
        found |= {
            "scaled": test.p_value("scaled") <= LEVEL,
            "in levels": test.p_value("effect") <= LEVEL,
            "power, scaled": other.p_value("scaled") <= LEVEL,
            "declared power": _declared(none, starts, rng.spawn(1)[0]),
        }
    return {name: float(value) for name, value in found.items()}


def _declared(none: pd.DataFrame, starts: pd.Series, rng: np.random.Generator) -> float:
    """Whether the test finds the rise that it finds in 80% of cases, as `lib.effects.power` says, on this panel."""
    treated, before = starts.index[0], none.iloc[-1, :START].mean()
    months = len(MONTHS) - START
    if not before:
        return np.nan
    try:
        rise = smallest_detectable(none.drop(treated), [before], [months], least_before=START)["effect"].item()
    except DesignError:  # too few others have a case
        return np.nan
    raised = none.copy()
    raised.iloc[-1, START:] += rng.poisson(rise, months)
    return float(log_change(raised, starts, treated).rejects(level=LEVEL))


def rates(cells: Sequence[tuple[str, int, str]], replications: int, beside: int, seed: int) -> pd.DataFrame:
    """Shares of `replications` panels of every cell: world, countries, size, quantity, replications, value.

    What stands `beside` the leading test (`replicate`) is looked at in the first so many panels.
    """
    batches = [(cell, at) for cell in cells for at in range(0, replications, BATCH)]
    parts = Parallel(n_jobs=2)(
        delayed(_batch)(seed, cell, at, min(BATCH, replications - at), at < beside) for cell, at in batches
    )
    by = ["world", "countries", "size"]
    long = pd.concat(parts).melt(by, var_name="quantity").groupby([*by, "quantity"], sort=False)["value"]
    return long.agg(replications="count", value="mean").reset_index()


def _batch(seed: int, cell: tuple[str, int, str], at: int, number: int, beside: bool) -> pd.DataFrame:
    world, countries, size = cell
    rng = np.random.default_rng([seed, CELLS.index(cell), at])
    rows = [found for _ in range(number) if (found := replicate(rng, *cell, beside))]
    return pd.DataFrame(rows).assign(world=world, countries=countries, size=size)


def honest_coverage(size: float, persistence: float, grows: float, replications: int, seed: int) -> dict[str, float]:
    """How often honest intervals hold the effect on a country of `size` cases a month that grows so many times.

    `parallel`: under parallel trends; `M = 0`: a line at most. 75 other countries; where nothing grows all share the
    common fall, else nothing else happens, so that the effect is known.
    """
    rng, held = np.random.default_rng([seed, int(100 * size), int(100 * persistence), int(100 * grows)]), np.zeros(2)
    levels = np.append(country_means(75, AVERAGE), size)
    names = [f"C{k:03d}" for k in range(76)]
    factor = np.tile(COMMON, (76, 1))
    if grows != 1:
        factor[:] = 1.0
        factor[-1, START:] = grows
    for _ in range(replications):
        drawn = counts(rng, levels, len(MONTHS), dispersion=DISPERSION, persistence=persistence, factor=factor)
        made = bin_study(pd.DataFrame(drawn, names, MONTHS), pd.Series({names[-1]: MONTHS[START]}), names[-1])
        held += [low <= size * (grows - 1) <= high for low, high in (parallel_interval(made), honest_interval(made, 0))]
    return dict(zip(["parallel", "M = 0"], held / replications, strict=True))
