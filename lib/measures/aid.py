"""What Box 2 says of aid: the studies that it names, as they give themselves, and a map of evaluations."""

from __future__ import annotations

import pandas as pd

from lib import data
from lib.ledger.named import Named
from lib.measures import studies
from lib.prose import percent

# The claim, by the part of its id after box2, with the study and the outcome that it names.
CITED = {
    "aid-crossings": ("restelli2021", "irregular crossings, total aid"),
    "bilateral-aid": ("restelli2021", "irregular crossings, bilateral aid"),
    "italian-aid": ("clist2021", "what the authors conclude"),
    "libya-aid": ("restelli2025", "intention to move on to Europe"),
}
STUDIES = [study for study, _ in CITED.values()]
MAP, PORTAL = "irregular migration map", "all subjects"


def mapped(evaluations: pd.DataFrame) -> float:
    """The evaluations with an outcome on migration as a share of all, from the table `impact_evaluations`."""
    number = evaluations.set_index("counted")["number"]
    return float(number[MAP] / number[PORTAL])


def phrases(named: Named, evaluations: pd.DataFrame) -> dict[str, object]:
    """What sentences say of the map, and of the votes on aid against irregular migration."""
    votes = studies.votes(named.full("box2-little-support"))
    number = evaluations.set_index("counted")["number"]
    published = studies.sensitivity(votes).set_index("count").at["published only", "share"]
    return {
        "aid_studies": len(votes),
        "aid_published": percent(published),
        "map_share": percent(mapped(evaluations)),
        "map_evaluations": int(number[MAP]),
        "portal_studies": int(number[PORTAL]),
    }


def claims(named: Named, evaluations: pd.DataFrame) -> dict[str, object]:
    """What the claims of Box 2 are checked against: each study's own result, votes, and the share of the map.

    A small number is one below the share that the table `degrees` reads it as.
    """
    stated = {claim: named.claim(f"box2-{claim}").value for claim in CITED}
    few = float(data.load("degrees").set_index("word").at["a small number", "threshold"].split()[1])
    disagree = studies.counted(named.full("box2-interventions-mixed")).says == studies.DISAGREE
    lower = studies.some_do(named.full("box2-intentions-lower"))
    return {
        **{f"box2-{claim}": studies.given(*row, stated[claim]) for claim, row in CITED.items()},
        "box2-little-support": studies.counted(named.full("box2-little-support")),
        "box2-growth-confirmed": studies.counted(named.full("box2-growth-confirmed")),
        "box2-macro-none": "rise" if stated["bilateral-aid"] == "rise" else "none",
        "box2-few-outcomes": mapped(evaluations) < few,
        "box2-interventions-mixed": "mixed" if disagree else "another",
        "box2-intentions-lower": "fall" if lower else "not shown",
    }
