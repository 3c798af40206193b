"""A workspace file: create, open, change in transactions, check.

SQLite with a rollback journal and full synchronisation (no WAL: it fails on network shares, and a sync client
copies the file without it). This module alone imports the driver and translates its errors.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from jsna_desktop.errors import WorkspaceProblem

SCHEMA = 2
_APPLICATION_ID = 0x4A534E41  # "JSNA"
_BUSY_SECONDS = 5.0


class Store:
    """An open workspace. Reads at any time; changes only inside `transaction()`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, read_only: bool) -> None:
        self.path, self.read_only = path, read_only
        self._connection = connection
        # One connection serves the window's thread and its workers: a transaction belongs to one of them at a time.
        self._lock = threading.RLock()

    # ---- opening and closing

    @classmethod
    def create(cls, path: Path, name: str | None = None) -> Self:
        """A new, empty workspace at `path`; refused where a file is in the way."""
        path = Path(path)
        if path.exists():
            raise WorkspaceProblem(
                "there is already a file of this name",
                where=str(path),
                todo="Choose another name, or open it instead",
            )
        if not path.parent.is_dir():
            raise WorkspaceProblem("the folder does not exist", where=str(path.parent))
        store = cls._connect(path, read_only=False)
        try:
            with store._translated(), store._connection:
                store._connection.executescript(
                    "BEGIN;" + (files("jsna_desktop.workspace") / "schema.sql").read_text("utf-8")
                )
                store._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                store._connection.execute(f"PRAGMA user_version = {SCHEMA}")
                store._connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [("name", name or path.stem), ("made", datetime.now().isoformat(timespec="seconds"))],
                )
        except BaseException:
            store.close()
            path.unlink(missing_ok=True)
            raise
        return store

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, patience: float = _BUSY_SECONDS) -> Self:
        """The workspace at `path`, checked to be one and of a version that this program knows.

        `patience`: seconds to wait for another program that is changing it.
        """
        path = Path(path)
        if path.is_dir() or not path.exists():
            raise WorkspaceProblem(
                "this is a folder, not a workspace" if path.is_dir() else "there is no workspace here",
                where=str(path),
                todo="Make one with: jsna-desktop new WORKSPACE",
            )
        store = cls._connect(path, read_only=read_only or not os.access(path, os.W_OK), patience=patience)
        try:
            with store._translated():
                application = store.one("PRAGMA application_id")[0]
                version = store.one("PRAGMA user_version")[0]
            if application != _APPLICATION_ID:
                raise WorkspaceProblem("this file is not a JSNA Desktop workspace", where=str(path))
            if version > SCHEMA:
                raise WorkspaceProblem(
                    "this workspace was made by a newer version of the program",
                    where=str(path),
                    todo="Install the newer version to open it",
                )
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _connect(cls, path: Path, *, read_only: bool, patience: float = _BUSY_SECONDS) -> Self:
        target = path.absolute().as_uri() + ("?mode=ro" if read_only else "")
        try:
            connection = sqlite3.connect(
                target, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise _translate(error, path) from error
        return cls(path, connection, read_only)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- reading and changing

    @property
    def name(self) -> str:
        return str(self.one("SELECT value FROM meta WHERE key = 'name'")[0])

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock, self._translated():
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """The first row; a LookupError where there is none."""
        with self._lock, self._translated():
            row = self._connection.execute(sql, values).fetchone()
        if row is None:
            raise LookupError(sql)
        return row

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Carry out one change inside a transaction; the new row's key."""
        if not self._connection.in_transaction:
            raise RuntimeError("a change outside a transaction")
        with self._translated():
            return self._connection.execute(sql, values).lastrowid or 0

    def run_many(self, sql: str, rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> None:
        if not self._connection.in_transaction:
            raise RuntimeError("a change outside a transaction")
        with self._translated():
            self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside are kept together, or none of them. A transaction inside another joins it."""
        if self.read_only:
            raise WorkspaceProblem("the workspace can only be read", where=str(self.path))
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with self._translated():
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    def check(self) -> list[str]:
        """What is wrong with the file itself, a sentence each; empty when it is sound."""
        found = [str(row[0]) for row in self.all("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"{table}: a row refers to nothing" for table, *_ in self.all("PRAGMA foreign_key_check")]
        return found

    def save_copy(self, path: Path, name: str | None = None) -> None:
        """A complete copy of the workspace at `path`, made beside it first and then put in place.

        `name` is what the copy is called; the workspace itself keeps its own.
        """
        part = path.with_name(path.name + ".part")
        part.unlink(missing_ok=True)
        with self._lock, self._translated():
            self._connection.execute("VACUUM INTO ?", (str(part),))
        if name is not None:
            with self._connect(part, read_only=False) as copy, copy.transaction():
                copy.run("UPDATE meta SET value = ? WHERE key = 'name'", [name])
        part.replace(path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translate(error, self.path) from error


def _translate(error: sqlite3.Error, path: Path) -> Exception:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return WorkspaceProblem(
            "the workspace is in use by another program", where=str(path), todo="Close it there and try again"
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return WorkspaceProblem(
            "the workspace is damaged or is not one", where=str(path), todo="Open a copy or a backup of it"
        )
    if name == "SQLITE_READONLY_DBMOVED":
        return WorkspaceProblem(
            "the workspace’s file was moved or deleted while it was open",
            where=str(path),
            todo="What is open can still be saved by Save a copy as",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return WorkspaceProblem(
            "the workspace cannot be opened or written here",
            where=str(path),
            todo="Check the folder's permissions",
        )
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return WorkspaceProblem("the disk is full or went away", where=str(path), todo="Nothing was changed")
    return error
