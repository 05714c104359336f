# make demo   the main job on the embedded defaults        make test    every test
# make check  lint, types and the fast tests               make lock    pin the dependencies again
# make demo-down   stop the Argilla that the demo started (on port 6911, or the one in DEMO_PORT)
# make demo-train  a short training of the carried model: build, train, export, evaluate, report
CURATOR = .venv/bin/curator
PATH := $(PATH):$(HOME)/.cargo/bin
export PATH

.PHONY: demo demo-train demo-down test lint check lock setup clean
.DEFAULT_GOAL := demo

setup: .venv/.ready

.venv/.ready: requirements/dev.txt pyproject.toml .ci/setup.sh
	@.ci/setup.sh

demo: setup
	@.ci/demo.sh

demo-train: setup
	@.ci/demo-train.sh

demo-down:
	@[ ! -d build/argilla ] || .venv/bin/curator argilla down --data build/argilla

test: setup
	.venv/bin/python -m pytest

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

check: lint
	.venv/bin/python -m pytest -m "not slow" -n auto

# The pins name no index, so that any mirror serves them.
lock: setup
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --extra demo --extra dev --extra rag \
	  pyproject.toml -o requirements/dev.txt
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet \
	  requirements/argilla.in -o requirements/argilla.txt

clean: demo-down
	rm -rf .venv build
