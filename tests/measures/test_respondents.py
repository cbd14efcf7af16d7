"""Shares of people who answered."""

import pytest
from scipy.stats import binomtest

from lib import data
from lib.measures import respondents
from lib.measures.intervals import share

TWELVE = share(12, 23)


def test_a_share_in_words():
    assert respondents.words(TWELVE) == "12 of 23: 52.2%, interval 31% to 73%"
    said = respondents.phrases(aim=TWELVE)
    assert said == {"aim_share": "52%", "aim_range": "31% to 73%", "aim_count": "12 of 23"}


def test_rows_are_in_percent():
    (row,) = respondents.rows({"aim": TWELVE}).to_dict("records")
    assert (row["id"], row["count"], row["of"]) == ("aim", 12, 23)
    assert row["percent"] == pytest.approx(100 * 12 / 23)
    assert (row["low"], row["high"]) == (pytest.approx(100 * TWELVE.low), pytest.approx(100 * TWELVE.high))


def test_fewer_answers_keep_the_share_and_widen_its_interval():
    assert respondents.worth(TWELVE, 1) == TWELVE
    third = respondents.worth(TWELVE, 3)
    assert (third.count, third.of) == (4, 8)
    assert respondents.worth(TWELVE, 100).of == 1
    with pytest.raises(ValueError, match="0 answers"):
        respondents.worth(TWELVE, 0)
    table = respondents.fewer({"aim": TWELVE}, [1, 3])
    assert table["of"].tolist() == [23, 8]
    assert table["worth"].tolist() == [1, 3]
    assert table["percent"].nunique() == 1
    widths = table["high"] - table["low"]
    assert widths.iloc[1] > widths.iloc[0]


def test_chance_on_a_share_near_one_half():
    # by the normal approximation 98 / sqrt(n); the exact interval is a little wider
    assert 98 / 240**0.5 < respondents.near_half(240) < 98 / 240**0.5 + 0.5
    assert respondents.near_half(3281) < 2


def test_two_shares_of_the_same_people():
    overlaps, most = respondents.paired(share(64, 76), share(33, 76))
    assert (overlaps[0], overlaps[-1]) == (21, 33)  # 64 + 33 - 76, and all of the smaller
    by_hand = [binomtest(33 - both, 64 + 33 - 2 * both).pvalue for both in range(21, 34)]
    assert most == pytest.approx(max(by_hand))
    assert respondents.paired(share(5, 10), share(5, 10))[1] == 1.0
    with pytest.raises(ValueError, match="10 and 11"):
        respondents.paired(share(5, 10), share(5, 11))


def test_the_reports_shares_are_counted_or_printed():
    table = data.load("protection_proportions")
    shares, rows = respondents.reported(table)
    assert shares["aim-migration"].count == 12
    assert not {"need-return", "aim-justice"} & set(shares)
    aim = rows[rows["id"] == "aim-foreign-affairs"].set_index("kind")["percent"]
    assert aim[respondents.COUNTED] == pytest.approx(100 * 55 / 66)
    assert aim[respondents.PRINTED] == 83
    by_ministry = rows.set_index("id")[["kind", "percent"]]  # two footnotes, two names of a ministry
    assert by_ministry.loc["aim-migration"].tolist() == [respondents.COUNTED, pytest.approx(100 * 12 / 23)]
    assert by_ministry.loc["aim-justice"].tolist() == [respondents.PRINTED, 55]
    assert rows.loc[rows["kind"] == respondents.PRINTED, ["low", "high", "count"]].isna().all(axis=None)
    assert rows["asked"].notna().all()


def test_a_need_without_a_number_could_be_any():
    rows = respondents.needs(data.load("protection_needs")).set_index("label")
    back = rows.loc["Officials: help to return"]
    assert (back["known"], back["says"]) == (respondents.COUNTED, "33 of 76")
    assert back["low"] < back["percent"] < back["high"]
    money = rows.loc["Migrants: money"]
    assert (money["known"], money["low"], money["high"]) == (respondents.NOT_PUBLISHED, 0, 100)
    bound = rows.loc["Migrants: help to return"]
    assert (bound["known"], bound["low"], bound["high"], bound["says"]) == (respondents.BOUND, 0, 1, "less than 1%")
    assert rows.loc[["Migrants: money", "Migrants: help to return"], "percent"].isna().all()
