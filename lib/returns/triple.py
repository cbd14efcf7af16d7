"""A triple difference over pairs of state and origin: Eurostat's returns by quarter, and one pair among all.

Departures from one state to one origin are held against the same state's departures to other origins and against
other states' departures to the same origin. What every state has in a quarter, and what every origin has, cancels,
whatever multiplies them. What is left of a pair's change is ranked among those of all pairs, as `lib.effects.logchange`
ranks countries: under the null hypothesis that an effect is τ, the treated pair's later counts are divided by exp(τ),
and all pairs are treated alike. Triple differences: Gruber (1994), American Economic Review 84(3).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from lib import data
from lib.data import DataError
from lib.effects.logchange import LogChange, deviations
from lib.returns.simulation import wander

TABLE = "eurostat_returns_quarter"
EUROSTAT = {"EGY": "EG", "IRQ": "IQ", "MAR": "MA", "NGA": "NG", "TUN": "TN", "TUR": "TR"}  # its codes for the partners

# The rows that a pair and a quarter are read from: totals, and people who went outside the EU where a file has them.
WHOLE = {"freq": "Q", "age": "TOTAL", "sex": "T", "unit": "PER"}
DESTINATIONS = ("THRD", "TOTAL")

FLOOR = 10  # people a quarter: below it, counts rounded to five say little of a change
FEWEST = 3  # pairs that a state, or an origin, must have besides the one that is judged
SWEEPS = 20  # of the two-way fit; with as many pairs as here ten would do
LEVEL_OF_TEST, POWER = 0.05, 0.8  # for `TripleChange.detectable`


class TripleError(DataError):
    """A file of returns from which the comparison cannot be made."""


@dataclass(frozen=True)
class Returns:
    """Counts, pairs (state, origin) × quarters, NaN where the file has none; where people went; lines of the file.

    `destination` is the code of c_dest that was read for all states; `lines` has the shape of `counts`, NaN where the
    file has no row.
    """

    counts: pd.DataFrame
    destination: str = DESTINATIONS[-1]
    lines: pd.DataFrame | None = None


@dataclass(frozen=True)
class TripleChange(LogChange):
    """The log change of one pair of state and origin among those of all pairs; `units` are pairs, months are quarters.

    `state` and `origin` say by number which each pair has; `cut` has the newest quarters that were left out because
    pairs lack them, and `gaps` the pairs that were left out because they lack another.
    """

    state: np.ndarray
    origin: np.ndarray
    cut: tuple[str, ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()

    @property
    def detectable(self) -> float:
        """How many times as many departures the smallest rise has that is found with a probability of about 80%.

        What is to be passed, and how far pairs swing by themselves, is what the other pairs show: they have longer
        tails than a normal distribution. Counts multiplied by it and rounded were found in 83% of 478 simulated files.
        """
        others = self.statistics([self.estimate])[0, :-1]
        allowed = max(int(LEVEL_OF_TEST * len(self.units) + 1e-9), 1)
        critical = np.sort(np.abs(others))[-allowed]
        needed = min(POWER * (1 + 1 / len(others)), 1.0)  # the pair itself is not among those whose swings are known
        return float(np.exp((critical - np.quantile(others, 1 - needed)) * self.scale))

    @cached_property
    def expected(self) -> np.ndarray:
        """`expected` of each pair by those that are neither it nor the treated one."""
        before, later = self._sums
        weight = 1.0 - np.eye(len(before))
        weight[:, -1] = 0.0
        return expected(before, later, self.state, self.origin, weight)

    def _at(self, effects: Collection[float]) -> tuple[np.ndarray, np.ndarray]:
        before, later = self._sums
        left = np.tile(later, (len(effects), 1))
        left[:, -1] *= np.exp(-np.asarray(effects))
        return deviations(before, left, np.broadcast_to(self.expected, left.shape))


def expected(
    before: np.ndarray, later: np.ndarray, state: np.ndarray, origin: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """How many times its cases before each pair would have after, if it moved as its state and its origin do.

    `before` and `later` (pairs) are above zero; `state` and `origin` number each pair's; row k of `weight` (pairs ×
    pairs) says which pairs the k-th is compared with: one for those, zero for others and for itself. A change of the
    state times a change of the origin, by iterative proportional fitting: a Poisson regression with both as effects.
    """
    of_state, of_origin = (np.eye(index.max() + 1)[index] for index in (state, origin))
    earlier, counted, origins = weight * before, weight * later, np.ones((len(before), of_origin.shape[1]))
    at_state, at_origin = counted @ of_state, counted @ of_origin
    for _ in range(SWEEPS):
        states = at_state / ((earlier * origins[:, origin]) @ of_state)
        origins = at_origin / ((earlier * states[:, state]) @ of_origin)
    own = np.arange(len(before))
    return states[own, state] * origins[own, origin]


def pairs(table: pd.DataFrame) -> Returns:
    """The counts of a table in Eurostat's form as pairs (state, origin) × quarters.

    Totals over age and sex, countries only. Those who went outside the EU are read where every state has them in
    every quarter in which it has anything, and all who went otherwise, so that one count is held against another of
    the same kind. Raises `TripleError`, with line, column, value, rule and remedy, for a table without such rows, one
    in which no destination is there for all states, or one that lacks a quarter within its span.
    """
    whole = table
    for column, value in WHOLE.items():
        if not (whole[column] == value).any():
            raise TripleError(_no_rows(whole, column, value))
        whole = whole[whole[column] == value]
    if not whole["c_dest"].isin(DESTINATIONS).any():
        raise TripleError(_no_rows(whole, "c_dest", " or ".join(DESTINATIONS)))
    named = [whole[column].str.fullmatch("[A-Z]{2}") for column in ("geo", "citizen")]
    whole = whole[whole["c_dest"].isin(DESTINATIONS) & named[0] & named[1]]
    destination = _destination(whole)
    whole = whole[whole["c_dest"] == destination]
    periods = {text: pd.Period(text.replace("-", ""), "Q") for text in whole["TIME_PERIOD"].unique()}
    span = pd.period_range(min(periods.values()), max(periods.values()), freq="Q")
    if len(lacking := span.difference(pd.PeriodIndex(periods.values()))):
        after = whole[whole["TIME_PERIOD"].map(periods) > lacking[0]].iloc[0]
        raise TripleError(
            f"line {after.name + 2}, column 'TIME_PERIOD', value '{after['TIME_PERIOD']}': no row of the file is of "
            f"{_quarter(lacking[0])}, before it; download the quarters without a gap"
        )

    def wide(column: str) -> pd.DataFrame:
        found = whole.pivot(index=["geo", "citizen"], columns="TIME_PERIOD", values=column)
        found.columns = pd.PeriodIndex([periods[text] for text in found.columns]).to_timestamp()
        return found.sort_index(axis=1).astype(float).rename_axis(["state", "origin"])

    whole = whole.assign(line=whole.index + 2)
    return Returns(wide("OBS_VALUE"), destination, wide("line"))


def _destination(whole: pd.DataFrame) -> str:
    """The first of `DESTINATIONS` that every state has in every quarter in which it has any of them."""
    told = whole[whole["OBS_VALUE"].notna()]
    place = pd.MultiIndex.from_frame(told[["geo", "TIME_PERIOD"]])
    lacking = {code: told[~place.isin(place[told["c_dest"] == code])] for code in DESTINATIONS}
    for code, rows in lacking.items():
        if rows.empty:
            return code
    row = lacking[DESTINATIONS[-1]].iloc[0]
    others = sorted(lacking[DESTINATIONS[0]]["geo"].unique())
    raise TripleError(
        f"line {row.name + 2}, column 'c_dest', value '{row['c_dest']}': {row['geo']} has no {DESTINATIONS[-1]} in "
        f"{row['TIME_PERIOD']}, and {', '.join(others)} no {DESTINATIONS[0]} throughout; one of them has to be there "
        "for all states, so download both"
    )


def _quarter(when: pd.Timestamp | pd.Period) -> str:
    return f"{when.year}-Q{when.quarter}"


def _no_rows(table: pd.DataFrame, column: str, wanted: str) -> str:
    line, value = table.index[0] + 2, table[column].iloc[0]
    return (
        f"line {line}, column {column!r}, value '{value}': no row of the file has {wanted} here; download the totals "
        "(freq Q, age TOTAL, sex T, unit PER, c_dest TOTAL), whatever else comes with them"
    )


def eligible(counts: pd.DataFrame) -> pd.DataFrame:
    """The pairs that are seen in every quarter, have `FLOOR` people in the mean one, and enough beside them."""
    kept = counts[counts.notna().all(axis=1) & (counts.mean(axis=1) >= FLOOR)]
    while len(kept):
        enough = np.logical_and.reduce(
            [kept.groupby(level=level)[kept.columns[0]].transform("size") > FEWEST for level in kept.index.names]
        )
        if enough.all():
            break
        kept = kept[enough]
    return kept


def triple_change(
    returns: Returns, pair: tuple[str, str], start: pd.Timestamp, treated_too: Collection[tuple[str, str]] = ()
) -> TripleChange:
    """`TripleChange` of one pair (state, origin) from the first whole quarter after `start`.

    The quarter of the start is left out unless it begins with it, and so are the pairs `treated_too`, which had a
    start of their own. Newest quarters are left out while the pair lacks them, or while more counts remain without
    them: states publish at different times. Raises `TripleError` when nothing can be told of the pair.
    """
    counts = returns.counts
    quarter = start.to_period("Q").start_time
    counts = counts.loc[:, (counts.columns != quarter) | (quarter >= start)]
    counts = counts[~counts.index.isin(set(treated_too) - {pair})]
    named = f"{pair[0]} to {pair[1]}"
    if pair not in counts.index:
        raise TripleError(f"{named} cannot be judged: the file has no row of it")
    last = _last(counts, pair)
    cut, counts = tuple(map(_quarter, counts.columns[last:])), counts.iloc[:, :last]
    after = np.asarray(counts.columns >= start)
    if not (after.any() and (~after).any()):
        missing = f" that {named} has too; it lacks {', '.join(cut)}" if cut else ""
        raise TripleError(
            f"the file has no quarter {'before' if after.any() else 'after'} {start:%Y-%m}{missing}; add quarters"
        )
    own = counts.loc[pair]
    if own.isna().any():
        raise TripleError(_gap(returns, pair, own.index[own.isna()][0]))
    if own.mean() < FLOOR:
        raise TripleError(
            f"{named} cannot be judged: a mean of {own.mean():.1f} people a quarter; it needs {FLOOR}, below which "
            "rounding hides a change"
        )
    kept = eligible(counts)
    if pair not in kept.index:
        raise TripleError(
            f"{named} cannot be judged: of its state and of its origin more than {FEWEST} pairs each have to have "
            f"{FLOOR} people in the mean quarter and no quarter without a value; add states and origins"
        )
    order = [*kept.index[kept.index != pair], pair]
    kept = kept.loc[order]
    state, origin = (pd.factorize(kept.index.get_level_values(level))[0] for level in kept.index.names)
    large = counts.mean(axis=1) >= FLOOR
    gaps = tuple(counts.index[counts.isna().any(axis=1) & large])
    return TripleChange(kept.index, kept.to_numpy(), np.ones(kept.shape, dtype=bool), after, state, origin, cut, gaps)


def _last(counts: pd.DataFrame, pair: tuple[str, str]) -> int:
    """How many quarters are used: as many as leave most counts of pairs without a gap, `pair` seen in the newest."""
    unbroken = counts.notna().cummin(axis=1).sum() * np.arange(1, counts.shape[1] + 1)
    newest = int(np.flatnonzero(counts.loc[pair].notna())[-1]) + 1 if counts.loc[pair].notna().any() else 0
    return newest - int(np.argmax(unbroken.to_numpy()[:newest][::-1])) if newest else 0


def _gap(returns: Returns, pair: tuple[str, str], quarter: pd.Timestamp) -> str:
    """What is said of a quarter that a pair lacks in the midst of others."""
    line = np.nan if returns.lines is None else returns.lines.loc[pair, quarter]
    place = "" if np.isnan(line) else f"line {line:.0f}, column 'OBS_VALUE', value '': "
    lacks = "no row" if np.isnan(line) else "no value"
    return (
        f"{place}{pair[0]} to {pair[1]} has {lacks} in {_quarter(quarter)}, and cannot be judged across a gap; "
        "add the count"
    )


STATES = ("AT", "BE", "CH", "DE", "DK", "EL", "ES", "FI", "FR", "IE", "IT", "NL", "NO", "PL", "PT", "SE")
ORIGINS = (
    "AF", "AL", "BD", "BR", "DZ", "EG", "GE", "GH", "GM", "IN", "IQ", "IR", "MA", "MD", "MK", "NG", "PK", "RS", "SN",
    "SY", "TN", "TR", "UA", "VN",
)  # fmt: skip
QUARTERS = pd.period_range("2021Q1", "2025Q2", freq="Q")
PAIR = ("NL", "MA")
LEVEL = 15  # people a quarter from the Netherlands to Morocco before the start: chosen, near what officials stated


def simulated(seed: int, extra: float = 0.0, start: str = "2022Q3") -> pd.DataFrame:
    """A made-up file in Eurostat's form, with `extra` people a quarter from the Netherlands to Morocco from `start` on.

    Counts are Poisson around a pair's level times a wandering intensity of its state, of its origin and of its own,
    rounded to five.
    """
    rng = np.random.default_rng(seed)
    shape, quarters = (len(STATES), len(ORIGINS)), len(QUARTERS)
    treated = STATES.index(PAIR[0]), ORIGINS.index(PAIR[1])
    of_states, of_origins = rng.normal(3.2, 0.8, (shape[0], 1)), rng.normal(0, 0.8, (1, shape[1]))
    of_states[treated[0]], of_origins[:, treated[1]] = 3.2, 0.0  # neither small nor large
    level = np.exp(of_states + of_origins + rng.normal(0, 0.9, shape))
    level[treated] = LEVEL
    of_state, of_origin, own = (
        wander(rng, (rows, quarters), dispersion, 0.8)
        for rows, dispersion in ((shape[0], 0.10), (shape[1], 0.15), (level.size, 0.15))
    )
    recovery = np.linspace(0.8, 1.2, quarters)  # all grow after the pandemic
    mean = level[..., None] * of_state[:, None] * of_origin[None] * own.reshape(*shape, quarters) * recovery
    mean[treated] *= 1 + extra / LEVEL * (start <= QUARTERS)
    rounded = (rng.poisson(mean) + 2) // 5 * 5
    geo, citizen, quarter = (index.ravel() for index in np.indices(rounded.shape))
    return pd.DataFrame(
        {
            "freq": "Q",
            "citizen": np.array(ORIGINS)[citizen],
            "age": "TOTAL",
            "sex": "T",
            "c_dest": "TOTAL",
            "unit": "PER",
            "geo": np.array(STATES)[geo],
            "TIME_PERIOD": np.array([f"{q.year}-Q{q.quarter}" for q in QUARTERS])[quarter],
            "OBS_VALUE": rounded.ravel(),
        }
    )


def load(path: str | Path | None = None) -> Returns:
    """`pairs` of the packaged table, or of a reader's file in its form. Raises `DataError`, with the file's name."""
    table = data.load(TABLE, path)
    if path:  # the line of a row, less two, is what `pairs` takes its label for
        table.index = [line - 2 for line in data.lines(path, data.resource(TABLE)["schema"], TABLE)]
    try:
        return pairs(table)
    except TripleError as problem:
        raise TripleError(f"{Path(path).name if path else TABLE}, {problem}") from problem
