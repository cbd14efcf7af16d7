"""Write the simulated return panel: `python data/derive_panel.py`. Afterwards, run `make describe`.

The seed decides every figure in it; another one (`python data/derive_panel.py 7`) gives another panel that agrees
with the report as well, or an error where none can be made from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lib import data
from lib.returns import panel, simulation

SEED = 2026


def text(seed: int) -> str:
    """The panel as CSV, checked as a reader's own would be."""
    starts = panel.starts(data.load("partnership_starts"))
    made = panel.check_panel(simulation.panel(seed), starts, data.load("countries"))
    return made.to_csv(index=False, lineterminator="\n", date_format="%Y-%m")


if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    Path(__file__).with_name("return_panel.csv").write_text(text(seed), encoding="utf-8")
    print(f"return panel of seed {seed} written; now run `make describe`")
