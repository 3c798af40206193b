"""The workspace locked, moved away or read-only under the window; undo that is refused; copies and names."""

import os
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from jsna_desktop.app.dialogs.add_data import AddData
from jsna_desktop.app.dialogs.new_workspace import file_name
from jsna_desktop.app.widgets import Button
from jsna_desktop.errors import UsageProblem
from jsna_desktop.workspace.store import Store
from tests import worlds


def _names(window) -> list[str]:
    return [place.name for place in window.session.places(window.desk.in_set)]


@pytest.fixture
def keep(at_work, click_block, settled):
    """Choose a block and keep it as a place."""

    def make(block: int, name: str) -> None:
        click_block(block)
        settled()
        at_work.profile.naming.field.setText(name)
        QTest.keyClick(at_work.profile.naming.field, Qt.Key.Key_Return)
        settled()

    return make


@pytest.fixture
def square(at_work, settled):
    """A drawn place in the middle of the county, chosen."""
    window = at_work
    left, bottom, right, top = window.map.canvas._blocks.finest.total_bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    window.map.canvas.polygon_finished.emit(shapely.box(x - 6000, y - 6000, x + 6000, y + 6000))
    settled()
    window.profile.naming.field.setText("Square")
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    settled()
    return window.desk.subject.locality


def test_a_workspace_in_use_elsewhere_is_said_at_once_and_nothing_stands_still(at_work, keep, workspace):
    other = sqlite3.connect(workspace)
    other.execute("BEGIN EXCLUSIVE")
    before = time.perf_counter()
    keep(20, "Locked out")
    assert time.perf_counter() - before < 3
    assert "in use by another program" in at_work.sheet.lead.text()
    other.close()


def test_an_undo_that_is_refused_can_be_tried_again(at_work, keep, settled, workspace):
    keep(20, "Riverside")
    other = sqlite3.connect(workspace)
    other.execute("BEGIN EXCLUSIVE")
    at_work.undo_stack.undo()
    QApplication.processEvents()
    assert "in use by another program" in at_work.sheet.lead.text()
    at_work.sheet.close_sheet()
    assert at_work.undo_stack.canUndo()
    assert "Riverside" in _names(at_work)
    other.close()
    at_work.undo_stack.undo()
    settled()
    assert "Riverside" not in _names(at_work)
    at_work.undo_stack.redo()
    settled()
    assert "Riverside" in _names(at_work)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let an open file be deleted")
def test_a_workspace_that_was_deleted_is_said_and_can_be_rescued(at_work, keep, settled, workspace, tmp_path, qtbot):
    workspace.unlink()
    keep(20, "Nowhere")
    assert "moved or deleted while it was open" in at_work.sheet.lead.text()
    at_work.sheet.close_sheet()
    at_work.choose.save = lambda _title, _name: tmp_path / "rescued v1.2"
    at_work.actions_.save_as.trigger()
    qtbot.waitUntil(lambda: at_work.session.path.name == "rescued v1.2.jsna")
    settled()
    assert at_work.session.name == "rescued v1.2"


def test_a_copy_takes_its_files_name_and_never_covers_another_file_unasked(at_work, settled, tmp_path, qtbot):
    (tmp_path / "Taken.jsna").write_text("mine")
    asked = []

    def save(_title: str, name: str) -> Path:
        asked.append(name)
        return tmp_path / "Taken"

    at_work.choose.save = save
    with at_work.session.store.transaction():
        at_work.session.store.run("UPDATE meta SET value = 'A/B: C' WHERE key = 'name'")
    at_work.actions_.save_as.trigger()
    assert asked == ["A-B- C.jsna"]
    assert "already a file of this name" in at_work.sheet.lead.text()
    assert (tmp_path / "Taken.jsna").read_text() == "mine"
    at_work.sheet.close_sheet()
    at_work.choose.save = lambda _title, _name: at_work.session.path
    at_work.actions_.save_as.trigger()
    assert "the workspace itself" in at_work.sheet.lead.text()


def test_read_only_stays_said(window, workspace, settled, monkeypatch):
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and real(path, mode))
    window.open_path(workspace)
    settled()
    assert window.header.saved.text() == "Read only"


def test_undo_takes_back_the_corners_in_hand_too(at_work, square, settled):
    canvas = at_work.map.canvas
    at_work.actions_.tools["edit"].trigger()
    corner = canvas.view.to_screen(np.array(square.shape.exterior.coords[0]))
    at = QPoint(round(float(corner[0])), round(float(corner[1])))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(canvas, at + QPoint(30, 20))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 20))
    settled()
    changed = at_work.session.place(square.id).shape
    assert not shapely.equals(changed, square.shape)
    assert canvas.tool.holds(changed)
    at_work.undo_stack.undo()
    settled()
    assert canvas.tool.holds(square.shape)
    at_work.undo_stack.undo()  # the place itself is gone: there are no corners to hold
    settled()
    assert canvas.tool.name == "select"


def test_a_corner_moved_by_keys_stays_in_hand(at_work, square, settled):
    canvas = at_work.map.canvas
    at_work.actions_.tools["edit"].trigger()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        settled()
    west = float(shapely.bounds(at_work.session.place(square.id).shape)[0])
    assert canvas.tool._last is not None
    assert west == float(shapely.bounds(square.shape)[0]) or len(canvas.tool._polygons) == 1
    assert not shapely.equals(at_work.session.place(square.id).shape, square.shape)


def test_a_drawn_line_outlives_another_layer(at_work, settled):
    left, bottom, right, top = at_work.map.canvas._blocks.finest.total_bounds
    line = shapely.box(left, bottom, (left + right) / 2, (bottom + top) / 2)
    at_work.map.canvas.polygon_finished.emit(line)
    settled()
    at_work.bench.layers.toggled.emit("oa2021", True)
    settled()
    assert at_work.desk.subject.locality.shape is line
    assert at_work.profile._title.text() == "New place"


def test_the_profile_keeps_up_while_the_mouse_moves(at_work, qtbot, settled):
    """The newest state is always late: an earlier one of the same line is shown meanwhile."""
    canvas, panel = at_work.map.canvas, at_work.profile
    left, bottom, right, top = canvas._blocks.finest.total_bounds
    shown = []
    show = panel.show_place
    panel.show_place = lambda view: (shown.append(view), show(view))
    canvas.set_tool("polygon")
    for step in range(40):
        canvas.polygon_changed.emit(shapely.box(left, bottom, right - 200 * step, top))
        qtbot.wait(8)
    assert len([view for view in shown if view.rows]) >= 2
    settled()


def test_while_the_pointer_crosses_the_line_its_corners_are_profiled(at_work, settled):
    canvas = at_work.map.canvas
    told = []
    canvas.polygon_changed.connect(told.append)
    canvas.set_tool("polygon")
    for x, y in ((300, 300), (400, 300), (400, 400)):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    QTest.mouseMove(canvas, QPoint(450, 290))
    assert told[-1] is not None
    settled()


def test_a_name_from_a_file_is_never_cut_by_renaming(at_work, click_block, settled):
    name = "Parish " * 40
    made = at_work.session.add_selection(
        at_work.desk.in_set, name, "lsoa2021", at_work.session.contents.blocks.codes[:1]
    )
    settled()
    at_work.desk.choose_place(made.id)
    at_work.actions_.rename.trigger()
    field = at_work.sheet.findChild(QLineEdit)
    assert field.text() == made.name
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled()
    assert at_work.session.place(made.id).name == made.name


def test_a_refusal_shows_all_its_words(at_work):
    at_work.show_problem(UsageProblem("there is already a locality “Aldminster” in “Community areas”"))
    QApplication.processEvents()
    sheet = at_work.sheet
    assert sheet.lead.text().startswith("There is already")
    for label in (sheet.title, sheet.lead):
        assert label.height() >= label.heightForWidth(label.width())


def test_work_that_follows_work_is_watched(at_work, qtbot):
    """The end of one task does not hide the card of the next, which its result began."""
    slow = [True]

    def work(_progress) -> None:
        while slow[0]:
            time.sleep(0.01)

    at_work.tasks.run("first", lambda _progress: None, lambda _none: at_work.tasks.run("second", work, lambda _: None))
    qtbot.waitUntil(at_work.busy.isVisible, timeout=3000)
    assert at_work.busy.doing.text() == "second"
    slow[0] = False
    qtbot.waitUntil(lambda: not at_work.busy.isVisible())


def test_loading_after_adding_shows_its_progress(at_work, qtbot, tmp_path, settled):
    code = at_work.session.contents.blocks.codes[0]
    table = tmp_path / "walks.csv"
    table.write_text(f"area_code,indicator,period,numerator,denominator\n{code},walks,2025,20,90\n")
    at_work.add_files([table])
    sheet = at_work.sheet
    assert isinstance(sheet, AddData)
    qtbot.waitUntil(lambda: bool(sheet.found), timeout=60_000)
    watched = []
    at_work.busy.watch = watched.append
    sheet.go.click()
    qtbot.waitUntil(lambda: at_work.sheet is None, timeout=30_000)
    settled()
    assert [task.label for task in watched] == ["Loading"]


def test_a_long_name_makes_a_file_that_can_be_written(window, tmp_path, qtbot):
    assert len(file_name("Ŵ" * 300).encode()) < 255
    window.new_workspace()
    window.sheet.folder.setText("")
    window.sheet.make.click()
    assert window.sheet.problem.text() == "Give the whole path of a folder."


def test_packs_go_into_a_folder_that_was_named(at_work, tmp_path, qtbot):
    (tmp_path / "file").write_text("no folder")
    at_work.actions_.pack.trigger()
    sheet = at_work.sheet
    sheet.folder.setText(" ")
    sheet.go.click()
    assert sheet.doing.text() == "Give the whole path of a folder."
    sheet.folder.setText(str(tmp_path / "file" / "packs"))
    sheet.go.click()
    qtbot.waitUntil(lambda: "cannot be written" in sheet.doing.text(), timeout=30_000)
    assert sheet.go.isEnabled()


def test_a_workspace_without_boundaries_says_what_is_missing(window, qtbot, tmp_path, settled):
    with Store.create(tmp_path / "new.jsna"):
        pass
    window.open_path(tmp_path / "new.jsna")
    settled()
    assert "boundaries" in window.profile._subtitle.text()
    assert "boundaries" in window.places._empty.text()


def test_other_colours_do_not_wait_for_the_workspace(at_work, settled, monkeypatch):
    """It may be in use for seconds by what is added just then."""

    def refuse(*_: object) -> None:
        raise AssertionError("the workspace was read")

    monkeypatch.setattr(at_work.session, "colours", refuse)
    at_work.look.set_mode("dark")
    settled()


def test_a_lookup_with_several_columns_asks_which_one_names_the_places(at_work, tmp_path, qtbot, settled):
    codes = at_work.session.contents.blocks.codes[:6]
    table = tmp_path / "Lookup.csv"
    rows = [f"{code},X0600000{n // 3},North {n // 3},X1200000{n // 2},Wide {n // 2}" for n, code in enumerate(codes)]
    table.write_text("\n".join(["LSOA21CD,LAD25CD,LAD25NM,RGN25CD,RGN25NM", *rows]) + "\n")
    at_work.choose.open = lambda _title, _kinds: [table]
    at_work.actions_.import_places.trigger()
    qtbot.waitUntil(lambda: at_work.sheet is not None, timeout=30_000)
    offered = [button for button in at_work.sheet.findChildren(Button) if button.text() != "Cancel"]
    assert [button.text() for button in offered] == ["LAD25NM", "RGN25NM"]
    assert offered[0].hasFocus()
    offered[0].click()
    qtbot.waitUntil(lambda: at_work.desk.in_set == "Lookup", timeout=30_000)
    settled()
    assert _names(at_work) == ["North 0", "North 1"]


def test_thousands_of_places_are_ticked_at_once(at_work, qtbot):
    at_work.actions_.pack.trigger()
    counted = []
    at_work.sheet._count = lambda: counted.append(1)
    at_work.sheet.all.click()
    assert counted == [1]
    assert len(at_work.sheet.ticked()) == at_work.sheet.list.count()


def test_boundaries_alone_let_one_choose_and_say_what_to_add(window, qtbot, tmp_path, settled):
    path = tmp_path / "squares.jsna"
    with Store.create(path) as store:
        worlds.keep(store, worlds.boundaries())
    window.open_path(path)
    settled()
    window.map.canvas.choose(np.arange(3))
    settled()
    assert "Nothing is known of its areas yet" in window.profile._subtitle.text()


def test_a_place_where_nobody_lives_is_profiled(window, qtbot, tmp_path, settled):
    path = tmp_path / "squares.jsna"
    people = np.full(len(worlds.CODES), 1000.0)
    people[:3] = 0
    with Store.create(path) as store:
        worlds.keep(store, worlds.boundaries(), worlds.residents(people))
    window.open_path(path)
    settled()
    window.map.canvas.choose(np.arange(3))
    settled()
    assert window.profile._subtitle.text().startswith("0 residents · 3 whole LSOAs")
    window.profile.naming.field.setText("Moor")
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    settled()
    assert window.session.residents(window.desk.subject.locality.id) == 0
