"""Grids of states and timelines: what they draw, and what they refuse."""

import altair as alt
import pandas as pd
import pytest
import vl_convert as vlc

from lib import charts
from steps.book.pictures import version

STATES = {"yes": ("it was", charts.GREEN, "+"), "silent": ("nothing is said", charts.SHADE, "?")}
CELLS = pd.DataFrame(
    {"who": ["A", "A", "B", "B"], "what": ["x", "y", "x", "y"], "state": ["yes", "silent", "silent", "yes"]}
)


def texts(chart):
    spec = chart.to_dict()
    svg = vlc.vegalite_to_svg(spec, vl_version=version(spec))
    return [part.split("<")[0] for part in svg.split(">") if part.split("<")[0].strip()]


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_every_cell_has_its_sign_and_the_legend_explains_it(width):
    drawn = texts(charts.matrix(
        CELLS, width, row="who", column="what", state="state", states=STATES, rows=["B", "A"], columns=["y", "x"]
    ))  # fmt: skip
    assert drawn.count("+") == 2 and drawn.count("?") == 2
    assert "+  it was" in drawn and "?  nothing is said" in drawn
    assert drawn.index("B") < drawn.index("A") and drawn.index("y") < drawn.index("x")


def events(*rows):
    return pd.DataFrame(rows, columns=["date", "precision", "lane", "kind", "label"])


def test_a_date_spans_what_its_precision_leaves_open():
    found = charts.spans(
        events(
            ("2022", "year", "A", "k", "l"), ("2022-02", "month", "A", "k", "l"), ("2022-02-03", "day", "A", "k", "l")
        )
    )
    assert found["begin"].dt.strftime("%Y-%m-%d").tolist() == ["2022-01-01", "2022-02-01", "2022-02-03"]
    assert found["end"].dt.strftime("%Y-%m-%d").tolist() == ["2022-12-31", "2022-02-28", "2022-02-03"]
    assert found["middle"].iloc[2] == pd.Timestamp("2022-02-03")


def test_a_date_that_pretends_to_more_than_it_says_is_refused():
    with pytest.raises(ValueError, match="'2022' is not as precise as 'month'"):
        charts.spans(events(("2022", "month", "A", "k", "l")))


def test_a_timeline_draws_lanes_in_order_and_only_its_window():
    rows = charts.spans(
        events(
            ("2022-05", "month", "B", "talk", "in"),
            ("1999", "year", "A", "deal", "before"),
            ("2023", "year", "A", "talk", "in"),
        )
    )
    kinds = {"talk": (charts.BLUE, "circle"), "deal": (charts.GREEN, "square")}
    chart = charts.timeline(
        rows, lane="lane", lanes=["B", "A"], kind="kind", kinds=kinds, since="2020-01-01", until="2024-12-31", columns=2
    ).properties(width=300, height=100)  # fmt: skip
    assert isinstance(chart, alt.LayerChart)
    drawn = texts(chart)
    assert drawn.index("B") < drawn.index("A")
    assert "talk" in drawn and "deal" not in drawn
