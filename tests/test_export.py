import csv
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lib.export import csv_text


def rows(table):
    return list(csv.reader(io.StringIO(csv_text(table), newline="")))


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_text_starts_a_formula_and_none_is_lost(texts):
    written = [row[0] for row in rows(pd.DataFrame({"text": texts, "n": 1}))[1:]]
    for text, cell in zip(texts, written, strict=True):
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        assert cell in (lines, f"'{lines}")
        assert not cell.startswith(("=", "@", "\t", "\r", "\n"))
        if cell.startswith(("+", "-")):
            float(cell)


def test_the_usual_attacks_get_an_apostrophe_in_names_and_categories_too():
    attacks = ["=1+1", "+cmd|' /C calc'!A0", "-1+2", "@SUM(A1)", "\t=1", "\n=1", "-"]
    table = pd.DataFrame({"=name": attacks, "kind": pd.Categorical(attacks)})
    head, *cells = rows(table)
    assert head == ["'=name", "kind"]
    assert cells == [[f"'{attack}"] * 2 for attack in attacks]


def test_numbers_dates_and_empty_cells_are_written_as_pandas_writes_them():
    table = pd.DataFrame(
        {
            "n": pd.array([-1, None], dtype="Int64"),
            "x": [-0.5, float("nan")],
            "day": pd.to_datetime(["2025-03-01", None]),
            "mixed": [-2, "-2.5"],
            "text": ["plain", None],
            "yes": [True, False],
        }
    )
    assert csv_text(table) == table.to_csv(index=False, lineterminator="\n")
    assert csv_text(table) == "n,x,day,mixed,text,yes\n-1,-0.5,2025-03-01,-2,plain,True\n,,,-2.5,,False\n"


def test_a_table_without_rows_or_with_two_columns_of_one_name_keeps_its_header():
    assert csv_text(pd.DataFrame({"a": [], "b": []})) == "a,b\n"
    assert csv_text(pd.DataFrame([["=a", 1]], columns=["x", "x"])) == "x,x\n'=a,1\n"


def test_a_carriage_return_inside_a_text_begins_no_row_of_its_own():
    assert rows(pd.DataFrame({"x": ["a\r=1+1", "\r=1"]})) == [["x"], ["a\n=1+1"], ["'\n=1"]]
