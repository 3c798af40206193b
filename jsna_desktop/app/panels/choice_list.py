"""A list to choose from under a search field, grouped: opens below the control that asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from jsna_desktop.app.theme import Look, watch

Index = QModelIndex | QPersistentModelIndex
_ITEM = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its words, quiet words beside it, the heading it stands under, what it stands for."""

    text: str
    detail: str = ""
    group: str = ""
    value: Any = None


class Choices(QAbstractListModel):
    """Choices under their headings; a heading is a plain text."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Choice | str] = []

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        groups: dict[str, list[Choice]] = {}
        for choice in choices:
            groups.setdefault(choice.group, []).append(choice)
        self.items = []
        for group, members in groups.items():
            self.items += [group, *members] if group else members
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == _ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item if isinstance(item, str) else f"{item.text}, {item.detail}".rstrip(", ")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.items[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _ChoicePainter(QStyledItemDelegate):
    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(view)
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(10, self._look.px(34 if isinstance(index.data(_ITEM), str) else 30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect, item = self._look, QRect(option.rect), index.data(_ITEM)  # type: ignore[attr-defined]
        inner = rect.adjusted(10, 0, -10, 0)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.save()
        if isinstance(item, str):
            painter.setFont(look.font("small_strong"))
            painter.setPen(look.color("muted"))
            text = painter.fontMetrics().elidedText(item, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner.adjusted(0, 0, 0, -5), Qt.AlignmentFlag.AlignBottom, text)
        else:
            state = option.state  # type: ignore[attr-defined]
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(rect, look.color("selected"))
                painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), look.color("blue"))
            painter.setFont(look.font("small"))
            detail = painter.fontMetrics().elidedText(item.detail, Qt.TextElideMode.ElideRight, inner.width() // 2)
            beside = painter.fontMetrics().horizontalAdvance(detail)
            painter.setPen(look.color("muted"))
            painter.drawText(inner, centre | Qt.AlignmentFlag.AlignRight, detail)
            painter.setFont(look.font("body"))
            painter.setPen(look.color("ink"))
            room = inner.width() - beside - 12
            text = painter.fontMetrics().elidedText(item.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, centre | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class ChoiceView(QListView):
    """The list itself, which another control's keys may drive."""

    taken = Signal(object)  # the Choice

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.choices = Choices()
        self.setModel(self.choices)
        self.setItemDelegate(_ChoicePainter(look, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.clicked.connect(self._take)
        self._look = look

    def show_choices(self, choices: Sequence[Choice]) -> None:
        self.choices.show(choices)
        self._move_to(0, 1)

    def height_for_all(self) -> int:
        px = self._look.px
        return sum(px(34 if isinstance(item, str) else 30) for item in self.choices.items) + 2

    def step(self, key: int) -> bool:
        """Carry out a key pressed in the field above; whether it meant the list."""
        current = self.currentIndex().row()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key in steps:
            last = self.choices.rowCount() - 1
            self._move_to(max(0, min(last, current + steps[Qt.Key(key)])), 1 if steps[Qt.Key(key)] > 0 else -1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.currentIndex())
            return True
        return False

    def _move_to(self, row: int, way: int) -> None:
        items = self.choices.items
        if not items:
            return
        for place in (
            *range(row, len(items) if way > 0 else -1, way),
            *range(row, -1 if way > 0 else len(items), -way),
        ):
            if not isinstance(items[place], str):
                self.setCurrentIndex(self.choices.index(place))
                if place <= 1:
                    self.scrollToTop()
                return

    def _take(self, index: QModelIndex) -> None:
        item = index.data(_ITEM) if index.isValid() else None
        if isinstance(item, Choice):
            self.taken.emit(item)


class ChoicePopup(QFrame):
    """A search field over the list. `taken` carries the choice."""

    taken = Signal(object)

    def __init__(self, look: Look, parent: QWidget, hint: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("popup")
        self._look = look
        self._all: list[Choice] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(hint)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = ChoiceView(look)
        self.list.setAccessibleName("Choices")
        self.list.taken.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        watch(look, self, self._restyle)

    def _restyle(self) -> None:
        self.field.setFont(self._look.font("body"))
        self.field.setMinimumHeight(self._look.px(32))

    def ask(self, choices: Sequence[Choice], current: Any, anchor: QWidget) -> None:
        """Open below `anchor`, right edges in line, with the current value marked."""
        self._all = list(choices)
        self.field.clear()
        self.list.show_choices(self._all)
        for place, item in enumerate(self.list.choices.items):
            if isinstance(item, Choice) and item.value == current:
                self.list.setCurrentIndex(self.list.choices.index(place))
        window = anchor.window()
        width = min(max(anchor.width(), self._look.px(400)), window.width() - 16)
        below = anchor.mapTo(window, QPoint(0, anchor.height() + 4))
        room = window.height() - below.y() - 8
        height = min(self.list.height_for_all() + self._look.px(60), self._look.px(440), max(room, self._look.px(160)))
        left = max(8, below.x() + anchor.width() - width)
        self.setGeometry(QRect(window.mapToGlobal(QPoint(left, below.y())), QSize(width, height)))
        self.show()
        self.field.setFocus()
        self.list.scrollTo(self.list.currentIndex())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.list.step(event.key())
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self.list.show_choices(matching(self._all, text))

    def _take(self, choice: Choice) -> None:
        self.hide()
        self.taken.emit(choice)


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Choices that hold every word typed, in their text, detail or heading."""
    words = text.casefold().split()
    return [c for c in choices if all(word in f"{c.text} {c.detail} {c.group}".casefold() for word in words)]
