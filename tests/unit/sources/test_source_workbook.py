"""Workbooks as they come and as strangers make them: sheets, formulas, dates, far cells, bombs, lies."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Peek
from jsna_desktop.sources.workbook import TOP_ROWS, Book

Table = Callable[..., Reading]
HEADINGS = ["area_code", "indicator", "period", "numerator", "denominator"]
ROWS = [["E01000001", "asthma", 2023, 4, 100], ["E01000002", "asthma", 2023, 6, 200]]
START = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def workbook(rows: Sequence[Sequence[Any]], before: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if before:
        before(book)
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with one file of the zip exchanged or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return made.getvalue()


def with_cells(rows: str, dimension: str = "A1", prefix: str = "") -> bytes:
    start = f'<{prefix}worksheet xmlns{":" + prefix[:-1] if prefix else ""}="{SPACE}">'
    xml = f'{START}{start}<{prefix}dimension ref="{dimension}"/><{prefix}sheetData>{rows}</{prefix}sheetData>'
    return with_part(workbook([["a"]]), "xl/worksheets/sheet1.xml", f"{xml}</{prefix}worksheet>".encode())


def text_cell(place: str, words: str, prefix: str = "") -> str:
    return f'<{prefix}c r="{place}" t="inlineStr"><{prefix}is><{prefix}t>{words}</{prefix}t></{prefix}is></{prefix}c>'


def plain_rows(prefix: str = "") -> str:
    """The plain indicator table as XML, without its end."""
    lines = []
    for number, row in enumerate([HEADINGS, *ROWS], start=1):
        cells = [text_cell(f"{'ABCDE'[place]}{number}", str(cell), prefix) for place, cell in enumerate(row)]
        lines.append(f'<{prefix}row r="{number}">{"".join(cells)}</{prefix}row>')
    return "".join(lines)


def test_the_sheet_with_the_data_is_found_among_notes_and_hidden_ones(table: Table) -> None:
    def add(book: openpyxl.Workbook) -> None:
        hidden = book.create_sheet("Working")
        hidden.sheet_state = "hidden"
        for number in range(500):
            hidden.append(["x", number, "not for publication"])
        book.create_sheet("Notes", 0).append(["These are notes"])
        book.create_sheet("Empty")

    found = table(workbook([HEADINGS, *ROWS], add), "book.xlsx")
    assert next(column for name, column in found.columns.items() if name.endswith("numerator")).tolist() == [4, 6]


def test_a_peek_sees_every_sheet_that_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, state in (("One", "visible"), ("Two", "hidden"), ("Three", "veryHidden"), ("Four", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["area_code", name])
        for number in range(200):
            sheet.append([f"E0100{number:04}", number])
    del book["Sheet"]
    book.create_chartsheet("Chart")
    path = tmp_path / "book.xlsx"
    path.write_bytes(saved(book))
    peek = Peek(path)
    assert [(sheet.name, sheet.headings) for sheet in peek.sheets] == [
        ("One", ("area_code", "One")),
        ("Four", ("area_code", "Four")),
    ]
    tops = Book(path, "book.xlsx").tops
    assert [(top.name, top.hidden, len(top.rows)) for top in tops] == [
        ("One", False, TOP_ROWS),
        ("Two", True, TOP_ROWS),
        ("Three", True, TOP_ROWS),
        ("Four", False, TOP_ROWS),
    ]


def test_cells_are_what_a_person_sees(tmp_path: Path) -> None:
    rows = [
        ["whole", "part", "day", "moment", "yes", "code", "merged"],
        [3, 0.25, date(2024, 3, 1), datetime(2024, 3, 1, 12, 30), True, "007", "both"],
        [4.0, None, None, None, False, "010", None],
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("G2:G3")
    path = tmp_path / "book.xlsx"
    path.write_bytes(saved(book))
    assert Book(path, "book.xlsx").tops[0].rows[1:] == [
        ["3", "0.25", "2024-03-01", "2024-03-01 12:30:00", "True", "007", "both"],
        ["4", "", "", "", "False", "010", ""],
    ]


def test_an_error_in_a_cell_is_missing_never_zero(table: Table) -> None:
    rows = [*ROWS, ["E01000003", "asthma", 2023, "#N/A", 50], ["E01000004", "asthma", 2023, "#DIV/0!", 50]]
    found = table(workbook([HEADINGS, *rows]), "book.xlsx")
    values = next(column for name, column in found.columns.items() if name.endswith("numerator"))
    assert values[:2].tolist() == [4, 6]
    assert np.isnan(values[2:]).all()


def test_a_formula_without_its_value_is_missing_and_said(table: Table) -> None:
    found = table(workbook([HEADINGS, *ROWS, ["E01000003", "asthma", 2023, "=2+3", 50]]), "book.xlsx")
    values = next(column for name, column in found.columns.items() if name.endswith("numerator"))
    assert np.isnan(values[2])
    said = next(p for p in found.dataset.problems if "formula" in p.message)
    assert (said.rows, said.examples) == (1, ("cell D4",))


def test_a_formula_with_its_value_has_it() -> None:
    cells = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>'
    content = with_cells(cells)
    rows, problems = Book(content, "book.xlsx").rows("Sheet")
    assert (rows, problems) == ([[2.0, ""]], ())


def test_a_dimension_that_lies_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(with_cells(plain_rows(), "A1:XFD1048576"))
    rows, _ = Book(path, "book.xlsx").rows("Sheet")
    assert (len(rows), len(rows[0])) == (3, 5)
    assert read(path).dataset.rows == 2


def test_cells_too_far_apart_are_refused_by_name(table: Table) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(FileProblem, match="XFD1048576") as caught:
        Book(with_cells(plain_rows() + far), "book.xlsx").rows("Sheet")
    assert "too far apart" in caught.value.message
    with pytest.raises(FileProblem, match="too far apart"):
        table(with_cells('<row r="1"><c r="A1"><v>1</v></c></row>' + far), "book.xlsx")


def test_a_million_blank_rows_with_a_format_are_no_rows(table: Table) -> None:
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="ZZ{row}" s="0"/></row>' for row in range(4, 1_000_000))
    assert table(with_cells(plain_rows() + blank), "book.xlsx").dataset.rows == 2


def test_blank_rows_in_the_middle_keep_the_numbers_of_the_others(table: Table) -> None:
    content = workbook([HEADINGS, *ROWS, [], [], ["E01000003", "asthma", 2023, "many", 50]])
    found = table(content, "book.xlsx")
    assert any("row 6" in line for problem in found.dataset.problems for line in problem.examples)


PARTS = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]


@pytest.mark.parametrize("part", PARTS)
def test_entities_are_refused_wherever_they_stand(table: Table, part: str) -> None:
    words = "".join(f"<si><t>{cell}</t></si>" for row in [HEADINGS, *ROWS] for cell in row)
    content = with_part(
        workbook([HEADINGS, *ROWS]), "xl/sharedStrings.xml", f'{START}<sst xmlns="{SPACE}">{words}</sst>'.encode()
    )
    assert table(content, "book.xlsx").dataset.rows == 2
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        old = book.read(part).decode()
    bombs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE x [<!ENTITY l0 "lol">{bombs}]>'
    head, mark, rest = old.partition("?>")
    new = f"{head}{mark}{declared}{rest}" if mark else declared + old
    with pytest.raises(FileProblem, match="document type"):
        table(with_part(content, part, new.replace("asthma", "&l9;").encode()), "book.xlsx")


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused(table: Table) -> None:
    made = io.BytesIO()
    content = workbook([HEADINGS, *ROWS])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
        with new.open("xl/worksheets/sheet9.xml", "w") as stream:
            for _ in range(300):
                stream.write(b" " * (1 << 20))
    with pytest.raises(FileProblem, match="unpack"):
        table(made.getvalue(), "book.xlsx")


def test_prefixed_names_as_some_programs_write_them(table: Table) -> None:
    assert table(with_cells(plain_rows("x:"), prefix="x:"), "book.xlsx").dataset.rows == 2


def test_a_first_row_without_end_is_no_table(table: Table) -> None:
    cells = '<row r="1">' + '<c r="A1"><v>1</v></c>' * 500_000 + "</row>"
    with pytest.raises(FileProblem):
        table(with_cells(cells), "book.xlsx")


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_workbook_cut_short_is_damaged(table: Table, cut: float) -> None:
    content = workbook([HEADINGS, *ROWS * 50])
    with pytest.raises(FileProblem, match=r"damaged|cut short"):
        table(content[: int(len(content) * cut)], "book.xlsx")


def test_broken_xml_is_damaged(table: Table) -> None:
    content = with_part(workbook([HEADINGS]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>")
    with pytest.raises(FileProblem, match="damaged"):
        table(content, "book.xlsx")


def test_the_binary_kind_is_named(table: Table) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("xl/workbook.bin", b"\x83\x01")
    with pytest.raises(FileProblem, match=r"save it as \.xlsx"):
        table(made.getvalue(), "book.xlsb")


def test_a_workbook_alone_in_a_zip_is_read(table: Table) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("SAPE/estimates.xlsx", workbook([HEADINGS, *ROWS]))
    assert table(made.getvalue(), "sape.zip").dataset.rows == 2


def test_the_workbook_stays_free_for_other_programs(tmp_path: Path) -> None:
    """Nothing holds the file open after it was read: it can be moved, as OneDrive does."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([HEADINGS, *ROWS]))
    found = read(path)
    path.rename(tmp_path / "moved.xlsx")
    assert found.dataset.rows == 2
    held = [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()] if Path("/proc/self/fd").is_dir() else []
    assert not any("moved.xlsx" in name for name in held)
