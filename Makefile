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
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## Make the virtual environment

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
test: lint sanity ## Run everything that CI runs
	$(PY) -m pytest -n 2

.PHONY: test-all
test-all: test ## Run the front door on every ansible-core that this machine's Pythons allow, and the matrices in full
	$(PY) -m tests.tools.cores
	$(PY) -m tests.tools.matrix

.PHONY: unit
unit: $(READY) ## Run the tests that need no ansible-playbook, in seconds
	$(PY) -m pytest tests/unit

.PHONY: resilience
resilience: $(READY) ## Run the matrices of faults, kills, hostile input and TLS
	$(PY) -m pytest tests/resilience

.PHONY: coverage
coverage: $(READY) ## Measure which branches of the plugins the tests in this process take
	$(PY) -m coverage run --source $(TREE)/plugins -m pytest -q tests/unit tests/resilience
	$(PY) -m coverage report --show-missing --skip-covered

.PHONY: front-door
front-door: $(READY) ## Run real playbooks against the emulator
	$(PY) -m pytest tests/front_door

.PHONY: lint
lint: $(READY) ## Check style, types, the plan of the house, Ansible content, documentation
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(PY) -m tests.tools.types
	PYTHONPATH=$(BUILD)/collections $(BIN)/lint-imports
	$(PY) -m tests.tools.lint_content

.PHONY: sanity
sanity: $(READY) ## Run ansible-test sanity
	$(PY) -m tests.tools.sanity

.PHONY: format
format: $(READY) ## Format the Python code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: demo
demo: $(READY) ## Apply an example account twice to the emulator, and look at it
	@$(PY) -m tests.demo

.PHONY: emulator
emulator: $(READY) ## Start an empty account to play with
	$(PY) -m tests.emulator --port 8765 --token demo-token

.PHONY: build
build: $(READY) ## Build the tarball
	@$(PY) -m tests.tools.collection_tree
	$(BIN)/ansible-galaxy collection build --force --output-path $(BUILD) $(TREE)

.PHONY: clean
clean: ## Remove everything that was generated
	rm -rf $(BUILD)
