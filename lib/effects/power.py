"""What a test can see: smallest detectable effects by size of country and months; people that a trial needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from lib.effects.checks import check_form
from lib.effects.logchange import HALF, NEAR, common_change, deviations
from lib.effects.twoway import DesignError, arrays

BETWEEN_STARTS = 6  # months; neighbouring starts tell almost the same
MOST = 1e4  # a rise for one case expected, beyond any that is looked for


def smallest_detectable(
    outcome: pd.DataFrame,
    sizes: Sequence[float],
    months_after: Sequence[int],
    least_before: int = 48,
    power: float = 0.8,
    level: float = 0.05,
) -> pd.DataFrame:
    """The rise a month that a placebo test of the log change at `level` finds with probability `power`.

    `outcome` is a never-treated panel of counts, countries × months; `sizes` the mean a month before the start.
    Returns rows (months_after, size) with `effect`: the median over starts half a year apart, with at least
    `least_before` months before. A rise is found when the country's log change, its noise included, passes what
    the other countries' reach; the noise is that of a country of as many cases as the rise brings. Source: Bloom
    (1995), with the placebos' own distribution in place of the normal. Countries that are not observed both before and
    after a start, or have no case, are left out there. Raises `DesignError` if the panel is too short or has too few
    countries, and as `lib.effects.checks.check_form`.
    """
    check_form(outcome)
    values, observed = arrays(outcome)
    counts, rows = np.where(observed, values, 0.0), []
    for months in months_after:
        starts = range(least_before, values.shape[1] - months + 1, BETWEEN_STARTS)
        if not starts:
            raise DesignError(f"{values.shape[1]} months do not hold {least_before} before a start and {months} after")
        found = []
        for start in starts:
            after = np.arange(start + months) >= start
            seen, cases = observed[:, : start + months], counts[:, : start + months]
            known = seen[:, after].any(axis=1) & seen[:, ~after].any(axis=1) & (cases.sum(axis=1) > 0)
            allowed = int(level * (known.sum() + 1) + 1e-9)
            if not allowed:
                raise DesignError(f"{known.sum()} never-treated countries cannot reject at {level:.0%}; add more")
            found.append(_detectable(cases[known], seen[known], after, np.asarray(sizes, float), allowed, power))
        rows += zip([months] * len(sizes), sizes, np.median(found, axis=0), strict=True)
    return pd.DataFrame(rows, columns=["months_after", "size", "effect"])


def _detectable(
    counts: np.ndarray, seen: np.ndarray, after: np.ndarray, size: np.ndarray, allowed: int, power: float
) -> np.ndarray:
    """The rise at each size that takes so large a share of the placebos past the `allowed`-th largest of them."""
    before, later = counts[:, ~after].sum(axis=1) + HALF, counts[:, after].sum(axis=1) + HALF
    ratio = common_change(counts, seen, after)
    distance, scale = deviations(before, later, ratio)
    statistic, growth = distance / scale, float(np.median(ratio))
    critical = np.sort(np.abs(statistic))[-allowed]
    # the noise by size: that of countries with as many cases
    order = np.argsort(before + later)
    totals, noise = np.log(before + later)[order], scale[order]
    expected = size * (~after).sum() * growth  # cases after, without a rise
    own = np.interp(np.log(expected * (1 + 1 / growth)), totals, noise)
    # cases after, as a share of those that the cases before let expect: as the countries next in size swing
    next_in_size = np.argsort(np.abs(np.log((before + later)[:, None] / (expected * (1 + 1 / growth)))), axis=0)
    swing = np.exp(statistic[next_in_size[: max(2 * NEAR, len(statistic) // 3)]] * own)
    needed = min(power * (1 + 1 / len(swing)), 1.0)  # the country itself is not among those whose swings are known
    low, high = np.zeros_like(size), np.full_like(size, MOST)
    for _ in range(40):
        rise = (low + high) / 2  # for one case expected
        bar = critical * np.interp(np.log(expected * (1 + 1 / growth + rise)), totals, noise)
        chance = np.sqrt(rise / expected) / (1 + rise) + 1e-9
        # a rise adds cases and no swings, so it dampens them
        found = norm.cdf((np.log(swing + rise) - bar) / chance).mean(axis=0)
        low, high = np.where(found < needed, rise, low), np.where(found < needed, high, rise)
    return high * expected / after.sum()


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
