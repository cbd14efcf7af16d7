"""Derive the tables on asylum, orders and returns: `python data/derive_returns.py SOURCE_DIR`.

SOURCE_DIR holds copies of the publishers' figures under the names in `SOURCES`. Afterwards, `make describe`
validates every table and records its hash.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from lib.returns import triple
from steps.derivation import read, run

SOURCES = {
    "asylum": "asylum_unhcr_nld_origin_year.csv",
    "departures": "departures_nld_dublin_split.csv",
    "orders": "orders_to_leave_nld_2023.csv",
    "frontex": "returns_frontex_share.csv",
    "returns": "eurostat_returns_totals_2021_2025.csv",
}

# What the source of departures says of 2024 in words: cases closed, demonstrable and unsupervised departures.
CLOSED_2024 = re.compile(r"([\d,]+) cases closed, ([\d,]+) demonstrable departures .*?, ([\d,]+) to an unknown")

# Not in the copied figures: what Frontex itself gives for 2024 (https://frontex.europa.eu/2024-in-brief).
FRONTEX_2024 = 56_262
STATES = 29  # the EU's members, Norway and Switzerland

# The made-up file in Eurostat's form, and what is put into it: three months of the report's 9.3 a month.
SEED, EXTRA = 2026, 28


def asylum_unhcr_netherlands_year(source: Path) -> pd.DataFrame:
    """First and repeat applications in the Netherlands by origin and year, and decisions on them by outcome."""
    table = read(source / SOURCES["asylum"])
    numbers = [column for column in table if column not in ("origin", "first_total", "repeat_total")]
    return table[["origin", *numbers]].astype(dict.fromkeys(numbers, int)).sort_values(["origin", "year"])


def departures_destination_year(source: Path) -> pd.DataFrame:
    """Departures from the caseload by kind and year, those to Dublin countries, and what Eurostat counts as forced."""
    raw = read(source / SOURCES["departures"])
    names = {
        "dtenv_independent": "independent_supervised",
        "dtenv_forced": "forced",
        "dtenv_unsupervised": "independent_unsupervised",
        "dtenv_to_dublin_countries": "to_dublin_countries",
        "eurostat_forced": "forced_eurostat",
        "eurostat_total": "returned_eurostat",
    }
    table = raw.rename(columns=names)[["year", *names.values()]].apply(pd.to_numeric).astype("Int64")
    said = CLOSED_2024.search(raw.set_index("year").at["2024", "source"])
    if said is None:
        raise ValueError(f"no numbers of cases closed in the source of 2024; {CLOSED_2024.pattern!r} does not fit it")
    closed, demonstrable, unsupervised = (int(number.replace(",", "")) for number in said.groups())
    of_2024 = table["year"] == 2024
    if table.loc[of_2024, "independent_unsupervised"].tolist() != [unsupervised]:
        raise ValueError(
            f"unsupervised departures of 2024 are {unsupervised} in words and another number in the column"
        )
    table.insert(4, "demonstrable", table["independent_supervised"] + table["forced"])
    table.loc[of_2024, "demonstrable"] = demonstrable
    table["closed"] = pd.Series(pd.NA, table.index, dtype="Int64").mask(of_2024, closed)
    return table.sort_values("year")


def orders_to_leave_year(source: Path) -> pd.DataFrame:
    """Orders to leave the Netherlands by nationality, the total as TOTAL."""
    table = read(source / SOURCES["orders"]).rename(columns={"ordered_to_leave": "orders"})
    table["nationality"] = table["nationality"].replace("total", "TOTAL")
    return table[["year", "nationality", "orders"]].astype({"year": int, "orders": int})


def returns_frontex_year(source: Path) -> pd.DataFrame:
    """People whose return Frontex supported beside all whom its states returned, by year."""
    numbers = ["year", "frontex_supported", "returned_29_countries"]
    raw = read(source / SOURCES["frontex"]).astype(dict.fromkeys(numbers, int))
    returns = read(source / SOURCES["returns"]).astype({"year": int, "returned_total": int})
    returned = returns.groupby("year")["returned_total"]
    totals = returned.sum()[returned.size() == STATES]
    table = raw.set_index("year").rename(columns={"returned_29_countries": "returned"})[
        ["frontex_supported", "returned"]
    ]
    if (table["returned"] != totals.reindex(table.index)).any():
        raise ValueError(
            f"all returns differ between the two sources: {table['returned'].to_dict()}, {totals.to_dict()}"
        )
    table.loc[2024] = [FRONTEX_2024, totals[2024]]
    return table.reset_index()


def eurostat_returns_quarter(_: Path) -> pd.DataFrame:
    """A made-up file in the form of Eurostat's, which was not at hand."""
    return triple.simulated(SEED, EXTRA)


if __name__ == "__main__":
    run(
        asylum_unhcr_netherlands_year,
        departures_destination_year,
        orders_to_leave_year,
        returns_frontex_year,
        eurostat_returns_quarter,
    )
