"""The ledger: when a computed value is what the report states, and that no claim can slip through."""

import datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.ledger import claims
from lib.ledger.claims import ClaimError, Ledger, agrees, shown, verdict
from lib.ledger.statement import BOUNDS, Claim
from lib.ledger.verdicts import (
    AGREES,
    CONFIRMED,
    DIFFERS,
    DISAGREES,
    MIXED,
    NOT_LOOKED_UP,
    NOT_PUBLIC,
    NOTHING_TO_SHOW,
    VERDICTS,
)

STEPS = ["1", "10", "1000", "0.1", "0.01"]
numbers = st.decimals(-(10**7), 10**7, places=4)


def claim(id="x-a", **fields):
    row = {
        "id": id,
        "chapter": "x",
        "section": "3.3",
        "footnote": None,
        "statement": "Detections were many.",
        "kind": "count",
        "value": "100",
        "unit": "detections",
        "period": "",
        "precision": "1",
        "evidence": "public",
        "expect": "confirmed",
        "whose": "report",
        "places": "",
        "note": "",
    }
    return Claim(**row | fields)


@pytest.fixture
def ledger(monkeypatch):
    """A function that opens the ledger of chapter x, which holds the claims given."""

    def open_ledger(*rows, **options):
        monkeypatch.setattr(claims, "read_ledger", lambda chapter: {r.id: r for r in rows if r.chapter == chapter})
        return Ledger("x", **options)

    return open_ledger


@given(numbers, st.sampled_from(STEPS), st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]))
def test_a_rounded_number_agrees_with_the_number_it_was_rounded_from(x, step, rounding):
    stated = (x / Decimal(step)).quantize(Decimal(1), rounding) * Decimal(step)
    assert agrees(f"{stated:f}", float(x), step)


@given(
    st.integers(-(10**6), 10**6), st.sampled_from(STEPS), st.decimals("0.001", 1000, places=3), st.sampled_from([-1, 1])
)
def test_more_than_half_a_step_away_differs(multiple, step, beyond, sign):
    stated = multiple * Decimal(step)
    computed = stated + sign * Decimal(step) * (Decimal("0.5") + beyond)
    assert not agrees(f"{stated:f}", float(computed), step)


@given(numbers, numbers)
def test_bounds(stated, computed):
    text, value = f"{stated:f}", float(computed)
    assert agrees(text, value, ">") == (computed > stated)
    assert agrees(text, value, ">=") == (computed >= stated)
    assert agrees(text, value, "<") == (computed < stated)
    assert agrees(text, value, "<=") == (computed <= stated)


@pytest.mark.parametrize(
    "kind, value, unit, precision, computed, expected",
    [
        ("share", "50", "percent of months", ">", 83.2307, "83.2"),  # a bound is as exact as it is written
        ("ratio", "0.25", "of the effect", "<", 0.183333, "0.183"),
        ("score", "4.6", "out of 10", "0.1", 4.6478, "4.65"),  # a step: one digit more
        ("share", "86", "percent of departures", "1", 85.7142, "85.7"),
        ("share", "50", "percent of departures", "10", 54.9, "55"),
        ("money", "105000000", "euros", "1000000", 104873212.5, "104,900,000"),
        ("share", "2", "percent", "1", 2.0, "2"),
        ("effect", "-197", "days", "1", -197.46, "-197.5"),
        ("count", "30000", "detections", "1000", 29846, "29,846"),  # counts are whole
        ("count", "5", "countries", "1", 5.4, "5"),
        ("count", "8", "weeks", "2", 8.696, "8.7"),  # but not times and rates
        ("count", "112", "forced departures per year", "1", 111.6, "111.6"),
        ("count", "10000", "detections per month", "10000", 13482.66, "13,000"),
        ("share", "25", "percent", "<", 24.9996, "24.9996"),  # 25.0 would be another verdict
        ("share", "50", "percent", "10", 55.04, "55.04"),
        ("date", "2025-05", "month", "month", pd.Timestamp("2025-05-23"), "2025-05"),
        ("trend", "yes", "aims", "", True, "yes"),
    ],
)
def test_a_computed_value_has_the_digits_that_its_claim_needs(kind, value, unit, precision, computed, expected):
    assert shown(claim(kind=kind, value=value, unit=unit, precision=precision), computed) == expected


@given(numbers, st.sampled_from([*STEPS, *BOUNDS]), st.floats(-1e6, 1e6), st.sampled_from(["count", "share"]))
def test_what_is_shown_has_the_verdict_of_what_was_computed(stated, precision, computed, kind):
    one = claim(kind=kind, value=f"{stated:f}", unit="things", precision=precision)
    read = float(shown(one, computed).replace(",", ""))
    assert agrees(one.value, read, precision) == agrees(one.value, computed, precision)


@given(numbers, st.sampled_from(STEPS), numbers)
def test_agreement_does_not_depend_on_the_sign(stated, step, computed):
    assume(stated and computed)
    assert agrees(f"{stated:f}", float(computed), step) == agrees(f"{-stated:f}", float(-computed), step)


@pytest.mark.parametrize(
    "stated, computed, precision, expected",
    [
        ("0.3", 0.1 + 0.2, "0.1", True),  # binary noise is forgiven
        ("0.1", 0.15, "0.1", True),  # halves either way
        ("0.2", 0.15, "0.1", True),
        ("0.1", 0.1501, "0.1", False),
        ("12", 12.5, "1", True),
        ("13", 12.5, "1", True),
        ("30000", 34_999, "10000", True),
        ("30000", 35_001, "10000", False),
        ("0", 0, "1", True),
        ("400000", 400_000, ">", False),
        ("400000", 400_000, ">=", True),
        ("-5", -5.4, "1", True),
    ],
)
def test_known_agreements(stated, computed, precision, expected):
    assert agrees(stated, computed, precision) is expected


@pytest.mark.parametrize("number", [100, 100.0, np.int64(100), np.float32(100), np.float64(99.6)])
def test_numbers_of_any_type(number):
    assert verdict(claim(), number) == CONFIRMED
    assert verdict(claim(value="102"), number) == DIFFERS


@pytest.mark.parametrize("evidence", ["reported", "literature", "restricted"])
def test_without_data_a_claim_is_untested_for_the_reason_of_its_row_and_must_not_have_a_value(evidence):
    row = claim(evidence=evidence, expect="not looked up")
    assert verdict(row) == NOT_LOOKED_UP
    with pytest.raises(ClaimError, match=r"x-a.*write why it is not tested: not public, not measurable"):
        verdict(claim(evidence=evidence, expect="confirmed"))
    for computed in (100, 0, False, "rise"):
        with pytest.raises(ClaimError, match=f"x-a.*{evidence}"):
            verdict(row, computed)


@pytest.mark.parametrize("evidence", ["public", "arithmetic"])
@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_with_data_a_claim_needs_a_value(evidence, nothing):
    with pytest.raises(ClaimError, match=r"x-a.*nothing was computed"):
        verdict(claim(evidence=evidence), nothing)


@pytest.mark.parametrize(
    "precision, value, same, other",
    [
        ("year", "2015", "2015-12-31", "2016-01-01"),
        ("month", "2015-10", "2015-10-31", "2015-11-01"),
        ("day", "2016-03-18", "2016-03-18 23:00", "2016-03-19"),
    ],
)
def test_dates_are_compared_as_far_as_the_precision_goes(precision, value, same, other):
    row = claim(kind="date", value=value, precision=precision)
    for convert in (str, pd.Timestamp, np.datetime64, datetime.datetime.fromisoformat):
        assert verdict(row, convert(same)) == CONFIRMED
        assert verdict(row, convert(other)) == DIFFERS


@pytest.mark.parametrize("yes", [True, np.True_, np.float64(2) > 1, "yes"])
@pytest.mark.parametrize("no", [False, np.False_, np.float64(2) < 1, "no"])
def test_booleans_are_yes_and_no(yes, no):
    row = claim(kind="trend", value="yes", precision="")
    assert verdict(row, yes) == CONFIRMED
    assert verdict(row, no) == DIFFERS
    assert verdict(claim(kind="trend", value="no", precision=""), no) == CONFIRMED


@pytest.mark.parametrize("value", ["rise", "fall", "none"])
def test_directions(value):
    for computed in ("rise", "fall", "none"):
        expected = CONFIRMED if computed == value else DIFFERS
        assert verdict(claim(kind="trend", value=value, precision=""), computed) == expected


def test_check_records_the_verdicts(ledger):
    chapter = ledger(
        claim("x-a"), claim("x-b", value="7", expect="differs"), claim("x-c", evidence="reported", expect="not public")
    )
    shown = chapter.check({"x-a": 100, "x-b": 9})
    assert [result.verdict for result in shown.results] == [CONFIRMED, DIFFERS]
    assert [result.verdict for result in chapter.untested("x-c").results] == [NOT_PUBLIC]
    assert chapter.finish().counts == dict.fromkeys(VERDICTS, 0) | {CONFIRMED: 1, DIFFERS: 1, NOT_PUBLIC: 1}


@pytest.mark.parametrize(
    "row, computed, shown",
    [
        (claim(value="400000", precision=">"), 300_000, "300,000"),
        (claim(kind="trend", value="rise", precision=""), "fall", "fall"),
        (claim(kind="date", value="2015-10", precision="month"), pd.Timestamp("2016-02-01"), "2016-02"),
    ],
)
def test_a_wrong_verdict_stops_in_one_line_that_names_everything(ledger, row, computed, shown):
    with pytest.raises(ClaimError) as stopped:
        ledger(row).check({"x-a": computed})
    message = str(stopped.value)
    assert "\n" not in message
    for part in ("x:", "x-a", "differs", "expected confirmed", row.stated, shown):
        assert part in message


def test_a_claim_that_turns_out_right_stops_too(ledger):
    with pytest.raises(ClaimError, match="x-a: verdict confirmed, expected differs"):
        ledger(claim(expect="differs")).check({"x-a": 100})


def test_a_stopped_claim_is_not_counted_as_tested(ledger):
    chapter = ledger(claim())
    with pytest.raises(ClaimError):
        chapter.check({"x-a": 1})
    with pytest.raises(ClaimError, match="never tested"):
        chapter.finish()


def test_own_data_show_verdicts_and_do_not_stop(ledger):
    chapter = ledger(claim(), enforce=False)
    assert chapter.check({"x-a": 5}).results[0].verdict == DIFFERS
    assert chapter.finish().counts[DIFFERS] == 1


def test_own_data_do_not_hide_a_missing_or_double_test(ledger):
    chapter = ledger(claim("x-a"), claim("x-b"), enforce=False)
    chapter.check({"x-a": 5})
    with pytest.raises(ClaimError, match="x-a is tested twice"):
        chapter.check({"x-a": 5})
    with pytest.raises(ClaimError, match="never tested: x-b"):
        chapter.finish()


def test_unknown_claims_and_claims_of_another_chapter(ledger):
    chapter = ledger(claim("x-a"), claim("y-a", chapter="y"))
    for id in ("x-z", "y-a"):
        with pytest.raises(ClaimError, match=f"no claim '{id}' of this chapter"):
            chapter.check({id: 1})


def test_each_claim_is_tested_exactly_once(ledger):
    chapter = ledger(claim("x-a"), claim("x-b", evidence="literature", expect="not public"))
    with pytest.raises(ClaimError, match="never tested: x-a, x-b"):
        chapter.finish()
    chapter.check({"x-a": 100})
    chapter.untested("x-b")
    for again in (
        lambda: chapter.check({"x-a": 100}),
        lambda: chapter.untested("x-b"),
        lambda: chapter.untested("x-a"),
    ):
        with pytest.raises(ClaimError, match="tested twice"):
            again()


def test_testable_claims_cannot_be_waved_through_as_untested(ledger):
    with pytest.raises(ClaimError, match="nothing was computed"):
        ledger(claim()).untested("x-a")


def test_claims_of_one_kind_are_entered_together_once(ledger):
    closed = {"evidence": "reported", "expect": "not public"}
    chapter = ledger(claim("x-a-one", **closed), claim("x-a-two", **closed), claim("x-a-three"), claim("x-b", **closed))
    chapter.untested("x-a-one")
    assert [result.claim.id for result in chapter.untested("x-a-*", "x-b").results] == ["x-a-two", "x-b"]
    with pytest.raises(ClaimError, match=r"begins as x-a-\*"):
        chapter.untested("x-a-*")
    with pytest.raises(ClaimError, match="never tested: x-a-three"):
        chapter.finish()


def test_a_chapter_without_claims_is_refused(ledger):
    with pytest.raises(ClaimError, match="no claims of this chapter"):
        ledger(claim("y-a", chapter="y"))


@pytest.mark.parametrize(
    "computed, expected",
    [
        ([100, 100], AGREES),
        ([1, 1], DISAGREES),
        ([100, 1], MIXED),
        ([], NOTHING_TO_SHOW),
    ],
)
def test_the_rule_of_an_answer(ledger, computed, expected):
    rows = [claim(f"x-{n}") for n in range(len(computed))]
    rows.append(claim("x-u", evidence="restricted", expect="not public"))
    chapter = ledger(*rows, enforce=False)
    chapter.check({f"x-{n}": value for n, value in enumerate(computed)})
    chapter.untested("x-u")
    answer = chapter.answer("Did it?", "It did.", "It did.", *(row.id for row in rows))
    assert answer.shows == expected
    assert len(answer.results) == len(rows)


def test_a_remark_of_ours_stands_for_no_answer(ledger):
    chapter = ledger(claim(whose="ours"))
    chapter.check({"x-a": 100})
    with pytest.raises(ClaimError, match="x-a is a remark of ours"):
        chapter.answer("Did it?", "It did.", "It did.", "x-a")


@pytest.fixture
def recorded(monkeypatch):
    """A function that puts rows (claim, value, publisher, date) in place of the public record."""

    def put(*rows):
        record = pd.DataFrame(rows, columns=["claim", "value", "publisher", "date"])
        monkeypatch.setattr(claims.data, "load_rows", lambda name, column, id: record[record[column] == id])

    return put


def test_documents_are_tested_with_what_the_record_has(ledger, recorded):
    recorded(("x-a", "104", "A", None), ("x-d", "2015-05-13", "A", "2015-05-13"))
    rows = [claim(evidence="document", precision="10"), claim("x-p")]
    rows.append(claim("x-d", evidence="document", kind="date", value="2015-05", precision="month", unit=""))
    chapter = ledger(*rows)
    assert [result.verdict for result in chapter.check_documents("x-a", "x-d").results] == [CONFIRMED, CONFIRMED]
    for id in ("x-p", "x-z"):
        with pytest.raises(ClaimError, match=f"{id} has no row in public_record, or its evidence is no document"):
            chapter.check_documents(id)


def test_the_newest_document_decides_and_the_others_are_told(ledger, recorded):
    recorded(("x-a", "8", "Press", "2022-03"), ("x-a", "100", "Agency", "2021-05-18"), ("x-a", "9", "Court", None))
    [result] = ledger(claim(evidence="document"), enforce=False).check_documents("x-a").results
    assert (result.verdict, result.computed, result.otherwise) == (DIFFERS, "8", "100 (Agency, 2021-05-18)")


def test_documents_that_agree_are_in_no_order_and_need_no_date(ledger, recorded):
    recorded(("x-a", "101", "Press", None), ("x-a", "99", "Agency", "2024"))
    [result] = ledger(claim(evidence="document", precision="10")).check_documents("x-a").results
    assert (result.verdict, result.computed, result.otherwise) == (CONFIRMED, "101", "")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("2021", "2022-01", "x-a: its sources conflict, and the first is older than Agency; newest first"),
        ("2021-05-17", "2021-05-18", "the first is older than Agency"),
        (None, "2021", "one of them has no date"),
        ("2021", None, "one of them has no date"),
    ],
)
def test_documents_that_conflict_in_another_order_are_refused(ledger, recorded, first, second, said):
    recorded(("x-a", "8", "Press", first), ("x-a", "100", "Agency", second))
    with pytest.raises(ClaimError, match=said):
        ledger(claim(evidence="document"), enforce=False).check_documents("x-a")


@pytest.mark.parametrize("other", ["2021", "2021-05", "2021-05-18", "2020-12/2021-05"])
def test_dates_are_compared_as_far_as_both_are_known(ledger, recorded, other):
    recorded(("x-a", "8", "Press", "2021-05-18"), ("x-a", "100", "Agency", other))
    [result] = ledger(claim(evidence="document"), enforce=False).check_documents("x-a").results
    assert result.otherwise == f"100 (Agency, {other})"


def test_an_answer_needs_tested_claims(ledger):
    with pytest.raises(KeyError):
        ledger(claim()).answer("Did it?", "It did.", "It did.", "x-a")


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"value": "400000", "precision": ">"}, "more than 400,000 detections"),
        ({"value": "2000", "precision": ">="}, "at least 2,000 detections"),
        ({"value": "10", "precision": "<", "unit": "%"}, "less than 10 %"),
        ({"value": "0.5", "precision": "<=", "unit": ""}, "at most 0.5"),
        ({"value": "30000", "precision": "10000"}, "30,000 detections"),
        ({"kind": "date", "value": "2015-10", "precision": "month", "unit": "month"}, "2015-10"),
        ({"kind": "trend", "value": "rise", "precision": ""}, "rise"),
    ],
)
def test_stated_in_words(fields, words):
    assert claim(**fields).stated == words


def test_where_in_the_report():
    assert claim(section="3.3.2", footnote=58).where == "§3.3.2, footnote 58"
    assert claim(section="6").where == "§6"
    assert claim(section="6.1", places="summary;5.0").where == "§6.1; also summary, §5.0"


def test_read_ledger_gives_text_never_nan():
    for row in claims.read_ledger().values():
        for name in ("unit", "period", "precision", "note", "value", "statement"):
            assert isinstance(getattr(row, name), str)
        assert row.footnote is None or row.footnote >= 1


def restricted(id="x-r", **fields):
    return claim(id, evidence="restricted", expect="not public", **fields)


def test_restricted_claims_stay_untested_for_a_reader_without_the_data(ledger):
    shown = ledger(restricted()).check_restricted({"x-r": 100})
    assert [(result.verdict, result.computed) for result in shown.results] == [(NOT_PUBLIC, None)]


def test_restricted_claims_are_tested_by_a_reader_who_holds_the_data(ledger):
    held = ledger(restricted("x-r"), restricted("x-s"), enforce=False, held=True)
    shown = held.check_restricted({"x-r": 100, "x-s": 120})
    assert [result.verdict for result in shown.results] == [CONFIRMED, DIFFERS]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_data_that_cannot_tell_either_leave_a_restricted_claim_untested(ledger, missing):
    held = ledger(restricted(), enforce=False, held=True)
    assert held.check_restricted({"x-r": missing}).results[0].verdict == NOT_PUBLIC


def test_holding_the_data_unlocks_no_other_kind_of_evidence(ledger):
    held = ledger(claim("x-l", evidence="literature", expect="not public"), enforce=False, held=True)
    with pytest.raises(ClaimError, match="literature"):
        held.check({"x-l": 100})
