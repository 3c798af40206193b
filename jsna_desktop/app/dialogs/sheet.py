"""A card over the shaded window. Esc closes it, Tab stays inside, the window behind does not answer."""

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Card, Rule, Text, UpAndDown


class Sheet(QWidget):
    """`body` takes the content, `foot` the buttons. `closed` is emitted once, whatever closed it."""

    closed = Signal()

    def __init__(self, look: Look, window: QWidget, title: str, lead: str = "", *, width: int = 560) -> None:
        super().__init__(window)
        self.look = look
        self._window = window
        self._wide = width
        self._before = QApplication.focusWidget()
        self._is_closed = False
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = Card(self, "sheetCard")
        self.title = Text(look, title, "title", wrap=True)
        self.lead = Text(look, lead, tone="muted", wrap=True)
        if not lead:
            self.lead.hide()
        head = QVBoxLayout()
        head.setContentsMargins(18, 16, 18, 14)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.lead)
        self.above = QVBoxLayout()  # between the heading and what scrolls
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(18, 0, 18, 12)
        self.body.setSpacing(8)
        self.scroll_area = UpAndDown(inner)
        self.scroll_area.setMinimumHeight(1)  # an empty one takes no room from the heading
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(18, 14, 18, 14)
        self.foot.setSpacing(10)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self._head = head
        layout.addLayout(head)
        layout.addLayout(self.above)
        layout.addWidget(self.scroll_area, 1)
        layout.addWidget(Rule(look))
        layout.addLayout(self.foot)
        window.installEventFilter(self)
        self._app = QApplication.instance()
        if self._app is not None:
            self._app.installEventFilter(self)

    def open(self, first: QWidget | None = None) -> None:
        """Show it over the window, with the focus on `first`."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.fit()
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_sheet(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._app is not None:
            self._app.removeEventFilter(self)
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def refuse(self) -> None:
        """What Esc does: close; a sheet whose work is under way cancels it first."""
        self.close_sheet()

    def fit(self) -> None:
        """The card in the middle, as wide as wanted or as the window allows, as high as it needs."""
        room = self.size() - QSize(32, 32)
        width = min(self.look.px(self._wide), room.width())
        self.body.activate()
        parts = (self._head, self.above, self.body, self.foot)
        needed = sum(_height(part, width - 2) for part in parts) + 4
        self._place(width, min(needed, room.height()))
        # Words that wrap inside other controls may need a little more than they said.
        lacking = self.scroll_area.verticalScrollBar().maximum()
        if lacking and needed < room.height():
            self._place(width, min(needed + lacking, room.height()))

    def _place(self, width: int, height: int) -> None:
        self.card.setGeometry(QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height))
        layout = self.card.layout()
        assert layout is not None
        layout.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        elif event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the window's keys rest; the control in focus gets the key
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("shade"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the window behind does not answer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.refuse()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The next control inside; from the last to the first."""
        inside = [w for w in self.findChildren(QWidget) if self._takes_tab(w)]
        if not inside:
            return True
        focus = QApplication.focusWidget()
        if focus not in inside:
            inside[0 if forward else -1].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        widget, step = focus, 0
        while step < 10_000:
            widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
            if widget is None:
                return True
            step += 1
            if widget in inside:
                reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
                widget.setFocus(reason)
                return True
        return True

    @staticmethod
    def _takes_tab(widget: QWidget) -> bool:
        return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _height(layout: QLayout, width: int) -> int:
    """How high a layout is at a width; its words wrap."""
    layout.invalidate()
    return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
