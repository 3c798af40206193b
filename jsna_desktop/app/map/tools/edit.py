"""Change a drawn place by its corners."""

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.tools.base import SHIFT, MapMouse, Tool

GRAB_PX = 9.0
_ROOM_PX = 28.0  # an edge shorter than this has no room for a handle in its middle


class EditTool(Tool):
    """Corners are dragged; dragging the middle of an edge makes a new corner; Delete takes away the
    one touched last. Without a mouse: Tab goes from corner to corner, the arrow keys move it.

    The canvas says the shape while it changes (`polygon_changed`) and when it is let go
    (`polygon_finished`); a shape that crosses itself is never said, and let go it springs back.
    """

    name = "edit"
    hint = "Drag a corner, or the middle of an edge to add one · Delete takes a corner away"
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._polygons: list[list[np.ndarray]] = []  # polygons of rings (k, 2), not closed
        self._before: list[list[np.ndarray]] = []
        self._held: tuple[int, int, int] | None = None  # polygon, ring, corner under the mouse
        self._last: tuple[int, int, int] | None = None
        self._changed = False
        self._pan_from: QPointF | None = None

    def take(self, geometry: shapely.Geometry) -> None:
        """Starts with `geometry`, a polygon or multipolygon in EPSG:27700."""
        self._polygons = [
            [np.array(ring.coords)[:-1, :2] for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(geometry)
        ]
        self._held = self._last = None
        self._changed = False
        self.canvas.update()

    def holds(self, geometry: shapely.Geometry) -> bool:
        """Whether the corners in hand are those of `geometry`."""
        shape = self._shape()
        return shape is not None and bool(shapely.equals_exact(shape, geometry, normalize=True))

    def press(self, mouse: MapMouse) -> None:
        self._before = [[ring.copy() for ring in part] for part in self._polygons]
        self._held = self._corner_near(mouse.at) or self._new_corner_near(mouse.at)
        self._pan_from = None if self._held else mouse.at
        if self._held:
            self._last = self._held
        self.canvas.update()

    def move(self, mouse: MapMouse, held: bool) -> None:
        if held and self._held is not None:
            part, ring, corner = self._held
            self._polygons[part][ring][corner] = mouse.world
            self._changed = True
            self._tell()
        elif held and self._pan_from is not None:
            step = mouse.at - self._pan_from
            self._pan_from = mouse.at
            self.canvas.pan(step.x(), step.y())
        elif not held:
            near = self._corner_near(mouse.at) or self._middle_near(mouse.at)
            self.canvas.setCursor(Qt.CursorShape.SizeAllCursor if near else self.cursor)

    def release(self, mouse: MapMouse) -> None:
        held, self._held, self._pan_from = self._held, None, None
        if held is not None and self._changed:
            self._settle()
        elif held is not None:
            self._polygons = self._before  # a middle that was clicked, not dragged
        self._changed = False
        self.canvas.update()

    def key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if not self._polygons:
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._next_corner(-1 if key == Qt.Key.Key_Backtab else 1)
        if key == Qt.Key.Key_Escape and self._last is not None:
            self._last = None
            self.canvas.update()
            return True
        if self._last is None:
            return False
        part, ring, corner = self._last
        self._before = [[r.copy() for r in p] for p in self._polygons]
        if key in steps:
            far = (10 if event.modifiers() & SHIFT else 1) * 4 * self.canvas.view.scale
            self._polygons[part][ring][corner] += np.array(steps[Qt.Key(key)]) * far
            self.canvas.bring_into_view(*self._polygons[part][ring][corner])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if len(self._polygons[part][ring]) <= 3:
                self.canvas.say("A place needs three corners.")
                return True
            self._polygons[part][ring] = np.delete(self._polygons[part][ring], corner, axis=0)
            self._last = None
        else:
            return False
        self._settle()
        return True

    def paint(self, draw: Overlay) -> None:
        rings = [ring for part in self._polygons for ring in part]
        if not rings:
            return
        draw.shape(rings, closed=True, valid=self._shape() is not None)
        for ring in rings:
            middles, room = self._middles(ring)
            draw.handles(middles[room], small=True)
            draw.handles(ring)
        if self._last is not None:
            part, ring, corner = self._last
            draw.handles(self._polygons[part][ring][corner : corner + 1], chosen=True)

    def leave(self) -> None:
        self._polygons, self._held, self._last = [], None, None
        self.canvas.polygon_changed.emit(None)

    def _shape(self) -> shapely.Geometry | None:
        parts = [shapely.Polygon(part[0], part[1:]) for part in self._polygons]
        shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
        return shape if shape.is_valid and shape.area > 0 else None

    def _tell(self) -> None:
        self.canvas.polygon_changed.emit(self._shape())
        self.canvas.update()

    def _settle(self) -> None:
        shape = self._shape()
        if shape is None:
            self._polygons = self._before
            self.canvas.say("The line would cross itself, so the corner went back.")
            self._tell()
            return
        self.canvas.polygon_changed.emit(shape)
        self.canvas.polygon_finished.emit(shape)
        self.canvas.update()

    def _next_corner(self, step: int) -> bool:
        every = [
            (p, r, c) for p, part in enumerate(self._polygons) for r, ring in enumerate(part) for c in range(len(ring))
        ]
        if self._last is None:
            at = 0 if step > 0 else len(every) - 1
        else:
            at = every.index(self._last) + step
            if not 0 <= at < len(every):  # past the last corner, Tab leaves the map
                self._last = None
                self.canvas.update()
                return False
        self._last = every[at]
        part, ring, corner = self._last
        self.canvas.bring_into_view(*self._polygons[part][ring][corner])
        self.canvas.update()
        return True

    def _corner_near(self, at: QPointF) -> tuple[int, int, int] | None:
        return self._nearest(at, lambda ring: (ring, np.ones(len(ring), dtype=bool)))

    def _middle_near(self, at: QPointF) -> tuple[int, int, int] | None:
        return self._nearest(at, self._middles)

    def _new_corner_near(self, at: QPointF) -> tuple[int, int, int] | None:
        near = self._middle_near(at)
        if near is None:
            return None
        part, ring, edge = near
        middle = self._middles(self._polygons[part][ring])[0][edge]
        self._polygons[part][ring] = np.insert(self._polygons[part][ring], edge + 1, middle, axis=0)
        return (part, ring, edge + 1)

    def _middles(self, ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(k, 2) the middle of each edge, and whether it is long enough for a handle."""
        after = np.roll(ring, -1, axis=0)
        length = np.hypot(*(after - ring).T) / self.canvas.view.scale
        return (ring + after) / 2, length >= _ROOM_PX

    def _nearest(self, at: QPointF, points_of) -> tuple[int, int, int] | None:
        best, found = GRAB_PX, None
        for p, part in enumerate(self._polygons):
            for r, ring in enumerate(part):
                points, shown = points_of(ring)
                screen = self.canvas.view.to_screen(points)
                distance = np.hypot(screen[:, 0] - at.x(), screen[:, 1] - at.y())
                distance[~shown] = np.inf
                nearest = int(np.argmin(distance))
                if distance[nearest] < best:
                    best, found = float(distance[nearest]), (p, r, nearest)
        return found
