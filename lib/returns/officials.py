"""What officials stated of forced departures, to Morocco above all: statements that are never a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.prose import number, percent
from lib.returns.asylum import ORDERS_YEAR, Asylum

CONFLICT, NO_CONFLICT = "conflicts with another statement", "no conflict found"
MEASURES = {"forced_departures": "Forced departures", "departures": "All departures"}
LONGEST = "morocco-forced-2023-01-to-2023-11"
HALF_YEARS = ("2024-01-to-2024-06", "2024-07-to-2024-12")


@dataclass(frozen=True)
class Said:
    """The numbers stated, by the id of the statement, and those of departures to Morocco as rows: `statements`."""

    numbers: pd.Series
    to_morocco: pd.DataFrame

    @property
    def in_2021(self) -> float:
        """Forced departures to Morocco in 2021."""
        return float(self.numbers["morocco-forced-2021"])

    @property
    def in_2024(self) -> float:
        """Forced departures to Morocco in both half-years of 2024."""
        return self._of_2024("morocco")

    @property
    def all_origins(self) -> float:
        """Forced departures to all countries of origin in both half-years of 2024."""
        return self._of_2024("all")

    def _of_2024(self, whither: str) -> float:
        return float(sum(self.numbers[f"{whither}-forced-{half}"] for half in HALF_YEARS))

    def claims(self, requests: float) -> dict[str, object]:
        """What the statements say, by claim; `requests` are the first asylum requests of a mean year, as stated."""
        stated_of_2022 = self.numbers[["morocco-forced-2022-below-five", "morocco-forced-2022-interview"]].max()
        later = {"2023": self.numbers["morocco-forced-2023-01-to-2023-05"], "2024": self.in_2024}
        rises = {year: "rise" if count > stated_of_2022 else "fall" for year, count in later.items()}
        return {
            "return-morocco-hardly-before": 100 * self.in_2021 / requests,
            **{f"return-morocco-{year}-rise": word for year, word in rises.items()},
        }

    def in_words(self, requests: float) -> dict[str, object]:
        """The phrases of a text on the statements, by name."""
        at = self.numbers
        (first, second), algeria = ([at[f"{to}-forced-{half}"] for half in HALF_YEARS] for to in ("morocco", "algeria"))
        interview, below = at["morocco-forced-2022-interview"], at["morocco-forced-2022-below-five"]
        return {
            "said_2021": self.in_2021, "said_hardly": percent(self.in_2021 / requests, 1), "said_2024": self.in_2024,
            "said_2022": f"{number(interview)} or fewer than {number(below)}",
            "said_2023": at["morocco-forced-2023-01-to-2023-05"], "said_first": first, "said_second": second,
            "said_move": ("fewer" if second < first else "no fewer") + " in the second half than in the first",
            "origin_2023": at[LONGEST], "origin_months": int(self.to_morocco.set_index("id").at[LONGEST, "months"]),
            "algeria_first": algeria[0], "algeria_second": algeria[1], "all_origins": self.all_origins,
        }  # fmt: skip


def scale(estimated: float, stated: Said, requests: Asylum, later: pd.DataFrame) -> pd.DataFrame:
    """What the estimate for Morocco is a part of, as rows: what, people, by; `later` are departures by destination."""
    rows = [
        ("Extra departures to Morocco a year, estimated", estimated, "the report"),
        ("Forced returns to Morocco, 2024", stated.in_2024, "officials"),
        ("Forced returns to all countries of origin, 2024", stated.all_origins, "officials"),
        ("First asylum requests of Moroccans a year", requests.requests.mean(), "UNHCR"),
        (f"Orders to leave for Moroccans, {ORDERS_YEAR}", requests.orders, "CBS"),
        ("All forced departures, 2023, to Europe too", later.at[2023, "forced"], "DTenV"),
    ]
    return pd.DataFrame(rows, columns=["what", "people", "by"])


def said(table: pd.DataFrame) -> Said:
    """`table` in the form of `morocco_removals_stated`."""
    return Said(table.set_index("id")["value"], statements(table, "MAR"))


def statements(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """What officials stated of departures to one country, in the order of time; `table` as `morocco_removals_stated`.

    Adds `months` and `per_month`, `what` (forced, or all), `conflict` (whether another statement says otherwise),
    `text`, and what a timeline needs: begin, middle and end of the period as days, its `date` in words, `precision`.
    """
    conflicting = table["conflicts_with"].notna() | table["id"].isin(table["conflicts_with"].dropna())
    rows = table.assign(conflict=np.where(conflicting, CONFLICT, NO_CONFLICT), what=table["measure"].map(MEASURES))
    rows = rows[(rows["country"] == country) & rows["what"].notna()].sort_values(["start", "end"], ignore_index=True)
    first, last = (rows[end].dt.to_period("M") for end in ("start", "end"))
    rows["months"] = (last - first).map(lambda apart: apart.n) + 1
    rows["per_month"] = rows["value"] / rows["months"]
    rows["qualifier"] = rows["qualifier"].fillna("as stated")
    fewer = np.where(rows["bound"].notna(), "fewer than ", "")
    monthly = rows["per_month"].map(lambda people: f" ({number(people, 1)} a month)")
    rows["text"] = fewer + rows["value"].map(number) + monthly
    rows["begin"], rows["end"] = rows["start"], rows["end"] + pd.offsets.MonthEnd(0)
    rows["middle"] = rows["begin"] + (rows["end"] - rows["begin"]) / 2
    return rows.assign(date=first.astype(str) + " to " + last.astype(str), precision="year")
