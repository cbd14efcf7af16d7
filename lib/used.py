"""What of the shared files was used: the build runs a chapter again when one of these parts has changed, and only then.

Which files a chapter opens is seen from outside. But every chapter opens the data package and the ledger; without this,
a caveat of one table would run all of them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

# "table NAME" (its descriptor), "tables" (all of them), "rows TABLE COLUMN VALUE"
USED: set[str] = set()
_hushed = 0


@contextmanager
def only(part: str) -> Iterator[None]:
    """While a shared file is opened of which this part alone is used."""
    global _hushed
    USED.add(part)
    _hushed += 1
    try:
        yield
    finally:
        _hushed -= 1


def hushed() -> bool:
    """Whether a file that is opened now counts by its part alone."""
    return _hushed > 0
