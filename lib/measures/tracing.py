"""Process tracing with stated assumptions: what evidence would do to a prior, and how far that can be bent."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST, MOST = 0.05, 0.95  # no evidence in a case study is impossible or certain under any explanation


def posterior(likelihoods: pd.DataFrame, prior: pd.Series, weight: float = 1.0) -> pd.Series:
    """The posterior over rival explanations.

    `likelihoods` is evidence × hypotheses, the assumed probability of seeing each piece if a hypothesis were
    true; `prior` has one probability per hypothesis. The pieces count as independent; since those of one
    report are not, `weight` from 0 to 1 discounts all of them (each likelihood to the power `weight`).
    Source: Bayes' rule as used in process tracing (Bennett 2015; Fairfield & Charman 2017). Raises `ValueError`
    for a likelihood outside 0.05–0.95, a weight outside 0–1, or a prior that is no distribution over the same
    hypotheses.
    """
    if not likelihoods.apply(lambda column: column.between(LEAST, MOST)).all(axis=None):
        raise ValueError(f"likelihoods lie between {LEAST} and {MOST}; none is missing")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight {weight}: evidence counts in full (1), not at all (0), or something between")
    if set(prior.index) != set(likelihoods.columns) or (prior < 0).any() or not np.isclose(prior.sum(), 1):
        raise ValueError("the prior is not a distribution over the hypotheses of the likelihoods")
    if prior.max() == 1:
        return prior.reindex(likelihoods.columns).astype(float)
    with np.errstate(divide="ignore"):
        logs = np.log(prior.reindex(likelihoods.columns)) + weight * np.log(likelihoods).sum()
    odds = np.exp(logs - logs.max())
    return odds / odds.sum()


def once(likelihoods: pd.DataFrame, circle: pd.Series) -> pd.DataFrame:
    """Circles × hypotheses: pieces from one circle of sources count as one piece between them.

    `circle` names the source of each piece (same index). People who share an account do not confirm each other, so
    a circle gets the geometric mean of the likelihoods of its pieces: five that say the same weigh as one, and
    a piece that is added to a circle changes what the circle says and not how much it counts.
    """
    if missing := sorted(set(likelihoods.index) - set(circle.dropna().index)):
        raise ValueError(f"no circle of sources for {', '.join(missing)}")
    return np.exp(np.log(likelihoods).groupby(circle.reindex(likelihoods.index), sort=False).mean())


BOTH = {"midway": "mean", "as the less likely part": "min", "as the likelier part": "max"}


def with_both(
    likelihoods: pd.DataFrame, parts: tuple[str, str], rule: str = "midway", name: str = "both"
) -> pd.DataFrame:
    """The hypotheses and one more: that both `parts` were needed, and neither would have done alone.

    If both were at work, each leaves its traces, and each is held back by waiting for the other: a piece is taken
    to be as likely as midway between the parts. The other rules of `BOTH` are the ends: with the less likely
    part every piece speaks against *both*, with the likelier part none does.
    """
    return likelihoods.assign(**{name: likelihoods[list(parts)].agg(BOTH[rule], axis=1)})


def left_out(likelihoods: pd.DataFrame, prior: pd.Series, weight: float = 1.0) -> pd.DataFrame:
    """The posterior without each piece of evidence in turn (evidence × hypotheses)."""
    return pd.DataFrame(
        {piece: posterior(likelihoods.drop(index=piece), prior, weight) for piece in likelihoods.index}
    ).T


def smallest_bend(likelihoods: pd.DataFrame, prior: pd.Series, weight: float = 1.0) -> float:
    """How far all assumptions must be moved against the leading explanation until another one overtakes it.

    The smallest b such that lowering every likelihood under the leader by b and raising every one under a
    rival by b, within 0.05–0.95, puts that rival level with it. Infinite if none can be put level.
    """
    leader = posterior(likelihoods, prior, weight).idxmax()
    own, others = likelihoods[leader].to_numpy(), likelihoods.drop(columns=leader).to_numpy()
    with np.errstate(divide="ignore"):
        start = np.log(prior[leader]) - np.log(prior.reindex(likelihoods.columns.drop(leader)).to_numpy())

    def overtaken(bend: float) -> bool:
        lowered, raised = np.maximum(own - bend, LEAST), np.minimum(others + bend, MOST)
        return bool((start + weight * (np.log(lowered).sum() - np.log(raised).sum(axis=0)) <= 0).any())

    low, high = 0.0, MOST - LEAST
    if not overtaken(high):
        return np.inf
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if overtaken(middle) else (middle, high)
    return high


def spread(
    likelihoods: pd.DataFrame,
    prior: pd.Series,
    weight: float = 1.0,
    bend: float = 0.15,
    draws: int = 4_000,
    seed: int = 0,
    together: bool = False,
) -> pd.DataFrame:
    """Posteriors (draws × hypotheses) when every assumption is off by up to `bend`, at random.

    Errors either come apart, one for each piece and hypothesis, so that they cancel out; or `together`, one for each
    hypothesis: whoever is too kind to an explanation is so with every piece.
    """
    rng = np.random.default_rng(seed)
    shape = (draws, 1 if together else len(likelihoods), likelihoods.shape[1])
    moved = np.clip(likelihoods.to_numpy() + rng.uniform(-bend, bend, shape), LEAST, MOST)
    logs = np.log(prior.reindex(likelihoods.columns).to_numpy()) + weight * np.log(moved).sum(axis=1)
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return pd.DataFrame(odds / odds.sum(axis=1, keepdims=True), columns=likelihoods.columns)
