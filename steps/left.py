"""What is not described, linked, tested or paired: a line each, with the file and how to mend it.

`make check` says it before any test runs, `make describe` what of it concerns the descriptions of tables, and
`make new` what is left of what it began. Tables are read as their files are, recorded or not.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

import pandas as pd

from lib import chapters, data
from lib.described import to_write
from lib.ledger.claims import TESTABLE
from lib.ledger.statement import BOUNDS, is_number
from lib.ledger.verdicts import CONFIRMED, CONTESTED, DIFFERS, OURS, UNTESTED
from steps import pairs

Row = Mapping[str, str]

SECTION = re.compile(r"[1-6](\.\d+)*(, box \d)?|summary|reference list|annex \d+")
DAYS = {"year": r"\d{4}", "month": r"\d{4}-(0[1-9]|1[0-2])", "day": r"\d{4}-\d\d-\d\d"}
NUMBERS = ("count", "share", "ratio", "score", "money")
WORDS = ("rise", "fall", "yes", "no")
WORLD = ("public", "studies")  # evidence whose official rows a reader can open
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)(.*?)^```", re.DOTALL | re.MULTILINE)
ASIDE = (
    "answer",
    "claim",
    "claims",
    "on_record",
    "read_claim",
    "results",
)  # what is asked for a claim and does not test it
CALLS = {  # what enters a claim, by its evidence
    "public": 'check({{"{}": computed}})',
    "studies": 'check({{"{}": computed}})',
    "arithmetic": 'check({{"{}": computed}})',
    "document": 'check_documents("{}")',
    "restricted": 'check_restricted({{"{}": computed}})',
}
ANY = "\0"  # in the place of what a text computes
NAME = re.compile(r"(?=.*[a-z]{3})(?=.*-)[a-z0-9\0]+(-[a-z0-9\0]+)*(-\*)?")


def table(name: str) -> list[Row]:
    """The rows of a table as its file has them, all cells as text; none of a table that is not there."""
    file = data.PACKAGE.parent / f"{name}.csv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, restval=""))


def column(name: str, field: str) -> list[str]:
    """A column of a table as `table` reads it."""
    return [row.get(field) or "" for row in table(name)]


def descriptors() -> list[str]:
    """What descriptions of tables lack, a line for each table, and files that have none."""
    package = data.PACKAGE
    try:
        known = data.resources()
    except data.DataError as problem:
        return [f"data/{problem}"]
    found = [
        f"data/{package.name}: table {name} lacks {'; '.join(lacking)}: write it, then `make describe`"
        for name, resource in known.items()
        if (lacking := to_write(resource))
    ]
    files = {resource["path"] for resource in known.values()}
    found += [
        f"data/{package.name}: table {name} has no file: restore data/{resource['path']}, or take the table out"
        for name, resource in known.items()
        if not (package.parent / resource["path"]).is_file()
    ]
    return found + [
        data.not_described(file.stem) for file in sorted(package.parent.glob("*.csv")) if file.name not in files
    ]


def not_recorded() -> list[str]:
    """Tables whose files are not the ones that were recorded."""
    edited = [
        resource["path"]
        for resource in data.resources().values()
        if not to_write(resource)
        and (file := data.PACKAGE.parent / resource["path"]).is_file()
        and data.sha256(file) != resource.get("sha256")
    ]
    return [f"data/{name}: edited since it was recorded: run `make describe`" for name in edited]


def claim_errors(row: Row) -> dict[str, str]:
    """What does not fit in a row of the ledger, by its column, as what to write instead."""
    known = _tested(chapters.CONTENTS.stat().st_mtime_ns)
    wrong = {} if row["chapter"] in known else {"chapter": f"one of {', '.join(known)}"}
    if not row["id"].startswith(f"{row['chapter'].replace('_', '-')}-"):
        wrong["id"] = "the chapter first, then words joined by hyphens"
    if not SECTION.fullmatch(row["section"]):
        wrong["section"] = "3.1.2, summary, reference list, annex 3, or with a box: 3.3.3, box 2"
    if row["section"] in row["places"].split(";"):
        wrong["places"] = "only other sections than that of the claim"
    said = row["statement"]
    if not (said[:1].isupper() and said.endswith(".") and "\n" not in said):
        wrong["statement"] = "a sentence on one line, from a capital to a full stop"
    if (row["evidence"] in TESTABLE) == (row["expect"] in UNTESTED):
        verdicts = [CONFIRMED, DIFFERS, CONTESTED] if row["evidence"] in TESTABLE else UNTESTED
        wrong["expect"] = f"where the evidence is {row['evidence'] or 'not given'}, one of {', '.join(verdicts)}"
    if row["expect"] != CONFIRMED and not row["note"]:
        wrong["note"] = "why it differs or is not tested"
    return wrong | _value_errors(row)


@cache
def _tested(modified: int) -> list[str]:
    return list(chapters.tested())


def _value_errors(row: Row) -> dict[str, str]:
    kind, value, precision, wrong = row["kind"], row["value"], row["precision"], {}
    sized = precision in BOUNDS or is_number(precision)
    if kind == "date":
        if precision not in DAYS:
            return {"precision": f"of a date one of {', '.join(DAYS)}"}
        if not re.fullmatch(DAYS[precision], value) or pd.isna(pd.to_datetime(value, errors="coerce")):
            wrong["value"] = f"a {precision} as 2024, 2024-05 or 2024-05-31"
    elif kind in NUMBERS or sized:
        if not sized:
            wrong["precision"] = "the step it was rounded to (1, 1000, 0.5), or a bound (> >= < <=)"
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            wrong["value"] = f"of a {kind} a number: 1234.5"
        if kind in NUMBERS and not row["unit"]:
            wrong["unit"] = "what the number counts"
    elif precision:
        wrong["precision"] = "of a word nothing; of a number the step it was rounded to, or a bound (> >= < <=)"
    elif value not in WORDS and value not in (degrees := _named("degrees", "word")):
        wrong["value"] = f"a word: {', '.join([*WORDS, *sorted(degrees)])}"
    return wrong


def ledger() -> list[str]:
    """Rows of the ledger that do not fit, and claims that lack a link, a line for each."""
    rows = [row for row in table("claims") if row.get("id")]
    found = [
        f"data/claims.csv, {row['id']}: {name} {row[name]!r}: write {what}"
        for row in rows
        for name, what in claim_errors(row).items()
    ]
    return found + [line for row in rows for line in _unlinked(row)]


def _unlinked(row: Row) -> Iterator[str]:
    id, section = row["id"], row["section"]
    if row["whose"] != OURS:
        apart, under = id in _named("claims_apart"), id in _named("links_finding_claim")
        if not (apart or under):
            yield (
                f"data/links_finding_claim.csv: {id} hangs under no finding: add a row (finding, {id}, role, why); or, "
                "where it bears on none, one to data/claims_apart.csv with the reason"
            )
        if apart and under:
            yield f"data/claims_apart.csv: {id} hangs under a finding: take its row out"
        if id not in _named("passages", "claims"):
            yield f"data/passages.csv: no passage has {id}: add it to the claims of the passage of {section}"
    if row["evidence"] in WORLD and id not in _named("links_claim_row"):
        yield f"data/links_claim_row.csv: {id} has no official rows: add one ({id}, table, where, shows)"
    if (untested := row["expect"] in UNTESTED) != (id in _named("claims_needs")):
        yield (
            f"data/claims_needs.csv: what a test of {id} would need is not said: add a row ({id}, release, detail, "
            f"{section}) with a release of data/releases.csv"
            if untested
            else f"data/claims_needs.csv: {id} is tested: take its row out"
        )


@cache
def _names(name: str, field: str, modified: int) -> frozenset[str]:
    return frozenset(id for cell in column(name, field) for id in cell.split(";"))


def _named(name: str, field: str = "claim") -> frozenset[str]:
    """The claims, or words, that a column of a table names; it is read again when its file has changed."""
    file = data.PACKAGE.parent / f"{name}.csv"
    return _names(name, field, file.stat().st_mtime_ns if file.is_file() else 0)


def never_tested() -> list[str]:
    """Claims that no call of their chapter can mean: the build would stop at the end of the chapter."""
    rows, found = table("claims"), []
    shared = {
        text for file in (chapters.ROOT / "lib").rglob("*.py") for text in texts(file.read_text(encoding="utf-8"))
    }
    for chapter in chapters.tested():
        file, own = chapters.ROOT / "notebooks" / f"{chapter}.md", [row for row in rows if row["chapter"] == chapter]
        if not file.is_file() or not own:
            continue
        here, prefix = {text for code in code_of(file) for text in texts(code)}, f"{chapter.replace('_', '-')}-"
        said = shared | here
        # `lib.ledger.named` enters claims by what follows the chapter's name, several in one text
        said |= {f"{prefix}{word}" for text in said for word in text.split() if NAME.fullmatch(word)}
        if any("*" in words and all(map(NAME.fullmatch, words - {"*"})) for words in map(set, map(str.split, here))):
            said.add(f"{prefix}*")
        forms = [_form(text) for text in said if text.startswith(prefix) and (ANY in text or text.endswith("*"))]
        for row in own:
            id, closed = row["id"], row["evidence"] not in TESTABLE
            if not (id in said or any(form.fullmatch(id) for form, stars in forms if closed or not stars)):
                call = CALLS.get(row["evidence"], 'untested("{}")').format(id)
                found.append(
                    f"notebooks/{chapter}.md: {id} is tested nowhere: write ledger.{call} next to its sentence"
                )
    return found


def _form(text: str) -> tuple[re.Pattern[str], bool]:
    """The ids that a text with something computed in it may be, and whether it stands for all that begin so."""
    stars = text.endswith("*")
    parts = map(re.escape, text.removesuffix("*").split(ANY))
    return re.compile(".+".join(parts) + (".*" if stars else "")), stars


def code_of(file: Path) -> list[str]:
    """The code of a chapter's text, cell by cell."""
    return CELL.findall(file.read_text(encoding="utf-8"))


def texts(code: str) -> Iterator[str]:
    """The texts in code that may be ids of claims which it tests, `ANY` standing for what is computed in them.

    Code that is not Python has none: the chapter will say so.
    """
    try:
        yield from _texts(ast.parse(code), {})
    except SyntaxError:
        return


def _texts(node: ast.AST, known: Mapping[str, list[str]]) -> Iterator[str]:
    """As `texts`, within loops over texts that are written out, by the name of what runs through them."""
    if (
        isinstance(node, ast.Call | ast.Subscript)
        and _name(getattr(node, "func", getattr(node, "value", None))) in ASIDE
    ):
        return
    for loop in getattr(node, "generators", []):
        if isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Tuple | ast.List):
            values = [
                one.value for one in loop.iter.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if len(values) == len(loop.iter.elts):
                known = {**known, loop.target.id: values}
    if isinstance(node, ast.JoinedStr):
        yield from map("".join, product(*(_options(part, known) for part in node.values)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for inner in ast.iter_child_nodes(node):
            yield from _texts(inner, known)


def _options(part: ast.expr, known: Mapping[str, list[str]]) -> list[str]:
    """What a part of a text may read."""
    if isinstance(part, ast.Constant):
        return [part.value]
    return known.get(_name(part.value), [ANY]) if isinstance(part, ast.FormattedValue) else [ANY]


def _name(named: object) -> str:
    return getattr(named, "attr", getattr(named, "id", ""))


def not_paired() -> list[str]:
    """Chapters that are in no count, or whose two files are out of step or cannot be read."""
    found = [missing] if (missing := chapters.missing()) else []
    for pair in pairs.pairs(chapters.ROOT / "notebooks"):
        try:
            if not pairs.agrees(pair):
                found.append(f"notebooks: {pair.text.name} and {pair.notebook.name} are out of step: run `make sync`")
        except pairs.PairError as problem:
            found.append(f"notebooks: {str(problem).removesuffix('. Nothing was changed.')}")
    return found


def briefs() -> list[str]:
    """Chapters that the Dutch page has nothing of."""
    dutch = set(column("briefs_dutch", "chapter"))
    return [
        f"data/briefs_dutch.csv: nothing of {name}: add a row in Dutch for each question of its table In brief"
        for name in chapters.tested()
        if name not in dutch
    ]


def lines() -> list[str]:
    """All that is left to do; descriptions first, since the rest is read from the tables."""
    if found := descriptors():
        return [*found, *not_paired()]
    return [*not_recorded(), *not_paired(), *ledger(), *never_tested(), *briefs()]


def main() -> int:
    """Say what is left; fails if there is anything."""
    found = lines()
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} left to do; the tests were not run.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
