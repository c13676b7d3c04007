# Homeroom's few verbs; `make` alone explains them. Needed: Python 3.11 or newer, git and make.

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready
PYTHON :=
UV     := yes
ARGS   :=
# Two more than there are cores: tests wait for disks, databases and other processes half of the time.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 2)

# uv works in the environment that Python itself made, and fetches no other Python.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport VIRTUAL_ENV UV_PYTHON PYTHONHOME PYTHONPATH

.PHONY: bench bench-judge bench-peers help demo setup test torture lint audit format clean

help:
	@echo "make demo     set up, and open the playground in the browser; ARGS='--port 9000' goes to homeroom demo"
	@echo "make setup    prepare $(VENV), with $(BIN)/homeroom in it"
	@echo "make test     setup, lint and all tests; ARGS='-k praise -x' goes to pytest"
	@echo "make torture  kill, cut off and refuse it while classes go about their day; ARGS='--seed 7 --kills 300'"
	@echo "make lint     check style, types and layers"
	@echo "make audit    ask whether a library that is used has a known vulnerability"
	@echo "make format   put the style right, and the traditional characters after the simplified ones"
	@echo "make bench    measure; ARGS='--full' measures it all, make bench-peers installs who to compare with"
	@echo "make bench-judge  what the judge of messages finds and spares, beside three others; ARGS=FILE.jsonl adds yours"
	@echo "make clean    remove what the other verbs made"
	@echo
	@echo "PYTHON=python3.12 chooses the interpreter, UV=no does without uv (plain pip)."

demo: $(READY)
	@$(BIN)/homeroom demo $(ARGS)

setup: $(READY)

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

torture: $(READY)
	@$(BIN)/python -m tests.torture $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(READY)
	@$(BIN)/python .ci/audit.py

format: $(READY)
	$(BIN)/python -m templates.traditional
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m bench $(ARGS)

bench-judge: $(READY)
	$(BIN)/python -m bench.judge $(ARGS)

bench-peers: $(READY)
	$(BIN)/python -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install --quiet -r bench/peers/requirements.txt

clean:
	rm -rf $(VENV) .venv-peers dist build .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew where its Python is gone or too old; pip 23 (Python 3.11's own) is enough.
# A `python3.12` on the path may be a shim that leads nowhere, so each candidate is asked.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))

$(READY): pyproject.toml uv.lock
	@$(BIN)/python -c '$(RECENT)' 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	    "$$python" -c '$(RECENT)' 2>/dev/null && found=$$python && break; \
	  done; \
	  test -n "$$found" || { \
	    echo "Python 3.11 or newer is needed; none found$(if $(PYTHON), at $(PYTHON),: name one with PYTHON=…)." >&2; exit 1; }; \
	  "$$found" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$$found cannot make environments: its venv module is incomplete (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }; \
	  echo "$$found -m venv $(VENV)"; "$$found" -m venv --clear $(VENV); }
	@rm -f $(READY)
	@if test "$(UV)" != no && { $(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv; }; then \
	  $(BIN)/uv lock --check --offline --quiet --python $(BIN)/python \
	    || { echo "uv.lock is behind pyproject.toml: run $(BIN)/uv lock." >&2; exit 1; }; \
	  echo "uv sync --locked --all-extras"; \
	  $(BIN)/uv sync --locked --all-extras --quiet --python $(BIN)/python && touch $(READY) || true; \
	fi
	@test -e $(READY) || { \
	  echo "pip install -e .[dev], in the versions of uv.lock"; \
	  $(BIN)/python .ci/constraints.py > $(VENV)/constraints.txt && \
	  $(BIN)/python -m pip install --quiet -c $(VENV)/constraints.txt -e '.[dev]' && touch $(READY); }
