# Lectern's commands. `make` alone lists them.

PYTHON ?= python3
RUN := .venv/bin/python
TEST_VAR := $(CURDIR)/var/test
WITH_TEST_ENGINES = LECTERN_VAR=$(TEST_VAR) ENVIRONMENT=test
COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11
PYTEST_ARGS ?= -n 2

.DEFAULT_GOAL := help
.PHONY: help up down test lint check bench chaos lock clean base dev test-engines

# what the environment says reaches the processes, also `make up DEMO=0 LECTERN_PORT=9000`
export DEMO LECTERN_PORT

help:
	@echo "make up      start the campus (DEMO=0: empty; LECTERN_PORT=9000: another port); Ctrl-C stops it"
	@echo "make down    stop it from another terminal"
	@echo "make test    run the tests"
	@echo "make lint    check format, rules, types, import directions, migrations, settings, API document"
	@echo "make check   both: the whole gate"
	@echo "make bench   measure what saving answers costs"
	@echo "make chaos   kill processes for ten minutes while candidates answer, and look for what was lost"
	@echo "make lock    settle the versions anew"
	@echo "make clean   remove the environment, caches and the tests' engines; never the campus's data"

up: base
	@exec $(RUN) -m apps.core.supervisor

down: base
	@exec $(RUN) -m apps.core.supervisor down

test: dev test-engines
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		echo "No Chromium was found: browser tests will be skipped. To run them: apt-get install chromium"
	@# twice: the browser's driver keeps an event loop running, beside which asynchronous tests cannot run theirs
	@$(WITH_TEST_ENGINES) $(RUN) -m pytest $(PYTEST_ARGS) -m "not browser"; code=$$?; \
		$(WITH_TEST_ENGINES) $(RUN) -m pytest $(PYTEST_ARGS) -m browser || code=$$?; \
		$(RUN) -m apps.core.engines stop --var $(TEST_VAR) >/dev/null; exit $$code

lint: dev test-engines
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	git ls-files '*.html' | xargs .venv/bin/djade --check --target-version 5.2
	.venv/bin/lint-imports
	$(WITH_TEST_ENGINES) .venv/bin/mypy
	$(WITH_TEST_ENGINES) $(RUN) manage.py makemigrations --check --dry-run
	$(WITH_TEST_ENGINES) $(RUN) manage.py check --fail-level WARNING
	$(WITH_TEST_ENGINES) $(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null

check: lint test

bench: dev
	$(RUN) -m bench.answers

chaos: dev
	$(RUN) -m bench.chaos

lock: dev
	cd requirements && for name in uv base prod dev; do ../$(COMPILE) $$name.in --output-file $$name.txt || exit 1; done

clean:
	-$(RUN) -m apps.core.engines stop --var $(TEST_VAR)
	rm -rf .venv $(TEST_VAR) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

base:
	@$(PYTHON) tools/environment.py base

dev:
	@$(PYTHON) tools/environment.py dev

test-engines: dev
	@$(RUN) -m apps.core.engines start --var $(TEST_VAR)
