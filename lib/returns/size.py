"""How often a method finds an effect that is not there: one simulated panel, every method, and how to repeat it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from lib.effects.bootstrap import step_fit, wild_cluster
from lib.effects.placebo import placebo_test
from lib.returns.simulation import DISPERSION, MONTHS, PERSISTENCE, common_factor, country_means, counts

START = pd.Timestamp("2022-06-01")
AVERAGE = 1.6  # departures a month of the average comparison country
QUANTILES = {"small": 0.1, "middle": 0.5, "large": 0.9}
LEVEL, NORMAL = 0.05, 1.96
DRAWS = 399  # bootstrap draws in each replication
BATCH = 50  # replications that share a seed: results do not depend on how batches are spread over workers


def replicate(rng: np.random.Generator, countries: int, size: str) -> dict[str, float]:
    """One panel of `countries`, one of them treated without effect, and whether each method rejects at 5%.

    Keys: the methods (1.0 = rejected); `effect` and `se`, the estimate and its clustered standard error;
    `covered_…`, whether the interval holds a true effect of twice the country's level, added as counts.
    """
    donors = country_means(countries - 1, AVERAGE)
    means = np.append(donors, np.quantile(donors, QUANTILES[size]))
    draw = {"dispersion": DISPERSION, "persistence": PERSISTENCE, "factor": common_factor(MONTHS)}
    names = [f"C{k:03d}" for k in range(countries)]
    null = pd.DataFrame(counts(rng, means, len(MONTHS), **draw), index=names, columns=MONTHS, dtype=float)
    treated, starts, added = names[-1], pd.Series({names[-1]: START}), 2 * means[-1]
    fit = step_fit(null, starts)
    test = placebo_test(null, starts, treated)
    seeds = rng.integers(2**32, size=2)
    found = {
        "cluster": abs(fit.t) > NORMAL,
        "wild_unrestricted": wild_cluster(fit, restricted=False, draws=DRAWS, seed=seeds[0]) <= LEVEL,
        "wild_restricted": wild_cluster(fit, restricted=True, draws=DRAWS, seed=seeds[1]) <= LEVEL,
        "placebo": test.p_value("effect") <= LEVEL,
        "placebo_scaled": test.p_value("scaled") <= LEVEL,
        "placebo_log_change": test.change.rejects(level=LEVEL),
        "effect": fit.effect,
        "se": fit.se,
    }
    affected = null.copy()
    after = MONTHS >= START
    draw["factor"] = 1.0  # the effect is the same in every month, as the regression has it
    affected.loc[treated, after] += counts(rng, np.array([added]), after.sum(), **draw)[0]
    fit, test = step_fit(affected, starts), placebo_test(affected, starts, treated)
    low, high = test.interval("scaled")
    found["covered_cluster"] = abs(fit.effect - added) <= NORMAL * fit.se
    found["covered_placebo_scaled"] = low <= added <= high
    found["covered_placebo_log_change"] = not test.change.rejects(np.log(1 + added / means[-1]), LEVEL)
    return {name: float(value) for name, value in found.items()}


def replications(cells: Sequence[tuple[int, str]], number: int, seed: int) -> pd.DataFrame:
    """`number` replications of every cell (countries, size): columns of `replicate`, with countries and size.

    Runs through joblib: two workers here, or whatever backend `joblib.parallel_config` names, such as a Dask
    cluster. Each batch of 50 has a seed of its own, made from `seed`, its cell and its place.
    """
    batches = [(cell, at) for cell in cells for at in range(0, number, BATCH)]
    parts = Parallel(n_jobs=2)(delayed(_batch)(seed, cell, at, min(BATCH, number - at)) for cell, at in batches)
    return pd.concat(parts, ignore_index=True)


def _batch(seed: int, cell: tuple[int, str], at: int, number: int) -> pd.DataFrame:
    countries, size = cell
    rng = np.random.default_rng([seed, countries, list(QUANTILES).index(size), at])
    rows = pd.DataFrame([replicate(rng, countries, size) for _ in range(number)])
    return rows.assign(countries=countries, size=size)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Rates by cell and quantity: columns countries, size, quantity, replications, value.

    `value` is the share of replications in which a method rejected, or its interval covered; for the quantity
    `se_ratio` it is the mean clustered standard error over the standard deviation of the estimates.
    """
    by = found.groupby(["countries", "size"], sort=False)
    rates = by.mean().drop(columns=["effect", "se"])
    rates["se_ratio"] = by["se"].mean() / by["effect"].std()
    rates["replications"] = by.size()
    return rates.reset_index().melt(["countries", "size", "replications"], var_name="quantity")
