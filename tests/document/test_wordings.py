"""What the report says twice: its kinds, where it differs, and how that is said, on small tables by hand."""

import pandas as pd
import pytest

from lib import data
from lib.document import wordings

COLUMNS = ["quantity", "section", "footnote", "value", "unit", "precision", "note"]


def repeats(*rows):
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(footnote=table["footnote"].astype("Int64"))


TABLE = repeats(
    ("campaign-effect-on-intentions", "summary", None, "none", None, None, None),
    ("campaign-effect-on-intentions", "3.3.3", None, "hardly any", None, None, "By the literature."),
    ("protection-aim-justice", "3.4.1", 68, "0.55", "share", "0.01", None),
    ("protection-aim-justice", "4.2", 89, "12/23", "share", "0.01", None),
    ("policy-start", "1.1", None, "2021", None, "year", None),
    ("policy-start", "1.3", None, "2021", None, "year", None),
    ("policy-start", "reference list", None, "1999", None, "year", None),
    ("interviews", "summary", None, "200", "interviews", "10", None),
)


def test_what_stands_once_in_the_text_is_no_repeat_and_the_list_is_no_text():
    found = wordings.in_text(TABLE)
    assert set(found["quantity"]) == {"campaign-effect-on-intentions", "protection-aim-justice", "policy-start"}
    assert "1999" not in set(found["value"])


def test_kinds_are_told_by_how_the_report_rounds():
    assert wordings.kinds(TABLE).to_dict() == {
        "campaign-effect-on-intentions": "wording", "policy-start": "date", "protection-aim-justice": "number",
    }  # fmt: skip


def test_a_row_for_each_quantity_that_differs_findings_first():
    found = wordings.differing(TABLE)
    assert found["hangs"].tolist() == [wordings.FINDING, wordings.SCOPE]
    assert found["one"].tolist() == ["none (summary)", "55% (§3.4.1, footnote 68)"]
    assert found["another"].tolist() == ["hardly any (§3.3.3)", "12 of 23 (§4.2, footnote 89)"]
    assert found["note"].tolist() == ["By the literature.", ""]


def test_bounds_are_said_in_words():
    table = repeats(
        ("policy-start", "1.1", None, "1500", "people", ">", None),
        ("policy-start", "1.2", None, "1000", "people", "1", None),
    )
    assert wordings.differing(table)[["one", "another"]].to_numpy().tolist() == [
        ["more than 1,500 (§1.1)", "1000 (§1.2)"]
    ]


def test_a_quantity_of_which_nobody_said_what_hangs_on_it_is_refused():
    table = repeats(("new", "1.1", None, "a", None, None, None), ("new", "1.2", None, "b", None, None, None))
    with pytest.raises(ValueError, match="new"):
        wordings.differing(table)


def test_the_report_has_three_wordings_on_campaigns_and_they_stand_first():
    first = wordings.differing(data.load("report_repeats")).iloc[0]
    assert first["one"] == "none (summary)"
    assert first["another"] == "none shown (§3.3.0); hardly any (§3.3.3)"
