"""The report's Table 1: what its sentences say of it, and what its effects come to as counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lib.prose import number, percent

OUTCOMES = {
    "processing_days": "Days to confirm",
    "confirmations_given": "Confirmations",
    "laissez_passers_given": "Laissez-passers",
    "forced_departures": "Forced departures",
}
PARTNERS = ("MAR", "IRQ", "TUR", "NGA", "EGY")  # in the order of the report
BETTER, WORSE, NONE = "better cooperation or more return", "worse or less", "no effect reported"
PERIOD = range(2022, 2026)  # of the totals that are stated
TOTALS = {  # the cells whose total the report states, by the claim that has it
    "morocco-documents": ("MAR", "laissez_passers_given"), "morocco-forced": ("MAR", "forced_departures"),
    "iraq-issued": ("IRQ", "laissez_passers_given"),
}  # fmt: skip
HALF_DIGIT = 0.05  # of the last digit that the table shows


@dataclass(frozen=True)
class Table1:
    """The effects that are printed (countries × outcomes, NaN where none is), and the months that each is in force.

    Effects are cases a month, and days for the time that a confirmation takes.
    """

    effects: pd.DataFrame
    months: pd.Series

    @property
    def departures(self) -> pd.Series:
        """The effects on forced departures, by country."""
        return self.effects["forced_departures"]

    @property
    def documents(self) -> pd.Series:
        """The effects on laissez-passers, by country."""
        return self.effects["laissez_passers_given"]

    @property
    def better(self) -> pd.DataFrame:
        """The effects with their sign turned where less is better: above zero is more cooperation, or more return."""
        return self.effects.assign(processing_days=-self.effects["processing_days"])

    def claims(self, yearly: float) -> dict[str, object]:
        """What the table says of sentences about itself, by claim; `yearly` is the number stated for Morocco."""
        better, departures = self.better, self.departures
        clear = (better > 0).all(axis=1)
        morocco = bool(better.index[clear].tolist() == ["MAR"] and (better.abs().idxmax() == "MAR").all())
        return {
            "return-tunisia-few-months": self.months.idxmin() == "TUN",
            "return-effects-direction-only": "no" if round(12 * departures["MAR"]) == yearly else "yes",
            "return-most-countries-none": 100 * departures.isna().mean(),
            "return-three-countries-none": int(departures[["IRQ", "TUR", "EGY"]].isna().sum()),
            "return-no-evidence-others": "rise" if (departures.drop("MAR") > 0).any() else "none shown",
            "return-nigeria-small": departures["NGA"] / departures["MAR"],
            "return-mainly-morocco": 100 * departures["MAR"] / departures.sum(),
            "return-morocco-clear": morocco,
            "return-cooperation-effects-several": int(self._cooperation.notna().any().sum()),
        }

    def in_words(self) -> dict[str, object]:
        """The phrases of a text on the table, by name."""
        return {
            "cells": self.effects.size, "table_outcomes": self.effects.shape[1], "yearly": 12 * self.departures["MAR"],
            "nigeria_effect": number(self.departures["NGA"], 1), "documents_sum": number(self.documents.sum(), 1),
            "departures_sum": number(self.departures.sum(), 1),
            "marginal": percent(self.departures["MAR"] / self.documents["MAR"]),
            "iraq_days": number(-self.effects.at["IRQ", "processing_days"]),
            "smallest_cell": number(self.effects.drop(columns="processing_days").abs().min(axis=None), 1),
        }  # fmt: skip

    def claims_on_departures(self) -> dict[str, object]:
        """Whether cooperation became departures, by claim; a cell without a number counts as none."""
        documents, departures = self.documents.fillna(0), self.departures.fillna(0)
        fewer = (departures < documents)[documents > 0]
        without = (self._cooperation > 0).all(axis=1) & self.departures.isna()
        return {
            "return-cooperation-partly-departures": "limited" if fewer.all() else "none",
            "return-cooperation-larger": bool(documents.sum() > departures.sum()),
            "return-better-without-departures": int(without.sum()),
            "return-cooperation-larger-morocco": bool(documents["MAR"] > departures["MAR"]),
            "return-cooperation-larger-everywhere": bool((documents > departures).all()),
        }

    @property
    def _cooperation(self) -> pd.DataFrame:
        return self.better.drop(columns="forced_departures")

    def as_counts(self, stated: Mapping[str, float]) -> pd.DataFrame:
        """Effects read as counts over the months in force, beside the totals stated, by the keys of `TOTALS`.

        Columns country, outcome, total, months, effect, extra (with low and high: what rounding leaves open), share
        (of the total, with share_low and share_high), without (what is left of the total) and label.
        """
        totals = [(*cell, stated[claim]) for claim, cell in TOTALS.items()]
        table = pd.DataFrame(totals, columns=["country", "outcome", "total"])
        table["months"] = table["country"].map(self.months)
        table["effect"] = [self.effects.at[cell] for cell in zip(table["country"], table["outcome"], strict=True)]
        for end, shift in {"_low": -HALF_DIGIT, "": 0.0, "_high": HALF_DIGIT}.items():
            table[end.lstrip("_") or "extra"] = extra = (table["effect"] + shift) * table["months"]
            table[f"share{end}"] = extra / table["total"]
        label = [f"{number(row.extra)} extra of {number(row.total)}" for row in table.itertuples()]
        return table.assign(without=table["total"] - table["extra"], label=label)


def table1(rows: pd.DataFrame, starts: pd.Series, last: str) -> Table1:
    """`rows` in the form of `report_return_effects`; months run from a partnership's first to `last`, both counted."""
    effects = rows.pivot(index="country", columns="outcome", values="effect")[list(OUTCOMES)]
    months = pd.Period(last, "M").ordinal + 1 - starts.dt.to_period("M").map(lambda month: month.ordinal)
    return Table1(effects, months.rename("months"))


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells of `report_return_effects` as a figure has them.

    Adds outcome_name, text (the number as printed, or "no effect"), direction, and bar, which is zero without a number.
    """
    digits = rows["outcome"].map(lambda outcome: 0 if outcome == "processing_days" else 1)
    text = [
        number(effect, places) if pd.notna(effect) else "no effect"
        for effect, places in zip(rows["effect"], digits, strict=True)
    ]
    better = rows["effect"].where(rows["outcome"] != "processing_days", -rows["effect"])
    direction = better.map(lambda effect: NONE if pd.isna(effect) else BETTER if effect > 0 else WORSE)
    return rows.assign(
        outcome_name=rows["outcome"].map(OUTCOMES), text=text, direction=direction, bar=rows["effect"].fillna(0.0)
    )


def counts_in_words(counts: pd.DataFrame, starts: pd.Series) -> dict[str, object]:
    """The phrases of a text on `Table1.as_counts`, by name.

    Its rows are documents for Morocco, departures to Morocco and documents for Iraq; `starts` as of partnerships.
    """
    issued, carried, iraq = (counts.iloc[place] for place in range(3))
    before = starts["IRQ"].to_period("M") - pd.Period(f"{PERIOD[0]}-01", "M")
    return {
        "period_years": f"{PERIOD[0]}–{PERIOD[-1]}", "period_last": str(PERIOD[-1]), "period_months": 12 * len(PERIOD),
        "iraq_months": iraq["months"], "iraq_before": before.n, "iraq_extra": iraq["extra"],
        "iraq_total": iraq["total"], "iraq_low": number(iraq["low"], 1), "iraq_effect": number(iraq["effect"], 1),
        "iraq_fall": number(iraq["effect"] - HALF_DIGIT - iraq["total"] / iraq["months"], 2),
        "morocco_extra": issued["extra"], "morocco_total": issued["total"],
        "morocco_extra_share": percent(issued["share"], 1), "morocco_departures": carried["extra"],
        "morocco_departures_total": carried["total"], "morocco_without": carried["without"] / len(PERIOD),
    }  # fmt: skip
