"""Choose the blocks inside a line drawn by hand."""

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPolygonF

from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.tools.base import MapMouse, Tool, combined, pixels_between
from jsna_desktop.app.map.tools.select import toggled


class LassoTool(Tool):
    """Blocks whose middle lies inside the line. Shift adds them, Alt takes them away."""

    name = "lasso"
    hint = "Draw round the areas · Shift adds, Alt takes away"

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._line: list[QPointF] = []

    def press(self, mouse: MapMouse) -> None:
        self._line = [mouse.at]

    def move(self, mouse: MapMouse, held: bool) -> None:
        if held and self._line and pixels_between(self._line[-1], mouse.at) >= 2:
            self._line.append(mouse.at)
            self.canvas.update()

    def release(self, mouse: MapMouse) -> None:
        line, self._line = self._line, []
        self.canvas.update()
        if len(line) < 3:
            if line:
                block = self.canvas.block_at(*mouse.world)
                self.canvas.choose(toggled(self.canvas.selection, block, mouse.modifiers))
            return
        # A line that crosses itself encloses what lies in any of its loops.
        world = [self.canvas.view.to_world(p.x(), p.y()) for p in line]
        loop = shapely.make_valid(shapely.Polygon(world))
        shapely.prepare(loop)
        points = self.canvas.points
        inside = shapely.contains_xy(loop, points[:, 0], points[:, 1])
        self.canvas.choose(combined(self.canvas.selection, np.flatnonzero(inside), mouse.modifiers))

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._line:
            self.leave()
            return True
        return False

    def paint(self, draw: Overlay) -> None:
        if len(self._line) > 1:
            draw.band(QPolygonF(self._line))

    def leave(self) -> None:
        self._line = []
        self.canvas.update()
