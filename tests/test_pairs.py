"""Pairs of a chapter: whoever edited last wins, nobody's edit is lost."""

import json
import tempfile
from pathlib import Path

import jupytext
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps import pairs
from steps.pairs import Pair, PairError, agrees, sync

TEXT = """# Title

Some prose with {glue:text}`number`.

```{code-cell} ipython3
:tags: [parameters]

detections_file = ""
```

```{code-cell} ipython3
print("one")
```

A *second* paragraph.
"""


@pytest.fixture
def pair(tmp_path):
    """A chapter in step."""
    made = Pair(tmp_path / "chapter.md", tmp_path / "chapter.ipynb")
    made.text.write_text(TEXT, encoding="utf-8")
    sync(made)
    return made


def edit_text(pair, old='"one"', new='"two"'):
    pair.text.write_text(pair.text.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def edit_notebook(pair, old='"one"', new='"three"', save=nbformat.write):
    notebook = nbformat.read(pair.notebook, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
    save(notebook, pair.notebook)


def contents(pair):
    return pair.text.read_bytes(), pair.notebook.read_bytes()


def sources(pair):
    return [(cell.cell_type, cell.source) for cell in nbformat.read(pair.notebook, as_version=4).cells]


def test_the_notebook_is_generated_from_the_text(pair):
    notebook = json.loads(pair.notebook.read_text(encoding="utf-8"))
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code", "code", "markdown"]
    assert notebook["cells"][1]["metadata"] == {"tags": ["parameters"]}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert agrees(pair) and pair.name == "chapter"
    nbformat.validate(nbformat.read(pair.notebook, as_version=4))


def test_generated_twice_is_identical(pair):
    first = contents(pair)
    assert sync(pair) == "in step"
    pair.notebook.unlink()
    sync(pair)
    assert contents(pair) == first


def test_text_to_notebook_to_text_is_stable(pair):
    pair.text.unlink()
    sync(pair)
    first = contents(pair)
    assert agrees(pair)
    pair.text.unlink()
    sync(pair)
    assert contents(pair) == first
    assert ":tags: [parameters]" in pair.text.read_text(encoding="utf-8")


def test_an_edited_text_wins(pair):
    edit_text(pair)
    assert not agrees(pair)
    assert sync(pair) == "chapter.ipynb written from chapter.md"
    assert ("code", 'print("two")') in sources(pair)
    assert agrees(pair)


def test_an_edited_notebook_wins(pair):
    edit_notebook(pair)
    assert not agrees(pair)
    assert sync(pair) == "chapter.md written from chapter.ipynb"
    assert 'print("three")' in pair.text.read_text(encoding="utf-8")
    assert "{glue:text}`number`" in pair.text.read_text(encoding="utf-8")
    assert agrees(pair)


def test_both_edited_is_refused_and_nothing_is_touched(pair):
    edit_text(pair)
    edit_notebook(pair)
    before = contents(pair)
    with pytest.raises(PairError, match=r"chapter: both chapter\.md and chapter\.ipynb were edited"):
        sync(pair)
    assert contents(pair) == before


def test_both_saved_in_agreement_is_fine(pair):
    edit_text(pair)
    edit_notebook(pair, new='"two"')
    sync(pair)
    assert agrees(pair)
    assert ("code", 'print("two")') in sources(pair)


def test_one_sided_edits_one_after_the_other(pair):
    edit_text(pair)
    sync(pair)
    edit_notebook(pair, '"two"', '"three"')
    sync(pair)
    edit_text(pair, '"three"', '"four"')
    sync(pair)
    assert ("code", 'print("four")') in sources(pair) and agrees(pair)


def test_a_run_leaves_no_outputs_ids_or_counters(pair):
    first = contents(pair)
    notebook = nbformat.read(pair.notebook, as_version=4)
    notebook.nbformat_minor = 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell{number}"
        cell.metadata["collapsed"] = True
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="one\n")]
    notebook.metadata["widgets"] = {"state": 1}
    nbformat.write(notebook, pair.notebook)
    assert not agrees(pair)
    sync(pair)
    assert contents(pair) == first


def test_a_run_does_not_count_as_an_edit(pair):
    edit_text(pair)
    notebook = nbformat.read(pair.notebook, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="one\n")]
    nbformat.write(notebook, pair.notebook)
    assert sync(pair) == "chapter.ipynb written from chapter.md"
    assert ("code", 'print("two")') in sources(pair)


def test_a_notebook_from_elsewhere_becomes_a_pair(tmp_path):
    made = Pair(tmp_path / "new.md", tmp_path / "new.ipynb")
    cells = [
        nbformat.v4.new_markdown_cell("# New"),
        nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["hide-input"]}),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), made.notebook)
    assert sync(made) == "new.md written from new.ipynb"
    assert agrees(made) and "hide-input" in made.text.read_text(encoding="utf-8")


def test_an_unrelated_notebook_is_not_overwritten(pair):
    stranger = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("mine = 1")])
    nbformat.write(stranger, pair.notebook)
    before = contents(pair)
    with pytest.raises(PairError):
        sync(pair)
    assert contents(pair) == before


def test_pairs_of_a_folder_with_either_file_missing(tmp_path):
    for name in ("b.md", "a.ipynb", "c.md", "c.ipynb", "notes.txt"):
        (tmp_path / name).touch()
    assert [found.name for found in pairs.pairs(tmp_path)] == ["a", "b", "c"]
    assert not agrees(pairs.pairs(tmp_path)[0])


words = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters="`+-~=%:#"), min_size=1
)
lines = st.lists(words, min_size=1, max_size=3).map("\n".join)
code = st.sampled_from(
    ["x = 1", "def f():\n    return {'a': 1}\n\n\nf()", "# only a remark", "s = '''\n```\n'''", "%time x", ""]
)
cells = st.lists(
    st.tuples(st.just("markdown"), lines) | st.tuples(st.just("code"), code | lines), min_size=1, max_size=6
)


@pytest.mark.simulation
@settings(max_examples=60, deadline=None)
@given(cells)
def test_any_cells_survive_the_way_to_text_and_back(given_cells):
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    with tempfile.TemporaryDirectory() as folder:
        made = Pair(Path(folder, "any.md"), Path(folder, "any.ipynb"))
        nbformat.write(
            nbformat.v4.new_notebook(cells=[new[kind](source) for kind, source in given_cells]), made.notebook
        )
        sync(made)
        assert agrees(made)
        assert sources(made) == given_cells
        made.notebook.unlink()
        sync(made)
        assert sources(made) == given_cells


def test_chapters_read_back_as_they_are_written():
    for chapter in pairs.pairs():
        if chapter.text.exists() and chapter.notebook.exists() and agrees(chapter):
            text = jupytext.read(chapter.text, fmt=pairs.FORMAT)
            assert [(cell.cell_type, cell.source) for cell in text.cells] == sources(chapter)


@pytest.mark.parametrize(
    "cell",
    [
        nbformat.v4.new_markdown_cell("a picture", attachments={"a.png": {"image/png": "AAAA"}}),
        nbformat.v4.new_markdown_cell("one\n\n+++\n\ntwo"),
        nbformat.v4.new_markdown_cell("```{code-cell} ipython3\n1 + 1\n```"),
    ],
)
def test_what_the_text_cannot_hold_is_refused_and_nothing_is_lost(tmp_path, cell):
    pair = pairs.Pair(tmp_path / "x.md", tmp_path / "x.ipynb")
    pair.text.write_text("# Title\n")
    pairs.sync(pair)
    notebook = nbformat.read(pair.notebook, as_version=4)
    notebook.cells.append(cell)
    nbformat.write(notebook, pair.notebook)
    before = pair.text.read_bytes(), pair.notebook.read_bytes()
    with pytest.raises(pairs.PairError, match="Nothing was changed"):
        pairs.sync(pair)
    assert (pair.text.read_bytes(), pair.notebook.read_bytes()) == before
