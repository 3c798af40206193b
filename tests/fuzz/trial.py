"""One reader against hostile files: as many as JSNA_FUZZ_EXAMPLES says, or 100, always the same ones."""

import atexit
import os
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.hostile import hostile
from tests.fuzz.seeds import SEEDS
from tests.fuzz.watch import Watch

EXAMPLES = int(os.environ.get("JSNA_FUZZ_EXAMPLES", "100"))


@cache
def _watch() -> Watch:
    """One child for all readers of a run: each import of the libraries takes longer than its hundred files."""
    made = Watch(())
    atexit.register(made.close)
    return made


def tried(reader: str, folder: Path) -> None:
    """Fails at the first file, made as small as it gets, that is neither read soundly nor refused with a sentence."""
    seeds = SEEDS[reader]
    watch = _watch()
    watch.turn_to(seeds)
    counts = {"read": 0, "refused": 0}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,  # the watch has its own, which ends the child
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(hostile(seeds))
    def each(example: tuple) -> None:
        _, files, options = example
        counts[watch.check(folder, files, **options)] += 1

    each()
    told = f"{reader}: {sum(counts.values()):,} hostile files, {counts['read']:,} read, {counts['refused']:,} refused"
    print(told, file=sys.__stdout__ if "JSNA_FUZZ_EXAMPLES" in os.environ else sys.stdout, flush=True)
    if sum(counts.values()) < EXAMPLES:
        pytest.fail(f"{told}; {EXAMPLES:,} were asked for")
