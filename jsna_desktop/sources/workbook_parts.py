"""What is inside an xlsx: its sheets and where they lie, how far their cells reach, formulas without a value.

A workbook is a zip of XML that a stranger made. Before calamine sees it, sizes, document types (entities) and cells
that lie absurdly far apart are refused: it lays a sheet out as a full grid, so two cells are enough to fill the memory.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any
from xml.parsers import expat

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive

# All output areas of England and Wales by single year of age and sex are 36 million cells.
LARGEST_GRID = 45_000_000
_LARGEST_TEXTS = 1 << 28
_TOP_BYTES = 1 << 23
_CHUNK = 1 << 22
_MANY = 20
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT_RESULT = re.compile(rb"""\bt\s*=\s*["']str["']""")


@dataclass(frozen=True)
class Part:
    """One sheet: its name, the file in the zip that holds it, that file's size, whether Excel hides it."""

    name: str
    member: str
    size: int
    hidden: bool


@dataclass(frozen=True)
class Extent:
    """How far the filled cells of a sheet reach (`rows`, `columns`), which cell reaches furthest, and which formulas

    (up to 20 cells, `B7`) were saved without their value; `valueless` is how many.
    """

    rows: int
    columns: int
    furthest: str = ""
    formulas: tuple[str, ...] = ()
    valueless: int = 0


class _Enough(Exception):
    """Raised inside the XML parser to stop it early."""


def sheets(book: zipfile.ZipFile, where: str) -> list[Part]:
    """The sheets of cells, in the workbook's order. FileProblem for what is no xlsx, and for one made to do harm."""
    names = set(book.namelist())
    if "xl/workbook.xml" not in names:
        raise FileProblem(
            "this is a workbook of another kind than xlsx",
            where=where,
            expected="a workbook saved as .xlsx",
            todo="Open it in Excel and save it as .xlsx or CSV",
        )
    kept = [name for name in book.namelist() if name.startswith("xl/") and not name.startswith("xl/media/")]
    archive.check_entries([book.getinfo(name) for name in kept], where)
    for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
        if name in names:
            if book.getinfo(name).file_size > _LARGEST_TEXTS:
                raise archive.too_large(where)
            with book.open(name) as stream:
                _no_document_type(stream.read(1 << 16), where)
    targets = {
        attributes.get("Id", ""): _member(attributes.get("Target", ""))
        for name, attributes in _elements(book.read("xl/_rels/workbook.xml.rels"), where)
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet")
    }
    found = []
    for name, attributes in _elements(book.read("xl/workbook.xml"), where):
        own = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        if name == "sheet" and targets.get(own) in names:
            hidden = attributes.get("state", "visible") != "visible"
            member = targets[own]
            found.append(Part(attributes.get("name", ""), member, book.getinfo(member).file_size, hidden))
    if not found:
        raise FileProblem("the workbook has no sheet of cells", where=where, todo="Save the table in a sheet")
    return found


def _member(target: str) -> str:
    return target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)


def _parser(where: str) -> Any:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise FileProblem(
            "the workbook declares a document type, which no spreadsheet program writes",
            where=where,
            todo="Do not open it; ask for it again from where it comes from",
        )

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _elements(content: bytes, where: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small XML file as (name without prefix, attributes)."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser(where)
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    _parse(parser, content, where, final=True)
    return found


def _no_document_type(head: bytes, where: str) -> None:
    """FileProblem where an XML file declares entities; they can only stand before its first element."""
    parser = _parser(where)

    def first(*_: object) -> None:
        raise _Enough

    parser.StartElementHandler = first
    try:
        _parse(parser, head, where)
    except _Enough:
        return


def _parse(parser: Any, content: bytes, where: str, final: bool = False) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise archive.damaged("the workbook", where, ValueError("its XML is not UTF-8"))
    try:
        parser.Parse(content, final)
    except expat.ExpatError as error:
        raise archive.damaged("the workbook", where, error) from error


def top(stream: IO[bytes], count: int, where: str) -> bytes:
    """The first `count` rows of a sheet as an XML file of its own; no row where the first alone is beyond reason."""
    content = bytearray()
    opened: list[str] = []
    # Where the last whole row ends, and where the rows begin: the file may be cut at either.
    ends, inside = [0], [0]
    parser = _parser(where)

    def start(name: str, _attributes: object) -> None:
        if name.rpartition(":")[2] == "row" and not inside[0]:
            inside[0] = parser.CurrentByteIndex
        opened.append(name)

    def end(name: str) -> None:
        opened.pop()
        if name.rpartition(":")[2] == "row":
            ends.append(content.index(b">", parser.CurrentByteIndex) + 1)
            if len(ends) > count:
                raise _Enough

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        while len(content) < _TOP_BYTES:
            piece = stream.read(1 << 16)
            if not piece:
                _parse(parser, b"", where, final=True)
                return bytes(content)
            content += piece
            if len(content) == len(piece):
                _parse(parser, piece, where)
            else:
                parser.Parse(piece, False)
    except _Enough:
        pass
    except expat.ExpatError as error:
        raise archive.damaged("the workbook", where, error) from error
    if not inside[0]:
        return b""
    # A row may be open where the file is cut: it is left out with what it holds.
    depth = next((place for place, name in enumerate(opened) if name.rpartition(":")[2] == "row"), len(opened))
    closing = "".join(f"</{name}>" for name in reversed(opened[:depth]))
    return bytes(content[: ends[-1] or inside[0]]) + closing.encode()


def extent(stream: IO[bytes]) -> Extent:
    """How far a sheet's filled cells reach, and its formulas without a value. Formats alone do not count."""
    reach = _Reach()
    for piece in _pieces(stream):
        reach.add(piece)
    return reach.result()


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces that end where a row begins, so that no cell is cut."""
    rest = b""
    while True:
        piece = stream.read(_CHUNK)
        if not piece:
            break
        rest += piece
        cut = max(rest.rfind(b"<row"), rest.rfind(b":row "), 0)
        if not cut and len(rest) > 4 * _CHUNK:
            cut = rest.rfind(b">") + 1 or len(rest)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


@dataclass
class _Reach:
    rows: int = 0
    columns: int = 0
    furthest: str = ""
    formulas: list[str] = field(default_factory=list)
    valueless: int = 0

    def add(self, piece: bytes) -> None:
        signs = np.frombuffer(piece + b"\x00" * 12, dtype=np.uint8)
        quote = (signs[2:] == 34) | (signs[2:] == 39)
        at = np.flatnonzero((signs[:-2] == 114) & (signs[1:-1] == 61) & quote) + 3
        close = np.flatnonzero(signs == 62)
        at = at[: np.searchsorted(at, close[-1])] if len(close) else at[:0]
        # `<c r="A1" s="4"/>` is a format without a cell in it.
        at = at[signs[close[np.searchsorted(close, at)] - 1] != 47]
        rows, columns = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
        reading = np.ones(len(at), dtype=bool)
        for step in range(10):
            sign = signs[at + step].astype(np.int64)
            digit = (sign >= 48) & (sign <= 57)
            letter = (sign >= 65) & (sign <= 90) & (rows == 0)
            reading &= digit | letter
            if not reading.any():
                break
            rows = np.where(reading & digit, rows * 10 + sign - 48, rows)
            columns = np.where(reading & letter, columns * 26 + sign - 64, columns)
        cells = columns > 0  # `<row r="1">` has no letters
        at, rows, columns = at[cells], rows[cells], columns[cells]
        if len(at):
            product = rows * columns
            place = at[int(product.argmax())]
            if int(rows.max()) > self.rows or int(columns.max()) > self.columns:
                self.furthest = re.split(rb"[\"']", piece[place : place + 12])[0].decode("ascii", "replace")
            self.rows, self.columns = max(self.rows, int(rows.max())), max(self.columns, int(columns.max()))
        if b"<f" in piece or b":f" in piece:
            for match in _NO_VALUE.finditer(piece):
                if match[2] and _TEXT_RESULT.search(match[1]):
                    continue  # a formula whose result is an empty text
                self.valueless += 1
                found = _REFERENCE.search(match[1])
                if found and len(self.formulas) < _MANY:
                    self.formulas.append((found[1] + found[2]).decode())

    def result(self) -> Extent:
        return Extent(self.rows, self.columns, self.furthest, tuple(self.formulas), self.valueless)
