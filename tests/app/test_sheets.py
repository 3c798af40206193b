"""The sheets over the window: adding data, making a pack, explanations, problems."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.dialogs.add_data import FileRow, _Sign
from jsna_desktop.app.dialogs.pack import MakePack
from jsna_desktop.app.dialogs.problem import error_report
from jsna_desktop.app.widgets import Text
from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs.add import READY, Found
from jsna_desktop.sources.dataset import Problem

PATIENCE_MS = 60_000
_GOOD = "area_code,indicator,period,numerator,denominator,name,colour\n"


@pytest.fixture
def table(at_work, tmp_path) -> Path:
    """A plain table for every small area of the county, one row of it suppressed."""
    codes = at_work.session.contents.blocks.codes
    rows = [f"{code},smoking,2025,{'*' if n == 3 else 20 + n % 7},200,Smoking,red" for n, code in enumerate(codes)]
    path = tmp_path / "smoking.csv"
    path.write_text(_GOOD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_files_are_listed_before_anything_is_added(at_work, table, recognised, settled, tmp_path, qtbot):
    notes = tmp_path / "notes.docx"
    notes.write_text("minutes of a meeting")
    before = len(at_work.session.contents.datasets)
    sheet = recognised(table, notes)
    assert [item.status for item in sheet.found] == ["ready", "left out"]
    assert sheet.lead.text() == "1 recognised, 1 left out. Nothing has been changed yet."
    assert sheet.go.text() == "Add 1 now"
    assert sum(row.isVisible() for row in sheet.findChildren(FileRow)) == 2
    QTest.keyClick(sheet.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    settled()
    assert len(at_work.session.contents.datasets) == before + 1
    assert any(choice.id == "local.smoking" for choice in at_work.session.colourable())
    assert any(row["indicator"] == "local.smoking" for row in at_work.profile._view.rows)


def test_problems_open_row_by_row(at_work, table, recognised):
    sheet = recognised(table)
    row = next(row for row in sheet.findChildren(FileRow) if row.look is not None)
    assert not row.problems.isVisible()
    QTest.mouseClick(row.look, Qt.MouseButton.LeftButton)
    assert row.problems.isVisible()
    assert row.look.text() == "Hide"


def test_what_is_only_to_be_known_is_no_warning_and_concerns_no_rows(at_work):
    said = Problem("its whole numbers are taken for 3 classes", 0)
    amiss = Problem("no cell near your area is in a class", 1)
    for problem, sign in ((said, "check"), (amiss, "warning")):
        path = Path("zones.tif")
        row = FileRow(at_work.look, path, Found(path, READY, "Flood risk", "a raster", (problem,)))
        assert row.findChild(_Sign)._sign == sign
        assert problem.message in [text.text() for text in row.problems.findChildren(Text)]
        assert row.look is not None


def test_cancel_while_reading_changes_nothing(at_work, table, qtbot):
    before = at_work.session.contents
    at_work.add_files([table])
    sheet = at_work.sheet
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.doing.text() == "Stopping …"
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=PATIENCE_MS)
    assert at_work.session.contents is before
    assert not at_work.tasks.busy


def test_esc_after_reading_changes_nothing(at_work, table, recognised):
    before = at_work.session.contents
    sheet = recognised(table)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert at_work.sheet is None
    assert at_work.session.contents is before


def test_where_nothing_can_be_read_nothing_can_be_added(at_work, recognised, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    sheet = recognised(empty)
    assert not sheet.go.isEnabled()
    assert sheet.cancel.hasFocus()


def test_tab_stays_inside_and_the_windows_keys_rest(at_work, recognised, table):
    sheet = recognised(table)
    for _ in range(8):
        assert QApplication.focusWidget() is not None
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert sheet.isAncestorOf(QApplication.focusWidget())
    tool = at_work.map.canvas.tool.name
    QTest.keyClick(sheet.go, Qt.Key.Key_L)
    assert at_work.map.canvas.tool.name == tool


def test_packs_are_made_for_what_is_ticked(at_work, qtbot, tmp_path):
    at_work.actions_.pack.trigger()
    sheet = at_work.sheet
    assert isinstance(sheet, MakePack)
    assert [place.name for place in sheet.ticked()] == [at_work.desk.subject.locality.name]
    assert sheet.go.text() == "Make 1 pack"
    sheet.folder.setText(str(tmp_path / "packs"))
    QTest.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(sheet.made), timeout=PATIENCE_MS)
    assert sheet.made[0].read_bytes().startswith(b"%PDF")
    assert sheet.doing.text() == "1 pack made."
    assert sheet.show_folder.isVisible()
    sheet.all.click()
    assert sheet.go.text() == f"Make {len(at_work.session.places())} packs"
    sheet.none.click()
    assert not sheet.go.isEnabled()


def test_enter_on_a_number_says_how_it_is_made(at_work):
    table = at_work.profile.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert at_work.sheet.title.text() == table.current_row()["name"]
    QTest.keyClick(at_work.sheet, Qt.Key.Key_Escape)
    assert at_work.sheet is None
    assert table.hasFocus()


def test_a_persons_mistake_is_said_in_its_own_words(at_work):
    at_work.show_problem(FileProblem("the file is empty", where="a.csv", todo="Save it again"))
    assert at_work.sheet.lead.text() == "a.csv: the file is empty. Save it again."


def test_a_report_says_where_and_holds_no_data(at_work, tmp_path):
    at_work.choose.save = lambda _title, name: tmp_path / name
    secret = "SN1 1AA, aged 43"
    try:
        {}[secret]
    except KeyError as error:
        report = error_report(error)
        at_work.show_problem(error)
    assert "KeyError" in report
    assert "test_sheets.py" in report
    assert secret not in report
    next(b for b in at_work.sheet.findChildren(type(at_work.header.add)) if b.text().startswith("Save")).click()
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == report


def test_a_fault_in_background_work_is_shown(at_work, faults, qtbot):
    at_work.tasks.run("work", lambda _progress: 1 / 0, lambda _result: None)
    qtbot.waitUntil(lambda: at_work.sheet is not None)
    assert "fault of ours" in at_work.sheet.lead.text()
    assert [type(error) for error in faults] == [ZeroDivisionError]
    faults.clear()


def test_the_keys_are_listed(at_work):
    at_work.actions_.keys.trigger()
    said = {label.text() for label in at_work.sheet.findChildren(type(at_work.sheet.title))}
    assert {"Ctrl+F", "N", "F2", "Undo", "Redo"} <= said
