"""Who is at the computer, as the system knows them: for the claim on a workspace and for its audit."""

import getpass


def person() -> str:
    """The system user's name; `unknown` where the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such variable, and no entry for the user (a container, a service)
        return "unknown"
