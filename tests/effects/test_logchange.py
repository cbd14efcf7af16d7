"""The log change of one treated country: exact ranks, intervals that invert the test, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib.effects.logchange import all_log_changes, common_change, log_change
from lib.effects.twoway import DesignError

MONTHS = pd.date_range("2020-01-01", periods=24, freq="MS")
seeds = st.integers(0, 10**6)
few = settings(max_examples=max(settings().max_examples // 4, 5))


def caseload(seed, countries=41, times=1.0, gaps=0.0):
    """Poisson counts around means from 0.5 to 60 a month; the last country, T, has `times` as many from 2021 on."""
    rng = np.random.default_rng(seed)
    means = np.append(rng.permutation(np.geomspace(0.5, 60, countries - 1)), 6.0)
    wander = np.exp(0.3 * rng.standard_normal((countries, 2)))[:, (np.arange(24) >= 12).astype(int)]
    intensity = means[:, None] * wander
    intensity[-1, 12:] *= times
    counts = rng.poisson(intensity).astype(float)
    counts[rng.random(counts.shape) < gaps] = np.nan
    return pd.DataFrame(counts, [*(f"C{k:02d}" for k in range(countries - 1)), "T"], MONTHS)


def change(outcome, country="T", month=12):
    return log_change(outcome, pd.Series({country: MONTHS[month]}), country)


@few
@example(86)  # two countries that are alike in everything stand fourth and fifth
@given(seeds)
def test_every_country_has_its_rank_whichever_is_called_treated(seed):
    outcome = caseload(seed)
    ranks = sorted(change(outcome, country).rank()[0] for country in outcome.index)
    # so that a true null is rejected at k of N; countries that are alike in everything count against each other
    assert all(rank >= place for rank, place in zip(ranks, range(1, 42), strict=True))
    assert len(set(ranks)) > 38


@few
@given(seeds, st.sampled_from([1.0, 2.0, 4.0]), st.sampled_from([0.0, 0.1]), st.sampled_from([0.05, 0.1, 0.3]))
def test_no_interval_contradicts_the_test(seed, times, gaps, level):
    found = change(caseload(seed, times=times, gaps=gaps))
    low, high = found.interval(level)
    assert low <= found.estimate <= high
    assert (low <= 0 <= high) == (found.p_value() > level)
    assert found.rejects(level=level) == (found.p_value() <= level)
    wider = found.interval(level / 2)
    assert wider[0] <= low and high <= wider[1]
    for outside in (low - 0.3, high + 0.3):
        assert not np.isfinite(outside) or found.p_value(outside) <= level


def test_a_change_of_all_cancels_and_one_of_the_country_is_found():
    outcome = 100 * caseload(1)
    one = change(outcome)
    shocked, raised = outcome.copy(), outcome.copy()
    shocked.loc[:, MONTHS[12] :] *= 0.6
    raised.loc["T", MONTHS[12] :] *= 3
    assert change(shocked).estimate == pytest.approx(one.estimate, abs=0.02)
    assert change(shocked).rank() == one.rank()
    assert change(raised).estimate == pytest.approx(one.estimate + np.log(3), abs=0.01)
    assert change(raised).rank(np.log(3)) == one.rank()
    # half the level of the treated country before, as cases a month
    assert change(raised).extra(change(raised).estimate) == pytest.approx(
        raised.loc["T", MONTHS[12] :].mean() * (1 - np.exp(-change(raised).estimate)), rel=1e-3
    )


def test_order_and_names_of_countries_do_not_matter():
    outcome = caseload(2)
    mixed = outcome.sample(frac=1, random_state=2).rename(index=lambda name: f"X{name}" if name != "T" else name)
    assert change(mixed).p_value() == change(outcome).p_value()
    assert change(mixed).interval() == pytest.approx(change(outcome).interval())


def test_the_common_change_is_that_of_a_poisson_regression_with_gaps():
    import statsmodels.api as sm

    outcome = caseload(3, countries=8, gaps=0.25)
    cells = outcome.stack().dropna()
    names, months = cells.index.get_level_values(0), cells.index.get_level_values(1)
    design = pd.concat([pd.get_dummies(names), pd.get_dummies(months).iloc[:, 1:]], axis=1).to_numpy(float)
    fit = sm.GLM(cells.to_numpy(), design, family=sm.families.Poisson()).fit()
    month = pd.Series(np.exp(np.append(0.0, fit.params[8:])), MONTHS)
    seen, after = outcome.notna().to_numpy(), np.arange(24) >= 12
    expected = (seen[:, after] @ month[after]) / (seen[:, ~after] @ month[~after])
    assert common_change(outcome.fillna(0).to_numpy(), seen, after) == pytest.approx(expected, rel=0.02)  # half a case


def test_a_country_is_ranked_among_those_of_its_size_too():
    found = change(caseload(4))
    k, among = found.rank(among=12)
    assert among == 13
    assert 1 <= k <= min(13, found.rank()[0])
    assert found.rank(among=40) == found.rank()


@pytest.mark.parametrize(("mean", "said"), [(0.2, "small"), (6, None), (500, "large")])
def test_a_country_beyond_the_others_sizes_says_so(mean, said):
    outcome = caseload(5)
    outcome.loc["T"] = np.random.default_rng(5).poisson(mean, 24)
    assert change(outcome).cautions == ((f"no other country is as {said} as T",) if said else ())


@pytest.mark.parametrize("part", [slice(0, 12), slice(12, 24)])
def test_countries_that_fall_silent_are_counted_and_said(part):
    outcome = caseload(5)
    outcome.loc["T"] = 5
    largest = outcome.drop(index="T").sum(axis=1).nlargest(5).index
    outcome.loc[largest[:2], MONTHS[part]] = 0
    assert change(outcome).cautions == ()  # 2 of 41 are less than 5%
    outcome.loc[largest[2], MONTHS[part]] = 0
    (said,) = change(outcome).cautions
    assert said.startswith("3 of 41 countries are without a case before or after, where 10 or more")


def test_few_countries_bound_nothing_and_say_so_in_time():
    found = change(caseload(6, countries=19))
    assert found.interval() == (-np.inf, np.inf)
    assert found.interval(0.1)[1] < np.inf


def test_every_start_of_a_panel_is_the_test_at_that_start():
    outcome = caseload(7, gaps=0.05)
    found = all_log_changes(outcome, 8, 8)
    assert found.index.levels[1].tolist() == MONTHS[8:17].tolist()
    for month in (8, 12, 16):
        one = change(outcome, month=month)
        at = found.xs(MONTHS[month], level="start").loc[one.units]
        assert at["statistic"].to_numpy() == pytest.approx(one.statistics()[0])
        assert at.at["T", "p"] == pytest.approx(one.rank()[0] / one.rank()[1])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: pd.concat([t.drop("T"), 0 * t.loc[["T"]]]), "T has no case"),
        (lambda t: t.mask((t.index == "T")[:, None] & (t.columns < MONTHS[12]), np.nan), "no month before or after"),
        (lambda t: t - 10, "a count lies below zero"),
        (lambda t: t.loc[["C00", "C01", "T"]], "2 never-treated countries with cases for T; three are needed"),
    ],
)
def test_a_table_of_which_no_change_can_be_told_is_refused(spoil, said):
    with pytest.raises(DesignError, match=said):
        change(spoil(caseload(8)))
