"""What the map shows, layer by layer: only what is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.map.context import paint_sign, sign_path
from jsna_desktop.app.map.look import Look as MapLook
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Elided, IconButton, Text, clear


@dataclass(frozen=True)
class LayerItem:
    key: str
    name: str
    count: int | None
    shown: bool
    sign: int | None = None  # the sign of a layer of points
    group: str = ""  # the heading that it stands under
    busy: bool = False  # to be shown, and not ready yet


# Of a group that is larger, only the layers that are shown have a row until the others are asked for.
_FEW = 3


class LayersPanel(QFrame):
    """A row a layer with an eye. `toggled` carries the layer's key and whether it is to be shown."""

    toggled = Signal(str, bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("layers")
        self.setAccessibleName("Layers")
        self._look = look
        self._eyes: dict[str, IconButton] = {}
        self._more: dict[str, Button] = {}  # of each large group, what unfolds it
        self._unfolded: set[str] = set()
        self._items: list[LayerItem] = []
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
        controls = self._eyes | self._more
        focused = next((key for key, control in controls.items() if control.hasFocus()), None)
        self._items, self._eyes, self._more = list(items), {}, {}
        clear(self._rows)
        order: list[QWidget] = []
        for group, members in groupby(self._items, lambda item: item.group):
            order += self._group(group, list(members))
        if self.after is not None:
            for before, control in zip([self.after, *order], order, strict=False):
                QWidget.setTabOrder(before, control)
        controls = self._eyes | self._more
        if focused is not None and focused in controls:
            controls[focused].setFocus()
        elif focused is not None and order:  # its row went with what was folded
            order[-1].setFocus()

    def _group(self, group: str, members: list[LayerItem]) -> list[QWidget]:
        """The rows of a group with its heading; the controls of it, in the order that Tab goes through."""
        if group:
            heading = Text(self._look, group, "small_strong", "muted")
            heading.setContentsMargins(5, 6, 0, 1)
            self._rows.addWidget(heading)
        folds = bool(group) and len(members) > _FEW
        folded = folds and group not in self._unfolded
        listed = [item for item in members if item.shown or item.busy or not folded]
        for item in listed:
            self._rows.addWidget(self._row(item))
        controls: list[QWidget] = [self._eyes[item.key] for item in listed]
        if folds and (len(listed) < len(members) or not folded):
            hidden = len(members) - len(listed)
            many = f"{hidden} more" if listed else f"All {hidden}"
            more = Button(
                self._look, f"{many} …" if folded else "Fewer", kind="link", role="small",
                name=f"{group}: {many} layers" if folded else f"{group}: only the layers that are shown",
            )  # fmt: skip
            more.clicked.connect(lambda: self._fold(group))
            row = QHBoxLayout()
            row.setContentsMargins(26, 0, 0, 0)
            row.addWidget(more)
            row.addStretch(1)
            holder = QWidget()
            holder.setLayout(row)
            self._rows.addWidget(holder)
            self._more[group] = more
            controls.append(more)
        return controls

    def _fold(self, group: str) -> None:
        self._unfolded ^= {group}
        self.show_layers(self._items)

    def _row(self, item: LayerItem) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        doing, within = "Hide" if item.shown else "Show", f"{item.group}: " if item.group else ""
        eye = IconButton(self._look, "eye" if item.shown else "eye-off", f"{doing} {within}{item.name}", size=26)
        eye.clicked.connect(lambda: self.toggled.emit(item.key, not item.shown))
        eye.setObjectName("eye")
        layout.addWidget(eye)
        if item.sign is not None:
            layout.addWidget(Sign(self._look, item.sign))
        tone = "" if item.shown else "muted"
        if item.group:
            name = Elided(self._look, item.name, tone)  # a file's own name can be of any length
            name.setToolTip(item.name)
        else:
            name = Text(self._look, item.name, tone=tone)
        layout.addWidget(name, 1)
        said = "drawing…" if item.busy else "" if item.count is None else words.count(item.count)
        layout.addWidget(Text(self._look, said, "small", "muted"))
        self._eyes[item.key] = eye
        return row


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
