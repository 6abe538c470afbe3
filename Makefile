# `make run` and `make test` do everything; `make help` lists the rest.
# RASA_PYTHON, PYTHON and CHROMIUM name a program to use in place of the one found.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-long check fix lock train mutation setup clean \
	tools environment dev-environment rasa-environment frontend system-packages

WORKERS ?= 2
STAMPED := scripts/stamped.sh
PYTEST_PARALLEL := -n $(WORKERS) --dist loadgroup
COMPILE := .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate $(UPGRADE)

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: environment rasa-environment frontend ## Set up what is missing and start everything
	@exec .venv/bin/companion run

test: check system-packages train ## Every check and test but the long ones
	cd rasa_project && RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 \
		TF_CPP_MIN_LOG_LEVEL=3 LOG_LEVEL=WARNING .venv/bin/python -W ignore -m rasa test core \
		--stories tests --model models/companion.tar.gz --fail-on-prediction-errors
	.venv/bin/pytest $(PYTEST_PARALLEL) -m "not long and not timed" --cov --cov-report=
	.venv/bin/pytest -m "timed and not long"
	.venv/bin/coverage report
	.venv/bin/coverage report --format=total --include="bot/domain/*,bot/services/*" --fail-under=90

test-long: setup system-packages train ## The tests that take long
	scripts/test_long.sh $(PYTEST_PARALLEL)

check: setup ## Lint, format, types, layers and the repository's own rules; changes no file
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/python scripts/check_repository.py

fix: dev-environment ## Mend what ruff can mend
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

train: environment rasa-environment ## Train the understanding, unless nothing changed
	.venv/bin/companion train

mutation: dev-environment ## Change the code of permissions, encryption and audit: tests must see it; ONLY=FILE
	WORKERS=$(WORKERS) nice -n 15 .venv/bin/python -m scripts.mutation $(ONLY)

lock: tools ## Write the lock files anew; UPGRADE=--upgrade takes newer versions
	$(COMPILE) --group tools -o requirements-tools.lock
	$(COMPILE) --group node -o requirements-node.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	.tools/bin/uv --directory rasa_project pip compile --quiet pyproject.toml --python-version 3.10 \
		--generate-hashes --no-header --no-emit-index-url --no-annotate $(UPGRADE) -o requirements.lock
	scripts/lock_frontend.sh

setup: dev-environment rasa-environment frontend ## Both environments and the front end

tools:
	@$(STAMPED) .tools/stamp requirements-tools.lock scripts/find_python.sh -- scripts/make_tools.sh

environment: tools
	@$(STAMPED) .venv/stamp-run requirements.lock pyproject.toml -- scripts/make_environment.sh run

dev-environment: environment
	@$(STAMPED) .venv/stamp-dev requirements-dev.lock pyproject.toml -- scripts/make_environment.sh dev

rasa-environment: tools
	@$(STAMPED) rasa_project/.venv/stamp rasa_project/requirements.lock -- scripts/make_rasa_environment.sh

frontend: tools
	@$(STAMPED) bot/web/static/built/stamp package.json package-lock.json requirements-node.lock \
		$(wildcard bot/web/styles/*.scss) -- scripts/make_frontend.sh

system-packages:
	@scripts/system_packages.sh

clean: ## Remove environments, built files and caches; never var/, the record
	rm -rf .venv .tools rasa_project/.venv node_modules bot/web/static/built mutants htmlcov .coverage
	rm -rf rasa_project/.rasa rasa_project/results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
