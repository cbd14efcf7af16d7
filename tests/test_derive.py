"""The derivation script: corrections are applied, and fail once the source no longer holds the wrong value."""

import importlib.util

import pandas as pd
import pytest

from lib.data import PACKAGE

spec = importlib.util.spec_from_file_location("derive", PACKAGE.parent / "derive.py")
derive = importlib.util.module_from_spec(spec)
spec.loader.exec_module(derive)

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
