"""A chapter in brief: what each row says, and where its claims are marked."""

import pytest

from lib.ledger.brief import COLUMNS, Answer, Brief, marks
from lib.ledger.claims import ClaimError, Ledger


@pytest.fixture(scope="module")
def ledger():
    ledger = Ledger("relations", enforce=False)
    ledger.check({"relations-structures": 3})
    ledger.untested("relations-iraq-yearly-meeting", "relations-turkiye-yearly-meeting")
    return ledger


def test_a_row_has_what_the_report_says_what_is_found_and_how_much(ledger):
    ids = ["relations-structures", "relations-iraq-yearly-meeting", "relations-turkiye-yearly-meeting"]
    answer = ledger.answer("Talks?", "With <three>.", "In part & so.", *ids)
    assert (answer.shows, answer.checked) == ("agrees", "some")
    html = Brief((answer,))._repr_html_()
    assert [f'<th scope="col">{name}</th>' in html for name in COLUMNS] == [True] * 4
    assert "With &lt;three&gt;." in html and "In part &amp; so." in html  # texts are no markup
    assert "●●○○" in html and "1 of 3 claims: 1 within the report" in html
    assert marks(ids) in html and html.count('data-label="') == 3
    assert "Talks?" in repr(Brief((answer,)))


def test_nothing_checked_is_said_so(ledger):
    answer = ledger.answer("Talks?", "Yes.", "Not looked up.", "relations-iraq-yearly-meeting")
    assert (answer.shows, answer.checked) == ("nothing to show", "nothing")
    assert "none of 1 claim " in Brief((answer,))._repr_html_()


def test_an_answer_needs_claims_of_the_report(ledger):
    remark = next(id for id, claim in ledger.claims.items() if claim.whose == "ours")
    ledger.results[remark] = next(iter(ledger.results.values())).__class__(ledger.claims[remark], "true", "confirmed")
    with pytest.raises(ClaimError, match="remark of ours"):
        ledger.answer("Talks?", "Yes.", "Yes.", remark)


def test_the_rule_is_the_one_of_the_whole_book():
    assert Answer("Q", "R", "H", ()).shows == "nothing to show"
