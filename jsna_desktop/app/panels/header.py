"""The line at the top: the workspace, what is saved, find, add data, make a pack."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu

from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.panels.find import FindBox
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, IconButton, Text


class Header(QFrame):
    """Laid out by hand: the find box is in the middle of the window where there is room for it."""

    def __init__(
        self, look: Look, menu: QMenu, add: QAction, pack: QAction, search: Callable[[str], Sequence[Choice]]
    ) -> None:
        super().__init__()
        self.setObjectName("header")
        self._look = look
        self.places = IconButton(look, "places", "Show the places")
        self.places.setParent(self)
        self.name = Button(look, "", kind="flat", icon="chevron-down", name="Workspace menu")
        self.name.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.name.setParent(self)
        self.menu = menu
        self.name.clicked.connect(lambda: menu.exec(self.name.mapToGlobal(self.name.rect().bottomLeft())))
        self.saved = Text(look, "", "small", "muted")
        self.saved.setParent(self)
        self.badge = QLabel("Fictional data", self)
        self.badge.setObjectName("badge")
        self.badge.setAccessibleName("Fictional data: this place does not exist")
        self.find_box = FindBox(look, search)
        self.find_box.setParent(self)
        self.add = Button(look, "Add data", icon="plus")
        self.add.setParent(self)
        self.add.clicked.connect(add.trigger)
        self.pack = Button(look, "Make a pack", kind="primary", icon="document")
        self.pack.setParent(self)
        self.pack.clicked.connect(pack.trigger)
        self._full_name = ""
        self._at_work = True
        self._drawer = self._read_only = self._fictional = False
        for action, button in ((add, self.add), (pack, self.pack)):
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(action.isEnabled())
        watch(look, self, self._restyle)

    def show_workspace(self, name: str, *, fictional: bool, read_only: bool, path: str) -> None:
        self._full_name = name
        self._fictional = fictional
        self.badge.setVisible(fictional)
        self._read_only = read_only
        self.saved.setText("Read only" if read_only else "Saved")
        self.saved.setToolTip(path)
        self.arrange()

    def show_saved(self, when: str) -> None:
        if not self._read_only:
            self.saved.setText(f"Saved {when}")
        self.arrange()

    def show_at_work(self, at_work: bool) -> None:
        """On the start screen only the name and its menu are there."""
        self._at_work = at_work
        self.places.setVisible(self._drawer and at_work)
        for widget in (self.find_box, self.add, self.pack):
            widget.setVisible(at_work)
        if not at_work:
            self._full_name = "JSNA Desktop"
            self.saved.setText("")
            self._fictional = False
            self.badge.hide()
        self.arrange()

    def show_drawer(self, there: bool) -> None:
        self._drawer = there
        self.places.setVisible(there and self._at_work)
        self.arrange()

    def _restyle(self) -> None:
        self.badge.setFont(self._look.font("small_strong"))
        self.setFixedHeight(self._look.px(48))
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Place everything; with little room words give way to icons, and the workspace's name is cut."""
        px, width = self._look.px, self.width()
        roomy = width >= px(1000)
        self.add.say("Add data" if roomy else "")
        self.pack.say("Make a pack" if roomy else "")
        for button in (self.add, self.pack):
            button.setToolTip("" if roomy else button.accessibleName())
        self.find_box.show_short(not roomy)
        right = width - 12
        if self._at_work:
            for button in (self.pack, self.add):
                right -= self._put(button, right - self._wide(button, roomy), self._wide(button, roomy)) + px(12)
        left = 9
        if self.places.isVisibleTo(self):
            left += self._put(self.places, left, self.places.width()) + 2
        find = px(340) if roomy else max(px(120), min(px(220), right - px(300)))
        middle = (width - find) // 2 if roomy else right - find
        end = middle if self._at_work else width - 12
        least = px(60) + px(40)  # the name's
        if self._fictional:  # said on the map too
            self.badge.setVisible(end - left - self.badge.sizeHint().width() - px(10) >= least)
        used = sum(w.sizeHint().width() + px(10) for w in (self.badge, self.saved) if self._has(w))
        cut = self._fictional and not self._has(self.badge)
        self.saved.setVisible(bool(self.saved.text()) and not cut and (roomy or end - left - used > px(120)))
        used = sum(w.sizeHint().width() + px(10) for w in (self.badge, self.saved) if self._has(w))
        room = max(px(60), end - left - used - px(40))
        text = self.name.fontMetrics().elidedText(self._full_name, Qt.TextElideMode.ElideRight, room)
        self.name.setText(text)
        self.name.setToolTip(self._full_name if text != self._full_name else "")
        left += self._put(self.name, left, min(self.name.sizeHint().width(), room + px(36))) + px(6)
        for label in (self.saved, self.badge):
            if self._has(label):
                left += self._put(label, left, label.sizeHint().width()) + px(10)
        if self._at_work:
            self._put(self.find_box, max(middle, left), min(find, right - max(middle, left)))

    def _has(self, label: QLabel) -> bool:
        return label.isVisibleTo(self) and bool(label.text())

    def _wide(self, button: Button, roomy: bool) -> int:
        return button.sizeHint().width() if roomy else self._look.px(40)

    def _put(self, widget, left: int, width: int) -> int:
        height = max(widget.sizeHint().height(), widget.minimumHeight())
        widget.setGeometry(left, (self.height() - 1 - height) // 2, width, height)
        return width
