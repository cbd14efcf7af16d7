"""What could be seen in the panel that is loaded: the smallest rise, how long a target takes, what rounding hides."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lib.disclosure import published
from lib.effects import did, power, robustness
from lib.prose import number, percent
from lib.returns.loaded import BOTH, COUNTS, Loaded
from lib.returns.reported import OUTCOMES, PARTNERS, PERIOD, Table1

HORIZONS = (3, 6, 12, 18, 24, 36, 48, 60)  # months
TARGET = 2  # extra forced departures a month, whose wait is told
HIDDEN = {"low": 0, "high": 4}  # what a count that is left out may be at least and at most


def detectable(held: Loaded, names: pd.Series) -> pd.DataFrame:
    """The smallest rise a month that is found four times in five: country, partner, outcome_name, months_after, effect.

    At each partner's mean level before its start (`size`), on the noise of countries without a partnership;
    `confirmed_from` is the rise that no longer wait loses again. `names` are those of countries by their codes. Where a
    partner had no case before its start, its noise is not known, and neither is the rise: it is missing.
    """
    parts = []
    for outcome in COUNTS:
        table = held.outcomes[outcome]
        means = [table.loc[country, table.columns < held.starts[country]].mean() for country in PARTNERS]
        sizes = [mean or float("nan") for mean in means]
        found = power.smallest_detectable(table.loc[held.donors], sizes, HORIZONS)
        parts.append(found.assign(country=[*PARTNERS] * len(HORIZONS), outcome=outcome, outcome_name=OUTCOMES[outcome]))
    rows = pd.concat(parts, ignore_index=True).sort_values("months_after", ascending=False, kind="stable")
    rows["effect"] = rows["effect"].where(rows["size"].notna())
    rows["confirmed_from"] = rows.groupby(["country", "outcome"])["effect"].cummax()
    return rows.sort_index().assign(partner=rows["country"].map(names))


def at_months(found: pd.DataFrame, months: pd.Series, outcome: str = "forced_departures") -> pd.Series:
    """The effect of `detectable` by country, at the horizon nearest to the months that each has."""
    rows = found[found["outcome"] == outcome]
    gap = (rows["months_after"] - rows["country"].map(months)).abs()
    return rows.assign(gap=gap).sort_values("gap").drop_duplicates("country").set_index("country")["effect"]


def waits(found: pd.DataFrame, target: float, outcome: str = "forced_departures") -> pd.Series:
    """Months until a rise of `target` a month is confirmed, by country; missing where no horizon is long enough."""
    rows = found[found["outcome"] == outcome]
    first = rows[rows["confirmed_from"] <= target].groupby("country")["months_after"].min()
    return first.reindex(list(dict.fromkeys(rows["country"])))


def alarm(held: Loaded, country: str) -> int | None:
    """After how many months a look each month at forced departures finds a rise; none if it never does."""
    looks = robustness.watched(*held.against("forced_departures", country), country)
    passed = looks.index[looks["statistic"] > looks["boundary"]]
    return int(passed[0]) if len(passed) else None


def rounded(held: Loaded, outcomes: Sequence[str] = BOTH) -> pd.DataFrame:
    """Effects by imputation on exact counts, and on counts as published: country, exact, low, high, outcome_name.

    A count that is left out is filled with the least and the most that it can be.
    """
    parts = []
    for outcome in outcomes:
        exact = held.outcomes[outcome]
        public = published(exact.astype("Int64"))
        tables = {"exact": exact} | {end: public.fillna(fill).astype(float) for end, fill in HIDDEN.items()}
        found = {name: did.imputation(table, held.starts).loc[[*PARTNERS], "effect"] for name, table in tables.items()}
        parts.append(pd.DataFrame(found).rename_axis("country").reset_index().assign(outcome_name=OUTCOMES[outcome]))
    return pd.concat(parts, ignore_index=True)


def missed(found: pd.DataFrame) -> pd.Series:
    """By how much the effects of `rounded` miss those on exact counts at most, by country."""
    return found[["low", "high"]].sub(found["exact"], axis=0).abs().max(axis=1).groupby(found["country"]).max()


def hidden(held: Loaded, outcome: str = "forced_departures") -> dict[str, float]:
    """The share of counts that rounding leaves out: of all countries' months, of the partners' months and years."""
    months = held.outcomes[outcome]
    years = months.T.groupby(lambda when: when.year).sum().T
    gone, by_year = (published(table.astype("Int64")).isna().mean(axis=1) for table in (months, years))
    mine = [*PARTNERS]
    return {"all": gone.mean(), "partners": gone[mine].mean(), "years": by_year[mine].mean()}


def known(rise: float, digits: int = 0) -> str:
    """A rise in words; that of a country without a case before its start is not known."""
    return number(rise, digits) if pd.notna(rise) else "unknown (no case before the start)"


def rises_in_words(held: Loaded, found: pd.DataFrame, printed: Table1, iraq: float, panel: str) -> dict[str, object]:
    """The phrases of a text on `detectable`, by name.

    `iraq` are the forced departures to Iraq in the whole period, `panel` is what the panel is called.
    """
    least, names = at_months(found, printed.months), found.drop_duplicates("country").set_index("country")["partner"]
    without, passed, now = printed.departures.isna(), alarm(held, "MAR"), iraq / (12 * len(PERIOD))
    unseen = least[printed.departures.index[without]]
    when = f"after {passed} months" if passed else "in no month"
    wait = {
        names[country]: f"{number(needed)} months" if pd.notna(needed) else f"more than {HORIZONS[-1]} months"
        for country, needed in waits(found, TARGET).items()
    }
    return {
        "iraq_per_month": number(now, 1), "iraq_needed": known(least["IRQ"], 1),
        "iraq_multiple": known(least["IRQ"] / now),
        "missed": "; ".join(f"{names[country]} {known(rise, 1)}" for country, rise in unseen.items()),
        "missed_yearly": f"{number(12 * unseen.min())} to {number(12 * unseen.max())}",
        "target": TARGET, "target_waits": "; ".join(f"{partner} {said}" for partner, said in wait.items()),
        "looks_words": f"On {panel}, Morocco's departures pass it {when}, looked at from the third month on.",
    }  # fmt: skip


def rounding_in_words(held: Loaded, effects: pd.DataFrame) -> dict[str, object]:
    """The phrases of a text on `rounded` and `hidden`, by name; `effects` are Table 1's, countries × outcomes."""
    errors, gone = missed(rounded(held)), hidden(held)
    small = effects.drop("MAR")[[*BOTH]].abs()
    return {
        "small_range": f"{number(small.min(axis=None), 1)} to {number(small.max(axis=None), 1)}",
        "rounding_morocco": errors["MAR"], "rounding_others": number(errors.drop("MAR").max(), 1),
        "suppressed_all": percent(gone["all"]), "suppressed_partners": percent(gone["partners"]),
        "suppressed_years": percent(gone["years"]),
    }  # fmt: skip
