"""What each cell of Table 1 would need to be significant, by the noise that simulated panels have."""

from __future__ import annotations

import pandas as pd

from lib.prose import in_words as joined
from lib.prose import percent
from lib.returns.reported import OUTCOMES, PARTNERS

SURVIVES, OPEN, FALLS = "survives", "cannot be told", "does not survive"
CLUSTERED = "by a clustered error"
SAID = (SURVIVES, OPEN, FALLS, CLUSTERED)


def judged(rows: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Each cell with a number against what it must exceed: `limits` has the form of `monte_carlo_table1`.

    Columns country, name, outcome, effect, cell (its name); the effect over the threshold of each inference (clustered,
    placebo, family), at the median of the panels of the assumed noise; low and high, that of placebos over all kinds of
    noise and 5–95% of panels; and for each inference a verdict: a cell survives when it passes in (nearly) all panels
    of every kind of noise, does not when it passes in (nearly) none of any, and cannot be told otherwise. The firmest
    come first.
    """
    cells = rows.dropna(subset="effect")[["country", "name", "outcome", "effect"]]
    held = cells.merge(limits, on=["country", "outcome"])
    size = held["effect"].abs()
    held = held.assign(ratio=size / held["median"], least=size / held["high"], most=size / held["low"])
    by = ["country", "outcome", "inference"]
    ends = held.groupby(by).agg(low=("least", "min"), high=("most", "max"))
    ends["verdict"] = OPEN
    ends.loc[ends["low"] > 1, "verdict"] = SURVIVES
    ends.loc[ends["high"] < 1, "verdict"] = FALLS
    ratios = held[held["scenario"] == "assumed"].set_index(by)["ratio"].unstack()
    verdicts = ends["verdict"].unstack().add_prefix("verdict_")
    spans = ends.xs("placebo", level="inference")[["low", "high"]]
    found = cells.set_index(["country", "outcome"]).join(ratios).join(spans).join(verdicts).reset_index()
    short = found["outcome"].map(OUTCOMES).str.lower().str.removeprefix("forced ").str.removesuffix(" to confirm")
    return found.assign(cell=found["name"] + ", " + short).sort_values("placebo", ascending=False, ignore_index=True)


def passing(cells: pd.DataFrame, inference: str = "placebo") -> list[str]:
    """The names of the cells that survive an inference (`judged`), the firmest first."""
    return cells.loc[cells[f"verdict_{inference}"] == SURVIVES, "cell"].tolist()


def drawn(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of `judged` as rows of a figure: cell, ratio, low, high, said (a verdict, or `CLUSTERED`)."""
    own = cells[["cell", "placebo", "low", "high", "verdict_placebo"]]
    own = own.set_axis(["cell", "ratio", "low", "high", "said"], axis=1)
    beside = cells[["cell", "clustered"]].set_axis(["cell", "ratio"], axis=1).assign(said=CLUSTERED)
    return pd.concat([own, beside], ignore_index=True)


def sure(cells: pd.DataFrame) -> str:
    """The countries all of whose counts survive, as a sentence lists them; "no country" where there is none."""
    counted = cells[cells["outcome"] != "processing_days"].groupby("name")["verdict_placebo"].agg(set)
    return joined(counted.index[counted == {SURVIVES}]) or "no country"


def in_words(cells: pd.DataFrame, limits: pd.DataFrame, donors: int) -> dict[str, object]:
    """The phrases of a text on `judged`, by name; `donors` are the countries without a partnership."""
    count, family = cells["verdict_placebo"].value_counts(), passing(cells, "family")
    kept = limits.groupby("scenario", sort=False)["panels"].first()
    only_morocco = set(cells.loc[cells["cell"].isin(family), "country"]) == {"MAR"}
    tested = donors + len(PARTNERS)
    return {
        "cells_shown": len(cells), "survive": int(count.get(SURVIVES, 0)), "fall": int(count.get(FALLS, 0)),
        "open_cells": int(count.get(OPEN, 0)), "survive_names": "; ".join(passing(cells)),
        "survive_clustered": len(passing(cells, "clustered")), "survive_family": len(family),
        "family_names": "; ".join(family) or "none of them", "family_floor": percent(len(PARTNERS) / tested, 2),
        "firmer": "more firmly" if only_morocco else "no more firmly", "tested_partners": len(PARTNERS),
        "tested_countries": tested, "tried_panels": int(limits["seeds"].max()),
        "kept_panels": "; ".join(f"{panels} ({noise})" for noise, panels in kept.items()),
        "nigeria_verdict": cells.set_index("cell").at["Nigeria, departures", "verdict_placebo"],
    }  # fmt: skip
