"""How tests of one country fare in simulated panels: read from the tables that the simulations left."""

from __future__ import annotations

import pandas as pd

from lib.prose import number, percent
from lib.returns.designs import ANY, LARGEST, SIZES

COUNTRIES = 76  # in a panel as large as the one here
LEAST = 20  # with fewer countries a test by rank cannot reject at 5%
LEVEL, ALLOWANCE, TWO_SIDED, POWER = 0.05, 0.01, 1.96, 0.8
EVEN = "own shocks of a tenth of all"


def attainable(countries: int = COUNTRIES) -> float:
    """The probability with which a test at 5% can reject: so many of the countries, and no fraction of one."""
    return int(LEVEL * countries) / countries


def simulation_error(replications: int, rate: float = LEVEL) -> float:
    """How far a rate over so many simulated panels may lie from the true one, with 95%."""
    return TWO_SIDED * (rate * (1 - rate) / replications) ** 0.5


def attainable_in_words() -> dict[str, object]:
    """The phrases of a text on what a test by rank can attain in a panel as large as the one here, by name."""
    return {
        "size_donors": COUNTRIES - 1, "attainable_fraction": f"{int(LEVEL * COUNTRIES)}/{COUNTRIES}",
        "attainable": percent(attainable(), 1),
    }  # fmt: skip


def size_in_words(size: pd.DataFrame) -> dict[str, object]:
    """The phrases of a text on `monte_carlo_size`, by name."""
    here = _here(size).set_index(["size", "quantity"])["value"]
    rates = size.set_index(["countries", "quantity"])["value"].sort_index()
    change = rates.xs("placebo_log_change", level="quantity").sort_index()
    covered, placebo = (rates.xs(f"covered_{name}", level="quantity") for name in ("cluster", "placebo_log_change"))
    replications, most = int(size["replications"].iloc[0]), int(size["countries"].max())
    return {
        "replications": replications, "size_countries": COUNTRIES, "size_least": LEAST,
        "size_most": most, "size_error": number(100 * simulation_error(replications), 1),
        "null_clustered": percent(here["large", "cluster"]), "null_clustered_small": percent(here["small", "cluster"]),
        "null_wcu": percent(here["large", "wild_unrestricted"]),
        "null_wcr": percent(here["large", "wild_restricted"], 1),
        "null_levels": percent(here["large", "placebo"]), "null_change_low": percent(change.loc[LEAST:].min(), 1),
        "null_change_high": percent(change.max(), 1), "null_change_most": percent(change.loc[most].max(), 1),
        "se_ratio": number(1 / here["large", "se_ratio"]), "cover_clustered_low": percent(covered.min()),
        "cover_clustered_high": percent(covered.max()), "cover_placebo_low": percent(placebo.min()),
    }  # fmt: skip


def rejects(designs: pd.DataFrame) -> pd.DataFrame:
    """The highest rate at which each test rejects without an effect, by kind of data: columns log change, scaled.

    `designs` has the form of `monte_carlo_designs`; the treated country is small, middling or large among the others.
    The kinds in which the log change rejects most come first.
    """
    here = _here(designs)
    usual = here[here["size"].isin([*SIZES]) & here["quantity"].isin(["log change", "scaled"])]
    return usual.groupby(["world", "quantity"])["value"].max().unstack().sort_values("log change", ascending=False)


def holds(designs: pd.DataFrame) -> pd.Series:
    """Whether the log change rejects at most a point more often than it should, by kind of data."""
    fewest = _here(designs).query("quantity == 'log change'")["replications"].min()
    return rejects(designs)["log change"] <= attainable() + ALLOWANCE + simulation_error(fewest, attainable())


def worlds_in_words(designs: pd.DataFrame) -> dict[str, object]:
    """The phrases of a text on `monte_carlo_designs`, by name."""
    here, rates = _here(designs), rejects(designs)["log change"]
    at = here.set_index(["quantity", "size", "world"])["value"].sort_index()
    small, large = next(iter(SIZES)), list(SIZES)[-1]
    worst, second, quiet = rates.index[0], rates.index[1], rates.index[-1]
    silent = [world for world in rates.index if world.startswith("zero-inflated")]
    flagged = at["flagged"].drop(LARGEST, level="size").groupby("world").max()
    shocks = [world for world in rates.index if "shocks" in world]
    declared = at["declared power"].drop([ANY, LARGEST], level="size").drop(shocks, level="world")
    lost = (at["power, scaled", large] - at["power", large]).idxmax()
    won = (at["power", small] - at["power, scaled", small]).idxmax()
    largest, covers = at["log change", LARGEST], at["covers"]
    panels = int(here.loc[here["quantity"] == "log change", "replications"].max())
    return {
        "usual_power": percent(POWER), "worlds": len(rates), "worlds_hold": int(holds(designs).sum()),
        "worlds_panels": panels, "worlds_error": number(100 * simulation_error(panels), 1),
        "worlds_worst": worst, "worlds_worst_rate": percent(rates[worst], 1), "worlds_second": second,
        "worlds_second_rate": percent(rates[second], 1), "worlds_quiet": quiet,
        "worlds_quiet_rate": percent(rates[quiet], 1), "even_shocks": percent(at["log change", ANY, EVEN], 1),
        "flagged_worst": percent(flagged[worst]), "flagged_others": percent(flagged.drop(silent).max()),
        "declared_low": percent(declared.quantile(0.1)), "declared_high": percent(declared.quantile(0.9)),
        "declared_least": percent(declared.min()), "largest_low": percent(largest.min(), 1),
        "largest_high": percent(largest.max(), 1), "largest_scaled": percent(at["scaled", LARGEST].max(), 1),
        "power_large": lost, "power_large_change": percent(at["power", large, lost]),
        "power_large_scaled": percent(at["power, scaled", large, lost]), "power_small": won,
        "power_small_change": percent(at["power", small, won]),
        "power_small_scaled": percent(at["power, scaled", small, won]),
        "covers_low": percent(covers.min(), 1), "covers_high": percent(covers.max(), 1),
    }  # fmt: skip


def _here(designs: pd.DataFrame) -> pd.DataFrame:
    return designs[designs["countries"] == COUNTRIES]


def compared(designs: pd.DataFrame) -> pd.DataFrame:
    """How often three tests reject without an effect, in panels as large as the one here, by kind of data and size."""
    return _here(designs)[lambda rows: rows["quantity"].isin(["log change", "scaled", "in levels"])]


def rows(rates: pd.DataFrame) -> pd.DataFrame:
    """The rates of `rejects` as rows of a figure: world, test, rate."""
    named = rates.rename(columns={"log change": "Log change", "scaled": "Scaled difference"}).reset_index()
    return named.melt("world", var_name="test", value_name="rate")
