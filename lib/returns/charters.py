"""Charters to Iraq that Frontex coordinated, by state, and what Germany counts: a few of all returns there."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.prose import change, in_words, number, percent

STATES = ("Germany", "Austria", "Sweden", "Norway", "Netherlands")  # that a figure names
OTHER = "Other"
FEW, FRONTEX_STATES = 5, 29  # people a year; the EU's members, Norway and Switzerland
COUNTED = ["2022", "2023", "2024"]  # whole years around the visa measures and after


@dataclass(frozen=True)
class Charters:
    """Persons on charters to Iraq (states × years, no charter as zero), and to all destinations as rows.

    `deported` is what Germany's government counts by year, `supported` the share of returns that Frontex supports.
    """

    to_iraq: pd.DataFrame
    everywhere: pd.DataFrame
    deported: pd.Series
    supported: pd.Series

    @property
    def german(self) -> pd.Series:
        """Persons on German charters, by year."""
        return self.to_iraq.loc["Germany"]

    def rows(self) -> pd.DataFrame:
        """Persons by state (few by name, the others together) and year: state, year, persons."""
        few = self.to_iraq.groupby(lambda state: state if state in STATES else OTHER).sum()
        rows = few.rename_axis("state").reset_index()
        return rows.melt("state", var_name="year", value_name="persons").astype({"year": int})

    def alone_in(self, year: int) -> str:
        """The states that flew anybody to Iraq in a year, as a sentence lists them."""
        return in_words(self.to_iraq.index[self.to_iraq[year] > 0])

    def claims(self) -> dict[str, object]:
        """What the figures say, by claim."""
        rises = self.deported.is_monotonic_increasing and self.deported.is_unique
        return {"return-iraq-germany-rise": "rise" if rises else "fall"}

    def in_words(self) -> dict[str, object]:
        """The phrases of a text on these returns, by name."""
        early, late = self.to_iraq.loc[:, 2020:2022].mean(axis=1), self.to_iraq.loc[:, 2023:2024].mean(axis=1)
        more, before, share = late - early, self.german.loc[2016:2019], self.supported
        persons = self.everywhere.groupby("year")["persons"].sum()
        dutch = self.everywhere.query("member_state == 'Netherlands' and year >= 2020")["persons"].sum()
        own = self.to_iraq.reindex(["Netherlands"], fill_value=0).loc[:, 2020:].sum(axis=None)
        return {
            "deported_years": ", ".join(f"{number(people)} in {year}" for year, people in self.deported.items()),
            "germany_2024": int(self.german[2024]), "germany_earlier": number(early["Germany"]),
            "german_before": f"{int(before.min())} to {int(before.max())}", "norway_late": number(late["Norway"]),
            "norway_early": number(early["Norway"]), "charter_countries": int((more > 0).sum()), "few_below": FEW,
            "few_more": int(((more > 0) & (more < FEW)).sum()), "all_2023": persons[2023], "all_2024": persons[2024],
            "all_change": change(persons[2024] / persons[2023] - 1), "dutch_everywhere": int(dutch),
            "dutch_share": percent(dutch / persons.loc[2020:].sum(), 2), "netherlands_charter": int(own),
            "frontex_states": FRONTEX_STATES, "frontex_first": percent(share.iloc[0]),
            "frontex_first_year": str(share.index[0]), "frontex_last": percent(share.iloc[-1]),
            "frontex_last_year": str(share.index[-1]),
        }  # fmt: skip


def charters(flown: pd.DataFrame, counted: pd.DataFrame, supported: pd.DataFrame, since: int = 2016) -> Charters:
    """From tables in the form of `frontex_returns_year`, `iraq_returns_public` and `returns_frontex_year`."""
    german = counted.query("country == 'DEU' and kind == 'deported'").set_index("period")["persons"]
    by_year = supported.set_index("year")
    return Charters(
        by_state(flown, "Iraq", since), flown, german[COUNTED].astype(int),
        by_year["frontex_supported"] / by_year["returned"],
    )  # fmt: skip


def by_state(table: pd.DataFrame, destination: str, since: int) -> pd.DataFrame:
    """Persons on charters to one destination from the year `since` on: states × years, no charter as zero."""
    rows = table[(table["destination"] == destination) & (table["year"] >= since)]
    wide = rows.pivot_table(index="member_state", columns="year", values="persons", aggfunc="sum", fill_value=0)
    return wide.reindex(columns=range(since, int(table["year"].max()) + 1), fill_value=0)
