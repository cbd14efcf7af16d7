"""Remarks of the report in a reader's words: where they stand, nothing lost, nothing added."""

import pandas as pd
import pytest

from lib import data
from lib.document import arranged, audit


@pytest.mark.parametrize(
    ("section", "footnote", "said"),
    [
        ("4.2", None, "§4.2"),
        ("4.2", 89, "§4.2, footnote 89"),
        ("summary", None, "summary"),
        ("annex 3", pd.NA, "annex 3"),
    ],
)
def test_a_place_is_said_as_a_reader_would_write_it(section, footnote, said):
    assert audit.where(section, footnote) == said


def test_a_grid_has_words_for_codes_and_refuses_a_column_without_a_name():
    cells = pd.DataFrame(
        [("western_sahara_position", "MAR", "3.1.2", None), ("trade", "EU", "4.2", 3)],
        columns=["interest", "place", "section", "footnote"],
    )
    found = arranged.grid(cells, "interest", "place", {"MAR": "Morocco", "EU": "EU"})
    assert found[["row", "column", "where"]].to_numpy().tolist() == [
        ["Western Sahara position", "Morocco", "§3.1.2"], ["Trade", "EU", "§4.2, footnote 3"],
    ]  # fmt: skip
    with pytest.raises(ValueError, match="EU"):
        arranged.grid(cells, "interest", "place", {"MAR": "Morocco"})


def test_no_remark_on_the_ministries_is_lost():
    sides = data.load("coherence_ministries")
    found = arranged.ministries(sides)
    assert found["Foreign Affairs"].tolist() == sides["foreign_affairs"].fillna("").tolist()
    assert found["Justice and Security"].tolist() == sides["justice"].fillna("").tolist()
    assert sorted(filter(None, found["Part"])) == ["Aims", "Execution", "Policy logic"]


def test_conditions_are_those_of_the_table():
    law = data.load("law_conditions")
    found = arranged.conditions(law)
    assert found.notna().all(axis=None)
    assert len(found) == len(law)
    assert found["Condition"].str.contains(": ").all()


def test_article_16_is_placed_whole():
    law = data.load("law_conditions")
    assert arranged.article_16(law) == {
        "conditions": 4, "lettered": "knowledge and a wrong if done itself", "opening": "the wrongful act",
        "commentary": "the closeness of the link",
    }  # fmt: skip
    with pytest.raises(ValueError, match="nobody said"):
        arranged.article_16(law[law["condition"] != "link"])


def test_passages_stand_by_place_and_those_without_one_last():
    risks = pd.DataFrame(
        [
            (None, "general", "A", "report", None, "4.4", None),
            ("TUR", "first", "B", "ngo", "a centre", "4.4", 98),
            ("TUN", "second", "C", "un", None, "4.4", 99),
            ("TUR", "third", "D", "ngo", None, "4.4", 100),
        ],
        columns=["place", "risk", "source", "source_kind", "dutch_support", "section", "footnote"],
    )
    found = arranged.passages(risks, {"TUR": "Türkiye", "TUN": "Tunisia"})
    assert found["Place"].tolist() == ["Tunisia", "Türkiye", "", arranged.NOWHERE]
    assert found["What"].tolist() == ["second", "first", "third", "general"]
    assert found["Reported by"].tolist()[0] == "C (United Nations)"
    assert found["Dutch support named with it"].tolist() == ["none named", "a centre", "none named", "none named"]
