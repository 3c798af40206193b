"""Workspaces of every released schema open in today's program, with a backup, whatever happens on the way."""

import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.profile import profile
from jsna_desktop.workspace import catalogue, driver
from jsna_desktop.workspace.store import SCHEMA, Store
from tests.unit.workspace.conftest import PASSWORD

RELEASED = Path(__file__).parent / "released"
OLDER = list(range(1, SCHEMA))


def schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Everything that the file is made of, without comments and with one way of spacing."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(kind, name): _plain(sql) for kind, name, sql in rows}


def _plain(sql: str) -> str:
    without = re.sub(r"--[^\n]*", "", sql)
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", without)).strip()


@pytest.fixture
def older(tmp_path: Path, password: str | None) -> Path:
    """A workspace of schema 1, plain as it was released or encrypted as it would have been."""
    path = tmp_path / "old.jsna"
    if password is None:
        shutil.copyfile(RELEASED / "schema1.jsna", path)
        return path
    cipher = driver.connect(RELEASED / "schema1.jsna", driver.READ, 1, None, cipher=True)
    cipher.execute("ATTACH ? AS copy KEY ?", (str(path), driver.normal(password)))
    cipher.execute("SELECT sqlcipher_export('copy')").fetchall()
    cipher.execute(f"PRAGMA copy.application_id = {0x4A534E41}")
    cipher.execute("PRAGMA copy.user_version = 1")
    cipher.execute("DETACH copy")
    cipher.close()
    return path


def version(path: Path, password: str | None) -> int:
    connection = driver.connect(path, driver.READ, 1, password)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return found


def is_whole(store: Store) -> None:
    assert store.check() == []
    assert [place.name for place in localities(store)] == ["Drawn", "North"]
    assert len(catalogue.datasets(store)) == 2
    rows = profile(load_figures(store), localities(store)).rows()
    residents = {row["locality"]: row["value"] for row in rows if row["indicator"] == "population.residents"}
    assert residents["North"] > 0


@pytest.mark.parametrize("number", range(1, SCHEMA + 1))
def test_there_is_a_file_of_every_released_schema_and_it_opens(number: int, tmp_path: Path) -> None:
    path = tmp_path / "old.jsna"
    shutil.copyfile(RELEASED / f"schema{number}.jsna", path)
    assert version(path, None) == number
    with Store.open(path) as store:
        assert store.check() == []
        assert {place.name for place in localities(store)} == {"North", "Drawn"}
    assert version(path, None) == SCHEMA


@pytest.mark.parametrize("number", OLDER)
def test_a_migrated_workspace_is_made_as_a_new_one_is(number: int, tmp_path: Path) -> None:
    path = tmp_path / "old.jsna"
    shutil.copyfile(RELEASED / f"schema{number}.jsna", path)
    with Store.open(path) as migrated, Store.create(tmp_path / "new.jsna") as new:
        assert schema(migrated._connection) == schema(new._connection)


def test_a_backup_is_made_first_and_none_is_written_over(
    older: Path, password: str | None, reopened: Callable[..., Store]
) -> None:
    there = older.with_name("old (schema 1 backup).jsna")
    there.write_text("an earlier backup")
    before = older.read_bytes()
    with reopened(older) as store:
        is_whole(store)
        assert not store.read_only
    made = older.with_name("old (schema 1 backup 2).jsna")
    assert there.read_text() == "an earlier backup"
    assert version(made, password) == 1
    assert driver.encrypted(made) == (password is not None)
    with reopened(made) as backup:
        is_whole(backup)
    assert before != older.read_bytes()
    assert not list(older.parent.glob("*.part"))
    with reopened(older) as store:
        is_whole(store)
    assert len(list(older.parent.glob("old (schema 1*"))) == 3, "made once, of each file"


def test_an_older_workspace_that_may_only_be_read_is_read_and_stays_as_it_is(
    older: Path, password: str | None, reopened: Callable[..., Store], tmp_path: Path
) -> None:
    before = older.read_bytes()
    with reopened(older, read_only=True) as store:
        is_whole(store)
        assert catalogue.replaced_by(store) == {}
        assert store.all("SELECT * FROM audit") == []
        store.save_copy(tmp_path / "copy.jsna", "Copy")
    assert older.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.jsna", "old.jsna"]
    assert driver.encrypted(tmp_path / "copy.jsna") == (password is not None)
    with reopened(tmp_path / "copy.jsna") as copy:
        is_whole(copy)
        assert copy.name == "Copy"


def test_no_room_for_a_backup_leaves_it_to_be_read(
    older: Path, reopened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = older.read_bytes()

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jsna_desktop.workspace.driver.kept", full)
    with reopened(older) as store:
        assert "could not be brought up to date: No space left on device" in store.read_only_reason
        is_whole(store)
    assert older.read_bytes() == before
    assert [path.name for path in older.parent.iterdir()] == ["old.jsna"]


def test_a_step_that_fails_leaves_the_older_workspace(older: Path, password: str | None, reopened, monkeypatch) -> None:
    before = older.read_bytes()

    class Steps:
        def __truediv__(self, _name: str) -> "Steps":
            return self

        def read_text(self, _encoding: str) -> str:
            return "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"

    monkeypatch.setattr("jsna_desktop.workspace.migrate.files", lambda _package: Steps())
    with pytest.raises(Exception, match="nowhere"):
        reopened(older)
    assert older.read_bytes() == before
    monkeypatch.undo()
    with reopened(older) as store:
        is_whole(store)


@pytest.mark.skipif(sys.platform == "win32", reason="a writer is forked and killed, which Windows cannot")
@pytest.mark.parametrize("encrypted", [False, True])
def test_kill_9_in_a_migration_leaves_the_old_or_the_new(encrypted: bool, tmp_path: Path) -> None:
    word = PASSWORD if encrypted else None
    master = tmp_path / "master.jsna"
    shutil.copyfile(RELEASED / "schema1.jsna", master)
    if encrypted:
        cipher = driver.connect(master, driver.READ, 1, None, cipher=True)
        from jsna_desktop.workspace import copies

        copies.copy_to(cipher, tmp_path / "sealed.jsna", PASSWORD)
        cipher.close()
        master = tmp_path / "sealed.jsna"
    start = time.perf_counter()
    shutil.copyfile(master, tmp_path / "timed.jsna")
    Store.open(tmp_path / "timed.jsna", password=word).close()
    whole = time.perf_counter() - start
    moments = random.Random(11)
    seen = []
    for run in range(12 if encrypted else 40):
        place = tmp_path / f"run {run}"
        place.mkdir()
        path = place / "old.jsna"
        shutil.copyfile(master, path)
        child = os.fork()
        if child == 0:
            try:
                Store.open(path, password=word).close()
            finally:
                os._exit(0)
        time.sleep(moments.uniform(0.3 * whole, 1.1 * whole) if run else 1.0)  # the moment of the kill is tried here
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with Store.open(path, read_only=True, password=word) as untouched:
            is_whole(untouched)
        seen.append(version(path, word))
        with Store.open(path, password=word) as store:
            assert not store.read_only
            is_whole(store)
        for backup in place.glob("*backup*.jsna"):
            # Between two steps there is a file of the schema between: its backup says so by its name.
            assert backup.name.startswith(f"old (schema {version(backup, word)} backup")
    assert {1, SCHEMA} <= set(seen) <= {*OLDER, SCHEMA}, "some were killed before, some after"
