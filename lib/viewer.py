"""What a notebook shows to whoever runs it, and the book does not: it draws and fills in such things itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from IPython.core.getipython import get_ipython
from IPython.display import display


def in_a_notebook() -> bool:
    """Whether the cells run in a Jupyter kernel; those of the book run without one."""
    return hasattr(get_ipython(), "kernel")


def show_glued(phrases: Mapping[str, object]) -> None:
    """The values that the text names, under the cell that makes them: outside the book a sentence has only the names.

    What is no text, as the cards of a chapter, is shown as it shows itself.
    """
    texts = {name: phrase for name, phrase in phrases.items() if isinstance(phrase, str)}
    if texts:
        plain = "\n".join(f"{name}: {text}" for name, text in texts.items())
        listed = "; ".join(f"<code>{escape(name)}</code> <b>{escape(text)}</b>" for name, text in texts.items())
        display({"text/plain": plain, "text/html": f"<p>In the text: {listed}.</p>"}, raw=True)
    for name in phrases.keys() - texts.keys():
        display(phrases[name])
