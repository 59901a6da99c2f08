# `make repro` measures a first board, `make matrix` everything, `make test` the tests. All set up .venv themselves.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RAY := $(VENV)/.ray
# one worker for each core, one thread each: two torch processes of two threads get in each other's way
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# a third of what is installed, and hardly any of it is ever imported; Python compiles it where it is
SELDOM := /(tests?|testing)/|/transformers/models/|/torch/_inductor/
export PATH := $(CURDIR)/$(BIN):$(PATH)
# stages and tests start hundreds of processes, and each would compile the harness again
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup repro matrix cluster test test-fast lint readme bench gpu-check clean

help:
	@echo "make repro      a first board: measure the starter rows of params.yaml here, show them with all records"
	@echo "make matrix     run everything in params.yaml that is missing or stale, and write reports/"
	@echo "make cluster    install Ray, for \`harness repro --jobs N\`"
	@echo "make test       lint, type-check and test, the smoke pipeline included"
	@echo "make test-fast  the unit tests only"
	@echo "make lint       ruff and mypy"
	@echo "make readme     put the board of reports/ into README.md"
	@echo "make bench      speed and memory side by side -> reports/bench/"
	@echo "make gpu-check  check what differs on CUDA, on this machine's GPU -> reports/bench/gpu.json"
	@echo "make clean      remove what the pipeline and the tools made; .venv and DVC's cache stay"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4) and "Python 3.11.4 or newer is needed; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq -j 0 -x '$(SELDOM)' $(VENV)/lib || true # on all cores; pip compiles 24,000 files on one
	@touch $@

repro: $(READY)
	$(BIN)/python -m harness repro --starter

matrix: $(READY)
	$(BIN)/python -m harness repro

cluster: $(RAY)

$(RAY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-build-isolation -c requirements.lock -e '.[cluster]'
	@touch $@

test: $(READY) $(RAY) lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PARALLEL)

test-fast: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PARALLEL) -m "not smoke"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers $(WORKERS)

readme: $(READY)
	$(BIN)/python -m harness report --readme

bench: $(READY) $(RAY)
	$(BIN)/python -m tests.bench.scoring
	$(BIN)/python -m tests.bench.training
	$(BIN)/python -m tests.bench.memory
	$(BIN)/python -m tests.bench.packing
	$(BIN)/python -m tests.bench.runner

gpu-check: $(READY)
	$(BIN)/python -m tests.bench.gpu

clean:
	rm -rf runs data/sources data/bases data/items data/questions data/prepared data/slices data/preferences
	rm -rf reports/parquet reports/training_curves reports/results.duckdb
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build dist
	find harness tests -name __pycache__ -type d -exec rm -rf {} +
