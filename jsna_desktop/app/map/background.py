"""What is painted between the blocks and the points: pictures, background shapes, roads, rasters as dots, names."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTransform

from jsna_desktop.app.map.background_shapes import DrawnShapes
from jsna_desktop.app.map.background_style import Style, colour_of, points_style, width_at
from jsna_desktop.app.map.grids import Dots, Picture
from jsna_desktop.app.map.labels import Names, paint_names
from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.renderer import Frame, clear_image
from jsna_desktop.app.map.view import View

_LINE_ALPHA = 0.9
_MARK_PX = 2.2
_MARKS_A_SLICE = 64


@dataclass(frozen=True)
class Backdrop:
    """Everything of the background that is shown. `marks`: arrays (n, 2) of points that have a mark, EPSG:27700."""

    pictures: tuple[Picture, ...] = ()
    shapes: tuple[DrawnShapes, ...] = ()
    dots: tuple[Dots, ...] = ()
    marks: tuple[np.ndarray, ...] = ()
    names: tuple[Names, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pictures or self.shapes or self.dots or self.marks or self.names)


@dataclass(frozen=True)
class BackgroundJob:
    """The background in one image, `font` for its names."""

    number: int
    view: View
    ratio: float
    shown: Backdrop
    look: Look
    font: QFont
    kind: str = "background"

    def steps(self) -> Generator[None, None, Frame]:
        view = self.view
        image = clear_image(view, self.ratio)
        painter = QPainter(image)
        try:
            for picture in self.shown.pictures:
                yield from picture.steps(painter, view, self.ratio, self.look)
            near = [one for one in self.shown.shapes if view.scale <= one.style.far]
            ordered = sorted(near, key=lambda one: (not one.is_area, one.style.order))
            for one in ordered:
                painter.save()
                try:
                    painter.setTransform(_transform(view, one.origin))
                    yield from self._paint_area(painter, one) if one.is_area else self._paint_lines(painter, one)
                finally:
                    painter.restore()
            for dots in self.shown.dots:
                yield from dots.steps(painter, view, self.ratio, self.look)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for places in self.shown.marks:
                yield from self._paint_marks(painter, places)
            yield from paint_names(painter, view, self.look, self.font, self.shown.names)
        finally:
            painter.end()
        return Frame(self.kind, self.number, view, image)

    def _paint_area(self, painter: QPainter, shapes: DrawnShapes) -> Generator[None, None, None]:
        style, colour = shapes.style, colour_of(shapes.style, self.look)
        # Without antialiasing: twenty times as fast, and the edge of a faint tint is not seen.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faint(colour, style.tint))
        for path in shapes.fills(self.view):
            painter.drawPath(path)
            yield
        if style.width:
            yield from self._stroke(painter, shapes, colour, self._pixels(style.width), 0.7)

    def _paint_lines(self, painter: QPainter, shapes: DrawnShapes) -> Generator[None, None, None]:
        style, look = shapes.style, self.look
        width = self._pixels(width_at(style.width, self.view.scale))
        colour = colour_of(style, look)
        if style.casing:
            yield from self._stroke(painter, shapes, look.halo, width + 2 * self._pixels(style.casing), 0.75)
        yield from self._stroke(painter, shapes, colour, width, _LINE_ALPHA)
        if _is_rail(style):
            # Two thin lines: a railway is no road, also without its colour.
            yield from self._stroke(painter, shapes, look.halo, 0.45 * width, 1.0)

    def _stroke(
        self, painter: QPainter, shapes: DrawnShapes, colour: QColor, width: float, alpha: float
    ) -> Generator[None, None, None]:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.look.fixed_pen(colour, width, alpha=alpha))
        for path in shapes.lines(self.view):
            painter.drawPath(path)
            yield

    def _pixels(self, width: float) -> float:
        """Pixels of the image, which fixed pens are given in."""
        return width * self.ratio

    def _paint_marks(self, painter: QPainter, places: np.ndarray) -> Generator[None, None, None]:
        view, look = self.view, self.look
        if view.scale > points_style().far:
            return
        left, bottom, right, top = view.box
        x, y = places[:, 0], places[:, 1]
        xy = view.to_screen(places[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)])
        painter.setPen(look.pen(look.halo, 1.2))
        painter.setBrush(look.muted)
        for start in range(0, len(xy), _MARKS_A_SLICE):
            for px, py in xy[start : start + _MARKS_A_SLICE].tolist():
                painter.drawRect(QRectF(QPointF(px - _MARK_PX, py - _MARK_PX), QPointF(px + _MARK_PX, py + _MARK_PX)))
            yield


def _is_rail(style: Style) -> bool:
    return style.colour == "rail"


def _faint(colour: QColor, alpha: float) -> QColor:
    colour = QColor(colour)
    colour.setAlphaF(alpha)
    return colour


def _transform(view: View, origin: np.ndarray) -> QTransform:
    """From metres relative to an origin to logical pixels."""
    k = 1.0 / view.scale
    ox, oy = origin.tolist()
    return QTransform(k, 0.0, 0.0, -k, view.width / 2 + (ox - view.x) * k, view.height / 2 - (oy - view.y) * k)
