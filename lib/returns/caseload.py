"""Departures from the caseload of the return service: by kind, and the share that nobody supervised."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.prose import percent

KINDS = {
    "independent_unsupervised": "Independent, unsupervised",
    "independent_supervised": "Independent, supervised",
    "forced": "Forced",
}
UNSEEN, NOT_DIVIDED = KINDS["independent_unsupervised"], "Demonstrable, not divided"
SINCE, LAST_DIVIDED, POLICY = 2015, 2022, 2022  # first year, last of `dtenv_departures_year`, first of the policy
CLOSED_YEAR = 2024
EUROPEAN = ["POL", "ROU", "LTU", "HUN"]  # the EU's members among the ten largest nationalities


@dataclass(frozen=True)
class Caseload:
    """Departures (years × kinds, NaN where a year does not part two kinds), and later years by destination."""

    kinds: pd.DataFrame
    later: pd.DataFrame

    @property
    def unseen(self) -> pd.Series:
        """The share of departures that nobody supervised, by year."""
        return self.kinds[UNSEEN] / self.kinds.sum(axis=1)

    @property
    def unseen_in_policy(self) -> float:
        """The same share over the years of the policy."""
        years = self.kinds.loc[POLICY:].sum()
        return float(years[UNSEEN] / years.sum())

    @property
    def unseen_of_closed(self) -> float:
        """Unsupervised departures as a share of all cases that were closed in the last year."""
        return float(self.later.at[CLOSED_YEAR, "independent_unsupervised"] / self.later.at[CLOSED_YEAR, "closed"])

    def rows(self) -> pd.DataFrame:
        """Departures as rows: year, kind, people."""
        rows = self.kinds.rename_axis("year").reset_index().melt("year", var_name="kind", value_name="people")
        return rows.dropna(subset="people", ignore_index=True)

    def claims(self) -> dict[str, object]:
        """What the departures say, by claim; "about half" is read as 45 to 55%."""
        return {
            "return-unsupervised-half": 100 * self.unseen_in_policy,
            "return-unsupervised-half-years": bool(self.unseen.between(0.45, 0.55).all()),
            "return-unsupervised-half-closed": 100 * self.unseen_of_closed,
        }

    def in_words(self, removed: pd.Series) -> dict[str, object]:
        """The phrases of a text on departures, by name; `removed` are forced ones of 2023 by nationality, in tens."""
        dublin = (self.later["to_dublin_countries"] / self.later["demonstrable"]).dropna().astype(float)
        return {
            "unsupervised_low": percent(self.unseen.min()), "unsupervised_high": percent(self.unseen.max()),
            "unsupervised_policy": percent(self.unseen_in_policy), "closed_year": str(CLOSED_YEAR),
            "unsupervised_years": f"{POLICY} to {self.kinds.index.max()}", "of_closed": percent(self.unseen_of_closed),
            "forced_2023": self.later.at[2023, "forced"], "dublin_low": percent(dublin.min()),
            "dublin_high": percent(dublin.max()), "dublin_years": f"{dublin.index.min()}–{dublin.index.max()}",
            "european": percent(removed[EUROPEAN].sum() / removed.sum()),
            "origin_bound": 3 * (removed["POL"] + 5),  # more than a third were Poles, whose number is rounded to ten
        }  # fmt: skip


def caseload(divided: pd.DataFrame, later: pd.DataFrame) -> Caseload:
    """From tables in the form of `dtenv_departures_year`, to 2022, and of `departures_destination_year`, after it.

    Where the last year does not part forced from supervised departures, both stand under "Demonstrable, not divided".
    """
    early, later = divided[divided["year"].between(SINCE, LAST_DIVIDED)].set_index("year"), later.set_index("year")
    kinds = pd.concat([early, later.loc[LAST_DIVIDED + 1 :]])[list(KINDS)].astype(float)
    kinds[NOT_DIVIDED] = later["demonstrable"].astype(float).where(kinds["forced"].isna())
    return Caseload(kinds.rename(columns=KINDS), later)
