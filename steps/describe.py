"""Validate the tables of the data package and record their hashes (`make describe`), or only validate."""

from __future__ import annotations

import json
import sys

from lib import data
from steps import left
from steps.book import links


def problems() -> list[str]:
    """Everything wrong with the tables, and with what hangs between them, one message each."""
    if found := left.descriptors():
        return found
    for name in data.resources():
        try:
            data.validate(name)
        except data.DataError as problem:
            found.append(str(problem))
    return found or links.problems()


def record() -> list[str]:
    """Write the SHA-256 and size of every table into the data package; the names of files that were put right.

    A file with a byte order mark or Windows line endings, as spreadsheets and git write them, is first written
    again without: its hash would hold on one machine alone.
    """
    mended = []
    package = json.loads(data.PACKAGE.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        file = data.PACKAGE.parent / resource["path"]
        if (content := file.read_bytes()) != (normal := data.normal(content)):
            file.write_bytes(normal)
            mended.append(file.name)
        resource["sha256"], resource["bytes"] = data.sha256(file), file.stat().st_size
    data.PACKAGE.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return mended


def main() -> int:
    """Record the hashes if every table is valid; otherwise say what is wrong and change nothing."""
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        for name in record():
            print(f"{name}: written again with plain line endings and without a byte order mark")
        print(f"{len(data.resources())} tables are valid; hashes recorded in {data.PACKAGE.name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
