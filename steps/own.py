"""Run chapters on a reader's own files, and make a book of the result: `make own CHAPTER=return panel=FILE`.

Words are NAME=VALUE: `CHAPTER` (or several, in quotes), the parameters of those chapters, and `synthesis=1` for the
whole book with the synthesis on it. Nothing of the project is touched: everything happens in a copy in `own-runs`,
which git ignores, and only a run that ends well takes the place of the last one.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from difflib import get_close_matches
from html import escape
from pathlib import Path

import yaml

from steps import ROOT, StepError
from steps.engine import plan
from steps.engine.html import swap

RUNS = ROOT / "own-runs"
WORK = RUNS / ".work"
COPIED = ("book", "data", "lib", "notebooks", "steps", "_config.yml", "_toc.yml", "dodo.py", "requirements.lock")
BUILT = ("executed", "results", "figures", "pictures", "records")  # what chapters on the shipped data left
PARAMETERS = re.compile(r":tags: \[parameters\]\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPTIONS = {"synthesis": ("0", "1")}
SYNTHESIS = "synthesis"


def parameters(chapter: str) -> dict[str, str]:
    """The parameters of a chapter that name files, each with what its cell says of it."""
    found = PARAMETERS.search((ROOT / "notebooks" / f"{chapter}.md").read_text(encoding="utf-8"))
    body = ast.parse(found[1]).body if found else []
    return [node.targets[0].id for node in body if isinstance(node, ast.Assign)]


def chapters() -> list[str]:
    """The chapters that test claims, by name."""
    return sorted(file.stem for file in (ROOT / "notebooks").glob("*.md") if file.stem != SYNTHESIS)


def asked(words: list[str], here: Path) -> tuple[list[str], dict[str, dict[str, str]], bool]:
    """The chapters that run, the files that each is given, and whether the synthesis is wanted.

    Raises `StepError` for anything that no chapter knows, and for a file that is not there.
    """
    given = dict(word.split("=", 1) for word in words if "=" in word)
    names = re.split(r"[\s,]+", given.pop("CHAPTER", given.pop("CHAPTERS", "")).strip())
    whole = given.pop("synthesis", "0")
    if whole not in OPTIONS["synthesis"]:
        raise StepError(f"synthesis={whole}: write synthesis=1, or leave it out")
    known = {name: parameters(name) for name in chapters()}
    if names == [""]:
        raise StepError(f"which chapter? Write {_example(known)}; {_what(known)}")
    for name in names:
        if name not in known:
            raise StepError(f"no chapter {name!r}{_near(name, known)}; {_what(known)}")
    if not given:
        raise StepError(f"no file of your own was named; {_what({name: known[name] for name in names})}")
    for parameter in given:
        if not any(parameter in known[name] for name in names):
            told = {name: known[name] for name in names}
            raise StepError(f"no parameter {parameter!r}{_near(parameter, sum(told.values(), []))}; {_what(told)}")
    files = {parameter: _file(parameter, value, here) for parameter, value in given.items()}
    own = {name: {one: files[one] for one in known[name] if one in files} for name in names}
    if idle := [name for name, its in own.items() if not its]:
        raise StepError(f"no file for {idle[0]}; {_what({idle[0]: known[idle[0]]})}")
    return names, own, whole == "1"


def _file(parameter: str, value: str, here: Path) -> str:
    file = (here / Path(value).expanduser()).resolve()
    if not value or not file.is_file():
        raise StepError(f"{parameter}={value}: there is no such file; it was looked up as {file}")
    return str(file)


def _near(name: str, known: object) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _what(known: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} takes {' and '.join(files) or 'no file'}" for name, files in known.items())


def _example(known: dict[str, list[str]]) -> str:
    name = next((name for name, files in known.items() if files), "return")
    return f"make own CHAPTER={name} {known[name][0]}=FILE"


def check(own: dict[str, dict[str, str]]) -> None:
    """Read every file as its chapter will; raises `StepError` with what is wrong in it."""
    from lib.data import DataError
    from steps.engine.forms import FORMS

    for parameter, file in {item for files in own.values() for item in files.items()}:
        try:
            FORMS[parameter](file)
        except DataError as problem:
            raise StepError(f"{parameter}={file}\n{problem}") from problem


def prepare(own: dict[str, dict[str, str]], whole: bool) -> dict[str, str]:
    """Make a copy of the project for these files; returns the environment in which it is built."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    made = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "chapters", "generated")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, WORK / name, ignore=made)
        else:
            shutil.copy2(ROOT / name, WORK / name)
    for name in BUILT if whole else ():
        if (ROOT / "_build" / name).is_dir():
            shutil.copytree(ROOT / "_build" / name, WORK / "_build" / name)
    config = yaml.safe_load((WORK / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"]["html_theme_options"]["notice"] = notice(own, whole)
    (WORK / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    wanted = "" if whole else " ".join(own)
    return {**os.environ, "PYTHONPATH": str(WORK), "CHAPTERS": wanted, plan.OWN: json.dumps(own)}


def notice(own: dict[str, dict[str, str]], whole: bool) -> str:
    """What every page of the run says at its head."""
    files = dict.fromkeys(Path(file).name for its in own.values() for file in its.values())
    where = " and ".join(name.replace("_", " ") for name in own)
    also = ", and in what the synthesis and the front make of it," if whole else ""
    return (
        f"<p><strong>Own data: {escape(', '.join(files))}.</strong> This is not the published book. "
        f"In {escape(where)}{also} the numbers come from that.</p>"
    )


def keep(own: dict[str, dict[str, str]], whole: bool) -> tuple[Path, Counter]:
    """Put the built pages where the last run of the same kind was; returns the folder, and the verdicts' counts."""
    first = Path(next(iter(next(iter(own.values())).values()))).stem
    place = RUNS / "-".join([*own, re.sub(r"[^a-z0-9]+", "-", first.lower()).strip("-") or "own"])
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    (WORK / "_build" / ("html" if whole else "preview")).rename(fresh / "pages")
    verdicts = []
    for chapter in own:
        (WORK / "_build" / "executed" / f"{chapter}.ipynb").rename(fresh / f"{chapter}.ipynb")
        with (fresh / "pages" / "book" / "files" / f"{chapter}.claims.csv").open(encoding="utf-8", newline="") as file:
            verdicts += csv.DictReader(file)
    with (fresh / "verdicts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, verdicts[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(verdicts)
    opens = f"pages/book/chapters/{next(iter(own))}.html"
    (fresh / "index.html").write_text(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Own data</title>'
        f'<meta http-equiv="refresh" content="0; url={opens}"><a href="{opens}">The chapter on your data</a></html>\n',
        encoding="utf-8",
    )
    swap(fresh, place)
    shutil.rmtree(place.with_name(f"{place.name}.old"), ignore_errors=True)
    return place, Counter(row["verdict"] for row in verdicts)


def main(words: list[str]) -> int:
    """Check the files, run the chapters, and put the result into `own-runs/NAME`; a failure leaves the last one."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    try:
        names, own, whole = asked(words, Path(os.environ.get("FROM") or Path.cwd()))
        check(own)
        print(f"  the files are in order; {' and '.join(names)} will take a minute or two", flush=True)
        done = subprocess.run([sys.executable, "-m", "steps.build"], cwd=WORK, env=prepare(own, whole), check=False)
        if done.returncode:
            where = WORK.relative_to(ROOT)
            print(f"Nothing of an earlier run was touched. The folders named above are in {where}.", file=sys.stderr)
            return done.returncode
    except StepError as problem:
        print(problem, file=sys.stderr)
        return 2
    place, counts = keep(own, whole)
    where = place.relative_to(ROOT)
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common())
    print(f"\n{sum(counts.values())} claims: {said}.\nOpen {where}/index.html")
    print(f"Verdicts as a table: {where}/verdicts.csv. Read 'Before you show this' on the page before you share it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
