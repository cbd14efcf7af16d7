"""Grids of states and timelines: what they draw, and what they refuse."""

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert as vlc

from lib import charts
from lib.charts.scales import axis
from lib.charts.timeline import APART, _extents, _rows
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


KINDS = {"talk": (charts.BLUE, "circle"), "deal": (charts.GREEN, "square")}


def timeline(rows, width=charts.WIDE, lanes=("B", "A")):
    return charts.timeline(
        charts.spans(rows),
        width,
        lane="lane",
        lanes=lanes,
        kind="kind",
        kinds=KINDS,
        since="2020-01-01",
        until="2024-12-31",
    )


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_a_timeline_draws_lanes_in_order_and_only_its_window(width):
    chart = timeline(
        events(
            ("2022-05", "month", "B", "talk", "a meeting"),
            ("1999", "year", "A", "deal", "before"),
            ("2023", "year", "A", "talk", "a visit"),
        ),
        width,
    )
    assert isinstance(chart, alt.LayerChart)
    drawn = texts(chart)
    assert drawn.index("B") < drawn.index("A") and {"a meeting", "a visit", "talk"} <= set(drawn)
    assert "deal" not in drawn and "before" not in drawn


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
@pytest.mark.parametrize("seed", range(5))
def test_neither_marks_nor_names_meet_whatever_the_dates(width, seed):
    rng = np.random.default_rng(seed)
    dates = [(f"{rng.integers(2020, 2025)}-{rng.integers(1, 13):02}", "month") for _ in range(12)]
    dates += [(str(rng.integers(2020, 2025)), "year") for _ in range(6)]
    rows = charts.spans(events(*(
        (*date, "A", "talk", "a name that is " + "long " * int(rng.integers(0, 8))) for date in dates
    )))  # fmt: skip
    length = width - 60.0
    placed = _rows(_extents(rows, axis(rows["middle"], domain=("2020-01-01", "2024-12-31")), length, "label"))
    for place, one in enumerate(placed.itertuples()):
        assert one.low <= one.left <= one.right <= one.high
        for other in list(placed.itertuples())[place + 1 :]:
            beside = one.high + APART <= other.low or other.high + APART <= one.low
            assert beside or one.row + one.tall <= other.row or other.row + other.tall <= one.row
    assert placed["low"].min() >= -length * 0.1 and placed["high"].max() <= length * 1.1
    assert placed["row"].min() == 0 and set(range(placed["row"].max())) <= {
        row + more for row, tall in zip(placed["row"], placed["tall"], strict=True) for more in range(tall)
    }


def test_a_timeline_without_an_event_in_its_window_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        timeline(events(("1999", "year", "A", "deal", "before")))
