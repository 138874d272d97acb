# Names for the launcher, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test check bench lock audit down

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up whatever is missing and open the office (PORT=8000, DATA_DIR=.local, DEMO=0 for your own practice)
	@$(PYTHON) -m launch run

test: ## Every test; ARGS="tests/kernel -k outbox" for some, ARGS="-m slow" for the slow ones
	@$(PYTHON) -m launch test $(ARGS)

check: ## Format, lint, types, layers, migrations, deployment settings, templates
	@$(PYTHON) -m launch check

bench: ## Measure; ONLY=booking,day_board for some, SCALE=full for a million appointments
	@$(PYTHON) -m launch bench

lock: ## Newest allowed versions into requirements/*.txt
	@$(PYTHON) -m launch lock

audit: ## What we install, as CycloneDX in build/, and what is known to be wrong with it
	@$(PYTHON) -m launch audit

down: ## Stop the servers that tests and commands left running for the next ones
	@$(PYTHON) -m launch down
