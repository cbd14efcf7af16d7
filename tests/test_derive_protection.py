"""The tables on protection and on others' money: sources by hand, and what holds of the tables as they stand."""

import pytest
from conftest import derivation

from lib import data

derive = derivation("derive_protection")


DONORS = "donor,country,start,end,amount_million_eur,qualifier,what,publisher,kind,source\n"


def test_money_that_spain_managed_is_the_eus_and_a_swapped_row_is_put_right(source):
    rows = "ESP,MAR,2019,2019,26,,vehicles,cabinet,press,https://a\n"
    rows += "NLD,all partner countries,2022,2025,105,spent,all,IOB,place,report\n"
    table = derive.donors_migration(source(donors=DONORS + rows))
    assert table.query("what == 'vehicles'")["payer"].tolist() == ["EU"]
    assert table.query("field == 'all aims'")[["how_seen", "source"]].values.tolist() == [["report", "place"]]


def test_an_amount_that_nobody_classified_is_named(source):
    with pytest.raises(KeyError, match="7"):
        derive.donors_migration(source(donors=DONORS + "EU,MAR,2020,2020,7,,x,y,press,https://a\n"))


def test_a_part_of_a_year_is_a_bound_and_other_programmes_are_left_out(source):
    rows = "country,start,end,returned,qualifier,publisher,source,note\n"
    rows += 'MAR,2023-01,2023-06,856,"half a year, main nationalities",x,y,\nCOMPASS,2021-01,2021-12,1110,,IOM,z,\n'
    table = derive.assisted_returns_iom(source(returns=rows))
    assert table.loc[table["country"] == "MAR", ["returned", "bound"]].values.tolist() == [["856", "at least"]]
    assert set(table["country"]) == {"MAR", "TUN"}  # the row found later is Tunisian


def test_years_that_are_not_whole_say_so(source):
    rows = "year,deportations,syrian_voluntary_returns,publisher,source,note\n"
    rows += "2023,5,6,a,b,\n2024,7,8,a,b,to September 2024\n"
    assert derive.deportations_turkiye_year(source(deportations=rows))["months"].tolist() == [12, 9]


def test_shares_of_one_question_add_up_to_all_who_were_asked():
    plans = data.load("surveys_public").query("period == '2021-01/2021-03'")
    assert plans["percent"].sum() == pytest.approx(100)
