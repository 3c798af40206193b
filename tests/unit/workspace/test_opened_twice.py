"""A workspace opened twice: the second may read, is told who has the first, and no killed process keeps anyone out."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jsna_desktop.cli import main
from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace.claim import Claim, place
from jsna_desktop.workspace.store import Store

_HOLDER = """
import sys
from pathlib import Path
from jsna_desktop.workspace.store import Store
store = Store.open(Path(sys.argv[1]), password=sys.argv[2] or None)
assert not store.read_only, store.read_only_reason
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(path: Path, password: str | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that has the workspace open for changes."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path), password or ""],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "open\n"
        yield holder
    finally:
        holder.kill()
        holder.communicate()


@pytest.fixture
def kept(store: Store) -> Path:
    """A workspace with a set in it, closed."""
    with store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('Areas')")
    store.close()
    return store.path


def test_the_second_reads_and_is_told_who_has_the_first(kept: Path, password: str | None, reopened) -> None:
    with another_process(kept, password):
        with reopened(kept, patience=0.1) as second:
            assert second.read_only
            assert "open already by" in second.read_only_reason
            assert second.all("SELECT name FROM locality_set") == [("Areas",)]
            with pytest.raises(WorkspaceProblem, match="only be read: it is open already by"), second.transaction():
                pass
    with reopened(kept, patience=0.1) as third:
        assert not third.read_only


def test_a_second_in_the_same_process_reads_too(kept: Path, reopened) -> None:
    with reopened(kept) as first, reopened(kept, patience=0) as second:
        assert (first.read_only, second.read_only) == (False, True)
        with first.transaction():
            first.run("INSERT INTO locality_set (name) VALUES ('More')")
        assert second.all("SELECT count(*) FROM locality_set") == [(2,)]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not of Windows")
def test_a_killed_process_leaves_no_claim_but_a_file_that_is_taken_over(
    kept: Path, password: str | None, reopened
) -> None:
    with another_process(kept, password) as holder:
        note = json.loads(place(kept).read_text())
        assert note["who"] and note["computer"]
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert place(kept).exists(), "the file stays where the process could not take it away"
    with reopened(kept, patience=0) as after:
        assert not after.read_only
    assert not place(kept).exists()


def test_a_link_to_a_workspace_is_the_same_workspace(kept: Path, tmp_path: Path, reopened) -> None:
    (tmp_path / "link.jsna").symlink_to(kept)
    with reopened(kept), reopened(tmp_path / "link.jsna", patience=0) as second:
        assert second.read_only


def test_who_visits_keeps_nobody_out_and_changes_when_nobody_has_it(kept: Path, reopened) -> None:
    with reopened(kept, hold=False) as visitor:
        with reopened(kept, patience=0) as window:
            assert not window.read_only
            with pytest.raises(WorkspaceProblem, match="open already"), visitor.transaction():
                pass
        with visitor.transaction():
            visitor.run("INSERT INTO locality_set (name) VALUES ('Visit')")
        assert not place(kept).exists()


def test_a_claim_is_waited_for(kept: Path) -> None:
    claim = Claim.take(kept)
    with pytest.raises(WorkspaceProblem, match="open already"):
        Claim.take(kept, patience=0.1)
    claim.release()
    Claim.take(kept).release()


def test_a_file_renamed_by_a_sync_client_has_one_writer_still(kept: Path, reopened) -> None:
    elsewhere = kept.with_name("county (conflict).jsna")
    with reopened(kept) as first:
        kept.rename(elsewhere)
        with reopened(elsewhere, patience=0) as second:
            with second.transaction():
                second.run("INSERT INTO locality_set (name) VALUES ('New name')")
            with pytest.raises(WorkspaceProblem, match="moved or deleted"), first.transaction():
                first.run("INSERT INTO locality_set (name) VALUES ('Old name')")
    with reopened(elsewhere) as after:
        assert {row[0] for row in after.all("SELECT name FROM locality_set")} == {"Areas", "New name"}
        assert after.check() == []


def test_at_the_terminal_reading_works_beside_a_window_and_writing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsna_desktop.workspace.store._BUSY_SECONDS", 0.1)
    path = tmp_path / "w.jsna"
    Store.create(path).close()
    table = tmp_path / "smoking.csv"
    table.write_text("area_code,indicator,period,numerator,denominator\nX01000001,smoking,2024,1,9\n")
    before = path.read_bytes()
    with another_process(path):
        assert main(["show", str(path)]) == 0
        assert main(["check", str(path)]) == 0
        capsys.readouterr()
        assert main(["add", str(path), str(table)]) == 4
        told = capsys.readouterr().err
        assert "open already by" in told
        assert told.count("\n") == 1
    assert path.read_bytes() == before
    assert main(["add", str(path), str(table), "--geography", "lsoa2021"]) == 0


def test_who_lets_go_reads_on_and_another_changes(kept: Path, reopened) -> None:
    with reopened(kept) as first:
        assert first.is_at(kept)
        first.let_go()
        with reopened(kept, patience=0) as second, second.transaction():
            second.run("INSERT INTO locality_set (name) VALUES ('Second')")
        assert first.read_only
        assert first.all("SELECT count(*) FROM locality_set") == [(2,)]
        kept.rename(kept.with_name("away.jsna"))
        assert not first.is_at(kept)
        assert first.is_at(kept.with_name("away.jsna"))
