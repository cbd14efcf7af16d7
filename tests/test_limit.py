"""A test that never ends ends its process, is named with the line at which it waits, and runs once more."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
HANGS = """
import greenlet, pathlib, threading

def test_before():
    pass

def test_hangs():  # as a call to a browser does: what waits runs in a stack of its own
    greenlet.greenlet(lambda: threading.Event().wait()).switch()

def test_after():
    pass

def test_hangs_once():
    been = pathlib.Path(__file__).with_name("been")
    if not been.exists():
        been.touch()
        greenlet.greenlet(lambda: threading.Event().wait()).switch()
"""


STALLS = """
import pathlib, types, pytest

@pytest.fixture(params=["stalls", "draws"])
def chromium(request):  # a browser of one page, which draws or does not
    draws = request.param == "draws"
    page = types.SimpleNamespace(evaluate=lambda script: draws, wait_for_timeout=lambda milliseconds: None)
    return types.SimpleNamespace(contexts=[types.SimpleNamespace(pages=[page])])

def test_fails_once(chromium, request):
    been = pathlib.Path(__file__).with_name(request.node.name)
    if not been.exists():
        been.touch()
        pytest.fail("not live")
"""


def ran(tmp_path, text, *asked):
    """What pytest says of this module, in a process of its own."""
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfaulthandler_exit_on_timeout = true\n", encoding="utf-8")
    words = ["-q", "-p", "no:cacheprovider", "-n", "1", *asked, "test_it.py"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.simulation  # some seconds
def test_what_failed_in_a_browser_that_draws_no_more_runs_again_and_nothing_else_does(tmp_path):
    done = ran(tmp_path, STALLS)
    assert "1 failed, 1 passed, 1 rerun" in done.stdout, done.stdout
    assert "test_fails_once[stalls]: the browser draws no more" in done.stderr
    assert "FAILED test_it.py::test_fails_once[draws]" in done.stdout


@pytest.mark.simulation  # some seconds
def test_a_test_that_never_ends_is_named_and_the_others_run(tmp_path):
    pytest.importorskip("greenlet")
    done = ran(tmp_path, HANGS, "-o", "faulthandler_timeout=4")
    assert done.returncode == 1
    assert "1 failed, 3 passed, 2 rerun" in done.stdout
    assert done.stdout.count("run once more: worker") == 2
    assert re.search(r"^FAILED test_it.py::test_hangs - .*crashed while running", done.stdout, re.M)
    assert "test_it.py::test_hangs takes too long" in done.stderr and "Event().wait()).switch()" in done.stderr


def test_every_test_has_a_limit(pytestconfig):
    assert 120 <= float(pytestconfig.getini("faulthandler_timeout")) <= 900
    assert pytestconfig.getini("faulthandler_exit_on_timeout")
