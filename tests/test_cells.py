"""Shipped tables have one form; other files are named for what they are; validator and reader never differ."""

import csv
import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import cells, data

MONTHS = "month,route,detections\n2015-01,Other,5\n2015-02,Other,6\n"
DEATHS = {
    "fields": [
        {"name": "day", "type": "date"},
        {"name": "place", "type": "string"},
        {"name": "lon", "type": "number"},
        {"name": "dead", "type": "integer"},
    ]
}
HEAD = "day,place,lon,dead\n"


def file(folder, content, name="own.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def workbook():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(workbook(), "is an Excel workbook", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old or protected Excel workbook", id="xls"),
        pytest.param(MONTHS.encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(MONTHS.encode("utf-16-le"), "own.csv, line 1: the control character U+0000", id="utf-16-bare"),
        pytest.param((MONTHS + "2015-03,Türkiye,1\n").encode("cp1252"), "line 4: byte 0xfc", id="windows-1252"),
        pytest.param(b"PAR1" + bytes(20), "is Parquet", id="parquet"),
        pytest.param(b"ARROW1" + bytes(20), "is Feather", id="feather"),
        pytest.param(b"<stata_dta><header>", "is a file of Stata", id="stata"),
        pytest.param(b"\x1f\x8b\x08" + bytes(20), "is compressed", id="gzip"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(20), "byte 0x89", id="picture"),
        pytest.param("month,route,detections\n2015-01,\x00Other,5\n", "line 2: the control character", id="nul"),
        pytest.param("", "is empty; the first line has to be: month,route,detections", id="empty"),
        pytest.param("month,route,detections\n", "has a header and no rows", id="header-alone"),
        pytest.param('month,route,detections\n2015-01,"Other,5\n', "line 2: unexpected end of data", id="quote"),
        pytest.param('month,route,detections\n2015-01,"Other"s,5\n', "line 2: ',' expected", id="quote-inside"),
        pytest.param("2015-01,Other,5\n", "none of the table's columns in its first line", id="no-header"),
    ],
)
def test_a_file_that_is_no_such_table_is_named_for_what_it_is(tmp_path, content, said):
    path = file(tmp_path, content)
    for use in (data.load, data.validate):
        with pytest.raises(data.DataError) as refused:
            use("frontex_route_month", path)
        message = str(refused.value)
        assert said in message and "own.csv" in message and "'frontex_route_month'" in message
        assert len(message.splitlines()) == 1 and str(tmp_path) not in message


FIELDS = data.resource("frontex_route_month")["schema"]["fields"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(MONTHS.replace(",", ";"), "is separated by semicolons", id="semicolons"),
        pytest.param("\ufeff" + MONTHS.replace(",", ";").replace("\n", "\r\n"), "by semicolons", id="dutch-excel"),
        pytest.param('"month";"route";"detections"\n"2015-01";"Other";"5"\n', "by semicolons", id="quoted"),
        pytest.param(MONTHS.replace(",", "\t"), "is separated by tabs", id="tabs"),
        pytest.param("sep=;\n" + MONTHS.replace(",", ";"), "begins with a line 'sep=;'", id="sep"),
        pytest.param(MONTHS.encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(workbook(), "is an Excel workbook", id="xlsx"),
        pytest.param("", "is empty", id="empty"),
    ],
)
def test_a_shipped_table_has_one_form(tmp_path, content, said):
    with pytest.raises(data.DataError) as refused:
        cells.read(file(tmp_path, content), FIELDS, "frontex_route_month")
    message = str(refused.value)
    assert said in message and "own.csv" in message and "'frontex_route_month'" in message
    assert len(message.splitlines()) == 1 and str(tmp_path) not in message


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("month,Route,detections", ["'route': missing-label", "'Route': extra-label"]),
        ("month,route,detections,route", ["'route': duplicate-label"]),
        ("month,route,detections,remark", ["'remark': extra-label"]),
        ("month,detections", ["'route': missing-label"]),
    ],
)
def test_a_header_of_a_shipped_table_that_differs_shows_the_one_expected(tmp_path, header, said):
    path = file(tmp_path, header + "\n" + "1," * header.count(",") + "1\n")
    with pytest.raises(data.DataError) as refused:
        cells.read(path, FIELDS, "frontex_route_month")
    for part in [*said, "the header has to be: month,route,detections", "line 1", "in datapackage.json"]:
        assert part in str(refused.value)


def test_cells_of_a_shipped_table_stay_as_they_are_written(tmp_path):
    written = 'month,route,detections\n01-03-2024," NA ",4.0\n2024-03-01,"1,5",NA\n'
    found = cells.read(file(tmp_path, written), FIELDS, "frontex_route_month")
    assert found.rows == [["01-03-2024", " NA ", "4.0"], ["2024-03-01", "1,5", "NA"]]
    assert found.lines == [2, 3] and not found.own and not found.said


@pytest.mark.parametrize("secret", ["root:x:0:0:root:/root:/bin/bash\n", '{"token": "s3cret"}\n', "root\n", "\nroot\n"])
def test_a_file_that_is_no_table_is_not_quoted(tmp_path, secret):
    with pytest.raises(data.DataError) as refused:
        data.load("frontex_route_month", file(tmp_path, secret * 3))
    assert "none of the table's columns" in str(refused.value)
    assert "root" not in str(refused.value) and "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("31 March 2025,A,1.5,2", "column 'day', value '31 March 2025': type-error: not a date; write 2025-03-31"),
        ('2025-03-31,A,"1;5",2', "column 'lon', value '1;5': type-error: not a number, with a point in decimals"),
        ("2025-03-31,A,1,5,2", "value '2': extra-cell: 5 cells under 4 columns"),
        ("2025-03-31,A,1.5", "column 'dead': missing-cell: 3 cells under 4 columns"),
        ("2025-03-31,A,1.5,1.234", "column 'dead', value '1.234': type-error: not a whole number"),
        ("2025-03-31,A,1.5,4.000", "column 'dead', value '4.000': type-error: not a whole number without a thousands"),
        ("2025-03-31,A,1.5,1.5E+06", "column 'dead', value '1.5E+06': type-error"),
        ("2025-03-31,A,1.5,1 000", "column 'dead', value '1 000': type-error"),
        ("2025-03-31,A,1.5,1_000", "column 'dead', value '1_000': type-error"),
        ("2025-03-31,A,1.5,٥", "column 'dead', value '٥': type-error"),
        ("2025-03-31,A,1.5,99999999999999999999", "column 'dead', value '99999999999999999999': type-error"),
        ("2025-03-31,A,none,5", "column 'lon', value 'none': type-error"),
        ("2025-03-31,A,-inf,5", "column 'lon', value '-inf': type-error"),
        ("2025-03-31,A,1e999,5", "column 'lon', value '1e999': type-error"),
        ("2025-02-30,A,1.5,5", "column 'day', value '2025-02-30': type-error"),
        ("0000-01-01,A,1.5,5", "column 'day', value '0000-01-01': type-error"),
        (",,,\n2025-03-31,A,1.5,5", "blank-row"),
        ("2025-03-31,A," + "x" * 999 + ",5", f"value '{'x' * 80}…': type-error"),
    ],
)
def test_a_value_in_another_form_says_which_form(tmp_path, row, said):
    path = file(tmp_path, HEAD + "2025-03-30,A,1.5,2\n" + row + "\n")
    with pytest.raises(data.DataError, match=r"own\.csv, line 3[,:] ") as refused:
        data.read(path, DEATHS, "deaths")
    assert said in str(refused.value)


@pytest.mark.parametrize("month", ["2009-1", "1-2009", "jan-09", "2009-00", "2009M13", "200901", "13-2009"])
def test_a_month_in_another_form_says_which_form(tmp_path, month):
    with pytest.raises(data.DataError, match=rf"line 2, column 'month', value '{month}': .*not a month; write 2025-03"):
        data.load("frontex_route_month", file(tmp_path, f"month,route,detections\n{month},Other,5\n"))


def test_lines_are_those_of_the_file_also_below_a_cell_of_several(tmp_path):
    with pytest.raises(data.DataError, match=r"own\.csv, line 4, column 'dead', value 'x'"):
        data.read(file(tmp_path, HEAD + '2025-03-31,"A\nB",1,2\n2025-03-31,C,1,x\n'), DEATHS, "deaths")


def test_columns_in_another_order_are_the_same_table(tmp_path):
    found = data.load(
        "frontex_route_month", file(tmp_path, "detections,month,route\n5,2015-01,Other\n6,2015-02,Other\n")
    )
    pd.testing.assert_frame_equal(found, data.load("frontex_route_month", file(tmp_path, MONTHS, "same.csv")))


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    assert list(data.load("frontex_route_month", file(tmp_path, "\ufeff" + MONTHS))) == ["month", "route", "detections"]


CELLS = {
    "day": st.dates().map(str) | st.sampled_from(["", "2025-3-1", "2025-03-31 ", "2025/03/31", "NA"]),
    "place": st.text(st.characters(exclude_categories=["C"]) | st.sampled_from('\n\r,"; ')) | st.just("NA"),
    "lon": st.floats().map(str) | st.sampled_from(["", "1.", ".5", "1e3", "+1", "1_0", "0x1", " 1", "١", "."]),
    "dead": st.integers().map(str) | st.sampled_from(["", "+5", "05", "5.0", "1_0", " 5", "5 ", "١", "true", "4.000"]),
}
GONE = {"", "NA", "nan", "."}


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=4), st.permutations(list(CELLS)))
def test_what_is_valid_is_read_as_what_its_cells_say(tmp_path_factory, rows, order):
    text = io.StringIO()
    written = csv.DictWriter(text, order, quoting=csv.QUOTE_ALL)
    written.writeheader()
    written.writerows(rows)
    path = file(tmp_path_factory.getbasetemp(), text.getvalue(), "any.csv")
    try:
        table = data.read(path, DEATHS, "deaths")
    except data.DataError as refused:
        assert "any.csv, line " in str(refused) or "header and no rows" in str(refused)
        return
    kept = [row for row in rows if any(map(str.strip, row.values()))] if len(table) < len(rows) else rows
    for row, (_, found) in zip(kept, table.iterrows(), strict=True):
        missing = {name: cell == "" if name == "place" else cell in GONE for name, cell in row.items()}
        assert {name: pd.isna(found[name]) for name in row} == missing
        assert pd.isna(found["day"]) or f"{found['day']:%Y-%m-%d}" == row["day"].strip().replace("/", "-")
        assert pd.isna(found["place"]) or found["place"] == row["place"]
        assert pd.isna(found["lon"]) or found["lon"] == float(row["lon"])
        assert pd.isna(found["dead"]) or found["dead"] == int(row["dead"].strip().removesuffix(".0"))
