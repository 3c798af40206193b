# make run    set up, then open the window on the demonstration county (without a display: make its packs)
# make test   set up, then run every test
# make bundle the one-folder program, checked with no network
# make fuzz   2,000 hostile files against each reader
# make lint   style, types and import rules
# make lock   write requirements.lock anew from pyproject.toml

PYTHON ?= python3
UV = .tools/bin/uv
# A virtual environment of the python3 at hand: nothing is downloaded in its place.
export UV_PYTHON_DOWNLOADS = never
export PIP_DISABLE_PIP_VERSION_CHECK = 1

READY = .venv/.ready
DEMO = demo/demo.jsna

.PHONY: run test fuzz lint lock bundle bench clean

run: $(DEMO)
	sh tools/run.sh $(DEMO)

test: $(READY)
	QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest -n 2 --dist loadfile

# Hostile files: 2,000 a reader, each read or refused, the count said for each. The tests have 100.
fuzz: $(READY)
	JSNA_FUZZ_EXAMPLES=$${JSNA_FUZZ_EXAMPLES:-2000} QT_QPA_PLATFORM=offscreen \
		.venv/bin/python -m pytest tests/fuzz -n 2 --dist load

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/pyright

bundle: $(READY)
	sh tools/bundle.sh

bench: $(READY)
	QT_QPA_PLATFORM=offscreen .venv/bin/python -m benchmarks

lock: $(UV)
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		pyproject.toml --group dev -o requirements.lock

$(DEMO): $(READY) $(wildcard resources/demonstration/*)
	rm -rf demo
	.venv/bin/jsna-desktop demo demo

$(UV):
	$(PYTHON) -m pip install --quiet --root-user-action=ignore --target .tools uv

$(READY): $(UV) requirements.lock pyproject.toml
	$(UV) venv --quiet --clear --python $(PYTHON) .venv
	$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	sh tools/system_libraries.sh
	touch $(READY)

clean:
	rm -rf .venv .tools demo dist build/jsna-desktop
