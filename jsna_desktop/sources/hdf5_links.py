"""HDF5 files (netCDF 4) that would take their data from other files.

HDF5 follows three kinds of pointers to other files by itself, and none can be turned off: external links, data sets
stored in external files, and virtual data sets. A file that was made to be read elsewhere could so show any file of
this computer as a raster. Each kind is known by its own record in the file, which is looked for in all its bytes and
then checked part by part, so that values which look like the beginning of one are not taken for it.
Source: HDF5 File Format Specification 3.0, IV.A.2.g (link), IV.A.2.h (external data files), IV.A.2.i (data layout).
"""

import mmap
import re
from pathlib import Path

from jsna_desktop.errors import FileProblem

# A link of type 64 with its type written down (flag 3): `\x01`, flags, `\x40`.
_LINK = re.compile(rb"\x01[\x08-\x0f\x18-\x1f]\x40")
# External files: version 1, three zeros, slots allocated and used, and the address of a local heap of their names.
_EXTERNAL = re.compile(rb"\x01\x00\x00\x00(?!\x00\x00)..(?!\x00\x00)..(.{5})\x00\x00\x00", re.DOTALL)
# A virtual layout: version 4 or 5, class 3, and the address of a global heap of what lies where.
_VIRTUAL = re.compile(rb"[\x04\x05]\x03(.{5})\x00\x00\x00", re.DOTALL)
# A heap of links: version 0, length of an id, length of its filters. Links that are packed cannot be seen.
_HEAP = re.compile(rb"FRHP\x00..(?!\x00\x00)..", re.DOTALL)
# Values of a raster look like a beginning now and then; a file of nothing else was made so.
_MOST_LIKE = 500_000
_LONGEST_NAME = 256  # netCDF takes no longer one


def check_stands_alone(path: Path, where: str) -> None:
    """FileProblem where the HDF5 file at `path` names other files as the place of its data."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = _points_elsewhere(content)
    if found:
        raise FileProblem(
            "the raster takes its data from another file",
            where=where,
            found=found,
            expected="a netCDF that holds its own values",
            todo="Export it again as one file",
        )


def _points_elsewhere(content: mmap.mmap) -> str:
    if _HEAP.search(content):
        return "packed links"
    kinds = (
        (_EXTERNAL, b"HEAP", "data in an external file"),
        (_VIRTUAL, b"GCOL", "a virtual data set"),
    )
    for pattern, heap, words in kinds:
        for number, match in enumerate(pattern.finditer(content)):
            at = int.from_bytes(match[1], "little")
            if number > _MOST_LIKE or content[at : at + 4] == heap:
                return words
    for number, match in enumerate(_LINK.finditer(content)):
        if number > _MOST_LIKE or _is_external_link(content, match.start()):
            return "an external link"
    return ""


def _is_external_link(content: mmap.mmap, start: int) -> bool:
    """Whether a whole link to another file stands here: its name, and then a file's name and a path within it."""
    flags = content[start + 1]
    at = start + 3 + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    size = 1 << (flags & 3)
    long = int.from_bytes(content[at : at + size], "little")
    if not 0 < long <= _LONGEST_NAME:
        return False
    at += size + long
    held = int.from_bytes(content[at : at + 2], "little")
    told = content[at + 2 : at + 2 + held]
    # Its version and flags, of which there are none yet, then the file's name and the path, each up to a zero.
    name, _, rest = told[1:].partition(b"\x00")
    inside, end, _ = rest.partition(b"\x00")
    return len(told) == held and told[:1] < b"\x10" and bool(end) and _is_words(name) and _is_words(inside)


def _is_words(name: bytes) -> bool:
    try:
        return bool(name) and name.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False
