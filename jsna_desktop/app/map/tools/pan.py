"""Move the map."""

from PySide6.QtCore import QPointF, Qt

from jsna_desktop.app.map.tools.base import MapMouse, Tool


class PanTool(Tool):
    name = "pan"
    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._from: QPointF | None = None

    def press(self, mouse: MapMouse) -> None:
        self._from = mouse.at
        self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, mouse: MapMouse, held: bool) -> None:
        if held and self._from is not None:
            step = mouse.at - self._from
            self._from = mouse.at
            self.canvas.pan(step.x(), step.y())

    def release(self, mouse: MapMouse) -> None:
        self._from = None
        self.canvas.setCursor(self.cursor)
