"""What a file is, seen from its first bytes: packing, encoding, delimiter, title rows, heading, layers.

A `Peek` opens a file once and lazily; every reader's `recognise` looks at the same one.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.sheets import SAMPLE_ROWS, Sheet, header_row, text_rows

HEAD_BYTES = 1 << 18
# Unpacked, a file larger than this is refused: nothing published for small areas is, and a zip bomb is.
LARGEST_BYTES = 1 << 30
_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj")
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


@dataclass(frozen=True)
class Options:
    """What the person said about a file: its geography where the file does not say, and who watches the work."""

    geography: str = ""
    progress: ProgressCall = quiet


@dataclass(frozen=True)
class Source:
    """One reader: the kinds it gives (`--as`), how it knows its files, how it reads them."""

    kinds: tuple[str, ...]
    recognise: Callable[["Peek"], Recognised | None]
    read: Callable[["Peek", Recognised, Options], Reading]


class Peek:
    """A file seen from outside. `where` names it in messages; raises FileProblem for what cannot be a data file."""

    def __init__(self, path: Path, column_map: Mapping[str, str] | None = None) -> None:
        self.path, self.column_map = path, dict(column_map or {})
        self.where = path.name
        if not path.exists():
            raise FileProblem("there is no such file", where=str(path), todo="Check the name and the folder")
        if path.is_dir():
            raise FileProblem("this is a folder", where=self.where, todo="Choose the files in it, or a zip of it")
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self.start = file.read(HEAD_BYTES)
        except OSError as error:
            raise FileProblem(
                "the file cannot be opened",
                where=self.where,
                found=error.strerror or str(error),
                todo="Close it in other programs and check that you may read it",
            ) from error
        if not self.size:
            raise FileProblem("the file is empty", where=self.where, todo="Download or save it again")

    @cached_property
    def form(self) -> str:
        """`text`, `xlsx`, `parquet`, `vector`, `codepoint` (a zip of many CSV files)."""
        if self.start.startswith(b"PK"):
            return self._zip_form()
        suffix = self.path.suffix.lower()
        if self.start.startswith(b"\x00\x00\x27\x0a") and suffix != ".shp":
            suffix = ".shx"
        if suffix in _SHAPEFILE_PARTS:
            raise FileProblem(
                "this is one part of a shapefile",
                where=self.where,
                todo=f"Choose {self.path.stem}.shp, with its .shx and .dbf beside it",
            )
        return self._plain_form(self.head)

    def _plain_form(self, head: bytes) -> str:
        for mark, what, todo in _REFUSED:
            if head.startswith(mark):
                raise FileProblem(f"this is {what}", where=self.where, todo=todo)
        if head.startswith(b"PAR1"):
            return "vector" if b"geo" in (self.parquet_schema.metadata or {}) else "parquet"
        if head.startswith(b"SQLite format 3\x00"):
            if head[68:72] not in (b"GPKG", b"GP10", b"GP11"):
                raise FileProblem(
                    "this is a database, not a GeoPackage",
                    where=self.where,
                    expected="a GeoPackage of boundaries",
                    todo="If it is a workspace, open it rather than add it",
                )
            return "vector"
        if head.startswith((b"\x00\x00\x27\x0a", b"fgb\x03fgb")):
            return "vector"
        text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000]
        if text.startswith(b"{") or b"<kml" in text:
            return "vector"
        if text[:200].lower().startswith((b"<!doctype html", b"<html")):
            raise FileProblem("this is a web page", where=self.where, todo="Download the file that the page links to")
        if b"\x00" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileProblem(
                "this is no file of a kind that can be read",
                where=self.where,
                expected="a table (CSV, xlsx, Parquet) or boundaries (GeoJSON, GeoPackage, zipped shapefile)",
                todo="Choose another file",
            )
        return "text"

    def _zip_form(self) -> str:
        names = self.members
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        lowered = [name.lower() for name in names]
        if any(name.endswith(".shp") for name in lowered):
            return "vector"
        data = self.tables
        if len(data) > 1:
            return "codepoint"
        if len(data) == 1:
            return self._plain_form(self.head)
        raise FileProblem(
            "the zip holds no data file",
            where=self.where,
            found=", ".join(names[:5]) or "nothing",
            expected="a shapefile (.shp, .shx, .dbf), a GeoPackage, GeoJSON or CSV files",
            todo="Choose another file",
        )

    @cached_property
    def members(self) -> list[str]:
        """Names in a zip, folders left out; [] for any other file."""
        if not self.start.startswith(b"PK"):
            return []
        try:
            with zipfile.ZipFile(self.path) as archive:
                return [info.filename for info in archive.infolist() if not info.is_dir()]
        except (zipfile.BadZipFile, OSError) as error:
            raise self.damaged("the zip", error) from error

    @cached_property
    def tables(self) -> list[str]:
        """Data files in a zip; the papers of Code-Point Open's `Doc` folder are none."""
        endings = (".csv", ".geojson", ".json", ".gpkg", ".parquet", ".fgb", ".kml", ".txt", ".tsv")
        return [
            name
            for name in self.members
            if name.lower().endswith(endings)
            and not name.lower().startswith(("doc/", "__macosx/"))
            and "readme" not in name.lower()
        ]

    def member(self, name: str) -> bytes:
        """The bytes of one file in the zip."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                if archive.getinfo(name).file_size > LARGEST_BYTES:
                    raise self.too_large()
                return archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise self.damaged(f"{name} in the zip", error) from error

    def damaged(self, what: str, error: Exception) -> FileProblem:
        return FileProblem(
            f"{what} is damaged or cut short", where=self.where, found=str(error), todo="Download or save it again"
        )

    def too_large(self) -> FileProblem:
        return FileProblem(
            "the file is too large", where=self.where, expected="at most 1 GB unpacked", todo="Cut it to your area"
        )

    @property
    def packed(self) -> bool:
        return self.start.startswith((b"\x1f\x8b", b"PK"))

    @cached_property
    def head(self) -> bytes:
        """The first bytes, unpacked from gz or from a zip with one file in it."""
        if self.start.startswith(b"\x1f\x8b"):
            try:
                with gzip.open(self.path) as file:
                    return file.read(HEAD_BYTES)
            except (EOFError, OSError, zlib.error) as error:
                raise self.damaged("the gz file", error) from error
        return self.content[:HEAD_BYTES] if self.start.startswith(b"PK") and len(self.tables) == 1 else self.start

    @cached_property
    def content(self) -> bytes:
        """The whole file, unpacked."""
        if self.start.startswith(b"\x1f\x8b"):
            try:
                with gzip.open(self.path) as file:
                    content = file.read(LARGEST_BYTES + 1)
            except (EOFError, OSError, zlib.error) as error:
                raise self.damaged("the gz file", error) from error
        elif self.start.startswith(b"PK") and len(self.tables) == 1 and not self._is_workbook:
            content = self.member(self.tables[0])
        else:
            if self.size > LARGEST_BYTES:
                raise self.too_large()
            content = self.path.read_bytes()
        if len(content) > LARGEST_BYTES:
            raise self.too_large()
        return content

    @property
    def _is_workbook(self) -> bool:
        return any(name.startswith("xl/") for name in self.members)

    @cached_property
    def parquet_schema(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_schema(io.BytesIO(self.content) if self.packed else self.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise self.damaged("the Parquet file", error) from error

    @property
    def parquet_schema_or_none(self) -> Any:
        """The Parquet schema; None for any other file."""
        return self.parquet_schema if self.head.startswith(b"PAR1") else None

    @cached_property
    def encoding(self) -> str:
        """Of a text file: UTF-8 with or without its mark, UTF-16, or cp1252 where the bytes are no UTF-8."""
        content = self.content
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if content.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if content.isascii():
            return "utf-8"
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8"

    @cached_property
    def sheet(self) -> Sheet | None:
        """The top of the table; None where the file is no table."""
        if self.form == "text":
            rows, delimiter = text_rows(self.head.decode(self.encoding, errors="replace"))
            return self._sheet(rows, delimiter)
        if self.form == "xlsx":
            from jsna_desktop.sources.workbook import first_rows

            name, rows = first_rows(self, SAMPLE_ROWS + 20)
            return self._sheet(rows, name=name)
        if self.form == "parquet":
            return self._sheet([list(self.parquet_schema.names)])
        return None

    def _sheet(self, rows: list[list[str]], delimiter: str = ",", name: str = "") -> Sheet:
        header = header_row(rows)
        titles = tuple(" ".join(cell for cell in row if cell).strip() for row in rows[:header])
        headings = self.renamed(rows[header] if rows else [])
        body = tuple(tuple(row) for row in rows[header + 1 :][:SAMPLE_ROWS])
        return Sheet(tuple(headings), body, header, tuple(filter(None, titles)), delimiter, name)

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
