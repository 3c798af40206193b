"""The few tools that float on the map."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Card, IconButton, Rule


class ToolBar(Card):
    """Groups of (action, icon name), with a line between the groups."""

    def __init__(self, look: Look, parent: QWidget, groups: Sequence[Sequence[tuple[QAction, str]]]) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map tools")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        for number, group in enumerate(groups):
            if number:
                rule = Rule(look, vertical=True)
                watch(look, rule, lambda rule=rule: rule.setFixedHeight(look.px(24)))
                layout.addSpacing(4)
                layout.addWidget(rule)
                layout.addSpacing(4)
            for action, icon in group:
                button = IconButton(look, icon, _tip(action), action=action, size=34)
                layout.addWidget(button)
        watch(look, self, self.adjustSize)


def _tip(action: QAction) -> str:
    keys = action.shortcut().toString()
    return f"{action.text()} ({keys})" if keys else action.text()
