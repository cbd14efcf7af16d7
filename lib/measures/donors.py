"""Who pays most for what, country by country, from amounts that differ in kind, in years and in how firm they are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def per_year(amounts: pd.DataFrame) -> pd.Series:
    """Each amount over the years that it is for, in millions a year; an amount without a last year has none.

    `amounts` has columns amount, first_year and last_year. An announcement dated to one year counts as for that year,
    though it may be spent over more: `years_it_may_last` says how far that carries.
    """
    return amounts["amount"] / (amounts["last_year"] - amounts["first_year"] + 1)


def leading(amounts: pd.DataFrame, kinds: Sequence[Sequence[str]]) -> pd.Series:
    """The payer of the largest amount a year, by place, among amounts of the first of `kinds` that the place has.

    `amounts` has columns payer, place, field, amount, first_year and last_year; each of `kinds` lists values of field.
    Kinds are never mixed beyond that: a place with an amount of the first is judged by that alone. Amounts are compared
    one by one and never added. A place with none of the kinds has no row.
    """
    amounts, found = amounts.assign(yearly=per_year(amounts)).dropna(subset=["yearly"]), {}
    for kind in kinds:
        for place, rows in amounts[amounts["field"].isin(list(kind))].groupby("place"):
            found.setdefault(place, rows.loc[rows["yearly"].idxmax(), "payer"])
    return pd.Series(found, dtype=object).sort_index()


def years_it_may_last(amounts: pd.DataFrame, payer: str) -> float:
    """Over how many years the largest amount a year of `payer` may be spread before another payer's is as large."""
    largest = per_year(amounts).groupby(amounts["payer"]).max()
    return float(largest[payer] / largest.drop(payer).max())
