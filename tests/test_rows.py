"""Official rows: those selected, with the line in their file; what does not fit is refused."""

import pytest

from lib import data, rows

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
    ],
)
def test_a_selection_that_shows_nothing_or_too_much_is_refused(where, said):
    with pytest.raises(data.DataError, match=said) as refused:
        rows.select("frontex_route_month", where)
    assert "frontex_route_month" in str(refused.value) and where in str(refused.value)


def test_an_unknown_table_is_refused():
    with pytest.raises(data.DataError, match="did you mean frontex_route_month"):
        rows.select("frontex_route_months", "month > '2015-01-01'")
