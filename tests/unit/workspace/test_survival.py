"""A workspace survives whatever ends its writer: at most the action in hand is lost, and the file is never damaged.

Two hundred seeded kills: 148 here, over places, data and replaced data, plain and encrypted, and 52 in the middle of a
migration (test_migrations.py).
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import audit
from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.jobs.localities import add_selection
from jsna_desktop.jobs.show import check
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.unit.workspace.conftest import PASSWORD
from tests.worlds import CODES, boundaries, keep, residents

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a writer is forked and killed, which Windows cannot")

Write = Callable[[Store, str, int], None]  # keep something under a name, the number-th of this run


def write_until_killed(path: Path, password: str | None, write: Write, told: int, run: int) -> None:
    """Write again and again, each told to the parent once it is kept."""
    with Store.open(path, password=password) as store:
        os.write(told, b"open\n")
        for number in range(10_000):
            name = f"{run}.{number}"
            write(store, name, number)
            os.write(told, f"{name}\n".encode())


def kill_a_writer(path: Path, password: str | None, write: Write, seconds: float, run: int) -> list[str]:
    """Fork a writer, kill it a while after it began (every other one only once it has kept something); what it told."""
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        try:
            write_until_killed(path, password, write, told, run)
        finally:
            os._exit(1)
    os.close(told)
    words = os.read(hears, 4096).decode()
    while run % 2 and len(words.split()) < 2 and (more := os.read(hears, 4096)):
        words += more.decode()
    time.sleep(seconds)  # the moment of the kill is what is tried here
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(hears) as pipe:
        words += pipe.read()
    assert words.startswith("open\n")
    return words.split()[1:]


def places(store: Store, name: str, number: int) -> None:
    """A locality; every fifth time twenty of them in one larger change."""
    if number % 5 == 4:
        with store.transaction():
            for part in range(20):
                add_selection(store, "Many", f"{name}.{part}", "lsoa2021", CODES[part:])
    else:
        add_selection(store, "One", name, "lsoa2021", CODES[: 1 + number % 36])


def _data(name: str, number: int) -> Reading:
    reading = residents(np.arange(36.0) + number)
    columns = reading.columns | {f"more {place}": np.random.default_rng(number).random(36) for place in range(20)}
    return replace(reading, columns=columns, dataset=replace(reading.dataset, checksum=name))


def data(store: Store, name: str, number: int) -> None:
    """A dataset beside the others."""
    keep(store, _data(name, number))


def newer_data(store: Store, name: str, number: int) -> None:
    """A dataset in the place of the one before."""
    add(store, [Found(Path("newer.csv"), READY, "", "", reading=_data(name, number))], replacing={name})


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "world.jsna"
    with Store.create(path, password=request.param) as store:
        keep(store, boundaries(), residents(np.arange(36.0)))
    return path


@pytest.mark.parametrize(
    ("world", "password", "kills"),
    [(None, None, 80), (PASSWORD, PASSWORD, 20)],
    indirect=["world"],
    ids=["plain", "encrypted"],
)
def test_kill_9_while_places_are_kept(world: Path, password: str | None, kills: int) -> None:
    moments = random.Random(9)
    promised: set[str] = set()
    for run in range(kills):
        promised |= set(kill_a_writer(world, password, places, moments.uniform(0.001, 0.03), run))
        with Store.open(world, password=password) as store:
            assert not store.read_only, "the dead writer claims nothing"
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
    assert len(promised) >= kills / 2, "every other writer has kept something"


@pytest.mark.parametrize(
    ("world", "password", "write", "kills"),
    [
        (None, None, data, 14),
        (PASSWORD, PASSWORD, data, 10),
        (None, None, newer_data, 14),
        (PASSWORD, PASSWORD, newer_data, 10),
    ],
    indirect=["world"],
    ids=["add", "add encrypted", "replace", "replace encrypted"],
)
def test_kill_9_while_data_are_added_and_replaced(world: Path, password: str | None, write: Write, kills: int) -> None:
    moments = random.Random(10)
    promised: set[str] = set()
    for run in range(kills):
        promised |= set(kill_a_writer(world, password, write, moments.uniform(0.001, 0.06), run))
        with Store.open(world, password=password) as store:
            assert not store.read_only
            assert check(store) == []
            kept = {dataset.checksum: dataset.id for dataset in catalogue.datasets(store)}
            assert promised <= set(kept)
            columns = dict(store.all("SELECT dataset, count(*) FROM value_column GROUP BY dataset"))
            assert {count for key, count in columns.items() if key > 2} <= {21}, "each dataset with all of its columns"
            entries = audit.entries(store)
            assert [e.subject for e in entries if e.action == audit.ADDED] == list(kept.values())
            replaced = catalogue.replaced_by(store)
            if write is newer_data:
                tables = [identity for identity in kept.values() if identity.startswith("table")]
                assert len(tables) - len(replaced) == 1, "one is in use, whenever its writer died"
                assert [e.subject for e in entries if e.action == audit.REPLACED] == tables[:-1]
            else:
                assert replaced == {}
    assert len(promised) >= kills / 2, "every other writer has kept something"
