"""Draw a place by its corners."""

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.tools.base import CLICK_PX, SHIFT, MapMouse, Tool, pixels_between

GRAB_PX = 8.0


class PolygonTool(Tool):
    """Each click adds a corner; a corner can be dragged. A click on the first corner, a double click
    or Enter closes the line, Backspace takes the last corner back, Escape drops it all.

    Without a mouse: the arrow keys move a cross (Shift: further), Space adds a corner at it.
    """

    name = "polygon"
    hint = "Click to add corners · Enter closes · Backspace takes one back · Esc cancels"

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._corners: list[tuple[float, float]] = []
        self._pointer: tuple[float, float] | None = None
        self._cross = False  # the pointer is moved by keys
        self._grabbed: int | None = None  # the corner under the pressed mouse
        self._pressed = QPointF()
        self._moved = self._added = False

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The corners so far, in EPSG:27700 metres."""
        return tuple(self._corners)

    def press(self, mouse: MapMouse) -> None:
        self._cross = False
        near = self._corner_near(mouse.at)
        if near == 0 and len(self._corners) >= 3:
            self._grabbed = 0  # closes on release, unless it is dragged
        elif near is not None:
            self._grabbed = near
        else:
            self._corners.append(mouse.world)
            self._grabbed = len(self._corners) - 1
        self._moved = False
        self._pressed = mouse.at
        self._added = near is None
        self._tell()

    def move(self, mouse: MapMouse, held: bool) -> None:
        self._cross = False
        self._pointer = mouse.world
        if held and self._grabbed is not None:
            self._moved = self._moved or pixels_between(mouse.at, self._pressed) >= CLICK_PX
            if self._moved:
                self._corners[self._grabbed] = mouse.world
        self._tell()

    def release(self, mouse: MapMouse) -> None:
        grabbed, self._grabbed = self._grabbed, None
        if grabbed == 0 and not self._moved and not self._added and len(self._corners) >= 3:
            self._close()

    def double_click(self, mouse: MapMouse) -> None:
        self._close()

    def key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if key in steps:
            view = self.canvas.view
            far = (40 if event.modifiers() & SHIFT else 8) * view.scale
            x, y = self._pointer if self._cross and self._pointer else (view.x, view.y)
            dx, dy = steps[Qt.Key(key)]
            self._pointer, self._cross = (x + dx * far, y + dy * far), True
            self.canvas.bring_into_view(*self._pointer)
        elif key == Qt.Key.Key_Space:
            view = self.canvas.view
            if not self._cross or self._pointer is None:
                self._pointer, self._cross = (view.x, view.y), True
            self._corners.append(self._pointer)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._corners:
            self._close()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self._corners:
            self._corners.pop()
            if not self._corners:
                self._clear()
        elif key == Qt.Key.Key_Escape and self._corners:
            self._clear()
        else:
            return False
        self._tell()
        return True

    def paint(self, draw: Overlay) -> None:
        corners = list(self._corners)
        floating = self._pointer is not None and self._grabbed is None and bool(corners)
        if floating and self._pointer is not None:
            corners.append(self._pointer)
        if corners:
            draw.shape([np.array(corners)], closed=len(corners) > 2)
        if self._corners:
            draw.handles(np.array(self._corners), first=len(self._corners) > 2)
        if self._cross and self._pointer is not None:
            draw.cross(self._pointer)

    def leave(self) -> None:
        if self._corners:
            self._clear()
        self._cross = False

    def _corner_near(self, at: QPointF) -> int | None:
        if not self._corners:
            return None
        screen = self.canvas.view.to_screen(np.array(self._corners))
        distance = np.hypot(screen[:, 0] - at.x(), screen[:, 1] - at.y())
        nearest = int(np.argmin(distance))
        return nearest if distance[nearest] <= GRAB_PX else None

    def _shape(self, corners: list[tuple[float, float]]) -> shapely.Polygon | None:
        if len(set(corners)) < 3:
            return None
        shape = shapely.Polygon(corners)
        return shape if shape.is_valid and shape.area > 0 else None

    def _tell(self) -> None:
        corners = list(self._corners)
        if self._pointer is not None and self._grabbed is None and corners:
            corners.append(self._pointer)
        if corners:  # a line that was finished is no longer this tool's to speak of
            # Where the mouse makes the line cross itself, the corners that stand are what is drawn.
            self.canvas.polygon_changed.emit(self._shape(corners) or self._shape(self._corners))
        self.canvas.update()

    def _close(self) -> None:
        corners = list(dict.fromkeys(self._corners))
        shape = self._shape(corners)
        if shape is None:
            self.canvas.say(
                "The line needs three corners."
                if len(corners) < 3
                else "The line crosses itself: move a corner or take one back."
            )
            return
        self._corners, self._pointer = [], None
        self.canvas.update()
        self.canvas.polygon_finished.emit(shape)

    def _clear(self) -> None:
        self._corners, self._pointer, self._grabbed = [], None, None
        self.canvas.polygon_changed.emit(None)
        self.canvas.update()
