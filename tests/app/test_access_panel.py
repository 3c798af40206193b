"""The panel of access: minutes on the map, a change by mouse and by keys, undone, kept and brought back."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.panels.tabs import ACCESS, PROFILE
from jsna_desktop.app.widgets import Button, Field, Text
from jsna_desktop.jobs import scenarios
from jsna_desktop.jobs.access_change import Change

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
    assert chip.accessibleName() == "Colour by Minutes to a general practice"
    assert "Minutes to a general practice: " in canvas.describe(0)
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
    where.clear()
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
    assert access.panel.fifths_heading.text() == "By age"
    first = access.panel._view.furthest[0]
    link = next(b for b in access.panel.findChildren(Button) if b.accessibleName().endswith("on the map"))
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


def test_the_best_places_are_found_shown_on_the_map_and_undone(at_work, access, drawn, qtbot):
    entry = next(entry for entry in _menu(access).actions() if entry.text() == "The best places for the whole area …")
    entry.trigger()
    field = access.what_if.popup.field
    QTest.keyClicks(field, "2 among libraries")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(access.change.open) == 2, timeout=PATIENCE_MS)
    drawn()
    assert access.panel._view.change.title.startswith("If ")
    assert len(at_work.map.canvas._opened) == 2
    said = at_work.map.banner.text.text()
    assert "Proved: no other 2 of" in said
    before, after = access.panel._view.table[0].now, access.panel._view.table[0].then
    assert after <= before
    at_work.actions_.undo.trigger()
    drawn()
    assert access.change == Change()


def test_the_best_places_are_those_for_the_place_that_is_chosen(at_work, access, drawn, qtbot):
    """The panel's figures are of that place: so are the places found; those for the whole area stay within reach."""

    def find(entry: str, wanted: str) -> tuple[list[str], str]:
        next(one for one in _menu(access).actions() if one.text() == entry).trigger()
        field = access.what_if.popup.field
        QTest.keyClicks(field, wanted)
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: len(access.change.open) == 2, timeout=PATIENCE_MS)
        drawn()
        return sorted(one.name for one in access.change.open), at_work.map.banner.text.text()

    place = next(one for one in at_work.session.places() if one.name == "Kelderford")
    at_work.desk.choose_place(place.id)
    drawn()
    assert not [one for one in _menu(access).actions() if one.text() == "The best places for new ones …"]
    own, said = find("The best places for Kelderford …", "2 among libraries")
    assert "candidates bring the mean lower for residents of Kelderford" in said
    assert access.panel._view.place == "Kelderford"
    mean = access.panel._view.table[0]
    assert mean.then < mean.now
    own_mean = mean.then
    access.what_if.end()
    drawn()
    every, said = find("The best places for the whole area …", "2 among libraries")
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
