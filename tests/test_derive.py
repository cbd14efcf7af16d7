"""The derivation script: corrections are applied, and fail once the source no longer holds the wrong value.

Sources of another shape than the script expects are refused; the tables on return hold figures known from elsewhere.
"""

import pandas as pd
import pytest
from conftest import derivation

from lib import data

derive = derivation("derive")

SOURCE = pd.DataFrame({"date": ["2020-01-01", "2020-01-01", "2020-02-01"], "lon": ["1.0", "99.0", "3.0"]})


@pytest.fixture
def corrections(tmp_path, monkeypatch):
    def write(key, expected):
        header = "table,key,column,expected,corrected,reason\n"
        (tmp_path / "corrections.csv").write_text(header + f"missing_migrants,{key},lon,{expected},,on land\n")

    monkeypatch.setattr(derive, "DATA", tmp_path)
    return write


def test_a_correction_changes_the_row_it_names_and_no_other(corrections):
    corrections("date=2020-01-01;n=2", "99.0")
    assert derive.corrected(SOURCE, "missing_migrants")["lon"].tolist() == ["1.0", "", "3.0"]
    assert derive.corrected(SOURCE, "another table").equals(SOURCE)


@pytest.mark.parametrize(
    "key, expected, said",
    [
        ("date=2020-01-01;n=2", "98.0", "lon holds '99.0', expected '98.0'"),
        ("date=2020-01-01;n=3", "99.0", "that row is not in the source"),
    ],
)
def test_a_repaired_source_is_noticed(corrections, key, expected, said):
    corrections(key, expected)
    with pytest.raises(ValueError, match="delete this correction") as problem:
        derive.corrected(SOURCE, "missing_migrants")
    assert said in str(problem.value) and "line 2" in str(problem.value)


def test_a_quarter_is_its_first_month_and_only_enforced_returns_count(source):
    rows = "2022Q4,Albania,Enforced return,244\n2022Q4,Albania,Voluntary return,9\n2023Q1,Albania,Enforced return,395\n"
    zero = "2023Q1,Andorra,Enforced return,0\n"
    table = derive.uk_returns_quarter(source(uk_returns="quarter,nationality,return_type,returns\n" + rows + zero))
    assert table.to_dict("list") == {
        "quarter": ["2022-10", "2023-01"],
        "nationality": ["Albania", "Albania"],
        "enforced": [244, 395],
    }


DTENV = "period,independent_supervised,forced,independent_unsupervised,source\n"


def test_a_part_year_says_so_and_a_missing_kind_stays_missing(source):
    table = derive.dtenv_departures_year(source(dtenv_departures=DTENV + "2023-01..10,20,10,30,x\n2014,20,10,,x\n"))
    assert table[["year", "months"]].to_numpy().tolist() == [[2014, 12], [2023, 10]]
    assert table["independent_unsupervised"].isna().tolist() == [True, False]
    assert table["independent_unsupervised"].iloc[1] == 30


def test_a_period_of_another_form_is_refused(source):
    with pytest.raises(ValueError, match=r"\['2024-H1'\]"):
        derive.dtenv_departures_year(source(dtenv_departures=DTENV + "2014,20,10,,x\n2024-H1,20,10,30,x\n"))


CBS = "nationality_nl,first_2025,first_2024\n"


def test_dutch_names_become_codes_and_totals_are_left_out(source):
    folder = source(cbs_asylum=CBS + "Syrië,30,110\nOnbekend,15,10\nTOTAAL,45,120\n")
    table = derive.asylum_cbs_year(folder)
    assert table.to_numpy().tolist() == [["SYR", 2024, 110], ["SYR", 2025, 30]]


def test_a_nationality_without_a_code_is_refused(source):
    with pytest.raises(ValueError, match="Iran"):
        derive.asylum_cbs_year(source(cbs_asylum=CBS + "Syrië,30,110\nIran,5,5\n"))


def test_enforced_returns_of_the_united_kingdom():
    table = data.load("uk_returns_quarter")
    quarters = pd.date_range("2004-01-01", "2023-10-01", freq="QS")
    assert sorted(table["quarter"].unique()) == list(quarters) and len(quarters) == 80
    albania = table[table["nationality"] == "Albania"].set_index("quarter")["enforced"]
    assert albania["2022-10-01":].tolist() == [244, 395, 647, 638, 821]
    years = table.groupby(table["quarter"].dt.year)["enforced"].sum()
    assert years.loc[[2004, 2021, 2023]].tolist() == [21_425, 2_788, 6_393]  # the caveats of the table say so
    assert (table.groupby("nationality").size() == 80).sum() == 9


def test_departures_add_up_to_the_totals_that_dtenv_published():
    table = data.load("dtenv_departures_year").set_index("year")
    kinds = table[["independent_supervised", "forced", "independent_unsupervised"]]
    assert kinds.loc[2016].tolist() == [6_760, 2_220, 8_100]
    assert kinds.loc[2015:2019].sum(axis=1).tolist() == [10_240, 17_080, 15_120, 14_880, 16_880]
    assert table.index[kinds.isna().any(axis=1)].tolist() == [2014]
    assert table.index[table["months"] < 12].tolist() == [2023]
    assert (kinds.stack().dropna() % 10 == 0).all()


def test_first_requests_stay_below_the_total_of_cbs():
    table = data.load("asylum_cbs_year")
    assert (table["applicants"] % 5 == 0).all()
    morocco = table[table["citizenship"] == "MAR"].set_index("year")["applicants"]
    assert morocco.to_dict() == {2024: 605, 2025: 670}
    named = table.groupby("year")["applicants"].sum()
    assert named[2024] + 1_455 <= 32_175 and named[2025] + 1_635 <= 24_140


def test_stated_removals_contradict_each_other_where_they_say_so():
    table = data.load("morocco_removals_stated").set_index("id")
    conflicts = table["conflicts_with"].dropna()
    assert {(a, b) for a, b in conflicts.items()} == {(b, a) for a, b in conflicts.items()}
    assert (table["start"] <= table["end"]).all()
    assert table.index[table["bound"].notna()].tolist() == ["morocco-forced-2022-below-five"]
    value = table["value"]
    since_summer = "2021-07-to-2023-02"
    parts = value[f"morocco-voluntary-{since_summer}"] + value[f"morocco-forced-{since_summer}"]
    assert parts == value[f"morocco-departures-{since_summer}"] == 125
    around = value["morocco-forced-2021"] + value["morocco-forced-2022-01-to-2023-03"]  # the wider span
    assert around < value[f"morocco-forced-{since_summer}"]
    assert value["morocco-forced-2022-interview"] >= value["morocco-forced-2022-below-five"]


def test_effects_that_the_report_shows():
    table = data.load("report_return_effects")
    assert (table["effect"].notna() == (table["shown"] == "number")).all()
    assert not (table["effect"] == 0).any()
    effects = table.pivot(index="country", columns="outcome", values="effect")
    assert effects.shape == (5, 4) and effects.isna().sum().sum() == 5
    assert effects["forced_departures"].dropna().to_dict() == {"MAR": 9.3, "NGA": 1.4}
    assert round(12 * effects.loc["MAR", "forced_departures"]) == 112  # section 3.2.2 gives it per year as well
    assert effects["processing_days"].to_dict() == {"EGY": -78, "IRQ": -51, "MAR": -197, "NGA": 97, "TUR": 59}
    starts = data.load("partnership_starts").set_index("country")["name"]
    assert set(starts.index) - set(table["country"]) == {"TUN"}
    assert (table["country"].map(starts) == table["name"]).all()
