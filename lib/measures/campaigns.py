"""What trials of information campaigns report, counted as the sentences on them need it."""

from __future__ import annotations

import pandas as pd

from lib.ledger.named import Named
from lib.ledger.votes import Counted
from lib.measures import studies
from lib.prose import percent

LAB = "bahbatista2025"  # a game with hypothetical choices
EARLIER_NONE = "morgenstern2023"  # its earlier version found none
POOLED = 16  # evaluations of campaigns that 3ie pooled, by its own page
COUNTED = ("campaign-literature-intention", "campaign-convincing", "choice-projects-no-effect", "choice-no-effect-flat")


def counts() -> dict[str, int]:
    """How many trials report lower intentions, both or none, in the field too, and what reviews say.

    Keys: trials, trials_lower, trials_both, trials_none, field, field_lower, migration_told, reviews, reviews_thin.
    """
    rows = studies.directions("campaigns and intention")
    tried = rows[rows["design"] == studies.TRIAL].set_index("study")["direction"]
    field, reviews = tried.drop(LAB), studies.directions("reviews of campaigns")["direction"]
    ways = {"lower": "reduces", "both": "mixed", "none": "none"}
    return {
        "trials": len(tried),
        **{f"trials_{name}": int((tried == way).sum()) for name, way in ways.items()},
        "field": len(field),
        "field_lower": int((field == "reduces").sum()),
        "migration_told": len(studies.directions("campaigns and migration")),
        "reviews": len(reviews),
        "reviews_thin": int((reviews == "cannot tell").sum()),
    }


def phrases(named: Named) -> dict[str, object]:
    """What sentences say of campaigns: `counts`, `votes`, and of choices how many studies could tell."""
    flat = studies.votes(named.full("choice-no-effect-flat"))
    return counts() | votes(named.full(COUNTED[0])) | {"pooled": POOLED, "flat_studies": len(flat)}


def claims(named: Named) -> dict[str, Counted]:
    """What claims on campaigns and choices are checked against: votes, on a consensus those of the whole literature."""
    found = {claim: studies.counted(named.full(claim)) for claim in COUNTED}
    return found | {"campaign-consensus": studies.counted(named.full("campaign-consensus"), whole=True)}


def votes(claim: str) -> dict[str, object]:
    """The votes on the claim of hardly any effect on intentions, counted in several ways, as sentences have them."""
    found = studies.votes(claim)
    counted = studies.sensitivity(found).set_index("count")
    low = counted.loc["low risk only"]
    return {
        "share_all": percent(counted.at[studies.MAIN, "share"]),
        "share_told": percent(counted.at[studies.TOLD, "share"]),
        "inferred": int(found["inferred"].eq("yes").sum()),
        "low_none": int(low["agrees"]),
        "low_lower": int(low["against"]),
        "harsh": percent(harsh(found)),
    }


def harsh(votes: pd.DataFrame) -> float:
    """The share against, without studies at high risk of bias, a trial whose earlier version found none as mixed."""
    kept = votes[votes["risk"] != studies.HIGH_RISK].set_index("study")["vote"]
    return float(kept.where(kept.index != EARLIER_NONE, studies.VOTES[studies.MIXED]).mean())
