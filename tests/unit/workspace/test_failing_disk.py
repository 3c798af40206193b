"""Disks that are full, folders that may not be written, drives that go away, files that a sync client swaps: each has
its own message, and what was kept before is whole."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts and signals of POSIX systems")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, 4 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    tried = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)], capture_output=True)
    if tried.returncode:
        pytest.skip("only root can mount a small disk here")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True)


@pytest.fixture
def on_disk(disk: Path, password: str | None) -> Path:
    """A closed workspace on the small disk, with one set."""
    with Store.create(disk / "county.jsna", password=password) as store:
        keep(store, "Areas")
    return disk / "county.jsna"


def keep(store: Store, name: str) -> None:
    with store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES (?)", [name])


def names(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM locality_set ORDER BY key")]


def test_a_full_disk_is_said_and_nothing_is_lost(on_disk: Path, reopened: Callable[..., Store]) -> None:
    with reopened(on_disk) as store:
        with pytest.raises(WorkspaceProblem, match="disk is full"), store.transaction():
            for number in range(100):
                store.run("INSERT INTO meta VALUES (?, ?)", [f"large {number}", os.urandom(100_000).hex()])
        assert names(store) == ["Areas"]
        assert store.all("SELECT * FROM meta WHERE key LIKE 'large%'") == []
        keep(store, "After")
        assert store.check() == []
    with reopened(on_disk) as store:
        assert names(store) == ["Areas", "After"]


def test_a_copy_onto_a_full_disk_leaves_no_half(on_disk: Path, reopened: Callable[..., Store], tmp_path: Path) -> None:
    with reopened(on_disk) as store:
        with store.transaction():
            store.run("INSERT INTO meta VALUES ('large', ?)", [os.urandom(1_200_000).hex()])
        with pytest.raises(WorkspaceProblem, match="disk is full"):
            store.save_copy(on_disk.with_name("copy.jsna"))
        assert sorted(path.name for path in on_disk.parent.iterdir()) == ["county.jsna", "~$county.jsna"]
        store.save_copy(tmp_path / "copy.jsna")
    with reopened(tmp_path / "copy.jsna") as copy:
        assert names(copy) == ["Areas"]


def test_a_workspace_on_a_disk_that_is_full_already_opens(on_disk: Path, reopened: Callable[..., Store]) -> None:
    filler = on_disk.with_name("filler")
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(65_536))
                file.flush()
        except OSError:
            pass  # full: that is what was wanted
    with reopened(on_disk) as store:
        assert names(store) == ["Areas"]
        with pytest.raises(WorkspaceProblem, match="disk is full"):
            keep(store, "More")
        filler.unlink()
        keep(store, "More")
        assert names(store) == ["Areas", "More"]


def test_a_disk_that_may_only_be_read_opens_read_only_and_says_why(
    on_disk: Path, reopened: Callable[..., Store]
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(on_disk.parent)], check=True)
    with reopened(on_disk) as store:
        assert store.read_only_reason == "the file may only be read"
        assert names(store) == ["Areas"]
        assert store.check() == []
        with pytest.raises(WorkspaceProblem, match="only be read: the file may only be read"):
            keep(store, "More")


def test_a_folder_that_may_not_be_written_opens_read_only_and_says_why(
    store: Store, reopened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, "Areas")
    store.close()
    refused = PermissionError(13, "Permission denied")

    def denied(*_: object) -> int:
        raise refused

    # What the system answers to anyone but root, who runs these tests in places.
    monkeypatch.setattr("jsna_desktop.workspace.claim.os.open", denied)
    with reopened(store.path) as again:
        assert again.read_only_reason == "the folder of the workspace may not be written"
        assert names(again) == ["Areas"]


def test_a_drive_that_goes_away_is_said_and_the_file_is_whole(store: Store, reopened, tmp_path: Path) -> None:
    store.close()
    drive, gone = tmp_path / "drive", tmp_path / "gone"
    drive.mkdir()
    shutil.copy(store.path, drive / "w.jsna")
    with reopened(drive / "w.jsna") as open_one:
        keep(open_one, "Areas")
        drive.rename(gone)
        for _ in range(2):
            with pytest.raises(WorkspaceProblem, match="moved or deleted"):
                keep(open_one, "Lost")
        assert names(open_one) == ["Areas"]
        gone.rename(drive)
        keep(open_one, "Back")
    with reopened(drive / "w.jsna") as after:
        assert names(after) == ["Areas", "Back"]
        assert after.check() == []


def test_a_drive_that_is_taken_off_is_said(on_disk: Path, reopened: Callable[..., Store], tmp_path: Path) -> None:
    store = reopened(on_disk)
    subprocess.run(["umount", "-l", str(on_disk.parent)], check=True)
    with pytest.raises(WorkspaceProblem, match="moved or deleted"):
        keep(store, "Lost")
    store.save_copy(tmp_path / "rescued.jsna")
    store.close()
    with reopened(tmp_path / "rescued.jsna") as copy:
        assert names(copy) == ["Areas"]


def test_a_disk_error_in_the_middle_is_said(store: Store) -> None:
    keep(store, "Areas")
    error = store._connection.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR"  # what both drivers say when a read or a write fails
    with pytest.raises(WorkspaceProblem, match="disk is full or went away"), store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('Lost')")
        raise error
    assert names(store) == ["Areas"]


def test_another_file_put_in_its_place_is_not_written_into(store: Store, reopened, tmp_path: Path) -> None:
    keep(store, "Mine")
    theirs = tmp_path / "theirs.jsna"
    store.save_copy(theirs)
    with reopened(theirs) as other:
        keep(other, "Theirs")
    theirs.replace(store.path)  # as a sync client brings a colleague's version
    with pytest.raises(WorkspaceProblem, match="another put in its place"):
        keep(store, "Lost")
    assert names(store) == ["Mine"]
    store.save_copy(tmp_path / "mine.jsna")
    with reopened(tmp_path / "mine.jsna") as mine, reopened(store.path, hold=False) as now:
        assert names(mine) == ["Mine"]
        assert names(now) == ["Mine", "Theirs"]
        assert now.check() == []


def cut_off(path: Path, password: str | None, to: Path) -> None:
    """Copy a workspace to `to` as a writer left it who died in the middle of a change: with its journal."""
    with Store.open(path, password=password) as writer:
        # A cache of a few pages: the change is in the file before it is complete, and the journal beside it.
        writer._connection.execute("PRAGMA cache_size = 2")
        with pytest.raises(ZeroDivisionError), writer.transaction():
            for number in range(60):
                writer.run("INSERT INTO meta VALUES (?, ?)", [f"half {number}", "x" * 20_000])
            shutil.copy(path, to)
            shutil.copy(f"{path}-journal", f"{to}-journal")
            raise ZeroDivisionError


@pytest.mark.parametrize("read_only", [False, True])
def test_a_journal_left_behind_undoes_the_half_change(
    store: Store, password: str | None, reopened, tmp_path: Path, read_only: bool
) -> None:
    keep(store, "Areas")
    store.close()
    left = tmp_path / "left.jsna"
    cut_off(store.path, password, left)
    with reopened(left, read_only=read_only) as after:
        assert names(after) == ["Areas"]
        assert after.all("SELECT * FROM meta WHERE key LIKE 'half%'") == []
        assert after.check() == []
    assert not Path(f"{left}-journal").exists()


def test_a_journal_left_where_nothing_may_be_written_is_said(
    store: Store, password: str | None, reopened, disk: Path
) -> None:
    keep(store, "Areas")
    store.close()
    cut_off(store.path, password, disk / "left.jsna")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(WorkspaceProblem, match="cut off"):
        reopened(disk / "left.jsna")
