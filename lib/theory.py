"""The theory of change as a nested list: readable on a phone and by a screen reader, drawn as boxes by the page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

LEVELS = {"input": "Input", "output": "Output", "outcome": "Outcome", "impact": "Impact"}


@dataclass(frozen=True)
class Flow:
    """One theory of change, ready to be shown."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def flow(nodes: pd.DataFrame, arrows: pd.DataFrame, name: str) -> Flow:
    """The tracks of theory `name`, each from input to impact, every arrow with its assumption.

    `nodes` has columns theory, id, track, level, label; `arrows` theory, from, to, assumption. Raises
    `ValueError` when there is no such theory or an arrow points to an unknown node.
    """
    nodes, arrows = nodes[nodes["theory"] == name], arrows[arrows["theory"] == name]
    if nodes.empty:
        raise ValueError(f"no theory of change named {name!r}")
    if unknown := (set(arrows["from"]) | set(arrows["to"])) - set(nodes["id"]):
        raise ValueError(f"theory {name!r}: arrows to unknown nodes {', '.join(sorted(unknown))}")
    tracks = [track for track in dict.fromkeys(nodes["track"]) if track != "both"]
    sections = "".join(_track(nodes[nodes["track"].isin([track, "both"])], arrows, track) for track in tracks)
    labels = nodes.set_index("id")["label"]
    text = "\n".join(f"{labels[row['from']]} -> {labels[row['to']]}" for row in arrows.to_dict("records"))
    return Flow(f'<div class="theory">{sections}</div>', text)


def _track(nodes: pd.DataFrame, arrows: pd.DataFrame, track: str) -> str:
    items = []
    for level, title in LEVELS.items():
        found = nodes[nodes["level"] == level]
        if found.empty:
            continue
        items.append(f'<li><p class="level">{title}</p>')
        for node in found.itertuples():
            items.append(f'<p class="node">{escape(node.label)}</p>')
            for assumption in arrows.loc[arrows["from"] == node.id, "assumption"]:
                items.append(f'<p class="arrow"><span aria-hidden="true">&darr;</span> {escape(assumption)}</p>')
        items.append("</li>")
    title = escape(track.replace("_", " ").capitalize())
    head = f'<p class="track"><strong>{title}</strong></p>'
    return f'<section aria-label="{title}">{head}<ol>{"".join(items)}</ol></section>'
