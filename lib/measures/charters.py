"""Charters that Frontex coordinated to one country: whom they carried before and after a year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.prose import in_words


@dataclass(frozen=True)
class Around:
    """Charters around a year, which counts on neither side.

    `drawn` has `who`, `year` and `persons` from the year `since`; `late` is persons by state after `turn`, most first.
    """

    drawn: pd.DataFrame
    since: int
    turn: int
    late: pd.Series
    states_before: int
    states_ever: int
    first_years: list[int]

    @property
    def last(self) -> int:
        """The last year of the charters drawn."""
        return int(self.drawn["year"].max())

    def numbers(self) -> dict[str, object]:
        """What a text says of it: states and years on both sides."""
        return {
            "turn": str(self.turn),
            "states_late": len(self.late),
            "states_before": self.states_before,
            "states_ever": self.states_ever,
            "years_late": f"{self.turn + 1}\N{EN DASH}{self.last}",
            "years_before": f"{self.since}\N{EN DASH}{self.turn - 1}",
            "first_years": in_words([*map(str, self.first_years)]),
        }


def around(table: pd.DataFrame, destination: str, since: int, turn: int) -> Around:
    """Charters to `destination` around the year `turn`, from `frontex_returns_year`.

    `states_before` counts states from `since` until the year before `turn`, `states_ever` those of all earlier years
    as well, and `first_years` has the years before `since`. Raises `ValueError` when none went there.
    """
    here = table[(table["destination"] == destination) & (table["persons"] > 0)]
    if here.empty:
        raise ValueError(f"no charters to {destination!r}")
    here = (
        here.groupby(["member_state", "year"], as_index=False)["persons"].sum().rename(columns={"member_state": "who"})
    )
    drawn = here[here["year"] >= since].reset_index(drop=True)
    late = drawn[drawn["year"] > turn].groupby("who")["persons"].sum().sort_values(ascending=False)
    return Around(
        drawn,
        since,
        turn,
        late,
        drawn.loc[drawn["year"] < turn, "who"].nunique(),
        here.loc[here["year"] < turn, "who"].nunique(),
        sorted({int(year) for year in here["year"] if year < since}),
    )
