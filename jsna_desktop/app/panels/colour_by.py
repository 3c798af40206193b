"""The control on the map that says and chooses which indicator colours it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Text


class ColourBy(QPushButton):
    """`chosen` carries the value of the choice taken (None: no colours)."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._look = look
        self._choices: list[Choice] = []
        self._current: object = None
        self._said = Text(look, "Colour by", tone="muted")
        self._name = Text(look, "", "strong")
        self._arrow = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(13, 0, 12, 0)
        layout.setSpacing(8)
        for label in (self._said, self._name, self._arrow):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        self._popup = ChoicePopup(look, self, "Search the indicators")
        self._popup.taken.connect(lambda choice: self.chosen.emit(choice.value))
        self.clicked.connect(self.open)
        watch(look, self, self._restyle)

    def show_choice(self, choices: Sequence[Choice], current: Choice | None) -> None:
        self._choices = list(choices)
        self._current = current.value if current is not None else None
        self._full = current.text if current is not None else "nothing"
        self.setAccessibleName(f"Colour by {self._full}")
        self.setVisible(bool(choices))
        self.fit(self.maximumWidth())

    def open(self) -> None:
        self._popup.ask(self._choices, self._current, self)

    @property
    def popup(self) -> ChoicePopup:
        return self._popup

    def fit(self, room: int) -> None:
        """As wide as its words, at most `room`; a long name is cut with an ellipsis and told by the tooltip."""
        metrics = self._name.fontMetrics()
        around = self._said.sizeHint().width() + self._look.px(16) + 13 + 12 + 18
        text = metrics.elidedText(
            self._full, Qt.TextElideMode.ElideRight, max(40, min(room, self._look.px(420)) - around)
        )
        self._name.setText(text)
        self.setToolTip(self._full if text != self._full else "")
        self.resize(min(around + metrics.horizontalAdvance(text), room), self._look.px(38))

    _full = ""

    def _restyle(self) -> None:
        self._arrow.setPixmap(self._look.icon("chevron-down").pixmap(self._look.px(16), self._look.px(16)))
        self.fit(self.maximumWidth())
