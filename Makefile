# Everything a fresh machine with Python 3.11 (venv), make and git needs: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

# What Python compiles is kept, whatever the environment says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE =

.PHONY: setup demo test soak lint format lock browser servers screenshots words clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies into .venv (a minute, once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(BIN)/digest demo

browser:
	@tests/install-browser

servers:
	@tests/install-servers
	@tests/install-spamassassin

lint: setup
	@$(BIN)/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache | tail -n 5

test: setup browser servers lint
	@$(BIN)/python tests/sizes.py
	@$(BIN)/pytest -n auto --dist worksteal

soak: setup browser servers
	@DIGEST_SOAK=1 $(BIN)/pytest -n auto --dist worksteal -m "soak or not soak"

screenshots: setup browser
	@$(BIN)/python bench/screenshots.py

format: setup
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

words: setup
	@$(BIN)/pybabel -q extract -F babel.cfg -k say --no-location -o .words.pot .
	@$(BIN)/pybabel -q update -D digest -i .words.pot -d src/digest/locale --no-fuzzy-matching --ignore-obsolete -w 110
	@$(BIN)/pybabel -q compile -D digest -d src/digest/locale
	@rm .words.pot

lock:
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis dist
