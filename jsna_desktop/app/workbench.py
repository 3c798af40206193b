"""The window at work: places and layers, the map, the profile; side by side, or over the map where it is narrow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.map_area import MapArea
from jsna_desktop.app.panels.layers import LayersPanel
from jsna_desktop.app.panels.places import PlacesPanel
from jsna_desktop.app.panels.profile import ProfilePanel
from jsna_desktop.app.theme import Look, watch

_LEFT, _RIGHT, _NARROW = 228, 380, 1000


class Workbench(QWidget):
    """Lays its three parts out by hand. `narrowed` tells when places become a drawer and the profile a sheet."""

    narrowed = Signal(bool)

    def __init__(self, look: Look, map_area: MapArea, places: PlacesPanel, profile: ProfilePanel) -> None:
        super().__init__()
        self._look = look
        self.map, self.places, self.profile = map_area, places, profile
        self.layers = LayersPanel(look)
        places.body.addWidget(self.layers)
        self.layers.after = places.new_button
        for part in (map_area, places, profile):
            part.setParent(self)
        self.is_narrow = False
        self._drawer = False
        self._sheet = False
        profile.close_asked.connect(lambda: self.show_sheet(False))
        map_area.open_profile.clicked.connect(lambda: self.show_sheet(True))
        watch(look, self, self.arrange)

    def show_drawer(self, there: bool) -> None:
        self._drawer = there
        self.arrange()
        if there and self.is_narrow:
            self.places.list.setFocus()

    def toggle_drawer(self) -> None:
        self.show_drawer(not self._drawer)

    def show_sheet(self, there: bool) -> None:
        self._sheet = there
        self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_narrow and (self._drawer or self._sheet):
            self._drawer = self._sheet = False
            self.arrange()
            self.map.canvas.setFocus()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        px, width, height = self._look.px, self.width(), self.height()
        narrow = width < px(_NARROW)
        if narrow != self.is_narrow:
            self.is_narrow = narrow
            self.narrowed.emit(narrow)
        self.profile.close_button.setVisible(narrow)
        left, right = px(_LEFT), px(_RIGHT)
        if not narrow:
            self.map.covered = 0
            self.places.setGeometry(0, 0, left, height)
            self.map.setGeometry(left, 0, width - left - right, height)
            self.profile.setGeometry(width - right, 0, right, height)
            self.places.show()
            self.profile.show()
            self.map.open_profile.hide()
            self.map.arrange()
            return
        right = right if width - right >= px(200) else width  # a strip of map beside the sheet is of no use
        self.map.covered = right if self._sheet else 0
        self.map.setGeometry(0, 0, width, height)
        self.places.setGeometry(0, 0, min(left + px(40), width - 60), height)
        self.profile.setGeometry(width - right, 0, right, height)
        self.places.setVisible(self._drawer)
        self.profile.setVisible(self._sheet)
        self.map.open_profile.setVisible(not self._sheet)
        self.map.arrange()
        self.profile.raise_()
        self.places.raise_()
