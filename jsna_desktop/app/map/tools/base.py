"""What every map tool is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from jsna_desktop.app.map.overlay import Overlay

if TYPE_CHECKING:
    from jsna_desktop.app.map.canvas import MapCanvas

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier

CLICK_PX = 4.0  # a press that moved less than this is a click


@dataclass(frozen=True)
class MapMouse:
    """The mouse: `at` in logical pixels, `world` in EPSG:27700 metres."""

    at: QPointF
    world: tuple[float, float]
    modifiers: Qt.KeyboardModifier


class Tool:
    """A state of the map. The canvas hands it the left button and the keys it does not use itself."""

    name: ClassVar[str]
    hint: str = ""
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    carried: tuple[float, float] | None = None  # where the point in hand is dragged to just now

    def __init__(self, canvas: "MapCanvas") -> None:
        self.canvas = canvas

    def press(self, mouse: MapMouse) -> None:
        """The left button went down."""

    def move(self, mouse: MapMouse, held: bool) -> None:
        """The mouse moved; `held` while the left button is down."""

    def release(self, mouse: MapMouse) -> None:
        """The left button came up."""

    def double_click(self, mouse: MapMouse) -> None:
        """The second press of a double click (the first was a press and a release)."""

    def key(self, event: QKeyEvent) -> bool:
        """Whether the tool used the key."""
        return False

    def paint(self, draw: Overlay) -> None:
        """Draws what the tool shows over the map."""

    def leave(self) -> None:
        """Another tool was taken: what is unfinished is dropped."""


def combined(selection: np.ndarray, blocks: np.ndarray, modifiers: Qt.KeyboardModifier) -> np.ndarray:
    """The selection after `blocks` were added (Shift), taken away (Alt) or chosen instead."""
    if modifiers & ALT:
        return np.setdiff1d(selection, blocks)
    if modifiers & SHIFT:
        return np.union1d(selection, blocks)
    return np.unique(blocks)


def pixels_between(a: QPointF, b: QPointF) -> float:
    return float(np.hypot(a.x() - b.x(), a.y() - b.y()))
