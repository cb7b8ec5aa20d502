# Gold mine or bubble? Generative AI from first principles, measured.
#
# Every target sets up .venv first where that is needed (tools/setup.py), then does its job.
# Needs Python 3.11 or newer with its venv module, git and make. Nothing else.

PYTHON ?= python3
WORKERS ?= auto
LESSONS ?= --lessons

# TORCH=cpu: wheels without the code for graphics cards (uv's --torch-backend), a quarter of the size
ifdef TORCH
export UV_TORCH_BACKEND := $(TORCH)
endif

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# Threads that wait without spinning: several tests at a time would otherwise crawl.
BATCH := OMP_WAIT_POLICY=passive MPLBACKEND=agg
NOTEBOOKS := $(wildcard notebooks/*/*.ipynb)
START := notebooks/0_start/00_start_here.ipynb
AS_ROOT := $(if $(filter 0,$(shell id -u 2>&1)),--allow-root)
PYTEST := $(BATCH) $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4

.DEFAULT_GOAL := help
.PHONY: help setup course lab test quick notebooks book doctor format lint lock clean

help: ## this list
	@echo "make TARGET, where TARGET is one of"
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' \
	  | while IFS='|' read -r name text; do printf '  %-10s %s\n' "$$name" "$$text"; done
	@echo "Options: PYTHON=python3.12 (which Python makes .venv), WORKERS=2 (how many tests at a time),"
	@echo "         LESSONS= (make test without the lessons), ANSWERS=1 (make book with the answer key),"
	@echo "         TORCH=cpu (a first set-up without the code for graphics cards, a quarter of the size)"

setup: ## make or mend .venv; the other targets do this themselves
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "No $(PYTHON) on this machine. Install Python 3.11 or newer, or say which: make PYTHON=..."; exit 2; }
	@$(PYTHON) tools/setup.py $(if $(filter-out undefined default file,$(origin PYTHON)),--python $(PYTHON))

course: setup ## run every lesson, then build the book
	@$(BIN)/course doctor
	@$(BIN)/course run --frames
	@$(BIN)/course ledger
	@$(BIN)/python book/build.py
	@echo "Done. The book: build/book/index.html   The executed lessons: build/executed/   Work in them: make lab"

lab: setup ## JupyterLab on this machine only, lesson 00 open
	@echo "JupyterLab opens in the browser. Stop it with Ctrl-C."
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 $(AS_ROOT) $(wildcard $(START))

test: setup ## every lesson once, and all tests, one summary
	@$(PYTEST) --dist loadscope --no-loadscope-reorder $(LESSONS) -rs --durations=25

quick: setup ## style and the fast tests; exercises only if something of theirs has changed
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not in house format: make format"; exit 1; }
	@$(PYTEST) -q -m "not slow and not browser and not notebooks" --skip-unchanged

notebooks: setup ## run every lesson and store its fresh outputs, times and header
	@$(BIN)/course refresh
	@$(BIN)/python book/front.py
	@$(BIN)/python book/families.py

book: setup ## the book from the lessons as they stand, into build/book; ANSWERS=1 adds the key
	@$(BIN)/python book/build.py $(if $(ANSWERS),--answers)

doctor: setup ## what is wrong with this machine, in plain words
	@$(BIN)/course doctor

format: setup ## put code and notebooks into house format
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

lint: setup ## look for mistakes without running anything
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

lock: setup ## renew constraints.txt after a change of requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --custom-compile-command "make lock" -o constraints.txt requirements.txt

clean: ## remove what was built; .venv, lessons and results stay
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -type d -not -path './.venv/*' -prune -exec rm -rf {} +
