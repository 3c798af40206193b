"""The find box: places, small areas by code or name, postcodes; what is loaded, with no network."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from jsna_desktop.app.panels.choice_list import Choice, ChoiceView
from jsna_desktop.app.theme import Look, watch


class FindBox(QFrame):
    """Results open under it while one types. `taken` carries the value of the result taken."""

    taken = Signal(object)

    def __init__(self, look: Look, search: Callable[[str], Sequence[Choice]]) -> None:
        super().__init__()
        self.setObjectName("findBox")
        self._look, self._search = look, search
        self._glass = QLabel()
        self.field = QLineEdit()
        self.field.setProperty("kind", "bare")
        self.field.setAccessibleName("Find a place, postcode or small area")
        self.field.textEdited.connect(self._look_up)
        self.field.installEventFilter(self)
        self.keycap = QLabel("Ctrl F")
        self.keycap.setObjectName("keycap")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(11, 0, 9, 0)
        layout.setSpacing(8)
        layout.addWidget(self._glass)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.keycap, 0, Qt.AlignmentFlag.AlignVCenter)
        self.results = _Results(look)
        self.results.list.taken.connect(self._take)
        watch(look, self, self._restyle)

    def _restyle(self) -> None:
        px = self._look.px
        self._glass.setPixmap(self._look.icon("search", "muted").pixmap(px(16), px(16)))
        self.field.setFont(self._look.font("body"))
        self.keycap.setFont(self._look.font("small"))
        self.setFixedHeight(px(32))

    def show_short(self, short: bool) -> None:
        """With little room: fewer words, no key."""
        self.keycap.setVisible(not short)
        self.field.setPlaceholderText("Find" if short else "Find a place, postcode or LSOA")

    def begin(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def _look_up(self, text: str) -> None:
        found = list(self._search(text)) if text.strip() else []
        if not text.strip():
            self.results.hide()
            return
        self.results.show_under(self, found)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.results.stay_under(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.results.stay_under(self)

    def _take(self, choice: Choice) -> None:
        if choice.value is None:
            return
        self.results.hide()
        self.field.clear()
        self.taken.emit(choice.value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field:
            if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut) and isinstance(event, QFocusEvent):
                self.setProperty("focused", event.gotFocus())
                self.style().unpolish(self)
                self.style().polish(self)
                if not event.gotFocus():
                    self.results.hide()
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape:
                    self.results.hide()
                    self.field.clear()
                    return True
                if self.results.isVisible() and self.results.list.step(event.key()):
                    return True
        return super().eventFilter(watched, event)


class _Results(QFrame):
    """A child of the window, not a window of its own: typing goes on in the field."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self.list = ChoiceView(look)
        self.list.setAccessibleName("Found")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.list)
        self.hide()

    def show_under(self, anchor: QWidget, found: Sequence[Choice]) -> None:
        window = anchor.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.list.show_choices(found or [Choice("Nothing of this name is loaded", value=None)])
        self._place(anchor)
        self.show()
        self.raise_()

    def stay_under(self, anchor: QWidget) -> None:
        """The window was resized: go with the field."""
        if self.isVisible():
            self._place(anchor)

    def _place(self, anchor: QWidget) -> None:
        window = anchor.window()
        at = anchor.mapTo(window, QPoint(0, anchor.height() + 4))
        height = min(self.list.height_for_all() + 10, self._look.px(400), window.height() - at.y() - 8)
        width = min(max(anchor.width(), self._look.px(320)), window.width() - 16)
        left = max(8, min(at.x(), window.width() - width - 8))
        self.setGeometry(QRect(QPoint(left, at.y()), QSize(width, height)))
