"""The short answers in words: numbers of the chapters in their sentences, in English and in Dutch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lib import prose
from lib.ledger.assess import STATES, checked, shows
from lib.ledger.verdicts import UNTESTED

PLACE = re.compile(r"\{([a-z_]+\.[a-z0-9_]+)(?:\|([Ww])ord)?\}")
COUNTED = {
    "en": prose.COUNTED,
    "nl": [
        "geen", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    ],
}  # fmt: skip
DUTCH = {
    "million": "miljoen", "none": "geen", " of ": " van ", " to ": " tot ",
    "January": "januari", "February": "februari", "March": "maart", "May": "mei", "June": "juni", "July": "juli",
    "August": "augustus", "October": "oktober",
}  # fmt: skip


def pairs(rests_on: str) -> list[tuple[str, str]]:
    """Claims and their verdicts, from "claim=verdict; claim=verdict"."""
    return [tuple(pair.split("=")) for pair in rests_on.split("; ")]


def assessed(verdicts: Sequence[str]) -> tuple[str, str]:
    """How much of the claims with these verdicts was checked, and what the checks show (`lib.ledger.assess`)."""
    tested = sum(verdict not in UNTESTED for verdict in verdicts)
    return checked(tested, len(verdicts)), shows((STATES, verdict) for verdict in verdicts)


def dutch(number: str) -> str:
    """A number as the chapters write it, in Dutch: "1,234.5" as "1.234,5", "April 2020" as "april 2020"."""
    text = number.translate(str.maketrans(",.", ".,"))
    for english, word in DUTCH.items():
        text = text.replace(english, word)
    return re.sub(r"\b(April|September|November|December)\b", lambda month: month[0].lower(), text)


def filled(text: str, numbers: Mapping[str, str], language: str = "en") -> str:
    """A sentence with the numbers of the chapters in it.

    `{chapter.name}` stands for what a chapter glues under that name, `{chapter.name|word}` for a number to twelve in
    letters, `|Word` with a capital. Raises `KeyError` for a name that no chapter has.
    """

    def number(place: re.Match) -> str:
        name, word = place.groups()
        if not word:
            return dutch(numbers[name]) if language == "nl" else numbers[name]
        said = COUNTED[language][int(numbers[name])]
        return said.capitalize() if word == "W" else said

    return PLACE.sub(number, text)
