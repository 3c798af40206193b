"""Empty plain tables, with their headings explained: a CSV, or a workbook that partners can fill in."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.template_columns import TABLES, Column
from jsna_desktop.sources.sheets import GUIDE_SHEET

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

KINDS = tuple(TABLES)
_ROWS = 2000  # how far down the lists of words and the formats of cells reach
_WIDEST = 44
_INK, _PAPER, _LIGHT, _RULE = "FFFFFF", "1F4E5F", "E8EFF2", "B8C7CD"
_FORMATS = {"text": "@", "date": "dd/mm/yyyy", "number": "General"}
_WIDTHS = {"text": 16, "date": 14, "number": 12}


def write_template(kind: str, path: Path) -> None:
    """An empty table of this kind at `path`, CSV or xlsx by its ending.

    The xlsx has headings that stay in sight, lists to choose words from, and a sheet that explains every column.
    """
    if kind == "boundaries":
        raise UsageProblem(
            "boundaries are shapes, which no table can hold",
            expected="any layer with a column of codes: GeoPackage, shapefile, GeoJSON",
            todo="Download them from ONS, or draw them in a GIS",
        )
    if kind not in TABLES:
        raise UsageProblem(f"there is no template for {kind!r}", expected=", ".join(KINDS))
    if path.exists():
        raise UsageProblem("there is already a file of this name", where=str(path), todo="Choose another name")
    if path.suffix.lower() == ".xlsx":
        _xlsx(kind, path)
    elif path.suffix.lower() == ".csv":
        headings = ",".join(column.heading for column in TABLES[kind])
        path.write_text(headings + "\n", encoding="utf-8-sig", newline="")
    else:
        raise UsageProblem("a template is a .csv or an .xlsx file", where=str(path))


def explain(kind: str) -> list[tuple[str, str, str]]:
    """(heading, example, meaning) of each column; what may be missing is said in the meaning."""
    return [(c.heading, c.example, c.meaning if c.needed else f"may be missing: {c.meaning}") for c in TABLES[kind]]


def _xlsx(kind: str, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    table: Any = book.active
    table.title = kind
    for number, column in enumerate(TABLES[kind], start=1):
        _column(table, number, column)
    table.freeze_panes = "A2"
    table.row_dimensions[1].height = 24
    _guide(book.create_sheet(GUIDE_SHEET), kind)
    book.properties.title = f"{kind.capitalize()}: a table to fill in"
    book.save(path)


def _column(sheet: "Worksheet", number: int, column: Column) -> None:
    """Heading with its note, the width, the format of the cells to come, and the list of words."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(number)
    cell: Any = sheet.cell(1, number, column.heading)
    needed = column.needed
    cell.font = Font(bold=True, color=_INK if needed else _PAPER)
    cell.fill = PatternFill("solid", fgColor=_PAPER if needed else _LIGHT)
    cell.border = Border(bottom=Side("medium", color=_PAPER), right=Side("thin", color=_RULE))
    cell.alignment = Alignment(vertical="center")
    note = Comment(f"{column.meaning}\nSuch as {column.example}", "JSNA Desktop")
    note.width, note.height = 260, 90
    cell.comment = note
    dimension = sheet.column_dimensions[letter]
    dimension.width = min(_WIDEST, max(_WIDTHS[column.form], len(column.heading) + 4, len(column.example) + 3))
    # Of the column, not of its cells: cells that are there, though empty, would be rows of the table.
    dimension.number_format = _FORMATS[column.form]
    if column.choices:
        _list(sheet, letter, column)


def _list(sheet: "Worksheet", letter: str, column: Column) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    words = ",".join(column.choices)
    rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=not column.needed, showErrorMessage=True)
    rule.errorTitle, rule.error = column.heading, f"Choose one of: {words.replace(',', ', ')}"
    rule.promptTitle, rule.prompt, rule.showInputMessage = column.heading, column.meaning, True
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _guide(sheet: "Worksheet", kind: str) -> None:
    """A line for each heading. Text in one column alone, so that no reader takes the guide for the table."""
    from openpyxl.styles import Alignment, Font

    lines: list[tuple[str, Any]] = [(f"How to fill in the sheet “{kind}”", Font(bold=True, size=14, color=_PAPER))]
    lines.append(("One row each, under the headings. Columns with light headings may stay empty.", Font(italic=True)))
    for column in TABLES[kind]:
        may = "" if column.needed else " (may be missing)"
        choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
        lines.append((f"{column.heading}{may}", Font(bold=True)))
        lines.append((f"{column.meaning[:1].upper()}{column.meaning[1:]}.{choices} Such as: {column.example}", Font()))
    for number, (text, font) in enumerate(lines, start=1):
        cell: Any = sheet.cell(number, 1, text)
        cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 92
    sheet.sheet_view.showGridLines = False
