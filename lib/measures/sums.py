"""Sums of money that a report names: over which years, a year or in all, and what can be added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.prose import number, percent

SPENT, EXTRA, EXISTING, JUSTICE, COMPASS = "spending", "extra", "existing", "justice", "compass"
ALIKE = ["first_year", "last_year", "payer", "scope"]  # in these, two sums must agree to speak of the same


@dataclass(frozen=True)
class Sums:
    """Sums in million euros, as the table `report_money` has them; budgets are held to be yearly."""

    table: pd.DataFrame  # report_money

    @cached_property
    def amount(self) -> pd.Series:
        """Million euros by id, a year or in all."""
        return self.table.set_index("id")["amount"]

    @property
    def budgets(self) -> list[str]:
        """The ids of the budgets."""
        return self.table.loc[self.table["kind"] == "budget", "id"].tolist()

    @property
    def yearly(self) -> float:
        """What the budgets make in a year in which all of them come."""
        return float(self.amount[self.budgets].sum())

    def first(self, id: str) -> int:
        """The first year of a sum."""
        return int(self.table.set_index("id").at[id, "first_year"])

    def last(self, id: str) -> int:
        """The last year of a sum."""
        return int(self.table.set_index("id").at[id, "last_year"])

    def years(self, id: str) -> int:
        """How many years a sum is for."""
        return self.last(id) - self.first(id) + 1

    def until_spent(self, id: str) -> int:
        """How many years there are from the first of a sum to the last of the spending."""
        return self.last(SPENT) - self.first(id) + 1

    @property
    def named(self) -> float:
        """What the budgets make from the first year of the extra money to the last of the spending."""
        return self.yearly * self.until_spent(EXTRA)

    def named_if_once(self, id: str) -> float:
        """As `named`, with the budget `id` in one year only."""
        return (self.yearly - self.amount[id]) * self.until_spent(EXTRA) + self.amount[id]

    def even(self, id: str) -> float:
        """What of a sum would be paid by the last year of the spending, with as much in every year."""
        return self.amount[id] / self.years(id) * self.until_spent(id)

    def sourced(self, cited: pd.DataFrame) -> int:
        """How many sums have a footnote that cites a work; `cited` is `report_citations`."""
        notes = set(cited.dropna(subset="footnote")[["section", "footnote"]].itertuples(index=False, name=None))
        return sum(note in notes for note in self.table[["section", "footnote"]].itertuples(index=False, name=None))

    def phrases(self, cited: pd.DataFrame) -> dict[str, object]:
        """What a text says of the sums, by name; `cited` is `report_citations`."""
        alike = int(self.table.duplicated(ALIKE, keep=False).sum())
        sourced = self.sourced(cited)
        return {
            "sums": len(self.table), "sums_agree": f"{alike} agree" if alike else "No two agree",
            "sums_sourced": f"{sourced} of them {'has' if sourced == 1 else 'have'}",
            "budgets": len(self.budgets), "yearly": self.yearly, "named": self.named,
            "named_once": self.named_if_once(JUSTICE), "first_extra": str(self.first(EXTRA)),
            "spent": self.amount[SPENT], "spent_share": percent(self.amount[SPENT] / self.named),
            "period_spent": f"{self.first(SPENT)}–{self.last(SPENT)}", "last_spent": str(self.last(SPENT)),
            "years_spent": self.years(SPENT), "years_extra": self.until_spent(EXTRA),
            "compass_all": self.amount[COMPASS], "compass_even": number(self.even(COMPASS)),
        }  # fmt: skip

    def rows(self, labels: Mapping[str, str]) -> pd.DataFrame:
        """The sums as rows of a figure: the table with label, row (label and years), says and read (how it is meant).

        `labels` are the names by id; one that holds the first year is not given it again.
        """
        labelled = self.table.assign(label=self.table["id"].map(labels), payer=self.table["payer"].fillna("not told"))
        return labelled.assign(
            row=[_dated(*row) for row in labelled[["label", "first_year", "last_year"]].itertuples(index=False)],
            says=[_said(*row) for row in labelled[["id", "amount", "per"]].itertuples(index=False)],
            read=labelled["per"].map({"year": "a year", "period": "in all"}),
        )


def all_separate(pairs: pd.DataFrame, ids: Sequence[str]) -> bool:
    """Whether each two of these sums are told apart, so that they can be added; `pairs` is `report_money_pairs`."""
    inside = pairs[["first", "second"]].isin(list(ids)).all(axis=1)
    return set(pairs.loc[inside, "relation"]) == {"separate"}


def _dated(label: str, first: float, last: float) -> str:
    """A label with the years of its sum, as far as they are told."""
    begin, end = ("" if pd.isna(year) else str(int(year)) for year in (first, last))
    if begin and begin in label:
        return label
    return label + (f", {begin}–{end}" if end else f", from {begin}" if begin else ", no years told")


def _said(id: str, amount: float, per: str) -> str:
    """A sum in words, with what it comes to in a year; of one the report does not say that it is yearly."""
    each = f"{', read as yearly' if id == JUSTICE else ' a year'}" if per == "year" else " in all"
    return f"{number(amount)} million{each}"
