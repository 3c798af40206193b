"""The profile panel by itself."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app.panels.profile import PlaceView, ProfilePanel
from jsna_desktop.app.panels.profile_rows import ROW_ROLE, More
from jsna_desktop.app.panels.profile_scale import leading_verdict, scale_span
from jsna_desktop.app.widgets import Text


@pytest.fixture
def rows(row) -> Callable[[int], list[dict]]:
    """So many rows of one group."""
    return lambda count: [row | {"indicator": f"local.{n}", "name": f"Indicator {n}"} for n in range(count)]


def _shown(qtbot, look, rows, **more) -> ProfilePanel:
    panel = ProfilePanel(look)
    qtbot.addWidget(panel)
    panel.resize(380, 720)
    panel.show_place(PlaceView("Trowbridge", "47,908 residents", rows, **more))
    panel.show()
    return panel


def _words(panel: ProfilePanel) -> list[str]:
    return [label.text() for label in panel.findChildren(Text) if label.isVisibleTo(panel)]


def test_the_mark_is_against_england_and_against_the_district_where_there_is_no_england(row):
    assert leading_verdict(row) == "worse"
    local = [row["comparators"][0] | {"verdict": "similar"}]
    assert leading_verdict(row | {"comparators": local}) == "similar"
    assert leading_verdict(row | {"comparators": []}) == "not compared"


def test_the_scale_holds_value_limits_and_comparators(row):
    low, high = scale_span(row)
    assert low < 16.9
    assert high > 18.47
    assert scale_span(row | {"lower_ci": None, "upper_ci": None, "comparators": []}) is None


def test_arrow_keys_move_and_the_line_below_explains(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(3))
    assert "Indicator 0: 18.1" in panel.focus_line.accessibleName()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert "Indicator 1: 18.1" in panel.focus_line.accessibleName()
    assert "8,684 of 47,908" in panel.focus_line.accessibleName()
    with qtbot.waitSignal(panel.explain) as told:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert told.args[0]["name"] == "Indicator 1"


def test_the_legend_has_what_is_on_the_table_and_no_more(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(2))
    said = _words(panel)
    assert {"England", "Wiltshire", "clearly worse"} <= set(said)
    assert "clearly better" not in said


def test_counts_have_no_scale(qtbot, look, row):
    panel = _shown(qtbot, look, [row | {"kind": "count", "unit": "residents"}])
    assert "England" not in _words(panel)


def test_a_long_group_opens_by_key_and_keeps_open_for_the_next_place(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(20))
    model = panel.table.model()
    assert model.rowCount() == 1 + 5 + 1
    panel.table.setCurrentIndex(model.index(6))
    assert isinstance(model.index(6).data(ROW_ROLE), More)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert model.rowCount() == 1 + 20 + 1
    panel.show_place(PlaceView("Calne", "", rows(20)))
    assert model.rowCount() == 1 + 20 + 1


def test_the_row_in_focus_stays_while_numbers_change(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(4))
    panel.table.setCurrentIndex(panel.table.model().index(3))
    changed = [row | {"value": 20.0} for row in rows(4)]
    panel.show_place(PlaceView("Trowbridge", "", changed))
    assert panel.table.current_row()["name"] == "Indicator 2"
    assert "20.0" in panel.focus_line.accessibleName()


def test_every_row_of_the_table_says_itself_to_a_screen_reader(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(2))
    model = panel.table.model()
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "People 2021"
    assert "clearly worse than England" in model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_new_place_is_named_with_the_return_key(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(1), stored=False)
    QTest.keyClicks(panel.naming.field, "  Canal   side ")
    with qtbot.waitSignal(panel.name_given) as told:
        QTest.keyClick(panel.naming.field, Qt.Key.Key_Return)
    assert told.args == ["Canal side"]


def test_the_table_is_as_high_as_its_rows_at_any_text_size(qtbot, look, rows):
    panel = _shown(qtbot, look, rows(6))
    before = panel.table.height()
    look.set_text_percent(200)
    view = panel.table
    last = view.visualRect(view.model().index(view.model().rowCount() - 1))
    assert view.height() > 1.5 * before
    assert last.bottom() <= view.height()


def test_detail_is_folded_at_the_end_and_opens_whole(qtbot, look, rows):
    many = [row | {"detail": True, "group": "Ages"} for row in rows(60)]
    panel = _shown(qtbot, look, [*many, *rows(2)])
    model = panel.table.model()
    shown = [model.index(place).data(ROW_ROLE) for place in range(model.rowCount())]
    assert [type(item).__name__ for item in shown] == ["Heading", "dict", "dict", "Heading", "More"]
    assert shown[3].group == "Detail"
    assert shown[4].text == "Show 60 more"
    panel.table.setCurrentIndex(model.index(4))
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert model.rowCount() == 3 + 1 + 60 + 1


def test_the_row_that_keys_reach_is_brought_into_view(qtbot, look, rows):
    panel = _shown(qtbot, look, [row | {"group": f"Group {n // 5}"} for n, row in enumerate(rows(40))])
    panel.resize(380, 500)
    panel.table.setFocus()
    assert panel.table.height() > 1000
    qtbot.waitUntil(panel.table.hasFocus)

    def seen() -> bool:
        row = panel.table.visualRect(panel.table.currentIndex())
        top = panel.table.mapTo(panel.scroll_area.viewport(), row.topLeft()).y()
        return 0 <= top <= panel.scroll_area.viewport().height() - row.height()

    for _ in range(40):
        QTest.keyClick(panel.table, Qt.Key.Key_Down)
        assert seen()
    assert panel.table.currentIndex().row() > 40
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(panel.table, key)
        assert seen()


def test_one_line_says_what_chance_does_among_many(qtbot, look, rows):
    said = "Of 84 comparisons about 4 would differ by chance alone; 31 stay clear when all are judged together."
    assert said in _words(_shown(qtbot, look, rows(2), chance=said))
    assert not any("chance" in words for words in _words(_shown(qtbot, look, rows(2))))
