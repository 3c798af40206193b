"""A workspace file: create, open, change in transactions, check, copy.

SQLite with a rollback journal and full synchronisation (no WAL: it fails on network shares, and a sync client
copies the file without it); SQLCipher for an encrypted one, on the same path (`driver`). One writer at a time
(`claim`); older files are brought up to date on opening (`migrate`).
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace import copies, driver, migrate
from jsna_desktop.workspace.claim import Claim, attempt

SCHEMA = 3
_APPLICATION_ID = 0x4A534E41  # "JSNA"
_BUSY_SECONDS = 5.0
_VISIT_SECONDS = 0.2  # a visitor's changes (weights, the audit) are small: it waits for another's, not for a window


class Store:
    """An open workspace. Reads at any time; changes only inside `transaction()`.

    `read_only` where it cannot be changed, and `read_only_reason` then says why in a sentence without its full stop.
    """

    def __init__(self, path: Path, connection: Any, *, password: str | None = None, reason: str = "") -> None:
        self.path, self.read_only_reason = path, reason
        self._connection, self._password = connection, password
        self._file = path.stat()  # by which a file that was put in its place is told from it
        self._claim: Claim | None = None
        self._in_memory = False  # an older file that may not be changed, brought up to date in memory
        self._visiting = False  # whether each change claims the workspace for itself alone
        # One connection serves the window's thread and its workers: a transaction belongs to one of them at a time.
        self._lock = threading.RLock()

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_reason)

    @property
    def encrypted(self) -> bool:
        return self._password is not None

    # ---- opening and closing

    @classmethod
    def create(cls, path: Path, name: str | None = None, *, password: str | None = None) -> Self:
        """A new, empty workspace at `path`, encrypted where a password is given; refused where a file is in the way."""
        path = Path(path)
        if os.path.lexists(path):
            todo = "Choose another name, or open it instead"
            raise WorkspaceProblem("there is already a file of this name", where=str(path), todo=todo)
        if not path.parent.is_dir():
            raise WorkspaceProblem("the folder does not exist", where=str(path.parent))
        if password is not None:
            copies.possible(password)
        claim = Claim.take(path)
        store = None
        try:
            store = cls(path, driver.connect(path, driver.CREATE, _BUSY_SECONDS, password), password=password)
            store._claim = claim
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
            if store is not None:
                store._connection.close()
            path.unlink(missing_ok=True)
            claim.release()
            raise
        return store

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        patience: float | None = None,
        password: str | None = None,
        hold: bool = True,
    ) -> Self:
        """The workspace at `path`, checked to be one and brought up to date where an older program made it.

        `patience`: seconds to wait for another program that is changing it. `hold` claims it for as long as it is
        open: whoever comes second reads, and `read_only_reason` says who has it. Without, each change claims it for
        itself, so that a command that mostly reads keeps nobody out. A password that is lacking or wrong is
        PasswordNeeded or PasswordWrong; one that is not needed is not looked at.
        """
        path, patience = Path(path), _BUSY_SECONDS if patience is None else patience
        if path.is_dir() or not path.exists():
            raise WorkspaceProblem(
                "this is a folder, not a workspace" if path.is_dir() else "there is no workspace here",
                where=str(path),
                todo="Make one with: jsna-desktop new WORKSPACE",
            )
        if not driver.encrypted(path):
            password = None
        elif not password:
            raise driver.password_needed(path)
        writable = os.access(path, os.W_OK)
        reason = "it was opened to be read" if read_only else "" if writable else "the file may only be read"
        claim = None
        if not reason and hold:
            claim, reason = attempt(path, patience)
        try:
            # Even to read, a file that may be written is opened so: only then can a cut-off change be undone.
            mode = driver.WRITE if writable else driver.READ
            store = cls(path, driver.connect(path, mode, patience, password), password=password, reason=reason)
        except BaseException:
            if claim is not None:
                claim.release()
            raise
        store._claim, store._visiting = claim, not hold
        try:
            store._begin()
        except BaseException:
            store.close()
            raise
        return store

    def _begin(self) -> None:
        """See that the file is a workspace of a version that is known; bring an older one up to date."""
        with self._translated():
            application = self.one("PRAGMA application_id")[0]
            version = self.one("PRAGMA user_version")[0]
        if application != _APPLICATION_ID:
            raise WorkspaceProblem("this file is not a JSNA Desktop workspace", where=str(self.path))
        if version > SCHEMA:
            what, todo = "this workspace was made by a newer version of the program", "Install that version to open it"
            raise WorkspaceProblem(what, where=str(self.path), todo=todo)
        if version < SCHEMA and not self.read_only:
            self._bring_up_to_date(version)
        if version < SCHEMA and self.read_only:
            with self._translated():
                copy = migrate.in_memory(self._connection, self.path, version, SCHEMA, self._password)
            self._connection.close()
            self._connection, self._in_memory = copy, True

    def _bring_up_to_date(self, version: int) -> None:
        try:
            with self._claimed_for_now(), self._translated():
                migrate.backup_then_migrate(self._connection, self.path, version, SCHEMA)
        except (WorkspaceProblem, OSError) as error:
            # No room for the backup, or no leave to write it: the workspace can be read as well without.
            said = error.what if isinstance(error, WorkspaceProblem) else error.strerror or str(error)
            self.read_only_reason = f"it is of an older version, and could not be brought up to date: {said}"

    def is_at(self, path: Path) -> bool:
        """Whether the file that is open is the one that lies at `path` now."""
        return not driver.gone(path, self._file)

    def let_go(self) -> None:
        """Go on reading, and leave the changes to whoever opens the workspace next."""
        self.read_only_reason = self.read_only_reason or "it is being opened anew"
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def close(self) -> None:
        self._connection.close()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

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
        self._writable()
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with self._claimed_for_now(), self._translated():
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    def _writable(self) -> None:
        if self.read_only:
            raise WorkspaceProblem(f"the workspace can only be read: {self.read_only_reason}", where=str(self.path))

    @contextmanager
    def _claimed_for_now(self) -> Iterator[None]:
        if not self._visiting:
            yield
            return
        claim = Claim.take(self.path, _VISIT_SECONDS)
        try:
            yield
        finally:
            claim.release()

    # ---- checks, copies, passwords

    def check(self) -> list[str]:
        """What is wrong with the file itself, a sentence each; empty when it is sound."""
        found = [str(row[0]) for row in self.all("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"{table}: a row refers to nothing" for table, *_ in self.all("PRAGMA foreign_key_check")]
        if self.encrypted:
            found += [str(row[0]) for row in self.all("PRAGMA cipher_integrity_check")]
        return found

    def save_copy(self, path: Path, name: str | None = None) -> None:
        """A complete copy of the workspace at `path`, encrypted where it is, made beside it first and put in place.

        `name` is what the copy is called; the workspace itself keeps its own.
        """
        with self._lock, self._translated():
            # What is in memory has no key of its own to hand on.
            copies.copy_to(self._connection, path, self._password if self._in_memory else None, name)

    def encrypt_copy(self, path: Path, password: str) -> None:
        """A complete, encrypted copy of the workspace at `path` under `password`; the workspace stays as it is."""
        mode = driver.READ if self.read_only else driver.WRITE
        cipher = driver.connect(self.path, mode, _BUSY_SECONDS, self._password, cipher=True)
        try:
            with driver.translated(path, cipher.Error):
                copies.copy_to(cipher, path, copies.possible(password))
        finally:
            cipher.close()

    def rekey(self, password: str) -> None:
        """Put the workspace under another password: a copy is made under it, which then takes the file's place.

        A process that is killed on the way leaves the old file or the new one. A plain workspace is refused: it is
        encrypted by `encrypt_copy`.
        """
        self._writable()
        if self._password is None:
            todo = "Make an encrypted copy of it"
            raise WorkspaceProblem("the workspace is not encrypted", where=str(self.path), todo=todo)
        with self._lock, self._claimed_for_now():
            with self._translated():
                part = copies.part_of(self._connection, self.path, copies.possible(password))
            self._connection.close()  # Windows puts no file in the place of one that is open
            try:
                copies.put(part, self.path)
                self._password = password
            finally:
                self._connection = driver.connect(self.path, driver.WRITE, _BUSY_SECONDS, self._password)
                self._file = self.path.stat()

    def _translated(self):
        return driver.translated(self.path, self._connection.Error, was=self._file)
