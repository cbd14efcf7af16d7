"""What studies find on each question, as a chart and the sentences around it need it."""

from __future__ import annotations

import pandas as pd

from lib.ledger.named import Named
from lib.measures import studies
from lib.prose import percent, several

# A bar breaks the line of a name.
QUESTIONS = {
    "campaigns and intention": "Campaigns:|intention",
    "campaigns and migration": "Campaigns:|migration",
    "projects at home": "Projects|at home",
    "projects in transit": "Projects|in transit",
    "aid and irregular migration": "Aid: irregular,|asylum",
    "aid and regular migration": "Aid: regular|migration",
    "growth and emigration": "Growth and|emigration",
}
FINDS = {"reduces": "Less", "mixed": "Both", "none": "None", "increases": "More"}
ROWS, COLUMNS = list(QUESTIONS.values()), list(FINDS.values())
# Claims whose votes are counted in other ways too, with the heading of their column.
COUNTS = {
    "campaign-literature-intention": "Campaigns, intention",
    "choice-projects-no-effect": "Campaigns and projects",
    "box2-little-support": "Aid, irregular",
    "effects-displacement": "Other routes",
}


def found() -> pd.DataFrame:
    """One row per study and question, with the columns of `studies.directions` and question, finds, risk of bias.

    `finds` is missing where a study could not tell.
    """
    rows = pd.concat([studies.directions(one).assign(question=name) for one, name in QUESTIONS.items()])
    return rows.assign(finds=rows["direction"].map(FINDS), **{"risk of bias": rows["risk"]})


def ways(rows: pd.DataFrame) -> pd.DataFrame:
    """How many studies find what: questions × findings, from `found`."""
    counts = rows.groupby("question", sort=False)["finds"].value_counts().unstack(fill_value=0)
    return counts.reindex(columns=COLUMNS, fill_value=0)


def one_way(counts: pd.DataFrame) -> bool:
    """Whether, on any question with several studies, all point one way (of `ways`); both is none."""
    alone = counts.gt(0).sum(axis=1).eq(1) & counts.drop(columns="Both").sum(axis=1).gt(1)
    return bool(alone.any())


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """`found` as a table for readers."""
    columns = ["question", "label", "finds", "inferred", "risk", "design", "published"]
    return rows[columns].replace(r"\|", " ", regex=True)


def counts(named: Named) -> pd.DataFrame:
    """Each way to count votes by what it says on each claim of `COUNTS`, as a table for readers."""
    votes = {name: studies.votes(named.full(claim)) for claim, name in COUNTS.items()}
    rows = pd.concat([studies.sensitivity(found).assign(claim=name) for name, found in votes.items()])
    rows["said"] = [
        f"{row.says} ({several(row.votes, 'vote', 'votes')}{f', {percent(row.share)} against' if row.votes else ''})"
        for row in rows.itertuples()
    ]
    table = rows.pivot(index="count", columns="claim", values="said")
    return table.loc[rows["count"].unique(), list(COUNTS.values())].rename_axis("Counted").reset_index()
