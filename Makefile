# The commands of this project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo tour test conformance lint format bench chaos picture requirements clean setup-dev

PYTHON := .venv/bin/python
# Finds a Python, makes the environment, installs what the requirements file asks for. It is quick
# when nothing has changed. "runtime" is what the product needs, "dev" adds the tools for its tests.
environment = @python="$$(sh scripts/find-python)" && "$$python" scripts/environment.py

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@printf '\n  PORT=9000 moves the trial to other ports; RESET=1 with "make demo" starts over.\n'

setup:  ## Make the environment (.venv) from the hashed requirements
	$(environment) runtime

setup-dev:  ## The same, with the tools for tests and checks
	$(environment) dev

demo: setup  ## Run the demo town on this machine; Ctrl-C stops it (PORT=, RESET=1)
	@exec $(PYTHON) manage.py demo

tour: setup  ## Walk the whole main job against a running trial, or one of its own
	@exec $(PYTHON) manage.py tour

test: setup-dev  ## Run all tests: SQLite, PostgreSQL and browser where they are found (ARGS=)
	@exec $(PYTHON) -m tests.run $(ARGS)

conformance: setup-dev  ## Run the shop's tests on a real Saleor: SALEOR_API_URL=, SALEOR_STAFF_EMAIL=, _PASSWORD=
	@exec $(PYTHON) -m tests.run --only saleor --require saleor $(ARGS)

lint: setup-dev  ## Check style, layers, types, migrations and the API's schema
	@exec $(PYTHON) -m tests.tools.lint

format: setup-dev  ## Put the code into the house's format
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

bench: setup-dev  ## Measure, and write the results to docs/bench (ARGS=)
	@exec $(PYTHON) -m tests.bench $(ARGS)

chaos: setup-dev  ## Turn months while workers are killed at random (CHAOS_MINUTES=, CHAOS_CYCLES=)
	@exec $(PYTHON) -m tests.proof.chaos

picture: setup-dev  ## Take the README's picture of the storefront again
	@$(PYTHON) -m tests.tools.picture

requirements:  ## Compile the requirements files again from pyproject.toml (needs uv)
	@sh scripts/compile-requirements

clean:  ## Remove the environment, the trial's data and everything that is made again
	@rm -rf .venv .trial test-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
