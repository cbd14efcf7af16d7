"""The rule on how firmly findings and conclusions stand: every branch by hand, and properties."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import strength

VERDICTS = st.sampled_from(
    [("confirmed", "public"), ("confirmed", "arithmetic"), ("differs", "public"), ("differs", "arithmetic"),
     ("untestable", "reported"), ("untestable", "restricted"), ("confirmed", "restricted")]
)  # fmt: skip


def finding(*claims):
    """What becomes of one finding with these claims: a sign for the verdict, a letter for the evidence."""
    signs = {"+": "confirmed", "-": "differs", "?": "untestable"}
    kinds = {"p": "public", "a": "arithmetic", "r": "reported", "x": "restricted"}
    table = pd.DataFrame([("f", signs[c[0]], kinds[c[1]]) for c in claims], columns=["finding", "verdict", "evidence"])
    return strength.findings(table).loc["f"]


@pytest.mark.parametrize(
    ("claims", "level", "contested"),
    [
        (["?r", "?r"], "closed", False),
        (["+a", "?r"], "thin", False),
        (["-a", "?r"], "thin", True),
        (["-p", "?r"], "thin", True),  # public data confirm none
        (["+p", "?r", "?r"], "in part", False),
        (["+p", "?r"], "re-tested", False),  # half of the claims
        (["+p", "+a", "?r", "?r"], "re-tested", False),
        (["+p", "-p", "?r", "?r", "?r"], "in part", True),
        (["+p", "+p", "-a"], "re-tested", False),
        (["+x", "?r"], "re-tested", False),  # a reader's restricted data count as outside evidence
        (["+a", "+a"], "thin", False),  # the report agreeing with itself is never more
    ],
)
def test_levels_of_findings_by_hand(claims, level, contested):
    found = finding(*claims)
    assert (found["level"], found["contested"]) == (level, contested)


def test_counts_beneath_a_finding():
    found = finding("+p", "+a", "-p", "-a", "?r", "?r")
    assert found[["claims", "confirmed", "differs", "untestable"]].tolist() == [6, 2, 2, 2]
    assert found[["public", "arithmetic", "public_confirmed"]].tolist() == [2, 2, 1]


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(VERDICTS, min_size=1, max_size=12))
def test_one_more_confirmation_from_outside_never_lowers_a_level(claims):
    def level(rows):
        table = pd.DataFrame([("f", *row) for row in rows], columns=["finding", "verdict", "evidence"])
        return strength.LEVELS.index(strength.findings(table).at["f", "level"])

    assert level([*claims, ("confirmed", "public")]) >= level(claims)


def conclusion(levels, rank=0.5):
    """The level of one conclusion whose findings are on these levels, given by number."""
    names = [f"f{place}" for place in range(len(levels))]
    table = pd.DataFrame({"level": [strength.LEVELS[level] for level in levels], "contested": False}, index=names)
    links = pd.DataFrame({"conclusion": "c", "finding": names})
    return strength.LEVELS.index(strength.conclusions(links, table, rank).at["c", "level"])


@pytest.mark.parametrize(
    ("levels", "half", "weakest", "strongest"),
    [([0], 0, 0, 0), ([0, 3], 3, 0, 3), ([0, 2, 3], 2, 0, 3), ([0, 0, 0, 3], 0, 0, 3), ([1, 0, 3, 1], 1, 0, 3)],
)
def test_levels_of_conclusions_by_hand(levels, half, weakest, strongest):
    assert [conclusion(levels, rank) for rank in (0.5, 0.0, 1.0)] == [half, weakest, strongest]


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=15))
def test_the_highest_level_that_half_of_the_findings_reach(levels):
    reached = conclusion(levels)
    assert 2 * sum(level >= reached for level in levels) >= len(levels)
    assert 2 * sum(level >= reached + 1 for level in levels) < len(levels)
    assert conclusion(levels, 0.0) == min(levels) and conclusion(levels, 1.0) == max(levels)


def test_a_finding_without_a_level_is_named():
    links = pd.DataFrame({"conclusion": ["c"], "finding": ["gone"]})
    with pytest.raises(KeyError, match="no level for gone"):
        strength.conclusions(links, pd.DataFrame({"level": [], "contested": []}, index=pd.Index([], dtype=str)))


def test_every_level_has_a_meaning_and_a_sign_of_its_own():
    assert (
        strength.OF_FINDINGS.keys() == strength.OF_CONCLUSIONS.keys() == strength.SIGNS.keys() == set(strength.LEVELS)
    )
    assert len(set(strength.SIGNS.values())) == len(strength.LEVELS)
