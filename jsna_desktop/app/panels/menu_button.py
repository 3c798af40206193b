"""A button that says what is chosen and opens a menu of the choices."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button


class MenuButton(Button):
    """`chosen` carries the value of the choice that a person took; `name` says to a screen reader what is chosen."""

    chosen = Signal(object)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__(look, "", icon="chevron-down", name=name)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._name = name
        self._choices: list[tuple[str, Any]] = []
        self.value: Any = None
        self.clicked.connect(self.open)

    def offer(self, choices: Sequence[tuple[str, Any]], value: Any) -> None:
        """(words, value) of each choice; the one of `value` is said. Hidden where there is nothing to choose."""
        self._choices, self.value = list(choices), value
        said = next((words for words, one in self._choices if one == value), "")
        self.setText(f"{said} ")  # the arrow is behind the words
        self.setAccessibleName(f"{self._name}: {said}")
        self.setVisible(len(self._choices) > 1)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """(words, value) of each choice."""
        return list(self._choices)

    def menu_of(self) -> QMenu:
        """The menu, with what is chosen ticked."""
        menu = QMenu(self)
        for words, value in self._choices:
            entry = menu.addAction(words)
            entry.setCheckable(True)
            entry.setChecked(value == self.value)
            entry.triggered.connect(lambda _checked=False, taken=value: self.chosen.emit(taken))
            if value == self.value:
                menu.setActiveAction(entry)
        return menu

    def open(self) -> None:
        menu = self.menu_of()
        menu.exec(self.mapToGlobal(QPoint(0, self.height() + 4)))
        menu.deleteLater()
