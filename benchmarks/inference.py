"""Wall times of the estimators beside linearmodels, pyfixest and diff-diff on the same simulated panels, in one run.

Contenders take turns; a time is the median of the rounds, × its ratio to the first line of its table. Libraries
specify their model anew for each step or draw, with errors clustered by country, as a loop over their interface does;
where only some were timed, the line says so and gives the time of all, extrapolated. Run with OPENBLAS_NUM_THREADS=1,
as `make benchmark` does: with more, small matrices wait for a second thread whenever another process is busy.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import cycle

import numpy as np
import pandas as pd
import pyfixest as pf
from diff_diff import ImputationDiD
from linearmodels.panel import PanelOLS

from lib.effects.bootstrap import step_fit, wild_cluster
from lib.effects.did import imputation
from lib.effects.placebo import all_placebos
from lib.effects.twoway import TwoWay, matrix, treated

SIZE, GAPS = (80, 120), 0.05
ROUNDS, AT_ONCE, DRAWS = 24, 8, 9_999


def panel(countries: int, months: int, missing: float) -> pd.DataFrame:
    """Poisson counts, countries × months; each country lacks its own random share `missing` of the months."""
    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.lognormal(3, 1, (countries, 1)), (countries, months)).astype(float)
    counts[rng.random(counts.shape) < missing] = np.nan
    names = [f"C{number:04}" for number in range(countries)]
    return pd.DataFrame(counts, names, pd.date_range("1980-01-01", periods=months, freq="MS"))


def long(outcome: pd.DataFrame) -> pd.DataFrame:
    """One row per observed cell: country and month as index and as columns, and outcome."""
    values, observed = matrix(outcome)
    cells = pd.MultiIndex.from_product([outcome.index, outcome.columns], names=["country", "month"])[observed.ravel()]
    return cells.to_frame().assign(outcome=values[observed]).rename_axis([None, None])


def six_starts(outcome: pd.DataFrame) -> pd.Series:
    """Starts of the first six countries, four months apart from the middle month on."""
    return pd.Series({outcome.index[k]: outcome.columns[outcome.shape[1] // 2 + 4 * k] for k in range(6)})


def race(title: str, calls: dict[str, Callable], rounds: int = ROUNDS, factors: dict[str, float] | None = None) -> None:
    """Print each call's median time, times its factor, after one call that is not timed."""
    seconds = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    times = {name: statistics.median(each[1:]) * (factors or {}).get(name, 1) for name, each in seconds.items()}
    first = next(iter(times.values()))
    lines = [f"  {name:86}{value:10.4f} s {value / first:10.1f} ×" for name, value in times.items()]
    print(title, *lines, sep="\n", end="\n\n", flush=True)


def by_linearmodels(rows: pd.DataFrame) -> tuple[float, float]:
    """Effect and t of the column `step` in the regression with country and month effects."""
    model = PanelOLS(rows["outcome"], rows[["step"]], entity_effects=True, time_effects=True)
    fit = model.fit(cov_type="clustered", cluster_entity=True)
    return fit.params["step"], fit.tstats["step"]


def by_pyfixest(rows: pd.DataFrame) -> tuple[float, float]:
    """The same."""
    fit = pf.feols("outcome ~ step | country + month", rows, vcov={"CRV1": "country"})
    return fit.coef()["step"], fit.tstat()["step"]


LIBRARIES = {"pyfixest feols": by_pyfixest, "linearmodels PanelOLS": by_linearmodels}


def step_effects(missing: float) -> None:
    """All placebo steps at once against one regression for each."""
    outcome = panel(*SIZE, missing)
    rows, (values, observed) = long(outcome), matrix(outcome)
    design = TwoWay(observed)
    effects, residuals = design.step_effects(values), design.residuals(values)
    steps = np.argwhere(~np.isnan(effects))
    chosen = np.random.default_rng(1).permutation(steps)[: ROUNDS + 1]

    def dummy(step: np.ndarray) -> np.ndarray:
        return np.multiply.outer(np.arange(SIZE[0]) == step[0], np.arange(SIZE[1]) >= step[1]).astype(float)

    def one_by_one(step: np.ndarray) -> tuple[float]:
        regressor = design.residuals(dummy(step))
        return ((regressor * residuals).sum() / (regressor**2).sum(),)

    loops = {"own residuals of the dummy": one_by_one} | {
        name: lambda step, fit=fit: fit(rows.assign(step=dummy(step)[observed])) for name, fit in LIBRARIES.items()
    }
    calls = {
        f"step_effects, all {len(steps):,}": lambda: TwoWay(observed).step_effects(values),
        f"all_placebos, {len(all_placebos(outcome)):,} with a scale": lambda: all_placebos(outcome),
    }
    factors = {}
    for name, fit in loops.items():
        found = [fit(step)[0] for step in chosen]
        np.testing.assert_allclose(found, effects[tuple(chosen.T)], rtol=1e-6, atol=1e-8, err_msg=name)
        label = f"{name}, loop: {ROUNDS} timed, extrapolated to {len(steps):,}"
        calls[label], factors[label] = partial(next, map(fit, cycle(chosen))), len(steps)
    title = f"1. Placebo effects, {SIZE[0]} × {SIZE[1]}, {missing:.0%} of the cells missing"
    race(f"{title} ({len(chosen)} effects checked: all agree)", calls, factors=factors)


def bootstrap(restricted: bool) -> None:
    """Wild cluster bootstrap by algebra against refitting every draw."""
    outcome = panel(*SIZE, GAPS)
    starts, observed = six_starts(outcome), matrix(outcome)[1]
    rows = long(outcome).assign(step=treated(outcome, starts)[observed].astype(float))
    fit = step_fit(outcome, starts)
    p = wild_cluster(fit, restricted=restricted, draws=DRAWS)
    # without the fitted values: they change neither the drawn effect less the fitted one nor its error
    residuals = fit.untreated if restricted else fit.residuals
    signs = np.random.default_rng(1).choice([-1.0, 1.0], ((ROUNDS + 1) * AT_ONCE, SIZE[0], 1))
    drawn = {name: [] for name in LIBRARIES}

    def draw(name: str) -> None:
        for sign in signs[len(drawn[name]) :][:AT_ONCE]:
            drawn[name].append(LIBRARIES[name](rows.assign(outcome=(sign * residuals)[observed]))[1])

    calls = {f"wild_cluster, {DRAWS:,} draws": lambda: wild_cluster(step_fit(outcome, starts), restricted=restricted)}
    if find_spec("wildboottest"):
        # it takes no text as cluster
        model = pf.feols("outcome ~ step | country + month", rows.assign(code=rows["country"].factorize()[0]))
        options = {"cluster": "code", "param": "step", "impose_null": restricted, "seed": 0}
        calls[f"pyfixest wildboottest, {DRAWS:,} draws"] = lambda: model.wildboottest(DRAWS, **options)
    labels = {n: f"{n}, refitted: {ROUNDS} × {AT_ONCE} timed, extrapolated to {DRAWS:,}" for n in LIBRARIES}
    calls |= {label: partial(draw, name) for name, label in labels.items()}
    title = f"2. Wild cluster bootstrap, {'' if restricted else 'un'}restricted (p = {p:.3f})"
    race(title, calls, factors=dict.fromkeys(labels.values(), DRAWS / AT_ONCE))
    for name, refit in LIBRARIES.items():
        effect, t = refit(rows)
        np.testing.assert_allclose(effect, fit.effect, rtol=1e-6, err_msg=name)
        refitted = (np.abs(drawn[name]) >= abs(t)).mean()
        assert abs(refitted - p) < 4 * np.sqrt(max(p * (1 - p), 0.01) / len(signs)), f"{name}: p = {refitted}"
        print(f"  {name}: same effect; p = {refitted:.3f} in {len(signs)} draws")
    print("" if find_spec("wildboottest") else "  pyfixest's own wild bootstrap: wildboottest is not installed\n")


def imputations() -> None:
    """Imputation by country against libraries."""
    outcome = panel(*SIZE, GAPS)
    starts, observed = six_starts(outcome), matrix(outcome)[1]
    number = pd.Series(range(1, SIZE[1] + 1), outcome.columns)  # diff-diff takes periods as numbers, 0 for never
    rows = long(outcome).assign(after=treated(outcome, starts)[observed])
    rows["period"] = rows["month"].map(number)
    rows["first"] = rows["country"].map(starts.map(number)).fillna(0).astype(int)
    before, after = rows[~rows["after"]], rows[rows["after"]]

    def by_prediction() -> pd.Series:
        fit = pf.feols("outcome ~ 1 | country + period", before, vcov="iid")
        return (after["outcome"] - fit.predict(after, atol=1e-12, btol=1e-12)).groupby(after["country"]).mean()

    def by_diff_diff() -> float:
        names = {"outcome": "outcome", "unit": "country", "time": "period", "first_treat": "first"}
        return ImputationDiD().fit(rows, **names).overall_att

    own = imputation(outcome, starts)
    np.testing.assert_allclose(by_prediction(), own["effect"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(by_diff_diff(), np.average(own["effect"], weights=own["months_after"]), rtol=1e-6)
    calls = {
        "imputation, effects by country": lambda: imputation(outcome, starts),
        "pyfixest feols on the untreated cells and predict, effects by country": by_prediction,
        "diff-diff ImputationDiD, average effect with its standard error": by_diff_diff,
    }
    race("3. Imputation, six treated countries (effects checked: all agree)", calls)


def growth() -> None:
    """Own times by size of the panel and by number of draws."""
    for missing in (0.0, GAPS):
        calls = {}
        for size in (SIZE, (500, 250), (1_000, 300), (5_000, 500)):
            values, observed = matrix(panel(*size, missing))
            label = f"{size[0]:,} × {size[1]} ({observed.size / np.prod(SIZE):.1f} times the cells)"
            calls[label] = lambda values=values, observed=observed: TwoWay(observed).step_effects(values)
        kind = "every country with gaps of its own" if missing else "balanced"
        race(f"4. Growth of step_effects, countries × months, {kind} ({missing:.0%} missing)", calls, rounds=3)
    outcome = panel(*SIZE, GAPS)
    draw = partial(wild_cluster, step_fit(outcome, six_starts(outcome)), restricted=True)
    calls = {f"{draws:,} draws": partial(draw, draws=draws) for draws in (999, 9_999, 99_999)}
    race("4. Growth of wild_cluster, restricted", calls, rounds=7)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for share in (0.0, GAPS):
        step_effects(share)
    for imposed in (True, False):
        bootstrap(imposed)
    imputations()
    growth()
