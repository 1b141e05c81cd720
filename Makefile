# Two commands matter: `make serve` and `make test`. Each sets up what it needs in .venv first.
# PYTHON=python3.12 chooses the interpreter; HOST and PORT are where to serve.

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The first that is new enough: plain python3 may be an older one, as on macOS.
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14
ifndef PYTHON
PYTHON := $(shell for p in $(CANDIDATES); do \
	$$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo $$p; break; }; done)
endif

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help serve test lint format pins readme audit clean check-python

help:
	@echo "make serve   set up and serve on $(HOST):$(PORT)"
	@echo "make test    set up and run all tests"
	@echo "make lint    check style and types"
	@echo "make format  lay out the code"
	@echo "make pins    put the hashes of all pins into the requirements files"
	@echo "make readme  put the table of settings into README.md"
	@echo "make audit   ask for known vulnerabilities of what is pinned"
	@echo "make clean   remove what the others made"

serve: $(VENV)/.for-serving
	@exec $(BIN)/python -m service serve

test: $(VENV)/.for-testing
	@$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.for-testing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict service corpus

format: $(VENV)/.for-testing
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# After a pin has been added or raised by hand.
pins: check-python
	"$(PYTHON)" .ci/pins.py

readme: $(VENV)/.for-serving
	@$(BIN)/python -m service.settings --write README.md

# Needs the network; says so and goes on without it, so that a check elsewhere stays possible.
audit: check-python
	@"$(PYTHON)" .ci/audit.py

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find service corpus tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are made last, so that an installation that broke off is done again.
$(VENV)/.for-serving: requirements.txt
	@$(MAKE) --no-print-directory check-python
	@echo "setting up $(VENV) with $(PYTHON), once"
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.for-testing: $(VENV)/.for-serving tests/requirements.txt
	@$(PIP) install -r requirements.txt -r tests/requirements.txt
	@touch $@

check-python:
	@if ! "$(PYTHON)" -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then \
		echo "Afterword needs Python 3.11 or newer; $(or $(PYTHON),python3) is not that." >&2; \
		echo "Install one, or name it: make serve PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@if ! "$(PYTHON)" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
		package=$$("$(PYTHON)" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'); \
		echo "Python's venv module is not installed. On Debian and Ubuntu:" >&2; \
		echo "    sudo apt install python3-venv" >&2; \
		echo "or, if $(PYTHON) is not the system's own Python: sudo apt install $$package" >&2; \
		exit 1; \
	fi
