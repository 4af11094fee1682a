# Everything sets itself up below .build/, from Python >= 3.11, git and make.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

BUILD := .build
VENV := $(BUILD)/venv
BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
TREE := $(BUILD)/collections/ansible_collections/ocamba/hood
REQUIREMENTS := tests/requirements/dev.txt tests/requirements/constraints.txt

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help: ## Show this help (1 s)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## Make the virtual environment (1 min)

# A version manager's shim may stand for an interpreter that is not there, so each is tried.
$(READY): $(REQUIREMENTS)
	@for python in python3 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$python; break; \
		fi; \
	done; \
	[ -n "$${found:-}" ] || { echo "Python 3.11 or later is needed, and none was found" >&2; exit 1; }; \
	"$$found" -m venv --clear $(VENV)
	$(BIN)/pip install --quiet -r tests/requirements/dev.txt -c tests/requirements/constraints.txt
	@touch $@

.PHONY: test
test: lint sanity ## Run everything that CI runs (10 min)
	$(PY) -m pytest -n 2 -m "not slow"

.PHONY: test-all
test-all: test ## Besides, run the slow tests, and sanity, units and front door on every ansible-core that can be had (1 h)
	$(PY) -m tests.tools.cores
	$(PY) -m pytest -n 2 -m slow
	$(PY) -m tests.tools.matrix

.PHONY: matrix
matrix: $(READY) ## Run a part of test-all, such as ARGS="--core 2.16 --part units" (1 min and more)
	$(PY) -m tests.tools.cores
	$(PY) -m tests.tools.matrix $(ARGS)

.PHONY: unit
unit: $(READY) ## Run the unit tests of the collection, the inner loop (10 s)
	$(PY) -m pytest -q tests/unit --ignore tests/unit/emulator

.PHONY: unit-emulator
unit-emulator: $(READY) ## Run the unit tests of the emulator (10 s)
	$(PY) -m pytest -q tests/unit/emulator

.PHONY: resilience
resilience: $(READY) ## Run the matrices of faults, kills, hostile input and TLS (2 min)
	$(PY) -m pytest tests/resilience

.PHONY: coverage
coverage: $(READY) ## Measure which branches of the plugins the tests in this process take (3 min)
	$(PY) -m coverage run --source $(TREE)/plugins -m pytest -q tests/unit tests/resilience
	$(PY) -m coverage report --show-missing --skip-covered

.PHONY: front-door
front-door: $(READY) ## Run real playbooks against the emulator (6 min)
	$(PY) -m pytest tests/front_door

.PHONY: bench
bench: $(READY) ## Measure speed against what one would write instead; ARGS=--long adds the real limits (15 min)
	$(PY) -m tests.benchmarks $(ARGS)

.PHONY: awx
awx: $(READY) ## Run jobs as AWX does, and set up a double of AWX (1 min)
	$(PY) -m pytest tests/awx

.PHONY: lint
lint: $(READY) ## Check style, types, the plan of the house, Ansible content, documentation (1 min)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(PY) -m tests.tools.types
	$(MAKE) --no-print-directory house
	$(PY) -m tests.tools.lint_content

.PHONY: house
house: $(READY) ## Check that arrows go down the house only (1 s)
	@$(PY) -m tests.tools.collection_tree
	PYTHONPATH=$(BUILD)/collections $(BIN)/lint-imports

.PHONY: sanity
sanity: $(READY) ## Run ansible-test sanity (1 min the first time)
	$(PY) -m tests.tools.sanity

.PHONY: format
format: $(READY) ## Format the Python code (1 s)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: demo
demo: $(READY) ## Apply an example account twice to the emulator, and look at it (10 s)
	@$(PY) -m tests.demo

.PHONY: emulator
emulator: $(READY) ## Start an empty account to play with (until ended)
	$(PY) -m tests.emulator --port 8765 --token demo-token

.PHONY: build
build: $(READY) ## Build the tarball of the tree as it is (2 s)
	@$(PY) -m tests.tools.collection_tree
	$(BIN)/ansible-galaxy collection build --force --output-path $(BUILD) $(TREE)

.PHONY: release
release: $(READY) ## Build and check the tarball to be published, from a clean tree; publishes nothing (30 s)
	@$(PY) -m tests.tools.release

.PHONY: bump
bump: $(READY) ## Set the version, VERSION=1.2.3, and make the changelog from the fragments (2 s)
	@$(PY) -m tests.tools.release --bump "$(VERSION)"

.PHONY: provider
provider: $(READY) ## Start a new provider, NAME=bulksms TYPE=sms TITLE=BulkSMS (1 s)
	@$(PY) -m tests.tools.new_provider --name "$(NAME)" --type "$(TYPE)" --title "$(TITLE)"

.PHONY: architecture
architecture: $(READY) ## Draw docs/guides/architecture.md from pyproject.toml and the code (1 s)
	@$(PY) -m tests.tools.architecture

.PHONY: pages
pages: $(READY) ## Write docs/guides/providers from the declarations of the providers (1 s)
	@$(PY) -m tests.tools.provider_pages

.PHONY: pictures
pictures: $(READY) ## Draw docs/images/*.svg from real runs (5 s)
	@$(PY) -m tests.tools.pictures

.PHONY: docs
docs: $(READY) ## Build the documentation site into .build/site and check its links (1 min, the first time 2 min)
	@$(PY) -m tests.tools.site

.PHONY: packaging
packaging: $(READY) ## Test the tarball, the execution environment and what developers use (2 min)
	$(PY) -m pytest tests/packaging -m "not slow"

.PHONY: hooks
hooks: $(READY) ## Put the checks of .pre-commit-config.yaml into git (1 s)
	$(BIN)/pre-commit install

.PHONY: clean
clean: ## Remove everything that was generated (1 s)
	rm -rf $(BUILD)
