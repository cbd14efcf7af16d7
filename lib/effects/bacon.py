"""What one effect for all is made of: the comparisons of two groups behind a two-way regression, and their weights."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from lib.effects.checks import check_design, check_full
from lib.effects.twoway import DesignError


def bacon(outcome: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """The regression with one common dummy, taken apart into differences-in-differences of two groups each.

    `outcome` is countries × months without gaps; `starts` the first treated month by country. Countries with the
    same start form a group. Returns one row per comparison: `treated` (start of the treated group), `control`
    (start of the other group, or "never"), `kind` (treated vs never, earlier vs later, or later vs earlier: the
    controls of the last are treated already), `estimate` (unit of the outcome) and `weight`. The weights sum to
    one; the weighted sum of the estimates is the coefficient of the dummy in the regression on country and month
    effects. Source: Goodman-Bacon (2021), Journal of Econometrics 225(2), 254–277, equations 10e–10g, in which
    the sizes of the pairs cancel. Raises `DesignError` as `lib.effects.checks.check_design`, for a table with gaps,
    and when all countries start in the same month. A country treated from the first month on is refused like
    everywhere else.
    """
    check_design(outcome, starts)
    check_full(outcome)
    values = outcome.to_numpy(dtype=float)
    months = outcome.columns
    start_of = starts.reindex(outcome.index)
    paths = {start: values[(start_of == start).to_numpy()] for start in sorted(starts.unique())}
    never = values[start_of.isna().to_numpy()]
    treated_share = {start: float((months >= start).mean()) for start in paths}

    found = []
    if len(never):
        for start, group in paths.items():
            share = treated_share[start]
            estimate = _did(group, never, months < start, months >= start)
            weight = len(group) * len(never) * share * (1 - share)
            found.append((start, "never", "treated vs never", estimate, weight))
    for early, late in combinations(paths, 2):
        pairs, apart = len(paths[early]) * len(paths[late]), treated_share[early] - treated_share[late]
        between = (months >= early) & (months < late)
        estimate = _did(paths[early], paths[late], months < early, between)
        weight = pairs * apart * (1 - treated_share[early])
        found.append((early, late, "earlier vs later", estimate, weight))
        estimate = _did(paths[late], paths[early], between, months >= late)
        found.append((late, early, "later vs earlier", estimate, pairs * apart * treated_share[late]))
    if not found:
        raise DesignError(
            f"{', '.join(map(str, starts.index))} start in the same month and no other country is there to compare "
            "with; add never-treated countries"
        )
    table = pd.DataFrame(found, columns=["treated", "control", "kind", "estimate", "weight"])
    return table.assign(weight=table["weight"] / table["weight"].sum())


def _did(group: np.ndarray, controls: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    change = group[:, after].mean() - group[:, before].mean()
    return float(change - (controls[:, after].mean() - controls[:, before].mean()))
