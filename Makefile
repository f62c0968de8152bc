# Every target creates what it needs: a virtual environment in .venv, with the project in it.

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
KERNELS := $(wildcard bpe/engine/kernels/*.py)
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types doctest deep wild peers bench docs serve-docs coverage mutation mutants valgrind traceability vectors tables proofs oracle build clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(INSTALLED): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	BPE_PURE_PYTHON=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# The kernels are compiled where a C compiler is at hand, again when one has changed; the line that this prints says which.
$(READY): $(INSTALLED) hatch_build.py $(KERNELS)
	@$(BIN)/python hatch_build.py
	@if [ "$(BPE_PURE_PYTHON)" = 1 ]; then rm -f $@; else touch $@; fi

demo: $(READY)  ## Train, encode, decode; the same ids as tiktoken, side by side
	@$(BIN)/python docs/demo/demo.py

test: $(READY)  ## All tests but the deep ones, doctests included
	$(PYTEST) --numprocesses=auto -m "not deep"

check: $(READY) format lint types test  ## What to run before each commit

format: $(READY)  ## Format the code, and say what changed
	$(BIN)/ruff format .

lint: $(READY)  ## Lint, and check that the generated tables are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/generate_unicode_classes.py --check
	$(BIN)/python tools/write_vectors.py --check
	$(BIN)/python tools/trace_clauses.py --check
	$(BIN)/python tools/state_proofs.py --check

types: $(READY)  ## Check the types of everything
	$(BIN)/mypy

doctest: $(READY)  ## Only the examples in docstrings
	$(PYTEST) bpe README.md

deep: $(READY)  ## Hours: every test with many more examples
	HYPOTHESIS_PROFILE=deep $(PYTEST) --numprocesses=auto -m "deep or not deep"

wild: $(READY)  ## Tokenizers that are wrong as in the wild, each tried for a minute; the right ones must come out clean
	$(BIN)/python tools/convict_wild.py --jobs 2

peers: $(READY)  ## Put other people's tokenizers on trial, in pinned versions, and write docs/peers.md (ten minutes)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	npm install --prefix adapters/node --no-package-lock --no-audit --no-fund --silent
	$(BIN)/python tools/check_peers.py

# All of it takes three quarters of an hour on two cores: QUICK=1 takes a few minutes, ONLY=encode,load some parts, TOOLS=fastokens,gigatoken some tools,
# ENCODING=o200k_base another vocabulary, ROUNDS=9 more rounds; RENDER=1 writes the page again without measuring, CLOCK=cpu by processor time.
bench: $(READY) $(VENV)/.bench  ## Speed and memory beside other tokenizers, equal ids checked first (three quarters of an hour; QUICK=1: a few minutes)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(RENDER),--render) $(if $(ONLY),--only $(ONLY)) \
		$(if $(TOOLS),--tools $(TOOLS)) $(if $(ENCODING),--encoding $(ENCODING)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(CLOCK),--clock $(CLOCK))

$(VENV)/.bench: $(READY)
	$(BIN)/python -m benchmarks.install
	@touch $@

# What to look for: no `Invalid read` or `Invalid write`, and no more `definitely lost` with TIMES=2 than with 1.
# Values that were never set are not asked about: the interpreter itself reads some.
valgrind: $(READY)  ## The compiled kernels under valgrind: no wild read or write, no leak (needs valgrind; minutes)
	PYTHONMALLOC=malloc PYTHONHASHSEED=0 valgrind --undef-value-errors=no --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=none \
		$(BIN)/python tools/exercise_kernels.py $(if $(TIMES),--times $(TIMES))

mutants: $(READY)  ## How surely each property rejects its mutants: 20 seeds each, within the cases of one run
	$(BIN)/python tools/kill_mutants.py --seeds 20

coverage: $(READY)  ## Every branch of the definition, under its own tests
	$(PYTEST) -p no:xdist -q tests/test_reference.py tests/test_reference_refusals.py tests/test_canonical.py \
		--cov=bpe.reference --cov-branch --cov-report=term-missing --cov-fail-under=100

mutation: $(READY)  ## Change the definition line by line: its tests must notice (a quarter of an hour)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[mutation]'
	$(BIN)/python tools/mutate_definition.py

docs: $(READY)  ## Build the site into build/site, warnings being errors, without a network
	$(BIN)/mkdocs build --strict --quiet
	@echo "open build/site/index.html"

serve-docs: $(READY)  ## Show the site while you write it
	$(BIN)/mkdocs serve

traceability: $(READY)  ## Write again what holds each clause
	$(BIN)/python tools/trace_clauses.py
	$(BIN)/python tools/state_proofs.py

vectors: $(READY)  ## Write the test vectors again, and have other libraries confirm them
	$(BIN)/python tools/write_vectors.py

tables: $(READY)  ## Generate the Unicode tables again
	$(BIN)/python tools/generate_unicode_classes.py

proofs:  ## Build the machine-checked theorems (needs Coq), and see that they assume nothing
	$(PYTHON) tools/check_proofs.py

oracle:  ## Make a program of the definitions that the theorems are about (needs Coq and OCaml)
	$(PYTHON) tools/build_oracle.py

build: $(READY)  ## Build the wheel and the source distribution
	$(BIN)/python -m pip install --quiet build
	$(BIN)/python -m build

clean:  ## Remove the environment and everything that was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
