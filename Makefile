# `make demo` and `make test` need nothing but Python (3.11 or newer) and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check search format docs bench soak clean

help:           ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

$(BIN)/.run: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(BIN)/.test: $(BIN)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

$(BIN)/.bench: $(BIN)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

demo: $(BIN)/.run     ## the sample practice, with its own mail server; nothing leaves this machine
	@$(BIN)/clinic-tui demo

check: $(BIN)/.test   ## format, lint, types, the import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check           ## everything that must hold: check, then the tests
	$(BIN)/pytest -n auto --dist loadgroup

search: $(BIN)/.test  ## the tests of properties, with other examples each time
	$(BIN)/pytest -n auto --dist loadgroup -m hypothesis --hypothesis-profile search

format: $(BIN)/.test  ## put the source in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(BIN)/.test    ## the parts of docs/ that are made from the program
	$(BIN)/python -m docs

bench: $(BIN)/.bench   ## the figures, as ratios in one run
	$(BIN)/python -m bench

soak: $(BIN)/.test    ## kill senders at any instant, many times: nothing lost, nothing doubled (some ten minutes)
	$(BIN)/python -m tests.soak

clean:                ## forget the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
