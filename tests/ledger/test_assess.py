"""How much can be checked and what the checks show: every branch by hand, and properties."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ledger import assess
from lib.ledger.verdicts import (
    AGREES,
    DISAGREES,
    EXCEPTION,
    MIXED,
    NOT_LOOKED_UP,
    NOTHING_TO_SHOW,
    TOO_LITTLE,
    UNTESTED,
    VERDICTS,
)

SIGNS = {"+": "confirmed", "-": "differs", "~": "contested", "?": "not public"}
ROLES = {"s": "states", "t": "tests", "a": "against", "b": "setting"}
CLAIMS = st.lists(st.tuples(st.sampled_from([*ROLES.values()]), st.sampled_from(VERDICTS)), max_size=12)


def table(claims, of="f"):
    rows = [(of, f"c{n}", role, verdict, "public") for n, (role, verdict) in enumerate(claims)]
    return pd.DataFrame(rows, columns=["finding", "claim", "role", "verdict", "evidence"])


def assessed(claims):
    return assess.assess(table(claims), "finding", ["f"]).loc["f"]


@pytest.mark.parametrize(
    ("claims", "checked", "shows"),
    [
        ("s? s?", "nothing", NOTHING_TO_SHOW),
        ("b+ b- s?", "nothing", NOTHING_TO_SHOW),  # setting decides nothing
        ("s+", "most", AGREES),
        ("t- s?", "some", DISAGREES),
        ("t+ s? s? s? s?", "little", TOO_LITTLE),  # one fact at the side does not speak for the whole
        ("t- s? s? s? s?", "little", TOO_LITTLE),  # nor against it
        ("t+ s? s? s?", "some", AGREES),  # a quarter is some
        ("t+ t+ s? s?", "some", AGREES),  # and so is a half
        ("t+ t+ t+ t-", "most", EXCEPTION),
        ("t+ t+ t-", "most", MIXED),  # one of three is no exception
        ("t+ a+", "most", MIXED),  # what bears against it and holds speaks against it
        ("t+ a-", "most", AGREES),
        ("a- s?", "nothing", NOTHING_TO_SHOW),  # that what bears against it differs says nothing for it
        ("t~", "most", MIXED),  # studies that disagree speak neither for nor against
        ("t+ t+ t~", "most", MIXED),  # and are no agreement
        ("t+ t+ t+ t- t~", "most", MIXED),  # nor one exception
        ("t- t~", "most", DISAGREES),
        ("t+ a~", "most", AGREES),  # what bears against it and is contested says nothing
        ("a~ s?", "nothing", NOTHING_TO_SHOW),
        ("t~ s? s? s? s?", "little", TOO_LITTLE),
        ("a+ s?", "nothing", TOO_LITTLE),  # no claim that states or tests it was tested
        ("", "nothing", NOTHING_TO_SHOW),
    ],
)
def test_by_hand(claims, checked, shows):
    found = assessed([(ROLES[one[0]], SIGNS[one[1]]) for one in claims.split()])
    assert (found["checked"], found["shows"]) == (checked, shows)


@given(CLAIMS)
def test_setting_changes_nothing(claims):
    bare = [claim for claim in claims if claim[0] != "setting"]
    columns = ["claims", "checked", "shows", "confirmed", "differs", "contested"]
    assert assessed(claims)[columns].tolist() == assessed(bare)[columns].tolist()


@given(CLAIMS)
def test_nothing_to_show_is_nothing_that_speaks(claims):
    speak = [claim for claim in claims if claim[0] in ("states", "tests") and claim[1] not in UNTESTED]
    speak += [claim for claim in claims if claim == ("against", "confirmed")]
    assert (assessed(claims)["shows"] == NOTHING_TO_SHOW) == (not speak)


@given(CLAIMS)
def test_a_contested_claim_counts_as_checked_and_never_makes_agreement(claims):
    more = assessed([*claims, ("tests", "contested")])
    assert more["world"] == assessed(claims)["world"] + 1
    assert more["shows"] in (MIXED, DISAGREES, TOO_LITTLE)


@given(CLAIMS.filter(lambda claims: any(v in UNTESTED and r in ("states", "tests") for r, v in claims)))
def test_a_further_test_never_makes_less_checkable(claims):
    at = next(n for n, (role, verdict) in enumerate(claims) if verdict in UNTESTED and role in ("states", "tests"))
    more = [*claims[:at], (claims[at][0], "confirmed"), *claims[at + 1 :]]
    before, after = (assess.CHECKED.index(assessed(one)["checked"]) for one in (claims, more))
    assert after >= before


def test_a_claim_under_two_findings_counts_once_by_what_decides_most():
    claims = pd.concat([table([("setting", "confirmed")], "c"), table([("tests", "confirmed")], "c")])
    found = assess.assess(claims, "finding", ["c", "empty"])
    assert found.loc["c", ["claims", "confirmed", "world"]].tolist() == [1, 1, 1]
    assert found.loc["c", "rests_on"] == "c0=confirmed"
    assert found.loc["empty", ["claims", "checked", "shows"]].tolist() == [0, "nothing", NOTHING_TO_SHOW]


def test_what_stands_under_few_findings_says_nothing_of_a_conclusion():
    rows = [("k", f"f{n}", f"c{n}", "states", "confirmed" if n == 0 else "not public", "public") for n in range(3)]
    table = pd.DataFrame(rows, columns=["conclusion", "finding", "claim", "role", "verdict", "evidence"])
    found = assess.assess(table, "conclusion", ["k"]).loc["k"]
    assert (found["checked"], found["shows"]) == ("some", TOO_LITTLE)  # a third of the claims, one finding of three
    found = assess.assess(table[table["finding"] != "f2"], "conclusion", ["k"]).loc["k"]
    assert found["shows"] == AGREES  # one of two


@given(CLAIMS)
def test_what_was_not_looked_up_is_counted_apart_and_said(claims):
    found = assessed(claims)
    debt = sum(verdict == NOT_LOOKED_UP and role in ("states", "tests") for role, verdict in claims)
    assert found[NOT_LOOKED_UP] == debt
    assert assess.said(found).endswith(f"; {debt} not looked up") == bool(debt)
