"""The return panel: one row per country and month; and what has to hold between rows."""

from __future__ import annotations

import pandas as pd

from lib import data
from lib.data import DataError

COUNTS = (
    "confirmations_requested",
    "confirmations_given",
    "laissez_passers_requested",
    "laissez_passers_given",
    "forced_departures",
    "independent_supervised",
    "independent_unsupervised",
)
OUTCOMES = ("processing_days", "confirmations_given", "laissez_passers_given", "forced_departures")  # of Table 1
KEYS = ["country", "month"]


class PanelError(DataError):
    """A return panel whose rows do not fit together."""


def starts(table: pd.DataFrame) -> pd.Series:
    """First month of each partnership by country, from the table `partnership_starts`."""
    return table.set_index("country")["start"]


def check_panel(panel: pd.DataFrame, starts: pd.Series, countries: pd.DataFrame) -> pd.DataFrame:
    """The panel, sorted by country and month, if its rows fit together; `panel` has the form of `return_panel`.

    `starts` holds the first month of each partnership by country, `countries` the codes that exist (`iso3`).
    Countries may begin later and end earlier than others. Raises `PanelError`, which names country, month, column,
    value, rule and remedy, for: a country and month twice; a month missing inside a country's span; a code that is
    not in `countries`; no partner at all, or one without a month before its start; more given than requested up to
    a month (answers may come months after the request, so running totals are compared); processing days in a month
    without a confirmation.
    """
    panel = panel.sort_values(KEYS, ignore_index=True)
    unknown = _known(panel, countries["iso3"])
    for rule in (_unique, _unbroken, _observed_before, _asked_before_given, _days_of_something):
        if found := unknown or rule(panel, starts):
            lines = found[: data.SHOWN_ERRORS]
            lines += [f"... and {len(found) - len(lines)} more"] if len(found) > len(lines) else []
            raise PanelError("the return panel does not fit together:\n  " + "\n  ".join(lines))
    return panel


def wide(panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """One column of the panel as countries × months (float, NaN where there is no value)."""
    return panel.pivot(index="country", columns="month", values=outcome).astype(float)


def _line(row: pd.Series, column: str, rule: str) -> str:
    value = row[column]
    shown = f"{value:%Y-%m}" if column == "month" else value
    return f"{row['country']}, {row['month']:%Y-%m}, column {column!r}, value '{shown}': {rule}"


def _known(panel: pd.DataFrame, codes: pd.Series) -> list[str]:
    unknown = panel[~panel["country"].isin(codes)].drop_duplicates("country")
    rule = "not a code of the table countries; use ISO 3166-1 alpha-3, or add the country to data/countries.csv"
    return [_line(row, "country", rule) for _, row in unknown.iterrows()]


def _unique(panel: pd.DataFrame, starts: pd.Series) -> list[str]:
    rule = "this country and month stand here twice; keep one row, or add them up"
    return [_line(row, "month", rule) for _, row in panel[panel.duplicated(KEYS)].iterrows()]


def _unbroken(panel: pd.DataFrame, starts: pd.Series) -> list[str]:
    number = panel["month"].dt.year * 12 + panel["month"].dt.month
    gap = number.groupby(panel["country"]).diff() > 1
    rule = "the month before it is missing inside the country's span; add its row, with zeros only if they were counted"
    return [_line(row, "month", rule) for _, row in panel[gap].iterrows()]


def _observed_before(panel: pd.DataFrame, starts: pd.Series) -> list[str]:
    first = panel.drop_duplicates("country").set_index("country", drop=False)
    present = starts[starts.index.isin(first.index)]
    if present.empty:
        return [f"none of the partners {', '.join(starts.index)} is in the column 'country'; nothing can be estimated"]
    late = present[present <= first["month"].reindex(present.index)]
    return [
        _line(
            first.loc[country],
            "month",
            f"the first row of a partner whose start is {start:%Y-%m}: there is no month before it to compare with; "
            "add earlier months, or leave the country out",
        )
        for country, start in late.items()
    ]


def _asked_before_given(panel: pd.DataFrame, starts: pd.Series) -> list[str]:
    found = []
    for kind in ("confirmations", "laissez_passers"):
        totals = panel.groupby("country")[[f"{kind}_given", f"{kind}_requested"]].cumsum()
        over = panel[totals[f"{kind}_given"] > totals[f"{kind}_requested"]].drop_duplicates("country")
        for at, row in over.iterrows():
            given, asked = totals.loc[at]
            rule = (
                f"{given} given up to this month, {asked} requested; "
                "requests open before the panel begins belong in its first month"
            )
            found.append(_line(row, f"{kind}_given", rule))
    return found


def _days_of_something(panel: pd.DataFrame, starts: pd.Series) -> list[str]:
    rule = "no confirmation was given in this month, so there is no processing time; leave the cell empty"
    odd = panel[panel["processing_days"].notna() & (panel["confirmations_given"] == 0)]
    return [_line(row, "processing_days", rule) for _, row in odd.iterrows()]
