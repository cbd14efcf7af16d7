"""Pages made from data: the ledger, the links under claims and figures, the front."""

import re

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import data
from lib.ledger import results, verdicts
from lib.ledger.claims import read_ledger
from steps.book import front, pages

PUBLIC, OPEN = "irregular-migration-peak-date", "irregular-migration-total-2015-syria-cause"


@pytest.fixture(scope="module")
def found():
    """Every claim of the ledger with the verdict that it expects, and two figures."""
    claims = [
        claim.__dict__
        | {"computed": None if claim.expect in verdicts.UNTESTED else claim.value, "verdict": claim.expect}
        for claim in read_ledger().values()
    ]
    figures = [
        {"id": "fig-rolling", "title": "Rolling <means>", "sources": []},
        {"id": "fig-eu-detections", "title": "All", "sources": []},
    ]
    recorded = {name: {"claims": [c for c in claims if c["chapter"] == name], "figures": []} for name in pages.TITLES}
    recorded["irregular_migration"]["figures"] = figures
    return pages.entries(results.statements(recorded), results.figures(recorded), pages.official_rows())


def soup(page):
    assert page.startswith("```{raw} html\n") and page.endswith("\n```\n")
    body = page.removeprefix("```{raw} html\n").removesuffix("\n```\n")
    assert "\n\n" not in body and "```" not in body  # or MyST would end the block there
    return BeautifulSoup(body, "html.parser")


@pytest.fixture(scope="module")
def ledger_page(found):
    return soup(pages.ledger_page(found))


def test_the_ledger_has_every_claim_once_with_what_filters_need(ledger_page):
    page = ledger_page
    rows = page.select(".ledger-list > li")
    ledger = read_ledger()
    assert sorted(row["id"] for row in rows) == sorted(id for id, claim in ledger.items() if claim.whose == "report")
    place = [
        (pages.ORDER.index(ledger[row["id"]].expect), list(pages.TITLES).index(row["data-chapter"])) for row in rows
    ]
    assert place == sorted(place) and place[0][0] == 0  # what differs comes first; then chapter by chapter
    offered = {name: {one["value"] for one in page.select(f"[name={name}]")} for name in ["verdict"]}
    offered |= {
        select["name"]: {option["value"] for option in select.select("option[value]") if option["value"]}
        for select in page.select(".ledger-filters select")
    }
    for row in rows:
        assert row["data-chapter"] in offered["chapter"]
        assert row["data-verdict"] in offered["verdict"]
        assert row["data-evidence"] in offered["evidence"]
        assert set(row["data-under"].split()) <= offered["under"]
    assert page.select_one(".ledger-filters").has_attr("hidden")  # shown by the script alone
    assert page.select_one("[role=status]")


def test_a_row_of_the_ledger_leads_down_and_up(ledger_page):
    tested, open_row = ledger_page.find(id=PUBLIC), ledger_page.find(id=OPEN)
    links = [link["href"] for link in tested.select("a")]
    assert f"chapters/irregular_migration.html#{PUBLIC}" in links
    assert f"chapters/irregular_migration.html#code-{PUBLIC}" in links
    assert f"data/frontex-route-month.html#{PUBLIC}" in links
    assert not open_row.select('a[href*="#code-"], a[href^="data/"]')
    assert "To test it" in open_row.get_text()
    bears = {"return-no-evidence-others": "conclusion-3", "return-unsupervised-half": "recommendation-3"}
    for claim, above in bears.items():
        links = [link["href"] for link in ledger_page.find(id=claim).select("a")]
        assert pages.place(above) in links


def test_a_line_of_the_ledger_has_a_sign_a_statement_and_a_place_and_no_raw_number(ledger_page):
    ledger = read_ledger()
    for row in ledger_page.select(".ledger-list > li"):
        sign, statement, where = row.summary.find_all("span", recursive=False)
        claim = ledger[row["id"]]
        assert sign.get_text() == f"{verdicts.MARKS[claim.expect]} {claim.expect}: "
        assert statement.get_text() == claim.statement and pages.TITLES[claim.chapter] in where.get_text()


def test_the_ledger_opens_on_what_differs_and_every_view_says_how_many_it_has(ledger_page):
    views = {one.input["value"]: one.get_text() for one in ledger_page.select("fieldset label")}
    [opened] = ledger_page.select("fieldset input[checked]")
    assert opened["value"] == "differs contested"
    shown = [row["data-verdict"] for row in ledger_page.select(".ledger-list > li")]
    for value, text in views.items():
        wanted = value.split() or set(shown)
        assert text.endswith(f" {sum(one in wanted for one in shown)}"), text
    assert {value for value in views if value and " " not in value} == set(shown)


def test_links_are_put_where_a_figure_left_room(found):
    html = f"<figure>{verdicts.trail_place('fig-eu-detections')}</figure>"
    page = BeautifulSoup(pages.linked(html, pages.trails("irregular_migration", found)), "html.parser")
    figure = page.figure.select("a")
    assert "#irregular-migration-total-2015-rise" in [link["href"] for link in figure]
    elsewhere = BeautifulSoup(pages.linked(html, pages.trails("relations", found)), "html.parser").figure.select("a")
    assert {link["href"].split("#")[0] for link in elsewhere} == {"irregular_migration.html"}
    assert pages.linked("<p>no room</p>", {}) == "<p>no room</p>"


def told(found):
    return {id: claim for name in pages.TITLES for id, claim in pages.told(name, found).items()}


def test_a_page_can_tell_of_every_claim_and_its_trail_is_one_link(found):
    claims = told(found)
    assert claims.keys() == set(found["id"])
    ledger = read_ledger()
    for id, claim in claims.items():
        address, _ = claim["trail"]
        if ledger[id].whose == verdicts.OURS:
            assert re.fullmatch(rf"data/[a-z0-9-]+\.html#{id}|chapters/{claim['chapter']}\.html#code-{id}", address)
        else:
            assert address == f"ledger.html#{id}"
    assert claims[PUBLIC]["found"] == "public figures" and claims[OPEN]["found"] is None


def test_dates_read_as_dates_and_words_are_not_said_twice(found):
    claims = told(found.assign(computed=found["computed"].where(found["precision"] != "month", "2022-06")))
    assert claims["relations-joint-letter-date"]["stated"] == "May 2025"
    assert claims["relations-joint-letter-date"]["computed"] == "June 2022"
    assert claims["relations-denial-date"]["stated"] == "22 November 2022"
    same = claims["relations-letter-main-aims"]  # that it does, says the statement
    assert (same["stated"], same["computed"]) == ("", "the same")
    assert claims["relations-king-measure"]["computed"] == "it holds"
    assert claims["relations-policy-intensified"]["computed"] == ""


def test_the_ledger_as_a_file_says_what_hangs_on_each_claim(found):
    table = pages.flat(found).set_index("id")
    assert list(table.index) == list(read_ledger())
    assert "conclusion-3" in table.at["return-no-evidence-others", "conclusions"].split(";")
    assert "recommendation-3" in table.at["return-unsupervised-half", "recommendations"].split(";")
    assert table.at[OPEN, "release"]
    assert not table[["findings", "conclusions", "recommendations", "figures"]].map(lambda x: x is None).any().any()


def test_a_file_counts_verdicts_as_the_pages_do(found):
    ours = {id for id, claim in read_ledger().items() if claim.whose == verdicts.OURS}
    table = pages.flat(found).set_index("id")
    assert set(table.index[table["verdict"] == verdicts.REMARKED]) == ours
    assert table["remark"].notna().sum() == len(ours) > 0
    counted = found.loc[found["whose"] != verdicts.OURS, "verdict"].value_counts()
    assert table["verdict"].value_counts().drop(verdicts.REMARKED).to_dict() == counted.to_dict()


def notebook(*cells):
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "x",
                metadata={"tags": tags},
                outputs=[nbformat.v4.new_output("display_data", data={"text/html": html})],
            )
            for tags, html in cells
        ]
    )


def test_marked_outputs_come_to_the_front_with_their_links_moved(tmp_path):
    html = (
        '<figure class="figure" id="fig-a"><a href="#fig-a">here</a><a href="#code-fig-a">code</a>\n\n'
        '<a href="figures/fig-a.csv">csv</a><a href="../data.html#x">data</a></figure>'
        '<a href="relations.html#c">claim</a><a href="#conclusion-1">1</a><a href="https://example.org/">out</a>'
    )
    front.collect(notebook((["front-map"], html), ([], "<p>not this</p>")), "synthesis", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["front-map.md"]
    page = soup((tmp_path / "front-map.md").read_text(encoding="utf-8"))
    assert [link["href"] for link in page.select("a")] == [
        "#fig-a", "chapters/synthesis.html#code-fig-a", "chapters/figures/fig-a.csv", "data.html#x",
        "chapters/relations.html#c", "chapters/synthesis.html#conclusion-1", "https://example.org/",
    ]  # fmt: skip


def test_a_preview_says_what_it_lacks(tmp_path):
    (tmp_path / "front-map.md").write_text("the map", encoding="utf-8")
    front.fill(tmp_path)
    written = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert written["front-map.md"] == "the map"
    assert written["front-policy.md"] == "*Not in this preview.*\n"


@pytest.mark.parametrize(("table", "name"), [(front.evidence, "report_evidence"), (front.limits, "report_limitations")])
def test_tables_of_the_methods_page_have_every_row(table, name):
    lines = table().splitlines()
    assert len(lines) == 2 + len(data.load(name))
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert not any(pd.isna(line) or "nan" in line.split() for line in lines)
