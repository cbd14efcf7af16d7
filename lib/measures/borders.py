"""Who pays for border management in each place, from amounts that are never added up."""

from __future__ import annotations

import pandas as pd

from lib.measures import donors
from lib.prose import in_words, number

# Kinds of amounts, the first judged by itself.
ALONE, MIXED = (
    [["border"], ["migration"]],
    [["border", "border among others"], ["migration"]],
)
PAYERS = {"EU": "EU", "DEU": "Germany", "ESP": "Spain", "FRA": "France", "GBR": "United Kingdom", "ITA": "Italy"}


def leaders(amounts: pd.DataFrame) -> pd.DataFrame:
    """The payer of the largest amount a year by place: for borders `alone`, and with amounts for them `mixed` in.

    Pounds are taken as euros: no rate would change a first place.
    """
    return pd.DataFrame({"alone": donors.leading(amounts, ALONE), "mixed": donors.leading(amounts, MIXED)})


NEAR = {"MAR": "ESP", "TUN": "ITA", "TUR": "GRC"}  # the member state next to each
LARGER = 1.5  # "much larger" is read as one and a half times all Dutch project money or more


def recent(amounts: pd.DataFrame) -> pd.DataFrame:
    """Amounts for the three neighbours of `NEAR` from 2020 on."""
    return amounts[amounts["place"].isin(NEAR) & (amounts["first_year"] >= 2020)]


def eu_or_near(amounts: pd.DataFrame) -> bool:
    """Whether the EU or the member state next door leads in each of the three, by either count."""
    found = leaders(recent(amounts))
    return bool(len(found) == len(NEAR) and (found.eq("EU") | found.eq(pd.Series(NEAR), axis=0)).all(axis=None))


def suppliers(amounts: pd.DataFrame) -> int:
    """How many states, beside the EU and the Netherlands, gave or announced equipment for borders since 2022."""
    rows = amounts[amounts["field"].isin(["border", "border among others"]) & (amounts["equipment"] == "yes")]
    return rows[~rows["payer"].isin(["EU", "NLD"]) & (rows["last_year"] >= 2022)]["payer"].nunique()


def phrases(amounts: pd.DataFrame) -> dict[str, object]:
    """What sentences say of the amounts."""
    rows = recent(amounts)
    alone, morocco = rows[rows["field"] == "border"], rows[rows["place"] == "MAR"]
    spain = donors.per_year(alone[(alone["payer"] == "ESP") & (alone["place"] == "MAR")])
    dutch = amounts.loc[(amounts["payer"] == "NLD") & (amounts["field"] == "all aims"), "amount"].iloc[0]
    large = amounts[amounts["field"].isin(["border", "border among others"]) & (amounts["amount"] >= LARGER * dutch)]
    return {
        "dutch_all": dutch,
        "much_larger": in_words(sorted(large["payer"].map(PAYERS).unique())),
        "suppliers": suppliers(amounts),
        "mixed_morocco": number(morocco[morocco["field"] == "border among others"]["amount"].max()),
        "spread": number(donors.years_it_may_last(alone[alone["place"] == "TUN"], "EU")),
        "spain_yearly": f"{number(spain.min())} to {number(spain.max())}",
    }


def claims(amounts: pd.DataFrame) -> dict[str, object]:
    """What claims on who pays are checked against."""
    turkiye = leaders(recent(amounts)).loc["TUR"]
    return {
        "others-dominate": eu_or_near(amounts),
        "others-supply": suppliers(amounts),
        "dominant-turkiye": bool(turkiye.eq("EU").all()),
    }


def told(amounts: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    """Amounts for borders, alone or among other aims, as a table for readers; `places` names countries by code."""
    rows = amounts[amounts["field"].isin(["border", "border among others"])]
    years = [
        f"{first}" if first == last else f"{first}–{last}"
        for first, last in zip(rows["first_year"], rows["last_year"], strict=True)
    ]
    return pd.DataFrame(
        {
            "For": rows["place"].map(places),
            "Payer": rows["payer"].map(PAYERS),
            "Years": years,
            "Million": [
                f"{amount:g} {currency}" for amount, currency in zip(rows["amount"], rows["currency"], strict=True)
            ],
            "What": rows["what"],
            "How seen": rows["how_seen"],
        }
    )
