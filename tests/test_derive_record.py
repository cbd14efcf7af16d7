"""Returns with and without the EU's border agency: the years in order, and no more supported than there were."""

import importlib.util

import pandas as pd
import pytest

from lib import data

spec = importlib.util.spec_from_file_location("derive_record", data.PACKAGE.parent / "derive_record.py")
derive = importlib.util.module_from_spec(spec)
spec.loader.exec_module(derive)

SOURCE = pd.DataFrame(
    {"year": [2022, 2021], "frontex_supported": [30, 10], "returned_29_countries": [90, 80], "source": ["b", "a"]}
)


def test_years_stand_in_order_with_what_frontex_supported_beside_all():
    found = derive.returns_by_channel(SOURCE)
    assert found.to_dict("list") == {
        "year": [2021, 2022], "frontex_supported": [10, 30], "returned": [80, 90], "source": ["a", "b"],
    }  # fmt: skip


def test_more_supported_than_returned_is_refused():
    with pytest.raises(ValueError, match="do not belong together"):
        derive.returns_by_channel(SOURCE.assign(frontex_supported=[91, 10]))


def test_the_shipped_table_is_what_two_reports_add_up_to():
    shipped = data.load("returns_frontex_year").set_index("year")
    assert shipped.loc[2021, "frontex_supported"] == 8_234 + 10_067  # Statewatch, from a report of Frontex
    assert shipped.loc[2022, "frontex_supported"] == 11_184 + 13_684
