"""The keys, listed."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QWidget

from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text

_MAP = (
    ("Arrow keys", "Move the map"),
    ("+ and −", "Zoom in and out"),
    ("Home", "Show everything"),
    ("Enter on the map", "Choose areas by keyboard: arrow keys move, Space chooses, Escape ends"),
    ("Shift, Alt and click", "Add an area, take one away"),
    ("Enter in the profile", "How a number is made"),
)


def show_keys(look: Look, window: QWidget, actions: Sequence[QAction]) -> Sheet:
    """Open the list of keys over the window."""
    sheet = Sheet(look, window, "Keys", width=520)
    inner = QWidget()
    grid = QGridLayout(inner)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    told = [(action.shortcut().toString(), action.iconText().rstrip(" …")) for action in actions]
    for place, (key, meaning) in enumerate([*told, *_MAP]):
        grid.addWidget(Text(look, key, "strong"), place, 0)
        grid.addWidget(Text(look, meaning, wrap=True), place, 1)
    sheet.body.addWidget(inner)
    close = Button(look, "Close", kind="primary")
    close.clicked.connect(sheet.close_sheet)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(close)
    sheet.open(close)
    return sheet
