"""What lies between the blocks and the marks: services and assets as points, each kind with a sign of its own."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.renderer import Frame, clear_image
from jsna_desktop.app.map.view import View

# Shape and colour tell the kinds apart, never colour alone (Okabe–Ito's, darker or lighter than the choropleth).
SIGNS = ("circle", "square", "diamond", "triangle", "cross")
_COLOURS = ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#0072B2")
_FAR, _NEAR = 60.0, 8.0  # metres a pixel between which the signs grow
_SMALL, _LARGE = 2.6, 5.2  # half their width in logical pixels
_FEW, _SMALL_OF_FEW = 150, 3.8  # so few do not hide each other, and are seen from far
_REACH_PX = 8.0
_SLICE = 128


@dataclass(frozen=True)
class PointMarks:
    """Points of one kind: `key` and `title`, `places` (n, 2) in EPSG:27700 (NaN where unknown), `names` (n,)."""

    key: str
    title: str
    places: np.ndarray
    names: np.ndarray
    sign: int = 0

    def seen(self, view: View) -> np.ndarray:
        """Positions (k,) of the points in the view."""
        left, bottom, right, top = view.box
        x, y = self.places[:, 0], self.places[:, 1]
        with np.errstate(invalid="ignore"):
            return np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))


def point_at(layers: Sequence[PointMarks], view: View, sx: float, sy: float) -> tuple[PointMarks, int] | None:
    """The layer and position of the point nearest to a place on the screen, within a few pixels."""
    best: tuple[float, PointMarks, int] | None = None
    for layer in layers:
        near = layer.seen(view)
        if len(near):
            away = np.hypot(*(view.to_screen(layer.places[near]) - (sx, sy)).T)
            first = int(away.argmin())
            if away[first] <= _REACH_PX and (best is None or away[first] < best[0]):
                best = (float(away[first]), layer, int(near[first]))
    return None if best is None else best[1:]


def sign_path(sign: int, size: float) -> QPainterPath:
    """The outline of a sign round (0, 0), `size` half its width."""
    path = QPainterPath()
    kind = SIGNS[sign % len(SIGNS)]
    if kind == "circle":
        path.addEllipse(QPointF(0, 0), size, size)
    elif kind == "square":
        path.addRect(QRectF(-0.88 * size, -0.88 * size, 1.76 * size, 1.76 * size))
    elif kind == "cross":
        third = 0.42 * size
        for x, y in (
            (-third, -size), (third, -size), (third, -third), (size, -third), (size, third), (third, third),
            (third, size), (-third, size), (-third, third), (-size, third), (-size, -third), (-third, -third),
        ):  # fmt: skip
            path.lineTo(x, y) if path.elementCount() else path.moveTo(x, y)
        path.closeSubpath()
    else:
        corners = {
            "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
            "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
        }[kind]
        path.moveTo(corners[0][0] * size, corners[0][1] * size)
        for x, y in corners[1:]:
            path.lineTo(x * size, y * size)
        path.closeSubpath()
    return path


def sign_colour(sign: int) -> QColor:
    return QColor(_COLOURS[sign % len(_COLOURS)])


def paint_sign(painter: QPainter, path: QPainterPath, sign: int, look: Look) -> None:
    """One sign with its halo, at the painter's origin."""
    painter.setPen(look.pen(look.halo, 1.4))
    painter.setBrush(sign_colour(sign))
    painter.drawPath(path)


@dataclass(frozen=True)
class ContextJob:
    """Points over the blocks, smaller where the map is far away."""

    number: int
    view: View
    ratio: float
    points: tuple[PointMarks, ...]
    look: Look
    kind: str = "context"

    def steps(self) -> Generator[None, None, Frame]:
        view = self.view
        image = clear_image(view, self.ratio)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = sign_size(view.scale, sum(len(layer.places) for layer in self.points))
        try:
            for layer in self.points:
                yield from self._paint_points(painter, layer, size)
        finally:
            painter.end()
        return Frame(self.kind, self.number, view, image)

    def _paint_points(self, painter: QPainter, layer: PointMarks, size: float) -> Generator[None, None, None]:
        path = sign_path(layer.sign, size)
        xy = self.view.to_screen(layer.places[layer.seen(self.view)])
        # Of points on one pixel, one is painted: a city's practices would be painted for nothing.
        xy = xy[np.unique(np.rint(xy).astype(int), axis=0, return_index=True)[1]] if len(xy) else xy
        for start in range(0, len(xy), _SLICE):
            for x, y in xy[start : start + _SLICE].tolist():
                painter.translate(x, y)
                paint_sign(painter, path, layer.sign, self.look)
                painter.translate(-x, -y)
            yield


def sign_size(scale: float, count: int) -> float:
    """Half a sign's width in logical pixels at `scale` metres a pixel, of `count` points in all."""
    share = np.clip((np.log(_FAR) - np.log(max(scale, 1e-6))) / (np.log(_FAR) - np.log(_NEAR)), 0.0, 1.0)
    small = _SMALL_OF_FEW if count <= _FEW else _SMALL
    return float(small + (_LARGE - small) * share)
