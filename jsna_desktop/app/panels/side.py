"""What stands beside the map in place of the profile: tabs, and a way to close it where the window is narrow."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from jsna_desktop.app.panels.tabs import Tabs
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import IconButton


class SidePanel(QFrame):
    """`tab_asked` carries the key of another tab; `close_asked` closes the sheet of a narrow window."""

    tab_asked = Signal(str)
    close_asked = Signal()

    def __init__(self, look: Look, tab: str) -> None:
        super().__init__()
        self.setObjectName("profile")
        self.tabs = Tabs(look, compact=True)
        self.tabs.show_tab(tab)
        self.tabs.asked.connect(self.tab_asked.emit)
        self.close_button = IconButton(look, "close", "Close the panel", size=32)
        self.close_button.clicked.connect(self.close_asked.emit)
        self.close_button.hide()

    @property
    def is_settled(self) -> bool:
        """Whether it shows what it was given, with nothing on its way."""
        return True
