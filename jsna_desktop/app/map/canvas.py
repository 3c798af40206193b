"""The map of the window: a painted map with tools, mouse and keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from jsna_desktop.app.map.block_cursor import block_towards, nearest_block, reading_order
from jsna_desktop.app.map.context import point_at
from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.painted_map import PaintedMap
from jsna_desktop.app.map.tools import TOOLS, EditTool, MapMouse, SelectTool, Tool
from jsna_desktop.app.map.tools.select import toggled
from jsna_desktop.app.map.view import Box
from jsna_desktop.areas.coverage import PackedPolygons
from jsna_desktop.jobs.access_words import shown

OPENED = "opened"  # in the place of a layer's key: a service that a change would open
_SIGN_PX = 10.0  # from the middle of its sign to the edge
_NOTE_MS = 6000
_ZOOM_STEP = 1.25
_PAN_STEP_PX = 64
_HELP = (
    "Arrow keys move the map, plus and minus zoom, Home shows everything. "
    "Enter chooses areas by keyboard: arrow keys or Tab go from area to area, "
    "Space chooses, Escape ends."
)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class MapCanvas(PaintedMap):
    """The map with its tools. `describe` (block → text) gives the tooltip and what a screen reader
    says of the block that the keyboard is on.
    """

    block_hovered = Signal(int)  # -1: none
    block_clicked = Signal(int, object)  # block, Qt.KeyboardModifier
    locality_clicked = Signal(int)
    selection_changed = Signal(object)  # (k,) int array, ascending
    polygon_changed = Signal(object)  # while drawing: Shapely shape, or None when there is none yet
    polygon_finished = Signal(object)
    tool_changed = Signal(str)
    # The key of its layer (or OPENED) and where it is; only while `asks_points`.
    point_clicked = Signal(str, float, float)
    place_pointed = Signal(float, float)  # with the tool `place`
    point_moved = Signal(float, float)  # where the point in hand was let go

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Map")
        self.setAccessibleDescription(_HELP)
        self.describe: Callable[[int], str] | None = None
        self._order: np.ndarray | None = None  # the blocks in reading order
        self._hovered = self._focus_block = -1
        self._note = ""
        self._ring = False  # the keyboard came here by keyboard
        self._pin: tuple[float, float] | None = None  # what was looked for and found
        self.asks_points = False  # whether a click on a point means the point
        self._held: tuple[float, float] | None = None
        self._hint_top = 8
        self._struck: list[tuple[float, float]] = []
        self._opened: list[tuple[float, float]] = []
        self._hatched: list[int] = []
        self._gained: list[int] = []
        self._marked: list[int] = []
        self._middle_from: QPointF | None = None
        self._tools: dict[str, Tool] = {kind.name: kind(self) for kind in TOOLS}
        self._tool = self._tools[SelectTool.name]
        self._forget_note = QTimer(self, singleShot=True, interval=_NOTE_MS)
        self._forget_note.timeout.connect(lambda: self.say(""))

    def set_blocks(
        self,
        codes: Sequence[str] | np.ndarray,
        names: Sequence[str] | np.ndarray,
        levels: Sequence[tuple[float, PackedPolygons]],
        detail: Callable[[np.ndarray], PackedPolygons] | None = None,
        points: np.ndarray | None = None,
    ) -> None:
        self._hovered = self._focus_block = -1
        self._order = None
        super().set_blocks(codes, names, levels, detail, points)

    # Tools

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    def set_tool(self, name: str) -> None:
        """`select`, `pan`, `polygon`, `rectangle`, `lasso`, or `edit` (which `edit` takes)."""
        if self._tools[name] is self._tool:
            return
        self._tool.leave()
        was, self._tool = self._tool, self._tools[name]
        self.setCursor(self._tool.cursor)
        self._focus_block = -1
        self.say("")
        if isinstance(was, EditTool):
            self._hidden_place = None
            self._changed("marks")
        self.tool_changed.emit(name)

    def edit(self, geometry: shapely.Geometry) -> None:
        """Takes the edit tool to change `geometry`, the shape of the selected place."""
        self.set_tool(EditTool.name)
        tool = self._tool
        assert isinstance(tool, EditTool)
        tool.take(geometry)
        self._hidden_place = self._selected
        self._changed("marks")

    def pin(self, place: tuple[float, float] | None) -> None:
        """Marks a place (EPSG:27700) that was looked for; another choice takes the mark away."""
        self._pin = place
        self.update()

    @property
    def held(self) -> tuple[float, float] | None:
        """The place (EPSG:27700) of the point in hand, which the arrow drags."""
        return self._held

    def hold(self, place: tuple[float, float] | None) -> None:
        """Take the point at a place in hand, or none."""
        self._held = place
        self.update()

    def set_hint_top(self, top: int) -> None:
        """How far down the tool's hint stands: below what floats there."""
        if top != self._hint_top:
            self._hint_top = top
            self.update()

    def show_change(
        self,
        struck: Sequence[tuple[float, float]] = (),
        opened: Sequence[tuple[float, float]] = (),
        hatched: Sequence[int] | np.ndarray = (),
        gained: Sequence[int] | np.ndarray = (),
    ) -> None:
        """What a change of services would do: places (EPSG:27700) struck out, new ones, blocks that it makes worse and
        those that it makes better.
        """
        self._struck, self._opened, self._hatched = list(struck), list(opened), [int(block) for block in hatched]
        self._gained = [int(block) for block in gained]
        self.update()

    def show_catchment(self, blocks: Sequence[int] | np.ndarray = ()) -> None:
        """The blocks that a service is nearest to."""
        self._marked = [int(block) for block in blocks]
        self.update()

    def point_under(self, at: QPointF) -> tuple[str, float, float] | None:
        """The layer's key and the place of the point under a position on the screen, while points are asked for."""
        if not self.asks_points:
            return None
        for place in reversed(self._opened):  # painted last
            if np.hypot(*(self._view.to_screen(np.array(place)) - [at.x(), at.y()])) <= _SIGN_PX:
                return OPENED, *place
        hit = point_at(self._point_marks, self._view, at.x(), at.y())
        if hit is None:
            return None
        layer, position = hit
        return layer.key, float(layer.places[position, 0]), float(layer.places[position, 1])

    def choose(self, blocks: np.ndarray) -> None:
        """The person chose `blocks` and nothing else."""
        self._pin = None
        blocks = np.unique(np.asarray(blocks, dtype=int))
        if not np.array_equal(blocks, self._selection):
            self.set_selection(blocks)
            self.selection_changed.emit(self._selection)

    def say(self, text: str) -> None:
        """A short note on the map, for a few seconds; a screen reader says it."""
        self._note = text
        if text:
            self._forget_note.start()
            self.announce(text)
        self.update()

    def bring_into_view(self, x: float, y: float) -> None:
        """Moves the map if the place (EPSG:27700) is outside it or at its edge."""
        sx, sy = self._view.to_screen(np.array([x, y]))
        if not (24 <= sx <= self.width() - 24 - self._right and self._top + 24 <= sy <= self.height() - 24):
            self._fit_box = None
            self._move_to(replace(self._view, x=float(x), y=float(y)))

    def bring_box_into_view(self, box: Box) -> None:
        """Shows all of a box (EPSG:27700), and some room around it, if any of it is outside the map."""
        left, bottom, right, top = box
        corners = [self._view.to_screen(np.array(at)) for at in ((left, bottom), (right, top))]
        wide, high = self.width() - self._right, self.height()
        if not all(0 <= x <= wide and self._top <= y <= high for x, y in corners):
            room = max(right - left, top - bottom) / 4
            self.fit((left - room, bottom - room, right + room, top + room))

    def _paint_in_hand(self, draw: Overlay) -> None:
        for block in self._marked:
            draw.marked(self._block_path(block))
        for block in self._hatched:
            draw.hatched(self._block_path(block))
        for block in self._gained:
            draw.hatched(self._block_path(block), better=True)
        if self._hovered >= 0:
            draw.block(self._block_path(self._hovered), focus=False)
        if self._focus_block >= 0:
            draw.block(self._block_path(self._focus_block), focus=True)
        for place in self._struck:  # outlines go below them
            draw.struck(place)
        for place in self._opened:
            draw.opened(place)
        if self._held is not None:
            draw.held(self._held, self._tool.carried, round_sign=self._held in self._opened)
        self._tool.paint(draw)
        if self._pin is not None:
            draw.pin(self._pin)

    def _paint_on_top(self, draw: Overlay) -> None:
        hint = self._note or self._tool.hint
        if hint:
            draw.hint(hint, self._hint_top)
        if self._ring:
            draw.focus_ring()

    # Mouse

    def _mouse(self, event: QMouseEvent) -> MapMouse:
        at = event.position()
        return MapMouse(at, self._view.to_world(at.x(), at.y()), event.modifiers())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._middle_from = event.position()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._focus_block = -1
            self._tool.press(self._mouse(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._middle_from is not None:
            step = event.position() - self._middle_from
            self._middle_from = event.position()
            self.pan(step.x(), step.y())
            return
        held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        mouse = self._mouse(event)
        self._tool.move(mouse, held)
        self._hover(-1 if held else self.block_at(*mouse.world))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._middle_from = None
        elif event.button() == Qt.MouseButton.LeftButton:
            self._tool.release(self._mouse(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._tool.double_click(self._mouse(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(_ZOOM_STEP**notches, event.position())
        event.accept()

    def _hover(self, block: int) -> None:
        if block != self._hovered:
            self._hovered = block
            self.block_hovered.emit(block)
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position())
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._takes_tab(event):
            return True
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> None:
        """The tooltip: the point under the mouse by its name, and the block."""
        x, y = float(event.pos().x()), float(event.pos().y())
        hit = point_at(self._point_marks, self._view, x, y)
        block = self.block_at(*self._view.to_world(x, y))
        said = [] if hit is None else [f"{shown(str(hit[0].names[hit[1]]))} ({hit[0].title})"]
        if block >= 0 and self.describe is not None:
            said.append(self.describe(block))
        if said:
            QToolTip.showText(event.globalPos(), "\n".join(said), self)
        else:
            QToolTip.hideText()

    # Keyboard

    def _takes_tab(self, event: QKeyEvent) -> bool:
        """Tab goes from block to block or corner to corner, and past the last out of the map."""
        if event.key() not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        if self._focus_block >= 0:
            return self._next_block(-1 if event.key() == Qt.Key.Key_Backtab else 1)
        return self._tool.key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._ring = True
        if not (self._block_key(event) or self._tool.key(event) or self._map_key(event)):
            super().keyPressEvent(event)

    def _map_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif key in _ARROWS:
            dx, dy = _ARROWS[Qt.Key(key)]
            self.pan(-dx * _PAN_STEP_PX, dy * _PAN_STEP_PX)
        elif key == Qt.Key.Key_Escape and len(self._selection):
            self.choose(np.array([], dtype=int))
        else:
            return False
        return True

    def _block_key(self, event: QKeyEvent) -> bool:
        """Choosing blocks by keyboard: Enter, or Ctrl with an arrow, begins it."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not len(self._blocks):
            return False
        if self._focus_block < 0:
            enters = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self._tool, SelectTool)
            if not enters and not (control and key in _ARROWS):
                return False
            self._focus(nearest_block(self.points, self._view.x, self._view.y))
            if enters:
                return True
        if key in _ARROWS:
            self._focus(block_towards(self.points, self._focus_block, *_ARROWS[Qt.Key(key)]))
        elif key == Qt.Key.Key_Space:
            block = self._focus_block
            self.choose(toggled(self._selection, block, Qt.KeyboardModifier.ShiftModifier))
            self.announce("Chosen" if block in self._selection else "Not chosen")
            self.block_clicked.emit(block, Qt.KeyboardModifier.ShiftModifier)
        elif key == Qt.Key.Key_Escape:
            self._focus_block = -1
            self.update()
        else:
            return False
        return True

    def _next_block(self, step: int) -> bool:
        if self._order is None:
            self._order = reading_order(self.points)
        at = int(np.flatnonzero(self._order == self._focus_block)[0]) + step
        if not 0 <= at < len(self._order):
            self._focus_block = -1
            self.update()
            return False
        self._focus(int(self._order[at]))
        return True

    def _focus(self, block: int) -> None:
        """Puts the keyboard on a block, shows it and says what it is."""
        self._focus_block = block
        if block < 0:
            return
        self.bring_into_view(*self.points[block])
        self.announce(self.describe(block) if self.describe else f"{self.names[block]}, {self.codes[block]}")
        self.block_hovered.emit(block)
        self.update()

    def announce(self, text: str) -> None:
        """A screen reader says it."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring = False
        self.update()
