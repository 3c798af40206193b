"""Files too large to hold in memory, read piece by piece: plain, out of a gz, or straight out of a zip.

The limits of `archive` keep what is unpacked whole into memory from filling it. What passes by in pieces may be larger,
but no less is asked of it: it has a limit too, and what is packed too tight to be data is refused.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive

# The largest file published for the whole of the United Kingdom, the ONS Postcode Directory, has 1.4 GB.
LARGEST_BYTES = 4 << 30
# As archive: text packs to a hundredth at most.
_TIGHTEST, _TIGHT_FROM = 200, 200_000_000


class Pieces(io.RawIOBase):
    """A file that counts what is read of it, and stops where that is more than it can be.

    `share` is how much of it was read, 0–1, by what it says of its size.
    """

    def __init__(self, file: IO[bytes], where: str, size: int, packed: int) -> None:
        super().__init__()
        self._file, self._where, self._size, self._packed, self._read = file, where, max(size, 1), packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            piece = self._file.read(len(buffer))
        except (*archive.BROKEN, gzip.BadGzipFile, zlib.error) as error:
            raise archive.damaged("the file", self._where, error) from error
        self._read += len(piece)
        if self._read > LARGEST_BYTES or (self._read > _TIGHT_FROM and self._read > _TIGHTEST * max(self._packed, 1)):
            raise _too_much(self._where, self._read, self._packed)
        buffer[: len(piece)] = piece
        return len(piece)

    @property
    def share(self) -> float:
        return min(self._read / self._size, 1.0)


def _too_much(where: str, size: int, packed: int) -> FileProblem:
    return FileProblem(
        "the file would unpack to far more than data of this kind can be",
        where=where,
        found=f"over {size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB",
        expected=f"at most {LARGEST_BYTES / 1e6:,.0f} MB, and at most {_TIGHTEST} times its packed size",
        todo="Download it again; if it is right, cut it to your area",
    )


@contextmanager
def opened(path: Path, where: str, name: str = "") -> Iterator[Pieces]:
    """The file at `path`, or the file `name` of the zip there, to be read in pieces.

    FileProblem where it is damaged, or is or says that it is larger than it can be.
    """
    packed = path.stat().st_size
    with ExitStack() as stack:
        try:
            file, size, packed = _opened(path, name, packed, stack)
        except (*archive.BROKEN, KeyError) as error:
            raise archive.damaged("the file", where, error) from error
        if size > LARGEST_BYTES or (size > _TIGHT_FROM and size > _TIGHTEST * max(packed, 1)):
            raise _too_much(where, size, packed)
        yield Pieces(file, where, size, packed)


def _opened(path: Path, name: str, packed: int, stack: ExitStack) -> tuple[IO[bytes], int, int]:
    """(file, its size unpacked as far as it says, its size packed); `stack` closes it."""
    if name:
        book = stack.enter_context(zipfile.ZipFile(path))
        entry = book.getinfo(name)
        return stack.enter_context(book.open(entry)), entry.file_size, entry.compress_size
    with path.open("rb") as file:
        start = file.read(2)
    if start == b"\x1f\x8b":
        return cast(IO[bytes], stack.enter_context(gzip.open(path))), packed, packed
    return stack.enter_context(path.open("rb")), packed, packed
