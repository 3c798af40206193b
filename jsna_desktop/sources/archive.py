"""Files as they lie on disk: what is in a zip or gz that a stranger packed, and what tells one file from another."""

import gzip
import hashlib
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath

from jsna_desktop.errors import FileProblem

# Unpacked, a file larger than this is refused: nothing published for small areas is, and a zip bomb is.
LARGEST_BYTES = 1 << 30
# Files that belong together (a shapefile, a geodatabase) may be larger than any one of them.
LARGEST_TOGETHER = 2 << 30
# Text of one repeated cell packs to a hundredth; what packs tighter still, and is large, was made to fill a disk.
_TIGHTEST, _TIGHT_FROM = 200, 200_000_000
# Nothing published has as many files in it; a list of a million takes the memory of a million.
_LONGEST_LIST = 8 << 20
_FOLDER_OF_PAPERS = "__macosx/"
_PIECE = 1 << 22
# What libraries say to each other, and nobody else understands.
_OF_PROGRAMS = re.compile(
    r"Exception|previous exception|Traceback|dtype|header fields|Error\b|errno|codec|struct|thrift|0x|::|"
    r"\.(py|cc|cpp|rs)\b",
    re.IGNORECASE,
)
# What zipfile and zlib let through for a damaged zip.
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    NotImplementedError, RuntimeError, ValueError, IndexError,
)  # fmt: skip


def names(path: Path, where: str) -> list[str]:
    """Names of the files in a zip, folders left out.

    FileProblem for a damaged zip, names that lead out of it, and a list of files that was made to mislead: too long,
    with a name twice (programs differ in which they open), with files that lie inside one another.
    """
    try:
        _check_list(path, where)
        with zipfile.ZipFile(path) as archive:
            every = archive.infolist()
    except BROKEN as error:
        raise damaged("the zip", where, error) from error
    for entry in every:
        if _leads_out(entry):
            raise FileProblem(
                "the zip holds a file that would land outside its own folder",
                where=where,
                found=f"“{entry.filename[:120]}”",
                expected="plain names, as a zip from a publisher has",
                todo="Do not unpack it; ask for it again from where it comes from",
            )
    _check_apart(every, where)
    entries = [entry for entry in every if not entry.is_dir()]
    return [entry.filename for entry in entries if not entry.filename.lower().startswith(_FOLDER_OF_PAPERS)]


def _check_list(path: Path, where: str) -> None:
    """FileProblem where the list of files is longer than any publisher's, before it is read."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - (1 << 16) - 22))
        end = file.read()
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or place + 16 > len(end):
        return  # zipfile says what is wrong with it
    (size,) = struct.unpack_from("<I", end, place + 12)
    large = end.rfind(b"PK\x06\x06")
    if size == 0xFFFFFFFF and 0 <= large <= len(end) - 48:
        (size,) = struct.unpack_from("<Q", end, large + 40)
    if size > _LONGEST_LIST:
        raise FileProblem(
            "the zip holds far more files than data of this kind can be",
            where=where,
            found=f"a list of them of {size / 1e6:,.0f} MB",
            todo="Choose the files that are needed, or zip only those",
        )


def _check_apart(entries: Sequence[zipfile.ZipInfo], where: str) -> None:
    """FileProblem where two files of a zip share a name or a place: a small zip can so unpack to any size."""
    seen = set()
    twice = next((entry.filename for entry in entries if entry.filename in seen or seen.add(entry.filename)), None)
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    inside = any(start + packed > following for (start, packed), (following, _) in pairwise(places))
    if twice is not None or inside:
        raise FileProblem(
            "the zip was made to mislead: files in it share a name or a place",
            where=where,
            found=f"“{twice[:120]}” twice" if twice is not None else "files that lie inside one another",
            expected="each file once",
            todo="Do not unpack it; ask for it again from where it comes from",
        )


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """No name, an absolute one, one with `..`, or a link: none of them is a file of this zip."""
    # zipfile cuts names at a NUL byte; what was written is in `orig_filename`.
    written = entry.orig_filename
    parts = PurePosixPath(written.replace("\\", "/")).parts
    absolute = written.startswith(("/", "\\")) or bool(PureWindowsPath(written).drive)
    return (
        not entry.filename or absolute or ".." in parts or "\x00" in written or stat.S_ISLNK(entry.external_attr >> 16)
    )


def member(path: Path, name: str, where: str) -> bytes:
    """The bytes of one file in a zip; FileProblem where it is damaged, locked or larger than a data file can be."""
    check_size(path, [name], where)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (*BROKEN, KeyError) as error:
        raise damaged(f"{name} in the zip", where, error) from error


def head(path: Path, name: str, where: str, most: int) -> bytes:
    """The first `most` bytes of one file in a zip."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            return file.read(most)
    except (*BROKEN, KeyError) as error:
        raise damaged(f"{name} in the zip", where, error) from error


def check_size(path: Path, wanted: Sequence[str], where: str) -> None:
    """FileProblem where files in a zip are larger, unpacked, than data can be, or packed too tight to be data."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [archive.getinfo(name) for name in wanted]
    except (*BROKEN, KeyError) as error:
        raise damaged("the zip", where, error) from error
    check_entries(entries, where)


def unpacked_size(path: Path, wanted: Sequence[str], where: str) -> int:
    """What these files in a zip take together, unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(archive.getinfo(name).file_size for name in wanted)
    except (*BROKEN, KeyError) as error:
        raise damaged("the zip", where, error) from error


def check_entries(entries: Sequence[zipfile.ZipInfo], where: str) -> None:
    """As `check_size`, of entries of a zip that is open."""
    size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    largest = LARGEST_BYTES if len(entries) == 1 else LARGEST_TOGETHER
    tight = size > _TIGHT_FROM and size > _TIGHTEST * max(packed, 1)
    if size > largest or tight:
        raise _bomb("zip", size, packed, largest, where, entries[0].filename[:80])


def _bomb(what: str, size: int, packed: int, largest: int, where: str, name: str = "") -> FileProblem:
    return FileProblem(
        f"the {what} would unpack to far more than data of this kind can be",
        where=where,
        found=f"{size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB" + (f", {name}" if name else ""),
        expected=f"at most {largest / 1e6:,.0f} MB, and at most {_TIGHTEST} times its packed size",
        todo="Download it again; if it is right, unpack it and cut it to your area",
    )


def gunzipped(path: Path, where: str, most: int) -> bytes:
    """The first `most` bytes of a gz file, unpacked; FileProblem where it is packed too tight to be data."""
    pieces: list[bytes] = []
    size, packed = 0, path.stat().st_size
    try:
        with gzip.open(path) as file:
            while size < most and (piece := file.read(min(_PIECE, most - size))):
                pieces.append(piece)
                size += len(piece)
                # A gz does not say how large it is unpacked: it is found out while it is.
                if size > _TIGHT_FROM and size > _TIGHTEST * packed:
                    raise _bomb("gz file", size, packed, LARGEST_BYTES, where)
    except (EOFError, OSError, zlib.error) as error:
        raise damaged("the gz file", where, error) from error
    return b"".join(pieces)


def digest(content: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def checksum(path: Path) -> str:
    """SHA-256 of a file as it is on disk; of a folder (a File Geodatabase), of its files' names and contents."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for part in sorted(other for other in path.iterdir() if other.is_file() and not other.name.endswith(".lock")):
        whole.update(f"{part.name}\n{checksum(part)}\n".encode())
    return whole.hexdigest()


def in_plain_words(error: Exception) -> str:
    """The first line of what a library said of a file, where a person can use it; "" where only programs can."""
    said = str(error).partition("\n")[0].strip()
    return "" if _OF_PROGRAMS.search(said) else said[:300]


def damaged(what: str, where: str, error: Exception) -> FileProblem:
    """The error for a file that ends early or makes no sense, with what was said of it where a person can use that."""
    return FileProblem(
        f"{what} is damaged or cut short",
        where=where,
        found=in_plain_words(error),
        todo="Download or save it again",
    )


def too_large(where: str) -> FileProblem:
    return FileProblem(
        "the file is too large", where=where, expected="at most 1 GB unpacked", todo="Cut it to your area"
    )
