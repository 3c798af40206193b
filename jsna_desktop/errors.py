"""What a person can do wrong, said so that they can put it right.

Every error that a user can cause is a `UserError` of one of the kinds below; its exit code is
the one of the command line. Anything else is a bug.
"""


class UserError(Exception):
    """What is wrong, where, what was found, what was expected and what to do, as one message.

    `what` is a sentence without its full stop; the other parts are optional phrases.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", found: str = "", expected: str = "", todo: str = "") -> None:
        self.what, self.where, self.found, self.expected, self.todo = what, where, found, expected, todo
        super().__init__(self.message)

    @property
    def message(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head.rstrip(".") + "."]
        if self.found:
            parts.append(f"Found {self.found.rstrip('.')}.")
        if self.expected:
            parts.append(f"Expected {self.expected.rstrip('.')}.")
        if self.todo:
            parts.append(self.todo.rstrip(".") + ".")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.message


class UsageProblem(UserError):
    """The command or the choice cannot be carried out as asked (exit code 2)."""

    exit_code = 2


class FileProblem(UserError):
    """A file is not what it should be (exit code 3)."""

    exit_code = 3


class WorkspaceProblem(UserError):
    """The workspace is missing, locked, damaged or needs a password (exit code 4)."""

    exit_code = 4


class DisclosureRefused(UserError):
    """The result may not leave the program (exit code 5)."""

    exit_code = 5


class Cancelled(Exception):
    """The person stopped the work; nothing was changed."""
