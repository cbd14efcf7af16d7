"""Derive the tables of this folder from copies of the publishers' files: `python data/derive.py SOURCE_DIR`.

SOURCE_DIR holds the source files under the names in `SOURCES`. Tables written by hand (corrections, events,
names, ...) are never written, and the base map has a script of its own. Afterwards, `make describe` validates
every table and records its hash.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from steps.derivation import read, run

DATA = Path(__file__).resolve().parent

SOURCES = {
    "frontex_month": "frontex_route_month_2009-01_2026-06.csv",
    "frontex_detailed": "frontex_detections_2009-01_2025-04.csv",
    "missing_migrants": "missing_migrants_mediterranean_atlantic_2014-01_2025-04.csv",
    "iom_year": "iom_mediterranean_deaths_annual_2014_2026.csv",
    "asylum": "eurostat_first_time_asylum_applicants_2011_2024.csv",
    "unhcr_population": "unhcr_population_by_country_of_asylum_2010_2024.csv",
    "unhcr_asylum": "asylum_unhcr_transit_year.csv",
    "returns": "frontex_charter_returns_2006_2024.csv",
    "uk_returns": "uk_returns_nationality_quarter_2004Q1_2023Q4.csv",
    "dtenv_departures": "dtenv_departures_annual.csv",
    "cbs_asylum": "cbs_first_asylum_top15_2024_2025.csv",
}

# IOM and Frontex call one route by two names; the tables use the one of Frontex.
FRONTEX_ROUTE = {
    "Central Mediterranean Route": "Central Mediterranean Route",
    "Eastern Mediterranean Route": "Eastern Mediterranean Route",
    "Western African Atlantic Route": "Western African Route",
    "Western Mediterranean Route": "Western Mediterranean Route",
}

# The nationalities of the CBS table, which names countries in Dutch.
CBS_CITIZENSHIP = {
    "Afghanistan": "AFG",
    "Algerije": "DZA",
    "Eritrea": "ERI",
    "Ethiopië": "ETH",
    "Irak": "IRQ",
    "Jemen": "YEM",
    "Marokko": "MAR",
    "Nigeria": "NGA",
    "Pakistan": "PAK",
    "Sierra Leone": "SLE",
    "Soedan": "SDN",
    "Somalië": "SOM",
    "Syrië": "SYR",
    "Turkije": "TUR",
}
CBS_NO_COUNTRY = ("Onbekend", "TOTAAL")

PARTNERS = ("EGY", "IRQ", "MAR", "NGA", "TUN", "TUR")
# Not one country (unspecified, stateless), or moved from asylum to temporary protection in 2022 (Ukraine).
NO_COMPARISON = ("OOO", "STL", "UKR")
COMPARISONS = 34
PANEL_YEARS = (2015, 2024)

UNHCR_GROUP = {"asylum": "asylum_seekers", "refugee": "refugees"}
UNHCR_PROVISIONAL = "2024"  # the copy holds mid-2024 or provisional figures under this year

# The southern and eastern coasts from which the routes start; Western Sahara as IOM codes it.
COASTS = ("DZA", "EGY", "ESH", "LBY", "MAR", "TUN", "TUR")

CELL = 0.5  # degrees: IOM's places are approximate, so a finer grid would pretend to know more


def corrected(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """`frame` with the rows of corrections.csv for `table` applied.

    A key names a row by the values of some columns and by `n`, its turn among the rows that share them.
    Raises ValueError if a row is not there or no longer holds the expected value.
    """
    corrections = pd.read_csv(DATA / "corrections.csv", dtype=str, keep_default_na=False)
    fixed = frame.copy()
    for line, fix in enumerate(corrections.itertuples(index=False), start=2):
        if fix.table != table:
            continue
        # Keys are looked up in the uncorrected frame, so one correction cannot hide the row of another.
        row = _row(frame, fix.key)
        found = None if row is None else frame.at[row, fix.column]
        if found != fix.expected:
            state = "that row is not in the source" if row is None else f"{fix.column} holds {found!r}"
            raise ValueError(
                f"corrections.csv, line {line}: {table}, row {fix.key}: {state}, expected {fix.expected!r}."
                " If the publisher repaired the source, delete this correction."
            )
        fixed.at[row, fix.column] = fix.corrected
    return fixed


def _row(frame: pd.DataFrame, key: str) -> int | None:
    parts = dict(part.split("=", 1) for part in key.split(";"))
    turn = int(parts.pop("n"))
    match = np.logical_and.reduce([frame[column] == value for column, value in parts.items()])
    rows = frame.index[match]
    return rows[turn - 1] if turn <= len(rows) else None


def incidents(source: Path) -> pd.DataFrame:
    """IOM's records: month, year, route (as Frontex names it), dead_and_missing, lon and lat (degrees)."""
    raw = corrected(read(source / SOURCES["missing_migrants"]), "missing_migrants")
    unknown = set(raw["route"]) - set(FRONTEX_ROUTE)
    if unknown:
        raise ValueError(f"routes without a Frontex name: {sorted(unknown)}")
    return pd.DataFrame(
        {
            "month": raw["date"].str[:7],
            "year": raw["date"].str[:4].astype(int),
            "route": raw["route"].map(FRONTEX_ROUTE),
            "dead_and_missing": raw["dead_and_missing"].astype(int),
            "lon": pd.to_numeric(raw["lon"]),
            "lat": pd.to_numeric(raw["lat"]),
        }
    )


def frontex_route_month(source: Path) -> pd.DataFrame:
    """Detections by month and route."""
    table = read(source / SOURCES["frontex_month"]).astype({"detections": int})
    return table[["month", "route", "detections"]].sort_values(["month", "route"])


def frontex_route_year_nationality(source: Path) -> pd.DataFrame:
    """Detections by year, route and nationality, with the number of months that the year covers."""
    raw = read(source / SOURCES["frontex_detailed"]).astype({"detections": int})
    raw["year"] = raw["month"].str[:4].astype(int)
    table = raw.groupby(["year", "route", "nationality"], as_index=False)["detections"].sum()
    return table.assign(months=table["year"].map(raw.groupby("year")["month"].nunique()))


def deaths_route_month(source: Path) -> pd.DataFrame:
    """Dead and missing by month and route, with a row of zeros where nothing was recorded."""
    table = incidents(source)
    months = pd.period_range(table["month"].min(), table["month"].max(), freq="M").astype(str)
    routes = sorted(FRONTEX_ROUTE.values())
    every = pd.MultiIndex.from_product([months, routes], names=["month", "route"])
    sums = table.groupby(["month", "route"])["dead_and_missing"].agg(dead_and_missing="sum", incidents="size")
    return sums.reindex(every, fill_value=0).reset_index()


def deaths_place(source: Path) -> pd.DataFrame:
    """Dead and missing by year, route and cell of the grid; empty lon and lat where the place is unknown."""
    table = incidents(source)
    for axis in ("lon", "lat"):
        table[axis] = np.floor(table[axis] / CELL) * CELL + CELL / 2
    by = table.groupby(["year", "route", "lon", "lat"], dropna=False)
    return by["dead_and_missing"].agg(dead_and_missing="sum", incidents="size").reset_index()


def iom_mediterranean_deaths_year(source: Path) -> pd.DataFrame:
    """IOM's own yearly total for the Mediterranean."""
    return read(source / SOURCES["iom_year"]).astype(int).sort_values("year")


def _asylum(source: Path) -> pd.DataFrame:
    names = {"reporting_country": "destination", "first_time_applicants": "applicants"}
    return read(source / SOURCES["asylum"]).rename(columns=names).astype({"year": int, "applicants": int})


def asylum_netherlands_year(source: Path) -> pd.DataFrame:
    """First-time applicants in the Netherlands by citizenship and year."""
    table = _asylum(source).query("destination == 'NLD'")
    return table[["citizenship", "year", "applicants"]].sort_values(["citizenship", "year"])


def asylum_destination_year(source: Path) -> pd.DataFrame:
    """First-time applicants by destination, citizenship and year: partners and the largest others."""
    table = _asylum(source)
    table = table[(table["destination"] != "EU27") & table["year"].between(*PANEL_YEARS)]
    others = table[~table["citizenship"].isin(PARTNERS + NO_COMPARISON)]
    totals = others.groupby("citizenship", as_index=False)["applicants"].sum()
    largest = totals.sort_values(["applicants", "citizenship"], ascending=[False, True]).head(COMPARISONS)
    table = table[table["citizenship"].isin([*PARTNERS, *largest["citizenship"]])]
    keys = ["destination", "citizenship", "year"]
    return table[[*keys, "applicants"]].sort_values(keys)


def frontex_returns_year(source: Path) -> pd.DataFrame:
    """Persons on Frontex charters, and operations, by year, member state and destination."""
    raw = read(source / SOURCES["returns"]).astype({"persons": int})
    raw["year"] = raw["date"].str[:4].astype(int)
    by = raw.groupby(["year", "member_state", "destination"])
    return by.agg(persons=("persons", "sum"), operations=("operation", "nunique")).reset_index()


def uk_returns_quarter(source: Path) -> pd.DataFrame:
    """Enforced returns from the United Kingdom by quarter (its first month) and nationality."""
    raw = read(source / SOURCES["uk_returns"]).query("return_type == 'Enforced return'")
    table = pd.DataFrame(
        {
            "quarter": pd.PeriodIndex(raw["quarter"], freq="Q").asfreq("M", how="start").astype(str),
            "nationality": raw["nationality"],
            "enforced": raw["returns"].astype(int),
        }
    )
    return table[table["enforced"] > 0].sort_values(["quarter", "nationality"])


def dtenv_departures_year(source: Path) -> pd.DataFrame:
    """Departures from the caseload of DTenV by year and kind, with the number of months that the year covers."""
    raw = read(source / SOURCES["dtenv_departures"])
    period = raw["period"].str.extract(r"^(?P<year>\d{4})(?:-(?P<first>\d\d)\.\.(?P<last>\d\d))?$")
    unread = raw.loc[period["year"].isna(), "period"]
    if len(unread):
        raise ValueError(f"periods that are not a year or months of one: {sorted(unread)}")
    months = period["last"].fillna("12").astype(int) - period["first"].fillna("01").astype(int) + 1
    kinds = ["independent_supervised", "forced", "independent_unsupervised"]
    counts = raw[kinds].apply(pd.to_numeric).astype("Int64")  # nullable: 2014 lacks the third kind
    return pd.concat([period["year"].astype(int), months.rename("months"), counts], axis=1).sort_values("year")


def asylum_cbs_year(source: Path) -> pd.DataFrame:
    """First asylum requests in the Netherlands by citizenship and year, as CBS counts them."""
    raw = read(source / SOURCES["cbs_asylum"])
    unknown = set(raw["nationality_nl"]) - set(CBS_CITIZENSHIP) - set(CBS_NO_COUNTRY)
    if unknown:
        raise ValueError(f"nationalities without a country code: {sorted(unknown)}")
    raw = raw[~raw["nationality_nl"].isin(CBS_NO_COUNTRY)]
    raw = raw.assign(citizenship=raw["nationality_nl"].map(CBS_CITIZENSHIP)).drop(columns="nationality_nl")
    table = raw.melt(id_vars="citizenship", var_name="year", value_name="applicants")
    table["year"] = table["year"].str.removeprefix("first_")
    keys = ["citizenship", "year"]
    return table.astype({"year": int, "applicants": int})[[*keys, "applicants"]].sort_values(keys)


def unhcr_population_year(source: Path) -> pd.DataFrame:
    """Refugees and asylum-seekers by partner country and year, each year marked as year end or provisional."""
    raw = read(source / SOURCES["unhcr_population"])
    raw = raw[raw["country"].isin(PARTNERS) & raw["group"].isin(UNHCR_GROUP)]
    table = raw.assign(persons=raw["persons"].astype(int)).pivot(
        index=["country", "year"], columns="group", values="persons"
    )
    if table.isna().any(axis=None):
        raise ValueError(f"no figure for {table.index[table.isna().any(axis=1)].tolist()}")
    table = table.astype(int).rename(columns=UNHCR_GROUP).reset_index()
    table["reference"] = np.where(table["year"] == UNHCR_PROVISIONAL, "provisional", "year_end")
    return table[["country", "year", "refugees", "asylum_seekers", "reference"]].sort_values(["country", "year"])


def unhcr_asylum_year(source: Path) -> pd.DataFrame:
    """New applications in Morocco, Tunisia and Türkiye, and those registered there at the end of the year."""
    names = {f"{group}_year_end": group for group in UNHCR_GROUP.values()}
    raw = read(source / SOURCES["unhcr_asylum"]).rename(columns=names)
    numbers = ["year", "new_applications", "refugees", "asylum_seekers"]
    table = raw.astype(dict.fromkeys(numbers, int))
    columns = ["country", "year", "new_applications", "procedure", "refugees", "asylum_seekers"]
    return table[columns].sort_values(["country", "year"])


def deaths_coast_year(source: Path) -> pd.DataFrame:
    """Dead and missing by IOM's country of the incident and year, all routes, with the months that the year covers."""
    raw = corrected(read(source / SOURCES["missing_migrants"]), "missing_migrants")
    raw = raw.assign(year=raw["date"].str[:4].astype(int), dead_and_missing=raw["dead_and_missing"].astype(int))
    months = raw.groupby("year")["date"].agg(lambda dates: dates.str[:7].nunique())
    every = pd.MultiIndex.from_product([COASTS, months.index], names=["country", "year"])
    sums = raw.groupby(["country", "year"])["dead_and_missing"].agg(dead_and_missing="sum", incidents="size")
    table = sums.reindex(every, fill_value=0).reset_index()
    table["months"] = table["year"].map(months)
    return table[["country", "year", "months", "dead_and_missing", "incidents"]]


if __name__ == "__main__":
    run(
        frontex_route_month,
        frontex_route_year_nationality,
        deaths_route_month,
        deaths_place,
        iom_mediterranean_deaths_year,
        asylum_netherlands_year,
        asylum_destination_year,
        frontex_returns_year,
        unhcr_population_year,
        unhcr_asylum_year,
        deaths_coast_year,
        uk_returns_quarter,
        dtenv_departures_year,
        asylum_cbs_year,
    )
