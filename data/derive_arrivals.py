"""Derive the tables of arrivals by sea and of deadly incidents: `python data/derive_arrivals.py SOURCE_DIR`.

SOURCE_DIR holds transcriptions of what ministries, agencies and IOM published, under the names in `SOURCES`. Rows
that were read later stand in `FOUND`, each with its address. Afterwards, `make describe` validates every table.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from steps.derivation import read, run

SOURCES = {
    "departure": "arrivals_italy_departure_country.csv",
    "nationality": "arrivals_italy_nationality_cumulative.csv",
    "spain": "arrivals_spain_cutoff.csv",
    "ngo": "deaths_ngo_spain_route_year.csv",
    "incidents": "incidents_mmp_country_year.csv",
    "large": "incidents_mmp_land_large.csv",
}

VIMINALE_2018 = "http://www.adnkronos.com/fatti/cronaca/2018/07/10/migranti-italia-ecco-dati-del-viminale_vteJ6zi7juCPVJH8BTi4wO.html"
LA_RAZON = "https://www.larazon.es/espana/bajan-llegadas-irregulares-migrantes-293-mientras-suben-77-baleares_2025081968a44425db588163100780e2.html"
RTVE = "https://www.rtve.es/noticias/20250819/llegadas-inmigrantes-irregulares-a-espana-caen-casi-30-aunque-se-disparan-baleares/16700685.shtml"
MENORCA = "https://amp.menorca.info/actualidad/nacional/2025/09/01/2461287/cara-cruz-migratorias-llegadas-irregulares-suben-baleares-mientras-descienden-nivel-general.html"
LA_RAZON_AUGUST = "https://www.larazon.es/espana/llegadas-irregulares-migrantes-descienden-326-pero-baleares-suben-78_2025090168b5b4d31b455b7567f1165a.html"
ABC_JANUARY = "https://www.abc.com.py/internacionales/2026/02/02/la-llegada-de-migrantes-a-las-islas-canarias-en-espana-cae-casi-un-80-en-un-ano/"

FOUND = {
    "departure": [
        ("2017-01-01", "2017-07-10", "total", "85211", VIMINALE_2018, ""),
        ("2017-01-01", "2017-07-10", "LBY", "81523", VIMINALE_2018, ""),
        ("2018-01-01", "2018-07-10", "total", "16935", VIMINALE_2018, ""),
        ("2018-01-01", "2018-07-10", "LBY", "11535", VIMINALE_2018, "85.85 percent less than in 2017, as printed"),
    ],
    "spain": [
        ("08-15", "Balearic Islands", "2024", "2443", "2025", "4323", LA_RAZON, "2,443: 1,880 more, as printed"),
        ("08-15", "mainland by sea", "2024", "", "2025", "3928", RTVE, "17.1 percent less, as printed"),
        ("08-31", "Balearic Islands", "2024", "2717", "2025", "4852", MENORCA, "2,717: 2,135 more, as printed"),
        ("08-31", "Canary Islands", "2024", "25571", "2025", "12126", MENORCA, ""),
        ("08-31", "mainland by sea", "2024", "", "2025", "4722", LA_RAZON_AUGUST, "9.3 percent less, as printed"),
        ("01-31", "Balearic Islands", "2025", "", "2026", "", ABC_JANUARY, "23.2 percent more, as printed"),
        ("01-31", "mainland by sea", "2025", "", "2026", "", ABC_JANUARY, "64.62 percent more, as printed"),
        ("01-31", "Canary Islands", "2025", "", "2026", "", ABC_JANUARY, "79.8 percent less, as printed"),
    ],
}  # fmt: skip

# What is odd in the extraction of the dashboard; each is refused once it is no longer so, and so is anything new.
MISSING = ["2017-09", "2024-07"]
NO_MONTH_END = ["2025-05-21"]
FALLS = [("2023-08-31", "PAK")]

REST = "OTH"
LAST_MONTHS = {"2025": 4}  # IOM's incidents end in April 2025


def with_found(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The transcribed rows and those of `FOUND`, in the columns of `table`."""
    return pd.concat([table, pd.DataFrame(FOUND[name], columns=table.columns)], ignore_index=True)


def arrivals_italy_departure(source: Path) -> pd.DataFrame:
    """Arrivals by sea in Italy by country of departure; every row counts from `start` to `end`, both included.

    Raises ValueError where the countries of a period exceed its total.
    """
    columns = ["start", "end", "departure", "arrivals", "source", "note"]
    table = with_found(read(source / SOURCES["departure"])[columns], "departure").astype({"arrivals": int})
    wide = table.pivot(index=["start", "end"], columns="departure", values="arrivals")
    over = wide.drop(columns="total").sum(axis=1) > wide["total"]
    if over.any():
        raise ValueError(f"more arrivals by country than in all: {wide.index[over].tolist()}")
    return table.sort_values(["start", "end", "departure"])


def differences(cumulative: pd.DataFrame) -> pd.DataFrame:
    """What came between one list of a nationality and the next of the same year, from counts since 1 January.

    `cumulative` has one row per list and nationality: until, nationality, cumulative. A nationality that no earlier
    list of the year names is counted from 1 January; one that lists leave out in between, from the last that has it.
    Adds first_day, last_day, arrivals (missing where the count falls, and for the rest, whose members change)
    and span: month (one whole calendar month), part, longer, fall or rest.
    """
    table = cumulative.assign(last_day=pd.to_datetime(cumulative["until"])).sort_values(["nationality", "last_day"])
    by_year = table.groupby(["nationality", table["last_day"].dt.year])
    before = by_year["last_day"].shift()
    new_year = pd.to_datetime(table["last_day"].dt.year.astype(str) + "-01-01")
    first = (before + pd.Timedelta(days=1)).fillna(new_year)
    arrivals = (table["cumulative"] - by_year["cumulative"].shift(fill_value=0)).astype("Int64")
    month_ends = table["last_day"].dt.is_month_end & first.dt.is_month_start
    months = (table["last_day"].dt.month - first.dt.month) + 1
    span = pd.Series("longer", table.index).mask(months == 1, "part").mask(month_ends & (months == 1), "month")
    span = span.mask(arrivals < 0, "fall").mask(table["nationality"] == REST, "rest")
    days = {"first_day": first.dt.strftime("%Y-%m-%d"), "last_day": table["last_day"].dt.strftime("%Y-%m-%d")}
    return table.assign(**days, arrivals=arrivals.mask(span.isin(["fall", "rest"])), span=span).drop(columns="until")


def arrivals_italy_nationality(source: Path) -> pd.DataFrame:
    """Arrivals by sea in Italy by declared nationality and in all (`total`): since 1 January, since the list before.

    Raises ValueError for a month that is missing, a day that ends no month or a fall that is not known, and for one
    that is known and no longer there.
    """
    raw = read(source / SOURCES["nationality"]).rename(columns={"arrivals_since_1_january": "cumulative"})
    raw = raw.astype({"cumulative": int})
    total = raw.groupby("until", as_index=False)["cumulative"].sum().assign(nationality="total")
    table = differences(pd.concat([raw, total], ignore_index=True))
    days = pd.to_datetime(pd.Series(raw["until"].unique()))
    months = pd.period_range(days.min(), days.max(), freq="M").astype(str)
    falls = table.loc[table["span"] == "fall", ["last_day", "nationality"]]
    odd = {
        "missing months": (sorted(set(months) - set(days.dt.strftime("%Y-%m"))), MISSING),
        "days that end no month": (days[~days.dt.is_month_end].dt.strftime("%Y-%m-%d").tolist(), NO_MONTH_END),
        "falls": (list(falls.itertuples(index=False, name=None)), FALLS),
    }
    for what, (found, known) in odd.items():
        if found != known:
            raise ValueError(f"{what} in the source: {found}, known are {known}")
    columns = ["nationality", "first_day", "last_day", "arrivals", "span", "cumulative"]
    return table[columns].sort_values(["last_day", "nationality"])


def printed_change(note: str) -> str:
    """The change in percent that a page prints ("11.8 percent less" is -11.8); empty where a note has none."""
    before, found, after = note.partition(" percent ")
    return ("-" if after.startswith("less") else "") + before.split()[-1] if found else ""


def arrivals_spain_cutoff(source: Path) -> pd.DataFrame:
    """Arrivals in Spain from 1 January to a day, in two years; a change alone where a page prints no more."""
    table = with_found(read(source / SOURCES["spain"]).drop(columns="publisher"), "spain")
    table["printed_change"] = table["note"].map(printed_change)
    return table.sort_values(["later_year", "until_day", "place"])


def deaths_ngo_spain_route(source: Path) -> pd.DataFrame:
    """The dead and missing on the way to Spain that an organisation counts, by year and route."""
    return read(source / SOURCES["ngo"]).drop(columns="publisher").sort_values(["year", "route"])


def incidents_country_year(source: Path) -> pd.DataFrame:
    """Deadly incidents by country, year, and land or sea, with the number of months that the year covers."""
    raw = read(source / SOURCES["incidents"]).rename(columns={"where": "setting"})
    months = raw["year"].map(LAST_MONTHS).fillna(12).astype(int)
    return raw.assign(months=months).sort_values(["country", "year", "setting"])


def incidents_land_large(source: Path) -> pd.DataFrame:
    """The deadly incidents on land with ten or more dead and missing, one by one."""
    return read(source / SOURCES["large"]).sort_values(["country", "date"])


if __name__ == "__main__":
    run(
        arrivals_italy_departure,
        arrivals_italy_nationality,
        arrivals_spain_cutoff,
        deaths_ngo_spain_route,
        incidents_country_year,
        incidents_land_large,
    )
