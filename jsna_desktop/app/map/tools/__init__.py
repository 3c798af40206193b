"""The map's tools, a class each: what the mouse and keys mean while it is in hand."""

from jsna_desktop.app.map.tools.base import MapMouse, Tool
from jsna_desktop.app.map.tools.edit import EditTool
from jsna_desktop.app.map.tools.lasso import LassoTool
from jsna_desktop.app.map.tools.pan import PanTool
from jsna_desktop.app.map.tools.place import PlaceTool
from jsna_desktop.app.map.tools.polygon import PolygonTool
from jsna_desktop.app.map.tools.rectangle import RectangleTool
from jsna_desktop.app.map.tools.select import SelectTool

TOOLS: tuple[type[Tool], ...] = (SelectTool, PanTool, PolygonTool, RectangleTool, LassoTool, EditTool, PlaceTool)

__all__ = [
    "TOOLS",
    "EditTool",
    "LassoTool",
    "MapMouse",
    "PanTool",
    "PlaceTool",
    "PolygonTool",
    "RectangleTool",
    "SelectTool",
    "Tool",
]
