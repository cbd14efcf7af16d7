"""How a reader's own file is read, by the parameter that names it: before a chapter runs, and as the chapter will."""

from __future__ import annotations

from collections.abc import Callable

from lib import data
from lib.measures import survey
from lib.returns import panel, triple


def return_panel(path: str) -> object:
    """A return panel whose rows fit together. Raises `DataError`."""
    starts = panel.starts(data.load("partnership_starts"))
    return panel.check_panel(data.load("return_panel", path), starts, data.load("countries"))


def _table(name: str) -> Callable[[str], object]:
    return lambda path: data.load(name, path)


FORMS: dict[str, Callable[[str], object]] = {
    "panel": return_panel,
    "eurostat_returns": triple.load,
    "detections_file": _table("frontex_route_month"),
    "asylum_file": _table("asylum_destination_year"),
    "danger_file": survey.danger,
    "perpetrators_file": survey.perpetrators,
    "likelihoods_file": _table("tracing_likelihoods"),
    "assumptions_file": _table("efficiency_assumptions"),
}
