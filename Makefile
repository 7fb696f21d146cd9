# Two commands do everything: `make run` and `make test`. Each installs what it needs, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check clean

run: $(VENV)/.run-installed
	$(BIN)/csr-assist run

test: $(VENV)/.test-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { apt-get -qq update && apt-get -qq -y install python3-venv && $(PYTHON) -m venv --clear $(VENV); } \
		|| { rm -rf $(VENV); echo "A Python environment cannot be made: install python3-venv first."; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.run-installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test-installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	$(BIN)/python tests/browser_setup.py
	$(BIN)/python tests/postgres_setup.py
	touch $@ $(VENV)/.run-installed

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
