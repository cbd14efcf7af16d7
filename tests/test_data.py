"""Tables by name: every packaged table is valid and as recorded, and every failure says where and why."""

import datetime
import json
import shutil

import pandas as pd
import pytest

from lib import data

TABLES = sorted(data.resources())
STATUSES = {"reported", "public", "simulated", "restricted"}
RETURNS = "year,member_state,destination,persons,operations\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of two small tables and the package that describes them, to be damaged."""
    described = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    described["resources"] = [r for r in described["resources"] if r["name"] in ("partnership_starts", "countries")]
    for resource in described["resources"]:
        shutil.copy(data.PACKAGE.parent / resource["path"], tmp_path)
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "datapackage.json")
    return tmp_path


def own(folder, text, encoding="utf-8"):
    file = folder / "own.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("name", TABLES)
def test_packaged_table_is_valid_and_the_recorded_file(name):
    data.validate(name)
    resource = data.resource(name)
    file = data.PACKAGE.parent / resource["path"]
    assert data.sha256(file) == resource["sha256"]
    assert file.stat().st_size == resource["bytes"]
    content = file.read_bytes()
    assert b"\r" not in content and content.endswith(b"\n") and not content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", TABLES)
def test_loaded_types_follow_the_schema(name):
    table = data.load(name)
    fields = data.resource(name)["schema"]["fields"]
    assert list(table.columns) == [field["name"] for field in fields]
    expected = {
        "yearmonth": pd.api.types.is_datetime64_dtype,
        "date": pd.api.types.is_datetime64_dtype,
        "integer": pd.api.types.is_integer_dtype,
        "year": pd.api.types.is_integer_dtype,
        "number": pd.api.types.is_float_dtype,
        "string": pd.api.types.is_string_dtype,
    }
    for field in fields:
        column = table[field["name"]]
        assert expected[field["type"]](column.dtype), field["name"]
        if field.get("constraints", {}).get("required"):
            assert column.notna().all(), field["name"]
        if field["type"] == "yearmonth":
            assert (column.dropna().dt.day == 1).all()


@pytest.mark.parametrize("name", TABLES)
def test_descriptor_is_complete(name):
    resource = data.resource(name)
    for key in ("title", "description", "publisher", "reference_date", "processing", "sha256"):
        assert isinstance(resource[key], str) and resource[key].strip(), key
    assert resource["status"] in STATUSES
    assert resource.get("seen") in (data.SEEN if resource["status"] == "public" else {None})
    assert resource["caveats"] and all(text.strip() for text in resource["caveats"])
    assert resource["sources"] and all(source["title"] for source in resource["sources"])
    assert resource["licenses"] and all(licence["title"] for licence in resource["licenses"])
    for field in resource["schema"]["fields"]:
        assert field["title"] and field["description"], field["name"]
        if field["type"] == "number":
            assert field["unit"], field["name"]
    names = [field["name"] for field in resource["schema"]["fields"]]
    assert set(resource["schema"].get("primaryKey", [])) <= set(names)


@pytest.mark.parametrize(
    "text, parts",
    [
        pytest.param(RETURNS + "2020,A,G,five,1\n", ["line 2", "'persons'", "'five'", "type-error"], id="type"),
        pytest.param(RETURNS + "2020,A,G,5.5,1\n", ["line 2", "'persons'", "'5.5'", "type-error"], id="decimal"),
        pytest.param(RETURNS + "2020,A,G,1,1\n2020,B,G,-1,1\n", ["line 3", "'persons'", "'-1'", "minimum"], id="min"),
        pytest.param(RETURNS + "2020,,G,1,1\n", ["line 2", "'member_state'", "required"], id="required"),
        pytest.param(RETURNS + "2020,A,G,1,1\n2020,A,G,2,1\n", ["line 3", "primary-key", "as in line 2"], id="key"),
        pytest.param(
            "year,member_state,destination,persons\n2020,A,G,1\n", ["there is no column 'operations'"], id="less"
        ),
        pytest.param(RETURNS + "2020,A,G,1,1,7\n", ["line 2", "'7'", "extra-cell"], id="cell-too-many"),
        pytest.param(RETURNS + "2020,A,G,1\n", ["line 2", "'operations'"], id="cell-too-few"),
        pytest.param(RETURNS + "2020,A,G,1,1\n\n2020,B,G,1,1\n", ["line 3", "blank-row"], id="blank"),
        pytest.param("", ["empty"], id="empty-file"),
    ],
)
def test_own_file_is_refused_with_place_and_rule(tmp_path, text, parts):
    file = own(tmp_path, text)
    for read in (data.load, data.validate):
        with pytest.raises(data.DataError) as refused:
            read("frontex_returns_year", file)
        for part in ["own.csv", *parts]:
            assert part in str(refused.value)
        assert "schema" not in str(refused.value) and "datapackage" not in str(refused.value)


@pytest.mark.parametrize(
    "name, text, parts",
    [
        (
            "frontex_route_month",
            "month,route,detections\n2015-01,Moon Route,4\n",
            ["line 2", "'route'", "'Moon Route'", "enum"],
        ),
        ("frontex_route_month", "month,route,detections\n2015-13,Other,4\n", ["line 2", "'month'", "'2015-13'"]),
        ("frontex_route_month", "month,route,detections\n2008-12,Other,4\n", ["line 2", "'month'", "minimum"]),
        ("asylum_netherlands_year", "citizenship,year,applicants\nmar,2015,5\n", ["'citizenship'", "'mar'", "pattern"]),
    ],
)
def test_rules_of_other_tables(tmp_path, name, text, parts):
    with pytest.raises(data.DataError) as refused:
        data.load(name, own(tmp_path, text))
    assert all(part in str(refused.value) for part in parts)


def test_only_the_first_errors_are_shown_and_the_rest_counted(tmp_path):
    rows = "".join(f"2020,A,G{n},x,1\n" for n in range(8))
    with pytest.raises(data.DataError) as refused:
        data.load("frontex_returns_year", own(tmp_path, RETURNS + rows))
    assert str(refused.value).count("own.csv, line") == data.SHOWN_ERRORS
    assert "3 more" in str(refused.value)


def test_own_file_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(data.DataError, match="encoding"):
        data.load("frontex_returns_year", own(tmp_path, RETURNS + "2020,Türkiye,G,1,1\n", "latin-1"))


@pytest.mark.parametrize("before, newline", [("", "\n"), ("\ufeff", "\n"), ("", "\r\n")], ids=["plain", "bom", "crlf"])
def test_own_file_is_read_and_na_stays_text(tmp_path, before, newline):
    text = before + (RETURNS + "2020,NA,Côte d'Ivoire,5,1\n").replace("\n", newline)
    row = data.load("frontex_returns_year", own(tmp_path, text)).iloc[0]
    assert row.to_dict() == {
        "year": 2020,
        "member_state": "NA",
        "destination": "Côte d'Ivoire",
        "persons": 5,
        "operations": 1,
    }


def test_own_file_as_text_path_and_home(tmp_path, monkeypatch):
    own(tmp_path, RETURNS + "2020,A,G,5,1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(data.load("frontex_returns_year", str(tmp_path / "own.csv"))) == 1
    assert len(data.load("frontex_returns_year", "~/own.csv")) == 1


def test_an_empty_path_means_the_shipped_file():
    pd.testing.assert_frame_equal(data.load("countries", ""), data.load("countries"))


def parquet(folder, columns):
    file = folder / "own.parquet"
    (columns if isinstance(columns, pd.DataFrame) else pd.DataFrame(columns)).to_parquet(file)
    return file


FLOWS = {"route": ["Other", "Other"], "detections": [5, 6]}


@pytest.mark.parametrize(
    "months",
    [
        pytest.param(["2015-01", "2015-02"], id="text"),
        pytest.param(pd.to_datetime(["2015-01-01", "2015-02-01"]), id="timestamps"),
        pytest.param(pd.to_datetime(["2015-01-01", "2015-02-01"]).astype("datetime64[ns]"), id="nanoseconds"),
        pytest.param([datetime.date(2015, 1, 1), datetime.date(2015, 2, 1)], id="dates"),
        pytest.param(pd.period_range("2015-01", periods=2, freq="M"), id="periods"),
        pytest.param(pd.Categorical(["2015-01", "2015-02"]), id="categories"),
    ],
)
def test_parquet_months_in_every_usual_form(tmp_path, months):
    table = data.load("frontex_route_month", parquet(tmp_path, {"month": months} | FLOWS))
    assert table["month"].tolist() == [pd.Timestamp("2015-01-01"), pd.Timestamp("2015-02-01")]
    assert table["detections"].tolist() == [5, 6] and table["detections"].dtype == "int64"


@pytest.mark.parametrize("month", ["2015-01-31", "2015-01-01 06:00"])
def test_a_parquet_day_is_not_taken_for_a_month(tmp_path, month):
    with pytest.raises(data.DataError, match=rf"own\.parquet, line 2, column 'month', value '{month}.* month"):
        data.load("frontex_route_month", parquet(tmp_path, {"month": [pd.Timestamp(month)] * 2} | FLOWS))


def test_every_shipped_table_is_the_same_as_parquet(tmp_path):
    for name in ("return_panel", "migration_events", "deaths_place", "countries"):
        table = data.load(name)
        pd.testing.assert_frame_equal(data.load(name, parquet(tmp_path, table)), table)


RETURNED = {
    "year": [2020],
    "member_state": ["NA"],
    "destination": ["Côte d'Ivoire, A"],
    "persons": [5],
    "operations": [1],
}


def test_parquet_labels_and_order_of_columns_say_nothing(tmp_path):
    table = pd.DataFrame(RETURNED, index=[7])[list(RETURNED)[::-1]]
    assert data.load("frontex_returns_year", parquet(tmp_path, table)).iloc[0].to_dict() == {
        name: values[0] for name, values in RETURNED.items()
    }
    keyed = pd.DataFrame(RETURNED).set_index(["year", "member_state"])
    assert list(data.load("frontex_returns_year", parquet(tmp_path, keyed))) == list(RETURNED)


@pytest.mark.parametrize(
    "change, parts",
    [
        pytest.param({"persons": [5.5]}, ["line 2", "'persons'", "'5.5'", "type-error"], id="fraction"),
        pytest.param({"persons": [True]}, ["line 2", "'persons'", "'True'", "type-error"], id="truth"),
        pytest.param({"persons": [float("inf")]}, ["line 2", "'persons'", "'inf'", "type-error"], id="endless"),
        pytest.param({"persons": [None]}, ["line 2", "'persons'", "required"], id="missing"),
        pytest.param({"persons": [-5.0]}, ["line 2", "'persons'", "'-5'", "minimum"], id="negative"),
        pytest.param({"persons": [[5]]}, ["'persons'", "list<", "has no place"], id="list"),
        pytest.param({"destination": [b"x"]}, ["'destination'", "binary", "has no place"], id="bytes"),
    ],
)
def test_parquet_is_refused_with_place_and_rule(tmp_path, change, parts):
    file = parquet(tmp_path, RETURNED | change)
    for read in (data.load, data.validate):
        with pytest.raises(data.DataError) as refused:
            read("frontex_returns_year", file)
        for part in ["own.parquet", *parts]:
            assert part in str(refused.value)
        assert str(tmp_path) not in str(refused.value)


def test_parquet_without_a_column_or_a_row(tmp_path):
    with pytest.raises(data.DataError, match=r"own\.parquet: there is no column 'operations'"):
        data.load("frontex_returns_year", parquet(tmp_path, pd.DataFrame(RETURNED).drop(columns="operations")))
    with pytest.raises(data.DataError, match=r"own\.parquet has a header and no rows"):
        data.load("frontex_returns_year", parquet(tmp_path, pd.DataFrame(RETURNED).iloc[:0]))


def test_a_month_that_only_the_validator_can_read(tmp_path):
    with pytest.raises(
        data.DataError, match=r"own\.csv, line 2, column 'month', value '20150-1': type-error.*write 2025-03"
    ):
        data.load("frontex_route_month", own(tmp_path, "month,route,detections\n20150-1,Other,5\n"))


def test_a_file_that_is_no_parquet(tmp_path):
    file = tmp_path / "own.parquet"
    file.write_text(RETURNS + "2020,A,G,5,1\n", encoding="utf-8")
    with pytest.raises(data.DataError, match=r"'frontex_returns_year': own\.parquet cannot be read as Parquet"):
        data.load("frontex_returns_year", file)


def test_whole_numbers_kept_as_floats_in_parquet(tmp_path):
    columns = dict.fromkeys(data.load("claims").columns, ["x"] * 2) | {"id": ["a-b", "a-c"], "footnote": [58.0, None]}
    columns |= {"section": ["1"] * 2, "kind": ["count"] * 2, "evidence": ["public"] * 2, "expect": ["confirmed"] * 2}
    columns |= {"whose": ["report"] * 2}
    table = data.load("claims", parquet(tmp_path, columns | {"chapter": ["a"] * 2}))
    assert table["footnote"].iloc[0] == 58 and table["footnote"].isna().tolist() == [False, True]


def test_any_schema_can_be_read(tmp_path):
    schema = {"fields": [{"name": "n", "type": "integer", "constraints": {"maximum": 3}}]}
    assert data.read(own(tmp_path, "n\n3\n"), schema, "numbers")["n"].tolist() == [3]
    with pytest.raises(data.DataError, match=r"'numbers'.*\n.*own\.csv, line 2, column 'n', value '4'.*maximum"):
        data.read(own(tmp_path, "n\n4\n"), schema, "numbers")


def test_missing_numbers_stay_missing(tmp_path):
    header = ",".join(data.load("claims").columns) + "\n"
    rows = "a-b,a,1,,S,count,1,,,1,public,confirmed,report,,\na-c,a,1,58,S,count,NA,,,1,public,confirmed,report,,\n"
    table = data.load("claims", own(tmp_path, header + rows))
    assert table["footnote"].dtype == "Int64"
    assert table["footnote"].isna().tolist() == [True, False] and table["footnote"].iloc[1] == 58
    assert table["value"].tolist() == ["1", "NA"]
    assert table["note"].isna().all()


def test_unknown_place_is_missing_not_zero():
    places = data.load("deaths_place")
    assert places["lon"].isna().any()
    assert (places["lon"].isna() == places["lat"].isna()).all()


@pytest.mark.parametrize("call", [data.load, data.resource, data.describe, data.validate])
def test_unknown_table_names_the_nearest(call):
    with pytest.raises(data.DataError, match=r"frontex_rout_month.*did you mean frontex_route_month"):
        call("frontex_rout_month")


def test_unknown_table_without_a_near_name_lists_all():
    with pytest.raises(data.DataError) as refused:
        data.load("zzz")
    assert all(name in str(refused.value) for name in TABLES)


def test_missing_files_say_what_to_do(package):
    with pytest.raises(data.DataError, match=r"nowhere\.csv does not exist; check the parameter"):
        data.load("countries", package / "nowhere.csv")
    (package / "countries.csv").unlink()
    with pytest.raises(data.DataError, match=r"countries\.csv does not exist; restore it"):
        data.load("countries")


def test_a_changed_shipped_file_is_refused_even_when_valid(package):
    assert len(data.load("partnership_starts")) == 6
    file = package / "partnership_starts.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2023-05", "2023-06", 1), encoding="utf-8")
    data.validate("partnership_starts")
    with pytest.raises(data.DataError, match="make describe"):
        data.load("partnership_starts")


def test_a_changed_shipped_file_that_is_invalid_names_the_row(package):
    file = package / "partnership_starts.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2023-05", "May 2023", 1), encoding="utf-8")
    with pytest.raises(data.DataError, match=r"partnership_starts\.csv, line 2, column 'start', value 'May 2023'"):
        data.load("partnership_starts")


def test_an_edited_package_is_read_again(package):
    described = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    assert "countries" in data.resources()
    described["resources"] = [r for r in described["resources"] if r["name"] != "countries"]
    data.PACKAGE.write_text(json.dumps(described), encoding="utf-8")
    assert "countries" not in data.resources()


def test_describe():
    found = data.describe("frontex_route_month")
    assert (found.name, found.publisher, found.status) == ("frontex_route_month", "Frontex", "public")
    assert found.licence and found.caveats
    for part in (found.title, found.publisher, found.reference_date, found.status):
        assert part in found.line


def test_a_source_line_says_where_a_source_was_not_seen_whole():
    assert data.describe("frontex_route_month").line.endswith("(public)")
    assert "(public, seen in excerpts)" in data.describe("public_record").line
    assert "(public, as republished by others)" in data.describe("frontex_returns_year").line


def test_describe_own_file_claims_nothing_of_the_publisher(tmp_path):
    found = data.describe("frontex_route_month", tmp_path / "mine.csv")
    assert "mine.csv" in found.line and "own file" in found.line
    assert "Frontex" not in found.publisher and str(tmp_path) not in found.line
    assert found.caveats == () and found.status not in STATUSES
