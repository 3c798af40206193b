"""What is painted: the blocks in their colours, and the marks that lie over them."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QTransform

from jsna_desktop.app.map.layers import NO_VALUE, WITHHELD, BlockSet, BlockShapes, rings_path, seen
from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.renderer import Frame, clear_image
from jsna_desktop.app.map.view import View
from jsna_desktop.areas.coverage import outline

_EDGE_FROM_PX = 5.0  # blocks smaller than this have no edges: a town would be nothing but edges
_EDGE_FULL_PX = 18.0
_MOST_PIXELS = 12_000_000  # above this, paint once a pixel: the screen is fine enough


@dataclass(frozen=True)
class BlocksJob:
    """The blocks in their colours. `classes` (n,) int, an index into `palette`, or -1 or -2."""

    number: int
    view: View
    ratio: float
    blocks: BlockSet
    classes: np.ndarray
    palette: tuple[str, ...]
    look: Look
    kind: str = "blocks"

    def steps(self) -> Generator[None, None, Frame]:
        view, look = self.view, self.look
        width, height = round(view.width * self.ratio), round(view.height * self.ratio)
        times = 2 if width * height * 4 <= _MOST_PIXELS else 1
        image = QImage(width * times, height * times, QImage.Format.Format_RGB32)
        image.fill(look.ground)
        if not len(self.blocks):
            image.setDevicePixelRatio(self.ratio * times)
            return Frame(self.kind, self.number, view, image)
        shapes = self.blocks.shapes_for(view)
        yield
        painter = QPainter(image)
        try:
            transform = _transform(view, shapes, self.ratio * times)
            painter.setTransform(transform)
            painter.setPen(Qt.PenStyle.NoPen)
            for value, chunks in shapes.fills(self.classes):
                painter.setBrush(self._brush(value, transform, times))
                for chunk in seen(chunks, view.box):
                    painter.drawPath(shapes.path(chunk))
                    yield
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for size, chunks in shapes.edges():
                pixels = size * 1.4 / view.scale
                if pixels < _EDGE_FROM_PX:
                    continue
                strength = min(1.0, 0.35 + 0.65 * (pixels - _EDGE_FROM_PX) / (_EDGE_FULL_PX - _EDGE_FROM_PX))
                # Half a logical pixel where the screen allows it.
                pen = look.fixed_pen(look.block_edge, max(1.0, self.ratio * times / 2), alpha=strength)
                painter.setPen(pen)
                for chunk in seen(chunks, view.box):
                    painter.drawPath(shapes.path(chunk))
                    yield
        finally:
            painter.end()
        if times > 1:
            image = image.scaled(
                width,
                height,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        image.setDevicePixelRatio(self.ratio)
        return Frame(self.kind, self.number, view, image, shapes)

    def _brush(self, value: int, transform: QTransform, times: int) -> QBrush:
        if value not in (NO_VALUE, WITHHELD):
            return QBrush(QColor(self.palette[value]))
        unit = self.ratio * times
        brush = self.look.hatch(round(7 * unit), 1.0 * unit, withheld=value == WITHHELD)
        inverse, possible = transform.inverted()
        if possible:  # the pattern keeps its size on the screen
            brush.setTransform(inverse)
        return brush


@dataclass(frozen=True)
class MarksJob:
    """What lies over the blocks: outlines of places, the selected place, the selected blocks."""

    number: int
    view: View
    ratio: float
    blocks: BlockSet
    places: tuple[tuple[int, shapely.Geometry], ...]
    selected: int | None
    hidden: int | None
    selection: np.ndarray
    look: Look
    kind: str = "marks"

    def steps(self) -> Generator[None, None, Frame]:
        view, look = self.view, self.look
        image = clear_image(view, self.ratio)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame_box = shapely.box(*view.box)
            chosen = []
            for place, geometry in self.places:
                if place == self.hidden or not shapely.intersects(frame_box, geometry):
                    continue
                if place == self.selected:
                    chosen.append(geometry)
                    continue
                painter.setPen(look.pen(look.place_edge, 0.9))
                painter.drawPath(screen_path(geometry, view))
                yield
            if len(self.selection) and len(self.blocks):
                yield from self._paint_selection(painter)
            for geometry in chosen:
                path = screen_path(geometry, view)
                for pen in (look.pen(look.halo, 6.0, alpha=0.9), look.pen(look.selected, 2.5)):
                    painter.setPen(pen)
                    painter.drawPath(path)
                    yield
        finally:
            painter.end()
        return Frame(self.kind, self.number, view, image)

    def _paint_selection(self, painter: QPainter) -> Generator[None, None, None]:
        """A tint and a double line round the selected blocks, a fine line between them."""
        look = self.look
        shapes = self.blocks.shapes_for(self.view)
        yield
        rows = shapes.rows_of(self.selection)
        lines = outline(shapes.packed, rows)
        painter.save()
        try:
            painter.setTransform(_transform(self.view, shapes, 1.0))
            tint = QColor(look.selected)
            tint.setAlphaF(0.14)
            for start in range(0, len(rows), 64):
                path = shapes.path_of(rows[start : start + 64])
                painter.setPen(look.fixed_pen(look.selected, 0.8 * self.ratio, alpha=0.7))
                painter.setBrush(tint)
                painter.drawPath(path)
                yield
        finally:  # also where a newer job ends this one
            painter.restore()
        ends = self.view.to_screen(lines + shapes.packed.origin).reshape(-1, 2)
        points = [QPointF(x, y) for x, y in ends.tolist()]
        for pen in (look.pen(look.halo, 5.0), look.pen(look.selected, 2.2)):
            painter.setPen(pen)
            for start in range(0, len(points), 512):
                painter.drawLines(points[start : start + 512])
                yield


def screen_path(geometry: shapely.Geometry, view: View) -> QPainterPath:
    """The outline of a Shapely geometry in the view's logical pixels, no finer than can be seen."""
    simple = shapely.simplify(geometry, view.scale * 0.35, preserve_topology=False)
    if shapely.is_empty(simple):
        simple = geometry
    rings = shapely.get_rings(shapely.get_parts(simple))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return rings_path(view.to_screen(xy), np.bincount(ring, minlength=len(rings)))


def _transform(view: View, shapes: BlockShapes, unit: float) -> QTransform:
    """From metres relative to the shapes' origin to pixels, `unit` of them a logical pixel."""
    k = unit / view.scale
    ox, oy = shapes.packed.origin
    return QTransform(
        k,
        0.0,
        0.0,
        -k,
        view.width * unit / 2 + (ox - view.x) * k,
        view.height * unit / 2 - (oy - view.y) * k,
    )
