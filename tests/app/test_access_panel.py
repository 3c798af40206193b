"""The panel of access: minutes on the map, a change by mouse and by keys, undone, kept and brought back."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.dialogs.best_places import AskBest, FoundPlaces
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.panels.tabs import ACCESS, PROFILE
from jsna_desktop.app.widgets import Button, Field, Text
from jsna_desktop.jobs import scenarios
from jsna_desktop.jobs.access_change import Change
from jsna_desktop.jobs.access_words import shown
from jsna_desktop.jobs.siting_candidates import candidates_of

PATIENCE_MS = 60_000
PRACTICE = "Mill Lane Health Centre"


@pytest.fixture
def access(tab):
    """The asker of the panel, which is shown."""
    return tab(ACCESS).views._askers[ACCESS]


def _named(access, name: str) -> int:
    return next(at for at, one in enumerate(access.made.services.names) if one.title() == name)


def _menu(access) -> QMenu:
    menu = QMenu(access.panel)
    access.what_if.fill_menu(menu)
    return menu


def _button(sheet: Sheet, text: str) -> Button:
    return next(button for button in sheet.findChildren(Button) if button.text() == text)


def test_the_map_shows_minutes_and_the_profile_gets_its_colours_back(at_work, access, drawn):
    canvas, chip = at_work.map.canvas, at_work.map.colour_by
    assert at_work.map.isVisible()
    assert not at_work.profile.isVisible()
    assert access.panel.isVisible()
    assert access.panel.sentence.text().startswith("Residents of Aldminster drive ")
    assert chip.accessibleName() == "Colour by Minutes by car to a general practice"
    assert "Minutes by car to a general practice: " in canvas.describe(0)
    at_work.actions_.views[PROFILE].trigger()
    drawn()
    assert at_work.profile.isVisible()
    assert chip.accessibleName() == "Colour by IMD 2025 average score"
    assert "IMD" in canvas.describe(0)


def test_a_practice_is_clicked_on_the_map_and_closed_and_that_is_undone(at_work, access, drawn):
    canvas = at_work.map.canvas
    at = _named(access, PRACTICE)
    x, y = access.made.services.places[at].tolist()
    canvas.fit((x - 4000, y - 4000, x + 4000, y + 4000))
    drawn()
    point = canvas.view.to_screen(np.array([x, y]))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(point[0]), round(point[1])))
    assert access.panel.picked.isVisible()
    assert access.panel.picked._name.text() == PRACTICE
    assert len(canvas.selection) == 0  # the click meant the practice, not the area
    assert len(canvas._marked)  # its catchment
    before = access.panel._view.values
    access.panel.picked.shut.click()
    drawn()
    assert access.change == Change((at,))
    assert access.panel.scenario.isVisible()
    assert PRACTICE in access.panel.scenario._title.text()
    assert len(canvas._hatched)
    assert np.nanmax(access.panel._view.values - before) > 0
    at_work.actions_.undo.trigger()
    drawn()
    assert access.change == Change()
    assert not access.panel.scenario.isVisible()
    assert not canvas._hatched
    at_work.actions_.redo.trigger()
    drawn()
    access.panel.scenario.end.click()
    drawn()
    assert access.change == Change()


def test_one_is_closed_by_keys_alone(at_work, access, drawn):
    next(entry for entry in _menu(access).actions() if entry.text() == "A service closed …").trigger()
    field = access.what_if.popup.field
    QTest.keyClicks(field, "mill lane")
    QTest.keyClick(field, Qt.Key.Key_Return)
    drawn()
    assert access.change == Change((_named(access, PRACTICE),))
    assert "residents" in access.panel.scenario._text.accessibleName()


def test_a_new_one_is_opened_by_a_postcode_or_by_a_click(at_work, access, drawn, qtbot):
    next(entry for entry in _menu(access).actions() if entry.text() == "A new one opened …").trigger()
    sheet = at_work.sheet
    name, where = sheet.findChildren(Field)
    QTest.keyClicks(name, "Hub")
    QTest.keyClicks(where, "nowhere at all")
    QTest.keyClick(where, Qt.Key.Key_Return)
    assert at_work.sheet is sheet  # what is wrong is said there
    wrong = next(text for text in sheet.findChildren(Text) if "nowhere at all" in text.text())
    low = wrong.mapTo(sheet.scroll_area.viewport(), wrong.rect().bottomLeft()).y()
    assert 0 <= low <= sheet.scroll_area.viewport().height()  # and is seen
    assert where.hasFocus()
    assert where.selectedText() == "nowhere at all"
    east, north = access.made.services.places[3] + 2000
    QTest.keyClicks(where, f"{east:.0f}, {north:.0f}")
    QTest.keyClick(where, Qt.Key.Key_Return)
    drawn()
    assert [one.name for one in access.change.open] == ["Hub"]
    assert at_work.map.canvas._opened == [(float(f"{east:.0f}"), float(f"{north:.0f}"))]
    next(entry for entry in _menu(access).actions() if entry.text() == "A new one opened …").trigger()
    _button(at_work.sheet, "Click on the map").click()
    canvas = at_work.map.canvas
    assert canvas.tool.name == "place"
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    drawn()
    assert canvas.tool.name == "select"
    assert len(access.change.open) == 2
    next(entry for entry in _menu(access).actions() if entry.text() == "A new one opened …").trigger()
    _button(at_work.sheet, "Click on the map").click()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool.name == "select"
    assert len(access.change.open) == 2


def test_a_new_one_in_the_sea_is_refused_and_changes_nothing(at_work, access, drawn):
    before = at_work.undo_stack.count()
    access.what_if.open_service("Rig", 100_000.0, 900_000.0)
    assert "no road" in at_work.sheet.title.text() + "".join(t.text() for t in at_work.sheet.findChildren(Text))
    assert access.change == Change()
    assert at_work.undo_stack.count() == before


def test_a_scenario_is_kept_beside_the_facts_and_brought_back(at_work, access, drawn, qtbot):
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    next(entry for entry in _menu(access).actions() if entry.text() == "Keep this scenario …").trigger()
    QTest.keyClicks(at_work.sheet.findChild(Field), "Mill Lane shuts")
    _button(at_work.sheet, "Keep").click()
    assert [one.name for one in scenarios.scenarios(at_work.session.store)] == ["Mill Lane shuts"]
    access.what_if.end()
    drawn()
    menu = _menu(access)
    next(entry for entry in menu.actions() if entry.text() == "Scenario: Mill Lane shuts").trigger()
    drawn()
    assert access.change == Change((_named(access, PRACTICE),))


def _keep(at_work, access, name: str) -> None:
    _entry(access, "Keep this scenario …").trigger()
    QTest.keyClicks(at_work.sheet.findChild(Field), name)
    _button(at_work.sheet, "Keep").click()


def _stored(at_work) -> dict[str, str]:
    return {one.name: one.service for one in scenarios.scenarios(at_work.session.store)}


def test_a_scenario_is_not_written_over_without_a_word(at_work, access, drawn):
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    _keep(at_work, access, "Shuts")
    next(entry for entry in access.panel.service.menu_of().actions() if entry.text() == "Libraries").trigger()
    drawn()
    access.what_if.close_service(0)
    drawn()
    _keep(at_work, access, "Shuts")
    sheet = at_work.sheet
    assert sheet.title.text() == "Shuts is kept already. Replace it?"
    assert "general practice" in sheet.lead.text()
    assert sheet.no.hasFocus()
    QTest.keyClick(sheet.no, Qt.Key.Key_Escape)
    assert _stored(at_work) == {"Shuts": "gp"}
    _keep(at_work, access, "Shuts")
    at_work.sheet.yes.click()
    assert _stored(at_work) == {"Shuts": "library"}


def test_a_scenario_that_is_forgotten_comes_back_by_undo(at_work, access, drawn):
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    _keep(at_work, access, "Shuts")
    [kept] = scenarios.scenarios(at_work.session.store)
    access.what_if.kept._forget("Shuts")
    assert _stored(at_work) == {}
    assert at_work.undo_stack.undoText() == "forget Shuts"
    at_work.actions_.undo.trigger()
    assert scenarios.scenarios(at_work.session.store) == [kept]
    at_work.actions_.redo.trigger()
    assert _stored(at_work) == {}


def test_news_end_with_what_they_tell_of_and_a_warning_stays(at_work, access, drawn):
    banner, canvas = at_work.map.banner, at_work.map.canvas
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()

    def news() -> None:
        _keep(at_work, access, "Shuts") if not _stored(at_work) else access.what_if.kept.keep("Shuts", replace=True)
        assert banner.isVisible()
        assert banner.property("tone") == "news"
        assert canvas._hint_top > banner.geometry().bottom()  # the tool's hint is not covered
        lines = banner.height() / banner.text.fontMetrics().lineSpacing()
        assert lines < 4

    news()
    access.what_if.end()
    assert not banner.isVisible()
    drawn()
    at_work.actions_.undo.trigger()
    drawn()
    news()
    next(entry for entry in access.panel.service.menu_of().actions() if entry.text() == "Libraries").trigger()
    assert not banner.isVisible()
    drawn()
    at_work.actions_.undo.trigger()
    at_work.actions_.redo.trigger()
    drawn()
    news()
    at_work.actions_.views[PROFILE].trigger()
    assert not banner.isVisible()
    assert canvas._hint_top < banner.geometry().bottom()
    at_work.say("This workspace can only be read.")
    assert banner.property("tone") == ""
    at_work.actions_.views[ACCESS].trigger()
    drawn()
    access.what_if.close_service(0)
    assert banner.isVisible()


def test_news_of_nothing_that_lasts_go_by_themselves(at_work, qtbot):
    at_work.tell("Done.", seconds=0.05)
    assert at_work.map.banner.isVisible()
    qtbot.waitUntil(lambda: not at_work.map.banner.isVisible(), timeout=PATIENCE_MS)


def _drag(canvas, start: tuple[float, float], by: tuple[int, int]) -> None:
    at = QPoint(*(round(part) for part in canvas.view.to_screen(np.array(start)).tolist()))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    for share in (0.3, 1.0):
        now = at + QPoint(round(share * by[0]), round(share * by[1]))
        canvas.mouseMoveEvent(
            QMouseEvent(QEvent.Type.MouseMove, now.toPointF(), canvas.mapToGlobal(now).toPointF(),
                        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        )  # fmt: skip
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=now)


def test_a_service_is_dragged_and_so_is_where_it_moved(at_work, access, drawn):
    canvas, names = at_work.map.canvas, access.made.services.names
    at = _named(access, PRACTICE)
    x, y = access.made.services.places[at].tolist()
    canvas.fit((x - 4000, y - 4000, x + 4000, y + 4000))
    drawn()
    access.hand.clicked("service:gp", x, y)
    assert canvas.held == (x, y)
    assert len(canvas._marked)
    _drag(canvas, (x, y), (60, -30))
    drawn()
    assert access.change.close == (at,)
    [there] = access.change.open
    assert there.name == names[at]
    pixel = canvas.view.scale
    assert (there.easting - x, there.northing - y) == pytest.approx((60 * pixel, 30 * pixel), abs=pixel)
    assert at_work.undo_stack.undoText() == f"move {PRACTICE}"
    assert canvas.held == (there.easting, there.northing)  # it is still in hand
    assert PRACTICE in access.panel.scenario._title.text()
    _drag(canvas, canvas.held, (-20, 40))
    drawn()
    [further] = access.change.open
    assert further != there
    assert access.change.close == (at,)
    at_work.actions_.undo.trigger()
    drawn()
    assert access.change.open == (there,)
    assert canvas.held is None
    access.hand.clicked("service:gp", x, y)  # the one that is struck out
    assert canvas.held is None  # it is not there to be moved
    assert access.panel.picked.shut.text() == "Leave it as it is"
    access.panel.picked.shut.click()
    drawn()
    assert access.change == Change()


def test_a_new_one_is_clicked_moved_and_left_out_and_the_place_stays_chosen(at_work, access, drawn):
    canvas = at_work.map.canvas
    place = next(one for one in at_work.session.places() if one.name == "Kelderford")
    at_work.desk.choose_place(place.id)
    x, y = (access.made.services.places[3] + 1500).tolist()
    access.what_if.open_service("Hub", x, y)
    access.what_if.close_service(0)
    drawn()
    canvas.fit((x - 4000, y - 4000, x + 4000, y + 4000))
    drawn()
    at = canvas.view.to_screen(np.array([x, y]))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(at[0]), round(at[1])))
    assert access.place.name == "Kelderford"
    assert len(canvas.selection) == 0
    assert access.panel.picked._name.text() == "Hub"
    assert canvas.held == (x, y)
    access.panel.picked.move_it.click()
    assert "If Hub moved" in at_work.sheet.title.text()
    at_work.sheet.close_sheet()
    _drag(canvas, (x, y), (30, 30))
    drawn()
    assert [one.name for one in access.change.open] == ["Hub"]
    assert access.change.open[0].easting > x
    access.panel.picked.shut.click()
    drawn()
    assert access.change == Change(close=(0,))
    assert not access.panel.picked.isVisible()


def test_another_service_and_way_are_chosen_and_the_change_is_of_one_service(at_work, access, drawn):
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    next(entry for entry in access.panel.mode.menu_of().actions() if entry.text() == "Straight line").trigger()
    drawn()
    assert access.panel.scenario.isVisible()
    assert "km" in access.panel.scenario._text.text()
    next(entry for entry in access.panel.service.menu_of().actions() if entry.text() == "Libraries").trigger()
    drawn()
    assert access.change == Change()
    assert "nearest library" in access.panel.sentence.text()
    assert [layer.key for layer in at_work.map.canvas._point_marks] == ["service:library"]


@pytest.mark.parametrize(("width", "height", "text"), [(683, 384, 100), (1366, 768, 200)])
def test_it_fits_small_and_large(at_work, access, drawn, width, height, text):
    at_work.look.set_text_percent(text)
    at_work.resize(width, height)
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    panel = access.panel
    assert panel.isVisible()
    for part in (panel.tabs, panel.scenario, panel.fifths_heading, panel.note):
        left = part.mapTo(panel, QPoint(0, 0)).x()
        assert left >= 0
        assert left + part.width() <= panel.width(), part


def test_what_a_change_touches_is_brought_into_view_and_told_on_the_map(at_work, access, drawn):
    """Classes stay; losers and gainers are hatched two ways; the card is of the colour of what happens."""
    canvas, legend, panel = at_work.map.canvas, at_work.map.legend, access.panel
    names = legend._ramp._names
    assert names[0].startswith("under ")
    assert names[-1].endswith(" and over")
    assert all(name in legend.accessibleDescription() for name in names)
    x, y = access.made.services.places[0].tolist()
    canvas.fit((x - 500, y - 500, x + 500, y + 500))
    drawn()
    east, north = (access.made.services.places[_named(access, PRACTICE)] + 4000).tolist()
    access.what_if.open_service("Hub", east, north)
    drawn()
    sx, sy = canvas.view.to_screen(np.array([east, north]))
    assert 0 < sx < canvas.width()
    assert 0 < sy < canvas.height()
    assert canvas._gained
    assert not canvas._hatched
    assert panel.scenario.objectName() == "gain"
    assert legend._note.text() == "hatched \\\\\\ nearer than now"
    assert panel.where.count() == len(panel._view.change.where) > 0
    assert not panel.further_than.isVisible()
    still = canvas.view
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    assert canvas._gained
    assert canvas._hatched
    assert canvas.view == still  # all of it is in view
    assert panel.scenario.objectName() == "scenario"
    assert "/// further away" in legend._note.text()
    assert legend._ramp._names == names
    access.what_if.end()
    drawn()
    assert not canvas._gained
    assert panel.further_than.isVisible()
    assert not panel.where_heading.isVisible()


def test_how_it_is_made_is_told(at_work, access, drawn):
    access.panel.how.click()
    assert "a roads 60" in _said(at_work.sheet)
    assert "5, 10, 15, 20, 30 minutes" in _said(at_work.sheet)


def test_a_place_stands_beside_the_whole_area(at_work, access, drawn):
    panel = access.panel
    assert panel.fifths_heading.text() == "Aldminster by deprivation"
    bars = [panel.fifths.itemAt(at).widget() for at in range(0, panel.fifths.count(), 2)]
    assert [bar.accessibleName() for bar in bars] == [
        f"{one.name}: {one.mean:.1f}, Marrowshire {one.beside:.1f}" for one in panel._view.fifths
    ]
    assert panel.table.itemAtPosition(2, 0).widget().accessibleName() == (
        f"Mean time, min: {panel._view.table[0].now:.1f}, Marrowshire {panel._view.table[0].beside:.1f}"
    )
    access.what_if.close_service(_named(access, PRACTICE))
    drawn()
    assert panel.fifths_heading.text() == "Who in Marrowshire would be further away"


def test_without_services_it_says_what_to_add(qtbot, window, tmp_path):
    from jsna_desktop.workspace.store import Store

    path = tmp_path / "empty.jsna"
    Store.create(path, "Empty").close()
    window.open_path(path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=PATIENCE_MS)
    window.actions_.views[ACCESS].trigger()
    panel = window.views._askers[ACCESS].panel
    qtbot.waitUntil(lambda: "Add data" in panel.sentence.text(), timeout=PATIENCE_MS)
    assert not panel.what_if.isVisible()


def test_other_groups_are_chosen_and_a_far_area_is_shown_on_the_map(at_work, access, drawn):
    next(entry for entry in access.panel.group_by.menu_of().actions() if entry.text() == "By age").trigger()
    assert access.panel.fifths_heading.text() == "Aldminster by age"
    part = access.panel.further_than
    next(entry for entry in part.limit.menu_of().actions() if entry.text() == "5 minutes").trigger()
    asked = next(one for one in access.panel._view.beyond if one.limit == 5)
    assert part.sentence.text() == asked.sentence
    first = asked.areas[0]
    link = part.areas.itemAt(0).widget().findChild(Button)
    assert link.accessibleName() == f"Show {access._name_of(first.code)} on the map"
    before = at_work.map.canvas.view.scale
    link.click()
    drawn()
    assert at_work.map.canvas.view.scale < before
    assert len(at_work.map.canvas.selection) == 0


def test_capacity_in_reach_is_a_way_too_and_says_where_none_is_told(at_work, access, drawn):
    next(e for e in access.panel.mode.menu_of().actions() if e.text() == "Capacity in reach").trigger()
    drawn()
    assert "no service gp tells a capacity" in access.panel.sentence.text().replace("No", "no", 1)
    assert access.panel.service.isVisible()
    next(e for e in access.panel.service.menu_of().actions() if e.text() == "Dentists").trigger()
    drawn()
    assert access.panel.sentence.text().startswith("For every 1,000 residents of Aldminster there is a capacity of 0.")
    assert not access.panel.what_if.isEnabled()
    assert np.isfinite(access.panel._view.values).any()
    next(e for e in access.panel.mode.menu_of().actions() if e.text() == "On foot").trigger()
    drawn()
    assert access.panel.what_if.isEnabled()


def _entry(access, text: str):
    return next((entry for entry in _menu(access).actions() if entry.text() == text), None)


def _ask_best(at_work, access, among: str, count: int) -> AskBest:
    """The sheet, filled in by keys as far as a person would."""
    _entry(access, "The best places for new ones …").trigger()
    sheet = at_work.sheet
    assert isinstance(sheet, AskBest)
    assert sheet.count.hasFocus()
    QTest.keyClicks(sheet.count, str(count))
    tick = sheet.among[among]
    if not tick.isChecked():
        tick.setFocus()
        QTest.keyClick(tick, Qt.Key.Key_Space)
    return sheet


def _found(at_work, qtbot) -> FoundPlaces:
    qtbot.waitUntil(lambda: isinstance(at_work.sheet, FoundPlaces), timeout=PATIENCE_MS)
    return at_work.sheet


def test_the_best_places_are_found_shown_on_the_map_and_undone(at_work, access, drawn, qtbot):
    sheet = _ask_best(at_work, access, "library", 2)
    QTest.keyClick(sheet.aim, Qt.Key.Key_Return)  # from any control
    told = _found(at_work, qtbot)
    drawn()
    assert len(access.change.open) == 2
    assert all(one.name.startswith("General practice at ") for one in access.change.open)
    assert " at " in access.panel._view.change.title  # the library itself does not open
    assert len(at_work.map.canvas._opened) == 2
    assert "Proved: no other 2 of" in told.lead.text()
    assert [cells[:2] for cells in told.model.cells] == [
        ["", "As it is now"],
        *([str(at + 1), one.name.removeprefix("General practice at ")] for at, one in enumerate(access.change.open)),
    ]
    assert told.table.verticalScrollBar().maximum() == 0  # all of it is seen
    means = [float(cells[2]) for cells in told.model.cells]
    assert means == sorted(means, reverse=True)
    assert not at_work.map.banner.isVisible()  # nothing covers the map
    QTest.keyClick(told, Qt.Key.Key_Escape)
    _entry(access, "The best places found …").trigger()  # it can be looked at again
    assert isinstance(at_work.sheet, FoundPlaces)
    at_work.sheet.close_sheet()
    before, after = access.panel._view.table[0].now, access.panel._view.table[0].then
    assert after <= before
    at_work.actions_.undo.trigger()
    drawn()
    assert access.change == Change()
    assert _entry(access, "The best places found …") is None  # it is not what is shown
    at_work.actions_.redo.trigger()
    drawn()
    assert _entry(access, "The best places found …") is not None


def test_the_sheet_of_the_best_places_gives_the_job_what_was_asked(at_work, access, drawn, qtbot):
    sheet = _ask_best(at_work, access, "library", 1)
    sheet.among["library"].setChecked(False)
    QTest.keyClick(sheet.count, Qt.Key.Key_Return)
    assert at_work.sheet is sheet
    assert "among which" in sheet.problem.text()
    assert next(iter(sheet.among.values())).hasFocus()
    sheet.among["library"].setChecked(True)
    sheet.among["space"].setChecked(True)
    QTest.keyClick(sheet.weight, Qt.Key.Key_Down)
    assert not sheet.limit.isVisible()
    QTest.keyClicks(sheet.aim, "Most")
    assert sheet.limit.isVisible()
    for wrong in ("", "near", "-3"):
        sheet.limit.setText(wrong)
        QTest.keyClick(sheet.limit, Qt.Key.Key_Return)
        assert "how many minutes" in sheet.problem.text()
        assert at_work.sheet is sheet
    sheet.limit.setText("7.5")
    QTest.keyClick(sheet.limit, Qt.Key.Key_Return)
    told = _found(at_work, qtbot)
    assert told.model.headings[3] == "Within\n7.5 min"
    notes = " ".join(text.text() for text in told.findChildren(Text))
    assert "aximal covering, weighted by residents in income deprivation" in notes
    with at_work.session.gate:
        places = candidates_of(at_work.session.store, "library,space")
    assert len(places.names) > 50  # both kinds together: of libraries there are some 20
    assert access.change.open[0].name.removeprefix("General practice at ") in set(map(shown, places.names.tolist()))
    told.close_sheet()
    again = _ask_best(at_work, access, "library", 1)  # the last answers are there
    assert (again.limit.text(), again.aim.currentText(), again.weight.currentText()) == (
        "7.5", "Most within a limit", "Residents in income deprivation",
    )  # fmt: skip
    assert again.among["space"].isChecked()
    again.close_sheet()


def test_what_the_job_refuses_is_said_where_it_was_asked(at_work, access, drawn, qtbot):
    sheet = _ask_best(at_work, access, "library", 1)
    QTest.keyClicks(sheet.aim, "Most")
    sheet.limit.setText("99999999")
    QTest.keyClick(sheet.limit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(at_work.sheet, AskBest) and at_work.sheet is not sheet, timeout=PATIENCE_MS)
    assert "This is no limit" in at_work.sheet.problem.text()
    assert access.change == Change()


def test_the_best_places_are_those_for_the_place_that_is_chosen(at_work, access, drawn, qtbot):
    """The panel's figures are of that place: so are the places found; those for the whole area stay within reach."""

    def find(whole: bool) -> tuple[list[str], str]:
        sheet = _ask_best(at_work, access, "library", 2)
        sheet.whom.setCurrentIndex(int(whole))
        QTest.keyClick(sheet.whom, Qt.Key.Key_Return)
        told = _found(at_work, qtbot)
        said = told.lead.text()
        told.close_sheet()
        drawn()
        return sorted(one.name for one in access.change.open), said

    place = next(one for one in at_work.session.places() if one.name == "Kelderford")
    at_work.desk.choose_place(place.id)
    drawn()
    own, said = find(whole=False)
    assert "candidates bring the mean lower for residents of Kelderford" in said
    assert access.panel._view.place == "Kelderford"
    mean = access.panel._view.table[0]
    assert mean.then < mean.now
    own_mean = mean.then
    access.what_if.end()
    drawn()
    every, said = find(whole=True)
    assert "residents of" not in said
    assert every != own
    assert access.panel._view.table[0].then > own_mean  # for Kelderford its own are the better ones
    assert at_work.undo_stack.undoText() == "the best 2 places"


def test_a_step_belongs_to_its_service_and_to_the_data_of_its_day(at_work, access, drawn):
    at = _named(access, PRACTICE)
    access.what_if.close_service(at)
    drawn()
    next(entry for entry in access.panel.service.menu_of().actions() if entry.text() == "Libraries").trigger()
    drawn()
    at_work.actions_.undo.trigger()
    at_work.actions_.redo.trigger()
    drawn()
    assert access.service == "gp"  # its position means nothing among the libraries
    assert PRACTICE in access.panel.scenario._title.text()
    layers = at_work.session.contents.point_layers
    at_work.session.take_points(layers)  # an asset was moved, say: these data are the same
    drawn()
    assert access.change == Change((at,))
    contents = at_work.session.contents
    at_work.session.take_contents(replace(contents, datasets=(*contents.datasets,)))
    drawn()
    assert access.change == Change()
    at_work.actions_.undo.trigger()  # back to no change at all: that can be shown
    at_work.actions_.redo.trigger()
    assert "the data have changed since" in _said(at_work.sheet)
    at_work.sheet.close_sheet()
    drawn()
    assert access.change == Change()


def _said(sheet: Sheet) -> str:
    return " ".join(text.text() for text in sheet.findChildren(Text)).casefold()
