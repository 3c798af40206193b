"""Signs of a raster's classes on the map: drawn in strokes, so that the colours beneath stay readable.

Each class has a shape of its own besides its colour. Services and assets have filled signs; these are open ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from jsna_desktop.app.map.look import Look

# Half a sign's width in logical pixels; that of a class which is nearly everywhere; the width of the strokes.
SIZE, _LIGHT_SIZE = 3.1, 1.6
_STROKE, _LIGHT_STROKE, _HALO = 1.5, 1.0, 1.3
MOST = 12
# Of Okabe and Ito’s colours those that stand out 3 to 1 from a white halo and from a black one; "" is the ink.
_ON_DARK = "#56B4E9"  # for the first of them
COLOURS = ("#0072B2", "#D55E00", "#009E73", "", "#CC79A7")
# Of the cells of a raster: a class that fills more of them is no more than hinted at.
_EVERYWHERE = 1 / 3
_D = 0.75  # of a sign's half width: how far slanting lines reach
_LINES: tuple[tuple[tuple[float, float, float, float], ...], ...] = (
    ((-1, 0, 1, 0), (0, -1, 0, 1)),  # plus
    (),  # ring
    ((-_D, -_D, _D, _D), (-_D, _D, _D, -_D)),  # saltire
    ((0, -1, 1, _D), (1, _D, -1, _D), (-1, _D, 0, -1)),  # triangle
    ((-1, 0, 1, 0),),  # level line
    ((-_D, -_D, _D, -_D), (_D, -_D, _D, _D), (_D, _D, -_D, _D), (-_D, _D, -_D, -_D)),  # square
    ((0, -1, 0, 1),),  # upright line
    ((0, -1, 1, 0), (1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1)),  # diamond
    ((-_D, _D, _D, -_D),),  # line that rises
    ((-1, -_D, 0, _D), (0, _D, 1, -_D)),  # v
    ((-_D, -_D, _D, _D),),  # line that falls
    ((-1, -0.5, 1, -0.5), (-1, 0.5, 1, 0.5)),  # two lines
)
REST = len(_LINES)  # all classes that have no sign of their own: a small dot


@dataclass(frozen=True)
class ClassSigns:
    """Which sign the cells of each class have: `numbers` (k,) of the classes, ascending, with their `names`.

    `signs` (k,) int, REST for those without one of their own; `light` (k,) whether it is a small one.
    """

    numbers: np.ndarray
    names: tuple[str, ...]
    signs: np.ndarray
    light: np.ndarray

    def of(self, values: np.ndarray) -> np.ndarray:
        """Positions of the classes of cells of any shape; −1 for a cell in none."""
        place = np.clip(np.searchsorted(self.numbers, values), 0, len(self.numbers) - 1)
        return np.where(self.numbers[place] == values, place, -1)

    def listed(self) -> tuple[list[tuple[str, int, bool]], int]:
        """(name, sign, light) of each class with a sign of its own, and how many others there are."""
        rows = zip(self.names, self.signs.tolist(), self.light.tolist(), strict=True)
        own = [row for row in rows if row[1] != REST]
        return own, len(self.names) - len(own)


def signs_for(numbers: np.ndarray, names: Sequence[str], overview: np.ndarray) -> ClassSigns:
    """Signs of classes (k,): of more than MOST those with most cells in the `overview` of all cells have their own."""
    found, cells = np.unique(overview[np.isfinite(overview)], return_counts=True)
    many = dict(zip(found.tolist(), cells.tolist(), strict=True))
    count = np.array([many.get(number, 0) for number in numbers.tolist()])
    signs = np.full(len(numbers), REST)
    chosen = np.sort(np.argsort(-count, kind="stable")[:MOST])
    signs[chosen] = np.arange(len(chosen))
    return ClassSigns(numbers, tuple(names), signs, count > _EVERYWHERE * overview.size)


def class_colour(sign: int, look: Look) -> QColor:
    if sign == REST:
        return look.muted
    place = sign % len(COLOURS)
    return QColor(_ON_DARK if look.dark and not place else COLOURS[place] or look.ink)


def paint_class_sign(painter: QPainter, at: QPointF, sign: int, look: Look, *, light: bool = False) -> None:
    """One sign with its halo, on the map and in its legend."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = class_colour(sign, look)
    if sign == REST:
        painter.setPen(look.pen(look.halo, 0.8))
        painter.setBrush(colour)
        painter.drawEllipse(at, 1.3, 1.3)
        return
    path = _path(at, sign, _LIGHT_SIZE if light else SIZE)
    width = _LIGHT_STROKE if light else _STROKE
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (look.pen(look.halo, width + (0.8 if light else _HALO)), look.pen(colour, width)):
        painter.setPen(pen)
        painter.drawPath(path)


def _path(at: QPointF, sign: int, size: float) -> QPainterPath:
    path = QPainterPath()
    lines = _LINES[sign]
    if not lines:
        path.addEllipse(QRectF(at.x() - _D * size, at.y() - _D * size, 2 * _D * size, 2 * _D * size))
    for x, y, to_x, to_y in lines:
        path.moveTo(at.x() + size * x, at.y() + size * y)
        path.lineTo(at.x() + size * to_x, at.y() + size * to_y)
    return path
