"""Asks for one place on the map, with the tool that points at it."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.app.map.tools import PlaceTool, SelectTool

Then = Callable[[tuple[float, float] | None], None]


class Pointing(QObject):
    """A click gives a place (EPSG:27700) to who asked; Escape, or another tool, gives None."""

    def __init__(self, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._then: Then | None = None
        canvas.place_pointed.connect(self._pointed)
        canvas.tool_changed.connect(self._other_tool)

    def ask(self, then: Then) -> None:
        self._then = then
        self._canvas.set_tool(PlaceTool.name)
        self._canvas.setFocus()

    def stop(self) -> bool:
        """Nobody waits for a place any more; whether somebody did."""
        asked, self._then = self._then is not None, None
        if asked:
            self._canvas.set_tool(SelectTool.name)
        return asked

    def leave(self) -> None:
        self.stop()
        self._canvas.place_pointed.disconnect(self._pointed)
        self._canvas.tool_changed.disconnect(self._other_tool)

    def _pointed(self, easting: float, northing: float) -> None:
        self._give((easting, northing))

    def _other_tool(self, name: str) -> None:
        if name != PlaceTool.name:
            self._give(None)

    def _give(self, place: tuple[float, float] | None) -> None:
        then, self._then = self._then, None
        if then is not None:
            self._canvas.set_tool(SelectTool.name)
            then(place)
