"""Whole copies of an open workspace: as it is, encrypted, or under another password.

Each is made beside its place first, written to the disk and then put there at once, so that a copy is whole or not
there. What a copy is made of goes from page to page inside the database: nothing of an encrypted workspace is ever
written in clear.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace import driver


def copy_to(connection: Any, path: Path, password: str | None = None, name: str | None = None) -> None:
    """A copy at `path`, called `name` where one is given.

    It has the key of the workspace itself, or `password` where that is given; `connection` is SQLCipher's then.
    """
    put(part_of(connection, path, password, name), path)


def part_of(connection: Any, path: Path, password: str | None = None, name: str | None = None) -> Path:
    """A copy beside `path`, finished and on the disk, ready to be put there."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        if password is None:
            connection.execute("VACUUM INTO ?", (str(part),))
        else:
            _export(connection, part, password)
        if name is not None:
            _called(connection, part, password, name)
        with written(path):
            driver.kept(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def put(part: Path, path: Path) -> None:
    """Put a finished copy in its place."""
    try:
        with written(path):
            if path.exists():
                shutil.copymode(path, part)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _export(connection: Any, part: Path, password: str) -> None:
    application, schema = (
        connection.execute(f"PRAGMA {of}").fetchone()[0] for of in ("application_id", "user_version")
    )
    connection.execute("ATTACH ? AS copy KEY ?", (str(part), driver.normal(password)))
    try:
        connection.execute("SELECT sqlcipher_export('copy')").fetchall()
        connection.execute(f"PRAGMA copy.application_id = {int(application)}")
        connection.execute(f"PRAGMA copy.user_version = {int(schema)}")
    finally:
        connection.execute("DETACH copy")


def _called(connection: Any, part: Path, password: str | None, name: str) -> None:
    # An attached file takes the key of the first one, unless another is given.
    key = "" if password is None else " KEY ?"
    connection.execute(f"ATTACH ? AS copy{key}", (str(part), *([driver.normal(password)] if password else [])))
    try:
        connection.execute("UPDATE copy.meta SET value = ? WHERE key = 'name'", (name,))
    finally:
        connection.execute("DETACH copy")


def possible(password: str) -> str:
    """A password that a workspace can have; a WorkspaceProblem for an empty one."""
    if not password or "\0" in password:
        raise WorkspaceProblem("the password is empty or cannot be typed", todo="Choose a longer one")
    return password


@contextmanager
def written(path: Path) -> Iterator[None]:
    """The system's own refusals to write a file, as a WorkspaceProblem."""
    try:
        yield
    except OSError as error:
        raise WorkspaceProblem("the copy cannot be written", where=str(path), found=error.strerror or "") from error
