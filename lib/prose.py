"""Numbers as they stand in a sentence, and the glue that puts them there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Real

import pandas as pd


def number(value: float, digits: int = 0) -> str:
    """`1234.5` as "1,235" (or with `digits` decimals); a minus sign, not a hyphen."""
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def percent(share: float, digits: int = 0) -> str:
    """A share of one as a percentage: `0.123` as "12%"."""
    return number(100 * share, digits) + "%"


COUNTED = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
PARTS = {
    1 / 5: "a fifth",
    1 / 4: "a quarter",
    1 / 3: "a third",
    1 / 2: "half",
    2 / 3: "two thirds",
    3 / 4: "three quarters",
}


def part(share: float) -> str:
    """A share as a rule says it: `0.25` as "a quarter". Raises `KeyError` for one that has no such word."""
    return PARTS[share]


def change(share: float, digits: int = 0) -> str:
    """A relative change with its sign: `-0.123` as "−12%", `0.5` as "+50%"."""
    return ("+" if share > 0 else "") + percent(share, digits)


def beside(share: float, digits: int = 0) -> str:
    """A relative change in words: `0.123` as "12% above", `-0.5` as "50% below"."""
    return f"{percent(abs(share), digits)} {'below' if share < 0 else 'above'}"


def month(when: pd.Timestamp) -> str:
    """A month in words: "October 2015"."""
    return f"{when:%B %Y}"


def several(count: int, one: str, many: str) -> str:
    """A count with the word that agrees with it: "1 year", "3 years"."""
    return f"{number(count)} {one if count == 1 else many}"


def opening(words: str) -> str:
    """Words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def in_words(words: Iterable[str]) -> str:
    """Words as a sentence lists them: "a, b and c"; nothing where there are none."""
    *first, last = list(words) or [""]
    return " and ".join(filter(None, [", ".join(first), last]))


def listed(
    values: Mapping[object, object] | pd.Series, digits: int = 0, form: Callable[[object], str] | None = None
) -> str:
    """Things by name as a description has them: "Morocco 3.1, Iraq 2.2"; `form` writes what are no plain numbers."""
    write = form or (lambda value: number(value, digits))
    return ", ".join(f"{name} {write(value)}" for name, value in values.items())


def from_to(before: pd.Series, after: pd.Series) -> str:
    """Numbers by name at two times as a description has them: "Tunisia 900 to 40, Libya 50 to 60"."""
    return ", ".join(f"{name} {number(value)} to {number(after[name])}" for name, value in before.items())


def glue(**phrases: object) -> None:
    """Make phrases available to the text of the chapter as `{glue:text}`; numbers are formatted first.

    In a notebook they are shown under the cell as well.
    """
    from myst_nb import glue as glue_one

    from lib import viewer

    made = {name: number(phrase) if isinstance(phrase, Real) else phrase for name, phrase in phrases.items()}
    for name, phrase in made.items():
        glue_one(name, phrase, display=False)
    if viewer.in_a_notebook():
        viewer.show_glued(made)
