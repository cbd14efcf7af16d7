"""What the votes of published studies say of a claim; who has a vote, and the rule: `lib.measures.studies`."""

from __future__ import annotations

from dataclasses import dataclass

from lib.ledger.verdicts import CONFIRMED, CONTESTED, DIFFERS

AGREE, DISAGREE, CONTRADICT, NOT_DECIDABLE = "agree", "disagree", "contradict it", "not decidable"


@dataclass(frozen=True)
class Counted:
    """The votes on one claim: how many of each, what they say, and whether they contradict the claim by the rule.

    The last two differ only for a claim of what the literature as a whole says, which votes alone rarely contradict.
    """

    agree: int
    mixed: int
    against: int
    says: str
    contradicted: bool = False

    @property
    def verdict(self) -> str:
        """Confirmed, differs or contested. Raises `ValueError` where the studies cannot decide: leave it untested."""
        if self.says == NOT_DECIDABLE:
            raise ValueError("the studies seen cannot decide this claim; leave it untested")
        if self.says == AGREE:
            return CONFIRMED
        return DIFFERS if self.contradicted else CONTESTED

    def __str__(self) -> str:
        return f"they {self.says} ({self.agree} agree, {self.mixed} mixed, {self.against} against)"
