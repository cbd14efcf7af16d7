"""How much of a finding or a conclusion was checked, and what the checks show: two things that are never mixed.

What was not checked may be closed to everybody, or published and not looked up here, which is a debt of this book:
the two are counted apart. Only claims of the report that state or test it count, and what was tested and bears
against it. What is setting decides nothing. The rules are the same for all findings, conclusions and cards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from lib.ledger.verdicts import (
    AGREES,
    CHECKED_HOW,
    CONFIRMED,
    CONTESTED,
    DISAGREES,
    EXCEPTION,
    MIXED,
    NOT_LOOKED_UP,
    NOTHING_TO_SHOW,
    TESTED_BY,
    TOO_LITTLE,
    UNTESTED,
    VERDICTS,
    tested_against,
)
from lib.prose import COUNTED, part

STATES, TESTS, AGAINST, SETTING = "states", "tests", "against", "setting"
DECIDING = (STATES, TESTS, AGAINST)
NOTHING, LITTLE, SOME, MOST = "nothing", "little", "some", "most"
# The thresholds of the rules. What the words mean is made from them below; texts that repeat a rule are held to them.
ENOUGH = 1 / 4  # of the claims that state or test something: where fewer were tested, they do not speak for it
HALF = 1 / 2  # of them: where more were tested, most was
REACH = 1 / 2  # of the findings beneath a whole: where tested claims stand under fewer, they do not speak for it
SPEAK = 4  # claims that speak for or against, the exception among them: where fewer do, one against makes it mixed
CHECKED = [NOTHING, LITTLE, SOME, MOST]  # from least to most
# Four dots that fill up, so that the amount reads without colour.
DOTS = {NOTHING: 0, LITTLE: 1, SOME: 2, MOST: 4}
SIGNS = {word: "\N{BLACK CIRCLE}" * full + "\N{WHITE CIRCLE}" * (4 - full) for word, full in DOTS.items()}
MEANING = {  # of what was checked
    NOTHING: "none of the claims that state or test it",
    LITTLE: f"fewer than {part(ENOUGH)} of them",
    SOME: f"{part(ENOUGH)} to {part(HALF)}",
    MOST: f"more than {part(HALF)}",
}
SHOWN_MEANS = {
    AGREES: "what was checked fits",
    EXCEPTION: f"one of at least {COUNTED[SPEAK]} that speak does not fit",
    MIXED: "some fits, some does not, or published studies disagree",
    DISAGREES: "what was checked does not fit",
    TOO_LITTLE: f"under {part(ENOUGH)} of the claims, or under {part(REACH)} of the findings, was reached",
    NOTHING_TO_SHOW: "nothing that speaks for or against was checked",
}


def enough(tested: int, claims: int) -> bool:
    """Whether so much was tested that it says something of the whole: `ENOUGH` of the claims, or more."""
    return bool(tested) and tested >= ENOUGH * claims


def checked(tested: int, claims: int) -> str:
    """How much of so many claims was checked, when so many of them were tested."""
    share = tested / claims if claims else 0
    if not share:
        return NOTHING
    return LITTLE if share < ENOUGH else SOME if share <= HALF else MOST


def decides(role: str) -> bool:
    """Whether a claim in this role states or tests what it is linked to, and so counts as one of its claims."""
    return role in (STATES, TESTS)


def shows(found: Iterable[tuple[str, str]], wide: bool = True) -> str:
    """What claims show, given as pairs of role and verdict, tested or not.

    A confirmed claim speaks for what it states or tests; one that differs, or one that bears against it and is
    confirmed, speaks against it. That a claim which bears against it differs says nothing for it. A contested claim
    speaks neither for nor against, but what has one is mixed at best. One exception among at least `SPEAK` that
    speak is called one. Where some speak, but too few of those that state or test it were
    tested (`enough`), or they do not reach far enough (`wide`), too little was checked to say.
    """
    found = list(found)
    known = [(role, verdict) for role, verdict in found if verdict not in UNTESTED]
    agree = sum(role != AGAINST and verdict == CONFIRMED for role, verdict in known)
    contested = sum(role != AGAINST and verdict == CONTESTED for role, verdict in known)
    disagree = sum((role == AGAINST) == (verdict == CONFIRMED) for role, verdict in known if verdict != CONTESTED)
    if not agree + disagree + contested:
        return NOTHING_TO_SHOW
    if not (wide and enough(sum(decides(role) for role, _ in known), sum(decides(role) for role, _ in found))):
        return TOO_LITTLE
    if disagree and not agree:
        return DISAGREES
    if contested:
        return MIXED
    if not disagree:
        return AGREES
    return EXCEPTION if disagree == 1 and agree + 1 >= SPEAK else MIXED


def assess(claims: pd.DataFrame, by: str, ids: Iterable[str]) -> pd.DataFrame:
    """How much was checked of each of these values of the column `by`, and what the checks show.

    `claims` has one row per value and claim of the report: `by`, claim, role, verdict and evidence; under a
    conclusion a claim may come under several findings, with several roles, and counts once, by the first of
    `DECIDING` that it has. With a column `finding`, what was tested has to reach `REACH` of the findings beneath
    a value before it says something of the whole. Columns, by `by`: claims (that state or test it), confirmed,
    differs, contested, one per kind of `UNTESTED`, one per key of `CHECKED_HOW` (tested against each), checked, shows
    and rests_on (claim=verdict of each that was tested, in the order given, joined by "; ").
    """
    deciding = claims[claims["role"].isin(DECIDING)]
    order = deciding["role"].map(DECIDING.index)
    once = deciding.loc[order.sort_values(kind="stable").index].drop_duplicates([by, "claim"]).sort_index()
    groups = defaultdict(list)  # plain rows: a frame for each of hundreds of groups takes seconds
    for row in once.to_dict("records"):
        groups[row[by]].append(row)
    wide = _reach(claims, by)
    rows = {value: _assessed(groups[value], wide.get(value, True)) for value in ids}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by)


def _reach(claims: pd.DataFrame, by: str) -> dict[str, bool]:
    """Whether tested claims stand under `REACH` of the findings of each value, or more."""
    if by == "finding" or "finding" not in claims:
        return {}
    tested = claims["role"].map(decides) & ~claims["verdict"].isin(UNTESTED)
    reached = claims.assign(tested=tested).groupby([by, "finding"])["tested"].any()
    return (reached.groupby(by).mean() >= REACH).to_dict()


def _assessed(group: list[dict], wide: bool) -> dict:
    """What `assess` says of one value, given its claims once each."""
    own = [row for row in group if decides(row["role"])]
    tested = [row for row in group if row["verdict"] not in UNTESTED]
    of = Counter(row["verdict"] for row in own)
    by_what = Counter(TESTED_BY[row["evidence"]] for row in own if row["verdict"] not in UNTESTED)
    return {
        "claims": len(own),
        **{verdict: of[verdict] for verdict in VERDICTS},
        **{what: by_what[what] for what in CHECKED_HOW},
        "checked": checked(by_what.total(), len(own)),
        "shows": shows(((row["role"], row["verdict"]) for row in group), wide),
        "rests_on": "; ".join(f"{row['claim']}={row['verdict']}" for row in tested),
    }


def checks(row: Mapping) -> int:
    """How many claims of a row of `assess` were checked, whatever they were held against."""
    return sum(row[what] for what in CHECKED_HOW)


def on_own_file(row: Mapping, dutch: bool = False) -> str:
    """What stands in the place of a sentence on a row of `assess` where claims of it were held against a reader's file.

    Such a sentence was written for the verdicts of the book; empty where none was held against a file.
    """
    if not row["own"]:
        return ""
    if dutch:
        return f"Uitspraken die aan uw eigen bestand zijn getoetst: {row['own']}. Wat eruit kwam, staat erbij."
    return f"Claims held against your own file: {row['own']}. What came of each stands with it."


def said(row: Mapping) -> str:
    """A row of `assess` in words: how many of its claims were tested, and how many are left to look up."""
    tested = checks(row)
    one = row["claims"] == 1
    words = (
        f"{tested or 'none'} of {row['claims']} claim{'' if one else 's'} that state{'s' if one else ''} or "
        f"test{'s' if one else ''} it {'was' if tested == 1 or one else 'were'} checked"
    )
    return words + (f": {tested_against(row)}" if tested else "") + owed(row)


def owed(row: Mapping) -> str:
    """The end of a sentence on what was checked: how many claims are published somewhere, and were not looked up."""
    return f"; {row[NOT_LOOKED_UP]} not looked up" if row[NOT_LOOKED_UP] else ""
