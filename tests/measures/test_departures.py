"""Extra departures and what one costs: hand-made answers, and the chart's formula against the model."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert as vlc

from lib import charts
from lib.measures import departures
from lib.returns.panel import PanelError

MONTHS = pd.date_range("2020-01-01", periods=24, freq="MS")
STARTS = pd.Series({"AAA": pd.Timestamp("2021-01-01"), "BBB": pd.Timestamp("2021-07-01")})
COUNTS = pd.DataFrame(
    [[2.0] * 12 + [5.0] * 12, [1.0] * 18 + [4.0] * 6, [3.0] * 24], index=["AAA", "BBB", "CCC"], columns=MONTHS
)
EFFECTS = pd.DataFrame(
    {"first": [0, 6], "months": [12, 6], "low": [1.0, -1.0], "estimate": [3.0, 0.0], "high": [8.0, 2.0]},
    index=["AAA", "BBB"],
)
# two years of spending, one country from the first month and one from the thirteenth
MODEL = departures.PerDeparture(24, {"AAA": 0, "BBB": 12}, {"AAA": 2.0, "BBB": 1.0})
VALUES = {"spending": 1.2, "share_return": 0.5, "due_to_money": 1.0, "further_years": 0, "discount_rate": 0.0}


def panel(counts):
    rows = counts.rename_axis(index="country", columns="month").stack().rename("forced_departures")
    return rows.reset_index()


def test_a_panel_becomes_countries_by_months_and_one_that_lacks_a_country_is_refused():
    assert departures.counts(panel(COUNTS), ["AAA"]).loc["CCC"].tolist() == [3.0] * 24
    with pytest.raises(PanelError, match="no rows for XXX, YYY; this needs the countries of Table 1"):
        departures.counts(panel(COUNTS), ["AAA", "YYY", "XXX"])


def test_months_in_force_are_counted_from_the_first_month_of_the_spending():
    noise = np.random.default_rng(1).poisson(5, (40, 24)).astype(float)
    donors = pd.DataFrame(noise, index=[f"D{at:02}" for at in range(40)], columns=MONTHS)
    many = pd.concat([COUNTS.loc[["AAA", "BBB"]] * 10, donors])
    found = departures.effects(many, STARTS, ["BBB", "AAA"], begin="2020-07-01", months=18)
    assert found.index.tolist() == ["BBB", "AAA"]
    assert found["first"].tolist() == [12, 6] and found["months"].tolist() == [6, 12]
    assert (found["low"] <= found["estimate"]).all() and (found["estimate"] <= found["high"]).all()
    assert found.at["AAA", "estimate"] == pytest.approx(30, abs=3)  # 20 a month became 50, and the others stayed


def test_intervals_move_with_their_estimates_and_stay_as_wide():
    moved = departures.recentred(EFFECTS, pd.Series({"BBB": 4.0, "AAA": 2.5, "CCC": 9.0}))
    assert moved["estimate"].tolist() == [2.5, 4.0]
    assert moved["low"].tolist() == [0.5, 3.0] and moved["high"].tolist() == [7.5, 6.0]


def test_nobody_extra_left_beyond_all_who_left():
    assert departures.since_start(COUNTS, STARTS, ["AAA", "BBB"]).to_dict() == {"AAA": 5.0, "BBB": 4.0}
    assert departures.before_start(COUNTS, STARTS, ["AAA", "BBB"]).to_dict() == {"AAA": 2.0, "BBB": 1.0}
    assert departures.capped(EFFECTS, pd.Series({"AAA": 5.0}))["high"].tolist() == [5.0, 2.0]
    assert departures.capped(EFFECTS, pd.Series({"AAA": 2.0}))["high"].tolist() == [3.0, 2.0]  # the estimate's own


def test_totals_are_over_the_months_in_force():
    found = departures.totals(EFFECTS)
    assert found[["total_low", "total_estimate", "total_high"]].to_numpy().tolist() == [[12, 36, 96], [-6, 0, 12]]


def test_effects_are_assumptions_by_country():
    found = departures.assumed(EFFECTS.assign(name=["Aland", "Beland"]))
    assert found[["parameter", "label"]].to_numpy().tolist() == [
        ["AAA", "Effect in Aland"],
        ["BBB", "Effect in Beland"],
    ]
    assert found[["low", "mode", "high"]].to_numpy().tolist() == [[1, 3, 8], [-1, 0, 2]]


def test_the_cost_is_spending_over_departures():
    assert MODEL.extra(VALUES) == 2 * 24 + 1 * 12
    assert MODEL.spent(VALUES) == pytest.approx(600_000)
    assert MODEL.cost(VALUES) == pytest.approx(10_000)
    assert MODEL.cost(VALUES | {"due_to_money": 0.25}) == pytest.approx(40_000)
    assert MODEL.cost(VALUES | {"BBB": 6.0}) == pytest.approx(600_000 / (48 + 72))
    assert MODEL.cost(VALUES | {"further_years": 1}) == pytest.approx(600_000 / (2 * 36 + 24))


def test_there_is_no_limit_where_nobody_extra_left():
    assert MODEL.cost(VALUES | {"AAA": 0.0, "BBB": 0.0}) == np.inf
    assert MODEL.cost(VALUES | {"AAA": -3.0}) == np.inf


def test_later_money_and_later_departures_count_for_less():
    dear = VALUES | {"discount_rate": 0.5}
    by_hand = [1.5 ** (-month / 12) for month in range(24)]
    assert MODEL.spent(dear) == pytest.approx(600_000 / 24 * sum(by_hand))
    assert MODEL.extra(dear) == pytest.approx(2 * sum(by_hand) + sum(by_hand[12:]))


@pytest.mark.parametrize(("share", "due", "years", "rate"), [(50, 100, 0, 0), (20, 40, 3, 0), (100, 10, 5, 4)])
def test_a_chart_computes_the_same_cost(share, due, years, rate):
    sliders = {
        "share_return": charts.slider("share", "Share", 0, 100, 1, share),
        "due_to_money": charts.slider("due", "Due", 0, 100, 1, due),
        "further_years": charts.slider("years", "Years", 0, 9, 1, years),
        "discount_rate": charts.slider("rate", "Rate", 0, 9, 1, rate), "BBB": charts.slider("effect", "B", 0, 9, 1, 3),
    }  # fmt: skip
    formula = MODEL.formula({name: slider.field for name, slider in sliders.items()}, 1.2)
    chart = charts.readout(formula, 300, text="format(datum.euros, '.3f')", controls=[*sliders.values()])
    svg = vlc.vegalite_to_svg(json.dumps(chart.to_dict()))
    [said] = re.findall(r">(\d+\.\d{3})<", svg)
    values = {
        "share_return": share / 100,
        "due_to_money": due / 100,
        "further_years": years,
        "discount_rate": rate / 100,
    }
    assert float(said) == pytest.approx(MODEL.cost(VALUES | values | {"AAA": 0.0, "BBB": 3.0}), abs=0.001)
