"""Run chapters on a reader's own files, and make a book of the result: `make own CHAPTER=return panel=FILE`.

Words are NAME=VALUE: `CHAPTER` (or several, in quotes), the parameters of those chapters, `synthesis=1` for the whole
book with the synthesis on it, and `release=1` for pages without what others may not see. Nothing of the project is
touched: everything happens in a copy in `own-runs`, which git ignores, and only a run that ends well takes the place of
the last one.
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
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path

import yaml

from lib.chapters import SYNTHESIS, supplements, tested
from lib.ledger.verdicts import REMARKED
from lib.parameters import RELEASE
from steps import ROOT, StepError
from steps.engine import given as handed
from steps.engine.html import swap

RUNS = ROOT / "own-runs"
WORK = RUNS / ".work"
COPIED = ("book", "data", "lib", "notebooks", "steps", "_config.yml", "_toc.yml", "dodo.py", "requirements.lock")
BUILT = ("executed", "results", "figures", "pictures", "records")  # what chapters on the shipped data left
PARAMETERS = re.compile(r":tags: \[parameters\]\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPTIONS = ("synthesis", "release")  # each 1 or left out


def notebooks(chapter: str) -> list[str]:
    """The notebooks of a chapter: its own, and those of its supplements."""
    return [chapter, *supplements().get(chapter, [])]


def parameters(chapter: str) -> list[str]:
    """The parameters of a chapter that name files, and those of its supplements."""
    return list(dict.fromkeys(one for notebook in notebooks(chapter) for one in _parameters(notebook)))


def _parameters(notebook: str) -> list[str]:
    found = PARAMETERS.search((ROOT / "notebooks" / f"{notebook}.md").read_text(encoding="utf-8"))
    body = ast.parse(found[1]).body if found else []
    return [node.targets[0].id for node in body if isinstance(node, ast.Assign)]


@dataclass(frozen=True)
class Run:
    """What was asked for: the files of each chapter by parameter, and whether with the synthesis, and for others."""

    own: dict[str, dict[str, str]]
    synthesis: bool
    release: bool

    @property
    def notebooks(self) -> dict[str, dict[str, str]]:
        """The files of each notebook by parameter: of a chapter and of its supplements, each those that it takes."""
        given = {
            notebook: {one: its[one] for one in _parameters(notebook) if one in its}
            for chapter, its in self.own.items()
            for notebook in notebooks(chapter)
        }
        return {notebook: its for notebook, its in given.items() if its}

    @property
    def files(self) -> list[Path]:
        """All files, each once."""
        return [Path(file) for file in dict.fromkeys(file for its in self.own.values() for file in its.values())]


def asked(words: list[str], here: Path) -> Run:
    """What these words ask for; a path is looked up from `here`.

    Raises `StepError` for anything that no chapter knows, and for a file that is not there.
    """
    given = dict(word.split("=", 1) for word in words if "=" in word)
    names = re.split(r"[\s,]+", given.pop("CHAPTER", given.pop("CHAPTERS", "")).strip())
    options = {name: given.pop(name, "0") for name in OPTIONS}
    for name, value in options.items():
        if value not in ("0", "1"):
            raise StepError(f"{name}={value}: write {name}=1, or leave it out")
    known = {name: parameters(name) for name in sorted(tested())}
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
            near = _near(parameter, [one for its in told.values() for one in its])
            raise StepError(f"no parameter {parameter!r}{near}; {_what(told)}")
    files = {parameter: _file(parameter, value, here) for parameter, value in given.items()}
    own = {name: {one: files[one] for one in known[name] if one in files} for name in names}
    if idle := [name for name, its in own.items() if not its]:
        raise StepError(f"no file for {idle[0]}; {_what({idle[0]: known[idle[0]]})}")
    return Run(own, *(options[name] == "1" for name in OPTIONS))


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


def check(run: Run) -> list[str]:
    """Read every file as its chapter will; returns what was understood of their forms, a sentence for each.

    Raises `StepError` with what is wrong in a file.
    """
    from lib.data import DataError
    from lib.own_files import heard
    from steps.engine.forms import FORMS

    with heard() as understood:
        for parameter, file in dict.fromkeys(item for files in run.own.values() for item in files.items()):
            try:
                FORMS[parameter](file)
            except DataError as problem:
                raise StepError(f"{parameter}={file}\n{problem}") from problem
    return understood


def prepare(run: Run, understood: list[str]) -> dict[str, str]:
    """Make a copy of the project for this run; returns the environment in which it is built.

    `understood` is what `check` returns: how the files were read, which every page says.
    """
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    made = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "chapters", "generated")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, WORK / name, ignore=made)
        else:
            shutil.copy2(ROOT / name, WORK / name)
    for name in BUILT if run.synthesis else ():
        if (ROOT / "_build" / name).is_dir():
            shutil.copytree(ROOT / "_build" / name, WORK / "_build" / name)
    config = yaml.safe_load((WORK / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"]["html_theme_options"]["notice"] = notice(run, understood)
    own_files = {notebook: [*its, "own"] for notebook, its in run.notebooks.items()}
    config["sphinx"]["config"]["own_files"] = own_files | ({SYNTHESIS: ["own"]} if run.synthesis else {})
    (WORK / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    wanted = "" if run.synthesis else " ".join(run.own)
    given = {"PYTHONPATH": str(WORK), "CHAPTERS": wanted, handed.OWN: json.dumps(run.notebooks)}
    return {**os.environ, **given, RELEASE: "1" if run.release else ""}


def notice(run: Run, understood: list[str]) -> str:
    """What every page of the run says at its head: whose data, where they are used, and how they were read.

    How they were read quotes values, so it is not on pages for others.
    """
    files = ", ".join(file.name for file in run.files)
    where = " and ".join(name.replace("_", " ") for name in run.own)
    read = f" How it was read: {escape('; '.join(understood))}." if understood and not run.release else ""
    also = ", and in what the synthesis and the front make of it," if run.synthesis else ""
    return (
        f"<p><strong>Own data: {escape(files)}.</strong> This is not the published book. "
        f"In {escape(where)}{also} the numbers come from that.{read}</p>"
    )


def keep(run: Run) -> tuple[Path, Counter]:
    """Put the built pages where the last run of the same kind was; returns the folder, and the counts of verdicts.

    Remarks of ours are in the table of verdicts, and in no count.
    """
    kind = re.sub(r"[^a-z0-9]+", "-", run.files[0].stem.lower()).strip("-") or "own"
    place = RUNS / "-".join([*run.own, kind, *(["release"] if run.release else [])])
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    (WORK / "_build" / ("html" if run.synthesis else "preview")).rename(fresh / "pages")
    verdicts = []
    for chapter in run.own:
        for notebook in [] if run.release else notebooks(chapter):
            (WORK / "_build" / "executed" / f"{notebook}.ipynb").rename(fresh / f"{notebook}.ipynb")
        with (fresh / "pages" / "book" / "files" / f"{chapter}.claims.csv").open(encoding="utf-8", newline="") as file:
            verdicts += csv.DictReader(file)
    with (fresh / "verdicts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, verdicts[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(verdicts)
    opens = f"pages/book/chapters/{next(iter(run.own))}.html"
    (fresh / "index.html").write_text(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Own data</title>'
        f'<meta http-equiv="refresh" content="0; url={opens}"><a href="{opens}">The chapter on your data</a></html>\n',
        encoding="utf-8",
    )
    swap(fresh, place)
    shutil.rmtree(place.with_name(f"{place.name}.old"), ignore_errors=True)
    return place, Counter(row["verdict"] for row in verdicts if row["verdict"] != REMARKED)


def main(words: list[str]) -> int:
    """Check the files, run the chapters, and put the result into `own-runs/NAME`; a failure leaves the last one."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    try:
        run = asked(words, Path(os.environ.get("FROM") or Path.cwd()))
        understood = check(run)
        for sentence in understood:
            print(f"  {sentence}")
        print(f"  the files are in order; {' and '.join(run.own)} will take a minute or two", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "steps.build"], cwd=WORK, env=prepare(run, understood), check=False
        )
        if done.returncode:
            where = WORK.relative_to(ROOT)
            print(f"Nothing of an earlier run was touched. The folders named above are in {where}.", file=sys.stderr)
            return done.returncode
    except StepError as problem:
        print(problem, file=sys.stderr)
        return 2
    place, counts = keep(run)
    where = place.relative_to(ROOT)
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common())
    print(f"\n{sum(counts.values())} claims: {said}.\nOpen {where}/index.html")
    print(f"Verdicts as a table: {where}/verdicts.csv. Read 'Before you show this' on the page before you share it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
