# Two commands do everything: make demo, make test.
SHELL := /bin/bash
PORT ?= 8000
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := .venv/bin
export PORT

.PHONY: help install demo run worker check test test-unit vendor translations pictures bench

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

.tools/bin/uv:
	@python3 -m venv .tools || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@.tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

install: .tools/bin/uv ## what running needs
	@$(UV) sync -q --frozen --no-dev --inexact
	@$(MAKE) -s translations

install-dev: .tools/bin/uv
	@$(UV) sync -q --frozen --extra pg
	@$(MAKE) -s translations

translations: ## compile the catalogues
	@$(RUN)/python -m blueprints.catalogues >/dev/null
