"""How a number is made: everything known of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text


def explain(look: Look, window: QWidget, row: Mapping[str, Any], source: str) -> Sheet:
    """Open the explanation of a profile row over the window."""
    return _told(look, window, row["name"], row["locality"], words.explanation(row, source), strong_first=True)


def tell_how(look: Look, window: QWidget, title: str, parts: Sequence[tuple[str, str]]) -> Sheet:
    """Open how a view's numbers are made: headings and texts."""
    return _told(look, window, title, "How it is made", parts, strong_first=False)


def _told(
    look: Look, window: QWidget, title: str, lead: str, parts: Sequence[tuple[str, str]], *, strong_first: bool
) -> Sheet:
    sheet = Sheet(look, window, title, lead, width=560)
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for place, (heading, text) in enumerate(parts):
        grid.addWidget(Text(look, heading, tone="muted"), place, 0, Qt.AlignmentFlag.AlignTop)
        value = Text(look, text, "strong" if place == 0 and strong_first else "body", wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)
    sheet.body.addLayout(grid)
    close = Button(look, "Close", kind="primary")
    close.clicked.connect(sheet.close_sheet)
    sheet.foot.addStretch(1)
    sheet.foot.addWidget(close)
    sheet.open(close)
    return sheet
