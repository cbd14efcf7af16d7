"""The steps of the build; see dodo.py."""

from pathlib import Path

import lib  # noqa: F401  (keeps an import out that takes a second; see there)

ROOT = Path(__file__).resolve().parent.parent


class StepError(Exception):
    """A step that cannot be done, in the lines that a reader needs."""
