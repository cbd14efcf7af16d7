"""Effects by group and month where countries start at different times, against the never-treated; and their means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lib.effects.checks import check_design, check_full
from lib.effects.twoway import DesignError, arrays


@dataclass(frozen=True)
class GroupTime:
    """Effects by group and month, with what each country contributes to every one of them."""

    effects: pd.DataFrame  # columns start, month, event (columns since the start; < 0: before), effect, se, countries
    influence: np.ndarray  # countries × rows of `effects`; the sum of squares of a column is the variance
    share: pd.Series  # by start: the group's share of all countries
    member: pd.DataFrame  # countries × starts: whether the country is of the group

    def aggregate(self, kind: Literal["simple", "dynamic", "group", "calendar"]) -> pd.DataFrame:
        """Means over groups and months, weighted by the size of the groups: columns effect and se.

        `simple` has one row, "overall": all months from the start on. `dynamic` has one by event time, `group` one by
        start and `calendar` one by month; "overall" comes first and is the mean of the others, in `dynamic` of those
        from the start on, in `group` weighted by size. The errors allow for the shares of groups being those of
        a sample.
        """
        table, after = self.effects, (self.effects["event"] >= 0).to_numpy()
        if kind == "simple":
            return self._table({"overall": self._mean(after)})
        column = {"dynamic": "event", "group": "start", "calendar": "month"}[kind]
        used = after | (kind == "dynamic")
        keys = sorted(table.loc[used, column].unique())
        parts = {key: self._mean(used & (table[column] == key).to_numpy()) for key in keys}
        later = [part for key, part in parts.items() if kind != "dynamic" or key >= 0]
        values = np.array([effect for effect, _ in later])
        influence = np.column_stack([own for _, own in later])
        share = self.share.to_numpy() if kind == "group" else np.ones(len(later))
        total = share @ values / share.sum(), influence @ share / share.sum()
        if kind == "group":
            total = total[0], total[1] + self._of_shares(np.arange(len(share)), share, values)
        return self._table({"overall": total} | parts)

    def _mean(self, rows: np.ndarray) -> tuple[float, np.ndarray]:
        share = self.share[self.effects.loc[rows, "start"]].to_numpy()
        values = self.effects.loc[rows, "effect"].to_numpy()
        group = self.share.index.get_indexer(self.effects.loc[rows, "start"])
        own = self.influence[:, rows] @ share / share.sum() + self._of_shares(group, share, values)
        return float(share @ values / share.sum()), own

    def _of_shares(self, group: np.ndarray, share: np.ndarray, values: np.ndarray) -> np.ndarray:
        """What each country contributes to a weighted mean because it moves the shares of the groups."""
        moved = (self.member.to_numpy(float) - self.share.to_numpy())[:, group] / len(self.member)
        return moved @ (values - share @ values / share.sum()) / share.sum()

    @staticmethod
    def _table(parts: dict[object, tuple[float, np.ndarray]]) -> pd.DataFrame:
        rows = {key: {"effect": effect, "se": float(np.sqrt(own @ own))} for key, (effect, own) in parts.items()}
        return pd.DataFrame.from_dict(rows, orient="index")


def group_time(outcome: pd.DataFrame, starts: pd.Series, *, not_yet: bool = False) -> GroupTime:
    """The effect on each group of countries with the same start, in each month, without covariates.

    `outcome` is countries × months without gaps (any step: a year's column is its first month); `starts` the first
    treated month by country. The effect in a month is the mean change of the group since the last column before its
    start, less that of the comparison countries; in a column before the start the change is that since the column
    before, so that it shows anticipation or trends that differ. Compared with are the never-treated or, with
    `not_yet`, also those that start after the month. Errors are clustered by country without a
    small-sample factor. A group of one country has no variation of its own: its error is that of the countries it
    is compared with, and `lib.effects.placebo` is the place to go. Source: Callaway and Sant'Anna (2021), Journal of
    Econometrics 225(2), 200–230, unconditional; differences before the start as in their package did ("varying").
    Raises `DesignError` as `lib.effects.checks.check_design`, for gaps, and if no country is left to compare with.
    """
    check_design(outcome, starts)
    check_full(outcome)
    values, _ = arrays(outcome)
    months = outcome.columns
    never = len(months)
    first = np.full(len(outcome), never)
    first[outcome.index.get_indexer(starts.index)] = months.searchsorted(starts)
    groups = np.unique(first[first < never])
    found, influence = [], []
    for group in groups:
        own = first == group
        for at in range(1, len(months)):
            base = group - 1 if at >= group else at - 1
            others = (first > at) & ~own if not_yet else first == never
            if not others.any():
                if not_yet:
                    continue  # from the last start on nobody is left
                raise DesignError("no country is never treated; compare with those not treated yet (not_yet=True)")
            change = values[:, at] - values[:, base]
            effect = change[own].mean() - change[others].mean()
            part = np.where(own, (change - change[own].mean()) / own.sum(), 0.0)
            part = part - np.where(others, (change - change[others].mean()) / others.sum(), 0.0)
            found.append((group, months[at], at - group, effect, np.sqrt(part @ part), own.sum()))
            influence.append(part)
    if not found:
        raise DesignError("no country is left to compare with in any month; add never-treated countries")
    table = pd.DataFrame(found, columns=["start", "month", "event", "effect", "se", "countries"])
    table["start"] = months[table["start"]]
    kept = groups[np.isin(months[groups], table["start"])]
    member = pd.DataFrame(first[:, None] == kept, outcome.index, months[kept])
    return GroupTime(table, np.column_stack(influence), member.mean(), member)
