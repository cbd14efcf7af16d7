"""Serve the book locally and build it again when a file changes; the last good page answers meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading

from livereload import Server
from livereload.handlers import StaticFileHandler
from tornado.web import HTTPError

from steps import ROOT

WATCHED = ["notebooks", "data", "lib", "steps", "book/*.*", "book/code", "book/_*", "_config.yml", "_toc.yml"]
PORT = 8000
WAITING = "<!doctype html><title>Building</title><p>The book is being built for the first time; this page follows."


class Pages(StaticFileHandler):
    """The files of the book; an address that names no file is the visitor's error, not ours."""

    @classmethod
    def get_absolute_path(cls, root: str, path: str) -> str:
        """The file that an address names."""
        if "\0" in path:
            raise HTTPError(404)
        return super().get_absolute_path(root, path)


class Builder(threading.Thread):
    """Builds when something has changed, one build after the other, beside the server."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.changed = threading.Event()
        self.changed.set()

    def run(self) -> None:
        """Build for ever; a failing build says why and leaves the last good book to be served."""
        while True:
            self.changed.wait()
            self.changed.clear()
            subprocess.run([sys.executable, "-m", "steps.build"], cwd=ROOT, check=False)


def serve(port: int) -> None:
    """Serve `_build/html` until interrupted; pages that are open are loaded again after each good build."""
    folder = ROOT / "_build" / "html"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(WAITING, encoding="utf-8")
    builder, server = Builder(), Server()
    server.SFH = Pages
    for place in WATCHED:
        server.watch(str(ROOT / place), builder.changed.set, delay="forever")
    server.watch(str(ROOT / "_build" / "records" / "html.json"))
    builder.start()
    server.serve(root=str(folder), port=port)


if __name__ == "__main__":
    serve(int(sys.argv[1]) if sys.argv[1:] else PORT)
