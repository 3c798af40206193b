"""What a file is, seen from its first bytes: packing, encoding, delimiter, title rows, heading, layers.

A `Peek` opens a file once and lazily; every reader's `recognise` looks at the same one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsna_desktop.errors import FileProblem, UsageProblem, shown
from jsna_desktop.sources import archive, opened, parquet, raster_form, streamed, vector
from jsna_desktop.sources import column_map as column_maps
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.sheets import GUIDE_SHEET, SAMPLE_ROWS, Sheet, header_row, text_rows
from jsna_desktop.sources.workbook import Book

HEAD_BYTES = 1 << 18
# What a file begins with that cannot be read, and what to do.
_REFUSED = (
    (b"%PDF", "a PDF document", "Download the table behind it as CSV or xlsx"),
    (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind (.xls)", "Open it in Excel and save it as .xlsx or CSV"),
    (b"\x89PNG", "a picture", "Choose the data file itself"),
    (b"\xff\xd8\xff", "a picture", "Choose the data file itself"),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and choose the files in it"),
    (b"Rar!", "a RAR archive", "Unpack it and choose the files in it"),
)

ProgressCall = Callable[[str, float | None], None]


def quiet(_message: str, _fraction: float | None = None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Recognised:
    """What a file is, before it is read: `reason` says by what it was known; `details` are the reader's own notes."""

    kind: str
    title: str
    geography: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


# West, south, east and north in EPSG:27700 metres.
Box = tuple[float, float, float, float]


class Waits(Exception):
    """The file is one of those that are clipped, and the box to clip it to is not known yet: ask again with it."""


@dataclass(frozen=True)
class Options:
    """What the person said about a file: its geography where the file does not say, and who watches the work.

    `box` is what roads, rasters and backgrounds are clipped to; None where no boundaries say where the place is.
    """

    geography: str = ""
    progress: ProgressCall = quiet
    box: Box | None = None


@dataclass(frozen=True)
class Source:
    """One reader: the kinds it gives (`--as`), how it knows its files, how it reads them.

    A `clipped` one keeps of a national file what lies in `Options.box`.
    """

    kinds: tuple[str, ...]
    recognise: Callable[["Peek"], Recognised | None]
    read: Callable[["Peek", Recognised, Options], Reading]
    clipped: bool = False


class Peek:
    """A file seen from outside. `where` names it in messages; raises FileProblem for what cannot be a data file."""

    def __init__(self, path: Path, column_map: Mapping[str, Any] | None = None) -> None:
        self.path, self.map = path, column_maps.parse(column_map or {})
        self.column_map = self.map.columns
        self.where = shown(path.name)
        self.start, self.size, self._seen = b"", 0, opened.state(path)
        if self._seen is None:
            raise FileProblem("there is no such file", where=str(path), todo="Check the name and the folder")
        if path.is_dir():
            if not vector.is_geodatabase(path):
                raise FileProblem("this is a folder", where=self.where, todo="Choose the files in it, or a zip of it")
            return
        self.start, self.size = opened.start(path, HEAD_BYTES)
        if not self.size:
            raise FileProblem("the file is empty", where=self.where, todo="Download or save it again")

    def check_unchanged(self) -> None:
        """FileProblem where the file is no longer the one that was opened: its parts may be of two files."""
        if opened.state(self.path) != self._seen:
            raise opened.changed(self.where)

    @cached_property
    def form(self) -> str:
        """`text`, `xlsx`, `parquet`, `vector`, `raster`, `tiles` (MBTiles), `osm`, `codepoint` (a zip of many CSV)."""
        if self.path.is_dir():
            return "vector"
        if self.start.startswith(b"PK"):
            return self._zip_form()
        vector.check_is_no_part(self.path, self.start, self.where)
        vector.check_name(self.path, self.start, self.where)
        return self._plain_form(self.head)

    def _plain_form(self, head: bytes) -> str:
        form = raster_form.form_of(head)
        if form:
            return form
        for mark, what, todo in _REFUSED:
            if head.startswith(mark):
                raise FileProblem(f"this is {what}", where=self.where, todo=todo)
        if head.startswith(b"PAR1"):
            return "vector" if b"geo" in (self.parquet_schema.metadata or {}) else "parquet"
        if vector.format_of(head):
            vector.check_pointers(head, self.where)
            return "vector"
        if head.startswith(b"SQLite format 3\x00"):
            raise FileProblem(
                "this is a database, not a GeoPackage",
                where=self.where,
                expected="a GeoPackage of boundaries",
                todo="If it is a workspace, open it rather than add it",
            )
        text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000]
        if text[:200].lower().startswith((b"<!doctype html", b"<html")):
            raise FileProblem("this is a web page", where=self.where, todo="Download the file that the page links to")
        if b"\x00" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileProblem(
                "this is no file of a kind that can be read",
                where=self.where,
                expected=f"a table (CSV, xlsx, Parquet) or boundaries ({vector.READABLE})",
                todo="Choose another file",
            )
        return "text"

    def _zip_form(self) -> str:
        names = self.members
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        if self.main_member:
            return "vector"
        if raster_form.member_of(self.members, self.where):
            return "raster"
        data = self.tables
        if self._inner_workbook and not data:
            return "xlsx"
        if len(data) > 1:
            return "codepoint"
        if len(data) == 1:
            return self._plain_form(self.head)
        if {"mimetype", "content.xml"} <= set(names):
            raise FileProblem(
                "this is an OpenDocument spreadsheet (.ods)",
                where=self.where,
                todo="Open it in Excel or LibreOffice and save it as .xlsx or CSV",
            )
        raise FileProblem(
            "the zip holds no data file",
            where=self.where,
            found=", ".join(names[:5]) or "nothing",
            expected=f"CSV files, or boundaries ({vector.READABLE})",
            todo="Choose another file",
        )

    @cached_property
    def members(self) -> list[str]:
        """Names in a zip, folders left out; [] for any other file."""
        if not self.start.startswith(b"PK"):
            return []
        return archive.names(self.path, self.where)

    @cached_property
    def main_member(self) -> str:
        """What to open in a zip of shapes (`vector.main_member`); "" where it is none."""
        return vector.main_member(self.members, self.member, self.where)

    @cached_property
    def tables(self) -> list[str]:
        """Data files in a zip; the papers of Code-Point Open's `Doc` folder are none."""
        shapes = (".geojson", ".geojsonl", ".geojsons", ".ndjson", ".gpkg", ".fgb")
        endings = (*shapes, ".csv", ".json", ".parquet", ".txt", ".tsv", ".tab")
        found = [
            name
            for name in self.members
            if name.lower().endswith(endings) and not name.lower().startswith("doc/") and "readme" not in name.lower()
        ]
        alone = [name for name in found if name.lower().endswith(shapes)]
        # Beside a layer of shapes lie its papers.
        return alone if len(alone) == 1 else found

    def member(self, name: str) -> bytes:
        """The bytes of one file in the zip."""
        return archive.member(self.path, name, self.where)

    def inside(self, name: str) -> "Peek":
        """This zip as if `name` were the only data file in it."""
        other = Peek(self.path, self.map.as_dict())
        other.tables = [name]
        return other

    def damaged(self, what: str, error: Exception) -> FileProblem:
        return archive.damaged(what, self.where, error)

    @property
    def packed(self) -> bool:
        return self.start.startswith((b"\x1f\x8b", b"PK"))

    @cached_property
    def head(self) -> bytes:
        """The first bytes, unpacked from gz or from a zip with one file in it."""
        if self.start.startswith(b"\x1f\x8b"):
            return archive.gunzipped(self.path, self.where, HEAD_BYTES)
        if not self._single:
            return self.start
        with streamed.opened(self.path, self.where, self._single) as file:
            return file.read(HEAD_BYTES) or b""

    @cached_property
    def content(self) -> bytes:
        """The whole file, unpacked."""
        most = archive.LARGEST_BYTES
        if self.start.startswith(b"\x1f\x8b"):
            content = archive.gunzipped(self.path, self.where, most + 1)
        elif self._single:
            content = self.member(self._single)
        elif self.size > most:
            raise archive.too_large(self.where)
        else:
            content = self.path.read_bytes()
        if len(content) > most:
            raise archive.too_large(self.where)
        return content

    @property
    def _single(self) -> str:
        """The one file of a zip that is read whole; "" for any other file."""
        if not self.start.startswith(b"PK") or self._is_workbook:
            return ""
        if self.main_member.lower().endswith(".kml"):
            return self.main_member
        return self.tables[0] if len(self.tables) == 1 else ""

    @property
    def _is_workbook(self) -> bool:
        return any(name.startswith("xl/") for name in self.members)

    @property
    def _inner_workbook(self) -> str:
        """The one workbook in a zip, as ONS packs them; "" for any other file."""
        found = [name for name in self.members if name.lower().endswith((".xlsx", ".xlsm"))]
        return found[0] if len(found) == 1 and not self._is_workbook else ""

    @cached_property
    def parquet_schema(self) -> Any:
        return parquet.schema(self.parquet_file, self.where)

    @property
    def parquet_file(self) -> Any:
        """What a Parquet file is opened from: the path, or its bytes where it is packed."""
        return self.content if self.packed else self.path

    @property
    def parquet_schema_or_none(self) -> Any:
        """The Parquet schema; None for any other file."""
        return self.parquet_schema if self.head.startswith(b"PAR1") else None

    @cached_property
    def layer(self) -> Any:
        """The layer of a file of shapes (`layers.Layer`), described once for all readers that look at it."""
        from jsna_desktop.sources.layers import describe_layer

        return describe_layer(self)

    @cached_property
    def raster(self) -> Any:
        """What a raster says of itself (`raster_file.RasterFile`), for all readers that look at it."""
        from jsna_desktop.sources.raster_file import describe_raster

        return describe_raster(self)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the file as it is on disk."""
        if "content" in self.__dict__ and not self.packed:
            return archive.digest(self.content)  # it is in memory already
        return archive.checksum(self.path)

    @cached_property
    def encoding(self) -> str:
        """Of a text file: UTF-8 with or without its mark, UTF-16, or cp1252 where the bytes are no UTF-8."""
        return opened.encoding(self.content, self.where)

    @cached_property
    def sheet(self) -> Sheet | None:
        """The top of the table; None where the file is no table."""
        if self.form == "text":
            if len(self.head) >= HEAD_BYTES and not {10, 13} & set(self.head):
                raise FileProblem(
                    "the first line of the file never ends",
                    where=self.where,
                    found=f"{HEAD_BYTES:,} characters and more",
                    expected="a table with one row a line",
                    todo="Choose another file",
                )
            rows, delimiter = text_rows(self.head.decode(self.encoding, errors="replace"))
            return self._sheet(rows, delimiter)
        if self.form == "xlsx":
            return self._data_sheet()
        if self.form == "parquet":
            return self._sheet([list(self.parquet_schema.names)])
        return None

    @cached_property
    def book(self) -> Book:
        """The workbook, as it lies on disk or alone in a zip."""
        inner = self._inner_workbook
        return Book(self.member(inner) if inner else self.path, self.where)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The top of every sheet of a workbook that is not hidden, under its own headings; of another table, `sheet`.

        Where all are hidden, all of them. A column map is of one sheet: with it there is only `sheet`.
        """
        if self.form != "xlsx" or self.column_map or len(self._shown) == 1:
            return (self.sheet,) if self.sheet is not None else ()
        return tuple(self._sheet(top.rows, name=top.name, mapped=False) for top in self._shown)

    @property
    def _shown(self) -> list[Any]:
        seen = [top for top in self.book.tops if not top.hidden and top.name != GUIDE_SHEET]
        return seen or list(self.book.tops)

    def _data_sheet(self) -> Sheet:
        """The sheet with the data: the largest that has the columns of the map, where there is one."""
        largest = sorted(self._shown, key=lambda top: -top.size)
        wanted = {*self.column_map.values(), *(self.map.wide.headings if self.map.wide else ())}
        mapped = [top for top in largest if wanted and wanted <= set(self._sheet(top.rows, mapped=False).headings)]
        chosen = (mapped or largest)[0]
        if not any(any(row) for row in chosen.rows):
            self.book.rows(chosen.name)  # says why nothing of it is shown, unless it is blank
        return self._sheet(chosen.rows, name=chosen.name)

    def _sheet(self, rows: list[list[str]], delimiter: str = ",", name: str = "", mapped: bool = True) -> Sheet:
        header = header_row(rows)
        titles = tuple(" ".join(cell for cell in row if cell).strip() for row in rows[:header])
        headings = rows[header] if rows else []
        headings = self.renamed(headings) if mapped else [heading.strip() for heading in headings]
        body = tuple(tuple(row) for row in rows[header + 1 :][:SAMPLE_ROWS])
        sheet = Sheet(tuple(headings), body, header, tuple(filter(None, titles)), delimiter, name)
        return column_maps.shown(sheet, self.map, self.where) if mapped else sheet

    def renamed(self, headings: list[str]) -> list[str]:
        """Headings under the names that the column map gives them; UsageProblem where it names no column."""
        stripped = [heading.strip() for heading in headings]
        new = {file_name: plain for plain, file_name in self.column_map.items()}
        missing = [name for name in new if name not in stripped]
        if missing:
            raise UsageProblem(
                f"the column map names a column that the file does not have: {missing[0]}",
                where=self.where,
                found="columns " + ", ".join(stripped[:20]),
                todo="Correct the column map",
            )
        return [new.get(heading, heading) for heading in stripped]
