"""Choose the blocks in a rectangle."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.tools.base import CLICK_PX, MapMouse, Tool, combined, pixels_between
from jsna_desktop.app.map.tools.select import toggled


class RectangleTool(Tool):
    """Blocks whose middle lies in the rectangle. Shift adds them, Alt takes them away."""

    name = "rectangle"
    hint = "Drag a rectangle · Shift adds, Alt takes away"

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._from: QPointF | None = None
        self._to: QPointF | None = None

    def press(self, mouse: MapMouse) -> None:
        self._from = self._to = mouse.at

    def move(self, mouse: MapMouse, held: bool) -> None:
        if held and self._from is not None:
            self._to = mouse.at
            self.canvas.update()

    def release(self, mouse: MapMouse) -> None:
        if self._from is None:
            return
        start, self._from = self._from, None
        if pixels_between(start, mouse.at) < CLICK_PX:
            block = self.canvas.block_at(*mouse.world)
            self.canvas.choose(toggled(self.canvas.selection, block, mouse.modifiers))
            return
        x0, y0 = self.canvas.view.to_world(start.x(), start.y())
        x1, y1 = mouse.world
        points = self.canvas.points
        inside = (
            (points[:, 0] >= min(x0, x1))
            & (points[:, 0] <= max(x0, x1))
            & (points[:, 1] >= min(y0, y1))
            & (points[:, 1] <= max(y0, y1))
        )
        self.canvas.choose(combined(self.canvas.selection, np.flatnonzero(inside), mouse.modifiers))

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._from is not None:
            self.leave()
            return True
        return False

    def paint(self, draw: Overlay) -> None:
        if self._from is not None and self._to is not None:
            draw.band(QRectF(self._from, self._to).normalized())

    def leave(self) -> None:
        self._from = self._to = None
        self.canvas.update()
