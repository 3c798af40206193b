"""Files as they lie on disk: what is in a zip or gz that a stranger packed, and what tells one file from another."""

import gzip
import hashlib
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from jsna_desktop.errors import FileProblem

# Unpacked, a file larger than this is refused: nothing published for small areas is, and a zip bomb is.
LARGEST_BYTES = 1 << 30
# Files that belong together (a shapefile, a geodatabase) may be larger than any one of them.
LARGEST_TOGETHER = 2 << 30
# Text of one repeated cell packs to a hundredth; what packs tighter still, and is large, was made to fill a disk.
_TIGHTEST, _TIGHT_FROM = 200, 200_000_000
_FOLDER_OF_PAPERS = "__macosx/"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def names(path: Path, where: str) -> list[str]:
    """Names of the files in a zip, folders left out. FileProblem for a damaged zip and names that lead out of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _BROKEN as error:
        raise damaged("the zip", where, error) from error
    for entry in entries:
        if _leads_out(entry):
            raise FileProblem(
                "the zip holds a file that would land outside its own folder",
                where=where,
                found=f"“{entry.filename[:120]}”",
                expected="plain names, as a zip from a publisher has",
                todo="Do not unpack it; ask for it again from where it comes from",
            )
    return [entry.filename for entry in entries if not entry.filename.lower().startswith(_FOLDER_OF_PAPERS)]


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """An absolute name, one with `..`, or a link: none of them is a file of this zip."""
    # zipfile cuts names at a NUL byte; what was written is in `orig_filename`.
    written = entry.orig_filename
    parts = PurePosixPath(written.replace("\\", "/")).parts
    absolute = written.startswith(("/", "\\")) or bool(PureWindowsPath(written).drive)
    return absolute or ".." in parts or "\x00" in written or stat.S_ISLNK(entry.external_attr >> 16)


def member(path: Path, name: str, where: str) -> bytes:
    """The bytes of one file in a zip; FileProblem where it is damaged, locked or larger than a data file can be."""
    check_size(path, [name], where)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except _BROKEN as error:
        raise damaged(f"{name} in the zip", where, error) from error


def head(path: Path, name: str, where: str, most: int) -> bytes:
    """The first `most` bytes of one file in a zip."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            return file.read(most)
    except (*_BROKEN, KeyError) as error:
        raise damaged(f"{name} in the zip", where, error) from error


def check_size(path: Path, wanted: Sequence[str], where: str) -> None:
    """FileProblem where files in a zip are larger, unpacked, than data can be, or packed too tight to be data."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [archive.getinfo(name) for name in wanted]
    except (*_BROKEN, KeyError) as error:
        raise damaged("the zip", where, error) from error
    size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    largest = LARGEST_BYTES if len(wanted) == 1 else LARGEST_TOGETHER
    tight = size > _TIGHT_FROM and size > _TIGHTEST * max(packed, 1)
    if size > largest or tight:
        raise FileProblem(
            "the zip would unpack to far more than data of this kind can be",
            where=where,
            found=f"{size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB, {wanted[0][:80]}",
            expected=f"at most {largest / 1e6:,.0f} MB, and at most {_TIGHTEST} times its packed size",
            todo="Download it again; if it is right, unpack it and cut it to your area",
        )


def gunzipped(path: Path, where: str, most: int) -> bytes:
    """The first `most` bytes of a gz file, unpacked."""
    try:
        with gzip.open(path) as file:
            return file.read(most)
    except (EOFError, OSError, zlib.error) as error:
        raise damaged("the gz file", where, error) from error


def checksum(path: Path) -> str:
    """SHA-256 of a file as it is on disk; of a folder (a File Geodatabase), of its files' names and contents."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for part in sorted(other for other in path.iterdir() if other.is_file() and not other.name.endswith(".lock")):
        whole.update(f"{part.name}\n{checksum(part)}\n".encode())
    return whole.hexdigest()


def damaged(what: str, where: str, error: Exception) -> FileProblem:
    """The error for a file that ends early or makes no sense."""
    return FileProblem(
        f"{what} is damaged or cut short", where=where, found=str(error), todo="Download or save it again"
    )


def too_large(where: str) -> FileProblem:
    return FileProblem(
        "the file is too large", where=where, expected="at most 1 GB unpacked", todo="Cut it to your area"
    )
