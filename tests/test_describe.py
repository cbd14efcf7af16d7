"""`make describe`: what is recorded holds on every machine, and what is wrong is said and changes nothing."""

import json
import shutil

import pytest

from lib import data
from steps import describe


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of two tables and the package that describes them."""
    described = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    described["resources"] = [r for r in described["resources"] if r["name"] in ("claims", "countries")]
    for resource in described["resources"]:
        shutil.copy(data.PACKAGE.parent / resource["path"], tmp_path)
    (tmp_path / "datapackage.json").write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", "utf-8")
    monkeypatch.setattr(data, "PACKAGE", tmp_path / "datapackage.json")
    return tmp_path


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["crlf", "bom-and-crlf"])
def test_line_endings_of_windows_are_not_recorded(package, capsys, start):
    before = contents(package)
    file = package / "countries.csv"
    file.write_bytes(start + before["countries.csv"].replace(b"\n", b"\r\n"))
    with pytest.raises(data.DataError, match=r"only the line endings of countries\.csv.*core\.autocrlf input"):
        data.load("countries")
    assert describe.main() == 0
    assert "countries.csv: written again" in capsys.readouterr().out
    assert contents(package) == before
    assert len(data.load("countries")) > 100


def test_a_new_row_is_recorded(package):
    with (package / "countries.csv").open("a", encoding="utf-8") as file:
        file.write("XAA,Nowhere\n")
    assert describe.main() == 0
    assert data.load("countries")["iso3"].iloc[-1] == "XAA"


def test_the_ledger_from_a_spreadsheet_that_writes_semicolons(package, capsys):
    file = package / "claims.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    before = contents(package)
    assert describe.main() == 1
    with pytest.raises(data.DataError) as refused:
        data.load("claims")
    for said in (capsys.readouterr().err, str(refused.value)):
        assert "table 'claims': claims.csv is separated by semicolons" in said and "commas between the cells" in said
    assert contents(package) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"path": "https://', '"path": "javascript:'), "address of a source"),
        (lambda text: "<<<<<<< HEAD\n" + text, "datapackage.json, line 1, column 1"),
    ],
    ids=["address", "conflict"],
)
def test_a_package_that_cannot_be_used_is_one_message(package, capsys, change, said):
    data.PACKAGE.write_text(change(data.PACKAGE.read_text(encoding="utf-8")), encoding="utf-8")
    before = contents(package)
    assert describe.main() == 1
    assert said in (err := capsys.readouterr().err) and len(err.splitlines()) == 1
    assert contents(package) == before
