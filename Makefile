# make demo   the main job on the embedded defaults        make test    every test
# make demo MODEL=qwen-1.5b   the same with this model, which is got first (curator models lists them)
# make check  lint, types and the fast tests               make lock    pin the dependencies again
# make argilla-pins  renew the pins of Argilla's server, if its tests pass with them
# make docs   the documentation as a site, in build/docs/site
# make demo-down   stop the Argilla that the demo started (on port 6911, or the one in DEMO_PORT)
# make demo-train  a short training of the carried model: build, train, export, evaluate, report
# make question MODEL=qwen-0.5b   does the data make this model better? Hours; resumes (docs/question)
# make setup  what demo and daily work need; make setup-test adds what only the tests need
CURATOR = .venv/bin/curator
PATH := $(PATH):$(HOME)/.cargo/bin
export PATH

.PHONY: demo demo-train question demo-down docs test lint check lock argilla-pins setup setup-test clean
.DEFAULT_GOAL := demo

setup: .venv/.ready
setup-test: .venv/.ready-test

.venv/.ready: requirements/all.txt requirements/build.txt pyproject.toml .ci/setup.sh .ci/lib.sh .ci/llama.cmake
	@.ci/setup.sh

.venv/.ready-test: .venv/.ready requirements/dev.txt
	@.ci/setup.sh test

demo: setup
	@.ci/demo.sh

demo-train: setup
	@.ci/demo-train.sh

question: setup
	@[ -n "$(MODEL)" ] || { echo "give a model: make question MODEL=qwen-0.5b, qwen-1.5b or a folder"; exit 2; }
	@.venv/bin/python benchmarks/question.py --model "$(MODEL)" $(if $(ARMS),--arms $(ARMS)) \
	  $(if $(BENCH),--bench "$(BENCH)") $(if $(PROMPTS),--prompts $(PROMPTS)) \
	  $(if $(SETTINGS),--settings "$(SETTINGS)") $(if $(PLAN),--plan)

demo-down:
	@[ ! -d build/argilla ] || .venv/bin/curator argilla down --data build/argilla

test: setup-test
	.venv/bin/python -m pytest

docs: setup-test
	@.venv/bin/python docs/site/build.py

lint: setup-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

check: lint
	.venv/bin/python -m pytest -m "not slow" -n auto --dist worksteal

# The pins name no index, so that any mirror serves them. What several files pin, they pin alike.
PIN = .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet
lock: setup-test
	$(PIN) --extra all --extra dev pyproject.toml -o requirements/dev.txt
	$(PIN) -c requirements/dev.txt --extra all pyproject.toml -o requirements/all.txt
	$(PIN) -c requirements/dev.txt requirements/build.in -o requirements/build.txt
	$(PIN) -c requirements/dev.txt requirements/docs.in -o requirements/docs.txt
	$(PIN) --override requirements/argilla-overrides.txt requirements/argilla.in -o requirements/argilla.txt

# The newest packages that Argilla's server works with, by the tests that run it; else as before.
argilla-pins: setup-test
	cp requirements/argilla.txt requirements/argilla.before
	$(PIN) --upgrade --override requirements/argilla-overrides.txt requirements/argilla.in -o requirements/argilla.txt
	.venv/bin/python -m pytest tests/review/server tests/review/test_server.py tests/review/test_page.py \
	  || { mv requirements/argilla.before requirements/argilla.txt; exit 1; }
	rm requirements/argilla.before

clean: demo-down
	rm -rf .venv build
