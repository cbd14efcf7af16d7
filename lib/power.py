"""What a test can see: smallest detectable effects by size of country and months; people that a trial needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.placebo import Noise, fit_noise
from lib.twoway import DesignError, TwoWay, matrix

BETWEEN_STARTS = 6  # months; neighbouring starts tell almost the same


def smallest_detectable(
    outcome: pd.DataFrame,
    sizes: Sequence[float],
    months_after: Sequence[int],
    least_before: int = 48,
    power: float = 0.8,
    level: float = 0.05,
) -> pd.DataFrame:
    """The rise a month that a size-scaled placebo test at `level` finds with probability `power`.

    `outcome` is a never-treated panel, countries × months; `sizes` the mean a month before the start, in the
    unit of the outcome. Returns rows (months_after, size) with `effect`: the median over starts half a year
    apart, with at least `least_before` months before. The noise is that of the never-treated at that size
    before the start, and after it at the size that the effect brings, since more cases are also noisier.
    Source: Bloom (1995), with the placebos' own distribution in place of the normal. Countries that are not
    observed both before and after a start are left out there. Raises `DesignError` if the panel is too short
    or has too few countries.
    """
    values, observed = matrix(outcome)
    rows, known = [], {}  # the effects of every start in the months up to a last one, by that month and the countries
    for months in months_after:
        starts = range(least_before, values.shape[1] - months + 1, BETWEEN_STARTS)
        if not starts:
            raise DesignError(f"{values.shape[1]} months do not hold {least_before} before a start and {months} after")
        found = []
        for start in starts:
            until = start + months
            donors = observed[:, :start].any(axis=1) & observed[:, start:until].any(axis=1)
            allowed = int(level * (donors.sum() + 1) + 1e-9)
            if not allowed:
                raise DesignError(f"{donors.sum()} never-treated countries cannot reject at {level:.0%}; add more")
            if (within := (until, donors.tobytes())) not in known:
                known[within] = TwoWay(observed[donors, :until]).step_effects(values[donors, :until])
            effects = known[within][:, start]
            noise = fit_noise(effects, np.nanmean(values[donors, :start], axis=1))
            scaled = effects / noise.left_out
            critical = np.sort(np.abs(scaled))[-allowed]
            shortfall = -np.quantile(scaled, 1 - power)
            found.append(_detectable(noise, critical, shortfall, np.asarray(sizes), start / until))
        rows += zip([months] * len(sizes), sizes, np.median(found, axis=0), strict=True)
    return pd.DataFrame(rows, columns=["months_after", "size", "effect"])


def _detectable(noise: Noise, critical: float, shortfall: float, size: np.ndarray, share_after: float) -> np.ndarray:
    """The effect that clears `critical` scales of no effect by `shortfall` scales of its own, at each size."""
    before = noise.at(size)
    effect = critical * before
    for _ in range(50):  # the scale grows slower than the effect, so this settles
        own = np.sqrt(share_after * noise.at(size + effect) ** 2 + (1 - share_after) * before**2)
        effect = critical * before + shortfall * own
    return effect


def months_until(detectable: pd.DataFrame, target: float) -> pd.Series:
    """The first number of months at which a rise of `target` a month can be confirmed, by size; missing if none.

    `detectable` is what `smallest_detectable` returns. Later months must not lose the target again.
    """
    wide = detectable.pivot(index="months_after", columns="size", values="effect").sort_index()
    confirmed = (wide <= target)[::-1].cummin()[::-1]
    return pd.Series(
        {size: wide.index[confirmed[size]].min() if confirmed[size].any() else pd.NA for size in wide},
        dtype="Int64", name="months",
    )  # fmt: skip


def people_per_arm(share: float, other: float, design_effect: float = 1.0, power: float = 0.8) -> int:
    """People in each of two equal arms so that a 5% two-sided test tells the two shares apart with this power.

    `design_effect` is how much more people in one place resemble each other: 1 + (people a place − 1) times
    their intra-class correlation. Source: Cohen (1988), arcsine transformation, by statsmodels; close to exact
    from about thirty people an arm. Raises `ValueError` for equal shares, shares outside (0, 1) and design
    effects below one.
    """
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    if not (0 < share < 1 and 0 < other < 1) or share == other or design_effect < 1:
        raise ValueError(f"shares {share} and {other}, design effect {design_effect}: need two shares and at least 1")
    size = abs(proportion_effectsize(share, other))
    return int(np.ceil(design_effect * NormalIndPower().solve_power(size, power=power, alpha=0.05)))
