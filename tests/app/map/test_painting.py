import threading

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor

from jsna_desktop.app.map.layers import BlockSet, rings_path
from jsna_desktop.app.map.look import LIGHT, Look
from jsna_desktop.app.map.renderer import Frame, Renderer
from jsna_desktop.app.map.rendering import BlocksJob, MarksJob
from jsna_desktop.app.map.view import View
from jsna_desktop.areas.coverage import pack

DARK = LIGHT | {"ink": "#eef2f5", "muted": "#a9b6c0", "pale": "#202a31", "map_ground": "#10161a", "blue": "#7fb6de"}


def test_a_path_streamed_to_qt_is_the_one_that_calls_would_make():
    path = rings_path(np.array([[0, 0], [4, 0], [4, 4], [0, 0], [1, 1], [2, 1], [1, 1]]), np.array([4, 3]))
    assert path.elementCount() == 7
    assert [path.elementAt(i).isMoveTo() for i in range(7)] == [True, False, False, False, True, False, False]
    assert (path.elementAt(5).x, path.elementAt(5).y) == (2, 1)
    assert path.fillRule() == Qt.FillRule.OddEvenFill
    assert rings_path(np.empty((0, 2)), np.array([], dtype=int)).isEmpty()


def test_every_block_has_the_colour_of_its_class(canvas, hand, county, shown):
    image = shown()
    for block, value in enumerate(county.classes):
        assert image.pixelColor(hand.at(*hand.middle(block))).name() == county.palette[value].lower(), block


def test_a_hole_shows_the_block_in_it_and_both_parts_of_a_block_are_painted(hand, county, colour_of):
    x, y = county.west + 1.5 * county.square, county.south + 1.5 * county.square
    assert colour_of(x, y).name() == county.palette[county.classes[county.island]].lower()
    assert (
        colour_of(county.west + 1.15 * county.square, y).name() == county.palette[county.classes[county.ring]].lower()
    )
    assert (
        colour_of(county.west - 1250, county.south + 250).name()
        == county.palette[county.classes[county.two_parts]].lower()
    )
    assert colour_of(county.west - 500, county.south + 250).name() == LIGHT["map_ground"]


def test_neighbours_of_one_colour_show_no_ground_between_them(canvas, hand, county, shown):
    """Small blocks have no edges, and no seam either."""
    canvas.set_colours(np.full(len(county.shapes), 4), county.palette)
    canvas.zoom(1 / 30)
    image = shown()
    box = [hand.at(county.west + dx * county.square, county.south + dy * county.square) for dx, dy in ((1, 5), (7, 1))]
    inside = {
        image.pixelColor(x, y).name() for x in range(box[0].x(), box[1].x()) for y in range(box[0].y(), box[1].y())
    }
    assert inside == {county.palette[4].lower()}


def test_colours_follow_at_once_and_dark_turns_the_ground(canvas, hand, county, colour_of):
    canvas.set_colours((county.classes + 1) % 5, county.palette)
    assert colour_of(*hand.middle(20)).name() == county.palette[(county.classes[20] + 1) % 5].lower()
    canvas.set_tokens(DARK)
    assert colour_of(county.west - 500, county.south + 250).name() == DARK["map_ground"]


@pytest.mark.parametrize(("value", "least_shades"), [(-2, 5), (-1, 2)])
def test_blocks_without_a_value_have_a_pattern_not_a_colour(canvas, hand, county, shown, value, least_shades):
    classes = county.classes.copy()
    classes[20] = value
    canvas.set_colours(classes, county.palette)
    image, middle = shown(), hand.at(*hand.middle(20))
    shades = {
        image.pixelColor(middle.x() + dx, middle.y() + dy).name() for dx in range(-12, 13) for dy in range(-12, 13)
    }
    assert len(shades) >= least_shades
    assert not shades & {colour.lower() for colour in county.palette}


def test_wrong_numbers_of_classes_are_refused(canvas, county):
    with pytest.raises(ValueError, match="one class"):
        canvas.set_colours(county.classes[:-1], county.palette)
    with pytest.raises(ValueError, match="one class"):
        canvas.set_colours(np.full(len(county.shapes), 5), county.palette)


def test_the_selected_place_has_a_dark_line_with_a_light_one_beside_it(canvas, hand, county, shown):
    place = county.outline(18, 19, 26, 27)
    canvas.set_localities([(7, "Eastmere", place), (8, "Other", county.outline(44))])
    before = shown()
    canvas.set_selected_locality(7)
    image, west = shown(), hand.at(place.bounds[0], (place.bounds[1] + place.bounds[3]) / 2 + 200)
    across = [image.pixelColor(west.x() + dx, west.y()) for dx in range(-4, 5)]
    assert min(c.lightness() for c in across) < 60
    assert max(c.lightness() for c in across[:3] + across[-3:]) > 235
    assert before.pixelColor(west.x(), west.y()) != image.pixelColor(west.x(), west.y())


def test_selected_blocks_are_lined_round_the_whole_not_round_each(canvas, hand, county, shown):
    canvas.set_colours(np.full(len(county.shapes), 0), county.palette)
    canvas.set_selection([20, 21])
    image = shown()
    y = county.south + 2.5 * county.square
    darkest = [
        min(image.pixelColor(hand.at(x, y).x() + dx, hand.at(x, y).y()).lightness() for dx in (-1, 0, 1))
        for x in (county.west + 4 * county.square, county.west + 5 * county.square, county.west + 6 * county.square)
    ]
    assert darkest[0] < 60 and darkest[2] < 60
    assert darkest[1] > darkest[0] + 40


def test_a_pan_shows_the_finished_image_moved_at_once(canvas, hand, county, qtbot):
    middle = hand.middle(20)
    canvas.pan(40, -30)
    image = canvas.grab().toImage()  # before the painter can have answered
    assert image.pixelColor(hand.at(*middle)).name() == county.palette[county.classes[20]].lower()
    canvas.zoom(1.5)
    image = canvas.grab().toImage()
    assert image.pixelColor(hand.at(*middle)).name() == county.palette[county.classes[20]].lower()
    qtbot.waitUntil(lambda: canvas.is_settled)


def test_the_map_refits_when_resized_until_it_was_moved(canvas, county, qtbot):
    canvas.resize(900, 500)
    box = shapely.total_bounds(county.shapes)
    left, _, right, _ = canvas.view.box
    assert left <= box[0] and right >= box[2]
    fitted = canvas.view.scale
    canvas.zoom(2)
    canvas.resize(500, 500)
    assert canvas.view.scale == fitted / 2
    canvas.fit()
    qtbot.waitUntil(lambda: canvas.is_settled)


def test_zooming_in_fetches_full_detail_of_what_is_seen_and_no_more_after_other_blocks(canvas, county, qtbot):
    asked = []

    def detail(blocks):
        asked.append(blocks)
        return pack(county.shapes[blocks])

    n = len(county.shapes)
    canvas.set_blocks(canvas.codes, canvas.names, [(300.0, pack(county.shapes))], detail)
    canvas.set_colours(county.classes, county.palette)
    canvas.zoom(8)
    qtbot.waitUntil(lambda: canvas.is_settled)
    assert len(asked) == 1 and len(asked[0]) == n
    canvas.pan(100, 0)
    qtbot.waitUntil(lambda: canvas.is_settled)
    assert len(asked) == 1
    canvas.set_blocks([], [], [])
    canvas.zoom(3)
    qtbot.waitUntil(lambda: canvas.is_settled)
    assert len(asked) == 1


def test_other_blocks_are_set_only_when_nothing_reads_the_old_ones(canvas, county, qtbot):
    """The old ones may come from a file that is about to be closed."""
    begun, never = threading.Event(), threading.Event()
    ended = []

    def slow(blocks):
        begun.set()
        never.wait(0.2)
        ended.append(len(blocks))
        return pack(county.shapes[blocks])

    canvas.set_blocks(canvas.codes, canvas.names, [(300.0, pack(county.shapes))], slow)
    canvas.zoom(8)
    qtbot.waitUntil(begun.is_set)
    assert not ended
    canvas.set_blocks([], [], [])
    assert ended == [len(county.shapes)]


def test_a_map_without_blocks_is_ground(canvas, shown):
    canvas.set_blocks([], [], [])
    assert shown().pixelColor(20, 20) == QColor(LIGHT["map_ground"])
    assert canvas.block_at(400_000, 200_000) == -1


def test_a_failure_while_painting_reaches_the_window(qtbot, county):
    from jsna_desktop.app.map.canvas import MapCanvas

    def broken(blocks):
        raise RuntimeError("the file is gone")

    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    with qtbot.waitSignal(canvas.painting_failed) as failed:
        canvas.show()
        codes = [str(i) for i in range(len(county.shapes))]
        canvas.set_blocks(codes, codes, [(300.0, pack(county.shapes))], broken)
        canvas.zoom(20)
    assert "the file is gone" in str(failed.args[0])


class _Job:
    """A picture that takes a while: it goes on until it is told to finish."""

    kind = "blocks"

    def __init__(self, number: int, endless: bool) -> None:
        self.number, self.endless = number, endless
        self.begun = self.closed = False

    def steps(self):
        self.begun = True
        try:
            while self.endless:
                yield
            return Frame(self.kind, self.number, None, None)  # type: ignore[arg-type]
        finally:
            self.closed = True


def test_a_newer_request_drops_the_older(qtbot):
    renderer = Renderer()
    try:
        old, new = _Job(1, endless=True), _Job(2, endless=False)
        with qtbot.waitSignal(renderer.painted) as painted:
            renderer.ask(old)
            qtbot.waitUntil(lambda: old.begun)
            renderer.ask(new)
        assert painted.args[0].number == 2 and old.closed
        other, marks = _Job(3, endless=True), _Job(4, endless=False)
        marks.kind = "marks"
        renderer.ask(other)
        qtbot.waitUntil(lambda: other.begun)
        with qtbot.waitSignal(renderer.painted) as painted:
            renderer.ask(marks)  # marks do not wait for the blocks, nor end them
        assert painted.args[0].number == 4 and not other.closed
        renderer.drop()
        assert other.closed
    finally:
        renderer.stop()


def test_the_bottom_right_says_the_scale_and_whose_data_it_is(canvas, shown):
    canvas.set_blocks([], [], [])
    plain = shown()
    canvas.set_attribution("Contains National Statistics data © Crown copyright 2025")
    written = shown()
    width, height = written.width(), written.height()
    changed = [
        (x, y) for x in range(width) for y in range(height) if plain.pixelColor(x, y) != written.pixelColor(x, y)
    ]
    assert len(changed) > 200
    assert min(x for x, _ in changed) > 300 and min(y for _, y in changed) > height - 50
    # The bar stands two lines of text above the edge, whatever the typeface: its row is the one with the most ink.
    rows = {
        y: [x for x in range(width) if plain.pixelColor(x, y).lightness() < 160]
        for y in range(height - 70, height - 30)
    }
    bar = max(rows.values(), key=len)
    assert 30 <= bar[-1] - bar[0] <= 97 and bar[-1] < width
    assert len(bar) == bar[-1] - bar[0] + 1, "one unbroken line"


def test_the_arrow_leaves_no_mark_once_the_mouse_is_gone(canvas, hand, shown):
    before = shown()
    hand.hover(*hand.middle(20))
    assert shown() != before
    canvas.leaveEvent(None)
    assert shown() == before


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_lines_are_as_thick_on_a_fine_screen_as_on_a_coarse_one(canvas, county, ratio):
    place = county.outline(26, 27, 34, 35)
    view = View.fitted(place.bounds, 300, 200, padding=40)
    nothing = np.array([], dtype=int)
    blocks = BlockSet([(60.0, pack(county.shapes))], None)
    look = Look.from_tokens(LIGHT)
    frame = _finished(MarksJob(1, view, ratio, blocks, ((5, place),), 5, None, nothing, look))
    image = frame.image
    assert (image.width(), image.height()) == (round(300 * ratio), round(200 * ratio))
    row = image.height() // 2
    dark = [
        x
        for x in range(image.width() // 2)
        if image.pixelColor(x, row).alpha() > 128 and image.pixelColor(x, row).lightness() < 128
    ]
    assert len(dark) / ratio == pytest.approx(2.5, abs=0.8)
    painted = _finished(BlocksJob(1, view, ratio, blocks, county.classes, tuple(county.palette), look)).image
    assert (painted.width(), painted.devicePixelRatio()) == (round(300 * ratio), ratio)


def _finished(job):
    steps = job.steps()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_outlines_go_below_the_signs_of_a_change(canvas, hand, county, shown):
    """What is under the mouse, or a service's catchment, has its outline through the sign of a service there."""
    x, y = county.west + 2 * county.square, county.south + 2.5 * county.square  # on the border of two blocks
    at = hand.at(x, y)
    sign = QRect(at.x() - 7, at.y() - 7, 15, 15)
    for change in ({"struck": [(x, y)]}, {"opened": [(x, y)]}):
        canvas.show_change(**change)
        plain = shown()
        hand.hover(x + 200, y)
        marked = shown()
        assert marked != plain
        assert marked.copy(sign) == plain.copy(sign)
        hand.hover(-1e6, -1e6)


def test_a_click_on_what_would_open_means_it_and_not_the_area(canvas, hand):
    clicked = []
    canvas.point_clicked.connect(lambda *point: clicked.append(point))
    x, y = hand.middle(20)
    canvas.show_change(opened=[(x, y)])
    hand.click(x, y)
    assert clicked == []  # nobody asks for points
    canvas.asks_points = True
    canvas.choose(np.array([], dtype=int))
    hand.click(x, y)
    assert clicked == [("opened", x, y)]
    assert not len(canvas.selection)
