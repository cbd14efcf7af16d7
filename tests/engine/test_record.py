"""Records of steps: what makes one stale, in words."""

import csv
import json
import shutil

import pytest

from lib import data
from steps.engine import record


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the shipped ledger and data package, a chapter and a folder."""
    for folder in ("notebooks", "data", "book/deep/er"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("claims.csv", "datapackage.json"):
        shutil.copy(data.PACKAGE.parent / name, tmp_path / "data")
    (tmp_path / "book" / "a.md").write_text("a", "utf-8")
    (tmp_path / "book" / "deep" / "er" / "font.woff2").write_bytes(b"font")
    chapter(tmp_path, text="Prose.", code="x = 1")
    monkeypatch.setattr(record, "ROOT", tmp_path)
    monkeypatch.setattr(record, "RECORDS", tmp_path / "_build" / "records")
    return tmp_path


def chapter(project, text, code, tags=()):
    cells = [
        {"cell_type": "markdown", "source": text, "metadata": {}},
        {"cell_type": "code", "source": code, "metadata": {"tags": list(tags)}},
    ]
    (project / "notebooks" / "one.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")


def keep(used, made=()):
    record.keep("step", record.parts(used), made)


def rewrite_claims(project, change):
    file = project / "data" / "claims.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def rewrite_package(project, change):
    file = project / "data" / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    change({resource["name"]: resource for resource in package["resources"]})
    file.write_text(json.dumps(package), encoding="utf-8")


def test_a_step_without_a_record_was_not_made(project):
    assert record.reasons("step") == ["it was not made yet"]


def test_a_record_that_cannot_be_read_counts_as_none(project):
    keep(["file book/a.md"])
    (record.RECORDS / "step.json").write_text('{"used": {', "utf-8")
    assert record.reasons("step") == ["it was not made yet"]


def test_what_is_as_it_was_is_no_reason_however_new_it_is(project):
    keep(record.files("book"), record.files("notebooks"))
    (project / "book" / "a.md").write_text("a", "utf-8")
    assert record.reasons("step") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: (p / "book" / "a.md").write_text("b", "utf-8"), "book/a.md changed"),
        (lambda p: (p / "book" / "a.md").unlink(), "book/a.md is gone"),
        (lambda p: (p / "book/deep/er/font.woff2").write_bytes(b"other"), "book/deep/er/font.woff2 changed"),
        (lambda p: (p / "book/deep/er/new.woff2").write_bytes(b"new"), "the list of files in book changed"),
    ],
)
def test_a_folder_is_followed_whole(project, change, said):
    keep(record.files("book"))
    change(project)
    assert said in record.reasons("step")


def test_results_that_are_edited_or_gone_are_made_again(project):
    made = ["file book/a.md", "file notebooks/one.ipynb"]
    keep([], made)
    (project / "book" / "a.md").write_text("by hand", "utf-8")
    (project / "notebooks" / "one.ipynb").unlink()
    assert record.reasons("step") == ["its result book/a.md was edited", "its result notebooks/one.ipynb is gone"]


def test_text_and_code_of_a_chapter_are_told_apart(project):
    keep(["cells one", "text one"])
    chapter(project, text="Other prose.", code="x = 1")
    assert record.reasons("step") == ["its text changed"]
    chapter(project, text="Prose.", code="x = 2")
    assert record.reasons("step") == ["its code changed", "its text changed"]
    chapter(project, text="Prose.", code="x = 1", tags=["front-x"])
    assert "its code changed" in record.reasons("step")


ROWS = "rows claims chapter irregular_migration"


def test_claims_of_another_chapter_change_nothing(project):
    keep([ROWS])
    rewrite_claims(project, lambda rows: rows.append(rows[0] | {"id": "other-a", "chapter": "other"}))
    assert record.reasons("step") == []


@pytest.mark.parametrize("column", ["value", "precision", "expect", "statement", "note"])
def test_a_chapters_own_claims_change_it(project, column):
    keep([ROWS])
    rewrite_claims(
        project,
        lambda rows: next(row for row in rows if row["chapter"] == "irregular_migration").update({column: "changed"}),
    )
    assert record.reasons("step") == ["its rows in table claims (chapter irregular_migration) changed"]


def test_only_the_descriptors_that_were_asked_for_count_and_never_their_hash(project):
    keep(["table frontex_route_month"])
    rewrite_package(project, lambda found: found["countries"].update(title="Another"))
    rewrite_package(project, lambda found: found["frontex_route_month"].update(sha256="0" * 64, bytes=1))
    assert record.reasons("step") == []
    rewrite_package(project, lambda found: found["frontex_route_month"].update(reference_date="2030-01-01"))
    assert record.reasons("step") == ["the description of table frontex_route_month changed"]


def test_another_choice_of_chapters_is_a_reason(project, monkeypatch):
    monkeypatch.setenv("CHAPTERS", "")
    keep(["asked"])
    monkeypatch.setenv("CHAPTERS", "one")
    assert record.reasons("step") == ["the choice of chapters changed"]
