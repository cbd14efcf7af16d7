"""What tests find in the return panel that is loaded: the simulated one, or a reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lib.data import Provenance
from lib.effects import did, sensitivity
from lib.effects.bacon import bacon
from lib.effects.counts import poisson
from lib.effects.logchange import LogChange, log_change
from lib.effects.placebo import PlaceboTest, placebo_test
from lib.effects.synthetic import synthetic_did
from lib.prose import number, percent
from lib.returns.panel import OUTCOMES, PanelError, wide
from lib.returns.reported import OUTCOMES as NAMES
from lib.returns.reported import PARTNERS
from lib.returns.thresholds import tests

COUNTS = OUTCOMES[1:]  # of Table 1: all but the days, which are means
BOTH = ("laissez_passers_given", "forced_departures")
PERIOD = slice("2022-01", "2025-12")  # of the report's totals
SUBSTANTIAL, STABLE = 0.25, 0.10  # "substantial" is read as at least a quarter, "stable" as within a tenth
VERY_LIMITED = 0.1  # a rise below a tenth of the mean before the start
KINDS = ("forced_departures", "independent_supervised", "independent_unsupervised")
IN_CLAIMS = {"MAR": "morocco", "IRQ": "iraq", "TUR": "turkiye", "NGA": "nigeria", "EGY": "egypt"}
SHORT = {"processing_days": "time", "confirmations_given": "confirmations", "laissez_passers_given": "laissez-passers",
         "forced_departures": "departures"}  # fmt: skip


def titled(title: str, source: Provenance) -> str:
    """A figure's title, which says first where the finding is not one on real data."""
    return f"Simulated data: {title}" if source.status == "simulated" else title[0].upper() + title[1:]


def cell_claim(country: str, outcome: str) -> str:
    """The claim that a cell of Table 1 is."""
    return f"return-table-{IN_CLAIMS[country]}-{SHORT[outcome]}"


def changed(before: float, after: float, bound: float, within: str) -> str:
    """Whether what came after is above or below what was before, or, in the word `within`, nearer than the bound."""
    return within if abs(after / before - 1) < bound else "rise" if after > before else "fall"


@dataclass(frozen=True)
class Loaded:
    """A checked return panel, and the first month of each partnership by country.

    Raises `PanelError` when a partner of Table 1 has no rows.
    """

    returns: pd.DataFrame
    starts: pd.Series

    def __post_init__(self) -> None:
        if lacking := sorted(set(PARTNERS) - set(self.returns["country"])):
            raise PanelError(
                f"the panel has no rows for {', '.join(lacking)}; this chapter needs the five countries of Table 1"
            )

    @cached_property
    def outcomes(self) -> dict[str, pd.DataFrame]:
        """Each outcome of Table 1 as countries × months."""
        return {outcome: wide(self.returns, outcome) for outcome in OUTCOMES}

    @property
    def donors(self) -> pd.Index:
        """The countries that never had a partnership."""
        return self.outcomes["forced_departures"].index.difference(self.starts.index)

    @cached_property
    def regression(self) -> dict[str, pd.DataFrame]:
        """By outcome, what a two-way regression with a clustered error finds: `lib.effects.did.effects`."""
        return {outcome: did.effects(table, self.starts) for outcome, table in self.outcomes.items()}

    def rows(self, country: str) -> pd.DataFrame:
        """The rows of one country, by month."""
        return self.returns[self.returns["country"] == country].set_index("month")

    def against(self, outcome: str, country: str) -> tuple[pd.DataFrame, pd.Series]:
        """One partner's outcome beside those of countries without a partnership, and its start."""
        return self.outcomes[outcome].loc[[*self.donors, country]], self.starts[[country]]

    def change(self, outcome: str, country: str) -> LogChange:
        """The log change of one partner among countries without a partnership."""
        return log_change(self.outcomes[outcome], self.starts, country)

    @cached_property
    def tests(self) -> dict[tuple[str, str], PlaceboTest]:
        """The placebo test of each cell of Table 1, by country and outcome; without those that cannot be tested."""
        return {
            (country, outcome): test
            for outcome in OUTCOMES
            for country, test in tests(self.returns, self.starts, outcome, PARTNERS).items()
        }

    @cached_property
    def placebo(self) -> PlaceboTest:
        """The placebo test of forced departures to Morocco."""
        return placebo_test(self.outcomes["forced_departures"], self.starts, "MAR")

    def study(self, outcome: str, country: str) -> sensitivity.BinStudy:
        """One partner's changes by year from its start."""
        return sensitivity.bin_study(self.outcomes[outcome], self.starts, country)

    def around(self, country: str, column: str) -> tuple[float, float]:
        """The mean a month of a column before the start and after it."""
        rows = self.rows(country)
        before, after = rows.groupby(rows.index >= self.starts[country])[column].mean()
        return float(before), float(after)

    def total(self, country: str, column: str) -> int:
        """A count of one country over the years of the report's totals."""
        return int(self.rows(country).loc[PERIOD, column].sum())

    def found(self, cells: pd.Series) -> dict[tuple[str, str], object]:
        """What the regression has in each cell of Table 1: `cells` is the effect printed, by country and outcome.

        The estimate, or for a cell without a number whether a clustered error finds one: rise, fall or none shown.
        """
        found: dict[tuple[str, str], object] = {}
        for (country, outcome), printed in cells.items():
            row = self.regression[outcome].loc[country]
            word = "none shown" if row["p"] > 0.05 else "rise" if row["effect"] > 0 else "fall"
            found[country, outcome] = row["effect"] if pd.notna(printed) else word
        return found

    def false_cells(self, cells: pd.Series) -> str:
        """How many of the cells without a number a clustered error calls significant: "5 of 5"."""
        words = [word for cell, word in self.found(cells).items() if pd.isna(cells[cell])]
        return f"{sum(word != 'none shown' for word in words)} of {len(words)}"

    def table_claims(self, cells: pd.Series) -> dict[str, object]:
        """What the panel says of Table 1 and of what stands beside it, by claim; `cells` as in `found`."""
        path = self.study("forced_departures", "MAR").path().query("bin < 0")
        parallel = ((path["low"] <= 0) & (path["high"] >= 0)).all()
        ratios = {c: changed(*self._granted(c), SUBSTANTIAL, "not substantial") for c in PARTNERS}
        morocco = ratios.pop("MAR")
        nigeria = self._years("NGA", "independent_supervised")
        return {
            **{cell_claim(*cell): value for cell, value in self.found(cells).items()},
            "return-parallel-trends": "yes" if parallel else "no",
            "return-ratio-morocco": morocco,
            "return-ratio-others": "not substantial" if set(ratios.values()) == {"not substantial"} else "some changed",
            "return-nigeria-independent-peak": int(nigeria.idxmax()),
            "return-nigeria-independent-after": changed(
                nigeria.loc[:2022].mean(), nigeria.loc[2024:].mean(), STABLE, "stable"
            ),
        }

    def iraq_claims(self) -> dict[str, object]:
        """What the panel says of Iraq, by claim."""
        own = self._years("IRQ", "independent_supervised").loc[2019:2025]
        return {
            "return-iraq-independent-stable": changed(
                own.loc[2019:2021].mean(), own.loc[2022:].mean(), STABLE, "stable"
            ),
            "return-iraq-requested": self.total("IRQ", "laissez_passers_requested"),
            "return-iraq-issued": self.total("IRQ", "laissez_passers_given"),
            "return-iraq-forced": self.total("IRQ", "forced_departures"),
        }

    def morocco_claims(self) -> dict[str, object]:
        """What the panel says of departures to Morocco, by claim."""
        test, years = self.placebo, self._years("MAR", "forced_departures")
        forced, own = self.around("MAR", KINDS[0]), self.around("MAR", KINDS[1])
        rise = own[1] / own[0] - 1
        kinds = self.rows("MAR").loc["2018":, list(KINDS)].sum()
        return {
            "return-morocco-extra-found": "none shown" if test.p_value() > 0.05 else
            "rise" if test.estimates.at["MAR", "effect"] > 0 else "fall",
            "return-morocco-more-since-start": "rise" if forced[1] > forced[0] and own[1] > own[0] else "fall",
            "return-morocco-voluntary-rise": "fall" if rise <= 0 else "very limited" if rise < VERY_LIMITED else "rise",
            "return-morocco-2025-lower": "fall" if years[2025] < years[[2023, 2024]].min() else "none",
            "return-morocco-unsupervised": 100 * kinds["independent_unsupervised"] / kinds.sum(),
            "return-morocco-documents": self.total("MAR", "laissez_passers_given"),
            "return-morocco-forced": self.total("MAR", "forced_departures"),
        }  # fmt: skip

    def _years(self, country: str, column: str) -> pd.Series:
        rows = self.rows(country)[column]
        return rows.groupby(rows.index.year).sum()

    def _granted(self, country: str) -> tuple[float, float]:
        """The share of requested confirmations that were given, before the start and after it."""
        rows = self.rows(country)
        asked = rows[["confirmations_given", "confirmations_requested"]]
        sums = asked.groupby(rows.index >= self.starts[country]).sum()
        before, after = sums["confirmations_given"] / sums["confirmations_requested"]
        return float(before), float(after)

    def smoothed(self, country: str, names: dict[str, str], months: int = 12) -> pd.DataFrame:
        """Columns of one country, named anew, as rolling means over so many months: rows month, kind, people."""
        means = self.rows(country)[list(names)].rename(columns=names).rolling(months).mean().dropna()
        return means.rename_axis("month").melt(var_name="kind", value_name="people", ignore_index=False).reset_index()

    def estimates(self, outcomes: Sequence[str] = BOTH) -> pd.DataFrame:
        """The effects a month by three estimators: rows country, outcome_name, estimator, effect, low, high.

        The interval is that of the log change against placebos, the same for all estimators of a cell.
        """
        rows = []
        for outcome in outcomes:
            table = self.outcomes[outcome]
            imputed = did.imputation(table, self.starts)["effect"]
            for country in PARTNERS:
                test = self.change(outcome, country)
                low, high = map(test.extra, test.interval())
                found = {
                    "two-way": self.regression[outcome].at[country, "effect"],
                    "imputation": imputed[country],
                    "synthetic": synthetic_did(self.against(outcome, country)[0], country, self.starts[country]).effect,
                }
                rows += [(country, NAMES[outcome], name, effect, low, high) for name, effect in found.items()]
        return pd.DataFrame(rows, columns=["country", "outcome_name", "estimator", "effect", "low", "high"])

    def cautions(self, outcomes: Sequence[str] = BOTH) -> list[str]:
        """Why the test of the log change may fail on this panel, each reason once."""
        found = (self.change(outcome, country).cautions for outcome in outcomes for country in PARTNERS)
        return list(dict.fromkeys(caution for cautions in found for caution in cautions))

    def path(self, country: str) -> pd.DataFrame:
        """One partner by year from its start: rows outcome_name, bin, effect, low, high; year −1 is the reference."""
        parts = []
        for outcome in COUNTS:
            found = pd.concat([self.study(outcome, country).path(), pd.DataFrame({"bin": [-1], "effect": [0.0]})])
            parts.append(found.sort_values("bin").assign(outcome_name=NAMES[outcome]))
        return pd.concat(parts, ignore_index=True)

    def path_told(self, country: str) -> pd.DataFrame:
        """`path` for readers: a row for each year from the start, an outcome a column, with its interval."""
        path = self.path(country)
        ends = zip(path["effect"], path["low"], path["high"], strict=True)
        path["said"] = [
            f"{number(effect, 1)} ({number(low, 1)} to {number(high, 1)})" if pd.notna(low) else "0, the reference"
            for effect, low, high in ends
        ]
        wide = path.pivot(index="bin", columns="outcome_name", values="said")[[NAMES[outcome] for outcome in COUNTS]]
        return wide.rename(index=number).rename_axis(index="Years from the start", columns=None).reset_index()

    def comparisons_in_words(self) -> dict[str, object]:
        """The phrases of a text on what partners are compared with, and on how many times the departures became."""
        weights = bacon(self.outcomes["forced_departures"], self.starts).groupby("kind")["weight"].sum()
        low, high = np.exp(self.placebo.change.interval())
        ratio = poisson(*self.against("forced_departures", "MAR")).loc["MAR", "ratio"]
        none = "none: no partner lies beyond the sizes of the others, and countries do not fall silent"
        return {
            "cautions": "; ".join(self.cautions()) or none,
            "forbidden": percent(weights.get("later vs earlier", 0), 1), "never": percent(weights["treated vs never"]),
            "morocco_ratio": number(ratio, 1), "morocco_ratio_low": number(low, 1),
            "morocco_ratio_high": number(high, 1), "donor_count": len(self.donors),
        }  # fmt: skip


def spread(estimates: pd.DataFrame) -> pd.Series:
    """How far the estimators of `Loaded.estimates` lie apart at most, by country."""
    by_cell = estimates.groupby(["country", "outcome_name"])["effect"]
    return (by_cell.max() - by_cell.min()).groupby("country").max()
