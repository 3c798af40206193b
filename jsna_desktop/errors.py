"""What a person can do wrong, said so that they can put it right.

Every error that a user can cause is a `UserError` of one of the kinds below; its exit code is
the one of the command line. Anything else is a bug.
"""

import re

_LONGEST = 700
# What would break a line, turn the reading direction or be no character at all.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str, longest: int = _LONGEST) -> str:
    """Text from a file as it may stand in a sentence: not longer than can be read, without signs that mislead."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return _UNSHOWN.sub("\ufffd", short)


def _ended(text: str) -> str:
    return text if text.endswith("?") else text.rstrip(".") + "."


class UserError(Exception):
    """What is wrong, where, what was found, what was expected and what to do, as one message.

    `what` is a sentence without its full stop; the other parts are optional phrases.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", found: str = "", expected: str = "", todo: str = "") -> None:
        self.what, self.where, self.found = shown(what), shown(where), shown(found)
        self.expected, self.todo = shown(expected), shown(todo)
        super().__init__(self.message)

    @property
    def message(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [
            head, self.found and f"Found {self.found}", self.expected and f"Expected {self.expected}", self.todo
        ]  # fmt: skip
        return " ".join(_ended(part) for part in parts if part)

    def __str__(self) -> str:
        return self.message


class UsageProblem(UserError):
    """The command or the choice cannot be carried out as asked (exit code 2)."""

    exit_code = 2


class FileProblem(UserError):
    """A file is not what it should be (exit code 3)."""

    exit_code = 3


class UnknownFile(FileProblem):
    """No reader knows the file: a column map may help."""


class WorkspaceProblem(UserError):
    """The workspace is missing, locked, damaged or needs a password (exit code 4)."""

    exit_code = 4


class PasswordNeeded(WorkspaceProblem):
    """The workspace is encrypted, and no password was given."""


class PasswordWrong(PasswordNeeded):
    """The password does not open the workspace."""


class DisclosureRefused(UserError):
    """The result may not leave the program (exit code 5)."""

    exit_code = 5


class Cancelled(Exception):
    """The person stopped the work; nothing was changed."""
