"""The map with what floats on it: tools, colour by, legend, messages."""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.app.panels.colour_by import ColourBy
from jsna_desktop.app.panels.legend import LegendCard
from jsna_desktop.app.panels.tool_bar import ToolBar
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Banner, Button

_EDGE = 14
_TOP = 12
_LOW = 420


class MapArea(QWidget):
    """`covered` is how much of the right is under the profile's sheet: nothing floats there."""

    def __init__(self, look: Look, tools: Sequence[Sequence[tuple[QAction, str]]]) -> None:
        super().__init__()
        self._look = look
        self.covered = 0
        self.canvas = MapCanvas(self)
        self.tool_bar = ToolBar(look, self, tools)
        self.colour_by = ColourBy(look, self)
        self.legend = LegendCard(look, self)
        self.legend.hide()
        self.banner = Banner(look, self)
        self.banner.turned.connect(self.arrange)
        self.open_profile = Button(look, "Profile", icon="panel", name="Show the profile")
        self.open_profile.setParent(self)
        self.open_profile.hide()
        watch(look, self, self._restyle)

    def _restyle(self) -> None:
        self.canvas.set_tokens(self._look.tokens)
        self.canvas.setFont(self._look.font("small"))
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Tools left, colour by right, on one line where both fit, else below each other."""
        self.canvas.setGeometry(self.rect())
        width = self.width() - self.covered
        if width < 3 * _EDGE:
            return  # the profile's sheet covers all of it
        self.tool_bar.adjustSize()
        bar = self.tool_bar
        bar.move(_EDGE, _TOP)
        room = width - 3 * _EDGE - bar.width()
        beside = room >= self._look.px(200)
        self.colour_by.fit(room if beside else width - 2 * _EDGE)
        chip = self.colour_by
        if beside:
            chip.move(width - _EDGE - chip.width(), _TOP + max(0, (bar.height() - 6 - chip.height()) // 2))
        else:
            chip.move(_EDGE, _TOP + bar.height() + 8)
        button = self.open_profile
        button.adjustSize()
        button.move(width - _EDGE - button.width(), self.height() - button.height() - 40)
        if self.legend.isVisible():
            # Where there is little height the map matters more than its legend's words, which the chip says too.
            self.legend.fit(width - 2 * _EDGE, compact=self.height() < self._look.px(_LOW))
            self.legend.move(_EDGE, self.height() - self.legend.height() - 9)
        if not self.banner.isHidden():
            self.banner.fit(min(width - 2 * _EDGE, self._look.px(620)))
        top = (chip.y() + chip.height() if not beside else bar.y() + bar.height()) + 10
        self.banner.move(max(_EDGE, (width - self.banner.width()) // 2), top)
        self.canvas.set_hint_top(top - 2 if self.banner.isHidden() else self.banner.geometry().bottom() + 9)
        card = self.legend
        corner = (card.x() + card.width(), self.height() - card.y()) if card.isVisible() else (0, 0)
        self.canvas.reserve(top - 10, self.covered, corner)
