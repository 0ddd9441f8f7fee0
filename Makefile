# Vatra: one word for each thing a stranger, a developer or a server wants to do. `make help` lists them.

PORT ?= 8000
VATRA_HOME ?= $(CURDIR)/var
export VATRA_HOME
BIN := .venv/bin

# The first Python on this machine that is new enough.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test quick lint format screenshots messages bench-pages bench-rules bench-names \
	replay-rules chaos locks clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

setup: ## Install everything into this folder (.venv, node_modules), once
	@test -n "$(PYTHON)" || { echo "Vatra needs Python 3.11 or newer; none was found. Name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" tools/prepare.py

demo: setup ## Prepare the demonstration town and serve it (PORT=8000)
	@VATRA_DEMO=1 exec $(BIN)/vatra demo --serve --port $(PORT)

serve: setup ## Serve the pages of VATRA_HOME and run the worker (PORT=8000)
	@exec $(BIN)/vatra serve --port $(PORT)

test: setup ## Everything: lint, house, unit on SQLite and PostgreSQL, walks in a browser
	@$(BIN)/python tools/test.py

quick: setup ## Engines, kernel and house without a database: under 15 s
	@$(BIN)/python tools/test.py quick

lint: setup ## Style and the floors of the house
	@$(BIN)/python tools/test.py lint

format: setup ## Let ruff lay out the code
	@$(BIN)/ruff check -q --fix . && $(BIN)/ruff format -q .

screenshots: setup ## Take the pictures of README from a running demonstration
	@$(BIN)/python tools/screenshots.py

messages: setup ## Gather the sentences to translate, and compile the catalogues
	@$(BIN)/python tools/messages.py

bench-pages: setup ## How long pages take, and how many queries they make
	@$(BIN)/python tools/bench_pages.py

bench-rules: setup ## The rules engine beside its peers
	@$(BIN)/python -m bench.rules

bench-names: setup ## Name search and record linkage beside their peers
	@$(BIN)/python -m bench.names

replay-rules: setup ## Run the rules of all packs over their cases
	@$(BIN)/python -m bench.replay_rules

chaos: setup ## Kill payment runs at 50 points, and press each button eight at once, on both databases
	@$(BIN)/python tools/chaos.py

locks: setup ## Renew the locks in requirements/ (hashes, no addresses)
	@$(BIN)/python tools/locks.py

clean: ## Remove what was installed and built, but no data
	rm -rf .venv node_modules build src/vatra/look/static/vendor
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
