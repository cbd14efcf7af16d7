"""What chapters recorded: written, read back, and held against the ledger."""

import nbformat
import pytest

from lib.ledger import results
from lib.ledger.claims import read_ledger
from lib.ledger.verdicts import MIMETYPE, Result, Summary

CHAPTER = "efficiency"


def executed(*bundles):
    """A notebook whose cells put out these bundles."""
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data=bundle)])
        for bundle in bundles
    ]
    return nbformat.v4.new_notebook(cells=cells)


def figure(id):
    return {results.FIGURE: {"id": id, "title": "T", "sources": [{"name": "s", "line": "S"}], "csv": "a\n"}}


def summary(chapter=CHAPTER, leave_out=0):
    """The summary of a chapter in which nothing could be tested."""
    found = [Result(claim, None, "not public") for claim in read_ledger().values() if claim.chapter == chapter]
    bundle = Summary(chapter, tuple(found[leave_out:]))._repr_mimebundle_()
    return {MIMETYPE: bundle[MIMETYPE]}


def test_what_a_chapter_records_comes_back(tmp_path):
    result = results.recorded(executed(figure("fig-a"), summary(), figure("fig-b")), CHAPTER)
    results.write(result, tmp_path)
    back = results.read([CHAPTER], tmp_path)
    assert back == {CHAPTER: result}
    assert result["figures"][0] == {"id": "fig-a", "title": "T", "sources": ["s"]}  # what is drawn is no result
    assert results.figures(back)["figure"].tolist() == ["fig-a", "fig-b"]
    table = results.claims(back)
    assert table["id"].tolist() == [claim.id for claim in read_ledger().values() if claim.chapter == CHAPTER]
    assert set(table["verdict"]) == {"not public"}


def test_two_figures_with_one_id_are_refused():
    with pytest.raises(results.ResultsError, match="efficiency: figure ids used twice: fig-a"):
        results.recorded(executed(figure("fig-a"), figure("fig-a")), CHAPTER)


def test_a_chapter_that_was_not_executed_is_named(tmp_path):
    with pytest.raises(results.ResultsError, match="nothing recorded by return: build the book first"):
        results.read(["return"], tmp_path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "{}",
        lambda text: "[]",
        lambda text: text.replace('"verdict"', '"word"'),
        lambda text: text.replace('"not public"', '"unknown"'),
    ],
)
def test_a_result_that_was_edited_is_named(tmp_path, edit):
    results.write(results.recorded(executed(figure("fig-a"), summary()), CHAPTER), tmp_path)
    file = tmp_path / f"{CHAPTER}.json"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(results.ResultsError, match=f"{CHAPTER}.json: this is not what the chapter recorded"):
        results.read([CHAPTER], tmp_path)


def test_results_that_are_not_the_ledgers_are_refused():
    stale = {CHAPTER: results.recorded(executed(summary(leave_out=1)), CHAPTER)}
    first = next(claim.id for claim in read_ledger().values() if claim.chapter == CHAPTER)
    with pytest.raises(results.ResultsError, match=rf"results and ledger differ \({first}\)"):
        results.claims(stale)
