"""Country and month effects against least squares on dummy variables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lib.effects.twoway import DesignError, TwoWay, arrays, treated


def in_one_piece(observed):
    """Whether countries and months hang together through the observed cells."""
    countries, months = observed.shape
    row, column = np.nonzero(observed)
    graph = coo_array((np.ones(len(row)), (row, countries + column)), shape=(countries + months,) * 2)
    return connected_components(graph, directed=False)[0] == 1


def dummies(observed, cells):
    """Country and month dummies of the given cells, one row each."""
    row, column = np.nonzero(cells)
    return np.hstack([row[:, None] == np.arange(observed.shape[0]), column[:, None] == np.arange(observed.shape[1])])


def least_squares(observed, values):
    """Fitted values of all cells from the regression of the observed ones on dummies."""
    effects = np.linalg.lstsq(dummies(observed, observed).astype(float), values[observed], rcond=None)[0]
    return (dummies(observed, np.ones_like(observed)) @ effects).reshape(observed.shape)


def step_effect(observed, values, country, month):
    """Least-squares coefficient of the dummy "this country, from this month on"; NaN where it is not identified."""
    step = np.zeros_like(values)
    step[country, month:] = 1.0
    design = np.column_stack([dummies(observed, observed), step[observed]]).astype(float)
    if np.linalg.matrix_rank(design) == np.linalg.matrix_rank(design[:, :-1]):
        return np.nan
    return np.linalg.lstsq(design, values[observed], rcond=None)[0][-1]


@st.composite
def panels(draw):
    """A pattern of observed cells and values with NaN elsewhere."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    observed = rng.random(shape) < draw(st.floats(0.2, 1.0))
    return observed, np.where(observed, rng.normal(10, 3, shape), np.nan)


@given(panels())
def test_residuals_and_fitted_values_are_those_of_least_squares(panel):
    observed, values = panel
    if not in_one_piece(observed):
        with pytest.raises(DesignError, match=r"no observation at all|pieces without a month in common"):
            TwoWay(observed)
        return
    effects, expected = TwoWay(observed), least_squares(observed, values)
    assert effects.fitted(values) == pytest.approx(expected, abs=1e-8)
    assert effects.residuals(values) == pytest.approx(np.where(observed, values - expected, 0.0), abs=1e-8)


@settings(max_examples=settings().max_examples // 2)
@given(panels())
def test_step_effects_are_those_of_least_squares(panel):
    observed, values = panel
    if not in_one_piece(observed):
        return
    found = TwoWay(observed).step_effects(values)
    expected = np.array([step_effect(observed, values, *cell) for cell in np.ndindex(observed.shape)])
    assert found.ravel() == pytest.approx(expected, abs=1e-7, nan_ok=True)


@settings(max_examples=settings().max_examples // 2)
@given(panels())
def test_step_variation_is_the_residual_sum_of_squares_of_the_step(panel):
    observed, _ = panel
    if not in_one_piece(observed):
        return
    effects = TwoWay(observed)
    for country, month in np.ndindex(*observed.shape):
        step = np.zeros(observed.shape)
        step[country, month:] = 1.0
        assert effects.step_variation[country, month] == pytest.approx((effects.residuals(step) ** 2).sum(), abs=1e-9)


def test_two_by_two_by_hand():
    # means: rows 3 and 6, columns 3.5 and 5.5, all 4.5; residual of the first cell 1 − 3 − 3.5 + 4.5
    values = np.array([[1.0, 5.0], [6.0, 6.0]])
    assert TwoWay(np.ones((2, 2), bool)).residuals(values).tolist() == [[-1.0, 1.0], [1.0, -1.0]]


def test_a_missing_cell_is_imputed_from_the_three_others():
    values = np.array([[1.0, 4.0], [6.0, np.nan]])
    assert TwoWay(~np.isnan(values)).fitted(values) == pytest.approx(np.array([[1.0, 4.0], [6.0, 9.0]]))


def test_step_effect_of_two_countries_and_two_months_is_the_double_difference():
    effects = TwoWay(np.ones((2, 2), bool)).step_effects(np.array([[1.0, 5.0], [2.0, 3.0]]))
    assert effects[:, 1] == pytest.approx([3.0, -3.0])
    assert np.isnan(effects[:, 0]).all(), "a country treated in every month has no month before"


def test_a_lone_country_has_no_effect_to_tell():
    assert np.isnan(TwoWay(np.ones((1, 6), bool)).step_effects(np.arange(6.0)[None, :])).all()


def test_country_and_month_constants_leave_residuals_alone():
    rng = np.random.default_rng(1)
    observed = rng.random((9, 20)) < 0.8
    values, effects = rng.normal(size=(9, 20)), TwoWay(observed)
    shifted = values + rng.normal(0, 100, (9, 1)) + rng.normal(0, 100, 20)
    assert effects.residuals(shifted) == pytest.approx(effects.residuals(values), abs=1e-9)
    assert effects.step_effects(shifted) == pytest.approx(effects.step_effects(values), abs=1e-9, nan_ok=True)


def test_what_stands_in_unobserved_cells_does_not_matter():
    rng = np.random.default_rng(2)
    observed = rng.random((6, 8)) < 0.8
    values, effects = rng.normal(size=(6, 8)), TwoWay(observed)
    for filler in (np.nan, np.inf, 1e9):
        assert (effects.fitted(np.where(observed, values, filler)) == effects.fitted(values)).all()


@pytest.mark.parametrize("empty", [np.s_[2, :], np.s_[:, 3]])
def test_a_country_or_month_without_observation_is_refused(empty):
    observed = np.ones((4, 5), bool)
    observed[empty] = False
    with pytest.raises(DesignError, match="no observation at all"):
        TwoWay(observed)


def test_panels_that_fall_into_pieces_are_refused_however_large():
    observed = np.zeros((80, 120), bool)
    observed[:40, :60] = observed[40:, 60:] = True
    with pytest.raises(DesignError, match="fall into pieces"):
        TwoWay(observed)
    observed[0, 60] = True  # one cell joins them
    TwoWay(observed)


def test_a_long_chain_of_countries_with_two_months_each_holds_together():
    observed = np.eye(300, 301, dtype=bool) | np.eye(300, 301, 1, dtype=bool)
    values = np.add.outer(np.arange(300.0), np.arange(301.0) ** 1.5)
    np.testing.assert_allclose(TwoWay(observed).fitted(values), values, atol=1e-8)


def test_matrix_keeps_missing_cells_apart_from_zeros():
    values, observed = arrays(pd.DataFrame({"a": [0, None], "b": [2, 3]}, dtype="Int64"))
    assert values.dtype == float
    assert observed.tolist() == [[True, True], [False, True]]
    assert values[observed].tolist() == [0.0, 2.0, 3.0]


def test_treated_from_the_start_on():
    months = pd.date_range("2020-01-01", periods=4, freq="MS")
    table = pd.DataFrame(0.0, index=["MAR", "TUR", "IRQ", "GHA"], columns=months)
    starts = pd.Series({"TUR": months[2], "MAR": months[0], "IRQ": pd.Timestamp("2021-01-01"), "ZZZ": months[1]})
    assert treated(table, starts).astype(int).tolist() == [[1, 1, 1, 1], [0, 0, 1, 1], [0] * 4, [0] * 4]
    assert not treated(table, pd.Series(dtype="datetime64[ns]")).any()
