"""A workspace survives whatever ends its writer: at most the action in hand is lost, and the file is never damaged."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs.localities import add_selection
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a writer is forked and killed, which Windows cannot")


def write_until_killed(path: Path, told: int, run: int) -> None:
    """Add localities, each told to the parent once it is kept; some inside one larger change."""
    with Store.open(path) as store:
        for number in range(10_000):
            name = f"{run}.{number}"
            if number % 5 == 4:
                with store.transaction():
                    for part in range(20):
                        add_selection(store, "Many", f"{name}.{part}", "lsoa2021", CODES[part:])
            else:
                add_selection(store, "One", name, "lsoa2021", CODES[: 1 + number % 36])
            os.write(told, f"{name}\n".encode())


def kill_a_writer(path: Path, seconds: float, run: int) -> list[str]:
    """Fork a writer, kill it after a while (every other one only once it has kept something); the names it told."""
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        try:
            write_until_killed(path, told, run)
        finally:
            os._exit(1)
    os.close(told)
    first = os.read(hears, 4096).decode() if run % 2 else ""
    time.sleep(seconds)  # the moment of the kill is what is tried here
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(hears) as pipe:
        return (first + pipe.read()).split()


def test_kill_9_at_200_moments_loses_at_most_the_action_in_hand(tmp_path: Path) -> None:
    path = tmp_path / "world.jsna"
    with Store.create(path) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
    moments = random.Random(9)
    promised: set[str] = set()
    for run in range(200):
        promised |= set(kill_a_writer(path, moments.uniform(0.001, 0.03), run))
        with Store.open(path) as store:
            assert store.check() == []
            kept = {row[0] for row in store.all("SELECT name FROM locality")}
        single = {name for name in promised if int(name.split(".")[1]) % 5 != 4}
        assert single <= kept
        many: dict[str, int] = {}
        for name in kept:
            if name.count(".") == 2:
                many[name.rsplit(".", 1)[0]] = many.get(name.rsplit(".", 1)[0], 0) + 1
        assert set(many.values()) <= {20}, "a change is kept whole or not at all"
        assert promised - single <= set(many)
    assert len(promised) >= 100, "every other writer has kept something"
