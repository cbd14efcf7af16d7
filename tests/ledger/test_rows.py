"""Official rows: those selected, with the line in their file; what does not fit is refused."""

import pytest

from lib import data
from lib.ledger import rows

FILE = (data.PACKAGE.parent / "frontex_route_month.csv").read_text(encoding="utf-8").splitlines()


def test_rows_stand_where_they_say():
    found = rows.select("frontex_route_month", "month >= '2015-10-01' and month <= '2015-10-01'")
    assert len(found) == 9
    for row in found.itertuples():
        assert FILE[row.line - 1] == f"{row.month:%Y-%m},{row.route},{row.detections}"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("month > '2030-01-01'", "selects 0 rows"),
        ("month > '2015-01-01'", "between 1 and 60 are shown"),
        ("months > 3", "does not fit it"),
        ("month >", "does not fit it"),
        ("detections > 'many'", "does not fit it"),
    ],
)
def test_a_selection_that_shows_nothing_or_too_much_is_refused(where, said):
    with pytest.raises(data.DataError, match=said) as refused:
        rows.select("frontex_route_month", where)
    assert "frontex_route_month" in str(refused.value) and where in str(refused.value)


def test_every_claim_in_the_public_record_has_its_documents_among_the_official_rows():
    record, links = data.load("public_record"), rows.links()
    of_documents = links[links["table"] == "public_record"].set_index("claim")["where"]
    assert list(of_documents.index) == list(record["claim"].unique())
    for id, count in record["claim"].value_counts().items():
        assert list(rows.select("public_record", of_documents[id])["claim"]) == [id] * count


def test_an_unknown_table_is_refused():
    with pytest.raises(data.DataError, match="did you mean frontex_route_month"):
        rows.select("frontex_route_months", "month > '2015-01-01'")


@pytest.mark.parametrize(
    "where",
    [
        "@pd.io.common.os.system('touch {file}') == 0",
        "@data.Path('{file}').write_text('x') == 1",
        "month == @__import__('pathlib').Path('{file}').touch()",
        "__import__('pathlib').Path('{file}').touch() == 0",
        "route.map(open) == 'x'",
        "route.str.len() == 3",
        "route.to_csv('{file}') == 0",
        "month.dt.to_pydatetime == 0",
        "month.dt.month.map == 0",
        "route.__class__ == 'x'",
        "route[0] == 'x'",
        "`route` == 'x'",
        "detections + 1 == 2",
        "detections == 9 ** 9 ** 9",
        "(detections := 1) == 1",
        "[route for route in 'ab'] == 'x'",
        "(lambda: 1) == 1",
        "f'{{route}}' == 'x'",
        "route in [open('{file}', 'w')]",
        "detections > 1 & detections < 3",
        "detections",
        "1 if detections == 1 else 2",
        "detections is 1",
        "1 == 1",
        "route == ['Other']",
        "['Other'] in route",
        "route in []",
        "b'x' == route",
        "(" * 300 + "detections == 1" + ")" * 300,
        "detections == 1\0",
        "",
    ],
)
def test_an_expression_that_could_do_more_than_compare_is_refused_before_it_runs(where, tmp_path):
    made = tmp_path / "made"
    with pytest.raises(data.DataError, match=r"does not fit it.*write comparisons of its columns with constants"):
        rows.select("frontex_route_month", where.format(file=made))
    assert not made.exists()


@pytest.mark.parametrize(
    ("where", "number"),
    [
        ("month == '2015-10-01' and not detections < 10000", 2),
        ("'2015-09-01' < month <= '2015-10-01' and route not in ['Other']", 8),
        ("month.dt.year == 2015 and month.dt.month in [10, 11] and route == 'Other'", 2),
        ("month == '2015-10-01' and (route == '@Other' or route == 'Other')", 1),
        ("month == '2015-10-01' and detections > -1", 9),
        ("month in ['2015-10-01', '2015-11-01'] and route != 'Other'", 16),
    ],
)
def test_comparisons_select_what_they_say(where, number):
    assert len(rows.select("frontex_route_month", where)) == number
