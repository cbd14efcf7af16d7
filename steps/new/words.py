"""The words that say what is to be made, `NAME=value`: what is missing or does not fit is asked for in one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from steps import StepError

NOTHING = "Nothing was written."


@dataclass
class Words:
    """The words given for one kind of thing, and what is wrong with them.

    `needed` and `free` say of each word, by its name in capitals, what it may be.
    """

    kind: str
    given: Mapping[str, str]
    needed: Mapping[str, str]
    free: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.given:
            if name not in self.needed and name not in self.free:
                known = [*self.needed, *self.free]
                near = get_close_matches(name, known, n=1)
                meant = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
                self.wrong[name] = f"no word of a {self.kind}; {meant}"

    def __getitem__(self, name: str) -> str:
        """The value of a word, empty where it was not given."""
        return self.given.get(name, "").strip()

    def refuse(self, name: str, what: str) -> None:
        """Keep that a word does not fit, and what would; of several reasons the first."""
        self.wrong.setdefault(name, what)

    def settle(self) -> None:
        """Raise `StepError` that names every word that is missing or does not fit, with what it may be."""
        asked = {name: what for name, what in self.needed.items() if not self[name]}
        asked |= {name: what for name, what in self.wrong.items() if not self[name]}
        unfit = {name: what for name, what in self.wrong.items() if self[name]}
        if not (asked or unfit):
            return
        lines = [f"  {name}={self[name]}  does not fit: {what}" for name, what in unfit.items()]
        lines += [f"  {name}=  {what}" for name, what in asked.items()]
        may = [f"  {name}=  {what}" for name, what in self.free.items() if not self[name] and name not in asked]
        counts = [
            _counted(unfit, "word does not fit", "words do not fit"),
            _counted(asked, "is missing", "are missing"),
        ]
        raise StepError(
            "\n".join(
                [
                    f"make new {self.kind}: {' and '.join(filter(None, counts))}; write each as NAME='...'",
                    *lines,
                    *(["and, where you have it:", *may] if asked and may else []),
                    NOTHING,
                ]
            )
        )


def _counted(words: Mapping[str, str], one: str, many: str) -> str:
    return f"{len(words)} {one if len(words) == 1 else many}" if words else ""
