"""Readmission agreements of the EU: in what view each was made, read more and more widely."""

from __future__ import annotations

import pandas as pd

WHEN_SIGNED = ("stabilisation_and_association", "accession_talks")
READINGS = {
    "Membership in view when signed (Western Balkans, Türkiye)": WHEN_SIGNED,
    "The same, and talks on association open when signed": (*WHEN_SIGNED, "association_talks"),
    "The same, and association agreed on later": None,  # any basis but none
}


def in_view(agreements: pd.DataFrame) -> pd.DataFrame:
    """For each of `READINGS`, how many agreements had membership or association in view.

    `agreements` is `eu_readmission_agreements`. Columns `reading`, `n` and `which`, their names in the order given.
    """
    basis, rows = agreements["association_basis"], []
    for reading, counted in READINGS.items():
        found = basis != "none" if counted is None else basis.isin(counted)
        rows.append((reading, int(found.sum()), ", ".join(agreements.loc[found, "name"])))
    return pd.DataFrame(rows, columns=["reading", "n", "which"])
