"""For every person and every screen: names, keyboard, narrow windows, large text."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QWidget

from jsna_desktop.app.widgets import Button, IconButton, Text


def _controls(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractItemView, QLineEdit)
    return [w for w in root.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]


def _inside(window: QWidget, widget: QWidget) -> bool:
    """Whether the part of a widget that shows is the whole widget, or it lies in something that scrolls."""
    place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    return window.rect().contains(place)


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if parent.objectName() == "qt_scrollarea_viewport":
            return True
        parent = parent.parentWidget()
    return False


def test_every_control_has_a_name(at_work):
    nameless = [w for w in _controls(at_work) if not w.accessibleName()]
    assert nameless == []


def test_tab_reaches_places_map_tools_and_profile(at_work):
    window = at_work
    window.header.name.setFocus()
    reached = set()
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
        reached.add(QApplication.focusWidget())
        if window.profile.table in reached and window.places.list in reached:
            break
    assert {window.places.list, window.profile.table} <= reached
    assert any(isinstance(w, IconButton) for w in reached)


def test_areas_are_chosen_by_keyboard_alone(at_work, settled):
    canvas = at_work.map.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    settled()
    assert len(canvas.selection) == 1
    assert at_work.desk.subject.locality.id == 0


@pytest.mark.parametrize(
    ("width", "height", "text"), [(1366, 768, 100), (683, 384, 100), (1366, 768, 200), (420, 320, 100)]
)
def test_nothing_is_clipped(at_work, settled, width, height, text):
    window = at_work
    window.look.set_text_percent(text)
    window.resize(width, height)
    QApplication.processEvents()
    for drawer, sheet in ((False, False), (True, False), (False, True)):
        window.bench.show_drawer(drawer)
        window.bench.show_sheet(sheet)
        QApplication.processEvents()
        outside = [w for w in _controls(window) if not _inside(window, w) and not _scrolls(w)]
        assert outside == []
        cut = [
            w.text()
            for w in _controls(window.header) + _controls(window.map)
            if isinstance(w, Button) and w.text() and w.width() < w.sizeHint().width() - 2
        ]
        assert cut == []


def test_places_and_profile_are_over_the_map_where_it_is_narrow(at_work, settled):
    window = at_work
    assert not window.header.places.isVisible()
    window.resize(683, 384)
    QApplication.processEvents()
    assert window.header.places.isVisible()
    assert not window.places.isVisible()
    assert window.map.width() == 683
    QTest.mouseClick(window.header.places, Qt.MouseButton.LeftButton)
    assert window.places.isVisible()
    QTest.mouseClick(window.header.places, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.map.open_profile, Qt.MouseButton.LeftButton)
    assert window.profile.isVisible()
    QTest.mouseClick(window.profile.close_button, Qt.MouseButton.LeftButton)
    assert not window.profile.isVisible()
    QTest.mouseClick(window.header.places, Qt.MouseButton.LeftButton)
    QTest.keyClick(window.places.list, Qt.Key.Key_Escape)
    assert not window.places.isVisible()
    assert window.map.canvas.hasFocus()


def test_what_floats_on_the_map_stays_beside_the_profile(at_work, settled):
    window = at_work
    window.resize(683, 384)
    window.bench.show_sheet(True)
    QApplication.processEvents()
    for card in (window.map.tool_bar, window.map.colour_by, window.map.legend):
        assert card.geometry().right() < window.profile.geometry().left()


def test_words_are_never_cut_in_the_profile(at_work, settled):
    window = at_work
    window.look.set_text_percent(200)
    settled()
    for label in window.profile.findChildren(Text):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width() - 1


def test_nothing_important_of_the_map_is_under_what_floats_on_it(at_work, settled):
    window, canvas = at_work, at_work.map.canvas
    left, bottom, right, top = canvas._blocks.finest.total_bounds
    for width, height in ((1366, 768), (683, 384)):
        window.resize(width, height)
        QApplication.processEvents()
        settled()
        corners = canvas.view.to_screen(np.array([[left, top], [right, bottom]]))
        (x0, y0), (x1, y1) = corners.tolist()
        assert y0 > window.map.tool_bar.geometry().bottom()
        assert y0 > window.map.colour_by.geometry().bottom()
        assert x0 > 0
        assert x1 < canvas.width()
        assert y1 < canvas.height()
    assert x0 > window.map.legend.geometry().right() or y1 < window.map.legend.y()


def test_words_on_the_map_grow_with_the_text(at_work, settled):
    canvas = at_work.map.canvas
    before = canvas.font().pixelSize()
    at_work.look.set_text_percent(200)
    settled()
    assert canvas.font().pixelSize() >= 2 * before
    shot = canvas.grab().toImage()
    corner = shot.copy(shot.width() - 230, shot.height() - 36, 215, 34)
    inked = [x for x in range(corner.width()) if any(corner.pixelColor(x, y).lightnessF() < 0.5 for y in range(34))]
    assert inked[-1] - inked[0] > 140  # Fictional data; half of it at 100 %


def test_every_focusable_widget_has_a_name_on_every_sheet(window, at_work):
    def nameless() -> list[QWidget]:
        return [
            widget
            for widget in window.findChildren(QWidget)
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and _spoken(widget) == ""
        ]

    assert nameless() == []
    for open_sheet in (window.new_workspace, window.make_pack, window.actions_.keys.trigger, window.desk.rename_place):
        open_sheet()
        QApplication.processEvents()
        assert nameless() == []
        window.sheet.close_sheet()
    window.close_workspace()
    assert nameless() == []


def _spoken(widget: QWidget) -> str:
    heard = QAccessible.queryAccessibleInterface(widget)
    return heard.text(QAccessible.Text.Name) if heard is not None else ""


def test_what_was_found_stays_under_its_field(at_work):
    box = at_work.header.find_box
    QTest.keyClicks(box.field, "QX1")
    at_work.resize(700, 420)
    QApplication.processEvents()
    assert at_work.rect().contains(box.results.geometry())
    assert abs(box.results.y() - box.mapTo(at_work, box.rect().bottomLeft()).y()) < 12


def _tabbed(start: QWidget, steps: int) -> list[str]:
    start.setFocus()
    names = []
    for _ in range(steps):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().accessibleName())
    return names


def test_tab_goes_as_one_reads(window, at_work):
    wanted = [
        "Find a place",
        "Add data",
        "Make a pack",
        "Set of places",
        "Places of this set",
        "New place",
        "Hide Community",
        "Hide LSOAs",
        "Show Output",
        "Hide Services: Community hub",
        "Hide Services: Dentists",
        "Hide Services: Food bank",
        "Hide Services: General",
        "Services: 7 more",
        "Assets: All 5",
        "Show Background: OS Open Roads",
        "Show Background: Green",
        "Show Background: Particulates",
        "Select areas",
        "Draw a line",
        "Select by a rectangle",
        "Select by a lasso",
        "Colour by",
        "Map",
    ]
    names = _tabbed(window.header.name, len(wanted))
    assert [name[: len(start)] for name, start in zip(names, wanted, strict=True)] == wanted
    window.close_workspace()
    names = _tabbed(window.header.name, 5)
    wanted = ["Choose a council", "Add files", "Try it", "Open the demonstration", "Open a workspace"]
    assert [name[: len(start)] for name, start in zip(names, wanted, strict=True)] == wanted


def test_what_was_found_is_looked_at_on_the_map(at_work, settled):
    """The next key is meant for the map: V takes the arrow and is not searched for."""
    field = at_work.header.find_box.field
    field.setFocus()
    QTest.keyClicks(field, "Thrush")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled()
    assert at_work.map.canvas.hasFocus()
    assert field.text() == ""


def test_a_corner_moved_by_keys_never_hides_under_the_tools(at_work, settled):
    canvas = at_work.map.canvas
    at_work.actions_.tools["polygon"].trigger()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    for _ in range(12):
        QTest.keyClick(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    _, y = canvas.view.to_screen(np.array(canvas.tool._pointer))
    assert y > at_work.map.tool_bar.geometry().bottom()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    settled()
