"""Serve the book locally and build it again when a file changes."""

from __future__ import annotations

import subprocess
import sys

from livereload import Server

from steps.execute import ROOT

WATCHED = ["notebooks/*", "data/*", "lib/*", "book/*.md", "book/_*/*", "_config.yml", "_toc.yml"]


def build() -> None:
    """One build; a failing one says why and leaves the last good book to be served."""
    subprocess.run(
        [sys.executable, "-m", "doit", "-n", "2", "-P", "thread", "--continue", "book"], cwd=ROOT, check=False
    )


if __name__ == "__main__":
    build()
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), build, delay=1)
    server.serve(root=str(ROOT / "_build" / "html"), port=8000)
