"""Derive the table of returns with and without the EU's border agency: `python data/derive_record.py SOURCE_DIR`.

SOURCE_DIR holds `returns_frontex_share.csv`. The public record itself is written by hand. Afterwards, `make describe`
validates every table and records its hash.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent
SOURCE = "returns_frontex_share.csv"


def returns_by_channel(source: pd.DataFrame) -> pd.DataFrame:
    """Persons returned to third countries, by year: year, frontex_supported, returned, source.

    `source` has year, frontex_supported, returned_29_countries and source, one row a year. Raises `ValueError` where
    Frontex supported more returns than there were.
    """
    found = source.rename(columns={"returned_29_countries": "returned"}).sort_values("year")
    if (found["frontex_supported"] > found["returned"]).any():
        raise ValueError("Frontex supported more returns than there were: the two columns do not belong together")
    return found[["year", "frontex_supported", "returned", "source"]].reset_index(drop=True)


TABLES = {"returns_frontex_year": returns_by_channel}


def main(folder: Path) -> None:
    """Write every table of `TABLES` from the source in this folder."""
    source = pd.read_csv(folder / SOURCE)
    for name, derive in TABLES.items():
        derive(source).to_csv(DATA / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
