"""The return chapter: its ledger against Table 1, a researcher's own panel instead of the simulated one, bad panels."""

import csv
import io
import json
import re
import shutil

import pandas as pd
import pytest
from conftest import write_rows
from papermill.exceptions import PapermillExecutionError

from lib import charts, data
from lib.ledger import verdicts
from lib.ledger.claims import ClaimError, Ledger
from lib.ledger.results import outputs
from lib.returns import panel, triple

CHAPTER, SUPPLEMENT = "return", "return_panel"
COUNTRIES = {"EGY": "egypt", "IRQ": "iraq", "MAR": "morocco", "NGA": "nigeria", "TUR": "turkiye"}
OUTCOMES = {
    "processing_days": "time",
    "confirmations_given": "confirmations",
    "laissez_passers_given": "laissez-passers",
    "forced_departures": "departures",
}
TOTALS = {"morocco-documents": 693, "morocco-forced": 485, "iraq-requested": 404, "iraq-issued": 23, "iraq-forced": 8}
PANEL = "return_panel"
MONTE_CARLO = {f"monte_carlo_{name}" for name in ("size", "table1", "designs", "honest")}  # made by our own code


@pytest.fixture(scope="module")
def ledger():
    """The chapter's claims by what follows the chapter's name in their id."""
    return {id.removeprefix("return-"): claim for id, claim in Ledger(CHAPTER).claims.items()}


@pytest.fixture(scope="module")
def shipped():
    """The shipped panel as text, to be spoiled."""
    with (data.PACKAGE.parent / "return_panel.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def few(shipped):
    """The panel of six countries, which is as good as the whole to be refused and is read in a fraction of the time."""
    return [row for row in shipped if row["country"] in {*COUNTRIES, "TUN"}]


def test_the_ledger_holds_every_cell_of_table_1(ledger):
    table = data.load("report_return_effects")
    cells = {f"table-{COUNTRIES[row.country]}-{OUTCOMES[row.outcome]}": row.effect for row in table.itertuples()}
    in_ledger = {id: claim for id, claim in ledger.items() if re.fullmatch(r"table-\w+-[\w-]+", id)}
    assert in_ledger.keys() == cells.keys() and len(cells) == 20
    numbers = {id: float(claim.value) for id, claim in in_ledger.items() if claim.value != "none shown"}
    assert numbers == {id: effect for id, effect in cells.items() if pd.notna(effect)}
    assert len(numbers) == 15
    assert {claim.evidence for claim in in_ledger.values()} == {"restricted"}
    assert {claim.footnote for claim in in_ledger.values()} == {44}


def test_the_ledger_holds_the_totals_and_enough_else(ledger):
    assert {id: float(ledger[id].value) for id in TOTALS} == TOTALS
    assert len(ledger) >= 45


def test_only_a_reader_who_holds_the_data_can_test_restricted_claims():
    id = "return-iraq-issued"
    without, holder = Ledger(CHAPTER), Ledger(CHAPTER, enforce=False, held=True)
    [result] = without.check_restricted({id: 23}).results
    assert (result.verdict, result.computed) == (verdicts.NOT_PUBLIC, None)
    assert [holder.check_restricted({id: 23}).results[0].verdict] == [verdicts.CONFIRMED]
    with pytest.raises(ClaimError, match=f"{id}.*its evidence is restricted"):
        Ledger(CHAPTER).check({id: 23})


@pytest.mark.parametrize("computed, found", [(24, verdicts.DIFFERS), (None, verdicts.NOT_PUBLIC)])
def test_held_data_can_contradict_the_report_or_say_nothing(computed, found):
    holder = Ledger(CHAPTER, enforce=False, held=True)
    [result] = holder.check_restricted({"return-iraq-issued": computed}).results
    assert result.verdict == found


def test_a_copy_of_the_panel_is_somebody_elses_data(tmp_path):
    own = shutil.copy(data.PACKAGE.parent / "return_panel.csv", tmp_path / "mine.csv")
    pd.testing.assert_frame_equal(data.load(PANEL, own), data.load(PANEL))
    source = data.describe(PANEL, own)
    assert (source.publisher, source.status, source.caveats) == ("own file mine.csv", "own file", ())


@pytest.fixture(scope="module")
def own(run_chapter, tmp_path_factory):
    """The chapter and its supplement after a run on the shipped panel as somebody's own file, and on own quarters."""
    file = tmp_path_factory.mktemp("own") / "mine.parquet"
    data.load(PANEL).to_parquet(file)
    returns = shutil.copy(data.PACKAGE.parent / f"{triple.TABLE}.csv", file.with_name("estat.csv"))
    ran = run_chapter(CHAPTER, panel=str(file))
    return ran, run_chapter(SUPPLEMENT, panel=str(file), eurostat_returns=str(returns))


@pytest.fixture(scope="module")
def figures(own):
    """The figures of that run."""
    return [figure for ran in own for figure in outputs(ran, charts.MIMETYPE)]


@pytest.fixture(scope="module")
def claims(own):
    """The claims of that run, by id."""
    [summary] = [found for ran in own for found in outputs(ran, verdicts.MIMETYPE)]  # the supplement has none
    return {claim["id"].removeprefix("return-"): claim for claim in summary["claims"]}


def stamps(record):
    """Where a figure says SIMULATED: in its charts, its table, its file and the names of its files."""
    first, *rows = csv.reader(io.StringIO(record["csv"]))
    return {
        *("SIMULATED" in json.dumps(record["specs"][size]) for size in ("wide", "narrow")),
        record["table"].count("<td>SIMULATED</td>") == record["rows"],
        (first[0], {row[0] for row in rows}) == ("data", {"SIMULATED"}),
        record["file"] == f"{record['id']}-simulated",
    }


def sources(record):
    return {source["name"] for source in record["sources"]}


@pytest.mark.book
def test_no_figure_of_an_own_panel_is_stamped_and_every_monte_carlo_figure_is(figures):
    drawn = {record["id"] for record in figures if PANEL in sources(record)}
    made_up = {record["id"] for record in figures if MONTE_CARLO & sources(record)}
    assert drawn == {"fig-morocco", "fig-estimators", "fig-detectable"} and made_up == {"fig-worlds", "fig-cells"}
    for record in figures:
        assert stamps(record) == {record["id"] in made_up}, record["id"]


@pytest.mark.book
def test_figures_of_an_own_panel_read_like_figures_on_real_data(figures):
    for record in figures:
        if PANEL in sources(record):
            lines = [source["line"] for source in record["sources"]]
            assert "own file mine.parquet" in " ".join(lines), record["id"]
            said = [*lines, *(record[name] for name in ("title", "subtitle", "alt", "note", "table"))]
            assert "simulated" not in " ".join(said).lower(), record["id"]
            assert record["title"][0].isupper() or record["title"][0].isdigit(), record["id"]


@pytest.mark.book
def test_tables_of_the_shipped_panel_say_simulated_and_those_of_an_own_one_do_not(book, own):
    page = (book / "book" / "chapters" / f"{SUPPLEMENT}.html").read_text(encoding="utf-8")
    shown = [str(output["data"]) for cell in own[1].cells for output in cell.get("outputs", []) if "data" in output]
    for heading in ("Estimate", "Years from the start", "Forced departures to Morocco"):
        assert f"<th>{heading} (SIMULATED)</th>" in page
        assert any(f"<th>{heading}</th>" in html for html in shown)


@pytest.mark.book
def test_the_comparison_of_pairs_runs_on_a_readers_own_file(figures):
    [record] = [record for record in figures if triple.TABLE in sources(record)]
    lines = " ".join(source["line"] for source in record["sources"])
    said = [lines, *(record[name] for name in ("title", "subtitle", "alt", "note", "table"))]
    assert record["id"] == "fig-triple" and "own file estat.csv" in lines
    assert stamps(record) == {False} and "simulated" not in " ".join(said).lower()


@pytest.mark.book
def test_claims_that_need_the_restricted_data_are_tested_on_an_own_panel(claims, ledger):
    assert claims.keys() == ledger.keys()
    restricted = {id for id, claim in ledger.items() if claim.evidence == "restricted"}
    numbers = {id for id in restricted if id.startswith("table-") and ledger[id].value != "none shown"}
    calibrated = numbers | TOTALS.keys()
    assert len(numbers) == 15 and calibrated < restricted
    assert {id: claims[id]["verdict"] for id in calibrated} == dict.fromkeys(calibrated, "confirmed")
    assert [id for id in restricted if not claims[id]["computed"]] == []


@pytest.mark.book
def test_an_own_panel_leaves_every_other_verdict_as_it_is(claims):
    others = {id: claim for id, claim in claims.items() if claim["evidence"] != "restricted"}
    assert {id: claim["verdict"] for id, claim in others.items()} == {id: c["expect"] for id, c in others.items()}


@pytest.mark.book
def test_a_panel_without_a_partner_of_table_1_ends_the_run_with_its_name_and_the_cell(run_chapter, few, tmp_path):
    short = write_rows(tmp_path / "short.csv", [row for row in few if row["country"] not in ("EGY", "NGA")])
    with pytest.raises(PapermillExecutionError) as failed:
        run_chapter(CHAPTER, panel=str(short))
    assert "the panel has no rows for EGY, NGA" in failed.value.evalue
    assert "five countries of Table 1" in failed.value.evalue
    assert failed.value.ename == "PanelError"
    assert 'data.load("return_panel", panel)' in failed.value.source


def twice(table):
    return [*table, next(row for row in table if (row["country"], row["month"]) == ("MAR", "2020-05"))]


def gap(table):
    return [row for row in table if (row["country"], row["month"]) != ("MAR", "2020-05")]


def negative(table):
    return [row | {"forced_departures": "-4"} if row["country"] == "NGA" else row for row in table]


def unknown(table):
    return [row | {"country": "XQX"} if row["country"] == "TUN" else row for row in table]


def late(table):
    return [row for row in table if row["country"] != "IRQ" or row["month"] >= "2024-07"]


def more_given(table):
    return [row | {"laissez_passers_given": "90000"} if row["country"] == "NGA" else row for row in table]


@pytest.mark.parametrize(
    "spoil, said",
    [
        (twice, ["mine.csv, line ", "MAR", "2020-05", "primary-key"]),
        (gap, ["MAR, 2020-06", "'month'", "'2020-06'", "month before it is missing"]),
        (negative, ["mine.csv, line ", "'forced_departures'", "'-4'", "minimum"]),
        (unknown, ["XQX, 2016-01", "'country'", "'XQX'", "not a code of the table countries"]),
        (late, ["IRQ, 2024-07", "'month'", "'2024-07'", "no month before it to compare with"]),
        (more_given, ["NGA, 2016-01", "'laissez_passers_given'", "'90000'", "requested"]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_file_that_does_not_fit_is_refused_by_place_value_and_rule(tmp_path, few, spoil, said):
    file = write_rows(tmp_path / "mine.csv", spoil(few))
    with pytest.raises(data.DataError) as refused:
        panel.check_panel(data.load(PANEL, file), panel.starts(data.load("partnership_starts")), data.load("countries"))
    missing = [part for part in said if part not in str(refused.value)]
    assert not missing, str(refused.value)
