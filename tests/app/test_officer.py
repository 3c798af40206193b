"""An officer's hour at the window, on the demonstration county."""

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from jsna_desktop.jobs.localities import localities
from jsna_desktop.workspace.store import Store

SHIFT = Qt.KeyboardModifier.ShiftModifier


def _names(window) -> list[str]:
    return [place.name for place in window.session.places(window.desk.in_set)]


def _title(window) -> str:
    return window.profile._title.text()


def _draw(canvas, corners: list[tuple[float, float]]) -> None:
    """Click the corners of a line and close it with Return."""
    for x, y in corners:
        sx, sy = canvas.view.to_screen(np.array([x, y]))
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(float(sx)), round(float(sy))))
    QTest.keyClick(canvas, Qt.Key.Key_Return)


@pytest.fixture
def middle(at_work) -> tuple[float, float]:
    """The middle of the county."""
    left, bottom, right, top = at_work.map.canvas._blocks.finest.total_bounds
    return (left + right) / 2, (bottom + top) / 2


def test_the_county_opens_on_its_first_place_and_says_that_it_is_fictional(at_work):
    window = at_work
    assert window.header.badge.isVisible()
    assert window.header.badge.text() == "Fictional data"
    assert "Fictional" in window.session.contents.attribution
    assert window.desk.subject.locality.name == _names(window)[0]
    assert _title(window) == _names(window)[0]
    assert "residents" in window.profile._subtitle.text()
    assert window.map.legend.isVisible()


def test_clicked_areas_get_a_profile_at_once_and_become_a_place_by_name(at_work, click_block, settled, workspace):
    window = at_work
    before = _names(window)
    click_block(10)
    click_block(11, SHIFT)
    settled()
    assert list(window.map.canvas.selection) == [10, 11]
    assert _title(window) == "New place"
    assert "2 whole LSOAs" in window.profile._subtitle.text()
    window.actions_.new_place.trigger()
    assert window.profile.naming.field.hasFocus()
    QTest.keyClicks(window.profile.naming.field, "Riverside")
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    settled()
    assert _title(window) == "Riverside"
    assert window.places.current() == window.desk.subject.locality.id
    with Store.open(workspace, read_only=True) as store:  # saved as it was made
        saved = {place.name: place for place in localities(store)}
    codes = window.session.contents.blocks.codes[[10, 11]]
    assert set(saved["Riverside"].blocks) == set(codes)

    window.undo_stack.undo()
    settled()
    assert _names(window) == before
    window.undo_stack.redo()
    settled()
    assert "Riverside" in _names(window)
    assert _title(window) == "Riverside"


def test_the_profile_of_a_click_is_that_of_the_same_place_when_it_is_kept(at_work, click_block, settled):
    window = at_work
    click_block(20)
    settled()
    clicked = [row["value"] for row in window.profile._view.rows]
    QTest.keyClicks(window.profile.naming.field, "One area")
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    settled()
    assert window.profile._view.stored
    assert [row["value"] for row in window.profile._view.rows] == clicked


def test_the_profile_follows_while_a_line_is_drawn_and_changed(at_work, settled, qtbot, middle):
    window, (x, y) = at_work, middle
    canvas = window.map.canvas
    window.actions_.tools["polygon"].trigger()
    assert canvas.tool.name == "polygon"
    _draw(canvas, [(x - 6000, y - 6000), (x + 6000, y - 6000), (x + 6000, y + 6000), (x - 6000, y + 6000)])
    settled()
    drawn = window.profile._subtitle.text()
    assert "part" in drawn
    window.actions_.tools["select"].trigger()  # the line stays until it is named or something else is chosen
    settled()
    assert window.profile._subtitle.text() == drawn
    left, top = canvas.view.to_screen(np.array([x - 6000, y]))
    line = canvas.grab().toImage().pixelColor(round(float(left)), round(float(top)))
    assert line.lightnessF() < 0.35
    QTest.keyClicks(window.profile.naming.field, "Middle")
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    settled()
    place = window.desk.subject.locality
    assert place.kind == "polygon"
    assert shapely.area(place.shape) == pytest.approx(12_000**2, rel=0.02)

    window.actions_.tools["edit"].trigger()
    assert canvas.tool.name == "edit"
    larger = shapely.box(x - 9000, y - 6000, x + 6000, y + 6000)
    canvas.polygon_changed.emit(larger)
    settled()
    assert _title(window) == "Middle"
    assert window.profile._subtitle.text() != drawn
    canvas.polygon_finished.emit(larger)
    settled()
    assert shapely.equals(window.session.place(place.id).shape, larger)
    window.undo_stack.undo()
    settled()
    assert shapely.equals(window.session.place(place.id).shape, place.shape)


def test_a_line_that_crosses_itself_is_said_and_no_error(at_work, settled, middle):
    window, (x, y) = at_work, middle
    bow = shapely.Polygon([(x, y), (x + 9000, y + 9000), (x + 9000, y), (x, y + 9000)])
    window.map.canvas.polygon_changed.emit(bow)
    settled()
    assert "crosses itself" in window.profile._warning.text()
    assert window.sheet is None


def test_rename_and_delete_by_keys_and_back_again(at_work, settled):
    window = at_work
    first = _names(window)[0]
    window.actions_.rename.trigger()
    QTest.keyClicks(window.sheet.findChild(type(window.profile.naming.field)), "Aaa")
    QTest.keyClick(window.sheet.findChild(type(window.profile.naming.field)), Qt.Key.Key_Return)
    settled()
    assert _names(window)[0] == "Aaa"
    window.places.list.setFocus()
    QTest.keyClick(window.places.list, Qt.Key.Key_Delete)
    settled()
    assert "Aaa" not in _names(window)
    window.undo_stack.undo()
    settled()
    assert "Aaa" in _names(window)
    window.undo_stack.undo()
    settled()
    assert _names(window)[0] == first


def test_a_name_that_is_taken_is_refused_and_nothing_is_left_to_undo(at_work, click_block, settled):
    window = at_work
    click_block(5)
    settled()
    QTest.keyClicks(window.profile.naming.field, _names(window)[1])
    QTest.keyClick(window.profile.naming.field, Qt.Key.Key_Return)
    assert "already" in window.sheet.lead.text()
    assert not window.undo_stack.canUndo()
    assert window.profile.naming.field.text() == _names(window)[1]


def test_another_indicator_colours_the_map_and_its_legend(at_work, settled):
    window = at_work
    chip = window.map.colour_by
    before = window.map.canvas.grab().toImage()
    chip.open()
    wanted = next(i for i in window.session.colourable() if i.unit == "%")
    QTest.keyClicks(chip.popup.field, wanted.name.upper())
    items = chip.popup.list.choices.items
    assert [item for item in items if isinstance(item, str)]  # under its heading
    QTest.keyClick(chip.popup.field, Qt.Key.Key_Return)
    settled()
    assert window.colouring.indicator == wanted
    assert window.map.legend._title.text().startswith(window.colouring.indicator.name)
    assert window.map.canvas.grab().toImage() != before
    assert "%" in window.map.canvas.describe(3)


def test_places_come_from_a_table_of_codes(at_work, settled, tmp_path, qtbot):
    window = at_work
    codes = window.session.contents.blocks.codes[:6]
    table = tmp_path / "Schools_areas.csv"
    table.write_text(
        "LSOA21CD,SCH24CD,SCH24NM\n" + "".join(f"{c},S{n // 3},School {n // 3}\n" for n, c in enumerate(codes))
    )
    window.choose.open = lambda _title, _kinds: [table]
    window.actions_.import_places.trigger()
    qtbot.waitUntil(lambda: window.desk.in_set == "Schools areas", timeout=30_000)
    settled()
    assert _names(window) == ["School 0", "School 1"]
    assert "2 places were added as Schools areas." in window.map.banner.text.text()


def test_find_takes_one_to_a_place_an_area_and_a_postcode(at_work, settled):
    window = at_work
    field = window.header.find_box.field
    name = _names(window)[3]
    QTest.keyClicks(field, name[:5].upper())
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled()
    assert window.desk.subject.locality.name == name
    code = str(window.session.contents.blocks.codes[7])
    QTest.keyClicks(field, code)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled()
    assert list(window.map.canvas.selection) == [7]
    postcode = window.desk.search("qx1")[0]
    assert postcode.group == "Postcodes"
    QTest.keyClicks(field, postcode.text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled()
    block = int(window.map.canvas.selection[0])
    assert window.map.canvas.block_at(*postcode.value.point) == block
    QTest.keyClicks(field, "zzzz nowhere")
    assert window.header.find_box.results.list.choices.items[0].value is None


def test_hidden_layers_leave_the_map_and_come_back(at_work, settled):
    window = at_work
    with_all = window.map.canvas.grab().toImage()
    window.bench.layers.toggled.emit("places", False)
    settled()
    assert window.map.canvas.grab().toImage() != with_all
    window.bench.layers.toggled.emit("places", True)
    settled()
    window.bench.layers.toggled.emit("lsoa2021", False)
    settled()
    assert not window.map.legend.isVisible()


def test_another_geography_is_painted_when_its_layer_is_shown(at_work, settled):
    window = at_work
    window.bench.layers.toggled.emit("oa2021", True)
    settled()
    assert window.session.contents.blocks.geography == "oa2021"
    assert len(window.map.canvas.codes) == len(window.session.contents.blocks.codes)


def test_dark_is_dark_everywhere(at_work, settled):
    window = at_work
    window.look.set_mode("dark")
    settled()
    shot = window.grab().toImage()
    for point in (QPoint(300, 4), QPoint(8, 560), QPoint(240, 300), QPoint(1350, 200)):
        assert shot.pixelColor(point).lightnessF() < 0.25


def test_points_are_shown_unasked_while_they_are_few(at_work, settled):
    layers = at_work.bench.layers
    shown = [key for key in layers._eyes if key.startswith(("service:", "asset:"))]
    assert all(layers._eyes[key].accessibleName().startswith("Hide") for key in shown)
    assert layers._more["Services"].text() == f"{11 - len(shown)} more …"
    assert layers._more["Assets"].text() == "All 5 …"
    layers._more["Services"].click()
    assert layers._more["Services"].text() == "Fewer"
    layers._more["Assets"].click()
    kinds = {key for key in layers._eyes if key.startswith(("service:", "asset:"))}
    size = {layer.key: len(layer.places) for layer in at_work.session.contents.point_layers}
    assert len(kinds) == 16
    assert "service:gp" in shown
    assert 0 < sum(size[key] for key in shown) <= 150
    layers.toggled.emit("service:school_primary", True)
    settled()
    assert layers._eyes["service:school_primary"].accessibleName() == "Hide Services: Primary schools"
    layers._more["Services"].click()
    assert {key for key in layers._eyes if key.startswith("service:")} == {*shown, "service:school_primary"}
    assert "service:library" not in layers._eyes


def test_fictional_is_said_once_on_the_map(at_work):
    said = at_work.session.contents.attribution_with(["Fictional data: it describes no real place and no real person."])
    assert said == "Fictional data"
