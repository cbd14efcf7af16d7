"""The clustered t statistic of one treated country and its wild bootstrap: shown because both fail here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.effects.checks import check_design, check_error, check_form, check_varies
from lib.effects.twoway import DesignError, TwoWay, arrays, treated


@dataclass(frozen=True)
class StepFit:
    """Least squares on country effects, month effects and one dummy; arrays are countries × months."""

    design: TwoWay
    effect: float
    regressor: np.ndarray  # the dummy, residualised
    untreated: np.ndarray  # residuals of the outcome under no effect
    residuals: np.ndarray  # residuals with the effect fitted

    @property
    def variation(self) -> float:
        """Residual sum of squares of the dummy."""
        return float((self.regressor**2).sum())

    @property
    def scores(self) -> np.ndarray:
        """Score by country. With one treated country its own is zero: see the chapter for the derivation."""
        return (self.regressor * self.residuals).sum(axis=1)

    @property
    def se(self) -> float:
        """Standard error clustered by country, no small-sample factor (CRV0; Liang & Zeger 1986)."""
        return float(np.sqrt((self.scores**2).sum()) / self.variation)

    @property
    def t(self) -> float:
        """Effect over its clustered standard error."""
        return self.effect / self.se


def step_fit(outcome: pd.DataFrame, starts: pd.Series) -> StepFit:
    """Fit one dummy, common to all countries in `starts`, on a table countries × months (NaN: not observed).

    Raises `DesignError` as `lib.effects.checks.check_design`, if month effects leave nothing of the dummy (all
    countries treated in the same months), and for an outcome that leaves no noise.
    """
    check_design(outcome, starts)
    values, observed = arrays(outcome)
    design = TwoWay(observed)
    regressor = design.residuals(treated(outcome, starts).astype(float))
    untreated = design.residuals(values)
    check_varies(untreated, values)
    variation = (regressor**2).sum()
    if variation <= 1e-9:
        raise DesignError(
            f"{', '.join(map(str, starts.index))} are treated in the same months and no other country is there to "
            "compare with; add never-treated countries"
        )
    effect = float((regressor * untreated).sum() / variation)
    fit = StepFit(design, effect, regressor, untreated, untreated - effect * regressor)
    independent = np.sqrt((fit.residuals**2).sum() / observed.sum() / variation)
    check_error(np.array([fit.se]), [starts.index[0]], np.array([independent]))
    return fit


def all_clustered_t(outcome: pd.DataFrame) -> pd.DataFrame:
    """The clustered t of every step dummy "this country, from this month on", each fitted alone.

    `outcome` is countries × months without gaps and not without noise (`DesignError` otherwise, and as
    `lib.effects.checks.check_form`); NaN in the first month. A closed form: in a balanced panel every other country's
    dummy is the same line, 1 / countries as high.
    """
    check_form(outcome)
    values, observed = arrays(outcome)
    if not observed.all():
        raise DesignError("the panel has gaps; fit one dummy at a time with step_fit")
    design = TwoWay(observed)
    countries, months = values.shape
    residuals = design.residuals(values)
    check_varies(residuals, values)
    later = residuals[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    after = np.arange(months - 1, 0, -1)
    effects = design.step_effects(values)[:, 1:]
    within = after * (1 - after / months)
    # score of g when i is treated: -(later_g + effect_i · within / countries) / countries; its own is zero
    shift = effects * within / countries
    squares = (later**2).sum(axis=0) + 2 * shift * later.sum(axis=0) + countries * shift**2 - (later + shift) ** 2
    t = effects * design.step_variation[:, 1:] * countries / np.sqrt(squares)
    return pd.DataFrame(t, index=outcome.index, columns=outcome.columns[1:]).reindex(columns=outcome.columns)


def wild_cluster(fit: StepFit, *, restricted: bool, draws: int = 9_999, seed: int = 0) -> float:
    """P-value of no effect by the wild cluster bootstrap, Rademacher signs by country.

    `restricted` imposes no effect on the bootstrap's residuals (WCR), otherwise they are the fitted ones
    (WCU). Every draw is a product of signs with countries × countries matrices, never a new regression.
    Sources: Cameron, Gelbach & Miller (2008); Roodman, MacKinnon, Nielsen & Webb (2019) for the algebra;
    MacKinnon & Webb (2018) for why the first hardly ever rejects and the second far too often with one
    treated cluster.
    """
    residuals = fit.untreated if restricted else fit.residuals
    # What month effects, refitted in each draw, take from country g's score when h's residuals change sign.
    refitted = fit.regressor @ fit.design.inverse @ residuals.T
    score = (fit.regressor * residuals).sum(axis=1)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, len(score)))
    effects = signs @ score / fit.variation
    scores = signs @ (np.diag(score) - refitted).T - effects[:, None] * (fit.regressor**2).sum(axis=1)
    t = effects * fit.variation / np.sqrt((scores**2).sum(axis=1))
    return float((np.abs(t) >= abs(fit.t) - 1e-12).mean())
