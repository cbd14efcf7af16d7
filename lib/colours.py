"""The colours of charts by name: as CSS variables that follow the page, in light and in dark, and plain."""

from __future__ import annotations

import re

# Blue to grey are Okabe and Ito's, safe for the common kinds of colour blindness; the last marks simulated data and
# nothing else. The style sheet has the same values.
LIGHT = {
    "ink": "#1c2730", "muted": "#56626c", "grid": "#e0dcd3", "shade": "#ece7db", "land": "#e3ded2", "coast": "#b9b2a2",
    "blue": "#0072b2", "vermillion": "#c74e00", "green": "#008060", "purple": "#a85590", "orange": "#b87700",
    "grey": "#6f7a83", "simulated": "#6b3fa0",
}  # fmt: skip
DARK = {
    "ink": "#e6eaec", "muted": "#aab4bb", "grid": "#38424a", "shade": "#2b353d", "land": "#39424b", "coast": "#5f6a73",
    "blue": "#5ab4ea", "vermillion": "#f08a4b", "green": "#3cc29a", "purple": "#dd9ccb", "orange": "#eab54a",
    "grey": "#a3adb6", "simulated": "#c5a8f0",
}  # fmt: skip


def variable(name: str) -> str:
    """A colour that the page can change (dark mode, print), with its light value as fallback."""
    return f"var(--chart-{name}, {LIGHT[name]})"


def dark(svg: str) -> str:
    """A picture that is dark where the page that shows it as an image is dark."""
    values = "".join(f"--chart-{name}:{DARK[name]};" for name in DARK if f"--chart-{name}," in svg)
    style = f"<style>@media (prefers-color-scheme:dark){{:root{{{values}}}}}</style>"
    return re.sub(r"<svg [^>]*>", lambda opening: opening.group() + style, svg, count=1)


def plain(text: str) -> str:
    """The light colours themselves, for programs that know no CSS variables."""
    return re.sub(r"var\(--chart-[a-z]+, (#[0-9a-f]{6})\)", r"\1", text)
