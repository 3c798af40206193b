"""The two database drivers, behind one door: SQLite for plain workspaces, SQLCipher for encrypted ones.

This module alone imports either of them and turns their errors into a person's words. Both speak the same interface;
what one of them lacks (`blobopen`) is not used. An encrypted file has no heading of its own: it is a salt and noise.
SQLCipher 4 derives its key by PBKDF2-HMAC-SHA512 with 256,000 rounds (0.14 s on a plain office machine) and seals each
page with an HMAC.
"""

import os
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jsna_desktop.errors import PasswordNeeded, PasswordWrong, WorkspaceProblem

# Seals and keys are made a page at a time: 16 KiB reads 20 % faster than 4 KiB, and more gains nothing (measured).
_CIPHER_PAGE = 16_384
_HEADING = b"SQLite format 3\x00"
READ, WRITE, CREATE = "ro", "rw", "rwc"


def connect(path: Path, mode: str, patience: float, password: str | None = None, *, cipher: bool = False) -> Any:
    """A connection to the file at `path`; `mode` is READ, WRITE or CREATE.

    With a password (or `cipher`) it is SQLCipher's. A password that does not fit is PasswordWrong, at once.
    """
    target = f"{Path(path).absolute().as_uri()}?mode={mode}"
    if password is None and not cipher:
        with translated(path, sqlite3.Error):
            connection = sqlite3.connect(
                target, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
            )
            return _settled(connection)
    return _cipher(target, patience, password, path)


def in_memory(password: str | None) -> Any:
    """An empty database in memory, of the driver that a password asks for."""
    if password is None:
        return _settled(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    return _cipher(":memory:", 0, None, Path(":memory:"))


def _cipher(target: str, patience: float, password: str | None, path: Path) -> Any:
    from sqlcipher3 import dbapi2

    cipher: Any = dbapi2
    with translated(path, cipher.Error, password is not None):
        connection = cipher.connect(
            target, uri=target != ":memory:", timeout=patience, isolation_level=None, check_same_thread=False
        )
        try:
            # A page that does not decrypt is told by an error, not by lines on standard error.
            connection.execute("PRAGMA cipher_log_level = NONE")
            # Of every file that this process attaches too: a copy (VACUUM INTO) keeps the size of page and the key.
            connection.execute(f"PRAGMA cipher_default_page_size = {_CIPHER_PAGE}")
            connection.execute("PRAGMA cipher_memory_security = ON")
            if password is not None:
                connection.set_key(normal(password))
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return _settled(connection)
        except BaseException:
            connection.close()
            raise


def _settled(connection: Any) -> Any:
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def normal(password: str) -> str:
    """One spelling of a password, whatever keyboard it was typed on: é is one letter, not e and an accent."""
    return unicodedata.normalize("NFC", password)


def encrypted(path: Path) -> bool:
    """Whether the file looks like an encrypted workspace: whole pages of noise, without SQLite's heading.

    Text uses a hundred different bytes at most; two hundred and more in the first page are noise.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            page = file.read(_CIPHER_PAGE)
    except OSError as error:
        raise WorkspaceProblem(
            "the workspace cannot be read", where=str(path), found=error.strerror or "", todo="Check its permissions"
        ) from error
    return size > 0 and size % _CIPHER_PAGE == 0 and page[:16] != _HEADING and len(set(page)) > 200


@contextmanager
def translated(
    path: Path, kind: type[Exception], keyed: bool = False, was: os.stat_result | None = None
) -> Iterator[None]:
    """Errors of the driver (`kind` is its Error) as a WorkspaceProblem; what is a bug stays as it is.

    `keyed` while a password is tried; `was` tells the file that was opened from one that lies there now.
    """
    try:
        yield
    except kind as error:
        raise _problem(error, path, keyed, was) from error


def _problem(error: Exception, path: Path, keyed: bool, was: os.stat_result | None) -> Exception:
    name, where = getattr(error, "sqlite_errorname", ""), str(path)
    if name == "SQLITE_NOTADB" and keyed:
        return PasswordWrong("the password is wrong, or the workspace is damaged", where=where, todo="Try it again")
    # SQLCipher's driver says no more than "read only" or "cannot open": why, is seen at the file.
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR")) and was is not None and gone(path, was):
        name = "SQLITE_READONLY_DBMOVED"
    elif name == "SQLITE_READONLY" and was is None and path.with_name(f"{path.name}-journal").exists():
        name = "SQLITE_READONLY_ROLLBACK"
    for beginnings, what, todo in _WORDS:
        if name.startswith(beginnings):
            return WorkspaceProblem(what, where=where, todo=todo)
    return error


def gone(path: Path, was: os.stat_result) -> bool:
    """Whether the file that was opened lies at `path` no longer."""
    try:
        return not os.path.samestat(path.stat(), was)
    except OSError:
        return True


# How an error's name begins, what it is to a person, and what to do: the first that fits.
_WORDS = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "the workspace is in use by another program",
        "Close it there and try again",
    ),
    (
        ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_IOERR_SHORT_READ"),
        "the workspace is damaged or is not one",
        "Open a copy or a backup of it",
    ),
    (
        ("SQLITE_READONLY_DBMOVED",),
        "the workspace’s file was moved or deleted while it was open, or another put in its place",
        "What is open can still be saved by Save a copy as",
    ),
    (
        ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTLOCK"),
        "a change to the workspace was cut off, and can be undone only where its folder can be written",
        "Copy the workspace and the -journal file beside it to a folder of your own and open it there",
    ),
    (
        ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        "the workspace cannot be opened or written here",
        "Check that the folder is there and may be written; nothing was changed",
    ),
    (
        ("SQLITE_FULL",),
        "the disk is full",
        "Make room and try again; nothing was changed",
    ),
    (
        ("SQLITE_IOERR",),
        "the disk is full or went away",
        "Connect it again, or make room, and open the workspace again; nothing was changed",
    ),
)


def password_needed(path: Path) -> PasswordNeeded:
    return PasswordNeeded(
        "the workspace is encrypted and needs its password",
        where=str(path),
        todo="Give it at the prompt, in a file (--password-file FILE) or in the variable JSNA_PASSWORD",
    )


def kept(path: Path) -> None:
    """Have the system write a finished file to the disk itself, before it is put in another's place."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
