"""The steps of the build, one module each; `dodo.py` says in which order and when."""
