"""A chapter's parameters: what a reader gave, and nothing that the chapter does not know.

Papermill writes what it is given into a cell of its own and warns in a log when a name is unknown; the chapter would
then analyse the shipped data as if they were the reader's.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable
from difflib import get_close_matches

RELEASE = "OWN_RELEASE"  # the variable that is set where the pages may be shown to others
INJECTED = "# Parameters"  # the first line of papermill's own cell; a chapter's says what they are


class ParameterError(ValueError):
    """A parameter that the chapter does not have."""


def given(cells: Iterable[str], **parameters: object) -> dict[str, str]:
    """The parameters that are not empty, as text by name.

    `cells` are the sources of the cells that ran (IPython's `In`), `parameters` all that the chapter has, with their
    values. Raises `ParameterError` when papermill's cell sets another name.
    """
    for name in (name for cell in cells for name in _injected(cell)):
        if name not in parameters:
            near = get_close_matches(name, parameters, n=1)
            known = f"it has {', '.join(parameters)}" if parameters else "it has none"
            raise ParameterError(
                f"no parameter {name!r} in this chapter; {f'did you mean {near[0]}? ' if near else ''}{known}"
            )
    return {name: str(value) for name, value in parameters.items() if value}


def released() -> bool:
    """Whether this run makes pages that may be shown to others."""
    return bool(os.environ.get(RELEASE))


def _injected(cell: str) -> list[str]:
    """The names that a cell written by papermill sets."""
    first, _, _ = cell.partition("\n")
    if first.strip() != INJECTED:
        return []
    assigned = [node for node in ast.parse(cell).body if isinstance(node, ast.Assign)]
    return [target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)]
