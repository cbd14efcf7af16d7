"""Validate the tables of the data package and record their hashes (`make describe`), or only validate."""

from __future__ import annotations

import json
import sys

from lib import data


def problems() -> list[str]:
    """Everything wrong with the tables, one message each."""
    found = []
    for name in data.resources():
        try:
            data.validate(name)
        except data.DataError as problem:
            found.append(str(problem))
    return found


def record() -> None:
    """Write the SHA-256 and size of every table into the data package."""
    package = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        file = data.PACKAGE.parent / resource["path"]
        resource["sha256"], resource["bytes"] = data.sha256(file), file.stat().st_size
    data.PACKAGE.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    """Record the hashes if every table is valid; otherwise say what is wrong and change nothing."""
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        record()
        print(f"{len(data.resources())} tables are valid; hashes recorded in {data.PACKAGE.name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
