"""Pairs of a chapter: whoever edited last wins, nobody's edit is lost."""

import difflib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps import pairs
from steps.engine import cells
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
many_cells = st.lists(
    st.tuples(st.just("markdown"), lines) | st.tuples(st.just("code"), code | lines), min_size=1, max_size=6
)


@pytest.mark.simulation
@settings(max_examples=60, deadline=None)
@given(many_cells)
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


@pytest.mark.parametrize("chapter", pairs.pairs(), ids=lambda chapter: chapter.name)
def test_each_chapter_in_the_repository_is_what_its_text_says(chapter):
    """`agrees` trusts the fingerprints; this makes the cells anew."""
    assert agrees(chapter)
    made = json.loads(chapter.notebook.read_text(encoding="utf-8"))["cells"]
    assert made == cells.from_text(chapter.text.read_text(encoding="utf-8"))


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


def refused(pair, match):
    """That the pair is refused, in one line that says what to do, and nothing is written."""
    before = contents(pair)
    with pytest.raises(PairError, match=match) as problem:
        sync(pair)
    assert contents(pair) == before
    assert "\n" not in str(problem.value) and str(problem.value).endswith("Nothing was changed.")
    assert sorted(file.name for file in pair.text.parent.iterdir()) == [pair.notebook.name, pair.text.name]


CONFLICT = "<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> branch\n"


@pytest.mark.parametrize("left", [CONFLICT, ">>>>>>> branch\n", "||||||| base\n", "<<<<<<< HEAD\n", "<<<<<<<\n"])
@pytest.mark.parametrize("place", ["# Title\n", 'print("one")\n'], ids=["prose", "code"])
def test_what_a_merge_left_in_a_text_is_refused_with_its_line(pair, left, place):
    edit_text(pair, place, place + left)
    line = pair.text.read_text(encoding="utf-8").splitlines().index(left.splitlines()[0]) + 1
    refused(pair, rf"^chapter\.md, line {line}: '{re.escape(left[:7])}.*' was left by a merge; choose one")
    with pytest.raises(PairError, match="left by a merge"):
        agrees(pair)


def test_what_a_merge_left_is_refused_even_where_both_files_agree(pair):
    edit_text(pair, "# Title\n", "# Title\n" + CONFLICT)
    edit_notebook(pair, "# Title", "# Title\n" + CONFLICT.strip())
    refused(pair, r"chapter\.md, line 2: '<<<<<<< HEAD' was left by a merge")


def test_what_a_merge_left_in_a_cell_is_refused_with_its_cell_and_line(pair):
    edit_notebook(pair, 'print("one")', 'print("one")\n' + CONFLICT)
    refused(pair, r"chapter\.ipynb cannot be kept as text: cell 3, line 2: '<<<<<<< HEAD' was left by a merge")


def test_an_underlined_heading_and_arrows_are_no_conflict(pair):
    edit_text(pair, "# Title\n", "Chapter\n=======\n\n<<<<<<<< eight, a <<<<<<< b\n")
    assert sync(pair) == "chapter.ipynb written from chapter.md"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda raw: b"", "is empty"),
        (lambda raw: b" \n", "is empty"),
        (lambda raw: b"\xef\xbb\xbf" + raw, "begins with a byte order mark"),
        (lambda raw: raw.decode().encode("utf-16"), "is not UTF-8"),
        (lambda raw: raw.replace(b' "cells"', b'<<<<<<< HEAD\n "cells"'), "line 2: '<<<<<<< HEAD' was left by a merge"),
        (lambda raw: raw[: len(raw) // 2], r"is not JSON .*line \d+ column \d+"),
        (lambda raw: raw.replace(b"one", b"\\ud800"), "is not JSON in UTF-8"),
        (lambda raw: b"[]", "is not a notebook"),
        (lambda raw: b'{"metadata": {}, "worksheets": [], "nbformat": 3}', "is not a notebook in format 4"),
    ],
)
def test_an_unreadable_notebook_is_made_again_once_it_is_deleted(pair, damage, said):
    good = pair.notebook.read_bytes()
    pair.notebook.write_bytes(damage(good))
    refused(pair, rf"^chapter\.ipynb.*{said}.*; see that chapter\.md, the truth, is right, delete chapter\.ipynb")
    pair.notebook.unlink()
    sync(pair)
    assert pair.notebook.read_bytes() == good


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ({}, "is not a valid notebook"),
        (3, "is not a valid notebook"),
        ({"cell_type": "code"}, "is not a valid notebook"),
        ({"cell_type": "markdown", "source": 1, "metadata": {}}, "is not a valid notebook"),
        ({"cell_type": "cold", "source": "", "metadata": {}}, "has something invalid in cell 5"),
        ({"cell_type": "raw", "source": "x", "metadata": {"tags": "x"}}, "in cell 5, metadata.tags: 'x' is not"),
    ],
)
def test_a_notebook_with_invalid_cells_is_refused(pair, cell, said):
    notebook = json.loads(pair.notebook.read_text(encoding="utf-8"))
    notebook["cells"].append(cell)
    pair.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    refused(pair, rf"chapter\.ipynb .*{said}")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_text_with_a_byte_order_mark_is_refused(pair, mark):
    pair.text.write_bytes(mark + pair.text.read_bytes())
    refused(pair, r"chapter\.md.* (UTF-8|byte order mark); save it as UTF-8 without byte order mark")


def test_a_character_at_which_only_some_programs_end_a_line_is_refused_by_name(pair):
    edit_text(pair, "A *second*", "A \u2028*second*")
    refused(pair, r"chapter\.md, line 15: the invisible character U\+2028")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"chapter\.md is empty; restore it, or delete it and run `make sync`"),
        ("\n \n", r"chapter\.md is empty"),
        ("Some prose without a title.\n", r"chapter\.md has no heading and chapter\.ipynb has"),
        ("# Title\n\nSome prose.\n", r"chapter\.md has no code cell and chapter\.ipynb has"),
    ],
)
def test_an_emptied_text_does_not_empty_the_notebook(pair, text, said):
    before = sources(pair)
    pair.text.write_text(text, encoding="utf-8")
    refused(pair, said)
    pair.text.unlink()
    sync(pair)
    assert sources(pair) == before and agrees(pair)
    assert cells.from_text(pair.text.read_text(encoding="utf-8")) == cells.from_text(TEXT)


def test_an_emptied_notebook_does_not_empty_the_text(pair):
    notebook = nbformat.read(pair.notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    nbformat.write(notebook, pair.notebook)
    refused(pair, r"chapter\.ipynb has no code cell and chapter\.md has: .* delete chapter\.ipynb")
    notebook.cells = []
    nbformat.write(notebook, pair.notebook)
    refused(pair, r"chapter\.ipynb has no heading and chapter\.md has")


def test_a_cell_deleted_in_either_file_is_deleted(pair):
    notebook = nbformat.read(pair.notebook, as_version=4)
    del notebook.cells[2]
    nbformat.write(notebook, pair.notebook)
    sync(pair)
    assert pair.text.read_text(encoding="utf-8") == TEXT.replace('```{code-cell} ipython3\nprint("one")\n```\n\n', "")
    edit_text(pair, "\nA *second* paragraph.\n", "")
    sync(pair)
    assert len(sources(pair)) == 2 and agrees(pair)


def test_an_image_pasted_while_both_files_were_saved_is_not_lost(pair):
    notebook = nbformat.read(pair.notebook, as_version=4)
    image = {"x.png": {"image/png": "AAAA"}}
    notebook.cells.append(nbformat.v4.new_markdown_cell("![x](attachment:x.png)", attachments=image))
    nbformat.write(notebook, pair.notebook)
    with pair.text.open("a", encoding="utf-8") as text:
        text.write("\n+++\n\n![x](attachment:x.png)\n")
    refused(pair, r"chapter\.ipynb holds a pasted image in cell 5,.*; save it as a file in book/_static")


def test_metadata_that_the_text_does_not_carry_changes_nothing(pair):
    first = contents(pair)
    notebook = json.loads(pair.notebook.read_text(encoding="utf-8"))
    notebook["metadata"] |= {"kernelspec": {"name": "x", "display_name": "X"}, "toc": {"a": 1}, "pair": "mangled"}
    for cell in notebook["cells"]:
        cell["metadata"] |= {"editable": True, "slideshow": {"slide_type": "skip"}}
    pair.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    assert sync(pair) == "chapter.ipynb written from chapter.md"
    assert contents(pair) == first


BY_HAND = """---
subtitle: kept
---
# Title
With {glue:text}`number`, no empty line before it.



~~~{code-cell} ipython3
:label: kept
x = 1
~~~
A paragraph right under a fence.

% a remark

+++ {"slide": true}

Another.

+++
Last of three.


````{code-cell} ipython3
:tags:   [ hide-input ,  "b" ]

text = '''
```
'''
````

```{code-cell} ipython3

y = 2
```



The end."""


@pytest.fixture
def by_hand(pair):
    """A chapter whose text is written as no program would write it."""
    pair.text.write_text(BY_HAND, encoding="utf-8")
    pair.notebook.unlink()
    sync(pair)
    return pair


def lines_changed(pair):
    """The lines that a sync took from the text written by hand, and those it put there."""
    compared = difflib.ndiff(BY_HAND.splitlines(), pair.text.read_text(encoding="utf-8").splitlines())
    changes = [line for line in compared if line[0] in "+-" and line[2:].strip()]
    return {line[2:] for line in changes if line[0] == "-"}, {line[2:] for line in changes if line[0] == "+"}


def test_a_fence_of_four_backticks_survives(by_hand):
    assert ("code", "text = '''\n```\n'''") in sources(by_hand)


@pytest.mark.parametrize(
    ("old", "new"),
    [("right under", "left under"), ("Last of", "First of"), ("y = 2", "y = 3"), ("The end.", "The very end.")],
)
def test_an_edit_in_the_notebook_changes_no_other_line_of_the_text(by_hand, old, new):
    edit_notebook(by_hand, old, new)
    assert sync(by_hand) == "chapter.md written from chapter.ipynb"
    gone, come = lines_changed(by_hand)
    assert {line.replace(old, new) for line in gone} == come and len(come) == 1
    assert agrees(by_hand)


def test_a_tag_added_in_the_notebook_changes_its_cell_alone(by_hand):
    notebook = nbformat.read(by_hand.notebook, as_version=4)
    notebook.cells[-2].metadata["tags"] = ["remove-input"]
    nbformat.write(notebook, by_hand.notebook)
    sync(by_hand)
    assert lines_changed(by_hand) == (set(), {":tags: [remove-input]"})


@pytest.mark.parametrize(("old", "option"), [("x = 1", "label"), ("Another.", "slide")])
def test_an_option_that_the_text_alone_holds_is_not_lost(by_hand, old, option):
    edit_notebook(by_hand, old, "x = 2")
    refused(by_hand, rf"chapter\.ipynb changes a cell whose options the text alone holds \({option}\); edit it there")


def test_code_that_is_no_python_is_not_the_business_of_a_pair(pair):
    edit_text(pair, 'print("one")', "x = (1 +\n!pip list")
    sync(pair)
    edit_notebook(pair, "x = (1 +\n!pip list", "%%bash\nls (")
    sync(pair)
    assert agrees(pair) and ("code", "%%bash\nls (") in sources(pair)


def test_indented_first_lines_stay_code(pair):
    edit_text(pair, "A *second* paragraph.", "    indented = code")
    sync(pair)
    assert ("markdown", "    indented = code") in sources(pair)
    edit_notebook(pair, "# Title", "# Another")
    sync(pair)
    assert "\n\n    indented = code" in pair.text.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (":tags: [a", "cannot be read as MyST: .*at line 5"),
        (":tags: *x", "cannot be read as MyST: .*undefined alias"),
        ("---\n- 1\n---", "cannot be read as MyST: "),
        (":tags: parameters", "cannot be read as MyST: 'parameters' is not of type 'array'"),
    ],
)
def test_options_that_cannot_be_read_are_refused(pair, options, said):
    edit_text(pair, ":tags: [parameters]", options)
    refused(pair, rf"chapter\.md {said}")


def crlf(file):
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


def test_line_ends_of_windows_are_no_edit(pair):
    crlf(pair.text)
    crlf(pair.notebook)
    assert agrees(pair) and sync(pair) == "in step"


@pytest.mark.parametrize("edit", [edit_text, edit_notebook])
def test_an_edit_beside_line_ends_of_windows_is_kept(pair, edit):
    edit(pair, new='"new"')
    crlf(pair.text)
    crlf(pair.notebook)
    sync(pair)
    assert agrees(pair) and ("code", 'print("new")') in sources(pair)
    assert 'print("new")' in pair.text.read_text(encoding="utf-8")


def test_line_ends_of_windows_inside_a_cell_are_line_ends(pair):
    edit_notebook(pair, '"one")', '"one")\r\nprint("more")\r\n')
    sync(pair)
    assert agrees(pair) and ("code", 'print("one")\nprint("more")') in sources(pair)


def test_a_full_disk_leaves_both_files_as_they_were(pair):
    edit_notebook(pair, '"one"', repr("long " * 20_000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        refused(pair, r"chapter\.md cannot be written \(File too large\)")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sync(pair) == "chapter.md written from chapter.ipynb"


def test_a_link_stays_a_link(pair, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    pair.text.rename(elsewhere)
    pair.text.symlink_to(elsewhere)
    edit_notebook(pair)
    sync(pair)
    assert pair.text.is_symlink() and "three" in elsewhere.read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    """A project with three chapters in step, the commands of which can be run."""
    (tmp_path / "notebooks").mkdir()
    for folder in ("lib", "steps"):
        for file in (pairs.ROOT / folder).rglob("*.py"):
            made = tmp_path / file.relative_to(pairs.ROOT)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(file.read_bytes())
    listed = "".join(f"      - file: book/chapters/{name}\n" for name in "abc")
    (tmp_path / "_toc.yml").write_text(f"parts:\n  - chapters:\n{listed}", encoding="utf-8")
    for name in "abc":
        made = chapter_of(tmp_path, name)
        made.text.write_text(TEXT, encoding="utf-8")
        sync(made)
    return tmp_path


def chapter_of(project, name):
    return Pair(project / f"notebooks/{name}.md", project / f"notebooks/{name}.ipynb")


def run(project, command):
    """Run a command; returns its process, what it said on standard error, and the modules it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "steps.pairs", command],
        cwd=project, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    imports = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    return done, [line for line in lines if not line.startswith("import time:")], imports


@pytest.mark.parametrize("command", ["check", "sync"])
def test_pairs_in_step_are_checked_without_the_packages_of_jupyter(project, command):
    done, said, imports = run(project, command)
    assert (done.returncode, said) == (0, [])
    assert "steps.engine.cells" in imports and not {"jupytext", "nbformat"} & imports


def test_a_pair_that_is_refused_does_not_stop_the_others(project):
    chapter_of(project, "a").notebook.write_bytes(b"")
    for name in "bc":
        edit_text(chapter_of(project, name))
    done, said, _ = run(project, "check")
    assert done.returncode == 1 and [re.split("[: ]", line)[0] for line in said] == ["a.ipynb", "b", "c"]
    done, said, _ = run(project, "sync")
    assert done.returncode == 1 and [line[:40] for line in said] == ["a.ipynb is empty; see that a.md, the tru"]
    assert done.stdout.splitlines() == ["  b: b.ipynb written from b.md", "  c: c.ipynb written from c.md"]


debris = [one.encode() for one in (CONFLICT, "\n+++\n", "\n```\n", "\n---\n", "\n:tags: 1\n", "\r", "\ufeff", "\x0c")]
damage = st.tuples(st.floats(0, 1), st.none() | st.binary(min_size=1, max_size=8) | st.sampled_from(debris))


@pytest.mark.simulation
@pytest.mark.filterwarnings("ignore:All code cells in a MyST notebook must have the same language")
@settings(max_examples=120, deadline=None)
@given(st.sampled_from(["text", "notebook"]), st.lists(damage, min_size=1, max_size=3))
def test_whatever_happens_to_one_file_is_refused_or_kept(side, damages):
    with tempfile.TemporaryDirectory() as folder:
        made = Pair(Path(folder, "chapter.md"), Path(folder, "chapter.ipynb"))
        made.text.write_text(TEXT, encoding="utf-8")
        sync(made)
        file = getattr(made, side)
        for where, put in damages:  # something put in, or the rest cut off
            raw = file.read_bytes()
            at = int(where * len(raw))
            file.write_bytes(raw[:at] if put is None else raw[:at] + put + raw[at:])
        before, damaged = contents(made), file.read_bytes()
        try:
            done = sync(made)
        except PairError:
            assert contents(made) == before
            return
        assert agrees(made)
        if side == "text":
            assert made.text.read_bytes() == damaged
        elif done.startswith("chapter.md"):
            edited = nbformat.reads(damaged.decode(), as_version=4).cells
            assert cells.from_text(made.text.read_text(encoding="utf-8")) == cells.clean(edited)


kinds = st.sampled_from(["change", "delete", "insert", "move"])
edits = st.lists(st.tuples(st.integers(0, 8), kinds, lines), max_size=4)


@pytest.mark.simulation
@settings(max_examples=100, deadline=None)
@given(edits)
def test_whatever_is_edited_in_the_notebook_each_other_cell_keeps_its_lines(edits):
    old = BY_HAND.replace(":label: kept\n", "").replace('+++ {"slide": true}', "+++")
    before = cells.from_text(old)
    after = list(before)
    for at, kind, words in edits:
        at %= max(len(after), 1)
        if kind == "insert" or not after:
            after.insert(at, {"cell_type": "markdown", "source": words, "metadata": {}})
        elif kind == "change":
            after[at] = after[at] | {"source": words}
        elif kind == "move":
            after.append(after.pop(at))
        elif len(after) > 1:
            del after[at]
    text = cells.to_text(after, old)
    assert cells.from_text(text) == after
    assert text.startswith("---\nsubtitle: kept\n---\n")
    if after == before:
        assert text == old
    # The cell by whose lines one tells it apart from what a program would have written.
    if before[5] in after and kept_in_order(before, after):
        assert ':tags:   [ hide-input ,  "b" ]' in text


def kept_in_order(before, after):
    """Whether the cells that remain stand in the order they had."""
    places = [before.index(cell) for cell in after if cell in before]
    return places == sorted(places)


def as_jupyterlab_saves(notebook):
    """A notebook as JupyterLab writes it after a run: its own header, ids, counters, times and outputs."""
    notebook.nbformat_minor = 5
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {
        "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py", "mimetype": "text/x-python",
        "name": "python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3", "version": "3.12.1",
    }  # fmt: skip
    for number, cell in enumerate(notebook.cells):
        cell.id = f"a{number}"
        cell.metadata |= {"editable": True, "slideshow": {"slide_type": ""}}
        if cell.cell_type == "code":
            cell.metadata["execution"] = {"iopub.status.busy": "2026-06-01T10:00:00.000000Z"}
            cell.execution_count, cell.outputs = number, [nbformat.v4.new_output("stream", text="said\n")]
    return notebook


def changes(before, after):
    """The lines that go and that come between two texts; empty ones do not count."""
    compared = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[2:]]
    return [line[2:] for line in compared if line[0] == "-"], [line[2:] for line in compared if line[0] == "+"]


def with_an_import(notebook):
    """One line more in the first cell of code."""
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source += "\nimport math"
    return notebook


@pytest.mark.parametrize("chapter", pairs.pairs(), ids=lambda chapter: chapter.name)
def test_one_cell_changed_in_jupyterlab_is_one_cell_changed_in_the_text(chapter, tmp_path):
    made = Pair(tmp_path / chapter.text.name, tmp_path / chapter.notebook.name)
    text = chapter.text.read_text(encoding="utf-8")
    made.text.write_text(text, encoding="utf-8")
    sync(made)
    notebook = as_jupyterlab_saves(with_an_import(nbformat.read(made.notebook, as_version=4)))
    nbformat.write(notebook, made.notebook)
    assert sync(made) == f"{made.text.name} written from {made.notebook.name}"
    assert changes(text, made.text.read_text(encoding="utf-8")) == ([], ["import math"])


@pytest.mark.parametrize("chapter", pairs.pairs(), ids=lambda chapter: chapter.name)
def test_a_text_saved_as_a_notebook_in_jupyterlab_gets_no_header(chapter):
    """What jupytext's contents manager does, with the settings that it finds beside the chapter."""
    settings_of = jupytext.config.load_jupytext_configuration_file(str(chapter.text.with_name("jupytext.toml")))
    text = chapter.text.read_text(encoding="utf-8")
    notebook, fmt = jupytext.reads(text, "md:myst"), {"extension": ".md", "format_name": "myst"}
    settings_of.set_default_format_options(fmt, read=True)
    notebook = as_jupyterlab_saves(with_an_import(notebook))
    settings_of.set_default_format_options(fmt)
    assert changes(text, jupytext.writes(notebook, fmt, config=settings_of)) == ([], ["import math"])


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)


def test_a_merge_of_two_edits_leaves_a_notebook_that_sync_makes_anew(tmp_path):
    made = Pair(tmp_path / "notebooks/chapter.md", tmp_path / "notebooks/chapter.ipynb")
    made.text.parent.mkdir()
    made.text.write_text(TEXT, encoding="utf-8")
    (tmp_path / ".gitattributes").write_bytes((pairs.ROOT / ".gitattributes").read_bytes())

    def commit(old, new):
        edit_text(made, old, new)
        sync(made)
        git(tmp_path, "add", ".")
        assert git(tmp_path, "commit", "-qm", "edit").returncode == 0

    git(tmp_path, "init", "-q", "-b", "main")
    commit("", "")
    git(tmp_path, "branch", "other")
    commit('"one"', '"mine"')
    git(tmp_path, "checkout", "-q", "other")
    commit("A *second*", "Their *second*")
    git(tmp_path, "checkout", "-q", "main")
    merged = git(tmp_path, "merge", "other")
    assert merged.returncode == 1 and "chapter.ipynb" in merged.stdout and "chapter.md" not in merged.stdout.split("\n")
    assert "<<<<" not in made.notebook.read_text(encoding="utf-8")
    assert sync(made) == "chapter.ipynb written from chapter.md"
    assert ("code", 'print("mine")') in sources(made) and ("markdown", "Their *second* paragraph.") in sources(made)
    git(tmp_path, "add", "notebooks")
    assert git(tmp_path, "commit", "-qm", "merged").returncode == 0
