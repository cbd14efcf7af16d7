"""What a release of data would open: claims that could be tested then, and the findings and conclusions above them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lib.dossier import Trail
from lib.strength import CLOSED, LEVELS
from lib.verdicts import CONFIRMED

NUMBERS = ("count", "share", "ratio", "score", "money", "effect")


def opened(found: Trail, needs: pd.DataFrame) -> pd.DataFrame:
    """What each release would open, most claims first.

    `needs` has one row per claim that cannot be tested: claim, release. Columns, by `release`: claims; numbers (those
    with a number in the ledger); findings (closed today, with a claim that could be tested then); conclusions (whose
    level would rise if every claim of the release were then confirmed, which is the most it can bring).
    """
    before = found.finding_levels()["level"], found.conclusion_levels()["level"]
    rows = {}
    for release, group in needs.groupby("release"):
        would = found.claims["id"].isin(group["claim"])
        then = found.claims.assign(
            verdict=found.claims["verdict"].mask(would, CONFIRMED),
            evidence=found.claims["evidence"].mask(would, "restricted"),
        )
        after = replace(found, claims=then)
        findings, conclusions = after.finding_levels()["level"], after.conclusion_levels()["level"]
        number = pd.to_numeric(found.claims.loc[would, "value"], errors="coerce").notna()
        rows[release] = {
            "claims": len(group),
            "numbers": int((number & found.claims.loc[would, "kind"].isin(NUMBERS)).sum()),
            "findings": int(((before[0] == CLOSED) & (findings != CLOSED)).sum()),
            "conclusions": int((_rank(conclusions) > _rank(before[1])).sum()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("release")
    return table.sort_values(["claims", "findings"], ascending=False, kind="stable")


def _rank(levels: pd.Series) -> pd.Series:
    return levels.map(LEVELS.index)
