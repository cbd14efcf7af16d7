"""What the scripts share that derive the tables of `data/` from copies of the publishers' files (`data/derive*.py`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from steps import ROOT


def read(file: Path) -> pd.DataFrame:
    """A source file as text: nothing is guessed, and an empty cell stays an empty string."""
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def run(*tables: Callable[[Path], pd.DataFrame]) -> None:
    """Write the table of each function, under its name, from the folder of sources that the command line names."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python data/{Path(sys.argv[0]).name} SOURCE_DIR")
    for derive in tables:
        file = ROOT / "data" / f"{derive.__name__}.csv"
        derive(Path(sys.argv[1])).to_csv(file, index=False, lineterminator="\n")
    print(f"{len(tables)} tables written; now run `make describe`")
