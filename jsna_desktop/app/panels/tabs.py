"""The tabs over a place: its profile and the wide views of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar

from jsna_desktop.app.theme import Look, watch

PROFILE, LIFE, INEQUALITY, ACCESS, ASSETS = "profile", "life", "inequality", "access", "assets"
TABS = (
    (PROFILE, "Profile"), (LIFE, "Life expectancy"), (INEQUALITY, "Inequality"), (ACCESS, "Access"), (ASSETS, "Assets"),
)  # fmt: skip


class Tabs(QTabBar):
    """`asked` carries the key of the tab that was taken by a person."""

    asked = Signal(str)

    def __init__(self, look: Look, *, compact: bool = False, tabs: Sequence[tuple[str, str]] = TABS) -> None:
        super().__init__()
        self._look = look
        self._role = "small" if compact else "body"  # beside the map there is little room
        self.setProperty("kind", "compact" if compact else "")
        self._keys = [key for key, _ in tabs]
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName("Views of the place")
        for key, text in tabs:
            self.setTabData(self.addTab(text), key)
        self.currentChanged.connect(self._tell)
        watch(look, self, self._restyle)

    def show_tab(self, key: str) -> None:
        """Mark a tab as the one that is shown; nobody is told."""
        self.blockSignals(True)
        self.setCurrentIndex(self._keys.index(key))
        self.blockSignals(False)

    def _tell(self, at: int) -> None:
        self.asked.emit(self._keys[at])

    def _restyle(self) -> None:
        self.setFont(self._look.font(self._role))
        self.updateGeometry()
