"""Sums of money: what can be added up, over which years, and how each is said."""

import pandas as pd
import pytest

from lib import data
from lib.measures.sums import Sums, all_separate


def row(id, amount, per, first, last, kind="budget", payer="a", section="2.2", footnote=pd.NA):
    return (id, amount, per, first, last, payer, "s", kind, section, footnote)


COLUMNS = ["id", "amount", "per", "first_year", "last_year", "payer", "scope", "kind", "section", "footnote"]
TABLE = pd.DataFrame(
    [
        row("existing", 10, "year", pd.NA, pd.NA), row("extra", 20, "year", 2021, pd.NA),
        row("justice", 5, "year", 2021, pd.NA, payer=pd.NA), row("total_2029", 99, "year", 2029, 2029, "plan"),
        row("spending", 35, "period", 2020, 2023, "spending", section="2.4", footnote=7),
        row("compass", 50, "period", 2022, 2026, "commitment", section="3.4", footnote=8),
    ],
    columns=COLUMNS,
).astype({"first_year": "Int64", "last_year": "Int64", "footnote": "Int64"})  # fmt: skip
SUMS = Sums(TABLE)
CITED = pd.DataFrame({"section": ["2.4", "2.4", "9.9"], "footnote": [7, pd.NA, 8]}).astype({"footnote": "Int64"})


def test_budgets_are_added_from_the_year_of_the_extra_money_to_the_last_of_the_spending():
    assert SUMS.budgets == ["existing", "extra", "justice"]
    assert SUMS.yearly == 35
    assert SUMS.named == 3 * 35  # 2021 to 2023
    assert SUMS.named_if_once("justice") == 3 * 30 + 5
    assert (SUMS.years("spending"), SUMS.until_spent("compass")) == (4, 2)
    assert SUMS.even("compass") == 50 / 5 * 2


def test_a_footnote_counts_where_the_same_section_cites_a_work_in_it():
    assert SUMS.sourced(CITED) == 1
    said = SUMS.phrases(CITED)
    assert said["sums_sourced"] == "1 of them has"
    assert (said["spent_share"], said["compass_even"], said["period_spent"]) == ("33%", "20", "2020–2023")
    assert (said["sums"], said["budgets"], said["years_spent"], said["years_extra"]) == (6, 3, 4, 3)


def test_sums_agree_in_period_payer_and_scope_or_not_at_all():
    assert SUMS.phrases(CITED)["sums_agree"] == "No two agree"
    twice = pd.concat([TABLE, TABLE.tail(1).assign(id="again")], ignore_index=True)
    assert Sums(twice).phrases(CITED)["sums_agree"] == "2 agree"


def test_a_row_says_its_years_and_what_it_comes_to():
    labels = {
        "existing": "Existing", "extra": "Extra from 2021", "justice": "Justice", "total_2029": "Planned for 2029",
        "spending": "Spent", "compass": "COMPASS",
    }  # fmt: skip
    rows = SUMS.rows(labels).set_index("id")
    assert rows["row"].tolist() == [
        "Existing, no years told", "Extra from 2021", "Justice, from 2021", "Planned for 2029", "Spent, 2020–2023",
        "COMPASS, 2022–2026",
    ]  # fmt: skip
    assert rows.loc[["extra", "justice", "spending"], "says"].tolist() == [
        "20 million a year", "5 million, read as yearly", "35 million in all",
    ]  # fmt: skip
    assert rows["read"].tolist() == ["a year"] * 4 + ["in all"] * 2
    assert rows.at["justice", "payer"] == "not told"


@pytest.mark.parametrize(("relation", "separate"), [("separate", True), ("unknown", False)])
def test_sums_can_be_added_when_every_pair_is_told_apart(relation, separate):
    pairs = pd.DataFrame(
        [("a", "b", "separate"), ("a", "c", relation), ("b", "c", "separate"), ("a", "d", "overlaps")],
        columns=["first", "second", "relation"],
    )
    assert all_separate(pairs, ["a", "b", "c"]) is separate


def test_the_budgets_of_the_report_make_198_million_by_2025():
    found = Sums(data.load("report_money"))
    assert found.yearly == 34 + 25 + 7
    assert found.named == 198  # 2023, 2024 and 2025
    assert found.even("compass") == pytest.approx(105.6)  # three of five years of 176
