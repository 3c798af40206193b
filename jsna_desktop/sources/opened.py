"""A file before it is read: whether it is one, whether it stays the same, and in which encoding its text is."""

import codecs
from pathlib import Path

from jsna_desktop.errors import FileProblem, shown

_PIECE = 1 << 22
LONGEST_LINE = 1 << 20
# Marks at the beginning of a text, and the encoding that each says.
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def state(path: Path) -> tuple[int, ...] | None:
    """What changes when a file does; None where there is no file. FileProblem where one may not look."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise not_opened(path, error) from error
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def start(path: Path, most: int) -> tuple[bytes, int]:
    """(first bytes, size) of a file; FileProblem where it cannot be opened or is a pipe or a device."""
    if not path.is_file():
        # A pipe would be waited for without end, a device read without end.
        raise FileProblem("this is no file but a device or a pipe", where=shown(path.name), todo="Choose a file")
    try:
        with path.open("rb") as file:
            return file.read(most), path.stat().st_size
    except OSError as error:
        raise not_opened(path, error) from error


def not_opened(path: Path, error: OSError) -> FileProblem:
    return FileProblem(
        "the file cannot be opened",
        where=shown(path.name),
        found=error.strerror or str(error),
        todo="Close it in other programs and check that you may read it",
    )


def changed(where: str) -> FileProblem:
    """The error for a file that is no longer the one that was opened: its parts may be of two files."""
    return FileProblem(
        "the file changed while it was read",
        where=where,
        todo="Wait until it is downloaded or saved, then add it again",
    )


def check_lines(content: bytes, where: str) -> None:
    """FileProblem naming the first line that is longer than any table's: each takes many times its bytes to read."""
    place, size = 0, len(content)
    while size - place > LONGEST_LINE:
        end = max(content.rfind(mark, place, place + LONGEST_LINE) for mark in (b"\n", b"\r"))
        if end < 0:
            row = content.count(b"\n", 0, place) + 1
            raise FileProblem(
                "a line of the file is far too long",
                where=f"{where}, row {row}",
                found=f"more than {LONGEST_LINE:,} characters",
                expected="a table with one row a line",
                todo="Choose another file, or remove the line",
            )
        place = end + 1


def encoding(content: bytes, where: str) -> str:
    """Of a text: UTF-8 with or without its mark, UTF-16, or cp1252 where the bytes are no UTF-8.

    FileProblem where a mark says what the text is not, and for a line that no table has.
    """
    check_lines(content, where)
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not marked and content.isascii():
        return "utf-8"
    # In pieces: text takes up to four times the memory of its bytes.
    decoder = codecs.getincrementaldecoder(marked or "utf-8")()
    try:
        for place in range(0, len(content), _PIECE):
            decoder.decode(content[place : place + _PIECE], final=place + _PIECE >= len(content))
    except UnicodeError as error:
        if not marked:
            return "cp1252"
        raise FileProblem(
            f"the file begins as {marked.removesuffix('-sig').upper()} and goes on as something else",
            where=where,
            todo="Save it again as CSV UTF-8",
        ) from error
    return marked or "utf-8"
