"""What the report says in more than one place: of which kind it is, where places differ, and what hangs on it."""

from __future__ import annotations

import pandas as pd

from lib.document import audit
from lib.prose import number, percent

FINDING, SCOPE, NAME = "a finding", "scope and evidence", "a level or a name"
# What is stated differently, in a reader's words, in the order of what hangs on it.
SUBJECTS = {
    FINDING: {
        "campaign-effect-on-intentions": "Effect of campaigns on intentions",
        "overall-contribution": "Contribution of the policy to its aims",
        "return-contribution": "Effect on return; in 5.1 on forced return",
        "danger-turkiye": "Perceived danger: Türkiye, and three countries together",
        "ministries-on-protection": "How far the ministries differ on protection",
    },
    SCOPE: {
        "compass-irregular-examined": "Work of COMPASS against irregular migration examined",
        "protection-aim-justice": "Share that names protection as an aim, second ministry",
        "prospects-in-case-countries": "Prospects runs in case countries (implied)",
        "whole-of-government-excludes": "What the whole-of-government effort leaves out",
        "policy-start": "Start of the policy",
        "data-last-year": "Last data used",
    },
    NAME: {
        "iraq-yearly-level": "Level of the yearly meeting with Iraq",
        "joint-letter-sender": "Second sender of the letter of May 2025",
        "migration-directorate-name": "Name of the directorate MOA",
        "annex-8-form": "What annex 8 holds",
    },
}
DATES = {"year", "month", "day"}
ENTRY = "reference list"  # a place of the table that is none of the text: years in the list are compared apart


def in_text(repeats: pd.DataFrame) -> pd.DataFrame:
    """The rows of `report_repeats` whose quantity stands in the text more than once."""
    rows = repeats[repeats["section"] != ENTRY]
    return rows[rows.groupby("quantity")["quantity"].transform("size") > 1]


def kinds(repeats: pd.DataFrame) -> pd.Series:
    """Of every quantity in the text, whether it is a `number`, a `date` or a `wording`."""

    def kind(precision: pd.Series) -> str:
        if precision.isna().all():
            return "wording"
        return "date" if set(precision.dropna()) <= DATES else "number"

    return in_text(repeats).groupby("quantity")["precision"].agg(kind)


def differing(repeats: pd.DataFrame) -> pd.DataFrame:
    """Where places of the text differ, one row a quantity, what hangs most on it first.

    Columns `hangs` (what hangs on it), `what`, `one` and `another` (what is said, each with its places) and `note`.
    Raises `ValueError` for a quantity of which `SUBJECTS` does not say what hangs on it.
    """
    rows = in_text(repeats)
    pairs = audit.disagreements(rows)
    place = ["section", "footnote", "value"]
    other = pairs[[f"other_{name}" for name in place]].set_axis(place, axis=1)
    sides = pd.concat([pairs[place], other]).assign(quantity=[*pairs["quantity"], *pairs["quantity"]]).drop_duplicates()
    named = {quantity: (group, what) for group, items in SUBJECTS.items() for quantity, what in items.items()}
    if unsorted := sorted(set(sides["quantity"]) - named.keys()):
        raise ValueError(f"nobody said what hangs on {', '.join(unsorted)}")
    found = []
    for quantity in [one for one in named if one in set(sides["quantity"])]:
        mine = rows[rows["quantity"] == quantity]
        first, *others = [
            f"{_spoken(value, mine)} ({'; '.join(map(audit.where, at['section'], at['footnote']))})"
            for value, at in sides[sides["quantity"] == quantity].groupby("value", sort=False)
        ]
        notes = " ".join(mine["note"].dropna().unique())
        found.append((*named[quantity], first, "; ".join(others), notes))
    return pd.DataFrame(found, columns=["hangs", "what", "one", "another", "note"])


def _spoken(value: str, rows: pd.DataFrame) -> str:
    """A value as it stands in a sentence: bounds in words, shares in percent."""
    if value == "some":
        return "somewhat"
    precision = rows.loc[rows["value"] == value, "precision"].iloc[-1]
    bound = {">": "more than ", ">=": "at least "}.get(precision, "")
    if rows["unit"].iloc[0] == "share" and "/" not in value:
        return percent(float(value))
    return bound + (number(float(value)) if bound else value.replace("/", " of "))
