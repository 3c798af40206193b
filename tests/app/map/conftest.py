"""A map of a made-up county: 8 × 6 blocks of 1 km, with a hole, an island and a block in two parts."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.areas.coverage import pack

COLUMNS, LINES, SQUARE = 8, 6, 1000.0
WEST, SOUTH = 400_000.0, 200_000.0
PALETTE = ["#eaf0ee", "#c6dad8", "#8fb9bd", "#4a86a0", "#12436D"]
RING, ISLAND, TWO_PARTS = 9, 48, 0


def _county() -> np.ndarray:
    squares = [
        shapely.box(x, y, x + SQUARE, y + SQUARE)
        for y in SOUTH + SQUARE * np.arange(LINES)
        for x in WEST + SQUARE * np.arange(COLUMNS)
    ]
    x, y = WEST + SQUARE * 1.3, SOUTH + SQUARE * 1.3
    town = shapely.box(x, y, x + 400, y + 400)
    squares[RING] = shapely.difference(squares[RING], town)
    islet = shapely.box(WEST - 1500, SOUTH, WEST - 1000, SOUTH + 500)
    squares[TWO_PARTS] = shapely.MultiPolygon([squares[TWO_PARTS], islet])
    return np.array([*squares, town], dtype=object)


@dataclass
class County:
    """`shapes` and their `classes`; where it lies and its odd blocks."""

    shapes: np.ndarray
    classes: np.ndarray
    palette: ClassVar = PALETTE
    west: ClassVar = WEST
    south: ClassVar = SOUTH
    square: ClassVar = SQUARE
    ring: ClassVar = RING
    island: ClassVar = ISLAND
    two_parts: ClassVar = TWO_PARTS

    def outline(self, *blocks: int) -> shapely.Geometry:
        return shapely.union_all(self.shapes[list(blocks)])


@pytest.fixture(scope="session")
def county() -> County:
    shapes = _county()
    return County(shapes, np.arange(len(shapes)) % len(PALETTE))


@dataclass
class Hand:
    """A person's hand on the map: places in EPSG:27700, keys as typed."""

    canvas: MapCanvas

    def at(self, x: float, y: float) -> QPoint:
        sx, sy = self.canvas.view.to_screen(np.array([x, y]))
        return QPoint(round(float(sx)), round(float(sy)))

    def middle(self, block: int) -> tuple[float, float]:
        x, y = self.canvas.points[block]
        return float(x), float(y)

    def click(self, x: float, y: float, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, modifiers, self.at(x, y))

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at(x, y))
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at(x, y))

    def hover(self, x: float, y: float) -> None:
        QTest.mouseMove(self.canvas, self.at(x, y))

    def drag(self, *places: tuple[float, float], modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        """Presses at the first place, moves along, lets go at the last."""
        points = [self.at(*place) for place in places]
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, modifiers, points[0])
        for point in points[1:]:
            self.canvas.mouseMoveEvent(self._moved(point, modifiers))
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, modifiers, points[-1])

    def type(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.canvas, key, modifiers)

    def _moved(self, point: QPoint, modifiers):
        # QTest.mouseMove knows no held button.
        return QMouseEvent(
            QEvent.Type.MouseMove,
            point.toPointF(),
            self.canvas.mapToGlobal(point).toPointF(),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            modifiers,
        )


@pytest.fixture
def canvas(qtbot, county: County) -> MapCanvas:
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.painting_failed.connect(_fail)
    canvas.resize(640, 480)
    # Other tests leave the application with larger text; what is measured here is measured in the small size.
    font = canvas.font()
    font.setPixelSize(12)
    canvas.setFont(font)
    with qtbot.waitExposed(canvas):
        canvas.show()
    codes = np.array([f"X01{i:06d}" for i in range(len(county.shapes))])
    canvas.set_blocks(codes, np.char.add("Mere ", codes), [(60.0, pack(county.shapes))], None)
    canvas.set_colours(county.classes, PALETTE)
    qtbot.waitUntil(lambda: canvas.is_settled)
    return canvas


def _fail(error: Exception) -> None:
    raise error


@pytest.fixture
def hand(canvas: MapCanvas) -> Hand:
    return Hand(canvas)


@pytest.fixture
def shown(qtbot, canvas: MapCanvas) -> Callable[[], QImage]:
    """The map as it looks when it is finished."""

    def grab() -> QImage:
        qtbot.waitUntil(lambda: canvas.is_settled)
        return canvas.grab().toImage()

    return grab


@pytest.fixture
def colour_of(shown, hand: Hand) -> Callable[..., QColor]:
    """The colour of the map at a place in EPSG:27700."""

    def colour(x: float, y: float) -> QColor:
        return QColor(shown().pixelColor(hand.at(x, y)))

    return colour
