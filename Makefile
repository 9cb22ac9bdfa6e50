# Everything runs in .venv, which is made on first use and again when pyproject.toml or what is compiled changes.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# A process a core, each with one thread of torch; a file's tests stay together.
TESTS := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: help demo reader test slow check docs fuzz clean

help:
	@echo "make demo    install, then train and measure a small reader on the sample pages"
	@echo "make reader  make the bundled readers anew: SQUAD=train-v1.1.json NQ=FOLDER ARGS=--dry-run"
	@echo "make test    install, then run the tests"
	@echo "make slow    the same with the slow tests"
	@echo "make check   style, types, documentation, and the tests against the built wheel"
	@echo "make docs    write docs/commands.md and the readers' cards anew"
	@echo "make fuzz    look for input that breaks a reader: TARGET=pages SECONDS=60"
	@echo "make clean   delete .venv and all that was built"

$(INSTALLED): pyproject.toml $(wildcard tinynq/*.pyx)
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("tinynq needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; name another: make PYTHON=python3.12")'
	@command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { echo "tinynq compiles two small modules and found no C compiler; install one (Debian: apt-get install gcc python3-dev)"; exit 1; }
	$(PYTHON) -m venv .venv
	@# torch by itself and by version, before anything can ask for another one.
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(INSTALLED)
	$(BIN)/tinynq demo

reader: $(INSTALLED)
	$(BIN)/python scripts/make_readers.py $(if $(SQUAD),--squad '$(SQUAD)') $(if $(NQ),--nq '$(NQ)') $(ARGS)

test: $(INSTALLED)
	$(TESTS) -m 'not slow' --cov --cov-fail-under=90

slow: $(INSTALLED)
	$(TESTS)

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/make_docs.py --check
	$(BIN)/python scripts/make_cards.py --check
	scripts/test_wheel.sh

docs: $(INSTALLED)
	$(BIN)/python scripts/make_docs.py
	$(BIN)/python scripts/make_cards.py

TARGET ?= pages
SECONDS ?= 60

fuzz: $(INSTALLED)
	$(BIN)/python tests/fuzz.py $(TARGET) -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=2048

clean:
	rm -rf .venv build dist tinynq/*.so tinynq/*.c .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
