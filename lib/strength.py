"""How firmly a finding or a conclusion stands for a reader who has only public data: a rule, and its code.

The rule is the same for all of them. It says how much of what a statement rests on can be seen by anyone and how
that came out. It does not say how likely the statement is to be true.
"""

from __future__ import annotations

import pandas as pd

from lib.verdicts import CONFIRMED, DIFFERS, UNTESTABLE

CLOSED, THIN, IN_PART, RETESTED = "closed", "thin", "in part", "re-tested"
LEVELS = [CLOSED, THIN, IN_PART, RETESTED]  # from least to most
# A circle that fills up, so that a level reads without colour.
SIGNS = dict(
    zip(
        LEVELS,
        "\N{WHITE CIRCLE}\N{CIRCLE WITH UPPER RIGHT QUADRANT BLACK}\N{CIRCLE WITH LEFT HALF BLACK}\N{BLACK CIRCLE}",
        strict=True,
    )
)
OF_FINDINGS = {
    CLOSED: "none of its claims could be tested",
    THIN: "tested, but public data confirm none of its claims",
    IN_PART: "public data confirm a claim beneath it",
    RETESTED: "public data confirm a claim beneath it, and at least half of its claims are confirmed",
}
OF_CONCLUSIONS = {
    CLOSED: "most of its findings have no claim that could be tested",
    THIN: "public data confirm a claim beneath fewer than half of its findings",
    IN_PART: "public data confirm a claim beneath at least half of its findings",
    RETESTED: "beneath at least half of its findings public data confirm a claim, and half of the claims are confirmed",
}


def tally(claims: pd.DataFrame, by: str) -> pd.DataFrame:
    """Claims counted by verdict and evidence, one row per value of the column `by`.

    `claims` has `by`, verdict and evidence, one row per claim and value. Columns: claims, confirmed, differs,
    untestable, public (tested with public data), arithmetic (tested against the report's own numbers) and
    public_confirmed.
    """
    tested = claims["verdict"] != UNTESTABLE
    marks = pd.DataFrame(
        {
            by: claims[by],
            "claims": 1,
            **{verdict: claims["verdict"] == verdict for verdict in (CONFIRMED, DIFFERS, UNTESTABLE)},
            "public": tested & (claims["evidence"] != "arithmetic"),
            "arithmetic": tested & (claims["evidence"] == "arithmetic"),
            "public_confirmed": (claims["verdict"] == CONFIRMED) & (claims["evidence"] != "arithmetic"),
        }
    )
    return marks.groupby(by, sort=False).sum().astype(int)


def findings(claims: pd.DataFrame, share: float = 0.5) -> pd.DataFrame:
    """The level of every finding, from the claims beneath it.

    `claims` has one row per finding and claim: finding, verdict, evidence. Returns the columns of `tally`, then
    `level`, one of `LEVELS`, and `contested`: a claim differs, and at least as many of them differ as are confirmed.
    A claim tested on restricted data that a reader holds counts as tested from outside the report.
    `share` is how much of the claims has to be confirmed for the highest level.
    """
    found = tally(claims, "finding")
    level = pd.Series(THIN, found.index)
    level[found["public_confirmed"] > 0] = IN_PART
    level[(found["public_confirmed"] > 0) & (found["confirmed"] >= share * found["claims"])] = RETESTED
    level[found["untestable"] == found["claims"]] = CLOSED
    contested = (found["differs"] > 0) & (found["differs"] >= found["confirmed"])
    return found.assign(level=level, contested=contested)


def conclusions(links: pd.DataFrame, levels: pd.DataFrame, rank: float = 0.5) -> pd.DataFrame:
    """The level of every conclusion, from its findings.

    A conclusion has the highest level that at least half of its findings reach (`rank` 0 asks it of the weakest
    finding alone, 1 of the strongest). `links` has the columns conclusion and finding, `levels` is what
    `findings` returns. Columns: findings, one per level with the number of findings on it, contested (how many
    findings are), level. Raises `KeyError` for a finding without a level.
    """
    joined = links[["conclusion", "finding"]].join(levels[["level", "contested"]], on="finding")
    if (lost := joined["level"].isna()).any():
        raise KeyError(f"no level for {joined.loc[lost, 'finding'].iloc[0]}")
    counted = joined.assign(findings=1, **{level: joined["level"] == level for level in LEVELS})
    by_conclusion = counted.groupby("conclusion", sort=False)
    counts = by_conclusion[["findings", *LEVELS, "contested"]].sum().astype(int)
    return counts.assign(level=by_conclusion["level"].agg(_reached, rank))


def _reached(levels: pd.Series, rank: float) -> str:
    """The level at `rank` of the sorted levels; at 0.5 the highest that at least half of them reach."""
    ordered = sorted(map(LEVELS.index, levels))
    return LEVELS[ordered[min(int(rank * len(ordered)), len(ordered) - 1)]]
