"""The places of the workspace: a set at a time, each with its residents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from jsna_desktop.app import words
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Row, Text, UpAndDown

Index = QModelIndex | QPersistentModelIndex
_ITEM = Qt.ItemDataRole.UserRole
_FIRST = "No places yet. Click areas on the map, or draw a line."
_FIRST_WITHOUT_MAP = "No places yet. They are made on the map, which needs boundaries."


@dataclass(frozen=True)
class PlaceItem:
    id: int
    name: str
    residents: float | None


class PlaceItems(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.items: list[PlaceItem] = []

    def show(self, items: Sequence[PlaceItem]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == _ITEM:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return item.name if item.residents is None else f"{item.name}, {words.count(item.residents)} residents"
        return None


class _PlacePainter(QStyledItemDelegate):
    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(view)
        self._look, self._view = look, view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(10, self._look.px(27))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = self._look, QRect(option.rect)  # type: ignore[attr-defined]
        item: PlaceItem = index.data(_ITEM)
        state = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, look.color("selected"))
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), look.color("blue"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.color("pale"))
        if self._view.hasFocus() and index == self._view.currentIndex():
            painter.setPen(QPen(look.color("focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        inner = rect.adjusted(16, 0, -16, 0)
        shown = "" if item.residents is None else words.count(item.residents)
        painter.setFont(look.font("strong" if chosen else "body"))
        painter.setPen(look.color("ink" if chosen else "muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(shown) - 10
        painter.setPen(look.color("ink"))
        name = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()


class PlacesPanel(QFrame):
    """The list of one set. `chosen` carries a place's id, `set_chosen` a set's name."""

    chosen = Signal(int)
    set_chosen = Signal(str)
    menu_asked = Signal(int, QPoint)

    def __init__(self, look: Look, new_place: QAction) -> None:
        super().__init__()
        self.setObjectName("places")
        self.setAccessibleName("Places")
        self._look = look
        self._set = ""
        self._sets: list[tuple[str, int]] = []
        self.set_button = Button(look, "", kind="flat", icon="chevron-down", name="Choose a set of places")
        self.set_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.set_button.clicked.connect(self._ask_set)
        self._count = Text(look, "", "small_strong", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(10, 12, 16, 2)
        head.addWidget(self.set_button)
        head.addStretch(1)
        head.addWidget(self._count)
        self.list = QListView()
        self._items = PlaceItems()
        self.list.setModel(self._items)
        self.list.setItemDelegate(_PlacePainter(look, self.list))
        self.list.setAccessibleName("Places of this set")
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._ask_menu)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self._empty = Text(look, _FIRST, tone="muted", wrap=True)
        self._empty.setContentsMargins(16, 4, 16, 8)
        self.new_button = Button(look, "New place", kind="plainlink", icon="plus", name="New place")
        self.new_button.clicked.connect(new_place.trigger)
        keycap = QLabel("N")
        keycap.setObjectName("keycap")
        watch(look, keycap, lambda: keycap.setFont(look.font("small")))
        foot = Row(self.new_button, keycap, stretch=False)
        foot_layout = foot.layout()
        assert isinstance(foot_layout, QHBoxLayout)
        foot_layout.setContentsMargins(8, 2, 16, 10)
        foot_layout.setAlignment(keycap, Qt.AlignmentFlag.AlignVCenter)
        foot_layout.insertStretch(1, 1)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1000)  # before the empty space below it
        layout.addWidget(foot)
        layout.addStretch(1)
        self.body = layout
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 1, 0)
        outer.addWidget(UpAndDown(inner))  # where there is less height than places and layers need
        watch(look, self, self._fit)

    @property
    def current_set(self) -> str:
        return self._set

    def show_places(self, in_set: str, sets: Sequence[tuple[str, int]], items: Sequence[PlaceItem]) -> None:
        """Show a set; the place that was chosen stays so where it is still there."""
        self._set, self._sets = in_set, list(sets)
        self.set_button.setText(in_set or "Places")
        self.set_button.setAccessibleName(f"Set of places: {in_set or 'Places'}")
        self._count.setText(words.count(len(items)))
        model = self.list.selectionModel()
        model.blockSignals(True)
        self._items.show(items)
        model.blockSignals(False)
        self.list.setVisible(bool(items))
        self._empty.setVisible(not items)
        self._fit()

    def show_map_is_there(self, there: bool) -> None:
        """Say how the first place is made: without boundaries there is nothing to click."""
        self._empty.setText(_FIRST if there else _FIRST_WITHOUT_MAP)

    def select(self, place: int | None) -> None:
        """Mark a place as chosen without telling; None marks none."""
        model = self.list.selectionModel()
        model.blockSignals(True)
        row = next((i for i, item in enumerate(self._items.items) if item.id == place), -1)
        if row < 0:
            model.clear()
        else:
            self.list.setCurrentIndex(self._items.index(row))
        model.blockSignals(False)
        self.list.viewport().update()
        if row >= 0:
            self.list.scrollTo(self._items.index(row))

    def current(self) -> int | None:
        index = self.list.currentIndex()
        return self._items.items[index.row()].id if index.isValid() else None

    def _choose(self, index: QModelIndex, _previous: QModelIndex | None = None) -> None:
        if index.isValid():
            self.chosen.emit(self._items.items[index.row()].id)

    def _ask_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if index.isValid():
            self.menu_asked.emit(self._items.items[index.row()].id, self.list.viewport().mapToGlobal(at))

    def _ask_set(self) -> None:
        menu = QMenu(self)
        for name, count in self._sets:
            entry = menu.addAction(f"{name} ({words.count(count)})")
            entry.setCheckable(True)
            entry.setChecked(name == self._set)
            entry.triggered.connect(lambda _checked=False, chosen=name: self.set_chosen.emit(chosen))
        if not self._sets:
            menu.addAction("No sets yet").setEnabled(False)
        menu.exec(self.set_button.mapToGlobal(QPoint(0, self.set_button.height() + 2)))

    def _fit(self) -> None:
        """As high as its places, so that New place stands right below; long lists scroll."""
        wanted = self._look.px(27) * len(self._items.items) + 2
        self.list.setMaximumHeight(max(wanted, 1))
        self.list.setMinimumHeight(min(wanted, self._look.px(27) * 6))
        self.list.scheduleDelayedItemsLayout()
