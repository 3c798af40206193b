"""Older workspaces in a newer program: a backup first, then one step a schema, each kept whole or not at all.

A step is one SQL file in `migrations/`, named by the schema that it leads to. Where the file may not be changed,
a copy in memory takes the steps and the file stays as it is: every step is then seen by readers as it will be on
disk, with no second set of rules for reading old tables.
"""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace import driver


def backup_then_migrate(connection: Any, path: Path, version: int, target: int) -> Path:
    """Bring the open workspace from schema `version` to `target`; the backup that was made beside it."""
    kept = _backup(connection, path, version)
    migrate(connection, version, target)
    return kept


def migrate(connection: Any, version: int, target: int) -> None:
    """Take every step, each in a transaction of its own that ends with the schema's new number."""
    for number in range(version + 1, target + 1):
        step = (files("jsna_desktop.workspace") / "migrations" / f"schema{number}.sql").read_text("utf-8")
        # A step may rebuild a table that others refer to: what refers to nothing is looked for at its end.
        connection.execute("PRAGMA foreign_keys = OFF")
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {number};")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise WorkspaceProblem("the older workspace has rows that refer to nothing", todo="Open a backup of it")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("PRAGMA foreign_keys = ON")


def _backup(connection: Any, path: Path, version: int) -> Path:
    """A complete copy beside the workspace, encrypted where it is; no file is ever written over."""
    part = path.with_name(f"{path.stem} (schema {version} backup){path.suffix}.part")
    part.unlink(missing_ok=True)  # of a backup that was cut off
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
        driver.kept(part)
        number = 1
        while True:
            more = "" if number == 1 else f" {number}"
            target = path.with_name(f"{path.stem} (schema {version} backup{more}){path.suffix}")
            if not os.path.lexists(target):
                break
            number += 1
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target


def in_memory(connection: Any, path: Path, version: int, target: int, password: str | None) -> Any:
    """A copy in memory of the open workspace, brought to schema `target`; the file is only read."""
    copy = driver.in_memory(password)
    try:
        if password is None:
            connection.backup(copy)
        else:
            # SQLCipher copies between keys by export alone; its memory is never swapped to a file.
            copy.execute("PRAGMA foreign_keys = OFF")
            copy.execute("ATTACH ? AS source KEY ?", (str(path), driver.normal(password)))
            copy.execute("SELECT sqlcipher_export('main', 'source')").fetchall()
            number = copy.execute("PRAGMA source.application_id").fetchone()[0]
            copy.execute(f"PRAGMA application_id = {int(number)}")
            copy.execute("DETACH source")
        migrate(copy, version, target)
    except BaseException:
        copy.close()
        raise
    return copy
