# The front door. `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
BIN := .venv/bin
PORT ?= 8000
export PYTHON

.PHONY: help demo demo-fresh test lint bench proof services lock docs clean

help: ## say what there is
	@echo "共治 Gongzhi"
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## build the demo district if needed and run everything; ctrl-C stops it
	@tools/environment.sh demo
	@exec $(BIN)/gongzhi demo --port $(PORT)

demo-fresh: ## the same, starting over with a new demo district
	@tools/environment.sh demo
	@exec $(BIN)/gongzhi demo --port $(PORT) --fresh

test: ## everything: lint, types, contracts, SQLite, PostgreSQL, browser journeys
	@tools/environment.sh dev
	@exec $(BIN)/python tools/test.py $(ARGS)

lint: ## the quick half of it: format, lint, types, import contracts, risky code, known holes
	@tools/environment.sh dev
	@exec $(BIN)/python tools/test.py --only lint

bench: ## CPU time per report and latencies over HTTP, next to the floor
	@tools/environment.sh dev
	@exec $(BIN)/python -m bench $(ARGS)

proof: ## kill, starve and mislead real processes under load; ARGS=--short for a minute of it
	@tools/environment.sh dev
	@exec $(BIN)/python -m proof --write $(ARGS)

services: ## install what some tests use: PostgreSQL, Mosquitto, Dovecot, nginx, Chromium, Chinese fonts
	@tools/services.sh

lock: ## resolve the dependencies anew
	@tools/environment.sh dev
	@tools/lock.sh

docs: ## write the generated pages and build the manual into site/
	@tools/environment.sh dev
	@$(BIN)/gongzhi write_docs
	@$(BIN)/mkdocs build --strict --quiet

clean: ## remove what can be made again; never touches var/data
	@rm -rf .venv site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache var/demo var/test
