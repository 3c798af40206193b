"""Pointing at a place: a click says where, or a cross that the keys move; Escape leaves it."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.tools.base import CLICK_PX, SHIFT, MapMouse, Tool, pixels_between

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_STEP_PX, _FAR_PX = 8, 40


class PlaceTool(Tool):
    """A click says where something is to be. By keyboard arrows move a cross (with Shift further), Enter says: here."""

    name = "place"
    hint = "Click where it would be, or move the cross by the arrow keys and press Enter · Esc leaves it"

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._pressed: QPointF | None = None
        self._cross: tuple[float, float] | None = None

    def press(self, mouse: MapMouse) -> None:
        self._pressed = mouse.at

    def move(self, mouse: MapMouse, held: bool) -> None:
        if self._cross is not None:  # the mouse points itself
            self._cross = None
            self.canvas.update()

    def release(self, mouse: MapMouse) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pixels_between(mouse.at, pressed) < CLICK_PX:
            self.canvas.place_pointed.emit(*mouse.world)

    def key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.canvas.set_tool("select")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._cross is None:
                self._put(self._middle())  # seen first where it is
            else:
                self.canvas.place_pointed.emit(*self._cross)
        elif key in _STEPS:
            far = (_FAR_PX if event.modifiers() & SHIFT else _STEP_PX) * self.canvas.view.scale
            x, y = self._cross or self._middle()
            dx, dy = _STEPS[Qt.Key(key)]
            self._put((x + dx * far, y + dy * far))
        else:
            return False
        return True

    def paint(self, draw: Overlay) -> None:
        if self._cross is not None:
            draw.cross(self._cross)

    def leave(self) -> None:
        self._pressed = self._cross = None

    def _middle(self) -> tuple[float, float]:
        return self.canvas.view.x, self.canvas.view.y

    def _put(self, place: tuple[float, float]) -> None:
        """The cross to a place, which stays in view; a screen reader says which area is there."""
        self._cross = place
        self.canvas.bring_into_view(*place)
        block = self.canvas.block_at(*place)
        describe = self.canvas.describe
        if block < 0:
            self.canvas.announce("Outside the areas")
        else:
            self.canvas.announce(describe(block) if describe is not None else str(self.canvas.names[block]))
        self.canvas.update()
