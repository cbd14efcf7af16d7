"""Parameters: what a reader gave is known, and a name that a chapter does not have is refused."""

import ast

import nbformat
import papermill
import pytest

from lib import data
from lib.parameters import ParameterError, given
from steps.engine import warm  # noqa: F401  (registers the engine)

CHAPTERS = sorted(file.stem for file in (data.ROOT / "notebooks").glob("*.md"))
DECLARED = '# Parameters: a reader\'s own files.\npanel = ""\n'


def test_what_was_given_is_known():
    assert given(["", DECLARED], panel="", assumptions_file="") == {}
    cells = ["", DECLARED, '# Parameters\npanel = "mine.csv"\n']
    assert given(cells, panel="mine.csv", assumptions_file="") == {"panel": "mine.csv"}


def test_a_misspelt_parameter_is_refused_with_the_right_names():
    cells = [DECLARED, '# Parameters\nlikelihood_file = "mine.csv"\n']
    with pytest.raises(ParameterError, match=r"no parameter 'likelihood_file'.*did you mean likelihoods_file.*it has"):
        given(cells, likelihoods_file="")
    with pytest.raises(ParameterError, match="it has none"):
        given(cells)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_asks_for_the_names_that_its_parameters_have(chapter):
    notebook = nbformat.read(data.ROOT / "notebooks" / f"{chapter}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tagged = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    names = {target.id for source in tagged for node in ast.parse(source).body for target in node.targets}
    calls = [
        node for cell in cells for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "given"
    ]  # fmt: skip
    assert [{word.arg for word in call.keywords} for call in calls] == [names]


@pytest.mark.parametrize("engine", ["warm", "plain"])
def test_a_chapter_with_a_misspelt_parameter_stops(engine, tmp_path):
    kernel = {"name": "python3", "display_name": "", "language": "python"}
    source = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    first = nbformat.v4.new_code_cell(DECLARED, metadata={"tags": ["parameters"]})
    then = nbformat.v4.new_code_cell("from lib.parameters import given\ngiven(In, panel=panel)")
    source.cells = [first, then]
    nbformat.write(source, tmp_path / "in.ipynb")
    options = {"engine_name": "warm", "seconds": 60, "used": set(), "build": None} if engine == "warm" else {}
    run = lambda **names: papermill.execute_notebook(  # noqa: E731
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", names, kernel_name="python3", progress_bar=False, **options
    )
    assert "mine.csv" in str(run(panel="mine.csv").cells[-1].outputs)
    with pytest.raises(papermill.PapermillExecutionError, match="no parameter 'panels' in this chapter"):
        run(panels="mine.csv")
