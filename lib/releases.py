"""What a release of data would open: claims that could be tested then, and the findings and conclusions above them."""

from __future__ import annotations

import pandas as pd

from lib import strength
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
    beneath = found.beneath(found.finding_claim)[["finding", "claim", "verdict", "evidence"]]
    before = _levels(beneath, found.conclusion_finding)
    numbers = pd.to_numeric(found.claims["value"], errors="coerce").notna() & found.claims["kind"].isin(NUMBERS)
    rows = {}
    for release, group in needs.groupby("release"):
        would = beneath["claim"].isin(group["claim"])
        then = beneath.assign(
            verdict=beneath["verdict"].mask(would, CONFIRMED), evidence=beneath["evidence"].mask(would, "restricted")
        )
        findings, conclusions = _levels(then, found.conclusion_finding)
        rows[release] = {
            "claims": len(group),
            "numbers": int((numbers & found.claims["id"].isin(group["claim"])).sum()),
            "findings": int(((before[0] == CLOSED) & (findings != CLOSED)).sum()),
            "conclusions": int((_rank(conclusions) > _rank(before[1])).sum()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("release")
    return table.sort_values(["claims", "findings"], ascending=False, kind="stable")


def _levels(beneath: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The levels of findings and of conclusions, from the claims beneath the findings."""
    findings = strength.findings(beneath)
    return findings["level"], strength.conclusions(links, findings)["level"]


def _rank(levels: pd.Series) -> pd.Series:
    return levels.map(LEVELS.index)
