"""The newest months beside the same months a year before: routes, and places with a date of their own."""

from __future__ import annotations

import pandas as pd

from lib.measures.around import SHORT, direction
from lib.prose import change, in_words, number


def halves(routes: pd.DataFrame, year: int) -> pd.DataFrame:
    """January to June of a year and of the one before, by route with any detections: two columns and their change."""
    months = routes[(routes.index.month <= 6) & routes.index.year.isin([year - 1, year])]
    table = months.groupby(months.index.year).sum().T
    table = table[table.any(axis=1)].rename(index=lambda route: SHORT.get(route, route.removesuffix(" Route")))
    return table.assign(change=table[year] / table[year - 1] - 1)


def of_halves(table: pd.DataFrame, year: int) -> dict[str, object]:
    """What sentences say of `halves`."""
    rose = table[table["change"] > 0].sort_values(year, ascending=False)
    return {
        **{f"{name.lower()}_{year}": change(table.at[name, "change"]) for name in ("Atlantic", "Western")},
        f"total_{year}": change(table[year].sum() / table[year - 1].sum() - 1),
        f"routes_{year}": len(table),
        f"fell_{year}": len(table) - len(rose),
        f"rose_{year}": in_words(
            f"{name} ({number(row[year - 1])} to {number(row[year])})" for name, row in rose.iterrows()
        ),
    }


def counted(cutoffs: pd.DataFrame, place: str) -> pd.DataFrame:
    """The counts of a place up to a day of the year, against the same days a year before, with their change and day."""
    known = cutoffs[cutoffs["place"] == place].dropna(subset=["arrivals_earlier", "arrivals_later"])
    day = pd.to_datetime("2024-" + known["until_day"])  # a leap year
    rows = known.assign(day=day, change=known["arrivals_later"] / known["arrivals_earlier"] - 1)
    return rows.assign(until=day.dt.strftime("%-d %B")).sort_values(["later_year", "day"])


def of_balearics(rows: pd.DataFrame) -> dict[str, object]:
    """What sentences say of `counted` for the Balearic Islands in 2025 and 2026."""
    before, now = (rows[rows["later_year"] == year] for year in (2025, 2026))
    return {
        "balearics_change_2025": change(before["change"].iloc[-1]),
        "balearics_day_2025": before["until"].iloc[-1],
        "balearics_january": change(now["change"].iloc[0]),
        "balearics_first_day": now["until"].iloc[0],
        "balearics_2026": change(now["change"].iloc[-1]),
        "balearics_day": now["until"].iloc[-1],
    }


def claims(halves: pd.DataFrame, balearics: pd.DataFrame) -> dict[str, str]:
    """What claims on the first half of 2026 are checked against, from `halves` and `counted`."""
    islands = balearics[balearics["later_year"] == 2026][["arrivals_earlier", "arrivals_later"]]
    return {
        "atlantic-2026-fall": direction(*halves.loc["Atlantic", [2025, 2026]]),
        "western-2026-rise": direction(*halves.loc["Western", [2025, 2026]]),
        "balearics-2026-rise": direction(*islands.iloc[-1]),
    }


def told(halves: pd.DataFrame) -> pd.DataFrame:
    """`halves` as a table for readers."""
    return halves.rename_axis("Route").reset_index().assign(change=halves["change"].map(change).to_numpy())
