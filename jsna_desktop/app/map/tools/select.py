"""The arrow: a click chooses a block, a drag moves the map."""

import numpy as np
from PySide6.QtCore import QPointF, Qt

from jsna_desktop.app.map.tools.base import ALT, CLICK_PX, CONTROL, SHIFT, MapMouse, Tool, pixels_between


class SelectTool(Tool):
    """A click chooses the block under it and nothing else; with Shift or Ctrl it is added, or taken
    away again; with Alt it is taken away. A double click chooses the place. A drag moves the map.
    """

    name = "select"
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None

    def press(self, mouse: MapMouse) -> None:
        self._pressed = mouse.at
        self._last = None

    def move(self, mouse: MapMouse, held: bool) -> None:
        if not held or self._pressed is None:
            return
        if self._last is None:
            if pixels_between(mouse.at, self._pressed) < CLICK_PX:
                return
            self._last = self._pressed
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        step = mouse.at - self._last
        self._last = mouse.at
        self.canvas.pan(step.x(), step.y())

    def release(self, mouse: MapMouse) -> None:
        pressed, dragged = self._pressed, self._last is not None
        self._pressed = self._last = None
        self.canvas.setCursor(self.cursor)
        if pressed is None or dragged:
            return
        point = self.canvas.point_under(mouse.at)
        if point is not None:
            self.canvas.point_clicked.emit(*point)
            return
        place = self.canvas.locality_line_at(*mouse.world)
        if place is not None and not mouse.modifiers & (SHIFT | ALT | CONTROL):
            self.canvas.locality_clicked.emit(place)
            return
        block = self.canvas.block_at(*mouse.world)
        self.canvas.choose(toggled(self.canvas.selection, block, mouse.modifiers))
        if block >= 0:
            self.canvas.block_clicked.emit(block, mouse.modifiers)

    def double_click(self, mouse: MapMouse) -> None:
        place = self.canvas.locality_at(*mouse.world)
        if place is not None:
            self.canvas.locality_clicked.emit(place)

    def leave(self) -> None:
        self._pressed = self._last = None


def toggled(selection: np.ndarray, block: int, modifiers: Qt.KeyboardModifier) -> np.ndarray:
    """The selection after a click on `block` (-1: on no block)."""
    one = np.array([block] if block >= 0 else [], dtype=int)
    if modifiers & ALT:
        return np.setdiff1d(selection, one)
    if modifiers & (SHIFT | CONTROL):
        return np.setxor1d(selection, one)
    return one
