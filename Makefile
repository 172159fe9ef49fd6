# One command for each habit; `make run` and `make test` set everything up by themselves.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKSPACE ?= workspace
BIN := .venv/bin

.PHONY: run setup test slow check bench

run: setup
	@$(BIN)/kg documents --workspace "$(WORKSPACE)" --json | grep -q '"id"' || \
	  $(BIN)/kg ingest data/xihaian-2021.txt --workspace "$(WORKSPACE)"
	@$(BIN)/kg serve --host "$(HOST)" --port "$(PORT)" --workspace "$(WORKSPACE)"

setup: .venv/.installed

# constraints.txt pins every package, torch above all: other builds of it bring gigabytes of CUDA.
.venv/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

test: setup
	$(BIN)/python -m pytest

# Thorough examples, longer histories and fuzzing, kills: what one run in a while, or CI, may wait for.
slow: setup
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -m "slow or thorough"

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Hours for the large sizes of performance: `$(BIN)/python -m bench performance --sizes 319` takes minutes.
bench: .venv/.rivals
	$(BIN)/python -m bench

.venv/.rivals: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,rivals]"
	@touch $@
