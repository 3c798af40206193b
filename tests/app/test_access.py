"""For every person and every screen: names, keyboard, narrow windows, large text."""

import pytest
from PySide6.QtCore import QRect, Qt
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
