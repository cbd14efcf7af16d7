"""What a mean of marks, given without its spread, still says of the answers behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def bounds(means: pd.Series, low: int = 1, high: int = 10, passing: int = 6) -> pd.DataFrame:
    """How far answers can lie apart, and how many can pass, for means of whole marks from `low` to `high`.

    A mean is taken as rounded to its last digit: a whole one to whole marks, any other to tenths. Columns, by the index
    of `means`: least_sd (all answers on neighbouring marks), most_sd (all at the ends; Bhatia & Davis 2000), the mean
    less and plus most_sd within the scale (low, high), and the least and most share of answers of at least `passing`
    (least_passing, most_passing; Markov's inequality). Raises `ValueError` for a mean outside the scale.
    """
    if not means.between(low, high).all():
        raise ValueError(f"a mean of marks from {low} to {high} lies between them")
    whole = means % 1 == 0
    half = np.where(whole, 0.5, 0.05)
    least, most = (means - half).clip(lower=low), (means + half).clip(upper=high)
    neighbours = np.minimum(*[np.sqrt((end % 1) * (1 - end % 1)) for end in (least, most)])
    widest = pd.Series((low + high) / 2, means.index).clip(least, most)  # the mean with the most room around it
    most_sd = np.sqrt((widest - low) * (high - widest))
    return pd.DataFrame({
        "least_sd": neighbours.where(~whole, 0.0),  # all answers may be the mark itself
        "most_sd": most_sd,
        "low": (means - most_sd).clip(lower=low),
        "high": (means + most_sd).clip(upper=high),
        "least_passing": ((least - (passing - 1)) / (high - (passing - 1))).clip(lower=0),
        "most_passing": ((most - low) / (passing - low)).clip(upper=1),
    })  # fmt: skip
