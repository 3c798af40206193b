"""Two places side by side in the window."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app import comparing
from jsna_desktop.app.dialogs.compare import Compare, difference, other_entry

PATIENCE_MS = 60_000


def _compared(qtbot, window, text: str) -> Compare:
    place = window.session.places()[0]
    window.desk.choose_place(place.id)
    choice = next(c for c in comparing.choices(window.session, place) if c.text == text)
    window.comparing.show(choice)
    qtbot.waitUntil(lambda: isinstance(window.sheet, Compare), timeout=PATIENCE_MS)
    return window.sheet


def test_the_difference_of_two_places_is_shown_with_its_own_interval(qtbot, at_work):
    first, second = at_work.session.places()[:2]
    sheet = _compared(qtbot, at_work, second.name)
    assert sheet.title.text() == f"{first.name} and {second.name}"
    assert sheet.only_clear.isChecked()
    for row in sheet.model.rows:
        entry = other_entry(row, second.name)
        assert entry["verdict"] in ("better", "worse", "higher", "lower")
        assert entry["difference"] == row["value"] - entry["value"]
        assert not entry["difference_lower"] <= 0 <= entry["difference_upper"]
        assert " to " in difference(row, entry)
    clear = len(sheet.model.rows)
    sheet.only_clear.setChecked(False)
    assert len(sheet.model.rows) > clear
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert at_work.sheet is None


def test_a_larger_area_can_be_compared_with(qtbot, at_work):
    sheet = _compared(qtbot, at_work, "Marrowshire")
    assert sheet.model.rows


def test_without_a_place_the_window_says_what_to_do(at_work):
    at_work.desk.choose_place(None)
    at_work.actions_.compare.trigger()
    assert "Choose a place first" in at_work.map.banner.text.text()
