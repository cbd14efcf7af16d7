"""The repository's address, which stands in pyproject.toml alone, written wherever else it is read.

`make address` writes it after a change; a test holds every file to it. While there is none, each file says so, or
leaves the key out where its format asks for an address.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable

from steps import ROOT

NONE = "It has no public address yet."


def address() -> str:
    """The address of the repository; empty while none is public."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "")


def page(text: str, url: str) -> str:
    """A Markdown page, between whose marks the address stands."""
    said = f"Its address: <{url}>." if url else NONE
    return re.sub(r"(<!-- address -->).*?(<!-- /address -->)", rf"\g<1>{said}\g<2>", text)


def config(text: str, url: str) -> str:
    """The settings of the book, whose pages take it from there by name."""
    said = f"The address of the repository is <{url}>." if url else "The repository has no public address yet."
    return re.sub(r"^(    repository: ).*$", rf'\g<1>"{said}"', text, flags=re.MULTILINE)


def citation(text: str, url: str) -> str:
    """The citation file, which must not name an empty address."""
    line = f'repository-code: "{url}"' if url else "# repository-code: none is public yet"
    return re.sub(r"^(?:# )?repository-code:.*$", line, text, flags=re.MULTILINE)


def package(text: str, url: str) -> str:
    """The data package, whose `homepage` it is, after the description."""
    found = {name: value for name, value in json.loads(text).items() if name != "homepage"}
    made = {}
    for name, value in found.items():
        made[name] = value
        if name == "description" and url:
            made["homepage"] = url
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[str, str], str]] = {
    "README.md": page,
    "CONTRIBUTING.md": page,
    "_config.yml": config,
    "CITATION.cff": citation,
    "data/datapackage.json": package,
}


def main() -> None:
    """Write the address into each file that has another."""
    url = address()
    for name, form in FILES.items():
        file = ROOT / name
        old = file.read_text(encoding="utf-8")
        if (new := form(old, url)) != old:
            file.write_text(new, encoding="utf-8")
            print(f"  {name}: {url or 'no address'}")


if __name__ == "__main__":
    main()
