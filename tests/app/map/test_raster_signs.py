"""Rasters on the map: even steps for what is measured, a sign for each class for what is not."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from jsna_desktop.app.map.class_signs import MOST, REST, class_colour, paint_class_sign, signs_for
from jsna_desktop.app.map.grids import DOT_RADII, Dots, even_breaks, paint_dot
from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.view import View
from jsna_desktop.app.theme import CONTRAST, DARK, LIGHT
from jsna_desktop.app.theme import Look as Theme

NOTHING = np.empty(0)


def _grid(values: np.ndarray, **how) -> Dots:
    rows, columns = values.shape
    return Dots(lambda _b, _m: None, (0.0, -100.0 * rows, 100.0 * columns, 0.0), 100.0, 1, values, NOTHING, **how)


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        (np.linspace(5.5, 12.6, 1000), [4, 6, 8, 10, 12, 14]),
        (np.linspace(21, 99, 1001), [0, 20, 40, 60, 80, 100]),
        (np.linspace(0, 100, 1001), [0, 20, 40, 60, 80, 100]),
        (np.linspace(0.31, 0.39, 50), [0.3, 0.32, 0.34, 0.36, 0.38, 0.4]),
        (np.full(9, 4.0), [3.7, 3.8, 3.9, 4, 4.1, 4.2]),
        (np.array([-3.0, -2.0, 3.0]), [-6, -4, -2, 0, 2, 4]),
    ],
)
def test_steps_are_even_and_round_and_hold_what_is_usual(values, breaks):
    found = even_breaks(np.append(values, np.nan))
    assert found.tolist() == pytest.approx(breaks)
    low, high = np.percentile(values, (2, 98))
    assert found[0] <= low
    assert high <= found[-1]


def test_one_high_cell_does_not_widen_the_steps_and_nothing_gives_none():
    values = np.append(np.linspace(5.5, 7, 999), 900.0)
    assert even_breaks(values)[-1] <= 8
    assert len(even_breaks(np.full(4, np.nan))) == 0


def test_each_class_has_its_sign_and_none_and_unknown_have_none():
    values = np.array([[0, 1, 2], [np.nan, 2, 7]], dtype=np.float32)
    signs = signs_for(np.array([1.0, 2.0]), ("low", "high"), values)
    dots = _grid(values, classes=signs)
    places, found = dots.places(View(150, -100, 5.0, 100, 100), 100.0, values, dots.bounds)
    at = {(x, y): signs.names[one] for (x, y), one in zip(places.tolist(), found.tolist(), strict=True)}
    assert at == {(150, -50): "low", (250, -50): "high", (150, -150): "high"}


def test_a_class_that_is_nearly_everywhere_is_only_hinted_at():
    values = np.full((30, 30), 1.0)
    values[:3] = 2
    values[3:5] = 3
    assert signs_for(np.array([1.0, 2, 3]), ("a", "b", "c"), values).light.tolist() == [True, False, False]


def test_of_many_classes_the_commonest_have_signs_and_the_others_share_a_dot():
    numbers = np.arange(1, 21, dtype=float)
    values = np.repeat(numbers, numbers.astype(int)).reshape(1, -1)
    signs = signs_for(numbers, tuple(f"class {n:g}" for n in numbers), values)
    own, others = signs.listed()
    assert others == 20 - MOST
    assert [name for name, *_ in own] == [f"class {n}" for n in range(9, 21)]
    assert len({sign for _, sign, _ in own}) == MOST
    assert (signs.signs[:8] == REST).all()


def _light(colour: QColor) -> float:
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(a: QColor, b: QColor) -> float:
    high, low = sorted((_light(a), _light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _on(ground: QColor, paint) -> QImage:
    image = QImage(160, 160, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(8)  # finer than the smoothing of its edges
    image.fill(ground)
    painter = QPainter(image)
    paint(painter, QPointF(10, 10))
    painter.end()
    return image


def _colours(image: QImage) -> list[QColor]:
    return [image.pixelColor(80 + step, 80) for step in range(80)]


@pytest.mark.parametrize("mode", [LIGHT, DARK, CONTRAST])
def test_dots_and_signs_stand_out_from_every_colour_of_the_map(qapp, mode):
    theme = Theme(qapp)
    theme.set_mode(mode)
    look = Look.from_tokens(theme.tokens)
    for sign in range(REST + 1):
        assert _contrast(class_colour(sign, look), look.halo) >= 3, sign
    for ground in map(QColor, theme.ramp()):
        for radius in DOT_RADII:
            seen = _colours(_on(ground, lambda p, at, r=radius: paint_dot(p, at, r, look)))
            middle = seen[0]
            assert max(_contrast(middle, one) for one in seen) >= 3, (ground.name(), radius)


def test_no_two_signs_have_one_shape_and_dots_leave_most_of_the_map_free(qapp):
    look = Look.from_tokens(Theme(qapp).tokens)
    white = QColor("#ffffff")
    masks = []
    for sign in range(REST + 1):
        image = _on(white, lambda p, at, s=sign: paint_class_sign(p, at, s, look))
        masks.append(np.array([[image.pixelColor(x, y) != white for x in range(0, 160, 4)] for y in range(0, 160, 4)]))
    for one in range(len(masks)):
        for other in range(one):
            assert (masks[one] != masks[other]).sum() > 15, (one, other)
    assert np.pi * (DOT_RADII[-1] + 0.8) ** 2 < 0.33 * 12**2
