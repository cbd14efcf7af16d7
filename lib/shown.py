"""Something made for a page: HTML for readers, plain text for a terminal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """HTML and its plain text; displayed as the last value of a cell."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text
