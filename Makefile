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
.PHONY: help book test check own new serve status sync describe lab dask lock address benchmark montecarlo clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# An environment installs one checkout by its path: in a copied or renamed one, or when its Python is gone, it is made anew.
ifneq ($(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif
.PRECIOUS: $(VENV)/ready-%

# Installs from lock files, checked by hash, and says how far it is: $(call install,FILES).
define install
	@rm -f $(VENV)/failed
	@all=$$(cat $(1) | grep -c '==') && { $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
	  --no-compile --require-hashes $(addprefix -r ,$(1)) || touch $(VENV)/failed; } | { n=0; while read -r word name rest; do \
	  case $$word in \
	    Collecting|Requirement) n=$$((n+1)); test $$((n % 20)) -ne 1 || echo "  found $$n of about $$all packages: $$name";; \
	    Installing) echo "  all are here and have the right hashes; unpacking them ...";; \
	  esac; done; }
	@test ! -e $(VENV)/failed || { echo "The packages could not be installed; the reason stands above."; exit 1; }
endef

$(READY): requirements.lock pyproject.toml
	@test ! -L $(VENV) || { echo "$(VENV) is a symbolic link, and setting it up would empty an environment that others use; remove the link (rm $(VENV)) and run make again"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) does not run, or is older than the Python 3.11 that is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV), once: the packages of the book, about a gigabyte on disk ..."
	@$(PYTHON) -m venv --clear $(VENV)
	$(call install,requirements.lock)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@pwd -P > $@

# What the book does not need comes when it is asked for, beside the book's packages.
$(VENV)/ready-%: requirements-%.lock $(READY)
	@echo "Adding to $(VENV), once: what $* needs beyond the book ..."
	$(call install,requirements.lock $<)
	@touch $@

book: $(READY)  ## build the book (CHAPTERS="a b": a preview with these chapters alone)
	@$(BIN)/python -m steps.build

test: $(VENV)/ready-test  ## everything that CI runs
	@$(BIN)/python -m steps.left
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m pytest -n 2 --dist worksteal --durations=5 && echo "All tests passed."

check: $(VENV)/ready-test  ## the fast tests (half a minute or so): no chapter runs, no browser, no simulation, a few examples of each property
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

lab: $(VENV)/ready-lab  ## open the notebooks in JupyterLab; the .md of a chapter opens as a notebook
	@JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter" $(BIN)/python -m jupyterlab notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

dask: $(VENV)/ready-dask  ## add Dask to the environment, for simulations on a cluster
	@echo "Dask is in $(VENV)."

lock: $(READY)  ## resolve the packages again (names, versions and hashes, no addresses)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python -m steps.lock

address: $(READY)  ## after a change of the repository's address in pyproject.toml: write it wherever it is read
	@$(BIN)/python -m steps.address

benchmark: $(VENV)/ready-test  ## wall times of the build and of the estimators beside other tools
	@$(BIN)/python benchmarks/build.py
	@$(BIN)/python benchmarks/inference.py

montecarlo: $(READY)  ## repeat the simulations behind data/monte_carlo_*.csv (an hour or more)
	@$(BIN)/python -m steps.montecarlo

clean:  ## remove everything that was built, the environment included
	rm -rf $(VENV) _build book/chapters book/generated *.egg-info
