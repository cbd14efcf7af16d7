"""How much of a finding or a conclusion can be checked, and what the checks show: two things that are never mixed.

Only claims of the report that state or test it count, and what was tested and bears against it. What is setting
decides nothing. The rules are the same for all findings, conclusions and cards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd

from lib.verdicts import (
    AGAINST_WHAT,
    AGREES,
    CONFIRMED,
    DISAGREES,
    EXCEPTION,
    MIXED,
    NOTHING_TO_SHOW,
    TESTED_BY,
    UNTESTED,
    VERDICTS,
)

STATES, TESTS, AGAINST, SETTING = "states", "tests", "against", "setting"
DECIDING = (STATES, TESTS, AGAINST)
NOTHING, LITTLE, SOME, MOST = "nothing", "little", "some", "most"
CHECKABLE = [NOTHING, LITTLE, SOME, MOST]  # from least to most
# A circle that fills up, so that the share reads without colour.
SIGNS = dict(
    zip(
        CHECKABLE,
        "\N{WHITE CIRCLE}\N{CIRCLE WITH UPPER RIGHT QUADRANT BLACK}\N{CIRCLE WITH LEFT HALF BLACK}\N{BLACK CIRCLE}",
        strict=True,
    )
)
MEANING = {
    NOTHING: "none of the claims that state or test it",
    LITTLE: "fewer than a quarter of them",
    SOME: "a quarter to a half",
    MOST: "more than half",
}


def checkable(tested: int, claims: int) -> str:
    """How much of so many claims can be checked, when so many of them were tested."""
    share = tested / claims if claims else 0
    if not share:
        return NOTHING
    return LITTLE if share < 1 / 4 else SOME if share <= 1 / 2 else MOST


def shows(found: Iterable[tuple[str, str]]) -> str:
    """What tested claims show, given as pairs of role and verdict.

    A confirmed claim speaks for what it states or tests; one that differs, or one that bears against it and is
    confirmed, speaks against it. That a claim which bears against it differs says nothing for it. One exception
    among at least four that speak is called one.
    """
    known = [(role, verdict) for role, verdict in found if verdict not in UNTESTED]
    agree = sum(role != AGAINST and verdict == CONFIRMED for role, verdict in known)
    disagree = sum((role == AGAINST) == (verdict == CONFIRMED) for role, verdict in known)
    if not disagree:
        return AGREES if agree else NOTHING_TO_SHOW
    if not agree:
        return DISAGREES
    return EXCEPTION if disagree == 1 and agree >= 3 else MIXED


def assess(claims: pd.DataFrame, by: str, ids: Iterable[str]) -> pd.DataFrame:
    """What can be checked of each of these values of the column `by`, and what the checks show.

    `claims` has one row per value and claim of the report: `by`, claim, role, verdict and evidence; under a
    conclusion a claim may come under several findings, with several roles, and counts once, by the first of
    `DECIDING` that it has. Columns, by `by`: claims (that state or test it), confirmed, differs, one per kind of
    `UNTESTED`, world, record and report (tested against each), checkable, shows and rests_on (claim=verdict of each
    that was tested, in the order given, joined by "; ").
    """
    deciding = claims[claims["role"].isin(DECIDING)]
    order = deciding["role"].map(DECIDING.index)
    once = deciding.loc[order.sort_values(kind="stable").index].drop_duplicates([by, "claim"]).sort_index()
    groups = defaultdict(list)  # plain rows: a frame for each of hundreds of groups takes seconds
    for row in once.to_dict("records"):
        groups[row[by]].append(row)
    rows = {value: _assessed(groups[value]) for value in ids}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by)


def _assessed(group: list[dict]) -> dict:
    """What `assess` says of one value, given its claims once each."""
    own = [row for row in group if row["role"] != AGAINST]
    tested = [row for row in group if row["verdict"] not in UNTESTED]
    of = Counter(row["verdict"] for row in own)
    by_what = Counter(TESTED_BY[row["evidence"]] for row in own if row["verdict"] not in UNTESTED)
    return {
        "claims": len(own),
        **{verdict: of[verdict] for verdict in VERDICTS},
        **{what: by_what[what] for what in AGAINST_WHAT},
        "checkable": checkable(by_what.total(), len(own)),
        "shows": shows((row["role"], row["verdict"]) for row in group),
        "rests_on": "; ".join(f"{row['claim']}={row['verdict']}" for row in tested),
    }

