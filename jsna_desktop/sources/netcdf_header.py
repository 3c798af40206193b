"""The header of a classic netCDF file (CDF-1, 2 and 5), seen to hold what it counts.

The library makes room for as many dimensions, attributes and variables as a header declares before it looks whether
they are there: a file of a kilobyte could so take gigabytes.
Source: NetCDF Classic Format Specification (Unidata), the grammar of the header.
"""

import mmap
import struct
from pathlib import Path

from jsna_desktop.errors import FileProblem

_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
# Bytes of a value of each type: byte, char, short, int, float, double, and those of CDF-5.
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}


class _Beyond(Exception):
    """The header declares more than the file has."""


class _Header:
    def __init__(self, content: mmap.mmap) -> None:
        self._content, self._at = content, 4
        self._wide = content[3] == 5  # counts of eight bytes
        self._offset = 4 if content[3] == 1 else 8

    def check(self) -> None:
        self._number(self._wide)  # records
        for _ in range(self._list(_DIMENSIONS)):
            self._name()
            self._number(self._wide)
        self._attributes()
        for _ in range(self._list(_VARIABLES)):
            self._name()
            self._skip(self._count(4), 8 if self._wide else 4)
            self._attributes()
            self._skip(1, 4 + (8 if self._wide else 4) + self._offset)  # its type, its size, where it begins

    def _attributes(self) -> None:
        for _ in range(self._list(_ATTRIBUTES)):
            self._name()
            of = _BYTES.get(self._number(False))
            if of is None:
                raise _Beyond
            self._padded(self._count(of) * of)

    def _list(self, tag: int) -> int:
        """How many entries a list has; each takes eight bytes at least."""
        found, many = self._number(False), self._count(8)
        if found != tag and (found or many):
            raise _Beyond
        return many

    def _name(self) -> None:
        self._padded(self._count(1))

    def _padded(self, size: int) -> None:
        self._skip(-(-size // 4), 4)

    def _count(self, each: int) -> int:
        """A count of things of `each` bytes, for all of which there is room in what is left of the file."""
        many = self._number(self._wide)
        if many * each > len(self._content) - self._at:
            raise _Beyond
        return many

    def _number(self, wide: bool) -> int:
        size = 8 if wide else 4
        part = self._content[self._at : self._at + size]
        if len(part) < size:
            raise _Beyond
        self._at += size
        return struct.unpack(">Q" if wide else ">I", part)[0]

    def _skip(self, many: int, each: int) -> None:
        if many * each > len(self._content) - self._at:
            raise _Beyond
        self._at += many * each


def check_header(path: Path, where: str) -> None:
    """FileProblem where the classic netCDF file at `path` declares more than it has."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            _Header(content).check()
        except _Beyond as error:
            raise FileProblem(
                "the raster is damaged or cut short",
                where=where,
                found="a netCDF that declares more than the file holds",
                todo="Download or export it again",
            ) from error
