# The same words as the CLI. `make demo` and `make test` do all their own set-up.
COMPETITION ?= digit-recognizer
PYTHON      ?= python3
# of the environment that is there, so that `make train` never makes a GPU one a CPU one
EXTRA       ?= $(or $(patsubst .venv/ready-%,%,$(firstword $(wildcard .venv/ready-*))),cpu)
ARGS        ?=
IN          ?= here
SERVICE     ?= kit

READY := .venv/ready-$(EXTRA)
ifeq ($(IN),docker)
KIT    = $(COMPOSE) run --rm $(SERVICE)
PLACE := container
else
KIT   := .venv/bin/kit
PLACE := setup
endif

# Where the kit keeps what it exports to MLflow without a server.
TRACKED = $(or $(KIT_HOME),$(CURDIR))/runs/mlflow/mlflow.db

# BASE and POSTGRES, the images below ours; make image BASE=... takes a stand-in.
include docker/bases.env
export BASE POSTGRES

# What docker-compose.yml leaves to the caller, and which image belongs to which of its services.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)
VARIANT = $(patsubst kit-%,%,$(patsubst kit,gpu,$(SERVICE:kit-jax=gpu-jax)))
export KIT_UID := $(shell id -u)
export KIT_GID := $(shell id -g)
export KAGGLE_KEY_FILE ?= $(wildcard $(HOME)/.kaggle/kaggle.json)
export KAGGLE_TOKEN_FILE ?= $(wildcard $(HOME)/.kaggle/access_token)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-quick test-jax test-kernel test-pillow test-container test-tracking fuzz reliability season check wheel bench bench-peers lock pin image sif container shell notebook gpu-check ui tracking docs list doctor new download prepare augment-preview plan lr-find tune train predict ensemble report review diff submit team submissions leaderboard next pick kernel kernel-env audit sbom runs run completion

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  COMPETITION=SLUG ($(COMPETITION))   RUN=ID or RUNS="ID ID"   ARGS="any option of the verb"   EXTRA=cpu|gpu|gpu-jax ($(EXTRA))'
	@echo '  IN=docker runs a verb in a container of SERVICE=kit|kit-cpu|kit-jax ($(SERVICE))'

setup: $(READY) ## create .venv with the locked dependencies (EXTRA=gpu for an NVIDIA GPU, gpu-jax for an RTX 50xx)

$(READY): locks/$(EXTRA).txt pyproject.toml
	@test "$$(uname -s)" = Linux || \
	  { echo "make setup: the lock files are for Linux; got $$(uname -s); use WSL or IN=docker (docs/running.md, On Windows and macOS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "make setup: needs Python 3.11 to 3.13 with venv; got $$($(PYTHON) --version 2>&1); try make PYTHON=python3.12 setup" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/$(EXTRA).txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f .venv/ready-* && touch $@

demo: $(PLACE) ## the whole job on scikit-learn's digits: no network, no token, no GPU
	$(KIT) demo $(ARGS)

test: setup ## the test suite, a process per core
	.venv/bin/python -m pytest -n auto --maxprocesses 8 --dist worksteal $(ARGS)

test-quick: setup ## of the suite what loads no Keras and starts no process: a minute and a half
	.venv/bin/python -m pytest --quick -n auto --maxprocesses 8 --dist worksteal $(ARGS)

test-jax: setup ## what trains and predicts, again with Keras on JAX
	KERAS_BACKEND=jax .venv/bin/python -m pytest -n auto --maxprocesses 8 --dist worksteal tests/learn tests/ensemble $(ARGS)

test-kernel: setup kernel-env ## kernels again, with the package versions of Kaggle's image
	KERNEL_PYTHON=$(CURDIR)/.venv-kaggle/bin/python .venv/bin/python -m pytest tests/kernel $(ARGS)

check: setup ## format, lint and types, as the tests do not
	.venv/bin/ruff format --check kit competitions docs/*.py supply_chain tests
	.venv/bin/ruff check kit competitions docs/*.py supply_chain tests
	.venv/bin/mypy

docs: .venv-docs/ready ## the pages of docs/ as a site in site/, every link checked
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build

.venv-docs/ready: locks/docs.txt
	$(PYTHON) -m venv --clear .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/docs.txt
	@touch $@

wheel: setup ## dist/*.whl: the kit and its competitions, to install without this checkout
	@rm -rf build # what an earlier wheel left there, deleted files too, would go into this one
	.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build

fuzz: setup ## random faults in all that the kit reads, 10,000 of each kind (ARGS="--seed 5", "--inputs 100 scaffold")
	.venv/bin/python -m tests.fuzz $(ARGS)

test-pillow: setup ## decoded pixels, with the oldest Pillow that is allowed and the newest there is
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	for wanted in "$$(sed -n 's/.*"pillow>=\([0-9.]*\)".*/pillow==\1/p' pyproject.toml)" pillow; do \
	  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target "$$folder" $$wanted; \
	  PYTHONPATH=$$folder .venv/bin/python -c 'import PIL; print("Pillow", PIL.__version__)'; \
	  PYTHONPATH=$$folder .venv/bin/python -m pytest tests/data/test_golden.py tests/data/test_decode_image.py $(ARGS); done

reliability: setup ## kills, faults, full disks and hostile files, against every verb (ARGS="kills --verb train"): half an hour
	.venv/bin/python -m tests.reliability $(ARGS)

season: setup ## a team's two days and their end against a loopback Kaggle, each figure computed twice (ARGS="--seed 7")
	.venv/bin/python -m tests.season $(ARGS)

test-container: setup ## build the image and prove what it is to keep (needs a container engine; minutes)
	.venv/bin/python -m pytest -s tests/container/container.py $(ARGS)

test-tracking: setup .venv-tracking/ready ## exports again, to MLflow's own server (TRACKING_STORE=postgresql+psycopg://...: on a database)
	MLFLOW=$(CURDIR)/.venv-tracking/bin/mlflow .venv/bin/python -m pytest tests/tracking $(ARGS)

bench: setup ## measure the figures of docs/benchmarks.md (ARGS=--help says how)
	.venv/bin/python -m tests.bench $(ARGS)

bench-peers: setup .venv-peers/ready ## the same jobs by timm and fastai (PyTorch), in an environment of their own
	.venv/bin/python -m tests.bench.peers .venv-peers/bin/python $(ARGS)

.venv-peers/ready: locks/peers.txt
	$(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r locks/peers.txt
	@touch $@

lock: ## resolve the lock files again (needs uv)
	for extra in cpu gpu gpu-jax notebook; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra $$extra --extra dev -c locks/floors.txt pyproject.toml -o locks/$$extra.txt || exit 1; done
	for name in kaggle docs audit; do uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  locks/$$name.in -o locks/$$name.txt || exit 1; done
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c locks/cpu.txt locks/tracking.in -o locks/tracking.txt # the same MLflow as .venv's: they share a file
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --override locks/peers-overrides.in locks/peers.in -o locks/peers.txt

pin: ## write the digests of the base images into docker/bases.env (needs a container engine and a registry)
	@docker/pin.sh

audit: .venv-audit/ready ## hold the lock files against known vulnerabilities (ARGS=--offline: against those of supply_chain/advisories.csv)
	.venv-audit/bin/python -m supply_chain.audit $(ARGS)

.venv-audit/ready: locks/audit.txt
	$(PYTHON) -m venv --clear .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/audit.txt
	@touch $@

sbom: ## what the image of SERVICE holds, as dist/sbom-VARIANT.cdx.json (CycloneDX)
	@$(PYTHON) -m supply_chain.sbom kaggle-kit:$(VARIANT) locks/$(VARIANT).txt dist/sbom-$(VARIANT).cdx.json

image: ## build the image of SERVICE (BASE=IMAGE: on another one; ARGS: any option of docker build)
	@case "$(BASE)" in *@sha256:*) ;; *) echo "make image: $(BASE) is not pinned to a digest: make pin" >&2 ;; esac
	docker build -f docker/Dockerfile -t kaggle-kit:$(VARIANT) --build-arg VARIANT=$(VARIANT) --build-arg BASE=$(BASE) \
	  $(if $(filter gpu-jax,$(VARIANT)),--build-arg BACKEND=jax) \
	  --build-arg VERSION=$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' kit/__init__.py) \
	  --build-arg COMMIT=$$(git describe --always --dirty --abbrev=40 2>/dev/null || echo unknown) $(ARGS) .

sif: ## kit.sif of SERVICE, for a cluster (needs Apptainer, which takes a digest without a tag only)
	apptainer build --build-arg VARIANT=$(VARIANT) --build-arg "BASE=$$(echo $(BASE) | sed 's|:[^:/@]*@|@|')" kit.sif docker/kit.def

container:
	@docker/ready.sh $(SERVICE) kaggle-kit:$(VARIANT)

shell: container ## a shell in a container of SERVICE
	$(COMPOSE) run --rm --entrypoint bash $(SERVICE)

notebook: SERVICE := notebook
notebook: container ## JupyterLab on data/, runs/ and notebooks/ (make image SERVICE=notebook comes first)
	@mkdir -p notebooks
	$(COMPOSE) up notebook

ui: .venv-tracking/ready ## MLflow's pages about the runs here, at http://127.0.0.1:5000 (ARGS="--port 5001")
	@test -f "$(TRACKED)" || { echo "make ui: no runs in MLflow yet: kit runs sync, or train with KIT_TRACK=1" >&2; exit 1; }
	MLFLOW_DISABLE_TELEMETRY=true .venv-tracking/bin/mlflow server --workers 1 --backend-store-uri "sqlite:///$(TRACKED)" $(ARGS)

.venv-tracking/ready: locks/tracking.txt
	$(PYTHON) -m venv --clear .venv-tracking
	.venv-tracking/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/tracking.txt
	@touch $@

tracking: ## MLflow on PostgreSQL for a team, in containers; then export MLFLOW_TRACKING_URI=http://127.0.0.1:5000
	@test -n "$$TRACKING_PASSWORD" || { echo 'make tracking: no password for its database, and none is built in;' \
	  'do: export TRACKING_PASSWORD=$$(openssl rand -hex 24), and keep it' >&2; exit 2; }
	$(COMPOSE) -f docker-compose.yml -f docker/tracking.yml up --build --detach tracking

gpu-check: $(PLACE) ## one line: the GPU seen, a matrix product timed with XLA and in mixed precision
	$(KIT) doctor --gpu $(ARGS)

list: $(PLACE) ## the competitions this kit knows
	$(KIT) list $(ARGS)

completion: $(PLACE) ## what makes a shell complete verbs, options, competitions and runs
	$(KIT) completion $(or $(ARGS),bash)

doctor: $(PLACE) ## what is installed, devices, Kaggle token, free space
	$(KIT) doctor $(ARGS)

new: $(PLACE) ## start a folder for another competition
	$(KIT) new $(COMPETITION) $(ARGS)

download: $(PLACE) ## fetch a competition's archive (ARGS="--from ARCHIVE" takes one from disk)
	$(KIT) download $(COMPETITION) $(ARGS)

prepare: $(PLACE) ## extract, check and decode the data once, and write the folds
	$(KIT) prepare $(COMPETITION) $(ARGS)

augment-preview: $(PLACE) ## a sheet of augmented images: what training sees
	$(KIT) augment-preview $(COMPETITION) $(ARGS)

plan: $(PLACE) ## how long a training takes, and what fits (ARGS="--budget 2h")
	$(KIT) plan $(COMPETITION) $(ARGS)

lr-find: $(PLACE) ## try rising learning rates: a picture and a suggestion
	$(KIT) lr-find $(COMPETITION) $(ARGS)

tune: $(PLACE) ## search settings with Optuna; go on with the same command (ARGS="--trials 30")
	$(KIT) tune $(COMPETITION) $(ARGS)

train: $(PLACE) ## train one model on each fold; ends with the run id
	$(KIT) train $(COMPETITION) $(ARGS)

predict: $(PLACE) ## predict RUN again (ARGS="--tta auto", or "--tta identity,hflip")
	$(KIT) predict $(RUN) $(ARGS)

ensemble: $(PLACE) ## one run of RUNS, by a method chosen out of fold
	$(KIT) ensemble $(COMPETITION) $(RUNS) $(ARGS)

report: $(PLACE) ## one page about RUN, or about a competition (RUN=SLUG)
	$(KIT) report $(RUN) $(ARGS)

diff: $(PLACE) ## what changes from one of RUNS="A B" (runs or files) to the other
	$(KIT) diff $(RUNS) $(ARGS)

review: $(PLACE) ## likely label errors, near-duplicates (ARGS="labels RUN", "apply SLUG FILE", "compare RUN RUN", "twins SLUG")
	$(KIT) review $(ARGS)

submit: $(PLACE) ## build and check the submission of RUN (ARGS="--send --wait" uploads)
	$(KIT) submit $(COMPETITION) $(RUN) $(ARGS)

team: $(PLACE) ## who has which runs, who sends what today, what nobody has tried (ARGS="--store WHERE", or KIT_TEAM)
	$(KIT) team $(COMPETITION) $(ARGS)

submissions: $(PLACE) ## every submission of the team with its CV and scores (ARGS=--wait)
	$(KIT) submissions $(COMPETITION) $(ARGS)

leaderboard: $(PLACE) ## rank, medals, allowance; CV against public score (ARGS=--picture)
	$(KIT) leaderboard $(COMPETITION) $(ARGS)

next: $(PLACE) ## which run is worth a submission, and why
	$(KIT) next $(COMPETITION) $(ARGS)

pick: $(PLACE) ## propose the final two: one safe, one different
	$(KIT) pick $(COMPETITION) $(ARGS)

kernel: $(PLACE) ## a Kaggle kernel, internet off (ARGS="build SLUG --run RUN", "try NAME", "push NAME")
	$(KIT) kernel $(ARGS)

kernel-env: setup .venv-kaggle/ready ## .venv-kaggle: the package versions of Kaggle's image, for `kit kernel try`

.venv-kaggle/ready: locks/kaggle.txt
	$(PYTHON) -m venv --clear .venv-kaggle
	.venv-kaggle/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/kaggle.txt
	@touch $@

runs: $(PLACE) ## what was trained, and how it scored out of fold
	$(KIT) runs $(ARGS)

run: $(PLACE) ## all steps, with the competition's defaults
	$(KIT) run $(COMPETITION) $(ARGS)
