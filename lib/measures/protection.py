"""What is told of protection: who ran which project, the sums that can be made of COMPASS, and what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lib.prose import number, percent

# More than either was ever worth: with them a comparison of currencies leans against what it is to show.
DOLLARS_PER_EURO, EUROS_PER_DOLLAR = 2.0, 1.25
COMMITTED = "commitment of the Netherlands, second phase"
SPENT = "spending on all partnership projects"
RETURNED = "people helped to return from Morocco"


@dataclass(frozen=True)
class Sums:
    """Money in millions of euros, people, and the years that each is over."""

    money: float
    years: range
    a_year: float
    own_years: range  # in which IOM has the phase run
    own_a_year: float
    within: float  # what would fall in the years of all partnership projects, spread evenly
    within_years: range
    return_years: range
    returns_a_year: float
    with_return: float  # share of those assisted in 2024 who got support to return, all countries


def sums(reported: pd.DataFrame, public: pd.Series) -> Sums:
    """What can be computed of `compass_reported`, by fact, and of the values of `compass_public`, by fact."""
    money, years, spent = reported.at[COMMITTED, "value"], _years(reported, COMMITTED), _years(reported, SPENT)
    own = range(int(public["second phase, first year"]), int(public["second phase, last year"]) + 1)
    within = range(max(years[0], spent[0]), min(years[-1], spent[-1]) + 1)
    back = _years(reported, RETURNED)
    return Sums(
        money=money,
        years=years,
        a_year=money / len(years),
        own_years=own,
        own_a_year=money / len(own),
        within=money / len(years) * len(within),
        within_years=within,
        return_years=back,
        returns_a_year=reported.at[RETURNED, "value"] / len(back),
        with_return=public["of these with return support, 2024"]
        / public["migrants assisted with protection services, 2024"],
    )


def _years(reported: pd.DataFrame, fact: str) -> range:
    first, last = map(int, reported.at[fact, "period"].split("/"))
    return range(first, last + 1)


def sums_in_words(made: Sums) -> dict[str, str]:
    """The phrases that a text needs of these sums, by name; money is in millions."""
    return {
        "money": f"{number(made.money)} million euros",
        "phase_years": f"{made.years[0]}–{made.years[-1]}",
        "a_year": number(made.a_year, 1),
        "phase_start": str(made.own_years[0]),
        "iom_years": str(len(made.own_years)),
        "a_year_iom": number(made.own_a_year, 1),
        "within": number(made.within, 1),
        "within_years": f"{made.within_years[0]}–{made.within_years[-1]}",
        "returns_a_year": number(made.returns_a_year),
        "with_return": percent(made.with_return),
    }


@dataclass(frozen=True)
class Donors:
    """Amounts that bear on two sentences of the report, in millions, and whether each holds beyond exchange rates."""

    prospects: float  # dollars, of the Netherlands for PROSPECTS
    prospects_larger: bool  # than any Dutch amount for protection
    eu_in_turkiye: float  # euros adopted in 2022 for refugees, without border money
    everybody: pd.Series  # dollars of all donors together to the UN-led plan in Türkiye, by year
    eu_leads: bool  # whether the EU's amount is above what all gave the plan in any year


def donors(table: pd.DataFrame) -> Donors:
    """The largest programme, and the largest donor in Türkiye: from `donors_migration`."""
    dutch = table[table["payer"] == "NLD"].set_index(["field", "first_year"])["amount"]
    in_turkiye = table[table["place"] == "TUR"]
    adopted = in_turkiye[(in_turkiye["payer"] == "EU") & (in_turkiye["first_year"] == 2022)]
    adopted = adopted.set_index("field")["amount"]
    refugees = adopted["refugees"] - adopted["border"]  # the border money is a part of the whole, as the row says
    everybody = in_turkiye[in_turkiye["payer"] == "ALL"].set_index("first_year")["amount"]
    prospects = dutch["refugees"].iloc[0]
    return Donors(
        prospects=prospects,
        prospects_larger=bool(prospects / DOLLARS_PER_EURO > dutch["protection"].max()),
        eu_in_turkiye=refugees,
        everybody=everybody,
        eu_leads=bool(refugees > EUROS_PER_DOLLAR * everybody.max()),
    )


def projects(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Who ran which project: Project; What, where; and Examined, with the report's reason where one was not.

    `table` is `protection_projects`, `names` are the countries' names by code.
    """
    titled = ~table["project"].isin(["small project", "not named"])
    whole = (table["project"] + ", " + table["organisation"]).where(titled, table["organisation"])
    rows = pd.DataFrame({
        "Project": whole.fillna("not named"),
        "kind": table["type"].fillna("kind not told"),
        "Examined": table["why_not"].map("no: {}".format, na_action="ignore").fillna("yes"),
        "place": table["country"].map(names).fillna("country not told"),
    })  # fmt: skip
    listed = rows.groupby(["Project", "kind", "Examined"], sort=False)["place"].agg(", ".join).reset_index()
    listed["What, where"] = listed["kind"] + ": " + listed["place"]
    return listed[["Project", "What, where", "Examined"]]


@dataclass(frozen=True)
class Incidents:
    """Incidents with dead or missing, as IOM records them: by country and setting, and the large ones on land."""

    table: pd.DataFrame  # country, setting, incidents, dead_and_missing, incidents_10_or_more
    large: int  # on land in the country asked for, with ten victims or more
    large_a_year: float


def incidents(table: pd.DataFrame, country: str, since: int) -> Incidents:
    """Deadly incidents since a year, from `incidents_country_year`, whose last year may have fewer months."""
    counts = ["incidents", "dead_and_missing", "incidents_10_or_more"]
    recent = table[table["year"] >= since]
    found = recent.groupby(["country", "setting"])[counts].sum()
    large = int(found.at[(country, "land"), "incidents_10_or_more"])
    months = recent.drop_duplicates("year")["months"].sum()
    return Incidents(found.reset_index(), large, float(large / months * 12))
