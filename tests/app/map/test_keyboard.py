"""Every block can be reached and chosen without a mouse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from jsna_desktop.app.map.block_cursor import block_towards, nearest_block, reading_order

CONTROL = Qt.KeyboardModifier.ControlModifier


@given(st.lists(st.tuples(st.floats(0, 9e4), st.floats(0, 9e4)), min_size=1, max_size=60))
def test_reading_order_reaches_every_block_once_and_starts_in_the_north(places):
    points = np.array(places)
    order = reading_order(points)
    assert sorted(order.tolist()) == list(range(len(points)))
    extent = points.max(axis=0) - points.min(axis=0)
    depth = max(np.sqrt(extent[0] * extent[1] / len(points)), 1.0)
    assert points[order[0], 1] >= points[:, 1].max() - depth


def test_reading_order_leaves_out_blocks_without_a_shape():
    assert reading_order(np.array([[0, 0], [np.nan, np.nan], [5, 0]])).tolist() == [0, 2]
    assert nearest_block(np.full((2, 2), np.nan), 0, 0) == -1


def test_arrows_go_to_the_next_block_and_stop_at_the_edge():
    points = np.array([[x, y] for y in range(3) for x in range(3)], dtype=float)
    assert block_towards(points, 4, 1, 0) == 5
    assert block_towards(points, 4, 0, 1) == 7
    assert block_towards(points, 4, -1, 0) == 3
    assert block_towards(points, 8, 1, 0) == 8


def test_enter_then_arrows_and_space_choose_blocks_and_escape_ends(canvas, hand, qtbot):
    said = []
    canvas.describe = lambda block: said.append(block) or f"Block {block}"
    x, y = canvas.view.x, canvas.view.y
    hand.type(Qt.Key.Key_Return)
    first = said[-1]
    assert np.hypot(*(canvas.points[first] - (x, y))) < 1000
    with qtbot.waitSignal(canvas.selection_changed) as changed:
        hand.type(Qt.Key.Key_Space)
    assert changed.args[0].tolist() == [first]
    hand.type(Qt.Key.Key_Right)
    hand.type(Qt.Key.Key_Space)
    assert canvas.selection.tolist() == sorted([first, said[-1]])
    assert canvas.points[said[-1], 0] > canvas.points[first, 0]
    hand.type(Qt.Key.Key_Space)
    assert canvas.selection.tolist() == [first]
    hand.type(Qt.Key.Key_Escape)
    before = canvas.view
    hand.type(Qt.Key.Key_Right)
    assert canvas.view.x > before.x  # arrows move the map again


def test_control_with_an_arrow_begins_and_tab_reads_on(canvas, hand):
    said = []
    canvas.describe = lambda block: said.append(block) or ""
    hand.type(Qt.Key.Key_Up, CONTROL)
    hand.type(Qt.Key.Key_Tab, times=3)
    order = reading_order(canvas.points).tolist()
    start = order.index(said[-4])
    assert said[-4:] == order[start : start + 4]
    hand.type(Qt.Key.Key_Backtab)
    assert said[-1] == order[start + 2]


def test_tab_leaves_the_map_after_the_last_block(canvas, hand):
    hand.type(Qt.Key.Key_Return)
    for _ in range(len(canvas.points) + 1):
        hand.type(Qt.Key.Key_Tab)
    assert canvas._focus_block == -1


def test_the_block_in_focus_is_brought_into_view_and_marked(canvas, hand, shown):
    canvas.zoom(6)
    plain = shown()
    said = []
    canvas.describe = lambda block: said.append(block) or ""
    hand.type(Qt.Key.Key_Return)
    hand.type(Qt.Key.Key_Left, times=4)
    at = hand.at(*canvas.points[said[-1]])
    assert canvas.rect().contains(at)
    assert shown() != plain


def test_keys_move_and_zoom_the_map(canvas, hand):
    start = canvas.view
    hand.type(Qt.Key.Key_Plus)
    assert canvas.view.scale < start.scale
    hand.type(Qt.Key.Key_Minus)
    hand.type(Qt.Key.Key_Down)
    assert canvas.view.y < start.y
    hand.type(Qt.Key.Key_Home)
    assert canvas.view == start


def test_the_map_says_what_it_is_and_how_it_is_used(canvas):
    assert canvas.accessibleName() == "Map"
    assert "Enter" in canvas.accessibleDescription()


def test_a_place_is_pointed_at_by_keys_alone(canvas, hand, qtbot):
    pointed = []
    canvas.place_pointed.connect(lambda *place: pointed.append(place))
    canvas.set_tool("place")
    view = canvas.view
    hand.type(Qt.Key.Key_Return)  # shows the cross, where it can be seen before it is meant
    assert pointed == []
    hand.type(Qt.Key.Key_Right, times=3)
    hand.type(Qt.Key.Key_Down)
    hand.type(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    hand.type(Qt.Key.Key_Return)
    assert pointed == [pytest.approx((view.x + 24 * view.scale, view.y + 32 * view.scale))]
    assert canvas.view == view  # the arrow keys were the cross's, not the map's
    hand.type(Qt.Key.Key_Left, times=300)
    hand.type(Qt.Key.Key_Return)
    x, _ = canvas.view.to_screen(np.array(pointed[1]))
    assert 0 <= x <= canvas.width()  # the map follows it
    hand.type(Qt.Key.Key_Escape)
    assert canvas.tool.name == "select"


def test_the_mouse_takes_the_cross_away(canvas, hand, shown):
    canvas.set_tool("place")
    plain = shown()
    hand.type(Qt.Key.Key_Right)
    assert shown() != plain
    assert "arrow keys" in canvas.tool.hint
    hand.hover(*hand.middle(2))
    assert canvas.tool._cross is None
