"""Sphinx extension: what the templates of the theme ask for, and which pages have to be written anew."""

from __future__ import annotations

from html import escape
from pathlib import Path
from zlib import crc32

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# What the header says. A page that is not there is left out, and the menus hold every other page of the book.
LINKS = (("book/recommendations", "Recommendations"), ("book/ledger", "All claims"))
ANSWER, CHAPTERS, BENEATH = "Answer", "Chapters", "Data and methods"
FOLDER = "book/chapters/"
FEW, MANY = 3, 30  # sections of a page that has its contents beside it, though it is no chapter


def parts(env: BuildEnvironment) -> list[tuple[str, list[tuple[str, str]]]]:
    """The parts of the book in order: caption, and name and title of each page."""
    return [(caption or "", pages) for caption, pages in _trees(env, env.config.root_doc)]


def supplements(env: BuildEnvironment) -> dict[str, list[tuple[str, str]]]:
    """The pages beneath each chapter that has any: name and title."""
    chapters = [name for _, pages in parts(env) for name, _ in pages if name.startswith(FOLDER)]
    beneath = {name: [page for _, pages in _trees(env, name) for page in pages] for name in chapters}
    return {name: pages for name, pages in beneath.items() if pages}


def _trees(env: BuildEnvironment, name: str) -> list[tuple[str | None, list[tuple[str, str]]]]:
    """What a page has beneath it: caption of each tree, and name and title of its pages."""
    return [
        (tree["caption"], [(page, title or env.titles[page].astext()) for title, page in tree["entries"]])
        for tree in env.get_doctree(name).findall(addnodes.toctree)
    ]


def menus(
    book: list[tuple[str, list[tuple[str, str]]]], beneath: dict[str, list[tuple[str, str]]]
) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
    """The two menus of the header, each with the parts that stand in it: the chapters, and all that lies beneath.

    A chapter is followed by its supplements (`beneath`). A page that the header links by itself (`LINKS`) is in none.
    """
    linked = {name for name, _ in LINKS}
    whole = [(caption, [one for page in pages for one in (page, *beneath.get(page[0], []))]) for caption, pages in book]
    kept = [(caption, [page for page in pages if page[0] not in linked]) for caption, pages in whole]
    inside = {True: [], False: []}
    for caption, pages in kept:
        if pages:
            inside[caption == CHAPTERS].append((caption, pages))
    return [(title, these) for title, these in ((CHAPTERS, inside[True]), (BENEATH, inside[False])) if these]


def links(env: BuildEnvironment) -> list[tuple[str, str]]:
    """The pages that the header links by themselves, of those that the book has: name and title."""
    return [(name, title) for name, title in LINKS if name in env.found_docs]


def has_contents(name: str, sections: list, root: str) -> bool:
    """Whether a page has its contents beside it: chapters have, and others with a few sections, but not the first."""
    return name != root and (name.startswith(FOLDER) or FEW <= len(sections) <= MANY)


def contents(toc: nodes.Node, depth: int = 2) -> list[tuple[str, str, list]]:
    """The sections of a page, `depth` levels of them below its title: anchor, title and sections inside."""
    return [
        (link["anchorname"], link.astext(), contents(item, depth - 1) if depth > 1 else [])
        for item in _items(toc)
        if (link := item.next_node(nodes.reference)) is not None
    ]


def trail(env: BuildEnvironment, name: str) -> tuple[str | None, str | None, str | None]:
    """The pages before, after and above one: those of the book have neighbours, and those beneath one of them have it.

    A page beneath another, as a table beneath the data catalogue, is between no two others.
    """
    order = [env.config.root_doc, *(page for _, pages in env.book_parts for page, _ in pages)]
    if name in order:
        place = order.index(name)
        return (order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None, None)
    return None, None, next((page for page in env.files_to_rebuild.get(name, ()) if page in order), None)


def _items(parent: nodes.Node) -> list[nodes.list_item]:
    return [item for items in parent if isinstance(items, nodes.bullet_list) for item in items]


def _page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    toc = app.env.tocs.get(pagename)
    context["author"] = app.config.author
    context["book_parts"] = app.env.book_parts
    sections = contents(toc[0]) if toc else []
    context["page_contents"] = sections if has_contents(pagename, sections, app.config.root_doc) else []
    for what, page in zip(("prev", "next", "above"), trail(app.env, pagename), strict=True):
        title = page and escape(app.env.titles[page].astext())
        context[what] = page and {"name": page, "link": app.builder.get_relative_uri(pagename, page), "title": title}
    inside = menus(app.env.book_parts, app.env.book_beneath)
    context["header"] = {"answer": ANSWER, "menus": inside, "links": links(app.env)}
    # only files, and of these only the book's own: scripts in a page are what a content security policy forbids
    ours = {"_static/theme.css", *(f"_static/{file}" for file, _ in app.config.html_css_files)}
    context["css_files"] = [file for file in context["css_files"] if file.filename in ours]
    ours = {f"_static/{file}" for file, _ in app.config.html_js_files}
    context["script_files"] = [file for file in context["script_files"] if file.filename in ours]


def _outdated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Every page when titles, order or files that all pages show have changed, which Sphinx does not look at."""
    folders = [*map(Path(app.confdir).joinpath, app.config.html_static_path), *app.builder.theme.get_theme_dirs()]
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.*") if file.suffix in (".css", ".js"))
    env.book_parts, env.book_beneath = parts(env), supplements(env)
    state = (env.book_parts, env.book_beneath, [crc32(file.read_bytes()) for file in files])
    before, env.book_state = getattr(env, "book_state", None), state
    return [] if state == before else sorted(env.found_docs)


def setup(app: Sphinx) -> dict:
    """Give the templates their context."""
    app.connect("env-updated", _outdated)
    app.connect("html-page-context", _page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
