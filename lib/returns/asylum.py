"""Asylum requests and decisions in the Netherlands by origin: what is granted, of all and of those on the substance."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.prose import in_words, percent

DECISIONS = {"Granted": "recognised|protection", "Refused": "rejected", "Closed": "closed"}
SINCE, ORDERS_YEAR = 2018, 2023
GREAT_MAJORITY = 0.75


@dataclass(frozen=True)
class Asylum:
    """Decisions by origin (`decisions`), first requests of Moroccans by year, and orders to leave for them in a year.

    `apart` is the most by which two sources differ on their first requests.
    """

    decided: pd.DataFrame
    requests: pd.Series
    orders: int
    apart: int

    @property
    def morocco(self) -> pd.Series:
        """What was decided on Moroccans."""
        return self.decided.loc["Morocco"]

    def by_outcome(self) -> pd.DataFrame:
        """Decisions as rows: origin, outcome, decisions."""
        rows = self.decided[[*DECISIONS]].rename_axis("origin").reset_index()
        return rows.melt("origin", var_name="outcome", value_name="decisions")

    def claims(self) -> dict[str, object]:
        """What the figures say, by claim."""
        return {
            "return-morocco-inflow": self.requests.mean(),
            "return-morocco-grant-rate": 100 * self.morocco["of_all"],
            "return-morocco-grant-rate-substance": 100 * self.morocco["of_substance"],
            "return-morocco-most-refused": bool(1 - self.morocco["of_substance"] > GREAT_MAJORITY),
            "return-obliged-larger-than-inflow": bool(self.orders > self.requests[ORDERS_YEAR]),
        }

    def in_words(self) -> dict[str, object]:
        """The phrases of a text on these figures, by name."""
        partners = self.decided["of_substance"].drop(["Morocco", "Algeria"]).sort_values(ascending=False)
        return {
            "unhcr_mean": self.requests.mean(), "unhcr_apart": self.apart,
            "granted_all": percent(self.morocco["of_all"], 1), "moroccan_closed": percent(self.morocco["closed"]),
            "granted_substance": percent(self.morocco["of_substance"], 1),
            "granted_others": "; ".join(f"{origin} {percent(granted)}" for origin, granted in partners.items()),
            "words_fit": in_words(partners.index[1 - partners > GREAT_MAJORITY]), "orders_moroccans": self.orders,
            "orders_year": str(ORDERS_YEAR), "requests_moroccans": self.requests[ORDERS_YEAR],
        }  # fmt: skip


def asylum(unhcr: pd.DataFrame, cbs: pd.DataFrame, orders: pd.DataFrame, names: pd.Series) -> Asylum:
    """From tables in the form of `asylum_unhcr_netherlands_year`, `asylum_cbs_year` and `orders_to_leave_year`.

    `names` has the names of countries by their codes.
    """
    of_morocco = unhcr[unhcr["origin"] == "MAR"].set_index("year")["new_applications"]
    others = cbs[cbs["citizenship"] == "MAR"].set_index("year")["applicants"]
    return Asylum(
        decisions(unhcr, SINCE).rename(index=names), of_morocco.loc[SINCE:],
        int(orders.set_index("nationality").at["MAR", "orders"]), int((others - of_morocco).abs().max()),
    )  # fmt: skip


def decisions(table: pd.DataFrame, since: int) -> pd.DataFrame:
    """Decisions from the year `since` on, by origin: Granted, Refused, Closed (without one on the substance).

    With them `of_all` and `of_substance`, the shares that are granted, and `closed`, the share that is. The origins
    with the largest share granted come first.
    """
    sums = table[table["year"] >= since].groupby("origin").sum(numeric_only=True)
    found = pd.DataFrame({name: sums.filter(regex=words).sum(axis=1) for name, words in DECISIONS.items()})
    whole = found.sum(axis=1)
    shares = {
        "of_all": found["Granted"] / whole,
        "of_substance": found["Granted"] / (found["Granted"] + found["Refused"]),
        "closed": found["Closed"] / whole,
    }
    return found.assign(**shares).sort_values("of_all", ascending=False)
