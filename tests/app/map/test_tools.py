"""Tools as a person uses them: mouse and keys in, signals out."""

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def heard(canvas):
    """Every signal the canvas sends, in order, as (name, argument)."""
    said = []
    for name in ("selection_changed", "polygon_changed", "polygon_finished", "locality_clicked", "tool_changed"):
        getattr(canvas, name).connect(lambda value, name=name: said.append((name, value)))
    return said


def last(heard, name):
    return [value for signal, value in heard if signal == name][-1]


# Choosing blocks


def test_each_block_is_found_under_its_middle_and_the_hole_under_its_own(canvas, hand, county):
    for block in range(len(county.shapes)):
        assert canvas.block_at(*hand.middle(block)) == block
    assert canvas.block_at(county.west - 500, county.south + 250) == -1


def test_a_click_chooses_one_block_shift_adds_or_takes_back_alt_takes_away(canvas, hand, heard):
    hand.click(*hand.middle(20))
    assert canvas.selection.tolist() == [20]
    hand.click(*hand.middle(12), SHIFT)
    assert canvas.selection.tolist() == [12, 20]
    hand.click(*hand.middle(20), SHIFT)
    assert canvas.selection.tolist() == [12]
    hand.click(*hand.middle(21), CONTROL)
    hand.click(*hand.middle(12), ALT)
    assert canvas.selection.tolist() == [21]
    hand.click(*hand.middle(30))
    assert last(heard, "selection_changed").tolist() == [30]
    hand.click(hand.canvas.view.box[0] + 10, hand.canvas.view.box[1] + 10)
    assert last(heard, "selection_changed").tolist() == []


def test_a_click_says_the_block_and_the_keys_held(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.block_clicked) as clicked:
        hand.click(*hand.middle(20), SHIFT)
    assert clicked.args == [20, SHIFT]


def test_a_selection_that_is_set_says_nothing(canvas, heard):
    canvas.set_selection([3, 1])
    assert canvas.selection.tolist() == [1, 3]
    assert heard == []


def test_dragging_with_the_arrow_moves_the_map_and_chooses_nothing(canvas, hand, heard):
    before = canvas.view
    x, y = hand.middle(20)
    start = hand.at(x, y)
    hand.drag((x, y), (x + 500, y + 300))
    assert heard == []
    moved = canvas.view.to_screen(np.array([x, y])) - before.to_screen(np.array([x, y]))
    assert np.allclose(moved, (hand.at(x, y) - start).toTuple(), atol=1)
    assert np.hypot(*moved) > 20


def test_the_rectangle_chooses_blocks_whose_middle_it_holds(canvas, hand, county, heard):
    canvas.set_tool("rectangle")
    w, s, k = county.west, county.south, county.square
    hand.drag((w + 2.1 * k, s + 3.1 * k), (w + 4.9 * k, s + 4.9 * k))
    assert last(heard, "selection_changed").tolist() == [26, 27, 28, 34, 35, 36]
    hand.drag((w + 5.1 * k, s + 3.1 * k), (w + 5.9 * k, s + 3.9 * k), modifiers=SHIFT)
    assert canvas.selection.tolist() == [26, 27, 28, 29, 34, 35, 36]
    hand.drag((w + 1.9 * k, s + 2.9 * k), (w + 6 * k, s + 3.99 * k), modifiers=ALT)
    assert canvas.selection.tolist() == [34, 35, 36]


def test_the_rectangle_can_be_dropped_with_escape(canvas, hand, county, heard):
    canvas.set_tool("rectangle")
    hand.canvas.mousePressEvent(_press(hand, hand.middle(9)))
    hand.canvas.mouseMoveEvent(hand._moved(hand.at(*hand.middle(30)), Qt.KeyboardModifier.NoModifier))
    hand.type(Qt.Key.Key_Escape)
    hand.canvas.mouseReleaseEvent(_press(hand, hand.middle(30)))
    assert not [name for name, _ in heard if name == "selection_changed"]


def test_the_lasso_chooses_what_it_goes_round(canvas, hand, county, heard):
    canvas.set_tool("lasso")
    around = shapely.box(*county.outline(26, 27).bounds).buffer(-80)
    hand.drag(*around.exterior.coords)
    assert last(heard, "selection_changed").tolist() == [26, 27]


def test_a_lasso_that_crosses_itself_takes_both_loops(canvas, hand, county, heard):
    canvas.set_tool("lasso")
    a, b = county.shapes[26].bounds, county.shapes[27].bounds
    eight = [(a[0] + 50, a[1] + 50), (b[2] - 50, b[3] - 50), (b[2] - 50, b[1] + 50), (a[0] + 50, a[3] - 50)]
    assert not shapely.Polygon(eight).is_valid
    hand.drag(*eight, eight[0])
    assert canvas.selection.tolist() == [26, 27]


# Places


def test_a_double_click_in_a_place_or_a_click_on_its_line_chooses_it(canvas, hand, county, heard):
    canvas.set_localities([(5, "Eastmere", county.outline(26, 27, 34, 35)), (6, "All", county.outline(*range(48)))])
    hand.double_click(*hand.middle(26))
    assert last(heard, "locality_clicked") == 5
    hand.double_click(*hand.middle(0))
    assert last(heard, "locality_clicked") == 6
    heard.clear()
    left, low, _, high = county.outline(26, 27, 34, 35).bounds
    hand.click(left, (low + high) / 2 + 150)
    assert heard == [("locality_clicked", 5)]


# Drawing


def corners(county, *places):
    return [(county.west + x * county.square, county.south + y * county.square) for x, y in places]


@pytest.mark.parametrize("closing", ["enter", "double click", "first corner"])
def test_a_place_is_drawn_corner_by_corner(canvas, hand, county, heard, closing):
    canvas.set_tool("polygon")
    drawn = corners(county, (1, 1), (5, 1), (5, 4), (1, 4))
    for corner in drawn[:-1]:
        hand.click(*corner)
    if closing == "double click":
        hand.double_click(*drawn[-1])
    else:
        hand.click(*drawn[-1])
        if closing == "enter":
            hand.type(Qt.Key.Key_Return)
        else:
            hand.click(*drawn[0])
    finished = [value for name, value in heard if name == "polygon_finished"]
    assert len(finished) == 1
    metres = canvas.view.scale  # a mouse is no finer than a pixel
    assert shapely.hausdorff_distance(finished[0], shapely.Polygon(drawn)) < metres * 1.5
    assert canvas.tool.corners == ()
    # What was drawn is the last word: neither closing it nor moving on takes it back.
    hand.hover(*drawn[1])
    assert heard[-1][0] == "polygon_finished"


def test_the_shape_is_said_while_the_mouse_moves(canvas, hand, county, heard):
    canvas.set_tool("polygon")
    first, second, third = corners(county, (1, 1), (5, 1), (5, 4))
    hand.click(*first)
    hand.click(*second)
    hand.hover(*third)
    live = last(heard, "polygon_changed")
    assert live.area == pytest.approx(6e6, rel=0.02)
    hand.hover(third[0], third[1] - 1000)
    assert last(heard, "polygon_changed").area == pytest.approx(4e6, rel=0.02)
    assert not [1 for name, _ in heard if name == "polygon_finished"]


def test_backspace_takes_a_corner_back_and_escape_drops_all(canvas, hand, county, heard):
    canvas.set_tool("polygon")
    for corner in corners(county, (1, 1), (5, 1), (5, 4), (7, 5)):
        hand.click(*corner)
    hand.type(Qt.Key.Key_Backspace)
    assert len(canvas.tool.corners) == 3
    hand.type(Qt.Key.Key_Escape)
    assert canvas.tool.corners == ()
    assert last(heard, "polygon_changed") is None
    hand.type(Qt.Key.Key_Return)
    assert not [1 for name, _ in heard if name == "polygon_finished"]


def test_a_line_that_crosses_itself_is_not_closed(canvas, hand, county, heard):
    canvas.set_tool("polygon")
    for corner in corners(county, (1, 1), (5, 4), (5, 1), (1, 4)):
        hand.click(*corner)
    hand.type(Qt.Key.Key_Return)
    assert not [1 for name, _ in heard if name == "polygon_finished"]
    assert len(canvas.tool.corners) == 4
    assert last(heard, "polygon_changed") is None


def test_a_corner_can_be_dragged_before_the_line_is_closed(canvas, hand, county, heard):
    canvas.set_tool("polygon")
    drawn = corners(county, (1, 1), (5, 1), (5, 4))
    for corner in drawn:
        hand.click(*corner)
    (moved,) = corners(county, (6, 5))
    hand.drag(drawn[2], ((drawn[2][0] + moved[0]) / 2, moved[1]), moved)
    hand.type(Qt.Key.Key_Return)
    expected = shapely.Polygon([*drawn[:2], moved])
    assert shapely.hausdorff_distance(last(heard, "polygon_finished"), expected) < canvas.view.scale * 1.5


def test_a_place_can_be_drawn_without_a_mouse(canvas, hand, heard):
    canvas.set_tool("polygon")
    hand.type(Qt.Key.Key_Space)
    hand.type(Qt.Key.Key_Right, SHIFT, times=2)
    hand.type(Qt.Key.Key_Space)
    hand.type(Qt.Key.Key_Up, SHIFT, times=3)
    hand.type(Qt.Key.Key_Space)
    hand.type(Qt.Key.Key_Return)
    shape = last(heard, "polygon_finished")
    assert shape.area == pytest.approx(80 * 120 / 2 * canvas.view.scale**2)


def test_another_tool_drops_what_is_unfinished(canvas, hand, county, heard):
    canvas.set_tool("polygon")
    for corner in corners(county, (1, 1), (5, 1), (5, 4)):
        hand.click(*corner)
    canvas.set_tool("select")
    assert last(heard, "polygon_changed") is None
    assert last(heard, "tool_changed") == "select"


# Editing


def test_dragging_a_corner_says_the_shape_as_it_moves_and_when_let_go(canvas, hand, county, heard):
    square = shapely.Polygon(corners(county, (1, 1), (5, 1), (5, 4), (1, 4)))
    canvas.edit(square)
    start, half, end = corners(county, (5, 4), (5.5, 4.5), (6, 5))
    hand.drag(start, half, end)
    live = [value for name, value in heard if name == "polygon_changed"]
    finished = [value for name, value in heard if name == "polygon_finished"]
    assert len(finished) == 1 and len(live) >= 2
    assert live[0].area < finished[0].area
    expected = shapely.Polygon(corners(county, (1, 1), (5, 1), (6, 5), (1, 4)))
    assert shapely.hausdorff_distance(finished[0], expected) < canvas.view.scale * 1.5


def test_dragging_the_middle_of_an_edge_adds_a_corner_and_delete_takes_it_away(canvas, hand, county, heard):
    square = shapely.Polygon(corners(county, (1, 1), (5, 1), (5, 4), (1, 4)))
    canvas.edit(square)
    middle, out = corners(county, (3, 1), (3, 0.4))
    hand.drag(middle, out)
    bent = last(heard, "polygon_finished")
    assert len(bent.exterior.coords) == 6
    assert bent.area > square.area
    hand.type(Qt.Key.Key_Delete)
    assert last(heard, "polygon_finished").equals(square)


def test_a_clicked_middle_changes_nothing(canvas, hand, county, heard):
    canvas.edit(shapely.Polygon(corners(county, (1, 1), (5, 1), (5, 4), (1, 4))))
    hand.click(*corners(county, (3, 1))[0])
    assert not [1 for name, _ in heard if name in ("polygon_finished", "polygon_changed")]


def test_a_corner_pulled_across_the_line_goes_back(canvas, hand, county, heard):
    square = shapely.Polygon(corners(county, (1, 1), (5, 1), (5, 4), (1, 4)))
    canvas.edit(square)
    hand.drag(*corners(county, (5, 4), (3, 2), (3, 0.2)))
    assert not [1 for name, _ in heard if name == "polygon_finished"]
    assert last(heard, "polygon_changed").equals(square)


def test_holes_and_parts_survive_an_edit(canvas, hand, county, heard):
    shape = shapely.MultiPolygon(
        [
            shapely.Polygon(corners(county, (1, 1), (4, 1), (4, 4), (1, 4)), [corners(county, (2, 2), (3, 2), (3, 3))]),
            shapely.Polygon(corners(county, (6, 1), (7, 1), (7, 2))),
        ]
    )
    canvas.edit(shape)
    hand.drag(*corners(county, (7, 2), (7, 2.3), (7, 2.5)))
    edited = last(heard, "polygon_finished")
    assert len(edited.geoms) == 2 and len(edited.geoms[0].interiors) == 1
    assert edited.geoms[0].equals(shape.geoms[0])
    assert edited.area > shape.area


def test_corners_can_be_moved_without_a_mouse(canvas, hand, county, heard):
    square = shapely.Polygon(corners(county, (1, 1), (5, 1), (5, 4), (1, 4)))
    canvas.edit(square)
    hand.type(Qt.Key.Key_Tab, times=2)
    hand.type(Qt.Key.Key_Right, SHIFT)
    moved = last(heard, "polygon_finished")
    assert moved.bounds[2] - square.bounds[2] == pytest.approx(40 * canvas.view.scale)


def test_the_line_of_the_place_in_hand_is_hidden_until_it_is_let_go(canvas, county, shown, hand):
    place = county.outline(26, 27, 34, 35)
    canvas.set_localities([(5, "Eastmere", place)])
    canvas.set_selected_locality(5)
    canvas.edit(place)
    hand.drag((place.bounds[2], place.bounds[3]), (place.bounds[2] + 900, place.bounds[3] + 900))
    x, y = place.bounds[2], place.bounds[3] - 300
    near = hand.at(x, y)
    image = shown()
    assert min(image.pixelColor(near.x() + dx, near.y()).lightness() for dx in (-1, 0, 1)) > 60
    canvas.set_tool("select")
    image = shown()
    assert min(image.pixelColor(near.x() + dx, near.y()).lightness() for dx in (-1, 0, 1)) < 60


# Moving


def test_the_wheel_zooms_where_the_mouse_is(canvas, hand):
    x, y = hand.middle(12)
    at = hand.at(x, y).toPointF()
    place, scale = canvas.view.to_world(at.x(), at.y()), canvas.view.scale
    turn = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, turn)
    assert canvas.view.scale < scale
    assert np.allclose(canvas.view.to_world(at.x(), at.y()), place, atol=1e-6)


def test_the_middle_button_and_the_hand_move_the_map_with_any_tool(canvas, hand, qtbot):
    canvas.set_tool("pan")
    x, y = hand.middle(20)
    before = canvas.view
    hand.drag((x, y), (x + 800, y))
    assert canvas.view.x == pytest.approx(before.x - 800, abs=canvas.view.scale * 2)
    canvas.set_tool("polygon")
    before = canvas.view
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    canvas.mouseMoveEvent(hand._moved(QPoint(130, 80), Qt.KeyboardModifier.NoModifier))
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(130, 80))
    moved = canvas.view.to_screen(np.array([before.x, before.y])) - before.to_screen(np.array([before.x, before.y]))
    assert np.allclose(moved, [30, -20])
    assert canvas.tool.corners == ()


def _press(hand, place):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    at = QPointF(hand.at(*place))
    button = Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseButtonPress,
        at,
        hand.canvas.mapToGlobal(at),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
