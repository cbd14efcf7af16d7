"""The steps of the build, one module each; `dodo.py` says in which order and when."""

import lib  # noqa: F401  (what it spares altair it spares nbformat, and so papermill)
