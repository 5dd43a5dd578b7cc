# Everything a newcomer needs; `make help` lists it. ARGS="…" is passed on to what is run.
# Nothing but Python, git and make is expected: the rest is set up here, below .venv and var.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready
# As many as there are cores: more of them only wait for each other.
WORKERS := $(shell nproc 2>/dev/null || echo 2)

# What `check --deploy` must find no fault with. Made up on the spot, used for nothing else.
PRODUCTION = SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	SECRETS_KEYS=$$($(BIN)/python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
	PSEUDONYM_KEY=unused ALLOWED_HOSTS=mailsuite.example PUBLIC_URL=https://mailsuite.example \
	DATABASE_URL=postgres://localhost:1/unused REDIS_URL=redis://localhost:1/0

.PHONY: help demo run test faults bench lint api-test format clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY)  ## show the product: import leads, launch a campaign, watch it being sent
	@exec $(BIN)/python manage.py demo $(ARGS)

run: $(READY)  ## web, worker and beat for daily work, until Ctrl-C
	@exec $(BIN)/python manage.py run_stack $(ARGS)

test: $(READY)  ## the test suite, on real PostgreSQL and Redis
	@exec $(BIN)/python -m pytest -n $(WORKERS) -m "not api_schema" $(ARGS)

faults: $(READY)  ## break the running stack on purpose, count broken promises (docs/reliability.md)
	@exec $(BIN)/python -m tests.faults $(ARGS)

bench: $(READY)  ## how fast it is, each time against a reference (docs/performance.md)
	@exec $(BIN)/python -m benchmarks $(ARGS)

lint: $(READY)  ## style, types, missing migrations, unsafe production settings
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy .
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

api-test: $(READY)  ## every endpoint against its own schema, with generated requests
	@exec $(BIN)/python -m pytest -n $(WORKERS) -m api_schema $(ARGS)

format: $(READY)  ## put the code into shape
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

clean:  ## remove .venv, the servers' data and everything else that was made here
	@$(PYTHON) mailsuite/lib/embedded/places.py --clear
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made anew when what is required has changed. The stamp comes last: an interrupted
# installation starts again.
$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"mailsuite needs Python 3.11 or newer, and $(PYTHON) is {sys.version.split()[0]}. Name another: make … PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing requirements-dev.txt into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
