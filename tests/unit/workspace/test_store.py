import sqlite3
from pathlib import Path

import pytest

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace.store import Store


def test_a_new_workspace_takes_the_name_of_its_file_and_is_sound(store: Store) -> None:
    assert store.name == "county"
    assert store.check() == []


def test_a_change_that_fails_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('half')")
        raise ZeroDivisionError
    assert store.all("SELECT * FROM locality_set") == []


def test_a_change_outside_a_transaction_is_a_bug(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.run("INSERT INTO locality_set (name) VALUES ('loose')")


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.jsna").write_text("mine")
    with pytest.raises(WorkspaceProblem, match="already a file"):
        Store.create(tmp_path / "a.jsna")
    assert (tmp_path / "a.jsna").read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_what_is_no_workspace_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsna").write_bytes(content)
    with pytest.raises(WorkspaceProblem):
        Store.open(tmp_path / "a.jsna")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(WorkspaceProblem, match="not a JSNA Desktop workspace"):
        Store.open(tmp_path / "other.db")


def test_a_newer_workspace_is_refused_with_what_to_do(store: Store, reopened) -> None:
    store._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceProblem, match="newer version"):
        reopened(store.path, hold=False)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceProblem, match="folder"):
        Store.open(tmp_path)
    with pytest.raises(WorkspaceProblem, match="no workspace"):
        Store.open(tmp_path / "none.jsna")


def test_a_workspace_that_is_being_written_elsewhere_says_so(store: Store, reopened, monkeypatch) -> None:
    monkeypatch.setattr("jsna_desktop.workspace.store._VISIT_SECONDS", 0.05)
    with reopened(store.path, hold=False) as other, store.transaction():
        assert not other.read_only
        with pytest.raises(WorkspaceProblem, match="open already by"), other.transaction():
            other.run("INSERT INTO locality_set (name) VALUES ('x')")


def test_a_file_locked_by_a_program_that_knows_no_claims_says_so(tmp_path: Path) -> None:
    Store.create(tmp_path / "a.jsna").close()
    other = sqlite3.connect(tmp_path / "a.jsna", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(WorkspaceProblem, match="in use by another program"):
        Store.open(tmp_path / "a.jsna", patience=0.05)
    other.close()


def test_a_copy_is_whole(store: Store, reopened, tmp_path: Path) -> None:
    with store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('Areas')")
    store.save_copy(tmp_path / "copy.jsna")
    with reopened(tmp_path / "copy.jsna", read_only=True) as copy:
        assert copy.all("SELECT name FROM locality_set") == [("Areas",)]
        assert copy.encrypted == store.encrypted
        with pytest.raises(WorkspaceProblem, match="only be read"), copy.transaction():
            pass


def test_damage_in_the_middle_is_found(store: Store, reopened) -> None:
    with store.transaction():
        for number in range(3000):
            store.run("INSERT INTO locality_set (name) VALUES (?)", [f"set {number}"])
    store.close()
    raw = bytearray(store.path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 3000] = b"\xff" * 3000
    store.path.write_bytes(raw)
    try:
        with reopened(store.path, read_only=True) as damaged:
            assert damaged.check() != []
    except WorkspaceProblem as problem:
        assert "damaged" in str(problem)


def test_a_copy_can_have_its_own_name(store: Store, reopened, tmp_path: Path) -> None:
    store.save_copy(tmp_path / "north.jsna", "North")
    with reopened(tmp_path / "north.jsna") as copy:
        assert copy.name == "North"
        assert copy.check() == []
    assert store.name == "county"
    assert not list(tmp_path.glob("*.part*"))


def test_a_file_that_was_moved_away_while_open_is_said(store: Store) -> None:
    store.path.rename(store.path.with_name("elsewhere.jsna"))
    with pytest.raises(WorkspaceProblem, match="moved or deleted"), store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('lost')")


def test_nothing_is_left_beside_a_workspace_that_is_closed(store: Store, tmp_path: Path) -> None:
    with store.transaction():
        store.run("INSERT INTO locality_set (name) VALUES ('Areas')")
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["county.jsna"]


def test_a_mistake_in_sql_is_a_bug_and_no_message_to_a_person(store: Store) -> None:
    with pytest.raises(store._connection.Error):
        store.all("SELECT nothing FROM nowhere")
