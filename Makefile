# Two commands for a newcomer: `make book` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
export CHAPTERS
# Everything started here runs the code of this checkout, whatever the environment has installed.
export PYTHONPATH := $(CURDIR)
# Chapters and tests run two at a time; threads inside small matrix products would only wait for each other.
export OPENBLAS_NUM_THREADS = 1
# What is compiled is kept, also where the environment says otherwise: builds and tests start many processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help book test check own new serve status sync describe lab lock benchmark montecarlo clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# An environment installs one checkout by its path: in a copied or renamed one, or when its Python is gone, it is made anew.
ifneq ($(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

$(READY): requirements.lock pyproject.toml
	@test ! -L $(VENV) || { echo "$(VENV) is a symbolic link, and setting it up would empty an environment that others use; remove the link (rm $(VENV)) and run make again"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV): the locked packages, checked by hash (a minute or two, once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@pwd -P > $@

book: $(READY)  ## build the book (CHAPTERS="a b": a preview with these chapters alone)
	@$(BIN)/python -m steps.build

test: $(READY)  ## everything that CI runs
	@$(BIN)/python -m steps.left
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m pytest -n 2 --dist worksteal --durations=5 && echo "All tests passed."

check: $(READY)  ## the fast tests (half a minute or so): no chapter runs, no browser, no simulation, a few examples of each property
	@$(BIN)/python -m steps.left
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile quick -m "not book and not browser and not simulation" && echo "Fast tests passed; make test runs the rest."

own: $(READY)  ## a chapter on your own files: make own CHAPTER=return panel=FILE (synthesis=1: the whole book on them)
	@FROM="$(PWD)" $(BIN)/python -m steps.own $(MAKEOVERRIDES)

# `make new chapter NAME=training`: the kind is no target of its own, and the words are handed over as they are.
ifeq (new,$(firstword $(MAKECMDGOALS)))
begun := $(wordlist 2,99,$(MAKECMDGOALS))
.PHONY: $(begun)
$(begun): new ; @:
endif
new: $(READY)  ## begin one: make new claim|table|figure|chapter NAME='...' (each says what more it needs)
	@GIVEN="$(foreach word,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(word)))),$(word)))" $(BIN)/python -m steps.new $(begun)

serve: $(READY)  ## serve the book locally and rebuild it when a file changes
	@$(BIN)/python -m steps.serve

status: $(READY)  ## what would run if the book were built now, and why
	@$(BIN)/python -m steps.status

sync: $(READY)  ## reconcile notebooks/NAME.md and notebooks/NAME.ipynb
	@$(BIN)/python -m steps.pairs sync

describe: $(READY)  ## after editing a table: validate all tables and record their hashes
	@$(BIN)/python -m steps.describe

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(BIN)/python -m jupyterlab notebooks

lock: $(READY)  ## resolve the packages again (names, versions and hashes, no addresses)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --upgrade -o requirements.lock

benchmark: $(READY)  ## wall times of the build and of the estimators beside other tools
	@$(BIN)/python benchmarks/build.py
	@$(BIN)/python benchmarks/inference.py

montecarlo: $(READY)  ## repeat the simulations behind data/monte_carlo_*.csv (an hour or more)
	@$(BIN)/python -m steps.montecarlo

clean:  ## remove everything that was built, the environment included
	rm -rf $(VENV) _build book/chapters book/generated *.egg-info
