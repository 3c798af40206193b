"""Services on the map: where they are painted, which one is under the mouse, and the pin of what was found."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from jsna_desktop.app.map.context import SIGNS, ContextJob, PointMarks, point_at, sign_colour, sign_path, sign_size
from jsna_desktop.app.map.look import LIGHT, Look
from jsna_desktop.app.map.view import View

VIEW = View(400_000.0, 200_000.0, 10.0, 400, 300)
LAYER = PointMarks(
    "service:gp",
    "General practices",
    np.array([[400_000.0, 200_000.0], [401_000.0, 200_500.0], [np.nan, np.nan], [900_000.0, 200_000.0]]),
    np.array(["Near", "East", "Nowhere", "Far away"]),
)


def _painted(layer: PointMarks = LAYER, view: View = VIEW):
    steps = ContextJob(1, view, 1.0, (layer,), Look.from_tokens(LIGHT)).steps()
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value.image


def test_points_are_painted_where_they_lie_and_nowhere_else():
    image = _painted()
    inked = {(x, y) for x in range(400) for y in range(300) if image.pixelColor(x, y).alpha() > 128}
    for x, y in ((200, 150), (300, 100)):
        assert image.pixelColor(x, y).name() == sign_colour(0).name()
        assert (x, y) in inked
    assert all(min(abs(x - 200) + abs(y - 150), abs(x - 300) + abs(y - 100)) < 20 for x, y in inked)


def test_the_point_under_the_mouse_is_the_nearest_within_reach():
    hit = point_at([LAYER], VIEW, 303, 98)
    assert hit is not None
    assert hit[0].names[hit[1]] == "East"
    assert point_at([LAYER], VIEW, 250, 125) is None
    assert point_at([], VIEW, 200, 150) is None


@pytest.mark.parametrize("sign", range(len(SIGNS)))
def test_every_kind_has_a_shape_of_its_own(sign):
    outline = sign_path(sign, 5.0)
    assert outline.contains(outline.boundingRect().center())
    others = [sign_path(other, 5.0) for other in range(len(SIGNS)) if other != sign]
    assert all(outline != other for other in others)
    assert 8 < outline.boundingRect().width() < 13


def test_signs_grow_as_the_map_comes_nearer():
    few, sizes = ([sign_size(scale, count) for scale in (200.0, 40.0, 15.0, 1.0)] for count in (150, 151))
    assert few[0] > sizes[0] and few[-1] == sizes[-1]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_the_map_shows_points_over_the_blocks_and_takes_them_away(canvas, hand, county, shown):
    middle = hand.middle(20)
    at = hand.at(*middle)
    before = shown().pixelColor(at).name()
    canvas.set_points([PointMarks("service:gp", "General practices", np.array([middle]), np.array(["One"]))])
    assert shown().pixelColor(at).name() == sign_colour(0).name()
    canvas.set_points([])
    assert shown().pixelColor(at).name() == before


def test_the_pin_of_what_was_found_goes_with_the_next_choice(canvas, hand, shown):
    x, y = hand.middle(20)
    at = hand.at(x, y)
    before = shown().pixelColor(at.x(), at.y() - 22)
    canvas.pin((x, y))
    assert shown().pixelColor(at.x(), at.y() - 22) != before
    canvas.choose(np.array([3]))
    assert shown().pixelColor(at.x(), at.y() - 22) == QColor(before)
