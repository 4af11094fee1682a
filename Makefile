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

##@ Start
.PHONY: help
help: ## Show this help (1 s)
	@awk -F ':.*## ' '/^##@ / { printf "%s%s\n", n++ ? "\n" : "", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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
	$(BIN)/pip install --quiet --no-compile -r tests/requirements/dev.txt -c tests/requirements/constraints.txt
	$(PY) -m compileall -q -j 0 $(VENV)/lib
	@touch $@

.PHONY: hooks
hooks: $(READY) ## Check each commit, and run the unit tests before each push (1 s)
	@$(PY) -m tests.tools.hooks

.PHONY: demo
demo: $(READY) ## Apply an example account twice to the emulator, and look at it (10 s)
	@$(PY) -m tests.demo

.PHONY: emulator
emulator: $(READY) ## Start an empty account to play with (until ended)
	$(PY) -m tests.emulator --port 8765 --token demo-token

.PHONY: clean
clean: ## Remove everything that was generated below .build (1 s)
	rm -rf $(BUILD)

##@ Test
.PHONY: unit
unit: $(READY) ## Run the unit tests of the collection while you work (10 s)
	$(PY) -m pytest -q tests/unit

.PHONY: pytest
pytest: $(READY) ## Run chosen tests, such as ARGS="tests/playbooks -k rename" (1 s and more)
	$(PY) -m pytest $(ARGS)

.PHONY: lint
lint: $(READY) ## Check style, types, layers, words, generated files, Ansible content, workflows (1 min)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(PY) -m tests.tools.types
	$(PY) -m tests.tools.layers
	$(PY) -m tests.tools.words
	$(PY) -m tests.tools.generate --check
	$(PY) -m tests.tools.lint_content

.PHONY: sanity
sanity: sanity-pylint sanity-others ## Run ansible-test sanity (3 min the first time)
.PHONY: sanity-pylint sanity-others
sanity-pylint: $(READY)
	$(PY) -m tests.tools.ansible_test sanity --test pylint
sanity-others: $(READY)
	$(PY) -m tests.tools.ansible_test sanity --skip-test pylint

.PHONY: integration
integration: $(READY) ## Run ansible-test integration against the emulator (40 s)
	$(PY) -m tests.tools.ansible_test integration --continue-on-error

# GNU make 4 keeps the output of parallel targets apart; that of macOS, 3.81, mixes it.
.PHONY: checks
checks: $(READY) ## Run lint, sanity and integration side by side (2 min)
	@$(MAKE) --no-print-directory -j 4 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
		lint sanity integration

.PHONY: test
test: checks ## Run what CI runs, on one ansible-core (11 min)
	$(PY) -m pytest -n 4 --dist worksteal -m "not slow"

.PHONY: test-all
test-all: test ## Besides, run the slow tests, and the matrix (1 h)
	$(PY) -m tests.tools.cores
	$(PY) -m pytest -n 4 --dist worksteal -m slow
	$(PY) -m tests.tools.ansible_test units
	$(PY) -m tests.tools.matrix

.PHONY: matrix
matrix: $(READY) ## Test on every ansible-core there is a Python for; ARGS="--core 2.16 --part units" (1 min and more)
	$(PY) -m tests.tools.cores
	$(PY) -m tests.tools.matrix $(ARGS)

.PHONY: coverage
coverage: $(READY) ## Measure which branches of the plugins the tests in this process take (3 min)
	$(PY) -m coverage run --source $(TREE)/plugins -m pytest -q tests/unit tests/resilience
	$(PY) -m coverage report --show-missing --skip-covered

.PHONY: bench
bench: $(READY) ## Measure speed against what one would write instead; ARGS=--long adds the real limits (15 min)
	$(PY) -m tests.benchmarks $(ARGS)

##@ Change
.PHONY: format
format: $(READY) ## Format the Python code (1 s)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: generate
generate: $(READY) ## Write what is generated: RETURN, pages of the providers, architecture, pictures (10 s)
	@$(PY) -m tests.tools.generate

.PHONY: provider
provider: $(READY) ## Start a new provider, NAME=bulksms TYPE=sms TITLE=BulkSMS (1 s)
	@$(PY) -m tests.tools.new_provider --name "$(NAME)" --type "$(TYPE)" --title "$(TITLE)"

.PHONY: docs
docs: $(READY) ## Build the documentation site into .build/site and check its links (1 min, the first time 2 min)
	@$(PY) -m tests.tools.site

##@ Release
.PHONY: build
build: $(READY) ## Build the tarball of the tree as it is (2 s)
	@$(PY) -m tests.tools.collection_tree
	$(BIN)/ansible-galaxy collection build --force --output-path $(BUILD) $(TREE)

.PHONY: bump
bump: $(READY) ## Set the version, VERSION=1.2.3, and make the changelog from the fragments (2 s)
	@$(PY) -m tests.tools.release --bump "$(VERSION)"

.PHONY: release
release: $(READY) ## Build and check the tarball to be published, from a clean tree; publishes nothing (30 s)
	@$(PY) -m tests.tools.release
