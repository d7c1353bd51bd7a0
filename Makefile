# Everything there is to do with a clone; `make` alone lists it. Only .venv/, caches and data/ are written.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
SEED ?= 1
EVENTS ?= 100000
MINUTES ?= 30
WRITES ?= 50000
KILLS ?= 30
DOWN ?= 60
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test unit chaos soak kills check format docs bench bench-records bench-detect eval eval-numbers train sbom audit pin-images lock clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## make the environment in .venv, so that the command is .venv/bin/anslagsvakt

demo: install ## show the whole flow on a real Kafka, from nothing, and leave nothing running
	@$(BIN)/anslagsvakt demo

test: install ## run every test, on a real Kafka where it matters; what could not run is named at the end
	@$(BIN)/python tests/parts.py
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

unit: install ## run the unit tests alone, in seconds
	@$(BIN)/python -m pytest -q tests/unit

chaos: install ## break an installation on three brokers in every way, then add it up: make chaos SEED=1 EVENTS=100000
	@$(BIN)/python -m tests.chaos --seed $(SEED) --events $(EVENTS)

soak: install ## the same over a long time, with memory watched: make soak SEED=1 EVENTS=100000 MINUTES=30
	@$(BIN)/python -m tests.chaos --seed $(SEED) --events $(EVENTS) --minutes $(MINUTES)

kills: install ## kill the record store over and over while it writes: make kills WRITES=50000 KILLS=30 DOWN=60
	@KILL_WRITES=$(WRITES) KILL_TIMES=$(KILLS) S3_DOWN_SECONDS=$(DOWN) $(BIN)/python -m pytest tests/contract/test_kills.py

check: install ## lint, format, types, import rules, locked dependencies: all that CI checks before the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pip check
	$(BIN)/python docs/generate.py --check
	bash -n .ci/run

train: install ## write the tone model anew from its corpus, and print what it is worth
	$(BIN)/python -m training.train

format: install ## mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: install ## write the pages that are made from code: topics, settings, metrics, commands, AsyncAPI
	@$(BIN)/python docs/generate.py

bench: install ## measure everything beside its baseline, and write docs/performance: make bench ONLY="screen detect" writes nothing
	@$(BIN)/python -m tests.bench $(ONLY)

bench-records: install ## measure the record store beside bare writes and bare puts, and searches by size of the index
	@$(BIN)/python -m tests.bench.records --rows 1000000

bench-detect: install ## measure detection alone, beside stock Presidio
	@$(BIN)/python -m tests.bench.detect

eval: install ## score detection on our labelled set, or on yours: make eval GOLD=labelled.jsonl
	@$(BIN)/python -m tests.eval.evaluate $(GOLD)

eval-numbers: install ## score detection on numbers made at run time: ninety spellings, fifteen kinds of other numbers
	@$(BIN)/python -m tests.eval.numbers

sbom: install ## write the bill of materials (CycloneDX) of everything locked: dist/sbom.cdx.json
	@$(BIN)/python -m deploy.sbom dist/sbom.cdx.json

audit: install ## ask osv.dev whether anything is known against what is locked; needs a network
	@$(BIN)/python -m deploy.audit

pin-images: install ## check each image's digest against its registry, and write the one it gives now; needs a network
	@$(BIN)/python -m deploy.pin

lock: install ## write requirements.lock anew from pyproject.toml, with the newest versions that fit
	PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= $(BIN)/python -m piptools compile --quiet --upgrade --allow-unsafe \
	  --extra embedded --extra dev --build-deps-for editable --build-deps-for wheel --generate-hashes --strip-extras \
	  --no-header --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --output-file requirements.lock pyproject.toml

clean: ## remove the environment and the caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@python=; for each in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  if $$each -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "make: no Python 3.11 to 3.13 with venv here: install one (Debian: apt-get install python3-venv)" >&2; exit 1; \
	fi; \
	rm -rf $(VENV) && $$python -m venv $(VENV)

# Hashes are checked and nothing is built from source (but bagit, one file, of which there is no wheel), so that only what
# the lock names can run.
$(VENV)/.locked: requirements.lock | $(VENV)/bin/python
	@echo "Installing the locked packages into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: --no-binary bagit -r requirements.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
