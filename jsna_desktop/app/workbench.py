"""The window at work: places and layers, the map, the profile; side by side, or over the map where it is narrow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from jsna_desktop.app.map_area import MapArea
from jsna_desktop.app.panels.layers import LayersPanel
from jsna_desktop.app.panels.places import PlacesPanel
from jsna_desktop.app.panels.profile import ProfilePanel
from jsna_desktop.app.panels.side import SidePanel
from jsna_desktop.app.panels.tabs import PROFILE
from jsna_desktop.app.panels.wide import WideView
from jsna_desktop.app.theme import Look, watch

_LEFT, _RIGHT, _NARROW = 228, 380, 1000
# A wide view beside the map takes this share of what the places leave, and no more than so much.
_HALF, _WIDEST = 0.52, 680


class Workbench(QWidget):
    """Lays its three parts out by hand. `narrowed` tells when places become a drawer and the profile a sheet."""

    narrowed = Signal(bool)
    view_asked = Signal(str)  # the key of a tab

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
        self._views: dict[str, WideView] = {}
        self._shown: WideView | None = None
        self._panels: dict[str, SidePanel | WideView] = {}
        self._side: QWidget = profile  # what is beside the map
        profile.tabs.asked.connect(self.view_asked.emit)
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

    # ---- wide views

    @property
    def view(self) -> WideView | None:
        """The wide view that is shown; None for the map and the profile."""
        return self._shown

    def add_view(self, key: str, view: WideView) -> None:
        view.setParent(self)
        view.hide()
        view.tab_asked.connect(self.view_asked.emit)
        self._views[key] = view

    def add_panel(self, key: str, panel: SidePanel | WideView) -> None:
        """Another panel than the profile beside the map, for a tab; a wide view there gets half of the room."""
        panel.setParent(self)
        panel.hide()
        panel.tab_asked.connect(self.view_asked.emit)
        panel.close_asked.connect(lambda: self.show_sheet(False))
        self._panels[key] = panel

    def drop_view(self, key: str) -> None:
        if key in self._panels:
            panel = self._panels.pop(key)
            if self._side is panel:
                self._side = self.profile
            if isinstance(panel, WideView):
                panel.leave()
            panel.hide()
            panel.deleteLater()
            return
        view = self._views.pop(key)
        if self._shown is view:
            self._shown = None
        view.leave()
        view.hide()
        view.deleteLater()

    def show_view(self, key: str) -> None:
        """Show the view of this tab; any key without a wide view is the profile's."""
        before, had_focus = self._shown, self.isAncestorOf(QApplication.focusWidget() or self)
        self._shown = self._views.get(key)
        side = self._panels.get(key, self.profile)
        moved, self._side = side is not self._side, side
        for view in (*self._views.values(), self.profile, *self._panels.values()):
            view.setVisible(view is (self._shown or side))
        if self._shown is None and (before is not None or moved):
            self._sheet = True
        self.profile.tabs.show_tab(PROFILE)
        self.arrange()
        if self._shown is not None:
            self._shown.tabs.show_tab(key)
            if had_focus and not self.places.isAncestorOf(QApplication.focusWidget() or self):
                self._shown.tabs.setFocus()
        else:
            tabs = self._panels[key].tabs if key in self._panels else self.profile.tabs
            if key in self._panels:
                tabs.show_tab(key)
            if (before is not None or moved) and had_focus:
                tabs.setFocus()

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
        for panel in (self.profile, *self._panels.values()):
            panel.close_button.setVisible(narrow)
        if self._shown is not None:
            self._arrange_wide(width, height, narrow=narrow)
            return
        left, right = px(_LEFT), self._beside()
        self.map.show()
        if not narrow:
            self.map.covered = 0
            self.places.setGeometry(0, 0, left, height)
            self.map.setGeometry(left, 0, width - left - right, height)
            self._side.setGeometry(width - right, 0, right, height)
            self.places.show()
            self._side.show()
            self.map.open_profile.hide()
            self.map.arrange()
            return
        right = right if width - right >= px(200) else width  # a strip of map beside the sheet is of no use
        self.map.covered = right if self._sheet else 0
        self.map.setGeometry(0, 0, width, height)
        self.places.setGeometry(0, 0, min(left + px(40), width - 60), height)
        self._side.setGeometry(width - right, 0, right, height)
        self.places.setVisible(self._drawer)
        self._side.setVisible(self._sheet)
        self.map.open_profile.setVisible(not self._sheet)
        self.map.arrange()
        self._side.raise_()
        self.places.raise_()

    def _beside(self) -> int:
        """How wide what stands beside the map is."""
        least = self._look.px(_RIGHT)
        if not isinstance(self._side, WideView):
            return least
        half = round(_HALF * (self.width() - self._look.px(_LEFT)))
        return max(least, min(half, self._look.px(_WIDEST)))

    def _arrange_wide(self, width: int, height: int, *, narrow: bool) -> None:
        """The places as ever, and the view over the map and the profile."""
        assert self._shown is not None
        left = self._look.px(_LEFT)
        self.map.hide()
        self._side.hide()
        self._shown.setGeometry(0 if narrow else left, 0, width if narrow else width - left, height)
        self.places.setGeometry(0, 0, min(left + self._look.px(40), width - 60) if narrow else left, height)
        self.places.setVisible(self._drawer if narrow else True)
        self.places.raise_()
