# Lantai 兰台. `make run` and `make test` do all the set-up a fresh Debian 12 machine needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SUBJECT ?= all
RUN_PACKAGES := python3-venv fonts-noto-cjk tesseract-ocr tesseract-ocr-chi-sim \
                libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := $(RUN_PACKAGES) chromium
export LANTAI_INSTANCE ?= $(CURDIR)/instance
export PYTHONDONTWRITEBYTECODE := 1
# Unit tests keep their instances in memory: each commit of each of them would wait for the disk.
IN_MEMORY := $(if $(wildcard /dev/shm/.),PYTEST_DEBUG_TEMPROOT=/dev/shm)

.PHONY: run test unit abuse browser bench lint fmt lock clean help
help: ## what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

run: .cache/run-ready ## a demonstration: generated people, the real pipeline, http://localhost:8000
	@test -e $(LANTAI_INSTANCE)/lantai.db || $(BIN)/flask --app webapp.wsgi demo create
	$(BIN)/flask --app webapp.wsgi demo run --port $(PORT)

test: unit abuse browser ## everything: unit, abuse, browser

unit: .cache/test-ready ## rules, services, routes; without engines and browsers
	$(IN_MEMORY) $(BIN)/pytest -q -n 2 -m "not engine and not browser" --ignore tests/e2e --ignore tests/abuse tests

abuse: .cache/test-ready ## attacks, killed processes, real engines
	$(BIN)/pytest -q -n 2 tests/abuse
	$(BIN)/pytest -q -n 2 -m engine --ignore tests/e2e --ignore tests/abuse --ignore tests/benchmarks tests

browser: .cache/test-ready ## a phone-sized browser against the real server and worker
	$(BIN)/pytest -q tests/e2e
	$(BIN)/pytest -q -m browser --ignore tests/e2e tests

bench: .cache/test-ready ## figures as one JSON object; SUBJECT=ocr for one subject
	@$(BIN)/python -m tests.benchmarks $(SUBJECT)

lint: .cache/test-ready ## ruff, mypy, one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: .cache/test-ready ## format and sort imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .cache/test-ready ## compile requirements*.txt anew, hashed and without addresses of any index
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --override requirements-overrides.in requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --override requirements-overrides.in requirements-dev.in -o requirements-dev.txt

clean: ## remove the virtual environment and caches; never an instance
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

.cache/run-ready: requirements.txt
	@$(call packages,$(RUN_PACKAGES))
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@mkdir -p .cache && touch $@

.cache/test-ready: .cache/run-ready requirements-dev.txt
	@$(call packages,$(TEST_PACKAGES))
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@mkdir -p .cache && touch $@

# Install Debian packages that are missing; on a machine without apt say which.
define packages
missing=$$(for name in $(1); do dpkg-query -W -f='$${Status}' $$name 2>/dev/null | grep -q "ok installed" || echo $$name; done); \
if [ -n "$$missing" ]; then \
  echo "installing:" $$missing; \
  if [ "$$(id -u)" = 0 ]; then as=; else as=sudo; fi; \
  $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
fi
endef
