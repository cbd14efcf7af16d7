"""What the ledger may hold, and totals known from elsewhere."""

import re

import pandas as pd
import pytest

from lib import chapters, data
from lib.ledger import claims, statement
from lib.ledger.verdicts import UNTESTED
from lib.measures import flows

CODES = {"nationality", "citizenship", "destination", "country", "iso3"}
DEGREES = set(data.load("degrees")["word"])  # four kinds of nothing among them, each with one reading
LEDGER = list(claims.read_ledger().values())


@pytest.mark.parametrize("row", LEDGER, ids=lambda row: row.id)
def test_ledger_row_is_consistent(row):
    assert row.chapter in chapters.tested()
    assert row.id.startswith(row.chapter.replace("_", "-") + "-")
    assert re.fullmatch(r"[1-6](\.\d+)*(, box \d)?|summary|reference list|annex \d", row.section)
    assert row.section not in row.places.split(";")
    assert row.statement.endswith(".") and row.statement[0].isupper() and "\n" not in row.statement
    assert (row.evidence in claims.TESTABLE) == (row.expect not in UNTESTED)
    if row.expect != "confirmed":
        assert row.note, "say why it differs or is not tested"
    if row.kind == "date":
        pattern = {"year": r"\d{4}", "month": r"\d{4}-(0[1-9]|1[0-2])", "day": r"\d{4}-\d\d-\d\d"}[row.precision]
        assert re.fullmatch(pattern, row.value)
        pd.Timestamp(row.value)
    elif row.kind in ("count", "share", "ratio", "score", "money"):
        float(row.value)
        assert row.precision in statement.BOUNDS or float(row.precision) > 0
        assert row.unit
    else:
        assert row.precision == "" or row.precision in statement.BOUNDS or float(row.precision) > 0
        if row.precision == "":
            assert row.value in {"rise", "fall", "yes", "no"} | DEGREES


def test_what_differs_is_contradicted():
    """A note that takes the contradiction back belongs to a remark, or to another verdict."""
    taken_back = r"nothing contradicts|need not count the same|may treat it|without a measure|A difference of degree"
    differing = {row.id: row.note for row in LEDGER if row.expect == "differs" and row.whose == "report"}
    assert {id: note for id, note in differing.items() if re.search(taken_back, note)} == {}


def test_what_is_confirmed_was_what_was_checked():
    taken_back = r"force is not recorded|not public, so|were not looked up$|do not test each other"
    confirmed = {row.id: row.note for row in LEDGER if row.expect == "confirmed" and row.whose == "report"}
    assert {id: note for id, note in confirmed.items() if re.search(taken_back, note)} == {}


def test_a_very_small_effect_is_confirmed_within_its_own_bound():
    """A statement with a word of degree is not confirmed by the wider bound of another word (see `degrees`)."""
    bound = {"very small": 0.10, "very limited": 0.10, "hardly": 0.05, "almost": 0.05}
    for row in LEDGER:
        words = [most for word, most in bound.items() if word in row.statement]
        if row.expect == "confirmed" and row.whose == "report" and row.precision == "<" and words:
            assert float(row.value) / (100 if "percent" in row.unit else 1) <= max(words), row.id


def test_what_officials_or_organisations_said_is_a_document():
    links = data.load("links_claim_row")
    said = set(links.loc[links["table"].isin(["morocco_removals_stated", "compass_countries"]), "claim"])
    assert {row.evidence for row in LEDGER if row.id in said and row.whose == "report"} == {"document"}


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
