"""Remarks of the report arranged for a reader: side by side, by condition and by place, each with where it stands.

The arrangement is ours; nothing here adds to what the tables say.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lib.document.audit import where
from lib.prose import in_words

PARTS = {"aims": "Aims", "policy_logic": "Policy logic", "execution": "Execution"}
CONDITIONS = {
    "attribution": "Attribution",
    "breach": "Breach",
    "jurisdiction": "A remark, jurisdiction",
    "wrongful_act": "(i) Wrongful act",
    "link": "(ii) Link",
    "knowledge": "(iii) Knowledge",
    "own_wrong": "(iv) Wrong if done itself",
}
# Where the text of article 16 on state responsibility has its conditions, in the words of a sentence.
ARTICLE_16 = {
    "lettered": {"knowledge": "knowledge", "own_wrong": "a wrong if done itself"},
    "opening": {"wrongful_act": "the wrongful act"},
    "commentary": {"link": "the closeness of the link"},
}
SOURCES = {"report": "", "ngo": " (non-governmental organisation)", "un": " (United Nations)"}
NOWHERE = "No place named"


def located(rows: pd.DataFrame) -> list[str]:
    """Where each row stands in the report; `rows` has the columns `section` and `footnote`."""
    return [*map(where, rows["section"], rows["footnote"])]


def grid(cells: pd.DataFrame, row: str, column: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """Cells of a reading of the report with `row`, `column` and `where` as a reader would write them.

    `row` is a column of codes such as `human_rights`, `columns` names the codes of `column`. Raises `ValueError` for
    a code that `columns` does not have.
    """
    if unknown := sorted(set(cells[column]) - columns.keys()):
        raise ValueError(f"no column for {', '.join(unknown)}")
    words = cells[row].str.replace("_", " ").str.capitalize().str.replace("sahara", "Sahara")
    return cells.assign(row=words, column=cells[column].map(columns), where=located(cells))


def ministries(sides: pd.DataFrame) -> pd.DataFrame:
    """The two ministries side by side, from `coherence_ministries`; an empty cell says nothing of that ministry."""
    return pd.DataFrame(
        {
            "Part": _once(sides["part"].map(PARTS)),
            "Aspect": sides["aspect"].str.capitalize(),
            "Foreign Affairs": sides["foreign_affairs"].fillna(""),
            "Justice and Security": sides["justice"].fillna(""),
            "Where": located(sides),
        }
    )


def conditions(law: pd.DataFrame) -> pd.DataFrame:
    """The conditions of responsibility, from `law_conditions`, with what is said and what is left open."""
    text = law["text"].str[0].str.lower() + law["text"].str[1:]
    return pd.DataFrame(
        {
            "Article": law["article"].astype(str),
            "Condition": law["condition"].map(CONDITIONS) + ": " + text,
            "What section 4.4 says that may bear on it": law["report_establishes"].fillna("nothing said"),
            "What it leaves open": law["report_leaves_open"].fillna("nothing said"),
            "Where": located(law),
        }
    )


def article_16(law: pd.DataFrame) -> dict[str, object]:
    """How many `conditions` the report lists for article 16, and which are `lettered`, `opening` and `commentary`.

    Raises `ValueError` when a condition is listed of which `ARTICLE_16` does not say where the article has it.
    """
    listed = set(law.loc[law["article"].astype(str) == "16", "condition"])
    if listed != {condition for placed in ARTICLE_16.values() for condition in placed}:
        raise ValueError("article 16 has a condition of which nobody said where its text has it")
    return {"conditions": len(listed)} | {place: in_words([*placed.values()]) for place, placed in ARTICLE_16.items()}


def passages(risks: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The passages on a risk, from `law_risks`, by the names of their places; those without a place stand last."""
    placed = risks.assign(place=risks["place"].map(names))
    placed = placed.sort_values("place", kind="stable", na_position="last")
    return pd.DataFrame(
        {
            "Place": _once(placed["place"].fillna(NOWHERE)),
            "Reported by": placed["source"] + placed["source_kind"].map(SOURCES),
            "What": placed["risk"],
            "Dutch support named with it": placed["dutch_support"].fillna("none named"),
            "Where": located(placed),
        }
    )


def _once(names: pd.Series) -> pd.Series:
    """Each name where it stands first, and nothing after that."""
    return names.where(~names.duplicated(), "")
