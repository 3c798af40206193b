"""One writer at a time: who opens a workspace for changes claims it, and whoever comes second may only read.

The claim is the operating system's lock on a small file beside the workspace, `~$NAME`: Office's own habit, so
sync clients (OneDrive, SharePoint) leave files of that name alone, and officers have seen it before. The system drops
the lock when its process ends, however it ends: a file left behind by a killed process claims nothing, and is
taken over. It holds who, on which computer, and since when, and nothing of the workspace. Locks work over network
drives (SMB, NFS) as far as the drive has any; where it has none, SQLite's own lock for each change remains.

Why not a lock in the workspace file itself: closing any handle of a file drops a process's POSIX locks on it, SQLite's
with them. If the workspace is renamed or replaced while it is open, its next writer claims the new name, and the
first writer is refused by SQLite, which sees that its file has moved.
"""

import errno
import json
import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Self

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace.person import person

# Where the lock lies on Windows, whose locks bar reading too: far behind what the file holds.
_LOCKED_BYTE = 1 << 30
_PAUSE_S = 0.05
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class Claim:
    """A claim that is held until `release`, or until the process ends."""

    def __init__(self, beside: Path, handle: int) -> None:
        self._beside, self._handle = beside, handle

    @classmethod
    def take(cls, workspace: Path, patience: float = 0.0) -> Self:
        """Claim a workspace, waiting `patience` seconds for another to let it go.

        A WorkspaceProblem says who has it, or why nothing can be written beside it.
        """
        beside = place(workspace)
        end = time.monotonic() + patience
        while True:
            try:
                handle = _taken(beside)
            except OSError as error:
                raise _unwritable(workspace, error) from error
            if handle is not None:
                _sign(handle)
                return cls(beside, handle)
            if time.monotonic() >= end:
                raise WorkspaceProblem(
                    f"it is open already{_holder(beside)}",
                    where=str(workspace),
                    todo="Close it there and try again",
                )
            time.sleep(_PAUSE_S)

    def release(self) -> None:
        """Let the workspace go and take the file away, where it is still there."""
        if sys.platform == "win32":
            os.close(self._handle)
        # On Windows another may have opened it by now, and a drive may be gone: it claims nothing, and may stay.
        _forgotten(self._beside)
        if sys.platform != "win32":
            os.close(self._handle)  # after it is taken away: nobody may lock a file that is about to go


def attempt(workspace: Path, patience: float) -> tuple[Claim | None, str]:
    """The claim on a workspace, or why there is none, a sentence without its full stop."""
    try:
        return Claim.take(workspace, patience), ""
    except WorkspaceProblem as problem:
        return None, problem.what


def place(workspace: Path) -> Path:
    """Where the claim on a workspace lies: one place for every name that leads to the file."""
    real = Path(os.path.realpath(workspace))
    return real.with_name(f"~${real.name}")


def _taken(beside: Path) -> int | None:
    """A handle that holds the lock; None where another holds it."""
    while True:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            if not _locked(handle):
                os.close(handle)
                return None
            if _same(handle, beside):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # it was taken away between opening and locking


def _same(handle: int, beside: Path) -> bool:
    if sys.platform == "win32":
        return True  # what is open there cannot be taken away
    try:
        return os.path.samestat(os.fstat(handle), beside.stat())
    except FileNotFoundError:
        return False


def _locked(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


def _sign(handle: int) -> None:
    note = {"who": person(), "computer": socket.gethostname(), "since": datetime.now().isoformat(timespec="minutes")}
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    try:
        os.write(handle, json.dumps(note).encode())
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        # On a full disk the lock holds as well; it only cannot say whose it is.


def _holder(beside: Path) -> str:
    """` by anna on PC-7 since 2026-11-25 10:02`, as far as the claim says it."""
    try:
        note = json.loads(beside.read_text("utf-8"))
        return f" by {note['who']} on {note['computer']} since {note['since'].replace('T', ' ')}"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return " in another window or program"  # not signed yet, or signed on a full disk


def _forgotten(beside: Path) -> None:
    try:
        beside.unlink(missing_ok=True)
    except OSError:
        return


def _unwritable(workspace: Path, error: OSError) -> WorkspaceProblem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorkspaceProblem("the disk is full", where=str(workspace), todo="Make room and open it again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceProblem(
            "the folder of the workspace may not be written",
            where=str(workspace),
            todo="Copy the workspace to a folder of your own to change it",
        )
    return WorkspaceProblem(
        "the folder of the workspace cannot be written", where=str(workspace), found=error.strerror or ""
    )
