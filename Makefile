# Larder: `make up` runs it, `make test` tests it. Everything is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
# The requirement files are whole closures, so there is nothing to resolve; modules are compiled when first imported.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile
RUNTIME := requirements.txt requirements-nodeps.txt requirements-embedded.txt requirements-sources.txt
FURTHER := requirements-qdrant.txt requirements-ocr.txt requirements-otel.txt requirements-dev.txt
PYTHONS := 3.11 3.12 3.13 3.14
SYSTEMS := x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin
COMPAT := .compat/spot-1 .compat/spot-2 .compat/surrealdb-memory .compat/surrealdb .compat/mcp-typescript .compat/langchain .compat/llama-index .compat/haystack .compat/typescript-client
# Where nothing compiled may be kept, each process that starts compiles Django and all others anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install up test lint resolve inventory audit wheel trial bench compat types clean

help:
	@echo "make up       install and run Larder on this machine; make up ARGS='--port 9000' passes options on"
	@echo "make test     run the whole test suite on real PostgreSQL and Redis"
	@echo "make install  install what Larder runs on into .venv"
	@echo "make lint     ruff, djangofmt, mypy and a look for missing migrations"
	@echo "make resolve  ask the index for a wheel of every pin, for each Python and system that the README names"
	@echo "make inventory  write dist/larder.cdx.json, the dependencies that Larder runs on (CycloneDX)"
	@echo "make audit    ask for known faults in them, and which have newer releases; docs/reference/known-faults.md"
	@echo "make wheel    build the server's wheel into dist"
	@echo "make trial    install that wheel with pipx into an empty home, run it, and look whether it works"
	@echo "make bench    measure Larder beside its peers; make bench ARGS=--quick does a tenth"
	@echo "make compat   install the published clients that the compatibility tests run unmodified"
	@echo "make types    write the TypeScript client's types of the API anew"
	@echo "make clean    remove caches and what was installed; the data in .larder stays"

install: .venv/.runtime

.venv/.runtime: $(RUNTIME) sdk/pyproject.toml sources/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Larder needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing Larder into .venv; with packages cached this takes some 20 seconds ..."
	@$(INSTALL) $(RUNTIME:%=-r %) -e ./sdk -e ./sources
	@touch $@

.venv/.dev: .venv/.runtime $(FURTHER)
	@echo "Installing what the tests need ..."
	@$(INSTALL) $(FURTHER:%=-r %)
	@touch $@

up: .venv/.runtime
	@$(BIN)/python manage.py up $(ARGS)

test: .venv/.dev
	@$(BIN)/python -m pytest -n auto $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check templates
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

# Installs nothing; uv reads what the index says of each wheel, so none of these Pythons need be here.
resolve: .venv/.dev
	@for python in $(PYTHONS); do for system in $(SYSTEMS); do \
	  echo "Python $$python on $$system"; \
	  MACOSX_DEPLOYMENT_TARGET=14.0 $(BIN)/uv pip install --quiet --dry-run --no-deps --only-binary :all: --target .venv/none \
	    --python-version $$python --python-platform $$system $(RUNTIME:%=-r %) $(FURTHER:%=-r %) || exit 1; \
	done; done

# Of the pins, so the same wherever it is made. That the root names none of them is what it warns of.
inventory: .venv/.dev
	@mkdir -p dist
	@cat $(RUNTIME) requirements-qdrant.txt requirements-ocr.txt requirements-otel.txt | $(BIN)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
	  --no-validate --output-file dist/larder.cdx.json -

# Fails where a fault is known, and where a package could not be asked about.
audit: .venv/.dev
	@$(BIN)/uv pip list --outdated
	@$(BIN)/uv tool run pip-audit==2.10.1 --strict --no-deps --disable-pip --progress-spinner off \
	  $(RUNTIME:%=-r %) $(FURTHER:%=-r %)

wheel: .venv/.dev
	@rm -f dist/larder_server-*.whl
	@$(BIN)/python -m hatchling build -t wheel -d dist

trial: wheel
	@$(BIN)/python .ci/installed.py dist/larder_server-*.whl

bench: .venv/.runtime .venv-bench/.peers
	@.venv-bench/bin/python -m bench $(ARGS)

.venv-bench/.peers: requirements-bench.txt
	@test -x .venv-bench/bin/pip || $(PYTHON) -m venv .venv-bench
	@echo "Installing what Larder is measured against into .venv-bench ..."
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r requirements-bench.txt
	@touch $@

compat: $(COMPAT:%=%/.installed)

# Of the API as it is declared, which no server needs to run for.
types: .venv/.dev .compat/typescript-client/.installed
	@cp integrations/typescript/generate.mjs .compat/typescript-client
	@$(BIN)/python manage.py export_openapi_schema --skip-checks --api config.urls.api \
	  | .compat/mcp-typescript/bin/node .compat/typescript-client/generate.mjs integrations/typescript/src/api.ts

.compat/mcp-typescript/.installed: tests/compat/mcp-typescript.txt $(wildcard tests/compat/typescript/*.json)
	@$(PYTHON) -m venv --clear .compat/mcp-typescript
	@.compat/mcp-typescript/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@cp tests/compat/typescript/*.json .compat/mcp-typescript
	@cd .compat/mcp-typescript && PATH="$$PWD/bin:$$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# The Node.js of the other one builds and tests our own client.
.compat/typescript-client/.installed: .compat/mcp-typescript/.installed $(wildcard integrations/typescript/package*.json)
	@rm -rf .compat/typescript-client && mkdir -p .compat/typescript-client
	@cp integrations/typescript/package*.json .compat/typescript-client
	@cd .compat/typescript-client && PATH="$$PWD/../mcp-typescript/bin:$$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.compat/%/.installed: tests/compat/%.txt
	@$(PYTHON) -m venv --clear .compat/$*
	@.compat/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r $<
	@touch $@

clean:
	rm -rf .venv .venv-bench .compat .pytest_cache .mypy_cache .ruff_cache .hypothesis staticfiles sdk/*.egg-info sources/*.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
