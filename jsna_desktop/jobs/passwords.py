"""The password of an encrypted workspace: from a file, the environment, the system's keyring, or the person.

Never from the command line's arguments, which other users of the computer can see. The keyring is looked at only
where it is a real one, and holds a password only where the person asked for it; it is found by the workspace's salt, so
that it knows no path, and a workspace that is moved or renamed is still known.
"""

import os
from collections.abc import Callable
from pathlib import Path

from jsna_desktop.errors import PasswordNeeded, PasswordWrong, WorkspaceProblem
from jsna_desktop.sources.dataset import Dataset, Problem
from jsna_desktop.workspace import driver
from jsna_desktop.workspace.store import Store

VARIABLE = "JSNA_PASSWORD"
_SERVICE = "JSNA Desktop"
_SHORT = 12  # characters: with 256,000 rounds a key, a guess costs about a tenth of a second on one processor
_TRIES = 3

Ask = Callable[[str], str | None]  # a question → the password, None where the person gives none


def open_workspace(
    path: Path, password_file: Path | None = None, ask: Ask | None = None, *, read_only: bool = False, hold: bool = True
) -> Store:
    """Open a workspace with the password from wherever there is one; `ask` is the last to be asked, three times.

    PasswordNeeded where there is none, PasswordWrong where it does not fit.
    """
    path = Path(path)
    given = None
    if path.is_file() and driver.encrypted(path):
        given = told(password_file)
        if given is None and (kept := remembered(path)) is not None:
            try:
                return Store.open(path, read_only=read_only, hold=hold, password=kept)
            except PasswordWrong:
                if ask is None:
                    raise  # the keyring's is out of date, and nobody is there to be asked
        if given is None and ask is not None:
            return _asked(path, ask, read_only, hold)
    return Store.open(path, read_only=read_only, hold=hold, password=given)


def _asked(path: Path, ask: Ask, read_only: bool, hold: bool) -> Store:
    question = f"Password of {path.name}: "
    for _ in range(_TRIES - 1):
        try:
            return Store.open(path, read_only=read_only, hold=hold, password=ask(question) or None)
        except PasswordWrong:
            question = f"That is not the password of {path.name}. Try again: "
    return Store.open(path, read_only=read_only, hold=hold, password=ask(question) or None)


def chosen(password_file: Path | None, ask: Ask | None, *, environment: bool = True) -> str:
    """A password for what is to be encrypted: from a file or the environment, else typed twice.

    `environment` is false where the variable has another password, the one that is to be changed. PasswordNeeded
    without any, PasswordWrong where it is not typed twice alike.
    """
    given = told(password_file) if password_file is not None or environment else None
    if given is not None:
        return given
    first = ask("New password: ") if ask is not None else None
    if not first:
        raise PasswordNeeded(
            "an encrypted workspace needs a password",
            todo=f"Give it at the prompt, in a file (--password-file FILE) or in the variable {VARIABLE}",
        )
    assert ask is not None
    if driver.normal(ask("The same password again: ") or "") != driver.normal(first):
        raise PasswordWrong("the two passwords differ", todo="Type them again")
    return first


def told(password_file: Path | None) -> str | None:
    """The password in a file's first line, or in the environment; None where neither is given."""
    if password_file is None:
        return os.environ.get(VARIABLE) or None
    try:
        text = password_file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "text that is not UTF-8"
        raise PasswordNeeded("the password file cannot be read", where=str(password_file), found=said or "") from error
    password = text.split("\n", 1)[0].removesuffix("\r")
    if not password:
        raise PasswordNeeded("the password file is empty", where=str(password_file), expected="it in the first line")
    return password


def advice_on_password(password: str) -> str:
    """A word on a password that is soon guessed; "" for one that is long enough."""
    if len(password) >= _SHORT:
        return ""
    return f"The password is short: whoever gets the file can try many. Three words or {_SHORT} letters are better."


def advice(store: Store, datasets: list[Dataset] | tuple[Dataset, ...]) -> Problem | None:
    """A word where sensitive data lie in a workspace that is not encrypted; None where there is nothing to say."""
    secret = [dataset.title for dataset in datasets if dataset.sensitive]
    if not secret or store.encrypted:
        return None
    message = (
        "Sensitive data in a workspace that is not encrypted: whoever gets the file can read them. "
        "Make an encrypted copy and delete this one."
    )
    return Problem(message, len(secret), tuple(secret[:20]))


# ---- the system's keyring


def remember(path: Path, password: str) -> None:
    """Keep a workspace's password in the system's keyring; a WorkspaceProblem where the system has none."""
    keyring = _keyring()
    if keyring is None:
        raise WorkspaceProblem("this system has no keyring to keep the password in", todo="Use a password file instead")
    keyring.set_password(_SERVICE, _salt(path), password)


def can_remember() -> bool:
    """Whether this system has a keyring that keeps passwords."""
    return _keyring() is not None


def remembered(path: Path) -> str | None:
    """The password that the keyring holds for a workspace; None where there is none."""
    keyring = _keyring()
    return None if keyring is None else keyring.get_password(_SERVICE, _salt(path))


def forget(path: Path) -> None:
    """Take a workspace's password out of the keyring, where it is in it."""
    keyring = _keyring()
    if keyring is not None and keyring.get_password(_SERVICE, _salt(path)) is not None:
        keyring.delete_password(_SERVICE, _salt(path))


def _keyring():
    """The system's own keyring; None where there is none that keeps anything (a server, a bare session)."""
    import keyring

    backend = keyring.get_keyring()
    return backend if backend.priority > 0 else None


def _salt(path: Path) -> str:
    """What tells an encrypted workspace from every other: the salt that it begins with."""
    with path.open("rb") as file:
        return file.read(16).hex()
