# Two commands do everything: make demo, make test.
SHELL := /bin/bash
PORT ?= 8000
UV := .tools/bin/uv
RUN := .venv/bin
# who may reach what, and what judges can tell apart: long, and no question of the database
ONCE := $(addprefix --ignore=tests/security/test_,permission_matrix.py two_worlds.py two_worlds_published.py \
  blind_timetable.py recusal_is_silent.py)
export PORT

.PHONY: help install install-dev demo demo-data run worker check test test-postgres test-browser browser vendor pictures bench-scoring lan test-machine

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## / - /'

.tools/bin/uv:
	@python3 -m venv .tools 2>/dev/null || { echo "python3-venv is missing. Run: apt-get install -y python3-venv"; exit 1; }
	@.tools/bin/pip install -q --disable-pip-version-check 'uv==0.13.9'

install: .tools/bin/uv ## what running needs
	@$(UV) sync -q --frozen --no-dev --inexact --extra planner
	@$(RUN)/python -m blueprints.catalogues > /dev/null

install-dev: .tools/bin/uv ## what developing and testing needs
	@$(UV) sync -q --frozen --extra pg --extra planner
	@$(RUN)/python -m blueprints.catalogues > /dev/null
	@$(MAKE) -s .venv/warm

# the planner's searches, compiled once for every program that runs here
.venv/warm: $(wildcard scheduling/planner/*.py scheduling/planner/*/*.py)
	@$(RUN)/python -m scheduling.planner.warming && touch $@

demo: export EVENTSYS_DEMO := 1
demo: export EVENTSYS_WORKER := beside
demo: export EVENTSYS_INSTANCE := $(CURDIR)/instance/demo
demo: install ## install, make the embedded database, load demo data, serve, print the sign-ins
	@$(RUN)/flask --app wsgi db upgrade 2> /dev/null
	@$(RUN)/flask --app wsgi demo
	@$(RUN)/gunicorn --config deploy/gunicorn.conf.py --no-control-socket 'wsgi:create_app()'

run: install ## serve an installation of your own (instance/), web and worker in one process
	@$(RUN)/flask --app wsgi db upgrade
	@EVENTSYS_WORKER=beside $(RUN)/gunicorn --config deploy/gunicorn.conf.py --no-control-socket 'wsgi:create_app()'

lan: install ## serve a venue's network over HTTPS with a certificate made here (ADDRESS=192.168.1.10)
	@$(RUN)/flask --app wsgi db upgrade
	@$(RUN)/python deploy/lan.py

test-machine: install-dev ## judges' tablets offline, re-ordered, contested: 2,000 runs of 50 steps, about six minutes
	@EVENTSYS_MACHINE_RUNS=2000 $(RUN)/pytest -q -n0 -s tests/properties/test_marking_machine.py -k nothing_is_lost

check: install-dev ## format, lint, types, import contracts, unit tests: under two minutes
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/ty check
	@$(RUN)/lint-imports
	@$(RUN)/python static/vendor.py --check
	@$(RUN)/pytest -q -n 2 tests/unit tests/properties tests/architecture

browser: ## a Chromium for the browser tests
	@command -v chromium chromium-browser google-chrome > /dev/null || { \
	  echo "installing Chromium from the distribution"; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk) > /dev/null || \
	  { echo "No Chromium. Run: apt-get install -y chromium fonts-noto-cjk"; exit 1; }; }

test: check browser ## install and run all tests, on both databases
	@$(RUN)/pytest -q -n 2 tests/actions tests/web tests/security tests/races
	@EVENTSYS_TEST_DB=postgres $(RUN)/pytest -q -n 2 $(ONCE) tests/actions tests/web/test_competition_day.py tests/security tests/races
	@$(RUN)/pytest -q -n 2 --dist loadfile tests/browser

test-postgres: check ## everything that needs a database on PostgreSQL, the pages too
	@EVENTSYS_TEST_DB=postgres $(RUN)/pytest -q -n 2 tests/actions tests/web tests/security tests/races

vendor: ## fetch the front-end files again (needs npm)
	@npm ci --ignore-scripts && python3 static/vendor.py

bench-scoring: install-dev ## fifty judges save at once while exports run; the ranking of a large track
	@$(RUN)/python -m benchmarks.scoring

pictures: install-dev browser ## take the screenshots of README and docs
	@$(RUN)/python -m tests.browser.pictures
