"""The commands about a workspace as a file: opened with its password, encrypted, its audit, what was replaced."""

import argparse
import json
import sys
from pathlib import Path

from jsna_desktop.errors import PasswordNeeded, WorkspaceProblem


def opened(options: argparse.Namespace, *, read_only: bool = False, write: bool = False):
    """The workspace of a command. `write` claims it, and refuses at once where another has it open for changes.

    Without, the command mostly reads: it goes on beside an open window, and what it would keep (weights, the audit) is
    then not kept.
    """
    from jsna_desktop.jobs.passwords import open_workspace
    from jsna_desktop.jobs.raster_values import bring_up_to_date

    store = open_workspace(options.workspace, options.password_file, prompt(), read_only=read_only, hold=write)
    if write and store.read_only:
        store.close()
        raise WorkspaceProblem(
            f"the workspace cannot be changed: {store.read_only_reason}",
            where=str(options.workspace),
            todo="Close it there and try again" if "open already" in store.read_only_reason else "",
        )
    try:
        bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return store


def prompt():
    """How to ask for a password: at a terminal, without showing it; None where there is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    from getpass import getpass

    def ask(question: str) -> str | None:
        try:
            return getpass(question)
        except EOFError:
            return None

    return ask


def new_password(file: Path | None, *, environment: bool) -> str:
    """The password for a workspace that is to be encrypted, with a word on one that is soon guessed."""
    from jsna_desktop.jobs.passwords import advice_on_password, chosen

    password = chosen(file, prompt(), environment=environment)
    if said := advice_on_password(password):
        print(f"jsna-desktop: {said}", file=sys.stderr)
    return password


def keep(options: argparse.Namespace, path: Path, password: str) -> None:
    """Hand the password to the system's keyring, where the person asked for it."""
    if options.remember:
        from jsna_desktop.jobs.passwords import remember

        remember(path, password)


def encrypt(options: argparse.Namespace) -> int:
    import os

    if os.path.lexists(options.copy):
        raise WorkspaceProblem("there is already a file of this name", where=str(options.copy), todo="Choose another")
    with opened(options, read_only=True) as store:
        password = new_password(options.new_password_file, environment=not store.encrypted)
        store.encrypt_copy(options.copy, password)
        plain = not store.encrypted
    keep(options, options.copy, password)
    print(f"Made {options.copy}, encrypted")
    if plain:
        print(f"  {options.workspace} is still there in clear: delete it, and its backups, once the copy opens")
    return 0


def password(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import audit, passwords

    if options.forget:
        passwords.forget(options.workspace)
        print("The keyring has no password of this workspace")
        return 0
    with opened(options, write=True) as store:
        if not store.encrypted:
            raise PasswordNeeded(
                "the workspace is not encrypted",
                where=str(options.workspace),
                todo="Make an encrypted copy with: jsna-desktop encrypt WORKSPACE COPY",
            )
        chosen = new_password(options.new_password_file, environment=False)
        known = passwords.remembered(options.workspace) is not None
        if known:
            passwords.forget(options.workspace)
        store.rekey(chosen)
        audit.record(store, audit.PASSWORD_CHANGED, store.name)
    if known or options.remember:
        passwords.remember(options.workspace, chosen)
    print(f"Changed the password of {options.workspace}")
    return 0


def audit(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from jsna_desktop.jobs.audit import entries

    with opened(options, read_only=True) as store:
        found = entries(store)
    if options.json:
        print(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1))
        return 0
    for entry in found:
        more = ", ".join(f"{name} {value}" for name, value in entry.detail.items())
        print(f"{entry.at}  {entry.who:<16} {entry.action:<20} {entry.subject}{f' ({more})' if more else ''}")
    return 0


def bring_back(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.replace import bring_back as swap

    with opened(options, write=True) as store:
        newer = swap(store, options.dataset)
    print(f"{options.dataset} is used again, and {newer} for nothing")
    return 0
