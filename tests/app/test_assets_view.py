"""Assets beside the map: the finding, the register searched and changed, by mouse and by keys, at every size."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.dialogs.asset import AssetSheet
from jsna_desktop.app.panels.asset_table import day_words
from jsna_desktop.app.panels.tabs import ASSETS, PROFILE
from jsna_desktop.app.theme import CONTRAST, DARK, LIGHT
from jsna_desktop.jobs.asset_findings import Question, strengths
from jsna_desktop.jobs.assets import find, register
from jsna_desktop.workspace.store import Store

PATIENCE_MS = 60_000


@pytest.fixture
def assets(qtbot, at_work, settled, drawn):
    """The view of Kelderford."""
    settled()
    place = next(place for place in at_work.session.places() if place.name == "Kelderford")
    at_work.desk.choose_place(place.id)
    at_work.actions_.views[ASSETS].trigger()
    view = shown_view(at_work)
    qtbot.waitUntil(lambda: "Kelderford" in view.title.text(), timeout=PATIENCE_MS)
    drawn()
    return view


def shown_view(window):
    return window.views._askers[ASSETS].view


def pixel(canvas, place) -> QPoint:
    return QPoint(*(round(part) for part in canvas.view.to_screen(np.array(place)).tolist()))


def drag(canvas, start: QPoint, end: QPoint, *, let_go: bool = True) -> None:
    """The left button from one place on the map to another, the mouse seen on its way."""
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        at = QPointF(start + (end - start) * step / 4)
        canvas.mouseMoveEvent(
            QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton,
                        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        )  # fmt: skip
    if let_go:
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)


def names(view) -> list[str]:
    return [line.asset.name for line in view.table.shown]


def test_it_says_what_the_job_finds_and_lists_what_lies_there(at_work, assets, drawn, qtbot):
    session, place = at_work.session, at_work.desk.subject.locality
    found = strengths(session.store, place, Question())
    assert assets.sentence.text() == found.sentence
    assert assets.sorts.item(0, 1).text() == str(found.whole.assets) == str(len(names(assets)))
    assert set(names(assets)) == {one.name for one in found.listed}
    assert assets.sorts.rowCount() == len(found.sorts) + 2
    assert assets.gaps.rowCount() == len(found.gaps)
    assert assets.stale.text() == f"Stale {found.stale}"
    assets.question.emit(Question(1600.0, "theme"))
    drawn()
    other = strengths(session.store, place, Question(1600.0, "theme"))
    assert assets.sentence.text() == other.sentence != found.sentence
    assert assets.sorts.item(1, 0).text() == other.sorts[0].name


def test_the_register_is_searched_narrowed_down_and_sorted(assets, drawn):
    everywhere = next(entry for entry in assets.here.menu_of().actions() if entry.text() == "Everywhere")
    everywhere.trigger()
    assert len(names(assets)) == 400
    QTest.keyClicks(assets.search, "memory  CAF")
    drawn()
    assert names(assets)
    assert all("Memory Café" in name for name in names(assets))
    assets.search.clear()
    assets.twins.click()
    drawn()
    shown = [line.twin for line in assets.table.shown]
    assert len(shown) == 16
    assert all("like " in twin for twin in shown)
    # Twins are beside each other.
    assert [line.pair for line in assets.table.shown] == [number for number in range(8) for _ in range(2)]
    assets.twins.click()
    assets.stale.click()
    assert {line.stale for line in assets.table.shown} == {"stale", "never checked"}
    assert "40 of 400" in assets.heading.text()
    assert assets.stale.text() == "✓ Stale 40"
    next(entry for entry in assets.kind.menu_of().actions() if entry.text() == "space").trigger()
    assert {line.asset.kind for line in assets.table.shown} == {"space"}
    QTest.keyClicks(assets.search, "no such thing")
    drawn()
    assert names(assets) == []
    assert assets.none.isVisible()
    assert not assets.edit.isEnabled()
    assert not assets.export.isEnabled()


def test_an_asset_is_changed_by_keys_and_the_change_is_undone(at_work, assets, drawn, qtbot):
    store = at_work.session.store
    before = register(store).assets
    table = assets.table
    table.setFocus()
    assert table.pick("assets/119")  # Bridle Parents' Group, stale
    QTest.keyClick(table, Qt.Key.Key_Return)
    sheet = at_work.sheet
    assert isinstance(sheet, AssetSheet)
    field = sheet.fields["last_checked"]
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, "3/5/2026")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert at_work.sheet is None
    drawn()
    assert find(register(store), "assets/119").last_checked == "2026-05-03"
    assert table.current.key == "assets/119"
    assert assets.stale.text() == "Stale 3"
    QTest.keyClick(table, Qt.Key.Key_Delete)
    drawn()
    assert "Bridle Parents' Group" not in names(assets)
    at_work.actions_.undo.trigger()
    drawn()
    assert table.current.name == "Bridle Parents' Group"
    at_work.actions_.undo.trigger()
    drawn()
    assert register(store).assets == before
    assert assets.stale.text() == "Stale 4"
    at_work.actions_.redo.trigger()
    drawn()
    assert find(register(store), "assets/119").last_checked == "2026-05-03"


def test_a_new_asset_is_on_the_list_the_map_and_in_the_search(at_work, assets, drawn):
    QTest.keyClicks(assets.search, "nothing like it")
    drawn()
    assets.add_button.click()
    sheet = at_work.sheet
    sheet.keep.click()
    assert sheet.problem.text() == "Give it a name."
    sheet.fields["name"].setText("Mill Lane Shed")
    sheet.kind.setCurrentText("space")
    sheet.fields["postcode"].setText("QX2 5WO")
    sheet.keep.click()
    assert "No postcodes of the workspace know this one" in sheet.problem.text()
    sheet.fields["postcode"].setText("qx2 5wh")
    sheet.today.click()
    sheet.keep.click()
    drawn()
    # What narrowed the list down is let go of, so that it is seen.
    assert assets.table.current.name == "Mill Lane Shed"
    assert assets.sentence.text().startswith("Kelderford has 43 assets")
    layer = next(one for one in at_work.session.contents.point_layers if one.key == "asset:space")
    assert "Mill Lane Shed" in layer.names
    assert any(choice.text == "Mill Lane Shed" for choice in at_work.desk.search("mill lane shed"))


def test_a_postcode_takes_the_place_of_coordinates(at_work, assets, drawn):
    assets.table.pick("assets/119")
    assets.edit.click()
    sheet = at_work.sheet
    assert sheet.fields["easting"].text()
    sheet.fields["postcode"].setFocus()
    sheet.fields["postcode"].selectAll()
    QTest.keyClicks(sheet.fields["postcode"], "QX1 1RX")
    assert sheet.fields["easting"].text() == ""
    sheet.keep.click()
    drawn()
    one = find(register(at_work.session.store), "assets/119")
    assert (one.postcode, one.is_placed) == ("QX1 1RX", True)
    # It lies elsewhere now: the list follows it there.
    assert assets.table.current.key == "assets/119"
    assert len(names(assets)) == 400


def test_an_asset_is_taken_in_hand_on_the_map_and_dragged(at_work, assets, drawn):
    canvas, store = at_work.map.canvas, at_work.session.store
    before = find(register(store), "assets/119")
    canvas.fit((before.x - 3000, before.y - 3000, before.x + 3000, before.y + 3000))
    assets.stale.click()  # it is listed, and others are not
    drawn()
    one = next(one for one in register(store).assets if one.key == "assets/119")
    there = pixel(canvas, (one.x, one.y))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=there)
    assert assets.table.current.key == one.key
    assert canvas.held == (one.x, one.y)
    assert len(canvas.selection) == 0
    # Escape leaves it where it was.
    drag(canvas, there, there + QPoint(60, 30), let_go=False)
    assert "away" in canvas.tool.hint
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=there + QPoint(60, 30))
    drawn()
    assert find(register(store), one.key) == before
    view = canvas.view
    drag(canvas, there, there + QPoint(60, 30))
    drawn()
    after = find(register(store), one.key)
    assert canvas.view == view  # the map stood still
    assert (after.x, after.y) == pytest.approx(canvas.view.to_world(there.x() + 60, there.y() + 30), abs=0.51)
    assert after.postcode == ""
    assert canvas.held == (after.x, after.y)
    layer = next(one for one in at_work.session.contents.point_layers if one.key == f"asset:{after.kind}")
    assert [after.x, after.y] in layer.places.tolist()
    at_work.actions_.undo.trigger()
    drawn()
    assert find(register(store), one.key) == before
    # A drag that begins elsewhere moves the map, and no asset.
    drag(canvas, there + QPoint(40, 60), there + QPoint(80, 60))
    drawn()
    assert canvas.view != view
    assert find(register(store), one.key) == before


def test_an_asset_that_is_not_listed_is_uncovered_by_a_click_on_it(at_work, assets, drawn):
    canvas = at_work.map.canvas
    away = next(line.asset for line in assets._lines if not line.here and line.asset.is_placed)
    canvas.fit((away.x - 1000, away.y - 1000, away.x + 1000, away.y + 1000))
    drawn()
    assert away.name not in names(assets)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel(canvas, (away.x, away.y)))
    assert np.hypot(assets.table.current.x - away.x, assets.table.current.y - away.y) < 100
    assert "Everywhere" in assets.here.text()


def test_assets_are_the_points_of_the_map_for_as_long_as_the_tab_is_shown(at_work, assets, drawn):
    canvas = at_work.map.canvas
    shown = {marks.key for marks in canvas._point_marks}
    assert shown == {"asset:activity", "asset:group", "asset:network", "asset:space", "asset:service"}
    gaps = strengths(at_work.session.store, at_work.desk.subject.locality, Question()).gaps
    codes = at_work.session.contents.blocks.codes
    assert {codes[block] for block in canvas._hatched} == {gap.code for gap in gaps}
    assert "hatched" in at_work.map.legend._note.text()
    at_work.actions_.views[PROFILE].trigger()
    drawn()
    assert all(marks.key.startswith("service:") for marks in canvas._point_marks)
    assert not canvas._hatched
    assert canvas.held is None
    assert "hatched" not in at_work.map.legend._note.text()


def test_the_sheet_lets_the_place_be_clicked_on_the_map_and_keeps_its_words(at_work, assets, drawn):
    canvas, store = at_work.map.canvas, at_work.session.store
    assets.add_button.click()
    at_work.sheet.fields["name"].setText("Mill Lane Shed")
    at_work.sheet.kind.setCurrentText("space")
    at_work.sheet.fields["postcode"].setText("QX2 5WH")
    at_work.sheet.on_map.click()
    assert at_work.sheet is None
    assert canvas.tool.name == "place"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert at_work.sheet.words()["postcode"] == "QX2 5WH"
    assert at_work.sheet.words()["name"] == "Mill Lane Shed"
    at_work.sheet.on_map.click()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    east, north = canvas.view.to_world(canvas.rect().center().x(), canvas.rect().center().y())
    assert at_work.sheet.words()["postcode"] == ""
    assert at_work.sheet.words()["easting"] == f"{east:.0f}"
    at_work.sheet.keep.click()
    drawn()
    made = assets.table.current
    assert (made.name, made.x, made.y) == ("Mill Lane Shed", round(east), round(north))
    assert canvas.tool.name == "select"
    assert made in register(store).assets


def test_what_is_listed_is_exported_without_contacts(at_work, assets, tmp_path, drawn):
    path = tmp_path / "out.csv"
    asked, said = [], []
    at_work.choose.save = lambda _title, name: asked.append(name) or path
    at_work.views.said.connect(said.append)
    assets.stale.click()
    assets.export.click()
    assert "4 assets" in at_work.sheet.lead.text()
    next(button for button in at_work.sheet.findChildren(type(assets.edit)) if "file" in button.text()).click()
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert sorted(row["name"] for row in rows) == sorted(names(assets))
    assert "contact" not in rows[0]
    assert said == [f"4 assets written to {path}, without contacts."]
    next(entry for entry in assets.here.menu_of().actions() if entry.text() == "Everywhere").trigger()
    assets.export.click()
    next(button for button in at_work.sheet.findChildren(type(assets.edit)) if "file" in button.text()).click()
    assert asked == ["Assets of Kelderford.xlsx", "Assets.xlsx"]


def test_a_list_of_what_is_to_be_looked_at_is_worked_off(at_work, assets, drawn):
    assert assets.twins.isEnabled()  # there are some elsewhere
    assert "16 more elsewhere" in assets.twins.accessibleName()
    next(entry for entry in assets.here.menu_of().actions() if entry.text() == "Everywhere").trigger()
    assets.stale.click()
    first, second = names(assets)[:2]
    assets.table.pick(assets.table.shown[0].asset.key)
    assets.checked.click()
    drawn()
    assert assets.stale.isChecked()
    assert first not in names(assets)
    assert assets.table.current.name == second
    at_work.actions_.undo.trigger()
    drawn()
    assert assets.table.current.name == first
    assets.stale.click()
    # A click on one that is no duplicate lets go of that list, and the table has its usual columns again.
    assets.twins.click()
    assert not assets.table.isColumnHidden(4)  # which of the two was checked
    assert " m: like " in assets.table.shown[0].twin
    single = next(line.asset for line in assets._lines if not line.twin and line.asset.is_placed)
    assets.take_in_hand(single.key)
    assert assets.table.current.key == single.key
    assert not assets.twins.isChecked()
    assert not assets.table.isColumnHidden(1)


def test_a_gap_is_shown_on_the_map(at_work, assets, drawn):
    canvas = at_work.map.canvas
    before = canvas.view.scale
    assets.gaps.setFocus()
    assets.gaps.setCurrentCell(0, 0)
    QTest.keyClick(assets.gaps, Qt.Key.Key_Return)
    drawn()
    assert canvas.view.scale < before
    gap = strengths(at_work.session.store, at_work.desk.subject.locality, Question()).gaps[0]
    block = at_work.session.contents.blocks.codes.tolist().index(gap.code)
    assert canvas.block_at(*canvas.points[block]) == block
    assert canvas.view.box[0] < canvas.points[block][0] < canvas.view.box[2]


def test_nothing_is_wider_than_the_view(at_work, assets, drawn):
    for mode, width, height, text in (
        (DARK, 1366, 768, 100), (CONTRAST, 683, 384, 100), (LIGHT, 1366, 768, 200), (LIGHT, 683, 384, 200),
    ):  # fmt: skip
        at_work.look.set_mode(mode)
        at_work.look.set_text_percent(text)
        at_work.resize(width, height)
        drawn()
        QApplication.processEvents()
        parts = (assets.sentence, assets.narrowing, assets.doing, assets.table, assets.sorts, assets.gaps, assets.tabs)
        for part in parts:
            left = part.mapTo(assets, part.rect().topLeft()).x()
            assert left >= 0
            assert left + part.width() <= assets.width(), part
        table = assets.table
        shown = [column for column in range(6) if not table.isColumnHidden(column)]
        assert {0, 5} <= set(shown)
        assert sum(table.columnWidth(column) for column in shown) <= table.viewport().width()
        assert table.columnWidth(0) >= at_work.look.px(120)


def test_an_empty_workspace_teaches_how_to_begin(qtbot, window, tmp_path, settled, drawn):
    path = tmp_path / "empty.jsna"
    Store.create(path, "Empty").close()
    window.open_path(path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=PATIENCE_MS)
    window.actions_.views[ASSETS].trigger()
    view = shown_view(window)
    qtbot.waitUntil(lambda: bool(view.sentence.text()), timeout=PATIENCE_MS)
    assert "Choose Add for the first one" in view.sentence.text()
    assert view.add_button.isVisible()
    assert not view.table.isVisible()
    view.add_button.click()
    sheet = window.sheet
    sheet.fields["name"].setText("Village hall")
    sheet.kind.setCurrentText("space")
    sheet.fields["easting"].setText("396221")
    sheet.fields["northing"].setText("202595")
    sheet.keep.click()
    drawn()
    assert names(view) == ["Village hall"]
    assert "no residents" in view.sentence.text()
    assert not view.right.isVisible()


def test_in_a_workspace_that_can_only_be_read_a_change_says_so(at_work, assets, faults, qtbot):
    at_work.session.store.let_go()
    assets.table.pick("assets/119")
    assets.checked.click()
    qtbot.waitUntil(lambda: at_work.sheet is not None)
    assert "can only be read" in at_work.sheet.lead.text() + at_work.sheet.title.text()
    assert at_work.undo_stack.count() == 0


def test_days_are_read_as_they_are_known():
    assert [day_words(text) for text in ("2023-09-13", "2023-09", "2023", "")] == [
        "13 Sep 2023", "Sep 2023", "2023", "never",
    ]  # fmt: skip
