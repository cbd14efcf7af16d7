"""The clustered t statistic and its wild bootstrap against slower implementations, and where both fail."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.effects.bootstrap import all_clustered_t, step_fit, wild_cluster
from lib.effects.twoway import DesignError, treated
from lib.returns.simulation import country_means


def panel(seed, countries=8, months=10, share_missing=0.0):
    """A table countries × months of normal values, some of them missing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(5, 2, (countries, months)) + rng.normal(0, 3, (countries, 1))
    values = np.where(rng.random(values.shape) < share_missing, np.nan, values)
    names = [f"C{k}" for k in range(countries)]
    return pd.DataFrame(values, names, pd.date_range("2020-01-01", periods=months, freq="MS"))


def starts(outcome, **months):
    return pd.Series({country: outcome.columns[month] for country, month in months.items()})


def dummies(outcome):
    """Country, month and 0/1 dummy columns of the observed cells, and the country number of each."""
    row, column = np.nonzero(outcome.notna())
    blocks = [row[:, None] == np.arange(len(outcome)), column[:, None] == np.arange(1, outcome.shape[1])]
    return np.hstack(blocks).astype(float), row


def clustered(y, step, effects, cluster):
    """Coefficient of the step, its CRV0 error and the residuals, by least squares on all columns."""
    x = np.column_stack([step, effects])
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    residuals = y - x @ coefficients
    bread = np.linalg.pinv(x.T @ x)
    scores = np.array([x[cluster == g].T @ residuals[cluster == g] for g in np.unique(cluster)])
    return coefficients[0], np.sqrt((bread @ scores.T @ scores @ bread)[0, 0]), residuals


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6), st.booleans())
def test_the_fit_is_that_of_least_squares_on_dummies(seed, staggered):
    outcome = panel(seed, share_missing=0.15)
    first = starts(outcome, C0=5, C3=3, C4=8) if staggered else starts(outcome, C2=5)
    try:
        fit = step_fit(outcome, first)
    except DesignError:
        return
    if fit.variation < 1e-9:
        return
    seen = outcome.notna().to_numpy()
    effects, cluster = dummies(outcome)
    step = treated(outcome, first)[seen].astype(float)
    effect, se, residuals = clustered(outcome.to_numpy()[seen], step, effects, cluster)
    assert fit.effect == pytest.approx(effect, abs=1e-9)
    assert fit.se == pytest.approx(se, abs=1e-9)
    assert fit.residuals[seen] == pytest.approx(residuals, abs=1e-9)
    assert not fit.residuals[~seen].any()


@pytest.mark.parametrize("share_missing", [0.0, 0.15])
def test_effect_and_error_agree_with_linearmodels(share_missing):
    from linearmodels.panel import PanelOLS

    outcome = panel(1, share_missing=share_missing)
    first = starts(outcome, C0=5, C3=3)
    cells = outcome.stack().dropna()
    step = pd.DataFrame(treated(outcome, first), outcome.index, outcome.columns).stack().loc[cells.index]
    model = PanelOLS(cells, step.astype(float).to_frame("step"), entity_effects=True, time_effects=True)
    theirs = model.fit(cov_type="clustered", cluster_entity=True)
    fit, n = step_fit(outcome, first), len(cells)
    assert fit.effect == pytest.approx(theirs.params["step"])
    # their small-sample factor: n over n less the 8 countries, 9 further months and the dummy
    assert fit.se * np.sqrt(n / (n - 8 - 9 - 1)) == pytest.approx(theirs.std_errors["step"])


def test_the_score_of_a_country_treated_alone_is_zero():
    alone, two = (step_fit(panel(2), starts(panel(2), **months)) for months in ({"C1": 4}, {"C1": 4, "C5": 6}))
    assert alone.scores[1] == pytest.approx(0, abs=1e-10)
    assert np.abs(np.delete(alone.scores, 1)).min() > 1e-3
    assert np.abs(two.scores).min() > 1e-3
    assert alone.scores.sum() == pytest.approx(0, abs=1e-10)


def test_every_clustered_t_is_that_of_its_own_fit():
    outcome = panel(3)
    found = all_clustered_t(outcome)
    assert found.iloc[:, 0].isna().all()
    for country in ("C0", "C7"):
        for month in (1, 5, 9):
            fit = step_fit(outcome, starts(outcome, **{country: month}))
            assert found.loc[country, outcome.columns[month]] == pytest.approx(fit.t)
    with pytest.raises(DesignError, match="has gaps"):
        all_clustered_t(outcome.mask(outcome == outcome.iloc[2, 2]))


def slow_bootstrap(outcome, first, restricted, draws, seed):
    """Whether each draw reaches the t statistic, every draw a regression of its own on all dummies."""
    seen = outcome.notna().to_numpy()
    effects, cluster = dummies(outcome)
    y, step = outcome.to_numpy()[seen], treated(outcome, first)[seen].astype(float)
    effect, se, residuals = clustered(y, step, effects, cluster)
    fitted, centre = y - residuals, effect
    if restricted:
        fitted, centre = effects @ np.linalg.lstsq(effects, y, rcond=None)[0], 0.0
        residuals = y - fitted
    reached = []
    for signs in np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, len(outcome))):
        drawn, drawn_se, _ = clustered(fitted + signs[cluster] * residuals, step, effects, cluster)
        reached.append(abs((drawn - centre) / drawn_se) >= abs(effect / se) - 1e-9)
    return np.array(reached)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("share_missing", [0.0, 0.15])
@pytest.mark.parametrize("months", [{"C1": 4}, {"C0": 5, "C3": 3, "C4": 7}])
def test_every_draw_is_that_of_a_refit(restricted, share_missing, months):
    outcome = panel(4, share_missing=share_missing)
    outcome.loc["C1", outcome.columns[4] :] += 2.0
    first = starts(outcome, **months)
    reached = slow_bootstrap(outcome, first, restricted, draws=60, seed=5)
    fit = step_fit(outcome, first)
    found = [wild_cluster(fit, restricted=restricted, draws=draws, seed=5) for draws in range(1, 61)]
    assert found == pytest.approx(np.cumsum(reached) / np.arange(1, 61))


def rejections(treated_countries, sd, seed, replications=150):
    """Share of draws of a true null that each bootstrap rejects at 5%; `sd` is the noise of each country."""
    rng, rejected = np.random.default_rng(seed), np.zeros(2)
    for _ in range(replications):
        outcome = panel(0, countries=len(sd), months=16)
        outcome[:] = rng.standard_normal(outcome.shape) * sd[:, None]
        fit = step_fit(outcome, starts(outcome, **dict.fromkeys(treated_countries, 8)))
        rejected += [wild_cluster(fit, restricted=r, draws=199, seed=rng.integers(2**32)) <= 0.05 for r in (0, 1)]
    return rejected / replications


def test_with_one_large_treated_country_both_bootstraps_fail_in_opposite_ways():
    unrestricted, restricted = rejections(["C27"], country_means(30), seed=6)
    assert unrestricted > 0.5
    assert restricted < 0.02


def test_with_many_treated_countries_alike_both_have_about_the_right_size():
    unrestricted, restricted = rejections([f"C{k}" for k in range(12)], np.ones(24), seed=7)
    margin = 3.3 * np.sqrt(0.05 * 0.95 / 150)
    assert abs(unrestricted - 0.05) < margin + 0.02
    assert abs(restricted - 0.05) < margin


def test_the_same_seed_gives_the_same_p_value():
    fit = step_fit(panel(8), starts(panel(8), C1=4, C2=4))
    assert wild_cluster(fit, restricted=True, seed=1) == wild_cluster(fit, restricted=True, seed=1)
    assert wild_cluster(fit, restricted=True, draws=99, seed=1) != wild_cluster(fit, restricted=True, draws=99, seed=2)


def test_an_outcome_without_noise_has_no_t_statistic():
    outcome = 0 * panel(3) + 5
    with pytest.raises(DesignError, match="nothing measures its noise"):
        step_fit(outcome, starts(outcome, C1=5))
    with pytest.raises(DesignError, match="nothing measures its noise"):
        all_clustered_t(outcome)
