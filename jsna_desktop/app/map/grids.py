"""Pictures of maps and rasters of values over the choropleth, with its colours left readable.

A picture is painted as ink alone: what is white in it is not there, what is dark darkens the areas (on a dark ground it
lightens them). A raster is painted as dots that grow with the value, so that it needs no colour of its own; one of
classes as a sign for each of them (class_signs.py).
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from jsna_desktop.app.map.class_signs import SIZE, ClassSigns, paint_class_sign
from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.view import Box, View

# Cells that meet a box, at most about so many (rows, columns) of them, and what bounds they fill; None for none.
Window = Callable[[Box, tuple[int, int]], tuple[np.ndarray, Box] | None]

OVERVIEW = 1600  # cells along each side of the whole of a picture, held in memory
DOT_RADII = (0.6, 1.1, 1.7, 2.3, 3.0)  # logical pixels, of the lowest step and on
_DOT_ALPHA = 0.82
_INK = 0.72
_ENDS = (2, 98)  # percentiles
_ROUND, _SLACK = (1.0, 2.0, 2.5, 5.0), 1e-9
_PITCH_PX = 12.0
_STRIP_PX = 64
_DOTS_A_SLICE = 200
_SHARES = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # of red, green and blue in what the eye takes for light


@dataclass(frozen=True)
class Picture:
    """`overview` (h, w) uint8 how much ink there is in the whole of it, which fills `bounds`; `cell` metres of its own
    dots; `white` 0–255 the light of its paper; `window` gives its dots for a box.
    """

    window: Window
    bounds: Box
    cell: float
    overview: np.ndarray
    white: float

    def steps(self, painter: QPainter, view: View, ratio: float, look: Look) -> Generator[None, None, None]:
        coarse = (self.bounds[2] - self.bounds[0]) / max(self.overview.shape[1], 1)
        finer = coarse > view.scale / ratio and coarse > self.cell * 1.01
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for y in range(0, view.height, _STRIP_PX):
                found = self._finest(view, y, ratio) if finer else self._coarse(view, y)
                yield
                if found is None:
                    continue
                ink, bounds = found
                left, top = view.to_screen(np.array([bounds[0], bounds[3]])).tolist()
                right, bottom = view.to_screen(np.array([bounds[2], bounds[1]])).tolist()
                painter.setClipRect(QRectF(0, y, view.width, _STRIP_PX))
                painter.drawImage(QRectF(left, top, right - left, bottom - top), _inked(ink, look.ink))
                yield
        finally:
            painter.restore()

    def _strip(self, view: View, y: int, cell: float) -> Box:
        """What a strip of the view covers, and two cells round it: its edges are blended with what lies beyond."""
        left, _, right, top = view.box
        upper, lower = top - y * view.scale, top - (y + _STRIP_PX) * view.scale
        return (left - 2 * cell, lower - 2 * cell, right + 2 * cell, upper + 2 * cell)

    def _finest(self, view: View, y: int, ratio: float) -> tuple[np.ndarray, Box] | None:
        most = (round(2 * _STRIP_PX * ratio) + 8, round(2 * view.width * ratio) + 8)
        found = self.window(self._strip(view, y, self.cell), most)
        return None if found is None else (ink_of(found[0], self.white), found[1])

    def _coarse(self, view: View, y: int) -> tuple[np.ndarray, Box] | None:
        """The part of the overview that a strip shows."""
        west, south, east, north = self.bounds
        rows, columns = self.overview.shape
        high, wide = (north - south) / rows, (east - west) / columns
        left, lower, right, upper = self._strip(view, y, max(high, wide))
        first, last = max(0, int((north - upper) // high)), min(rows, int(-((lower - north) // high)))
        begin, end = max(0, int((left - west) // wide)), min(columns, int(-((west - right) // wide)))
        if first >= last or begin >= end:
            return None
        bounds = (west + begin * wide, north - last * high, west + end * wide, north - first * high)
        return self.overview[first:last, begin:end], bounds


def ink_of(dots: np.ndarray, white: float) -> np.ndarray:
    """How much ink (h, w) uint8 there is in dots (h, w, 3) uint8: none where they are as light as `white`."""
    light = dots.astype(np.float32) @ _SHARES
    return np.rint(np.clip((white - light) / max(white, 1.0), 0.0, 1.0) * 255).astype(np.uint8)


def _inked(ink: np.ndarray, colour: QColor) -> QImage:
    height, width = ink.shape
    alpha = ink.astype(np.uint16) * round(_INK * 256) // 256
    cells = np.empty((height, width, 4), dtype=np.uint8)
    for channel, value in enumerate((colour.blue(), colour.green(), colour.red(), 255)):
        cells[..., channel] = alpha * value // 255
    # The image borrows the bytes: a copy of its own outlives them.
    return QImage(cells.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


@dataclass(frozen=True)
class Dots:
    """A raster as dots: `overview` (h, w) of its values fills `bounds`, every `step`th cell of `cell` metres; `breaks`
    (6,) the edges of the five steps; `window` gives its own cells for a box.

    Where its numbers are those of classes, `classes` says so and has their signs, and there are no `breaks`.
    """

    window: Window
    bounds: Box
    cell: float
    step: int
    overview: np.ndarray
    breaks: np.ndarray
    classes: ClassSigns | None = None

    def steps(self, painter: QPainter, view: View, ratio: float, look: Look) -> Generator[None, None, None]:
        pitch = dot_pitch(self.cell, view.scale)
        values, bounds = self.overview, self.bounds
        if pitch < self.cell * self.step:
            found = self.window(view.box, (4 * OVERVIEW, 4 * OVERVIEW))
            if found is None:
                return
            values, bounds = found
        yield
        places, classes = self.places(view, pitch, values, bounds)
        yield
        xy = view.to_screen(places)
        marks = self._marks(ratio, look)
        half = marks[0].width() / ratio / 2
        for start in range(0, len(xy), _DOTS_A_SLICE):
            some = slice(start, start + _DOTS_A_SLICE)
            for (x, y), value in zip(xy[some].tolist(), classes[some].tolist(), strict=True):
                painter.drawImage(QPointF(x - half, y - half), marks[value])
            yield

    def places(self, view: View, pitch: float, values: np.ndarray, bounds: Box) -> tuple[np.ndarray, np.ndarray]:
        """Places (k, 2) and steps (k,) 0–4, or classes, of the dots in the view; none where there is no value.

        They are `pitch` apart from the raster's own corner on, so that they stay where they are when the map is moved.
        """
        left, bottom, right, top = view.box
        west, _, _, north = self.bounds
        x = _lattice(west, max(left, bounds[0]), min(right, bounds[2]), pitch)
        y = -_lattice(-north, max(-top, -bounds[3]), min(-bottom, -bounds[1]), pitch)
        rows, columns = values.shape
        column = np.floor((x - bounds[0]) / (bounds[2] - bounds[0]) * columns).astype(int)
        row = np.floor((bounds[3] - y) / (bounds[3] - bounds[1]) * rows).astype(int)
        x, column = x[(column >= 0) & (column < columns)], column[(column >= 0) & (column < columns)]
        y, row = y[(row >= 0) & (row < rows)], row[(row >= 0) & (row < rows)]
        found = values[np.ix_(row, column)]
        if self.classes is None:
            known = np.isfinite(found)
            classes = np.searchsorted(self.breaks[1:-1], found, side="right")
        else:
            classes = self.classes.of(found)
            known = classes >= 0
        across, down = np.meshgrid(x, y)
        return np.column_stack([across[known], down[known]]), classes[known]

    def _marks(self, ratio: float, look: Look) -> list[QImage]:
        """An image for each step or class, all of one size."""
        if self.classes is None:
            return [_mark(ratio, partial(paint_dot, radius=radius, look=look)) for radius in DOT_RADII]
        drawn = zip(self.classes.signs.tolist(), self.classes.light.tolist(), strict=True)
        return [_mark(ratio, partial(paint_class_sign, sign=sign, look=look, light=light)) for sign, light in drawn]


def even_breaks(values: np.ndarray) -> np.ndarray:
    """Six edges of five steps of one round width that hold the values from the 2nd to the 98th percentile.

    What lies beyond belongs to the first or the last step. Empty where no value is known.
    """
    known = values[np.isfinite(values)].astype(float)
    if not len(known):
        return known
    low, high = np.percentile(known, _ENDS).tolist()
    least = (high - low) / 5 or max(abs(low), 1.0) / 5
    steps = 10.0 ** np.floor(np.log10(least)) * np.array([*_ROUND, *(10 * one for one in _ROUND)])
    latest, earliest = np.floor(low / steps + _SLACK), np.ceil(high / steps - _SLACK) - 5
    enough = int(np.argmax(latest >= earliest))
    step = steps[enough]
    # In the middle of what is usual: no scale to 120 for what ends at 100, and none below nothing.
    first = np.clip(np.floor((low + high) / 2 / step - 2.5 + _SLACK), earliest[enough], latest[enough])
    first = max(first, 0.0) if low >= 0 else first
    # Through decimals: 3 × 0.1 is not 0.3.
    return np.round((first + np.arange(6)) * step, max(0, int(2 - np.floor(np.log10(step)))))


def dot_pitch(cell: float, scale: float) -> float:
    """Metres between dots: a whole number of cells, or a whole part of one, about twelve pixels."""
    wanted = _PITCH_PX * scale
    return cell * np.ceil(wanted / cell) if cell < wanted else cell / np.floor(cell / wanted)


def _lattice(origin: float, low: float, high: float, pitch: float) -> np.ndarray:
    """Middles of the squares of `pitch` from `origin` on that lie between two bounds."""
    first, last = np.ceil((low - origin) / pitch - 0.5), np.floor((high - origin) / pitch - 0.5)
    return origin + (np.arange(first, last + 1) + 0.5) * pitch


def _mark(ratio: float, paint: Callable[[QPainter, QPointF], None]) -> QImage:
    """One dot or sign with its halo, in the middle of an image that holds the largest."""
    side = round(2 * (max(DOT_RADII[-1], SIZE) + 1.7) * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    paint(painter, QPointF(side / ratio / 2, side / ratio / 2))
    painter.end()
    return image


def paint_dot(painter: QPainter, at: QPointF, radius: float, look: Look) -> None:
    """One dot with its halo, on the map and in its legend."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(look.ink)
    ink.setAlphaF(_DOT_ALPHA)
    painter.setPen(look.pen(look.halo, 0.8, alpha=0.8))
    painter.setBrush(ink)
    painter.drawEllipse(at, radius + 0.4, radius + 0.4)
