"""Pointing at a place: one click says where, Escape leaves it."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.tools.base import CLICK_PX, MapMouse, Tool, pixels_between


class PlaceTool(Tool):
    """A click says where something is to be. By keyboard the same is said by a postcode."""

    name = "place"
    hint = "Click where it would be. Esc leaves it as it is."

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._pressed: QPointF | None = None

    def press(self, mouse: MapMouse) -> None:
        self._pressed = mouse.at

    def release(self, mouse: MapMouse) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pixels_between(mouse.at, pressed) < CLICK_PX:
            self.canvas.place_pointed.emit(*mouse.world)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        self.canvas.set_tool("select")
        return True

    def leave(self) -> None:
        self._pressed = None
