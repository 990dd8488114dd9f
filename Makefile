# SPDX-License-Identifier: Apache-2.0
# Each target first makes the environment it needs: .venv, from hashed pins, renewed when they change.

PYTHON ?= python3
VENV   := .venv

BIN    := $(VENV)/bin
# Only what the hashes name is installed, and nothing is built from source.
PIP    := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check install
PINNED := --require-hashes --only-binary :all:
LOCK   := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
          --no-annotate --no-header --group build

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help prove decided translated test check lint types imports drift report bench programmer lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prove: $(VENV)/.prove ## Prove every property, event by event
	@$(BIN)/thecal prove

test: $(VENV)/.dev ## Run all tests
	@$(BIN)/python -m pytest -n 2

check: lint types imports decided drift translated test ## Everything that a change must pass

# A cell that is undecided ends `prove` with 3; `drift` then holds every verdict against what is on record.
decided: $(VENV)/.dev
	@$(BIN)/thecal prove || test $$? -eq 3

translated: $(VENV)/.dev ## What is proved is what CPython runs: a second translation agrees with the first
	@$(BIN)/thecal translate

lint: $(VENV)/.dev ## Style and layout of the code
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Not formatted: run '$(BIN)/ruff format'."; exit 1; }

types: $(VENV)/.dev ## Types, strictly
	@$(BIN)/mypy

imports: $(VENV)/.dev ## Who may import whom
	@$(BIN)/lint-imports --no-logo

drift: $(VENV)/.dev ## Generated files and records are those of the sources
	@$(BIN)/thecal report --check
	@$(BIN)/thecal mutate --check
	@$(BIN)/thecal mutate --claims --check
	@$(BIN)/thecal prove PRG-13 --lines --check

report: $(VENV)/.dev ## Renew the generated files
	@$(BIN)/thecal report

bench: $(VENV)/.dev ## Measure proofs and steps
	@$(BIN)/thecal bench

programmer: $(VENV)/.dev ## A clinician's page on a simulated pump, ten virtual minutes a second
	@$(BIN)/thecal programmer --speed 600

lock: ## Renew the hashed pins after a change of pyproject.toml (needs uv)
	@$(LOCK) --extra cli --extra proofs --output-file requirements/prove.txt
	@$(LOCK) --extra dev --constraint requirements/prove.txt --output-file requirements/dev.txt

clean: ## Remove the environment, caches and build output
	@rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} + ; rm -rf *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=python3.11 ..."; exit 2; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "On Debian, first: apt-get install python3-venv"; exit 2; }

# What tests need includes what proofs need, at the same pins, so the larger one serves both.
$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what tests and checks need ..."
	@$(PIP) $(PINNED) -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.prove $@

$(VENV)/.prove: requirements/prove.txt pyproject.toml | $(BIN)/python
	@echo "Installing what proofs need ..."
	@$(PIP) $(PINNED) -r requirements/prove.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
