"""The efficiency chapter: its calculator against the formula, and a researcher's own assumptions and panel."""

import json
import re

import pytest
import vl_convert as vlc
from papermill.exceptions import PapermillExecutionError

from lib import charts, data
from lib.measures import costs
from steps.book import pictures

pytestmark = pytest.mark.book
EXTRA = {"MAR": 5, "NGA": 16}  # months from January 2022 to the start, footnote 43


@pytest.fixture(scope="module")
def calculator(book):
    """The specification of the calculator, as readers download it."""
    return json.loads((book / "book/chapters/figures/fig-calculator.vl.json").read_text(encoding="utf-8"))


def said(spec, **chosen):
    """What the calculator says, in euros, with these sliders."""
    params = [param | {"value": chosen.get(param["name"], param.get("value"))} for param in spec["params"]]
    assert chosen.keys() <= {param["name"] for param in params}
    svg = vlc.vegalite_to_svg(spec | {"params": params}, vl_version=pictures.version(spec))
    return int(re.search(r"€([\d,]+)<", svg).group(1).replace(",", ""))


@pytest.mark.parametrize(
    ("share", "morocco", "nigeria", "years", "discount", "due"),
    [(50, 9.3, 1.4, 0, 2.25, 100), (100, 9.3, 1.4, 0, 0, 100), (5, 0.5, 0, 5, 4, 10), (75, 15, 4, 2, 1, 40)],
)
def test_the_calculator_says_what_the_formula_gives(calculator, share, morocco, nigeria, years, discount, due):
    def value(first, last):
        return costs.present_value(first, last, discount / 100)

    spent = 105e6 / 48 * share / 100 * value(0, 47)
    extra = sum(e * value(EXTRA[c], 47 + 12 * years) for c, e in {"MAR": morocco, "NGA": nigeria}.items())
    found = said(
        calculator, share_picked=share, effect_morocco=morocco, effect_nigeria=nigeria, years_on=years,
        discount=discount, due_to_money=due,
    )  # fmt: skip
    assert found == pytest.approx(spent / (due / 100 * extra), abs=501)


def test_all_the_money_by_hand(calculator):
    # 105 million over 9.3 · 43 + 1.4 · 32 = 444.7 departures
    assert said(calculator, share_picked=100, discount=0) == 236_000


def test_a_researcher_brings_assumptions_and_a_panel(run_chapter, tmp_path):
    data.load("return_panel").to_parquet(tmp_path / "mine.parquet")
    table = data.load("efficiency_assumptions")
    table.loc[table["parameter"] == "share_return", ["low", "high"]] = 0.1
    table.to_csv(tmp_path / "mine.csv", index=False)
    ran = run_chapter("efficiency", panel=str(tmp_path / "mine.parquet"), assumptions_file=str(tmp_path / "mine.csv"))
    figures = {
        out["data"][charts.MIMETYPE]["id"]: json.dumps(out["data"][charts.MIMETYPE], ensure_ascii=False)
        for cell in ran.cells for out in cell.get("outputs", []) if charts.MIMETYPE in out.get("data", {})
    }  # fmt: skip
    assert not [id for id, html in figures.items() if "SIMULATED" in html]
    assert "own file mine.csv" in figures["fig-tornado"] and "own file mine.parquet" in figures["fig-tornado"]
    assert "How much of the spending" not in figures["fig-tornado"]  # a share that is known drives nothing


def test_assumptions_out_of_order_end_the_run_by_name(run_chapter, tmp_path):
    table = data.load("efficiency_assumptions")
    table.loc[table["parameter"] == "further_years", "high"] = 0.0
    table.loc[table["parameter"] == "further_years", "mode"] = 3.0
    table.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(PapermillExecutionError, match=r"further_years: need low ≤ mode ≤ high, not 0\.0, 3\.0, 0\.0"):
        run_chapter("efficiency", assumptions_file=str(tmp_path / "mine.csv"))


def test_two_partners_of_the_same_level_both_stand_in_the_chapter(run_chapter, tmp_path):
    """Nigeria and Egypt began in the same month; with the same departures before it they have the same level."""
    panel = data.load("return_panel")
    rows = panel["country"] == "NGA"
    panel.loc[rows, "forced_departures"] = panel.loc[panel["country"] == "EGY", "forced_departures"].to_numpy()
    panel.to_parquet(tmp_path / "mine.parquet")
    ran = run_chapter("efficiency", panel=str(tmp_path / "mine.parquet"))
    shown = [out["data"].get("text/html", "") for cell in ran.cells for out in cell.get("outputs", []) if "data" in out]
    assert any("Effects on return with their intervals" in html for html in shown)
