"""Made-up return data: counts as a caseload gives them, and a panel that agrees with the totals of the report."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from scipy.ndimage import uniform_filter1d
from scipy.signal import lfilter

from lib import data
from lib.effects.twoway import TwoWay, arrays, treated
from lib.returns.panel import COUNTS, OUTCOMES, starts, wide

MONTHS = pd.date_range("2016-01", "2025-12", freq="MS", name="month")
COMPARISONS = 75
NO_DESTINATION = ("OOO", "OOS", "STL", "NLD")  # codes that are no country, and the country that returns
DISPERSION, PERSISTENCE = 0.35, 0.6
DAYS_A_MONTH = 30.4

# Half the last digit of Table 1 of the report (section 3.2.2), whose effects are the table `report_return_effects`.
ROUNDING = dict(zip(OUTCOMES, (0.5, 0.05, 0.05, 0.05), strict=True))

# Sums over 2022–2025 that the report states (section 3.2.2).
WINDOW = MONTHS.year >= 2022
TOTALS = {
    ("laissez_passers_given", "MAR"): 693,
    ("laissez_passers_given", "IRQ"): 23,
    ("laissez_passers_requested", "IRQ"): 404,
    ("forced_departures", "MAR"): 485,
    ("forced_departures", "IRQ"): 8,
}
UNSUPERVISED_MOROCCO = 0.86  # of all departures to Morocco, 2018–2025 (section 3.2.2)

# Monthly level of each partner before its start, and the average comparison country's: chosen, not reported.
PARTNERS = ("EGY", "IRQ", "MAR", "NGA", "TUN", "TUR")
LEVELS = pd.DataFrame(
    {
        "confirmations": [2.2, 0.8, 1.6, 7.5, 2.5, 5.0, 2.6],
        "passer_share": [0.6, 0.05, 0.06, 0.4, 0.6, 0.5, np.nan],  # laissez-passers per confirmation
        "other_forced": [0.8, 0.15, 1.8, 2.8, 1.2, 1.8, 1.6],  # with a passport in hand
        "supervised": [2.5, 9.0, 4.2, 4.0, 2.0, 5.0, 3.0],
        "unsupervised": [8.0, 20.0, 65.0, 10.0, 10.0, 15.0, 4.3],
        "days": [240.0, 200.0, 340.0, 150.0, 180.0, 120.0, np.nan],
    },
    index=[*PARTNERS, "comparison"],
)
MOROCCO_YEARS = {2022: 0.45, 2023: 1.2, 2024: 1.25, 2025: 0.75}  # most departures in 2023 and 2024, fewer in 2025


class SimulationError(ValueError):
    """A seed from which no panel can be made that agrees with the report."""


def country_means(n: int, average: float = 1.0) -> np.ndarray:
    """Monthly means of `n` countries, log-spaced over two orders of magnitude, with this average."""
    sizes = np.geomspace(1, 100, n)
    return sizes * (average / sizes.mean())


def common_factor(months: pd.DatetimeIndex) -> np.ndarray:
    """The level that all countries share, by month: the dip of 2020–21, and a fifth less from July 2024 on."""
    level = np.where(months < "2020-03", 1.0, np.where(months < "2022-01", 0.68, 0.9))
    return np.where(months < "2024-07", level, 0.9 * 0.8)


def counts(
    rng: np.random.Generator,
    means: np.ndarray,
    months: int,
    *,
    dispersion: float,
    persistence: float,
    factor: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Overdispersed, serially correlated counts (countries × months).

    Poisson with mean = country mean × `factor` (by month) × exp(u − σ²/2), where u is a stationary AR(1) with
    coefficient `persistence` (0 ≤ ρ < 1) and variance σ² = ln(1 + `dispersion`), so that the variance of a count
    with mean μ is μ + dispersion × μ², as in a negative binomial. Source: Zeger (1988), A regression model for
    time series of counts, Biometrika 75(4).
    """
    intensity = wander(rng, (len(means), months), dispersion, persistence)
    return rng.poisson(intensity * (means[:, None] * factor))


def wander(
    rng: np.random.Generator, shape: tuple[int, int], dispersion: float | np.ndarray, persistence: float
) -> np.ndarray:
    """exp(AR(1) − σ²/2) along the second axis: mean one, variance `dispersion` (one for all, or a column)."""
    variance = np.log1p(dispersion)
    shocks = rng.standard_normal(shape) * np.sqrt(variance)
    shocks[:, 1:] *= np.sqrt(1 - persistence**2)
    return np.exp(lfilter([1.0], [1.0, -persistence], shocks, axis=1) - variance / 2)


def panel(seed: int, dispersion: float = DISPERSION, persistence: float = PERSISTENCE) -> pd.DataFrame:
    """A return panel in the form of the table `return_panel`: six partners and 75 countries without a partnership.

    Everything is drawn from one null model, without any effect; then partners' counts are added or taken away, and
    their days stretched, until the two-way least-squares estimates are those of Table 1 and the sums those of the
    text. Cells in which the report finds no effect stay as they were drawn. Raises `SimulationError` if the seed's
    comparison countries develop in a way that leaves no room for the reported numbers. `dispersion` and
    `persistence` are those of `counts`.
    """
    countries = [*PARTNERS, *_comparison_codes(seed)]
    first = starts(data.load("partnership_starts"))
    reported = _reported()
    after = treated(pd.DataFrame(0.0, countries, MONTHS), first)
    draw = _Draw(seed, countries, after, reported, {"dispersion": dispersion, "persistence": persistence})
    given, passers, forced = draw.outcomes()
    days = draw.days(given)
    supervised, unsupervised = draw.independent(forced)
    asked = draw.requested(given, days)
    asked_passers = draw.requested(passers, np.full(days.shape, 45.0))
    draw.total(asked_passers, "IRQ", WINDOW, TOTALS["laissez_passers_requested", "IRQ"])
    columns = dict(zip(COUNTS, (asked, given, asked_passers, passers, forced, supervised, unsupervised), strict=True))
    made = pd.DataFrame(
        {"country": np.repeat(countries, len(MONTHS)), "month": np.tile(MONTHS, len(countries))}
        | {"processing_days": days.ravel()}
        | {name: values.ravel() for name, values in columns.items()}
    )
    made = made.sort_values(["country", "month"], ignore_index=True)
    _assert_calibrated(made, first, reported, seed)
    return made


def _reported() -> dict[str, dict[str, float]]:
    """The effects that Table 1 states as numbers, by outcome and country."""
    stated = data.load("report_return_effects").dropna(subset="effect")
    return {name: rows.set_index("country")["effect"].to_dict() for name, rows in stated.groupby("outcome")}


def _comparison_codes(seed: int) -> list[str]:
    """Codes in an order that the seed alone decides, so that a code added to the table moves at most one."""
    codes = set(data.load("countries")["iso3"]) - {*PARTNERS, *NO_DESTINATION}
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed} {code}".encode()).digest())[:COMPARISONS]


class _Draw:
    """One simulation: the generator, the countries, the treated cells (countries × months), the reported effects."""

    def __init__(
        self,
        seed: int,
        countries: list[str],
        after: np.ndarray,
        reported: dict[str, dict[str, float]],
        noise: dict[str, float],
    ) -> None:
        self.noise = noise
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self.after, self.reported = after, reported
        self.row = {code: k for k, code in enumerate(countries)}
        self.size = self.rng.permutation(country_means(COMPARISONS))
        self.factor = common_factor(MONTHS)
        # how a partner's extra counts are spread over its months
        self.weights = wander(self.rng, after.shape, **noise)
        self.weights[self.row["MAR"]] *= [MOROCCO_YEARS.get(year, 1.0) for year in MONTHS.year]

    def null(self, level: str) -> np.ndarray:
        """Counts of all countries without any effect."""
        means = np.concatenate([LEVELS.loc[list(PARTNERS), level], LEVELS.at["comparison", level] * self.size])
        return counts(self.rng, means, len(MONTHS), factor=self.factor, **self.noise)

    def add(self, values: np.ndarray, country: str, where: np.ndarray, change: int) -> None:
        """Add counts to the months `where` of one country, or take them away, in place."""
        cells = self.row[country], where
        if change >= 0:
            values[cells] += self.rng.multinomial(change, self.weights[cells] / self.weights[cells].sum())
        elif -change <= values[cells].sum():
            values[cells] -= self.rng.multivariate_hypergeometric(values[cells], -change)
        else:
            raise SimulationError(
                f"seed {self.seed} cannot be calibrated; try another: for its estimate, {country} would have to lose "
                f"{-change} where it has {values[cells].sum()}, as the other countries happen to develop"
            )

    def total(self, values: np.ndarray, country: str, where: np.ndarray, total: int) -> None:
        """Give the months `where` of one country exactly this sum, in place."""
        self.add(values, country, where, total - int(values[self.row[country], where].sum()))

    def outcomes(self) -> list[np.ndarray]:
        """Confirmations and laissez-passers given, and forced departures, calibrated."""
        given = self.null("confirmations")
        share = np.concatenate([LEVELS.loc[list(PARTNERS), "passer_share"], self.rng.uniform(0.6, 0.9, COMPARISONS)])
        # a laissez-passer follows a month after the confirmation; half of them end in a forced departure
        passers = self.rng.binomial(_month_later(given), share[:, None])
        forced = self.rng.binomial(_month_later(passers), 0.5) + self.null("other_forced")
        outcomes = dict(zip(OUTCOMES[1:], (given, passers, forced), strict=True))
        for (name, country), total in TOTALS.items():
            if name in outcomes:
                after, early = self.after[self.row[country]], round(0.005 * total)  # hardly any before the start
                self.total(outcomes[name], country, WINDOW & ~after, early)
                self.total(outcomes[name], country, WINDOW & after, total - early)
        within = TwoWay(np.ones(self.after.shape))
        for name, values in outcomes.items():
            self.calibrate(name, values, within)
        return list(outcomes.values())

    def calibrate(self, name: str, values: np.ndarray, within: TwoWay) -> None:
        """Bring the partners' estimates to the reported ones, in place, by whole counts."""
        for _ in range(20):
            estimates = _estimates(within, values, self.after[: len(PARTNERS)])
            settled = True
            for country, effect in self.reported[name].items():
                gap, after = effect - estimates[self.row[country]], self.after[self.row[country]]
                if (name, country) in TOTALS:  # the sum after the start is given: what is left is before 2022
                    where, change = ~WINDOW, -round(gap * (~after).sum())
                else:
                    where, change = after, round(gap * after.sum())
                self.add(values, country, where, change)
                settled &= change == 0
            if settled:
                return
        raise SimulationError(f"seed {self.seed} cannot be calibrated; try another: {name} does not settle")

    def days(self, given: np.ndarray) -> np.ndarray:
        """Mean processing time where a confirmation was given, NaN elsewhere; calibrated, to a tenth of a day."""
        means = np.concatenate([LEVELS.loc[list(PARTNERS), "days"], self.rng.uniform(60, 350, COMPARISONS)])
        seen = given > 0
        answers = 4 * np.maximum(given, 1)  # the mean of n gamma variables of shape 4 is one of shape 4n
        # queues come and go as caseloads do: a quarter of the counts' dispersion, equally persistent
        queues = wander(self.rng, seen.shape, self.noise["dispersion"] / 4, self.noise["persistence"])
        level = means[:, None] * queues / np.sqrt(self.factor)
        values = np.where(seen, self.rng.gamma(answers, level / answers), np.nan)
        within = TwoWay(seen)
        for _ in range(20):
            estimates = _estimates(within, values, self.after[: len(PARTNERS)])
            for country, effect in self.reported["processing_days"].items():
                row = self.row[country]
                cells = row, self.after[row] & seen[row]
                values[cells] *= 1 + (effect - estimates[row]) / values[cells].mean()
        return values.round(1)

    def independent(self, forced: np.ndarray) -> list[np.ndarray]:
        """Supervised and unsupervised independent departures, with what the report says of three partners."""
        year = MONTHS.year.to_numpy()
        supervised, unsupervised = both = [self.null("supervised"), self.null("unsupervised")]
        for values in both:
            a_year = values.sum(axis=1) / 10
            for stable in range(2019, 2026):
                self.total(values, "IRQ", year == stable, round(a_year[self.row["IRQ"]]))
            self.total(values, "NGA", year == 2023, round(2 * a_year[self.row["NGA"]]))
        morocco, since = self.row["MAR"], year >= 2018
        after = self.after[morocco]
        self.total(supervised, "MAR", after, round(1.12 * supervised[morocco, ~after].mean() * after.sum()))
        seen_off = (forced + supervised)[morocco, since].sum()
        self.total(unsupervised, "MAR", since, round(seen_off * UNSUPERVISED_MOROCCO / (1 - UNSUPERVISED_MOROCCO)))
        return both

    def requested(self, given: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Requests: those that are answered, dated back by their time (before the panel: its first month), and others.

        `given` and `days` are countries × months; returns counts of the same shape.
        """
        # two more years, so that the last months hold requests that are answered after the panel ends
        given_on = np.hstack([given, given[:, -12:], given[:, -12:]])
        days_on = np.nan_to_num(np.hstack([days, days[:, -12:], days[:, -12:]]))
        country, month = (np.repeat(cells.ravel(), given_on.ravel()) for cells in np.indices(given_on.shape))
        waited = self.rng.gamma(2.0, days_on[country, month] / 2 / DAYS_A_MONTH).astype(int)
        asked = np.zeros_like(given_on)
        np.add.at(asked, (country, np.maximum(month - waited, 0)), 1)
        level = uniform_filter1d(given.astype(float), 12, axis=1)
        never = self.rng.uniform(0.3, 1.2, len(given))[:, None] * level
        # Morocco answered a larger share after its start, Iraq hardly any: there requests do not follow answers
        never[self.row["MAR"]], never[self.row["IRQ"]] = 12.0, 7.0
        return asked[:, : len(MONTHS)] + self.rng.poisson(never)


def _month_later(values: np.ndarray) -> np.ndarray:
    return np.hstack([values[:, :1], values[:, :-1]])  # the month before the panel is taken to be like its first


def _estimates(within: TwoWay, values: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Least-squares effects of one dummy per partner, estimated together; `after` is partners × months, rows first."""
    dummies = np.zeros((len(after), *values.shape))
    for k, months in enumerate(after):
        dummies[k, k] = months
    columns = np.column_stack([within.residuals(dummy).ravel() for dummy in dummies])
    return np.linalg.lstsq(columns, within.residuals(values).ravel())[0]


def _assert_calibrated(made: pd.DataFrame, first: pd.Series, reported: dict[str, dict[str, float]], seed: int) -> None:
    """The finished panel, read as an estimator reads it, has the reported estimates and sums."""
    missed = []
    for name, effects in reported.items():
        outcome = wide(made, name)
        outcome = outcome.loc[[*PARTNERS, *outcome.index.difference(PARTNERS)]]
        values, seen = arrays(outcome)
        found = _estimates(TwoWay(seen), values, treated(outcome, first)[: len(PARTNERS)])
        for code, effect in effects.items():
            if abs(found[PARTNERS.index(code)] - effect) > ROUNDING[name]:
                missed.append(f"{name} {code}: {found[PARTNERS.index(code)]:.2f}, reported {effect}")
    since_2022 = made[made["month"] >= "2022-01"].groupby("country")[list(COUNTS)].sum()
    missed += [
        f"{name} {code}: {since_2022.at[code, name]} in 2022–2025, reported {total}"
        for (name, code), total in TOTALS.items()
        if since_2022.at[code, name] != total
    ]
    if missed:
        raise SimulationError(f"seed {seed} cannot be calibrated; try another: {'; '.join(missed)}")
