"""Which tables a chapter loads, read from its text, so that the task runner knows before anything is executed."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def loaded(text: str) -> list[str]:
    """The names in the chapter's `data.load("name")` calls.

    Raises `ValueError` for a call whose name is computed: the build could not follow it.
    """
    found = set()
    for cell in re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE):
        code = "\n".join(line for line in cell.splitlines() if not re.match(r"^(:[\w-]+:|---|tags:|%)", line))
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "data.load":
                name = node.args[0] if node.args else None
                if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
                    raise ValueError(f"{ast.unparse(node)}: name the table in quotes, so that the build can follow it")
                found.add(name.value)
    return sorted(found)


def files(name: str) -> list[str]:
    """The data files of the tables that a chapter loads, relative to the project."""
    return [f"data/{resource['path']}" for resource in _resources(name)]


def fingerprint(name: str) -> str:
    """What else in data/ a chapter depends on: its tables' descriptors, and its own rows of the ledger."""
    with (ROOT / "data" / "claims.csv").open(encoding="utf-8", newline="") as ledger:
        rows = [row for row in csv.DictReader(ledger) if row["chapter"] == name]
    return hashlib.sha256(json.dumps([_resources(name), rows], sort_keys=True).encode()).hexdigest()


def _resources(name: str) -> list[dict]:
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    used = loaded((ROOT / "notebooks" / f"{name}.md").read_text(encoding="utf-8"))
    return [resource for resource in package["resources"] if resource["name"] in used]
