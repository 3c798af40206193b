"""Tables in Excel workbooks (xlsx), read without their formats: the tops of all sheets, whole ones when asked.

Published workbooks keep notes, one sheet for each domain, sex or year, and hidden ones beside them. calamine reads a
sheet as a whole, so the tops come from a copy of the workbook in memory whose sheets are cut after their first rows.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, workbook_parts
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.workbook_parts import LARGEST_GRID, Extent, Part

TOP_ROWS = 60
_NEEDED = (
    "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    "xl/sharedStrings.xml",
)  # fmt: skip


@dataclass(frozen=True)
class Top:
    """The first rows of a sheet, as text; blank cells are "". `size` is of its XML; `hidden` by Excel or not."""

    name: str
    rows: list[list[str]]
    size: int
    hidden: bool


class Book:
    """A workbook on disk or, from inside a zip, in memory; `where` names it in messages."""

    def __init__(self, source: Path | bytes, where: str) -> None:
        self._source, self._where = source, where

    @property
    def _file(self) -> Path | io.BytesIO:
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source

    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._file)
        except archive.BROKEN as error:
            raise archive.damaged("the workbook", self._where, error) from error

    @cached_property
    def _parts(self) -> list[Part]:
        with self._zip() as book:
            try:
                return workbook_parts.sheets(book, self._where)
            except (*archive.BROKEN, KeyError) as error:
                raise archive.damaged("the workbook", self._where, error) from error

    @cached_property
    def tops(self) -> tuple[Top, ...]:
        """Every sheet of cells, in the workbook's order, with up to 60 rows."""
        parts = self._parts
        # Where two parts are one file of the zip they have the same top.
        cut = io.BytesIO()
        with self._zip() as book, zipfile.ZipFile(cut, "w") as small:
            try:
                for name in set(_NEEDED) & set(book.namelist()):
                    small.writestr(name, book.read(name))
                for member in {part.member for part in parts}:
                    with book.open(member) as stream:
                        small.writestr(member, self._checked_top(workbook_parts.top(stream, TOP_ROWS, self._where)))
            except archive.BROKEN as error:
                raise archive.damaged("the workbook", self._where, error) from error
        opened = _Calamine(io.BytesIO(cut.getvalue()), self._where)
        return tuple(Top(p.name, _texts(opened.rows(p.name)), p.size, p.hidden) for p in parts)

    @staticmethod
    def _checked_top(content: bytes) -> bytes:
        """The top of a sheet; none of one that is refused when it is read."""
        reached = workbook_parts.extent(io.BytesIO(content))
        far = reached.rows * reached.columns > LARGEST_GRID
        return b"<worksheet/>" if far or not content else content

    def rows(self, name: str) -> tuple[list[list[Any]], tuple[Problem, ...]]:
        """Every row of a sheet, its first included, all of one width, cells as Python values ("" where blank).

        The problem, where there is one, is formulas that were saved without a value: their cells are blank. FileProblem
        where cells lie so far apart that the sheet cannot be laid out.
        """
        part = next(part for part in self._parts if part.name == name)
        with self._zip() as book:
            try:
                with book.open(part.member) as stream:
                    found = workbook_parts.extent(stream)
            except archive.BROKEN as error:
                raise archive.damaged("the workbook", self._where, error) from error
        self._check_reach(found, name)
        return _Calamine(self._file, self._where).rows(name), _without_value(found, name)

    def _check_reach(self, found: Extent, name: str) -> None:
        if found.rows * found.columns > LARGEST_GRID:
            raise FileProblem(
                "cells of a sheet lie too far apart to be a table",
                where=f"{self._where}, sheet {name}",
                found=f"{found.rows:,} rows and {found.columns:,} columns, by cell {found.furthest}",
                expected=f"at most {LARGEST_GRID:,} cells",
                todo="Clear the cells outside the table, or save the table as CSV",
            )


def _without_value(found: Extent, name: str) -> tuple[Problem, ...]:
    if not found.valueless:
        return ()
    one = found.valueless == 1
    message = (
        f"sheet “{name}” has {'a formula' if one else f'{found.valueless:,} formulas'} saved without "
        f"{'its value' if one else 'their values'}; missing. Open it in Excel and save it to have "
        f"{'it' if one else 'them'} worked out"
    )
    return (Problem(message, found.valueless, tuple(f"cell {cell}" for cell in found.formulas)),)


class _Calamine:
    """calamine, with its errors in an officer's words."""

    def __init__(self, source: Path | io.BytesIO, where: str) -> None:
        from python_calamine import CalamineWorkbook

        self._where = where
        self._book: Any = self._careful(
            lambda: (
                CalamineWorkbook.from_filelike(source)
                if isinstance(source, io.BytesIO)
                else CalamineWorkbook.from_path(source)
            )
        )

    def rows(self, name: str) -> list[list[Any]]:
        return self._careful(lambda: self._book.get_sheet_by_name(name).to_python(skip_empty_area=False))

    def _careful(self, work: Any) -> Any:
        from python_calamine import CalamineError

        try:
            return work()
        except (CalamineError, OSError, ValueError, OverflowError) as error:
            raise archive.damaged("the workbook", self._where, error) from error
        # A panic of the Rust library is no Exception, and means the same to a person: nothing else is caught.
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise archive.damaged("the workbook", self._where, ValueError(str(error))) from None


def _texts(rows: list[list[Any]]) -> list[list[str]]:
    return [[text(cell) for cell in row] for row in rows]


def text(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without a point, dates as ISO dates."""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def column(cells: Sequence[Any], as_text: bool) -> np.ndarray:
    """Cells (n,) as float64 where all that are filled are numbers (blank is NaN), else as text, None where blank."""
    if not as_text:
        kinds = set(map(type, cells))
        if kinds <= {float, int}:
            return np.array(cells, dtype=np.float64)
        if kinds <= {float, int, str} and not any(type(cell) is str and cell.strip() for cell in cells):
            return np.array([np.nan if type(cell) is str else cell for cell in cells], dtype=np.float64)
    return np.array([text(cell) or None for cell in cells], dtype=object)
