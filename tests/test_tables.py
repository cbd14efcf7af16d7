"""Which tables a chapter depends on, what the ledger may hold, and totals known from elsewhere."""

import csv
import json
import re
import shutil

import pandas as pd
import pytest

from lib import claims, data, flows
from steps import tables

CODES = {"nationality", "citizenship", "destination", "country", "iso3"}
CHAPTERS = {"relations", "return", "irregular_migration", "protection", "coherence", "efficiency", "synthesis"}
LEDGER = list(claims.read_ledger().values())


def cell(code, options=""):
    return f"Prose.\n\n```{{code-cell}} ipython3\n{options}{code}\n```\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two chapters with claims, of which only one loads a table."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    for name in ("claims.csv", "datapackage.json"):
        shutil.copy(data.PACKAGE.parent / name, tmp_path / "data")
    (tmp_path / "notebooks" / "irregular_migration.md").write_text(cell('data.load("frontex_route_month")'), "utf-8")
    (tmp_path / "notebooks" / "other.md").write_text(cell("x = 1"), "utf-8")
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    return tmp_path


def rewrite_claims(project, change):
    file = project / "data" / "claims.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def rewrite_package(project, change):
    file = project / "data" / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    change({resource["name"]: resource for resource in package["resources"]})
    file.write_text(json.dumps(package), encoding="utf-8")


def test_loads_are_found_in_cells_only():
    text = (
        'Text with data.load("prose").\n\n```python\ndata.load("example")\n```\n\n'
        + cell('data.load("b")\nx = f(data.load("a", own_file)["month"])')
        + cell('def f():\n    return data.load("c")', ":tags: [hide-input]\n\n")
        + cell('y = data.load("b")\nother.load(name)', "---\ntags: [hide-input]\n---\n")
        + cell('%load_ext x\nz = data.load(\n    "d",\n)\n# data.load("remark")')
    )
    assert tables.loaded(text) == ["a", "b", "c", "d"]
    assert tables.loaded("# No cell\n") == []


@pytest.mark.parametrize(
    "call", ["data.load(name)", 'data.load(f"a_{x}")', "data.load()", 'data.load("a" + x)', "data.load(1)"]
)
def test_computed_names_are_refused(call):
    with pytest.raises(ValueError, match="name the table in quotes") as refused:
        tables.loaded(cell(call))
    assert call.split("(")[0] in str(refused.value)


def test_files_of_a_chapter(project):
    assert tables.files("irregular_migration") == ["data/frontex_route_month.csv"]
    assert tables.files("other") == []


def test_another_chapters_claims_do_not_change_the_fingerprint(project):
    before = tables.fingerprint("irregular_migration"), tables.fingerprint("other")

    def add(rows):
        rows.append(rows[0] | {"id": "other-a", "chapter": "other"})

    rewrite_claims(project, add)
    assert tables.fingerprint("irregular_migration") == before[0]
    assert tables.fingerprint("other") != before[1]


@pytest.mark.parametrize("column", ["value", "precision", "expect", "statement", "note"])
def test_a_chapters_own_claims_change_the_fingerprint(project, column):
    before = tables.fingerprint("irregular_migration"), tables.fingerprint("other")
    rewrite_claims(project, lambda rows: rows[0].update({column: "changed"}))
    assert tables.fingerprint("irregular_migration") != before[0]
    assert tables.fingerprint("other") == before[1]


def test_only_descriptors_of_loaded_tables_change_the_fingerprint(project):
    before = tables.fingerprint("irregular_migration")
    rewrite_package(project, lambda found: found["countries"].update(title="Another"))
    assert tables.fingerprint("irregular_migration") == before
    rewrite_package(project, lambda found: found["frontex_route_month"].update(reference_date="2030-01-01"))
    assert tables.fingerprint("irregular_migration") != before


def test_the_chapters_load_tables_that_exist():
    for chapter in (tables.ROOT / "notebooks").glob("*.md"):
        assert set(tables.loaded(chapter.read_text(encoding="utf-8"))) <= set(data.resources()), chapter.name


@pytest.mark.parametrize("row", LEDGER, ids=lambda row: row.id)
def test_ledger_row_is_consistent(row):
    assert row.chapter in CHAPTERS
    assert row.id.startswith(row.chapter.replace("_", "-") + "-")
    assert re.fullmatch(r"[1-6](\.\d+)*(, box \d)?|summary|reference list|annex \d", row.section)
    assert row.statement.endswith(".") and row.statement[0].isupper() and "\n" not in row.statement
    assert (row.evidence in claims.TESTABLE) == (row.expect != "untestable")
    if row.expect != "confirmed":
        assert row.note, "say why it differs or cannot be tested"
    if row.kind == "date":
        pattern = {"year": r"\d{4}", "month": r"\d{4}-(0[1-9]|1[0-2])", "day": r"\d{4}-\d\d-\d\d"}[row.precision]
        assert re.fullmatch(pattern, row.value)
        pd.Timestamp(row.value)
    elif row.kind in ("count", "share", "ratio", "score", "money"):
        float(row.value)
        assert row.precision in claims.BOUNDS or float(row.precision) > 0
        assert row.unit
    else:
        assert row.precision == "" or row.precision in claims.BOUNDS or float(row.precision) > 0
        if row.precision == "":
            assert row.value in {"rise", "fall", "none", "yes", "no"} or row.evidence not in claims.TESTABLE


def test_claims_are_unique():
    assert len({row.statement for row in LEDGER}) == len({row.id for row in LEDGER}) == len(LEDGER)


@pytest.mark.parametrize("name", sorted(data.resources()))
def test_every_country_code_has_a_name(name):
    table = data.load(name)
    named = set(data.load("countries")["iso3"])
    for field in data.resource(name)["schema"]["fields"]:
        if field["name"] in CODES and "ISO 3166" in field["description"] + field["title"] + "iso3" * (
            field["name"] == "iso3"
        ):
            assert set(table[field["name"]]) <= named, field["name"]


def test_totals_of_frontex():
    routes = flows.by_route(data.load("frontex_route_month"))
    total = routes.sum(axis=1)
    assert total.loc["2015-10-01"] == 433_620 == total.max()
    assert routes.loc["2016", "Central Mediterranean Route"].sum() == 181_376
    assert total.loc["2015"].sum() == 1_822_102
    assert routes.index[0] == pd.Timestamp("2009-01-01")


def test_totals_of_missing_migrants():
    months, places = data.load("deaths_route_month"), data.load("deaths_place")
    assert months["dead_and_missing"].sum() == places["dead_and_missing"].sum() == 37_769
    measures = ["dead_and_missing", "incidents"]
    by_month = months.groupby([months["month"].dt.year.rename("year"), "route"])[measures].sum()
    by_place = places.groupby(["year", "route"])[measures].sum()
    by_month = by_month[by_month["incidents"] > 0]
    pd.testing.assert_frame_equal(by_place, by_month, check_index_type=False)


def test_places_are_cells_of_half_a_degree():
    places = data.load("deaths_place").dropna(subset=["lon", "lat"])
    for axis in ("lon", "lat"):
        assert ((places[axis] * 4) % 2 == 1).all()
    assert not data.load("deaths_place").duplicated(["year", "route", "lon", "lat"]).any()


def test_totals_of_asylum():
    dutch, panel = data.load("asylum_netherlands_year"), data.load("asylum_destination_year")
    assert dutch.set_index(["citizenship", "year"]).loc[("MAR", 2016), "applicants"] == 1_280
    keys = ["citizenship", "year"]
    both = panel[panel["destination"] == "NLD"].merge(dutch, on=keys, how="left", suffixes=("", "_dutch"))
    assert len(both) and (both["applicants"] == both["applicants_dutch"]).all()
    missing = dutch.merge(panel[panel["destination"] == "NLD"], on=keys, how="left", indicator=True)
    missing = missing[missing["citizenship"].isin(panel["citizenship"]) & missing["year"].isin(panel["year"])]
    assert (missing["_merge"] == "both").all()
    assert panel["citizenship"].nunique() == 40 and panel["destination"].nunique() == 11
    assert set(data.load("partnership_starts")["country"]) <= set(panel["citizenship"])
    assert (panel["applicants"] % 5 == 0).all() and (dutch["applicants"] % 5 == 0).all()


def test_corrections_come_in_pairs_and_say_why():
    rows = data.load("corrections")
    assert len(rows) == 94
    assert all(sorted(columns) == ["lat", "lon"] for _, columns in rows.groupby("key")["column"])
    assert rows["corrected"].isna().all()
    assert pd.to_numeric(rows["expected"]).notna().all()


def test_nationalities_add_up_within_routes_of_the_monthly_table():
    assert set(data.load("frontex_route_year_nationality")["route"]) <= set(data.load("frontex_route_month")["route"])
    months = data.load("frontex_route_year_nationality").groupby("year")["months"].unique()
    assert months.loc[2025].tolist() == [4]
    assert all(found.tolist() == [12] for year, found in months.items() if year != 2025)


def test_events_lie_on_known_routes_and_end_after_they_begin():
    events = data.load("migration_events")
    assert set(events["route"]) <= set(data.load("frontex_route_month")["route"])
    assert (events["until"].isna() | (events["until"] > events["month"])).all()
    days = events["day"].dropna()
    assert (days.dt.to_period("M") == events.loc[days.index, "month"].dt.to_period("M")).all()


def test_rings_of_the_base_map_are_closed():
    for _, ring in data.load("basemap").sort_values(["ring", "order"]).groupby("ring"):
        assert ring["order"].tolist() == list(range(1, len(ring) + 1))
        assert ring[["lon", "lat"]].iloc[0].tolist() == ring[["lon", "lat"]].iloc[-1].tolist()
