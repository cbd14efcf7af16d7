"""What every chapter shares, in packages by subject; here, what all of them may use: tables by name, numbers as text.

>>> from lib import data
>>> data.load("partnership_starts")["country"].tolist()
['EGY', 'IRQ', 'MAR', 'NGA', 'TUN', 'TUR']

Where to read on, with `help(lib.effects)` and the like, or on the page *The code* of the book: `lib.data` for the
tables and what they hold, `lib.effects` for the effect on one or a few countries of a file of your own, `lib.ledger`
for claims and verdicts, `lib.returns` for the return panel, `lib.measures` for what the chapters count, `lib.document`
for the report against itself, `lib.synthesis` for what the verdicts say together, `lib.charts` for figures.

Importing it from within another checkout of the project than its own raises `ImportError`: an environment installs
one checkout, and a copy of it would otherwise run, without a word, the code and the data of the original.
"""

import sys
from pathlib import Path

# jsonschema imports this, if it can, for a check of addresses that nothing here asks for, and it compiles grammars for
# two seconds; None means that it cannot. Chapters import lib before altair, which imports jsonschema.
sys.modules.setdefault("rfc3987_syntax", None)


def _checkout(folder: Path) -> Path | None:
    """The checkout of this project in which a folder lies."""
    marks = ("lib/__init__.py", "data/datapackage.json", "notebooks")
    return next((one for one in (folder, *folder.parents) if all((one / mark).exists() for mark in marks)), None)


def _refuse_another_checkout() -> None:
    try:
        here = _checkout(Path.cwd())
    except FileNotFoundError:  # the current folder was deleted
        return
    own = Path(__file__).resolve().parent.parent
    if here and here != own:
        raise ImportError(
            f"lib was imported from the checkout {own}, but the current folder lies in another checkout, {here}: "
            f"run `make sync` in {here}, which sets up a .venv of its own, and start Python or JupyterLab from that one"
        )


_refuse_another_checkout()
