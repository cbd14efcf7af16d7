"""What is not described, linked, tested or paired is said in a line each, with how to mend it."""

import csv
import json
import shutil

import pytest

from lib import chapters, data
from steps import describe, left

CLAIM = {
    "id": "relations-eight-weeks", "chapter": "relations", "section": "3.1.2", "footnote": "",
    "statement": "They met every eight weeks.", "kind": "effect", "value": "yes", "unit": "", "period": "",
    "precision": "", "evidence": "arithmetic", "expect": "confirmed", "whose": "report", "places": "", "note": "",
}  # fmt: skip
UNTESTED = {"evidence": "reported", "expect": "not looked up", "note": "Not looked up."}
LINKED = {
    "links_finding_claim": {"finding": "finding-3-1-structures", "claim": CLAIM["id"], "role": "tests"},
    "passages": {"section": "3.1.2", "place": "paragraph 3", "claims": CLAIM["id"]},
}


@pytest.fixture
def more(monkeypatch):
    """A function that adds rows to tables as `left` reads them: {table: row}, and `claims` as changes of `CLAIM`."""
    read, added = left.table, {}
    monkeypatch.setattr(left, "table", lambda name: [*read(name), *added.get(name, [])])
    left._names.cache_clear()

    def add(claims, **rows):
        added.update({name: [row] for name, row in rows.items()}, claims=[CLAIM | claims])

    yield add
    left._names.cache_clear()


def test_nothing_is_left_in_the_book():
    assert left.lines() == []


@pytest.mark.parametrize(
    ("claim", "without", "also", "said"),
    [
        ({}, "links_finding_claim", {}, ["data/links_finding_claim.csv: relations-eight-weeks hangs under no finding"]),
        ({}, "passages", {}, ["data/passages.csv: no passage has relations-eight-weeks"]),
        ({"evidence": "public"}, "", {}, ["data/links_claim_row.csv: relations-eight-weeks has no official rows"]),
        ({"evidence": "studies"}, "", {}, ["data/links_claim_row.csv: relations-eight-weeks has no official rows"]),
        (UNTESTED, "", {}, ["data/claims_needs.csv: what a test of relations-eight-weeks would need is not said"]),
        ({}, "", {"claims_needs": {"claim": CLAIM["id"]}}, ["data/claims_needs.csv: relations-eight-weeks is tested"]),
        ({}, "links_finding_claim", {"claims_apart": {"claim": CLAIM["id"]}}, []),
        (
            {},
            "",
            {"claims_apart": {"claim": CLAIM["id"]}},
            ["data/claims_apart.csv: relations-eight-weeks hangs under a"],
        ),
        (UNTESTED, "", {"claims_needs": {"claim": CLAIM["id"]}}, []),
        ({"evidence": "public"}, "", {"links_claim_row": {"claim": CLAIM["id"]}}, []),
        ({"whose": "ours"}, "links_finding_claim passages", {}, []),
    ],
)
def test_a_claim_without_a_link_is_said_with_the_file_that_lacks_it(more, claim, without, also, said):
    links = {name: row for name, row in LINKED.items() if name not in without.split()}
    more(claim, **links, **also)
    found = left.ledger()
    assert len(found) == len(said) and all(line.startswith(start) for line, start in zip(found, said, strict=True))


@pytest.mark.parametrize(
    ("change", "column", "what"),
    [
        ({"chapter": "training", "id": "training-main"}, "chapter", "one of relations, return"),
        ({"id": "eight-weeks"}, "id", "the chapter first"),
        ({"section": "section 3"}, "section", "3.1.2, summary"),
        ({"section": "7.1"}, "section", "3.1.2, summary"),
        ({"places": "6.1;3.1.2"}, "places", "other sections"),
        ({"statement": "they met."}, "statement", "from a capital"),
        ({"statement": "They met"}, "statement", "to a full stop"),
        ({"expect": "not public", "note": "x"}, "expect", "one of confirmed, differs, contested"),
        (UNTESTED | {"expect": "differs"}, "expect", "one of not public, not measurable, not looked up"),
        ({"expect": "differs"}, "note", "why it differs"),
        ({"value": "perhaps"}, "value", "a word: rise, fall"),
        ({"precision": "about"}, "precision", "of a word nothing"),
        ({"kind": "count", "value": "5", "unit": "people"}, "precision", "the step it was rounded to"),
        ({"kind": "count", "value": "5", "precision": "0", "unit": "people"}, "precision", "the step"),
        ({"kind": "count", "value": "1,234", "precision": "1", "unit": "people"}, "value", "a number"),
        ({"kind": "count", "value": "nan", "precision": "1", "unit": "people"}, "value", "a number"),
        ({"kind": "share", "value": "5", "precision": ">"}, "unit", "what the number counts"),
        ({"kind": "date", "value": "2024-05", "precision": "1"}, "precision", "of a date one of year, month, day"),
        ({"kind": "date", "value": "2024-13", "precision": "month"}, "value", "a month as 2024"),
        ({"kind": "date", "value": "2024-02-30", "precision": "day"}, "value", "a day as 2024"),
    ],
)
def test_a_row_of_the_ledger_that_does_not_fit_says_what_to_write(more, change, column, what):
    found = left.claim_errors(CLAIM | change)
    assert list(found) == [column] and what in found[column]
    more(change, **{name: row | {"claim": CLAIM["id"]} for name, row in LINKED.items()})
    assert any(line.startswith(f"data/claims.csv, {(CLAIM | change)['id']}: {column} ") for line in left.ledger())


def test_every_row_of_the_ledger_fits():
    assert left.claim_errors(CLAIM) == {}
    assert {row["id"]: wrong for row in left.table("claims") if (wrong := left.claim_errors(row))} == {}


@pytest.mark.parametrize("chapter", list(chapters.tested()))
@pytest.mark.parametrize("evidence", ["public", "arithmetic", "document"])
def test_a_claim_that_no_call_of_its_chapter_names_is_said(more, chapter, evidence):
    """In every chapter, however it names its claims: none of them is so wide that it would mean any claim."""
    id = f"{chapter.replace('_', '-')}-nowhere-to-be-found"
    more({"id": id, "chapter": chapter, "evidence": evidence})
    [line] = left.never_tested()
    assert line.startswith(f"notebooks/{chapter}.md: {id} is tested nowhere: write ledger.check")


@pytest.fixture
def one(tmp_path, monkeypatch):
    """A folder with one chapter, its table of contents and data of its own; a function writes the chapter's code."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "lib").mkdir()
    contents = "parts:\n  - chapters:\n      - file: book/chapters/one\n"
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    monkeypatch.setattr(chapters, "CONTENTS", tmp_path / "_toc.yml")
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "data" / "datapackage.json")

    def write(code, **claims):
        rows = [
            {"id": f"one-{name.replace('_', '-')}", "chapter": "one", "evidence": of} for name, of in claims.items()
        ]
        with (tmp_path / "data" / "claims.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        (tmp_path / "notebooks" / "one.md").write_text(
            f"# One\n\nSaid.{{claim}}`one-a`\n\n```{{code-cell}} ipython3\n:tags: [x]\n\n{code}\n```\n",
            encoding="utf-8",
        )
        return [line.split(": ")[1].split(" ")[0] for line in left.never_tested()]

    return write


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ('ledger.check({"one-a": 1})\nledger.untested("one-b")', []),
        ('ledger.check({"one-a": 1})', ["one-b"]),
        ('ledger.untested("one-*")', ["one-a"]),
        ('ledger.untested(*(f"one-{x}" for x in ("b", "c")))', ["one-a"]),
        ('ledger.untested(*(f"one-{x}" for x in names))', []),
        ('ledger.check({"one-a": read_claim("one-b").value})', ["one-b"]),
        ('ledger.answer("q", "r", "h", "one-a", "one-b")', ["one-a", "one-b"]),
        ('ledger.results["one-a"].verdict + ledger.claims["one-b"].value', ["one-a", "one-b"]),
        ("# one-a, one-b", ["one-a", "one-b"]),
        ("this is not Python", ["one-a", "one-b"]),
    ],
)
def test_what_counts_as_a_test_of_a_claim(one, code, missing):
    assert one(code, a="public", b="reported") == missing


def test_claims_called_by_the_part_after_the_chapter_are_found(one):
    assert one('named.enter({"eight-weeks": 1}, "two-of-two", "other-*")', **{
        "eight_weeks": "public", "two_of_two": "document", "other_one": "reported", "more_yet": "public",
    }) == ["one-more-yet"]  # fmt: skip


def test_one_star_enters_all_that_are_not_tested(one):
    assert one('named.enter({"of-one": 1}, untested="two-of-two *")', of_one="public", c="public", d="reported") == [
        "one-c"
    ]
    assert one('glue(said="2 * 3")', d="reported") == ["one-d"]


def test_the_call_that_is_meant_is_written_out(one):
    one("1", a="document", b="restricted", c="public", d="reported")
    calls = [line.split("write ")[1].split(" next")[0] for line in left.never_tested()]
    assert calls == [
        'ledger.check_documents("one-a")', 'ledger.check_restricted({"one-b": computed})',
        'ledger.check({"one-c": computed})', 'ledger.untested("one-d")',
    ]  # fmt: skip


def test_pairs_out_of_step_unmerged_and_in_no_contents_are_said(one, tmp_path):
    from steps import pairs

    one("1", a="public")
    pair = pairs.Pair(tmp_path / "notebooks" / "one.md", tmp_path / "notebooks" / "one.ipynb")
    assert left.not_paired() == ["notebooks: one.md and one.ipynb are out of step: run `make sync`"]
    pairs.sync(pair)
    assert left.not_paired() == []
    pair.notebook.write_text("<<<<<<< HEAD\n" + pair.notebook.read_text(encoding="utf-8"), encoding="utf-8")
    [line] = left.not_paired()
    assert line.startswith("notebooks: one.ipynb, line 1: '<<<<<<< HEAD' was left by a merge") and "make sync" in line
    pairs.Pair(tmp_path / "notebooks" / "two.md", tmp_path / "notebooks" / "two.ipynb").text.write_text("# Two\n")
    assert "the chapter two is in no count" in left.not_paired()[0]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of two small tables and the package that describes them; a function writes the package again."""
    described = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    described["resources"] = [r for r in described["resources"] if r["name"] in ("partnership_starts", "countries")]
    for resource in described["resources"]:
        shutil.copy(data.PACKAGE.parent / resource["path"], tmp_path)
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "datapackage.json")

    def write(change=lambda resource: None):
        changed = json.loads(json.dumps(described))
        change(changed["resources"][1])
        data.PACKAGE.write_text(json.dumps(changed), encoding="utf-8")
        return described["resources"][1]["name"]

    write()
    return write


def test_a_file_that_is_not_described_is_said_wherever_it_is_asked_for(package, tmp_path, capsys):
    (tmp_path / "my_table.csv").write_text("year,n\n2024,1\n", encoding="utf-8")
    said = "data/my_table.csv is there and not described: make new table NAME=my_table"
    assert left.descriptors() == [said]
    for ask in (data.load, data.describe):
        with pytest.raises(data.DataError, match=said):
            ask("my_table")
    assert describe.main() == 1 and capsys.readouterr().err == f"{said}\n"


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        (lambda r: r.pop("title"), "title"),
        (lambda r: r.update(title="(to write) what"), "title"),
        (lambda r: r.pop("licenses"), "licenses"),
        (lambda r: r.update(licenses=[{"name": "CC0"}]), "licenses"),
        (lambda r: r.update(caveats=[]), "caveats"),
        (lambda r: r.update(caveats=["One.", "(to write) another"]), "caveats"),
        (lambda r: r.pop("sources"), "sources"),
        (lambda r: r.update(status="official", seen=None), "status"),
        (lambda r: r.update(status="public", seen="half"), "seen"),
        (lambda r: r.update(status="reported", seen="whole"), "seen"),
        (lambda r: r["schema"]["fields"][0].pop("description"), "field {first}, description"),
        (lambda r: r["schema"]["fields"][1].pop("title"), "field {second}, title"),
        (lambda r: r["schema"]["fields"][1].update(type="number"), "field {second}, unit"),
    ],
)
def test_what_a_descriptor_lacks_is_one_line_and_stops_describe_and_the_chapter(package, capsys, change, lacking):
    name = package(change)
    fields = [field["name"] for field in data.resource(name)["schema"]["fields"]]
    lacking = lacking.format(first=fields[0], second=fields[1])
    line = f"data/datapackage.json: table {name} lacks {lacking}: write it, then `make describe`"
    assert left.descriptors() == [line] == left.lines()[:1]
    before = data.PACKAGE.read_bytes()
    assert describe.main() == 1 and capsys.readouterr().err == f"{line}\n"
    assert data.PACKAGE.read_bytes() == before
    with pytest.raises(data.DataError, match=f"table '{name}' is not wholly described; .*: {lacking}. Then run"):
        data.describe(name)


@pytest.mark.parametrize("key", ["name", "path", "schema"])
def test_a_descriptor_without_its_frame_is_said_and_no_traceback(package, key):
    package(lambda resource: resource.pop(key))
    [line] = left.descriptors()
    assert line.startswith("data/datapackage.json, table ") and f"it has no {key}" in line


def test_a_table_that_lost_its_file_and_one_that_was_edited_are_said(package, tmp_path):
    with (tmp_path / "countries.csv").open("a", encoding="utf-8") as file:
        file.write("XAA,Nowhere\n")
    assert left.not_recorded() == ["data/countries.csv: edited since it was recorded: run `make describe`"]
    (tmp_path / "countries.csv").unlink()
    assert left.descriptors() == [
        "data/datapackage.json: table countries has no file: restore data/countries.csv, or take the table out"
    ]


def test_a_table_that_is_described_and_not_recorded_says_so(package):
    name = package(lambda resource: resource.pop("sha256"))
    with pytest.raises(data.DataError, match="was not recorded yet; run `make describe`"):
        data.load(name)


def test_a_chapter_without_a_brief_in_dutch_is_said(one):
    one("1", a="public")
    (data.PACKAGE.parent / "briefs_dutch.csv").write_text("brief,chapter\nx-1,other\n", encoding="utf-8")
    assert left.briefs() == [
        "data/briefs_dutch.csv: nothing of one: add a row in Dutch for each question of its table In brief"
    ]


def test_what_is_left_ends_the_command_before_any_test(monkeypatch, capsys):
    monkeypatch.setattr(left, "lines", lambda: ["a", "b"])
    assert left.main() == 1
    assert capsys.readouterr().err.splitlines() == ["a", "b", "2 left to do; the tests were not run."]
    monkeypatch.setattr(left, "lines", list)
    assert left.main() == 0


def test_make_check_and_make_test_begin_with_it():
    rules = (data.ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    for goal in ("test", "check"):
        [rule] = [rule for rule in rules if rule.startswith(f"{goal}: ")]
        assert rule.splitlines()[1].endswith("-m steps.left")
