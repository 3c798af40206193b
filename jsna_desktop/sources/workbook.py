"""Tables in Excel workbooks (xlsx), read row by row without their formats."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsna_desktop.sources.reading import Peek


def first_rows(peek: "Peek", count: int) -> tuple[str, list[list[str]]]:
    """Name and first rows of the sheet with the data: the one with the most cells."""
    book = _open(peek)
    try:
        sheet = max(book.worksheets, key=lambda s: (s.max_row or 0) * (s.max_column or 0))
        rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(max_row=count, values_only=True)]
        return sheet.title, rows
    finally:
        book.close()


def rows_below(peek: "Peek", sheet_name: str, header_row: int) -> Iterator[list[str]]:
    """The rows under the heading, as text; blank cells are ""."""
    book = _open(peek)
    try:
        for row in book[sheet_name].iter_rows(min_row=header_row + 2, values_only=True):
            yield [_text(cell) for cell in row]
    finally:
        book.close()


def _open(peek: "Peek") -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(io.BytesIO(peek.path.read_bytes()), read_only=True, data_only=True)
    # openpyxl lets errors of zip, XML and its own through for a damaged workbook; all mean the same to a person.
    except Exception as error:
        raise peek.damaged("the workbook", error) from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()
