"""British enforced returns, on which a test of one country can itself be tested: one change there is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from lib.effects.bootstrap import all_clustered_t
from lib.effects.placebo import PlaceboTest, all_placebos, family_wise, placebo_test
from lib.prose import in_words, number, percent

KNOWN, KNOWN_START = "Albania", pd.Timestamp("2023-01-01")  # after the joint communiqué of December 2022
SPELLED = {"MAR": "Morocco", "TUR": "Turkey", "EGY": "Egypt", "NGA": "Nigeria", "IRQ": "Iraq", "TUN": "Tunisia"}
FIRST = "2016"  # as the report's panel
METHODS = {
    "clustered": "Usual error", "levels": "Ranked: difference", "scaled": "Ranked: scaled",
    "log change": "Ranked: log change",
}  # fmt: skip
THIRDS = ("smallest third", "middle third", "largest third")
LEVEL, NORMAL = 0.05, 1.96


@dataclass(frozen=True)
class British:
    """Enforced returns (nationalities × quarters), and the starts at which changes are looked for, by nationality.

    `untried` are the Dutch partners whose start lies after the last quarter.
    """

    counts: pd.DataFrame
    starts: pd.Series
    untried: tuple[str, ...] = ()

    @property
    def dutch(self) -> list[str]:
        """Nationalities that are looked at because a Dutch partnership began."""
        return [name for name in self.starts.index if name != KNOWN]

    @property
    def pool(self) -> pd.DataFrame:
        """The counts of all other nationalities."""
        return self.counts.drop(index=self.starts.index)

    @cached_property
    def tests(self) -> dict[str, PlaceboTest]:
        """A placebo test of each nationality at its start."""
        return {name: placebo_test(self.counts, self.starts, name) for name in self.starts.index}

    @cached_property
    def adjusted(self) -> pd.Series:
        """The p-values at the Dutch starts, adjusted for their number."""
        return family_wise({name: self.tests[name] for name in self.dutch})

    def rank(self, name: str, statistic: str | None = None) -> str:
        """The place of a nationality among all that can be told: "5 of 181"."""
        return "{} of {}".format(*self.tests[name].rank(statistic))

    @property
    def as_known(self) -> bool:
        """Whether the known change is found at 5%, and nothing at the Dutch starts."""
        k, n = self.tests[KNOWN].rank()
        return k / n <= LEVEL < self.adjusted.min()

    @property
    def ranks(self) -> dict[str, str]:
        """The place of each nationality at its start, the known one first."""
        return {name: self.rank(name) for name in self.starts.index}

    def changes(self) -> pd.DataFrame:
        """All changes at the starts, over the noise at each size: row (name and quarter), country, change, own."""
        parts = []
        for name, start in self.starts.items():
            found = self.tests[name].estimates["change"].dropna().rename_axis("country").reset_index()
            parts.append(found.assign(row=f"{name}, {start.year} Q{start.quarter}", own=found["country"] == name))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def placebos(self) -> pd.DataFrame:
        """Every other nationality at every start quarter: what each of `METHODS` calls an effect at 5%, and `third`.

        Nationalities of whose change nothing can be told are left out.
        """
        found, t = all_placebos(self.pool, least_before=12, least_after=4), all_clustered_t(self.pool)
        by_start = found[["effect", "scaled"]].abs().groupby(level="start")
        ranks = by_start.rank(ascending=False, method="max") / len(self.pool)
        called = pd.DataFrame({
            "clustered": [abs(t.at[cell]) > NORMAL for cell in found.index],
            "levels": ranks["effect"] <= LEVEL, "scaled": ranks["scaled"] <= LEVEL, "log change": found["p"] <= LEVEL,
            "third": pd.qcut(found["size"].rank(method="first"), 3, labels=list(THIRDS)).astype(str),
        }, index=found.index)  # fmt: skip
        return called[found["p"].notna()]

    @property
    def false_alarms(self) -> pd.Series:
        """The share of `placebos` that each method calls an effect."""
        return self.placebos[list(METHODS)].mean()

    def by_size(self) -> pd.DataFrame:
        """The share that each method calls an effect, by size: third, method (as a reader has it), share."""
        shares = self.placebos.groupby("third")[list(METHODS)].mean().loc[list(THIRDS)].rename(columns=METHODS)
        return shares.rename_axis("third").melt(var_name="method", value_name="share", ignore_index=False).reset_index()

    def in_words(self) -> dict[str, object]:
        """The phrases of a text on these returns, by name."""
        known, by_year = self.tests[KNOWN], self.counts.T.groupby(lambda quarter: quarter.year).sum().T
        change, sizes = known.change, known.estimates["change"].abs()
        low, high = known.interval()
        least = min(self.dutch, key=lambda name: self.tests[name].p_value())
        until = self.starts[least].year - 1
        quarters = {name: int((self.counts.columns >= self.starts[name]).sum()) for name in self.dutch}
        before = sizes[sizes > sizes[KNOWN]].index
        ahead = "; ".join(f"{name} ({number(self.counts.loc[name].sum())} returns in all)" for name in before)
        thirds = self.placebos.groupby("third")[list(METHODS)].mean().loc[list(THIRDS)]
        k, n = known.rank()
        return {
            "albania_rank": self.rank(KNOWN), "albania_p": number(k / n, 3), "albania_ahead": ahead or "nobody",
            "albania_effect": change.extra(change.estimate), "albania_before": known.estimates.at[KNOWN, "size"],
            "albania_low": low, "albania_high": high, "albania_2022": by_year.at[KNOWN, 2022],
            "albania_2023": by_year.at[KNOWN, 2023], "albania_raw": self.rank(KNOWN, "effect"),
            "albania_scaled": self.rank(KNOWN, "scaled"),
            "albania_class": "{} of {}".format(*change.rank(among=len(change.units) // 3)),
            "dutch_looks": len(self.dutch), "dutch_untried": in_words(self.untried),
            "dutch_few": "; ".join(f"{name} {count}" for name, count in quarters.items()),
            "dutch_ranks": "; ".join(f"{name} {self.rank(name)}" for name in self.dutch),
            "dutch_least": number(self.tests[least].p_value(), 3), "dutch_family_least": number(self.adjusted.min(), 2),
            "least_name": least, "least_first": by_year.at[least, by_year.columns[0]],
            "least_first_year": str(by_year.columns[0]), "least_last": by_year.at[least, until],
            "least_last_year": str(until), "uk_placebos": len(self.placebos),
            "uk_nationalities": self.placebos.index.get_level_values("country").nunique(),
            "uk_clustered": percent(self.false_alarms["clustered"]),
            **{
                name: "; ".join(percent(share, 1) for share in thirds[method])
                for name, method in {"uk_change": "log change", "uk_scaled": "scaled", "uk_levels": "levels"}.items()
            },
        }  # fmt: skip


def british(table: pd.DataFrame, starts: pd.Series) -> British:
    """The British returns from 2016 on (`table` as `uk_returns_quarter`), with Albania's start and the Dutch ones.

    A Dutch start is moved to the first full quarter from it on; one after the last British quarter is left out. The
    source lists only combinations that occurred, so that a missing one is zero.
    """
    counts = table.pivot(index="nationality", columns="quarter", values="enforced").fillna(0.0).loc[:, FIRST:]
    counts = counts[counts.sum(axis=1) > 0]
    quarters = (starts - pd.Timedelta(days=1)).dt.to_period("Q").dt.end_time.dt.normalize() + pd.Timedelta(days=1)
    quarters = quarters.rename(SPELLED)
    known = pd.Series({KNOWN: KNOWN_START})
    tried = quarters <= counts.columns[-1]
    return British(counts, pd.concat([known, quarters[tried]]), tuple(quarters.index[~tried]))
