"""The arrow: a click chooses a block, a drag moves the map, or the point in hand."""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.tools.base import ALT, CLICK_PX, CONTROL, SHIFT, MapMouse, Tool, pixels_between

_GRAB_PX = 10.0


class SelectTool(Tool):
    """A click chooses the block under it and nothing else; with Shift or Ctrl it is added, or taken
    away again; with Alt it is taken away. A double click chooses the place. A drag moves the map; one that begins on
    the point in hand moves that point, and Escape leaves it where it was.
    """

    name = "select"
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._on_held = False

    def press(self, mouse: MapMouse) -> None:
        self._pressed = mouse.at
        self._last = None
        self._on_held = self._is_held(mouse.at)

    def move(self, mouse: MapMouse, held: bool) -> None:
        if not held:
            self.canvas.setCursor(Qt.CursorShape.SizeAllCursor if self._is_held(mouse.at) else self.cursor)
        if not held or self._pressed is None:
            return
        if self._last is None:
            if pixels_between(mouse.at, self._pressed) < CLICK_PX:
                return
            self._last = self._pressed
            if not self._on_held:
                self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._on_held:
            self._carry(mouse)
            return
        step = mouse.at - self._last
        self._last = mouse.at
        self.canvas.pan(step.x(), step.y())

    def release(self, mouse: MapMouse) -> None:
        pressed, dragged = self._pressed, self._last is not None
        self._pressed = self._last = None
        carried = self.carried
        self._put_down()
        if carried is not None:
            self.canvas.point_moved.emit(*carried)
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

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or self.carried is None:
            return False
        self.leave()
        return True

    def leave(self) -> None:
        self._pressed = self._last = None
        self._put_down()

    def _is_held(self, at: QPointF) -> bool:
        """Whether a position on the screen is on the point in hand."""
        held = self.canvas.held
        return held is not None and pixels_between(at, QPointF(*self.canvas.view.to_screen(np.array(held)))) <= _GRAB_PX

    def _carry(self, mouse: MapMouse) -> None:
        assert self.canvas.held is not None
        self.carried = mouse.world
        away = float(np.hypot(*np.subtract(mouse.world, self.canvas.held)))
        self.hint = (
            f"{away / 1000:,.1f} km away · Esc leaves it" if away >= 1000 else f"{away:,.0f} m away · Esc leaves it"
        )
        self.canvas.update()

    def _put_down(self) -> None:
        self.carried, self.hint, self._on_held = None, "", False
        self.canvas.setCursor(self.cursor)
        self.canvas.update()


def toggled(selection: np.ndarray, block: int, modifiers: Qt.KeyboardModifier) -> np.ndarray:
    """The selection after a click on `block` (-1: on no block)."""
    one = np.array([block] if block >= 0 else [], dtype=int)
    if modifiers & ALT:
        return np.setdiff1d(selection, one)
    if modifiers & (SHIFT | CONTROL):
        return np.setxor1d(selection, one)
    return one
