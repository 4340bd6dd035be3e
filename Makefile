# The same words as the CLI. `make demo` and `make test` do all their own set-up.
COMPETITION ?= digit-recognizer
PYTHON      ?= python3
EXTRA       ?= cpu
ARGS        ?=

KIT   := .venv/bin/kit
READY := .venv/ready-$(EXTRA)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-kernel check bench lock list doctor new download prepare train predict ensemble report submit kernel kernel-env runs run

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  COMPETITION=SLUG ($(COMPETITION))   RUN=ID or RUNS="ID ID"   ARGS="any option of the verb"   EXTRA=cpu|gpu ($(EXTRA))'

setup: $(READY) ## create .venv with the locked dependencies (EXTRA=gpu for an NVIDIA GPU)

$(READY): locks/$(EXTRA).txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "make setup: needs Python 3.11 to 3.13 with venv; got $$($(PYTHON) --version 2>&1); try make PYTHON=python3.12 setup" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/$(EXTRA).txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f .venv/ready-* && touch $@

demo: setup ## the whole job on scikit-learn's digits: no network, no token, no GPU
	$(KIT) demo $(ARGS)

test: setup ## the test suite
	.venv/bin/python -m pytest $(ARGS)

test-kernel: setup kernel-env ## kernels again, with the package versions of Kaggle's image
	KERNEL_PYTHON=$(CURDIR)/.venv-kaggle/bin/python .venv/bin/python -m pytest tests/kernel $(ARGS)

check: setup ## format, lint and types, as the tests do not
	.venv/bin/ruff format --check kit competitions tests
	.venv/bin/ruff check kit competitions tests
	.venv/bin/mypy

bench: setup ## measure the figures of the README's tables (ARGS=--help says how)
	.venv/bin/python -m tests.bench $(ARGS)

lock: ## resolve the lock files again (needs uv)
	for extra in cpu gpu; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra $$extra --extra dev -c locks/floors.txt pyproject.toml -o locks/$$extra.txt; done
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  locks/kaggle.in -o locks/kaggle.txt

list: setup ## the competitions this kit knows
	$(KIT) list $(ARGS)

doctor: setup ## what is installed, devices, Kaggle token, free space
	$(KIT) doctor $(ARGS)

new: setup ## start a folder for another competition
	$(KIT) new $(COMPETITION) $(ARGS)

download: setup ## fetch a competition's archive (ARGS="--from ARCHIVE" takes one from disk)
	$(KIT) download $(COMPETITION) $(ARGS)

prepare: setup ## extract, check and decode the data once, and write the folds
	$(KIT) prepare $(COMPETITION) $(ARGS)

train: setup ## train one model on each fold; ends with the run id
	$(KIT) train $(COMPETITION) $(ARGS)

predict: setup ## predict RUN again (ARGS="--tta identity,hflip")
	$(KIT) predict $(RUN) $(ARGS)

ensemble: setup ## blend RUNS by weights learned out of fold
	$(KIT) ensemble $(COMPETITION) $(RUNS) $(ARGS)

report: setup ## one page about RUN: curves, confusions, worst mistakes
	$(KIT) report $(RUN) $(ARGS)

submit: setup ## build and check the submission of RUN (ARGS="--send --wait" uploads)
	$(KIT) submit $(COMPETITION) $(RUN) $(ARGS)

kernel: setup ## a Kaggle kernel, internet off (ARGS="build SLUG --run RUN", "try NAME", "push NAME")
	$(KIT) kernel $(ARGS)

kernel-env: setup .venv-kaggle/ready ## .venv-kaggle: the package versions of Kaggle's image, for `kit kernel try`

.venv-kaggle/ready: locks/kaggle.txt
	$(PYTHON) -m venv --clear .venv-kaggle
	.venv-kaggle/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/kaggle.txt
	@touch $@

runs: setup ## what was trained, and how it scored out of fold
	$(KIT) runs $(ARGS)

run: setup ## all steps, with the competition's defaults
	$(KIT) run $(COMPETITION) $(ARGS)
