"""What the map shows, layer by layer: only what is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.map.context import paint_sign, sign_path
from jsna_desktop.app.map.look import Look as MapLook
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import IconButton, Text, clear


@dataclass(frozen=True)
class LayerItem:
    key: str
    name: str
    count: int
    shown: bool
    sign: int | None = None  # the sign of a layer of points


class LayersPanel(QFrame):
    """A row a layer with an eye. `toggled` carries the layer's key and whether it is to be shown."""

    toggled = Signal(str, bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("layers")
        self.setAccessibleName("Layers")
        self._look = look
        self.after: QWidget | None = None  # the control that Tab comes from
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(11, 10, 16, 8)
        layout.setSpacing(2)
        heading = Text(look, "Layers", "small_strong", "muted")
        heading.setContentsMargins(5, 0, 0, 0)
        layout.addWidget(heading)
        layout.addLayout(self._rows)

    def show_layers(self, items: Sequence[LayerItem]) -> None:
        focused = next((i for i in range(self._rows.count()) if self._eye(i).hasFocus()), -1)
        clear(self._rows)
        for item in items:
            self._rows.addWidget(self._row(item))
        if self.after is not None:
            eyes = [self._eye(place) for place in range(self._rows.count())]
            for before, eye in zip([self.after, *eyes], eyes, strict=False):
                QWidget.setTabOrder(before, eye)
        if 0 <= focused < self._rows.count():
            self._eye(focused).setFocus()

    def _row(self, item: LayerItem) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        doing = "Hide" if item.shown else "Show"
        eye = IconButton(self._look, "eye" if item.shown else "eye-off", f"{doing} {item.name}", size=26)
        eye.clicked.connect(lambda: self.toggled.emit(item.key, not item.shown))
        eye.setObjectName("eye")
        layout.addWidget(eye)
        if item.sign is not None:
            layout.addWidget(Sign(self._look, item.sign))
        layout.addWidget(Text(self._look, item.name, tone="" if item.shown else "muted"), 1)
        layout.addWidget(Text(self._look, words.count(item.count), "small", "muted"))
        return row

    def _eye(self, place: int) -> IconButton:
        item = self._rows.itemAt(place)
        widget = item.widget() if item is not None else None
        assert widget is not None
        found = widget.findChild(IconButton, "eye")
        assert isinstance(found, IconButton)
        return found


class Sign(QWidget):
    """The sign by which the points of a layer are known on the map."""

    def __init__(self, look: Look, sign: int) -> None:
        super().__init__()
        self._look, self._sign = look, sign
        self.setFixedSize(look.px(16), look.px(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self.width() / 2, self.height() / 2)
        paint_sign(
            painter, sign_path(self._sign, 0.3 * self.width()), self._sign, MapLook.from_tokens(self._look.tokens)
        )
        painter.end()
