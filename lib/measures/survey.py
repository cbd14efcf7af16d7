"""A reader's own survey of migrants: the forms of the report's figures 11 and 12, whose data are not public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from lib import data
from lib.measures import intervals

_REQUIRED = {"required": True}
_COUNTRY = {"name": "country", "type": "string", "constraints": {"required": True, "pattern": "[A-Z]{3}"}}
_PERCENT = {"name": "percent", "type": "number", "constraints": {"required": True, "minimum": 0, "maximum": 100}}
_PEOPLE = {"required": True, "minimum": 1}

# Figure 11: of the people who were in a country, the percentage that named it as dangerous, by year.
DANGER = {
    "fields": [
        _COUNTRY,
        {"name": "year", "type": "year", "constraints": {"required": True, "minimum": 2000, "maximum": 2100}},
        _PERCENT,
        {"name": "respondents", "type": "integer", "constraints": _PEOPLE},
    ],
    "primaryKey": ["country", "year"],
}
# Figure 12: of those who answered on a country, the percentage that named each perpetrator.
PERPETRATORS = {
    "fields": [
        _COUNTRY,
        {"name": "perpetrator", "type": "string", "constraints": _REQUIRED},
        {"name": "authority", "type": "string", "constraints": {"required": True, "enum": ["yes", "no"]}},
        _PERCENT,
        {"name": "answers", "type": "integer", "constraints": _PEOPLE},
        {"name": "respondents", "type": "integer", "constraints": {"minimum": 1}},
    ],
    "primaryKey": ["country", "perpetrator"],
}
COUNTRIES = {"morocco": "MAR", "tunisia": "TUN", "turkiye": "TUR"}  # of figures 11 and 12, as ids of claims name them


def danger(path: str | Path) -> pd.DataFrame:
    """Country × year: the percentage of `respondents` who named the country as dangerous, with its interval.

    The file holds country (ISO 3166 alpha-3), year, percent (0 to 100) and respondents. The columns of
    `intervals.Share` are added, for the whole number of people nearest to the percentage. Raises `DataError`.
    """
    table = _known(data.read(path, DANGER, "danger"), path, DANGER)
    return _with_intervals(table, "respondents").sort_values(["country", "year"], ignore_index=True)


def perpetrators(path: str | Path) -> pd.DataFrame:
    """Country × perpetrator: the percentage of `answers` that named each, with its interval.

    The file holds country (ISO 3166 alpha-3), perpetrator, authority (yes where the report would count the
    perpetrator as linked to the authorities), percent (0 to 100), answers and, if known, respondents: all who
    were in the country, whether they answered or not. Several perpetrators can be named by one person, so the
    percentages of a country may add up to more than 100. Raises `DataError`, also when a country has two
    bases or more answers than respondents.
    """
    table = _known(data.read(path, PERPETRATORS, "perpetrators"), path, PERPETRATORS)
    for column in ("answers", "respondents"):
        bases = table.groupby("country")[column].nunique(dropna=False)
        if (bases > 1).any():
            raise data.DataError(
                f"{Path(path).name}, column {column!r}: {bases.idxmax()} has more than one value; it is the same "
                "number of people in every row of a country"
            )
    too_many = (table["answers"] > table["respondents"]).fillna(False)
    _refuse(table, path, PERPETRATORS, too_many, "answers", "more than respondents")
    found = _with_intervals(table, "answers")
    return found.sort_values(["country", "share"], ascending=[True, False], ignore_index=True)


def claims(danger: pd.DataFrame | None, perpetrators: pd.DataFrame | None) -> dict[str, object]:
    """What a reader's survey has for the ledger's claims on figures 11 and 12; missing where it cannot tell.

    `danger` and `perpetrators` are what the functions of these names return, or nothing.
    """
    found: dict[str, object] = {f"protection-danger-{name}": trend(danger, code) for name, code in COUNTRIES.items()}
    found["protection-danger-turkiye-high"] = None  # the report gives no level, so no data can test it
    found["protection-perpetrators-authorities"] = _authorities_first(perpetrators)
    for name, code in COUNTRIES.items():
        found[f"protection-perpetrators-{name}-answers"] = _base(perpetrators, code, "answers")
        found[f"protection-perpetrators-{name}-base"] = _base(perpetrators, code, "respondents")
    return found


def rows(danger: pd.DataFrame | None, perpetrators: pd.DataFrame | None) -> pd.DataFrame:
    """The shares of a reader's survey as rows of a figure: asked (in words), count, of, percent, low and high.

    The last three are in percent. `danger` and `perpetrators` are what the functions of these names return; one of the
    two may be missing.
    """
    names = data.load("countries").set_index("iso3")["name"]
    parts = []
    if danger is not None:
        said = danger["country"].map(names) + ", " + danger["year"].astype(str) + ": a place in it is dangerous"
        parts.append(danger.assign(asked=said))
    if perpetrators is not None:
        parts.append(perpetrators.assign(asked=perpetrators["country"].map(names) + ": " + perpetrators["perpetrator"]))
    found = pd.concat(parts, ignore_index=True)[["asked", "count", "of", "share", "low", "high"]]
    found[["share", "low", "high"]] *= 100
    return found.rename(columns={"share": "percent"})


def trend(danger: pd.DataFrame | None, country: str) -> str | None:
    """Rise or fall from a country's first to its last year, where the two differ beyond chance; else none shown.

    Missing without data, or with one year only.
    """
    years = danger[danger["country"] == country] if danger is not None else ()
    if len(years) < 2:
        return None
    first, last = (intervals.share(*years.iloc[at][["count", "of"]]) for at in (0, -1))
    if intervals.differ(first, last) >= 0.05:
        return "none shown"
    return "rise" if last.share > first.share else "fall"


def _authorities_first(perpetrators: pd.DataFrame | None) -> bool | None:
    """Whether in all three countries those named most often are linked to the authorities."""
    if perpetrators is None:
        return None
    first = perpetrators[perpetrators["country"].isin(COUNTRIES.values())].drop_duplicates("country")
    return bool(first["authority"].eq("yes").all()) if len(first) == len(COUNTRIES) else None


def _base(perpetrators: pd.DataFrame | None, country: str, column: str) -> int | None:
    found = perpetrators.loc[perpetrators["country"] == country, column].dropna() if perpetrators is not None else ()
    return int(found.iloc[0]) if len(found) else None


def describe(path: str | Path, title: str) -> data.Provenance:
    """Provenance of a reader's own survey, for the source line of a figure."""
    return replace(data.describe("protection_figures", path), title=title)


def _known(table: pd.DataFrame, path: str | Path, schema: dict) -> pd.DataFrame:
    unknown = ~table["country"].isin(data.load("countries")["iso3"])
    _refuse(table, path, schema, unknown, "country", "no code in countries.csv")
    return table


def _refuse(table: pd.DataFrame, path: str | Path, schema: dict, bad: pd.Series, column: str, rule: str) -> None:
    """Raise `DataError` for the first bad row, by the line of the file on which it stands."""
    if bad.any():
        row = bad.to_numpy().argmax()
        line = data.lines(path, schema, "survey")[row]
        raise data.DataError(
            f"{Path(path).name}, line {line}, column {column!r}, value {str(table[column].iloc[row])!r}: {rule}"
        )


def _with_intervals(table: pd.DataFrame, base: str) -> pd.DataFrame:
    # a percentage that was rounded belongs to a whole number of people all the same
    counts = (table["percent"] / 100 * table[base]).round().astype(int)
    return intervals.shares(table.assign(count=counts, of=table[base]))
