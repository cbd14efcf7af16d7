"""The claims of one chapter by the part of their ids that follows the chapter's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from IPython.display import display

from lib import data
from lib.ledger.brief import Answer
from lib.ledger.claims import Ledger
from lib.ledger.statement import Claim


@dataclass(frozen=True)
class Named:
    """A ledger whose claims are called by short names: `peak-date` for `irregular-migration-peak-date`."""

    ledger: Ledger

    def full(self, name: str) -> str:
        """The id of a claim of this chapter."""
        return f"{self.ledger.chapter.replace('_', '-')}-{name}"

    def claim(self, name: str) -> Claim:
        """A claim's row. Raises `KeyError` when the chapter has none of this name."""
        return self.ledger.claims[self.full(name)]

    def on_record(self, name: str) -> str:
        """What the public record has for a claim, from the row that decides. Raises `IndexError` when it has none."""
        return data.load_rows("public_record", "claim", self.full(name))["value"].iloc[0]

    def enter(self, computed: Mapping[str, object], documents: str = "", untested: str = "") -> None:
        """Enter and show the claims of a section: values computed here, names to look up in documents, names untested.

        Names stand in one text with spaces between. Raises what `Ledger` raises.
        """
        found = [
            self.ledger.check({self.full(name): value for name, value in computed.items()}),
            self.ledger.check_documents(*map(self.full, documents.split())),
            self.ledger.untested(*map(self.full, untested.split())),
        ]
        display(*[verdicts for verdicts in found if verdicts.results])

    def answer(self, question: str, report: str, here: str, names: str) -> Answer:
        """A row of the chapter in brief (`Ledger.answer`) over claims of these names."""
        return self.ledger.answer(question, report, here, *map(self.full, names.split()))
