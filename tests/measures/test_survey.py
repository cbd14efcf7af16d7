"""A reader's own survey in the form of figures 11 and 12."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.data import DataError
from lib.ledger import claims
from lib.measures import survey

DANGER = """country,year,percent,respondents
TUN,2023,84.2,76
TUN,2022,43.4,76
MAR,2022,0,40
"""
PERPETRATORS = """country,perpetrator,authority,percent,answers,respondents
MAR,smugglers,no,25,240,2400
MAR,police,yes,50,240,2400
TUR,border guards,yes,60.5,3281,
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_danger_by_country_and_year_with_exact_intervals(file):
    table = survey.danger(file(DANGER))
    assert table[["country", "year"]].values.tolist() == [["MAR", 2022], ["TUN", 2022], ["TUN", 2023]]
    assert table["count"].tolist() == [0, 33, 64]
    # Clopper-Pearson as in published tables; for nobody of 40 the upper limit is 1 - 0.025^(1/40)
    assert table["low"].round(3).tolist() == [0, 0.321, 0.740]
    assert table["high"].round(3).tolist() == [round(1 - 0.025 ** (1 / 40), 3), 0.553, 0.916]


def test_perpetrators_from_the_most_named_down(file):
    table = survey.perpetrators(file(PERPETRATORS))
    assert table["perpetrator"].tolist() == ["police", "smugglers", "border guards"]
    assert table["count"].tolist() == [120, 60, 1985]
    assert table["respondents"].isna().tolist() == [False, False, True]


def test_parquet_is_read_like_csv(tmp_path, file):
    path = tmp_path / "own.parquet"
    pd.read_csv(file(DANGER)).to_parquet(path)
    pd.testing.assert_frame_equal(survey.danger(path), survey.danger(file(DANGER)))


@settings(max_examples=settings().max_examples // 4)
@given(percent=st.floats(0, 100), people=st.integers(1, 10_000))
def test_the_count_is_the_nearest_and_lies_in_its_interval(tmp_path_factory, percent, people):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"country,year,percent,respondents\nTUN,2022,{percent!r},{people}\n", encoding="utf-8")
    row = survey.danger(path).iloc[0]
    assert abs(row["count"] - percent / 100 * people) <= 0.5 + 1e-9
    assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("84.2", "842", "line 2, column 'percent', value '842'"),
        ("43.4", "-1", "line 3, column 'percent', value '-1'"),
        ("MAR", "XYZ", "line 4, column 'country', value 'XYZ': no code in countries.csv"),
        ("MAR", "Morocco", "line 4, column 'country', value 'Morocco'"),
        ("0,40", "0,", "line 4, column 'respondents'"),
        ("0,40", "0,0", "line 4, column 'respondents', value '0'"),
        ("TUN,2022", "TUN,2023", "line 3, country 'TUN', year '2023': primary-key"),
        ("percent", "share", "there is no column 'percent'"),
    ],
)
def test_bad_rows_on_danger_are_named(file, old, new, said):
    with pytest.raises(DataError) as refused:
        survey.danger(file(DANGER.replace(old, new, 1)))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("60.5", "100.1", "line 4, column 'percent', value '100.1'"),
        (",yes,", ",maybe,", "line 3, column 'authority', value 'maybe'"),
        ("25,240", "25,241", "column 'answers': MAR has more than one value"),
        ("25,240,2400", "25,240,", "column 'respondents': MAR has more than one value"),
        ("2400", "239", "line 2, column 'answers', value '240': more than respondents"),
        ("police", "smugglers", "primary-key"),
    ],
)
def test_bad_rows_on_perpetrators_are_named(file, old, new, said):
    count = -1 if old == "2400" else 1
    with pytest.raises(DataError) as refused:
        survey.perpetrators(file(PERPETRATORS.replace(old, new, count)))
    assert said in str(refused.value)


def test_a_missing_file_names_the_parameter():
    with pytest.raises(DataError, match="check the parameter"):
        survey.danger("nowhere.csv")


def test_the_source_is_the_readers_own(file):
    source = survey.describe(file(DANGER), "Danger")
    assert source.line == "Danger. own file own.csv, date not known (own file)"


THREE = """country,perpetrator,authority,percent,answers,respondents
MAR,police,yes,50,240,2400
MAR,smugglers,no,25,240,2400
TUN,smugglers,no,60,1000,6000
TUN,police,yes,30,1000,6000
TUR,border guards,yes,60,3000,
"""


def test_what_a_survey_has_for_the_claims(file, tmp_path):
    (tmp_path / "danger.csv").write_text(DANGER, encoding="utf-8")
    found = survey.claims(survey.danger(tmp_path / "danger.csv"), survey.perpetrators(file(THREE)))
    assert found["protection-danger-tunisia"] == "rise"
    assert found["protection-danger-morocco"] is None  # one year
    assert found["protection-perpetrators-authorities"] is False  # not in Tunisia
    assert (found["protection-perpetrators-tunisia-answers"], found["protection-perpetrators-tunisia-base"]) == (
        1000,
        6000,
    )
    assert found["protection-perpetrators-turkiye-base"] is None  # not in the file


def test_all_three_countries_are_needed_to_say_who_is_named_first(file):
    two = "\n".join(line for line in THREE.splitlines() if not line.startswith("TUN"))
    assert survey.claims(None, survey.perpetrators(file(two)))["protection-perpetrators-authorities"] is None
    both = THREE.replace("TUN,smugglers,no,60", "TUN,smugglers,no,20")
    assert survey.claims(None, survey.perpetrators(file(both)))["protection-perpetrators-authorities"] is True


def test_without_a_survey_nothing_is_told():
    assert set(survey.claims(None, None).values()) == {None}


def test_a_survey_answers_every_claim_on_figures_11_and_12():
    rows = claims.read_ledger("protection")
    on_figures = {id for id in rows if id.startswith(("protection-danger-", "protection-perpetrators-"))}
    assert survey.claims(None, None).keys() == on_figures - {"protection-danger-everywhere"}


@pytest.mark.parametrize("last, said", [(84.2, "rise"), (50.0, "none shown"), (10.0, "fall")])
def test_a_trend_is_one_beyond_chance(file, last, said):
    assert survey.trend(survey.danger(file(DANGER.replace("84.2", str(last)))), "TUN") == said


def test_both_surveys_are_rows_of_one_figure(file, tmp_path):
    (tmp_path / "danger.csv").write_text(DANGER, encoding="utf-8")
    rows = survey.rows(survey.danger(tmp_path / "danger.csv"), survey.perpetrators(file(PERPETRATORS)))
    assert rows["asked"].iloc[[2, 3]].tolist() == ["Tunisia, 2023: a place in it is dangerous", "Morocco: police"]
    assert rows["percent"].iloc[3] == 50
    assert (rows["low"] <= rows["percent"]).all() and (rows["percent"] <= rows["high"]).all()
