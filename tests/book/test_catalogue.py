"""The data catalogue: a line and a page for every table, the rows behind claims, and where old addresses lead."""

import csv
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import data
from lib.ledger import results
from lib.ledger.claims import read_ledger
from lib.ledger.verdicts import UNTESTED
from steps.book import catalogue, pages

FIGURES = pd.DataFrame(
    [
        ("fig-a", "return", "A <title>", ["uk_returns_quarter", "countries"]),
        ("fig-b", "irregular_migration", "B", ["frontex_route_month"]),
    ],
    columns=["figure", "chapter", "title", "sources"],
)
USE = catalogue.Use(
    {"countries": ["synthesis", "return"]},
    FIGURES,
    {"return": "Return", "irregular_migration": "Irregular migration", "synthesis": "Synthesis"},
)


def soup(text):
    """The HTML of a page, without its heading."""
    body = text[text.index("```{raw} html\n") :].removeprefix("```{raw} html\n").removesuffix("\n```\n")
    assert "\n\n" not in body and "```" not in body  # or MyST would end the block there
    return BeautifulSoup(body, "html.parser")


@pytest.fixture(scope="module")
def found():
    """Every claim with the verdict that it expects."""
    claims = [
        claim.__dict__ | {"computed": None if claim.expect in UNTESTED else claim.value, "verdict": claim.expect}
        for claim in read_ledger().values()
    ]
    recorded = {name: {"claims": [c for c in claims if c["chapter"] == name], "figures": []} for name in pages.TITLES}
    return pages.entries(results.statements(recorded), FIGURES, pages.official_rows())


@pytest.fixture(scope="module")
def tables(found):
    return {name: soup(text) for name, text in catalogue.pages(USE, found, pages.official_rows()).items()}


@pytest.fixture(scope="module")
def index():
    return soup(catalogue.index(USE))


def test_the_index_has_a_line_for_every_table_once_with_what_filters_need(index):
    lines = index.select("table.catalogue tbody tr")
    assert sorted(line["id"] for line in lines) == sorted(name.replace("_", "-") for name in data.resources())
    offered = {
        select["name"]: {option["value"] for option in select.select("option") if option["value"]}
        for select in index.select("select")
    }
    assert {line["data-group"] for line in lines} == offered["group"] == set(catalogue.GROUPS)
    assert {chapter for line in lines for chapter in line["data-used"].split()} == offered["used"]
    assert index.select_one("form").has_attr("hidden")  # shown by the script alone


def test_a_line_says_what_a_reader_chooses_by(index):
    cells = [cell.get_text(" ", strip=True) for cell in index.find(id="uk-returns-quarter").select("th, td")]
    rows = len(data.written("uk_returns_quarter")) - 1
    assert cells[0] == "Public data: Enforced returns from the United Kingdom by quarter and nationality"
    assert cells[1:] == ["UK Home Office", "2023-12-31", f"{rows:,} rows", "Return"]
    assert index.find(id="countries").select("td")[-1].get_text() == "Return, Synthesis"


@pytest.mark.parametrize(
    ("table", "group", "kind"),
    [
        ("frontex_route_month", "figures", "public"), ("public_record", "documents", "public"),
        ("report_money", "report", "report"), ("return_panel", "made", "simulated"),
        ("tracing_likelihoods", "made", "assumption"), ("links_finding_claim", "own", "own"),
    ],
)  # fmt: skip
def test_a_table_stands_with_its_kind(table, group, kind):
    assert (catalogue.group(table), catalogue.kind(table)) == (group, kind)


def test_nothing_simulated_or_assumed_stands_among_figures(index):
    for line in index.select("tbody tr"):
        table = line["id"].replace("-", "_")
        made = data.resource(table)["status"] == "simulated" or data.describe(table).assumed
        assert (line["data-group"] == "made") == made, table


def test_a_page_tells_all_that_the_package_holds_of_its_table(tables):
    for name, resource in data.resources().items():
        page = tables[catalogue.slug(name)]
        text = " ".join(page.get_text(" ").split())
        told = [resource[key] for key in ("description", "publisher", "reference_date", "processing", "sha256")]
        told += [licence["title"] for licence in resource["licenses"]] + resource["caveats"]
        assert [said for said in told if " ".join(said.split()) not in text] == [], name
        columns = page.select("table.columns tbody tr")
        assert [row.code.get_text() for row in columns] == [field["name"] for field in resource["schema"]["fields"]]
        units = [row.select("td")[2].get_text() for row in columns]
        assert units == [field.get("unit", "") for field in resource["schema"]["fields"]]
        links = [link["href"] for link in page.select("dl a")]
        assert {address for _, address in data.sources(name) if address} <= set(links), name


def test_rules_of_a_column_are_words(tables):
    rules = [row.select("td")[3].get_text() for row in tables["frontex-route-month"].select("table.columns tbody tr")]
    assert rules[0] == "part of the key; never empty; at least 2009-01"
    assert rules[1].startswith("part of the key; never empty; one of Black Sea Route, Central Mediterranean Route")
    assert rules[2] == "never empty; at least 0"


def test_the_first_rows_are_those_of_the_file(tables):
    for name in ("frontex_route_month", "studies", "basemap"):
        page = tables[catalogue.slug(name)]
        table = [
            [cell.get_text() for cell in row.select("th, td")]
            for row in page.select_one("#first-rows + .table-container").select("tr")
        ]
        lines, wide = data.written(name), len(data.resource(name)["schema"]["fields"]) > catalogue.MANY
        if wide:  # each row is a column, so that none lies off the screen or the paper
            table = [list(column) for column in zip(*table, strict=True)]
            assert table[0].pop(0) == "Column" and [row.pop(0) for row in table[1:]] == ["row 1", "row 2", "row 3"]
        head, *rows = table
        assert head == lines[0] and len(rows) == (catalogue.FEW if wide else catalogue.FIRST)
        for row, line in zip(rows, lines[1:], strict=False):
            for shown, text in zip(row, line, strict=True):
                assert shown == text or (len(text) > catalogue.LONG and text.startswith(shown.removesuffix(" …")))


def test_a_page_says_what_uses_its_table(tables):
    used = tables["uk-returns-quarter"].select("ul.used a")
    assert [(link["href"], link.get_text()) for link in used] == [
        ("../chapters/return.html", "Return"), ("../chapters/return.html#fig-a", "A <title>"),
    ]  # fmt: skip
    assert [link["href"] for link in tables["countries"].select("ul.used > li > a")] == [
        "../chapters/return.html", "../chapters/synthesis.html",
    ]  # fmt: skip
    assert tables["links-finding-claim"].select_one("#used + p")


def test_corrected_tables_lead_to_the_corrections(tables):
    leading = {name for name, page in tables.items() if page.select('a[href="../data/corrections.html"]')}
    assert leading == {"deaths-place", "deaths-coast-year"}


def test_official_rows_are_the_lines_of_the_files(tables):
    claims = set()
    for name, page in tables.items():
        path = data.PACKAGE.parent / data.resource(name.replace("-", "_"))["path"]
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        claims |= {tag["id"] for tag in page.select(".official-claims li[id]")}
        for block in page.select(".official-rows"):
            head, *rows = ([cell.get_text() for cell in row.select("th, td")] for row in block.select("tr"))
            assert head == ["line in file", *lines[0]]
            for line, *cells in rows:
                assert cells == lines[int(line) - 1]
    assert claims == set(pages.official_rows()["claim"])


def test_every_claim_with_rows_keeps_its_anchor_and_leads_to_all_of_them(found, tables):
    page, official = soup(catalogue.rows_index(found, pages.official_rows())), pages.official_rows()
    lines = page.select("li[id]")
    assert sorted(line["id"] for line in lines) == sorted(set(official["claim"]))
    for line in lines:
        reached = [re.fullmatch(r"data/([a-z0-9-]+)\.html#(.*)", link["href"]) for link in line.select("a")]
        assert {match[2] for match in reached} == {line["id"]}
        own = official[official["claim"] == line["id"]]
        assert [match[1] for match in reached] == [catalogue.slug(table) for table in own["table"].drop_duplicates()]
        for match in reached:
            assert tables[match[1]].find(id=line["id"]).find_parent(class_="official-rows").select("tbody tr")
        numbers = [int(link.get_text().split()[0]) for link in line.select("a")]
        assert sum(numbers) == own["lines"].map(len).sum()


def test_a_changed_table_changes_its_own_page_alone(found, monkeypatch):
    before = catalogue.pages(USE, found, pages.official_rows())
    package = {name: dict(resource) for name, resource in data.resources().items()}
    package["studies"]["caveats"] = [*package["studies"]["caveats"], "One more."]
    monkeypatch.setattr(data, "_package", lambda _: package)
    after = catalogue.pages(USE, found, pages.official_rows())
    assert {name for name in before if before[name] != after[name]} == {"studies"}
