"""The few kinds of control that the window is made of."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from jsna_desktop.app.theme import Look, watch


class Text(QLabel):
    """A label of one role and tone, which follows the text size."""

    def __init__(self, look: Look, text: str = "", role: str = "body", tone: str = "", *, wrap: bool = False) -> None:
        super().__init__(text)
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        watch(look, self, lambda: self.setFont(look.font(role)))


class Field(QLineEdit):
    """One line to type in; `name` is what a screen reader calls it."""

    def __init__(self, look: Look, name: str, text: str = "") -> None:
        super().__init__(text)
        self._look = look
        self.setFont(look.font("body"))
        self.setMinimumHeight(look.px(32))
        self.setAccessibleName(name)

    def offer(self, texts: Sequence[str]) -> None:
        """Offer those of the texts that hold what is typed."""
        completer = QCompleter(self)
        completer.setModel(QStringListModel(list(texts), completer))
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = QListView()
        popup.setFont(self._look.font("body"))
        popup.setObjectName("popup")
        completer.setPopup(popup)
        self.setCompleter(completer)


class Button(QPushButton):
    """A push button: `kind` is primary, flat, link, chip or empty for a plain one."""

    def __init__(
        self, look: Look, text: str, *, kind: str = "", icon: str = "", role: str = "strong", name: str = ""
    ) -> None:
        super().__init__(_spaced(text) if icon else text)
        self._look, self._icon, self._kind, self._role = look, icon, kind, role
        self.setProperty("kind", kind)
        self.setAccessibleName(name or text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        watch(look, self, self._refresh)

    def _refresh(self) -> None:
        self.setFont(self._look.font(self._role))
        self.setMinimumHeight(self._look.px(24 if self._kind.endswith("link") else 32))
        if self._icon:
            self.setIcon(
                self._look.icon(
                    self._icon, {"primary": "on_blue", "link": "blue", "plainlink": "blue"}.get(self._kind, "ink")
                )
            )
            self.setIconSize(QSize(self._look.px(16), self._look.px(16)))

    def say(self, text: str) -> None:
        """Other words on the button; a screen reader keeps its name."""
        self.setText(_spaced(text) if self._icon else text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


def _spaced(text: str) -> str:
    """A little more room between the icon and the words than the style leaves."""
    return f" {text}" if text else text


class IconButton(QToolButton):
    """A square button with an icon; its name is its tooltip and what a screen reader says."""

    def __init__(
        self, look: Look, icon: str, name: str, *, action: QAction | None = None, size: int = 34, token: str = "ink"
    ) -> None:
        super().__init__()
        self._look, self._icon, self._size, self._token = look, icon, size, token
        if action is not None:
            self.setDefaultAction(action)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        watch(look, self, self.refresh)

    def show_icon(self, icon: str) -> None:
        self._icon = icon
        self.refresh()

    def refresh(self) -> None:
        icon = self._look.icon(self._icon, self._token)
        action = self.defaultAction()
        if action is not None:
            action.setIcon(icon)
        self.setIcon(icon)
        self.setIconSize(QSize(self._look.px(16), self._look.px(16)))
        self.setFixedSize(self._look.px(self._size), self._look.px(self._size))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class Card(QFrame):
    """A quiet raised box that floats on the map."""

    def __init__(self, parent: QWidget | None = None, name: str = "card") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


class Flow(QLayout):
    """Lays widgets out from left to right and wraps them, so that nothing is clipped when text is large."""

    def __init__(self, gap: int = 12, line_gap: int = 2) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and line > 0:
                x, y, line = rect.x(), y + line + self._line_gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x, line = x + hint.width() + self._gap, max(line, hint.height())
        return y + line - rect.y()


class Elided(QLabel):
    """One line that is cut in its middle where there is no room; the tooltip has all of it."""

    def __init__(self, look: Look, text: str, tone: str = "") -> None:
        super().__init__(text)
        self.setProperty("tone", tone)
        self.setMinimumWidth(look.px(60))
        watch(look, self, lambda: self.setFont(look.font("body")))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().minimumSizeHint().height())

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class UpAndDown(QScrollArea):
    """Scrolls up and down only; what is inside is as wide as there is room."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = inner
        self.setWidget(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._inner.setMaximumWidth(self.viewport().width())


class Rule(QFrame):
    """A hairline, across or down."""

    def __init__(self, look: Look, *, vertical: bool = False) -> None:
        super().__init__()
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        watch(look, self, lambda: self.setStyleSheet(f"background: {look.tokens['line']};"))


class Row(QWidget):
    """Widgets side by side without margins."""

    def __init__(self, *widgets: QWidget, gap: int = 8, stretch: bool = False) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap)
        for widget in widgets:
            layout.addWidget(widget)
        if stretch:
            layout.addStretch(1)


class Banner(QFrame):
    """A message across the top of the map, with a way to close it: a warning, or `news`, which is quieter."""

    closed = Signal()
    turned = Signal()  # it is shown, or no more

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self.news = False
        self._passing = QTimer(self, singleShot=True)
        self._passing.timeout.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 6, 8)
        self.text = Text(look, "", wrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = IconButton(look, "close", "Close this message", size=28)
        close.clicked.connect(self._close)
        layout.addWidget(self.text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, message: str, *, news: bool = False, seconds: float = 0.0) -> None:
        """Show a message; news of nothing that lasts go by themselves after some seconds."""
        self._passing.stop()
        self.news = news
        self.setProperty("tone", "news" if news else "")
        self.style().unpolish(self)
        self.style().polish(self)
        self.text.setText(message)
        self.setAccessibleName(message)
        self.show()
        self.raise_()
        self.turned.emit()
        if seconds:
            self._passing.start(round(1000 * seconds))

    def end_news(self) -> None:
        """What it told is no longer so; a warning stays until it is closed."""
        if self.news:
            self.hide()

    def fit(self, most: int) -> None:
        """As wide as its words on one line, or as there is room, and as high as they need."""
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        one_line = self.text.fontMetrics().horizontalAdvance(self.text.text()) + self._look.px(28) + 40
        width = min(most, one_line)
        self.setFixedSize(width, layout.heightForWidth(width))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._passing.stop()
        self.turned.emit()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


def dress_table(look: Look, table: QTableView, name: str, *, wide: int) -> None:
    """Make a table look as those of the sheets do; the column `wide` takes the room that is left."""
    table.setAccessibleName(name)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(look.px(30))
    header = table.horizontalHeader()
    header.setFont(look.font("small_strong"))
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)


def column(*widgets: QWidget, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def clear(layout: QLayout, keep: Callable[[QWidget], bool] = lambda _widget: False) -> None:
    """Take every widget out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None and not keep(widget):
            widget.hide()
            widget.deleteLater()
