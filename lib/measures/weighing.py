"""A claim of cause with its rivals: what stated assumptions imply, by each rule of counting, and how far they bend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lib.measures import tracing

BOTH = "both"
MIDWAY = "Each circle once, both midway (as drawn)"
EACH = "Every piece by itself, without both"
WITHOUT = "… without accounts of a cause by those involved"
HALF_WEIGHT = "… at half weight"
RULES: dict[str, dict[str, object]] = {  # how the pieces can be counted
    MIDWAY: {},
    "… both as the less likely part": {"rule": "as the less likely part"},
    "… both as the likelier part": {"rule": "as the likelier part"},
    WITHOUT: {"accounts": False},
    "… without both as an explanation": {"rule": ""},
    EACH: {"rule": "", "circles": False},
    HALF_WEIGHT: {"weight": 0.5},
}
APART, TOGETHER, LEFT_OUT = "errors apart", "errors together", "any one circle left out"
FOR_CLAIM, FOR_RIVAL, NEITHER = "for the report's claim", "for its strongest rival", "for neither"


@dataclass(frozen=True)
class Case:
    """A claim of cause: its pieces of evidence, and how likely each is assumed to be under each explanation.

    `pieces` is evidence × explanations with likelihoods of their own; `about` has the type, the circle of sources and
    whether it is an account of a cause (`account`, yes or no) of each piece, by evidence; `labels` names the
    explanations, *both* among them; `parts` are those that *both* joins; `leading` is the one that the report names.
    """

    pieces: pd.DataFrame
    about: pd.DataFrame
    labels: pd.Series
    parts: tuple[str, str]
    leading: str

    def table(self, rule: str = "midway", circles: bool = True, accounts: bool = True) -> pd.DataFrame:
        """The likelihoods as they count: circles once, *both* by a rule (none without one), with accounts or not."""
        table = self.pieces if accounts else self.pieces[self.about["account"] == "no"]
        table = tracing.once(table, self.about["circle"]) if circles else table
        return tracing.with_both(table, self.parts, rule, BOTH) if rule else table

    def posterior(self, weight: float = 1.0, **choice: object) -> pd.Series:
        """The posterior from even priors; `choice` is that of `table`."""
        table = self.table(**choice)
        return tracing.posterior(table, even(table), weight)

    @property
    def logs(self) -> pd.Series:
        """The logarithm of how likely all of the evidence is under each explanation, as it is drawn."""
        return np.log(self.table()).sum()

    @cached_property
    def by_rule(self) -> dict[str, pd.Series]:
        """The posterior by each of `RULES`."""
        return {name: self.posterior(**choice) for name, choice in RULES.items()}

    @property
    def found(self) -> pd.Series:
        """The posterior that is drawn."""
        return self.by_rule[MIDWAY]

    @property
    def range_of_leading(self) -> tuple[float, float]:
        """The least and the most that the report's explanation alone has by the rules that allow for *both*."""
        values = [post[self.leading] for post in self.by_rule.values() if BOTH in post]
        return min(values), max(values)

    @cached_property
    def bend(self) -> float:
        """How far all assumptions must move against the leader until another draws level (`tracing.smallest_bend`)."""
        return tracing.smallest_bend(self.table(), even(self.table()))

    def drawn(self, bend: float, seed: int, together: bool) -> pd.DataFrame:
        """Posteriors when every assumption is off by up to `bend`, at random (`tracing.spread`)."""
        return tracing.spread(self.table(), even(self.table()), bend=bend, seed=seed, together=together)

    def can_lead(self, bend: float, seed: int, least: float) -> int:
        """How many explanations come first in at least this share of draws, when errors come together."""
        first = self.drawn(bend, seed, together=True).idxmax(axis=1).value_counts(normalize=True)
        return int((first >= least).sum())

    def bent(self, bend: float, seed: int, low: float, high: float) -> pd.DataFrame:
        """Explanation, what, low, median, high: quantiles of the draws, and the range without any one circle."""
        parts = [
            self.drawn(bend, seed, together).quantile([low, 0.5, high]).T.set_axis(["low", "median", "high"], axis=1)
            for together in (False, True)
        ]
        out = tracing.left_out(self.table(), even(self.table()))
        parts.append(pd.DataFrame({"low": out.min(), "median": self.found, "high": out.max()}))
        named = zip(parts, (APART, TOGETHER, LEFT_OUT), strict=True)
        return pd.concat([part.rename_axis("explanation").reset_index().assign(what=what) for part, what in named])

    def weights(self) -> pd.DataFrame:
        """What each piece weighs in bits, for the report's explanation against its strongest rival.

        Columns evidence, bits (one is twice as likely), counted (a circle's pieces share its one vote), direction, and
        those of `about`. *Both* is left out.
        """
        rivals = self.pieces.drop(columns=self.leading).max(axis=1)
        bits = (np.log2(self.pieces[self.leading]) - np.log2(rivals)).round(6)
        size = self.about.groupby("circle")["circle"].transform("size")
        direction = np.select([bits > 0, bits < 0], [FOR_CLAIM, FOR_RIVAL], NEITHER)
        found = self.about.assign(bits=bits, counted=(bits / size).round(6), direction=direction)
        return found.rename_axis("evidence").reset_index()


def even(table: pd.DataFrame) -> pd.Series:
    """The same prior for every explanation of a table of likelihoods."""
    return pd.Series(1 / table.shape[1], index=table.columns)


def cases(
    hypotheses: pd.DataFrame, items: pd.DataFrame, assumed: pd.DataFrame, leading: Mapping[str, str]
) -> dict[str, Case]:
    """The cases by claim, from the tables tracing_hypotheses, tracing_items and tracing_likelihoods.

    `leading` has for each claim the explanation that the report names. Raises `KeyError` when a piece or an
    explanation of a claim has no likelihoods.
    """
    found = {}
    for claim, named in leading.items():
        own = hypotheses[hypotheses["claim"] == claim].set_index("hypothesis")
        about = items[items["claim"] == claim].set_index("evidence")
        rows = assumed[assumed["claim"] == claim]
        likelihoods = rows.pivot(index="evidence", columns="hypothesis", values="likelihood")
        pieces = likelihoods.loc[about.index, own.index[own["parts"].isna()]]
        first, second = own["parts"].dropna().iloc[0].split(";")
        found[claim] = Case(pieces, about, own["label"], (first, second), named)
    return found
