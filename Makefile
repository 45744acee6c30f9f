# Each target does one thing; `make` alone lists them.
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help dev check test chaos chaos-kills fuzz chaos-restore chaos-befall chaos-browser chaos-ledger bench-ledger bench-payouts bench-routing bench-api bench-pwa lock schema api clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: ## start everything, as ./run does
	./run

check: ## format, lint, types, imports, tidy: what needs no database
	./test format lint types imports tidy

test: ## all tests, or those of T=tests/backend/rounds
	$(if $(T),$(PYTHON) -m pytest -q $(T),./test)

chaos: ## every proof at nightly size, one after another, with one page (SEED=, ONLY="P3 P13")
	$(PYTHON) -m tests.simulation.night $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

chaos-kills: ## every state of the protocol, then OPS=1000000 facts under kill -9 (SEED=, KILLS=)
	$(PYTHON) -m tests.simulation.chaos --ops $(or $(OPS),1000000) \
		$(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS))

fuzz: ## guided inputs for what reads a phone's bytes, RUNS=2000000 (SEED=)
	$(PYTHON) -m tests.simulation.fuzz $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

chaos-restore: ## OPS facts while backups are put back RESTORES times (SEED=)
	$(PYTHON) -m tests.simulation.chaos --no-model --name restore --ops $(or $(OPS),200000) \
		--restores $(or $(RESTORES),11) $(if $(SEED),--seed $(SEED))

chaos-befall: ## full disks, read-only, no connections, cut networks, ROUNDS times; every byte cut
	$(PYTHON) -m tests.simulation.chaos --no-model --name troubles --ops $(or $(OPS),100000) \
		--befall $(or $(ROUNDS),3) $(if $(SEED),--seed $(SEED))
	CHAOS_CUTS=all CUT_OPS=20 $(PYTHON) -m pytest -q -k "broken or cancelled" \
		tests/simulation/test_troubles.py tests/simulation/test_cut_short.py

lock: ## make both Python locks anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--no-annotate pyproject.toml -o requirements.lock --python-version 3.11
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--no-annotate pyproject.toml --group dev -o requirements-dev.lock --python-version 3.11

chaos-ledger: ## ATTEMPTS=200000 contended postings, 5,000 random books, 1,000 sealed rows edited (SEED=)
	$(PYTHON) -m tests.simulation.storm $(if $(ATTEMPTS),--attempts $(ATTEMPTS)) \
		$(if $(SEED),--seed $(SEED))
	SIMULATION_RUNS=5000 SIMULATION_STEPS=100 $(if $(SEED),SEED=$(SEED)) \
		$(PYTHON) -m pytest -q -s tests/simulation/test_ledger_stateful.py
	LEDGER_EDITS=1000 $(PYTHON) -m pytest -q -s tests/backend/ledger/test_attacks.py

bench-ledger: ## transfers a second beside bare inserts over the same connections
	$(PYTHON) -m tests.benchmarks.ledger

bench-payouts: ## a list of ROWS=100000 people read from CSV and XLSX: seconds, memory
	$(PYTHON) -m tests.benchmarks.payouts $(if $(ROWS),--rows $(ROWS))

bench-routing: ## the optimiser against its goals, hours; QUICK=1, SEEDS=, GOALS="G5 G8"
	$(PYTHON) -m tests.benchmarks.routing $(GOALS)

chaos-browser: ## the browser killed while it records, TRIALS=500 times (SEED=)
	$(PYTHON) -m tests.journeys.kills --trials $(or $(TRIALS),500) $(if $(SEED),--seed $(SEED))

bench-api: ## exchanges and facts a second over HTTP, beside a bare handler and pgbench
	$(PYTHON) -m tests.benchmarks.api $(if $(PHONES),--phones $(PHONES)) \
		$(if $(FACTS),--facts $(FACTS))

bench-pwa: ## sizes of the courier's app (fail) and its times on a slow phone (printed)
	cd pwa && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent build -- --logLevel error
	$(PYTHON) -m tests.benchmarks.pwa

schema: ## write migrations/schema.sql from the migrations
	$(PYTHON) -m backend.ops.schema

api: ## write pwa/openapi.json from the server, and the TypeScript types from it
	$(PYTHON) -m tests.openapi
	cd pwa && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent api

clean: ## remove what can be made again; data in var/ stays
	rm -rf build pwa/dist pwa/node_modules .venv
