"""What published studies say of a claim: votes counted by one rule.

**The rule.** A study has one vote on a claim, whatever the number of its outcomes: agrees 0, mixed ½, against 1.
*Against* is an effect that the study reports (by its own test) where the claim has none, none where the claim has one,
or the opposite one; *mixed* is both in one study, by arm, place, time or outcome. A study that is setting for a claim,
or that could not have told, has no vote; nor has a study whose result was not seen. The share against is the
mean of the votes. With fewer than three votes (`FEWEST`), or with none but studies at high risk of bias, nothing can
be said. A share of at most a quarter: the studies agree with the claim. At least three quarters: they contradict it.
Anything between: they disagree with each other. Nobody searched systematically for this book, so agreement and
contradiction must survive one more vote the other way; where they do not, the studies count as disagreeing.

**When.** The rule was written down when a first reading of most of these studies, with its counts, was known. That of
a consensus was made stricter later, when its own count was known too.

**Why so.** A quarter lets one in four studies stand out, as it would by chance or by place, without calling the field
divided. Directions are counted and not sizes, since few abstracts give a size with its error. Counting votes is crude,
and the Cochrane Handbook calls it unacceptable by significance: it misses small effects in small studies, takes a
trivial effect for a large one, and publication favours effects. So the same count is made for randomised trials only,
for studies at low risk of bias only, for published articles only, without votes that rest on an inference of ours, and
with one vote per team.

**A claim of what the literature as a whole says** (a consensus) is contradicted only if the main count and every
narrower one that can be decided have a share against of at least one half, and at least three votes that are against or
mixed. It never is while the synthesis that the report cites for it was not seen: what was not read contradicts nothing.

**A claim that some do** needs two studies, neither at high risk of bias, that report it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from lib import data
from lib.ledger.votes import AGREE, CONTRADICT, DISAGREE, NOT_DECIDABLE, Counted

AGREES, MIXED, AGAINST, CONTEXT = "agrees", "mixed", "against", "context"
VOTES = {AGREES: 0.0, MIXED: 0.5, AGAINST: 1.0}
FEWEST, LOW_SHARE, HIGH_SHARE = 3, 1 / 4, 3 / 4
WHOLE_SHARE, WHOLE_VOTES = 1 / 2, 3  # against a claim of what the literature as a whole says
LOW_RISK, HIGH_RISK, TRIAL, REVIEW = "low", "high", "randomised trial", "review"
MAIN, TOLD, TEAMS = "all studies", "without what is inferred", "one vote per team"
RISKS = (LOW_RISK, "some", HIGH_RISK, "not rated")
NOT_TOLD = "not told"  # of a result that was not seen
INFERRED = "(inferred)"  # ends what was read, where it does not say so outright
MANY = "mixed"  # of a study whose outcomes point different ways


def votes(claim: str) -> pd.DataFrame:
    """The studies that vote on a claim, one row each.

    Columns: study, bearing, inferred, vote, and of the study its design, risk, published and team. Tables:
    `links_claim_study` and `studies`.
    """
    links = data.load_rows("links_claim_study", "claim", claim)
    own = data.load("studies").drop_duplicates("study")[["study", "design", "risk", "published", "team"]]
    found = links[links["bearing"].isin(list(VOTES))].merge(own, on="study")
    return found.assign(vote=found["bearing"].map(VOTES))


def says(vote: pd.Series, risk: pd.Series) -> str:
    """What these votes (0 to 1) of studies at these risks of bias say, by the rule."""
    if len(vote) < FEWEST or (risk == HIGH_RISK).all():
        return NOT_DECIDABLE
    total, number = vote.sum(), len(vote)
    if max(total / number, (total + 1) / (number + 1)) <= LOW_SHARE:
        return AGREE
    if min(total / number, total / (number + 1)) >= HIGH_SHARE:
        return CONTRADICT
    return DISAGREE


def sensitivity(found: pd.DataFrame) -> pd.DataFrame:
    """The same votes (`votes`) counted six ways: columns count, votes, agrees, mixed, against, doubts, share and says.

    Doubts are the votes that are against or mixed.
    With one vote per team a team has the mean of its votes, at the lowest risk of bias among its studies; its votes
    are then not of three kinds.
    """
    narrower = {
        MAIN: found,
        "randomised only": found[found["design"] == TRIAL],
        "low risk only": found[found["risk"] == LOW_RISK],
        "published only": found[found["published"] == "yes"],
        TOLD: found[found["inferred"] == "no"],
    }
    rows = [_row(name, part, part["vote"], part["risk"]) for name, part in narrower.items()]
    teams = found.groupby("team")
    risk = teams["risk"].agg(lambda risks: min(risks, key=RISKS.index))
    rows.append(_row(TEAMS, None, teams["vote"].mean(), risk))
    return pd.DataFrame(rows).astype(dict.fromkeys(VOTES, "Int64"))


def _row(name: str, part: pd.DataFrame | None, vote: pd.Series, risk: pd.Series) -> dict:
    kinds = {bearing: pd.NA if part is None else int((part["bearing"] == bearing).sum()) for bearing in VOTES}
    share = vote.mean() if len(vote) else float("nan")
    doubts = int((vote > 0).sum())
    return {"count": name, "votes": len(vote), **kinds, "doubts": doubts, "share": share, "says": says(vote, risk)}


def count(found: pd.DataFrame, whole: bool = False, unread: bool = False) -> Counted:
    """These votes (`votes`) counted; `whole` for a claim of what the literature says, `unread` for its synthesis."""
    counts = sensitivity(found)
    main = counts.iloc[0]
    contradicted = not unread and _broken(counts) if whole else main["says"] == CONTRADICT
    return Counted(int(main[AGREES]), int(main[MIXED]), int(main[AGAINST]), main["says"], bool(contradicted))


def _broken(counts: pd.DataFrame) -> bool:
    """Whether all counts that can be decided, the main one among them, have half against and three votes that doubt."""
    decided = counts[counts["says"] != NOT_DECIDABLE]
    firm = (decided["share"] >= WHOLE_SHARE) & (decided["doubts"] >= WHOLE_VOTES)
    return MAIN in set(decided["count"]) and bool(firm.all())


def unseen(claim: str) -> bool:
    """Whether the report cites a synthesis for this claim whose result was not seen."""
    linked = data.load_rows("links_claim_study", "claim", claim)["study"]
    rows = data.load("studies")
    cited = rows[rows["study"].isin(linked) & (rows["design"] == REVIEW) & (rows["cited_by_report"] == "yes")]
    return bool((cited["direction"] == NOT_TOLD).any())


def counted(claim: str, whole: bool = False) -> Counted:
    """The votes on a claim of the ledger; `whole` for a claim of what the literature as a whole says."""
    return count(votes(claim), whole, whole and unseen(claim))


def some_do(claim: str) -> bool:
    """Whether two studies, neither at high risk of bias, report what a claim says that some do."""
    found = votes(claim)
    return int(((found["bearing"] == AGREES) & (found["risk"] != HIGH_RISK)).sum()) >= 2


def directions(question: str) -> pd.DataFrame:
    """One row per study on a question: study, label, design, risk, published, direction, inferred.

    A study whose outcomes point different ways is mixed; one whose direction was not seen is left out. Inferred is yes
    where one of the directions is.
    """
    rows = data.load_rows("studies", "question", question)
    rows = rows[rows["direction"] != NOT_TOLD]
    ways = rows.groupby("study", sort=False)["direction"].agg(
        lambda found: found.iloc[0] if found.nunique() == 1 else MANY
    )
    own = rows.drop_duplicates("study").set_index("study")[["label", "design", "risk", "published"]]
    inferred = rows["seen_as"].str.endswith(INFERRED).groupby(rows["study"]).any().map({True: "yes", False: "no"})
    return own.assign(direction=ways, inferred=inferred).reset_index()


def direction(study: str, outcome: str) -> str:
    """The direction that a study gives itself for an outcome. Raises `KeyError` when the table has no such row."""
    rows = data.load_rows("studies", "study", study)
    found = rows.loc[rows["outcome"] == outcome, "direction"]
    if found.empty:
        raise KeyError(f"no outcome {outcome!r} of {study!r} in studies")
    return found.iloc[0]


GIVEN = {"none": ("none", "none shown"), "limited": ("limited",), "increases": ("rise",), "reduces": ("fall",)}


def given(study: str, outcome: str, stated: str) -> str:
    """The direction that a study gives itself, in the ledger's words: as `stated`, where that word says the same."""
    words = GIVEN[direction(study, outcome)]
    return stated if stated in words else words[0]


def told(names: Iterable[str]) -> pd.DataFrame:
    """What these studies say of themselves, outcome by outcome: columns Study, Outcome and Finding."""
    rows = data.load("studies")
    rows = rows[rows["study"].isin(list(names))]
    return (
        rows[["label", "outcome", "finding"]].set_axis(["Study", "Outcome", "Finding"], axis=1).reset_index(drop=True)
    )
