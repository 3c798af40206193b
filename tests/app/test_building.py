"""Places built in the window from others, from larger areas, postcodes and circles; versions; the check of a set."""

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jsna_desktop.app import drafts
from jsna_desktop.app.dialogs.history import History
from jsna_desktop.app.dialogs.new_place import NewPlace
from jsna_desktop.app.dialogs.set_check import SetCheck
from jsna_desktop.app.drafts import AREAS, AROUND, POSTCODES
from jsna_desktop.jobs import versions
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.points import PointLayer
from jsna_desktop.workspace import catalogue

PATIENCE_MS = 30_000


def _named(window, name: str) -> Any:
    return next((place for place in window.session.places() if place.name == name), None)


def _state(window) -> dict:
    """Everything of every place that is stored, but when it was last changed."""
    store = window.session.store
    forms: dict[int, Any] = {place.id: versions.form_of(store, place.id) for place in window.session.places()}
    return {key: (form.name, form.set, form.code, form.ground) for key, form in forms.items()}


@pytest.fixture
def square(at_work, settled):
    """A drawn place in the middle of the county, kept and chosen; it cuts areas."""
    left, bottom, right, top = at_work.map.canvas._blocks.finest.total_bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    at_work.map.canvas.polygon_finished.emit(shapely.box(x - 6000, y - 6000, x + 6000, y + 6000))
    settled()
    at_work.profile.naming.field.setText("Square")
    QTest.keyClick(at_work.profile.naming.field, Qt.Key.Key_Return)
    settled()
    return at_work.desk.subject.locality


@pytest.fixture
def with_another(at_work, settled):
    """Trigger an action and choose the other place by its name, with the keyboard."""

    def choose(action, name: str) -> None:
        action.trigger()
        others = at_work.building.others
        assert others.isVisible()
        QTest.keyClicks(others.field, name)
        QTest.keyClick(others.field, Qt.Key.Key_Return)
        assert not others.isVisible()
        settled()

    return choose


@pytest.fixture
def new_place(qtbot, at_work, settled):
    """The sheet for a new place, its larger areas read."""
    at_work.actions_.new_from.trigger()
    assert isinstance(at_work.sheet, NewPlace)
    settled()
    return at_work.sheet


def _wait_for_draft(qtbot, sheet: NewPlace) -> None:
    qtbot.waitUntil(lambda: sheet._draft is not None, timeout=PATIENCE_MS)


def test_merged_places_hold_the_areas_of_both_and_come_apart_by_undo(at_work, with_another, settled):
    first, second = _named(at_work, "Aldminster"), _named(at_work, "Brackenhithe")
    before = _state(at_work)
    people = at_work.session.residents(first.id) + at_work.session.residents(second.id)
    at_work.desk.choose_place(first.id)
    with_another(at_work.actions_.merge, "brackenh")
    made = at_work.session.place(first.id)
    assert made.name == "Aldminster" and _named(at_work, "Brackenhithe") is None
    assert made.blocks.tolist() == np.union1d(first.blocks, second.blocks).tolist()
    assert at_work.session.residents(first.id) == pytest.approx(people)
    assert at_work.desk.subject.locality.id == first.id
    assert "Aldminster" in at_work.map.banner.text.text() and "residents" in at_work.map.banner.text.text()
    merged = _state(at_work)
    assert at_work.actions_.undo.text() == "Undo merge Aldminster with Brackenhithe"
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == before
    assert not at_work.map.banner.isVisible()  # what it said is no longer so
    assert at_work.desk.subject.locality.id == first.id
    assert at_work.session.residents(second.id) > 0
    at_work.actions_.redo.trigger()
    settled()
    assert _state(at_work) == merged


def test_what_another_place_has_is_taken_away_or_all_that_stays(at_work, square, with_another, settled):
    shape = square.shape
    other = max(
        (place for place in at_work.session.places() if place.id != square.id),
        key=lambda place: shapely.area(shapely.intersection(place.shape, shape)),
    )
    shared = shapely.area(shapely.intersection(other.shape, shape))
    before = _state(at_work)
    assert 0 < shared < shapely.area(shape)
    with_another(at_work.actions_.subtract, other.name)
    left = at_work.session.place(square.id)
    assert shapely.area(left.shape) == pytest.approx(shapely.area(shape) - shared, rel=1e-3)
    assert shapely.area(shapely.intersection(left.shape, other.shape)) == pytest.approx(0, abs=100)
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == before
    with_another(at_work.actions_.intersect, other.name)
    assert shapely.area(at_work.session.place(square.id).shape) == pytest.approx(shared, rel=1e-3)
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == before


def test_places_with_nothing_in_common_are_said_and_left_as_they_are(at_work, with_another, faults):
    before, steps = _state(at_work), at_work.undo_stack.count()
    at_work.desk.choose_place(_named(at_work, "Aldminster").id)
    with_another(at_work.actions_.intersect, "Brackenhithe")
    assert at_work.sheet is not None and "nothing in common" in at_work.sheet.accessibleName() + "".join(
        label.text() for label in at_work.sheet.findChildren(type(at_work.sheet.title))
    )
    assert _state(at_work) == before and at_work.undo_stack.count() == steps
    at_work.sheet.close_sheet()


def test_a_drawn_place_is_snapped_to_whole_areas(at_work, square, settled):
    assert at_work.actions_.snap.isEnabled()
    before = _state(at_work)
    at_work.actions_.snap.trigger()
    settled()
    made = at_work.session.place(square.id)
    blocks = at_work.session.contents.blocks
    assert made.kind == "selection" and made.geography == blocks.geography
    outlines = Outlines.of(at_work.session.store, made.geography)
    assert outlines is not None
    shapes = outlines.shapes(np.arange(len(outlines.codes)))
    inside = set(outlines.codes[shapely.contains(square.shape, shapes)].tolist())
    touched = set(outlines.codes[shapely.intersects(square.shape, shapes)].tolist())
    assert inside and inside < touched
    assert inside <= set(made.blocks.tolist()) <= touched
    assert "whole" in at_work.map.banner.text.text()
    assert not at_work.actions_.snap.isEnabled()  # there is no line to snap any more
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == before
    assert at_work.actions_.snap.isEnabled()


def test_an_earlier_version_is_brought_back_and_that_can_be_undone(qtbot, at_work, with_another, settled):
    first = _named(at_work, "Aldminster")
    at_work.desk.choose_place(first.id)
    with_another(at_work.actions_.merge, "Brackenhithe")
    merged = _state(at_work)
    at_work.actions_.history.trigger()
    qtbot.waitUntil(lambda: isinstance(at_work.sheet, History), timeout=PATIENCE_MS)
    sheet = at_work.sheet
    assert [version.change for version in sheet.versions] == ["merged", "imported"]
    assert f"{len(first.blocks)} areas" in sheet.table.item(1, 3).text()
    sheet.table.selectRow(0)
    assert not sheet.go.isEnabled()  # it is so already
    sheet.table.selectRow(1)
    QTest.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    settled()
    assert at_work.sheet is None
    assert at_work.session.place(first.id).blocks.tolist() == first.blocks.tolist()
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == merged


def test_a_new_place_of_larger_areas_is_found_ticked_seen_and_kept(qtbot, at_work, new_place, settled):
    parts = [_named(at_work, name) for name in ("Aldminster", "Cawdridge")]
    before = _state(at_work)
    assert not new_place.keep.isEnabled()
    for place in parts:
        new_place.search.setText(f"{place.name} community")
        item = new_place.list.item(new_place.list.count() - 1)
        assert item.text() == f"{place.name} (community areas)"
        item.setCheckState(Qt.CheckState.Checked)
    assert new_place.name.text() == "Aldminster and Cawdridge"
    _wait_for_draft(qtbot, new_place)
    assert f"its {len(parts[0].blocks)} LSOAs 2021" in new_place.told.text()
    assert _state(at_work) == before  # seen is not yet kept
    new_place.name.setText("Both of them")
    new_place.in_set.setText("Others")
    QTest.keyClick(new_place.name, Qt.Key.Key_Return)
    settled()
    assert at_work.sheet is None
    made = _named(at_work, "Both of them")
    assert made.set == "Others" == at_work.desk.in_set
    assert made.blocks.tolist() == np.union1d(parts[0].blocks, parts[1].blocks).tolist()
    assert at_work.desk.subject.locality.id == made.id
    at_work.actions_.undo.trigger()
    settled()
    assert _state(at_work) == before
    at_work.actions_.redo.trigger()
    settled()
    assert _named(at_work, "Both of them").id == made.id


def test_a_new_place_of_postcodes_takes_the_areas_that_enough_of_them_lie_in(qtbot, at_work, new_place, settled):
    store, blocks = at_work.session.store, at_work.session.contents.blocks
    key = store.one("SELECT key FROM dataset WHERE kind = 'postcodes'")[0]
    codes = catalogue.codes(store, key)[::40][:12]
    rows = np.isin(catalogue.codes(store, key), codes)
    east, north = (catalogue.column(store, key, name)[rows] for name in ("easting", "northing"))
    where = [at_work.map.canvas.block_at(float(x), float(y)) for x, y in zip(east, north, strict=True)]
    known, counts = np.unique(blocks.codes[where], return_counts=True)
    new_place.choose(POSTCODES)
    new_place.postcodes.setPlainText("\n".join([*codes.tolist(), "ZZ99 9ZZ"]))
    _wait_for_draft(qtbot, new_place)
    assert new_place._draft.place.blocks.tolist() == known.tolist()
    assert "ZZ99 9ZZ" in new_place.told.text()
    least = int(counts.max())
    new_place.at_least.setText(str(least))
    assert not new_place.keep.isEnabled()
    _wait_for_draft(qtbot, new_place)
    new_place.name.setText("Practice list")
    QTest.mouseClick(new_place.keep, Qt.MouseButton.LeftButton)
    settled()
    assert _named(at_work, "Practice list").blocks.tolist() == known[counts >= least].tolist()


def test_a_new_place_of_a_file_of_postcodes_is_called_as_the_file(qtbot, at_work, new_place, settled, tmp_path):
    store = at_work.session.store
    key = store.one("SELECT key FROM dataset WHERE kind = 'postcodes'")[0]
    codes = catalogue.codes(store, key)[:30].tolist()
    file = tmp_path / "Marrow_surgery.csv"
    file.write_text("\n".join(["Postcode,Patients", *(f"{code},3" for code in codes)]))
    at_work.choose = type("Chosen", (), {"open": lambda *_: [file]})()
    new_place.choose(POSTCODES)
    new_place.file_asked.emit()
    qtbot.waitUntil(lambda: new_place._draft is not None, timeout=PATIENCE_MS)
    assert new_place.postcodes.toPlainText().splitlines() == codes
    assert new_place.name.text() == "Marrow surgery"
    new_place.close_sheet()


def test_a_new_place_around_a_postcode_and_around_every_practice(qtbot, at_work, new_place, settled):
    store = at_work.session.store
    key = store.one("SELECT key FROM dataset WHERE kind = 'postcodes'")[0]
    code = str(catalogue.codes(store, key)[100])
    x, y = (float(catalogue.column(store, key, name)[100]) for name in ("easting", "northing"))
    new_place.choose(AROUND)
    new_place.centre.setText("Nowhere at all")
    qtbot.waitUntil(lambda: "there is no place" in new_place.told.text(), timeout=PATIENCE_MS)
    assert not new_place.keep.isEnabled()
    new_place.centre.setText("All: General practices")
    _wait_for_draft(qtbot, new_place)
    layer = at_work.session.contents.point_layers[0]
    some = layer.places[np.isfinite(layer.places).all(axis=1)][0]
    assert shapely.contains(new_place._draft.place.shape, shapely.Point(*some))
    new_place.centre.setText(code)
    new_place.metres.setText("1500")
    _wait_for_draft(qtbot, new_place)
    assert new_place.name.text() == f"1500 m around {code}"
    QTest.keyClick(new_place.centre, Qt.Key.Key_Return)
    settled()
    made = _named(at_work, f"1500 m around {code}")
    assert shapely.area(made.shape) == pytest.approx(np.pi * 1500**2, rel=0.001)
    assert shapely.Point(x, y).distance(shapely.centroid(made.shape)) < 1


def test_no_place_is_offered_around_sensitive_services():
    places, names = np.zeros((2, 2)), np.array(["Clinic", "Refuge"])
    mixed = PointLayer("service:care", "Care services", places, names, np.array([False, True]))
    secret = PointLayer("service:refuge", "Refuge", places, names[[1, 1]], np.array([True, True]))
    assert drafts.services([mixed, secret]) == {"All: Care services": "service:care", "Clinic": "Clinic"}


def test_cancel_changes_nothing(qtbot, at_work, new_place, settled):
    before, steps = _state(at_work), at_work.undo_stack.count()
    new_place.choose(AREAS)
    new_place.list.item(0).setCheckState(Qt.CheckState.Checked)
    _wait_for_draft(qtbot, new_place)
    QTest.keyClick(new_place, Qt.Key.Key_Escape)
    settled()
    assert at_work.sheet is None
    assert _state(at_work) == before and at_work.undo_stack.count() == steps


def test_a_name_that_is_taken_is_said_in_the_sheet_and_can_be_put_right(qtbot, at_work, new_place, settled):
    before = _state(at_work)
    new_place.search.setText("Cawdridge community")
    new_place.list.item(0).setCheckState(Qt.CheckState.Checked)
    _wait_for_draft(qtbot, new_place)
    assert new_place.name.text() == "Cawdridge"
    QTest.keyClick(new_place.name, Qt.Key.Key_Return)
    settled()
    assert at_work.sheet is new_place and "already" in new_place.problem.text()
    assert _state(at_work) == before and new_place.keep.isEnabled()
    new_place.name.setText("Cawdridge again")
    QTest.keyClick(new_place.name, Qt.Key.Key_Return)
    settled()
    assert at_work.sheet is None and _named(at_work, "Cawdridge again") is not None


def test_the_check_of_a_set_says_what_is_covered_and_what_is_not(qtbot, at_work, settled):
    def checked() -> SetCheck:
        at_work.actions_.check_set.trigger()
        qtbot.waitUntil(lambda: isinstance(at_work.sheet, SetCheck), timeout=PATIENCE_MS)
        return at_work.sheet

    sheet = checked()
    assert sheet.lead.text().endswith("partition.")
    sheet.close_sheet()
    gone = _named(at_work, "Thrushford")
    people = at_work.session.residents(gone.id)
    at_work.desk.choose_place(gone.id)
    at_work.desk.delete_place()
    settled()
    sheet = checked()
    assert sheet.lead.text().endswith("gaps.")
    assert f"in no locality: {people:,.0f} residents" in " ".join(sheet.said)
    sheet.close_sheet()


def test_without_a_place_nothing_is_offered_and_the_keys_are_listed(at_work):
    actions = at_work.actions_
    at_work.desk.choose_place(None)
    assert not any(action.isEnabled() for action in actions.of_place())
    listed = {action.shortcut().toString() for action in actions.every()}
    assert {"M", "T", "S", "W", "H", "Shift+N", "Shift+C"} <= listed
    assert len(listed) == len(actions.every())  # no key does two things
    at_work.building.merge()
    assert "Choose a place" in at_work.map.banner.text.text()


def test_a_workspace_closed_while_places_are_changed_is_closed(at_work, qtbot):
    first = _named(at_work, "Aldminster")
    at_work.desk.choose_place(first.id)
    at_work.actions_.merge.trigger()
    QTest.keyClicks(at_work.building.others.field, "Brackenhithe")
    QTest.keyClick(at_work.building.others.field, Qt.Key.Key_Return)
    at_work.close_workspace()
    qtbot.waitUntil(lambda: not at_work.tasks.busy, timeout=PATIENCE_MS)
    assert at_work.session is None and at_work.sheet is None and at_work.undo_stack.count() == 0
