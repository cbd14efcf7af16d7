"""Text from tables on a page of the book: it stays text, whatever stands in it."""

from __future__ import annotations

import re

CODE = re.compile(r"(`[\w. ]+`)")  # the one thing that is more than text
SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|$~^&!:@=]|^[^\w\s]|^\d(?=\d*[.)])")


def myst(text: str) -> str:
    """A text as MyST that shows it, on one line: in a paragraph, a heading, a list, a cell of a table or a link.

    Characters that could begin markup, HTML, a role, a directive or a block become character references, which
    nothing parses again. A name or command between backticks is shown as code.
    """
    line = " ".join(str(text).split())
    return "".join(part if CODE.fullmatch(part) else _references(part) for part in CODE.split(line))


def _references(text: str) -> str:
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)


def raw(html: str) -> str:
    """HTML as a MyST block that nothing in it can end."""
    body = "\n".join(line for line in html.splitlines() if line.strip())
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return f"{fence}{{raw}} html\n{body}\n{fence}\n"
