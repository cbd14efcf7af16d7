"""What a release of data would open: claims that could be tested then, and the findings and conclusions above them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lib.ledger.assess import CHECKED, NOTHING
from lib.ledger.verdicts import CONFIRMED
from lib.synthesis.dossier import Trail

NUMBERS = ("count", "share", "ratio", "score", "money", "effect")


def opened(found: Trail, needs: pd.DataFrame) -> pd.DataFrame:
    """What each release would open, most claims first.

    `needs` has one row per claim that is not tested: claim, release. Columns, by `release`: claims; numbers (those
    with a number in the ledger); findings (of which nothing was checked, and something could be then);
    conclusions (of which more could be checked then).
    """
    findings, conclusions = found.of_findings()["checked"], found.of_conclusions()["checked"]
    numbers = pd.to_numeric(found.claims["value"], errors="coerce").notna() & found.claims["kind"].isin(NUMBERS)
    rows = {}
    for release, group in needs.groupby("release"):
        would = found.claims["id"].isin(group["claim"])
        claims = found.claims.assign(
            verdict=found.claims["verdict"].mask(would, CONFIRMED),
            evidence=found.claims["evidence"].mask(would, "restricted"),
        )
        then = replace(found, claims=claims)
        rows[release] = {
            "claims": int(would.sum()),
            "numbers": int((numbers & would).sum()),
            "findings": int(((findings == NOTHING) & (then.of_findings()["checked"] != NOTHING)).sum()),
            "conclusions": int((_rank(then.of_conclusions()["checked"]) > _rank(conclusions)).sum()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("release")
    return table.sort_values(["claims", "findings"], ascending=False, kind="stable")


def _rank(levels: pd.Series) -> pd.Series:
    return levels.map(CHECKED.index)
