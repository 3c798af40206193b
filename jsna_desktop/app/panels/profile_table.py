"""The profile's table: a number a row, with its interval against England and the district, all painted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from jsna_desktop.app import marks, words
from jsna_desktop.app.theme import Look, watch

ROW_ROLE = Qt.ItemDataRole.UserRole
Row = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex
# A group longer than _LONG shows its first _SHORT rows until it is opened.
_LONG, _SHORT = 8, 5
LEVEL_LINES = {"england": marks.LINE_ENGLAND, "district": marks.LINE_DISTRICT}


def leading_verdict(row: Row) -> str:
    """The verdict that the mark shows: against England where there is one, else the nearest larger area."""
    by_level = {other["level"]: other["verdict"] for other in row["comparators"] if other["value"] is not None}
    for level in ("england", "region", "district"):
        if level in by_level:
            return by_level[level]
    return "not compared"


@dataclass(frozen=True)
class Heading:
    """A group's name, and its period where all of its rows have the same."""

    group: str
    period: str


@dataclass(frozen=True)
class More:
    """Stands for the `hidden` rows of a long group, or at its end for hiding them again."""

    group: str
    hidden: int

    @property
    def text(self) -> str:
        return f"Show {self.hidden} more" if self.hidden else "Show fewer"


class ProfileRows(QAbstractListModel):
    """Rows of a profile under their group headings; of a long group the first few, until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[Row | Heading | More] = []
        self._rows: list[Row] = []
        self._open: set[str] = set()

    def toggle(self, group: str) -> None:
        """Open or close a long group."""
        self._open ^= {group}
        self.show(self._rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the rows; only repaints where the same indicators come in the same order."""
        self._rows = list(rows)
        items: list[Row | Heading | More] = []
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row["group"] or "Other", []).append(row)
        for group, members in groups.items():
            periods = {row["period"] for row in members}
            items.append(Heading(group, str(periods.pop()).replace("-", "–") if len(periods) == 1 else ""))
            if len(members) <= _LONG:
                items += members
            elif group in self._open:
                items += [*members, More(group, 0)]
            else:
                items += [*members[:_SHORT], More(group, len(members) - _SHORT)]
        same = [_identity(item) for item in items] == [_identity(item) for item in self._items]
        if same:
            self._items = items
            if items:
                self.dataChanged.emit(self.index(0), self.index(len(items) - 1))
            return
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ROW_ROLE:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(item, Heading):
                return f"{item.group} {item.period}".strip()
            return item.text if isinstance(item, More) else words.spoken(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self._items[index.row()], Heading):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _identity(item: Row | Heading | More) -> object:
    if isinstance(item, Heading | More):
        return item
    return (item["indicator"], item["period"], item["sex"], item["age"])


class _Painter(QStyledItemDelegate):
    """Paints a heading or a row: name, value, and its interval on a scale of its own."""

    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(view)
        self._look, self._view = look, view
        self.value_width = 0  # of the widest value that is shown

    def _columns(self, width: int) -> tuple[int, int, int]:
        """Widths of name, value and scale; the scale goes first when text is large."""
        px = self._look.px
        scale = min(px(104), round(width * 0.3))
        value = max(px(48), self.value_width)
        return width - scale - px(14) - value - px(6), value, scale

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        item, width, px = index.data(ROW_ROLE), self._view.viewport().width(), self._look.px
        if isinstance(item, Heading):
            return QSize(width, px(44) if index.row() else px(30))
        if isinstance(item, More):
            return QSize(width, px(32))
        name, _, _ = self._columns(width)
        wrapped = self._view.fontMetrics().boundingRect(
            QRect(0, 0, name, 10_000), Qt.TextFlag.TextWordWrap, item["name"]
        )
        return QSize(width, max(px(32), wrapped.height() + px(12)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, rect = index.data(ROW_ROLE), QRect(option.rect)  # type: ignore[attr-defined]
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        if isinstance(item, Heading):
            self._heading(painter, rect, item)
        elif isinstance(item, More):
            self._ground(painter, rect, selected)
            painter.setFont(self._look.font("small_strong"))
            painter.setPen(self._look.color("blue"))
            inner = rect.adjusted(self._look.px(6) if selected else 0, 0, 0, 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, item.text)
        else:
            self._row(painter, rect, item, selected)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, item: Heading) -> None:
        foot = rect.adjusted(0, 0, 0, -self._look.px(6))
        painter.setFont(self._look.font("small"))
        painter.setPen(self._look.color("muted"))
        period = painter.fontMetrics().horizontalAdvance(item.period)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, item.period)
        painter.setFont(self._look.font("strong"))
        painter.setPen(self._look.color("ink"))
        room = foot.width() - period - self._look.px(8)
        text = painter.fontMetrics().elidedText(item.group, Qt.TextElideMode.ElideRight, room)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)

    def _ground(self, painter: QPainter, rect: QRect, selected: bool) -> None:
        if selected:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), self._look.color("selected"))
            if self._view.hasFocus():
                painter.setPen(QPen(self._look.color("focus"), 2))
                painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -2))
        painter.setPen(self._look.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _row(self, painter: QPainter, rect: QRect, row: Row, selected: bool) -> None:
        look, px = self._look, self._look.px
        name, value, scale = self._columns(rect.width())
        self._ground(painter, rect, selected)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.color("ink"))
        painter.setFont(look.font("body"))
        inset = px(6) if selected else 0
        area = QRect(rect.left() + inset, rect.top(), name, rect.height())
        painter.drawText(area, middle | Qt.TextFlag.TextWordWrap, row["name"])
        painter.setFont(look.font("strong"))
        shown = words.number(row["value"], row)
        area = QRect(rect.left() + name + px(6), rect.top(), value, rect.height())
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, shown)
        area = QRect(rect.right() - scale + 1 - px(4), rect.top(), scale, rect.height())
        if row["value"] is None:
            painter.setFont(look.font("small"))
            painter.setPen(look.color("muted"))
            said = words.interval(row) or "not given"
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, said)
        else:
            paint_scale(painter, look, QRectF(area), row)


def scale_span(row: Row) -> tuple[float, float] | None:
    """The least and greatest value on a row's scale, with room at both ends; None where nothing is compared."""
    known = [row["value"], row["lower_ci"], row["upper_ci"]]
    known += [other["value"] for other in row["comparators"] if other["level"] in LEVEL_LINES]
    values = [float(value) for value in known if value is not None]
    low, high = min(values), max(values)
    if high == low:
        return None
    room = (high - low) * 0.22
    return low - room, high + room


def paint_scale(painter: QPainter, look: Look, area: QRectF, row: Row) -> None:
    """The value's mark and interval on a line, with the places of England and the district."""
    span = scale_span(row)
    if span is None:
        return
    low, high = span
    y = area.center().y()

    def at(value: float) -> float:
        return area.left() + (value - low) / (high - low) * area.width()

    painter.setPen(QPen(look.color("line"), 1.5))
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    for other in row["comparators"]:
        kind = LEVEL_LINES.get(other["level"])
        if kind is not None and other["value"] is not None:
            half = look.px(8 if kind == marks.LINE_ENGLAND else 6)
            marks.paint_line(painter, look, kind, at(other["value"]), y - half, y + half)
    if row["lower_ci"] is not None and row["upper_ci"] is not None:
        pen = QPen(look.color("ink"), 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(at(row["lower_ci"]), y), QPointF(at(row["upper_ci"]), y))
    marks.paint_mark(painter, look, leading_verdict(row), QPointF(at(row["value"]), y), look.px(10))


class ProfileTable(QListView):
    """As high as its rows: the panel around it scrolls. `focused` tells the row to explain, `opened` one to open."""

    focused = Signal(object)
    opened = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model = ProfileRows()
        self.setModel(self._model)
        self._painter = _Painter(look, self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Profile")
        self.setAccessibleDescription("A number a row. Arrow keys move; Enter says how a number is made.")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.entered.connect(self._hover)
        self.activated.connect(self._open)
        self.clicked.connect(self._click)
        self._model.modelReset.connect(self._fit)
        watch(look, self, self._restyle)

    def show_rows(self, rows: Sequence[Row]) -> None:
        kept = self.currentIndex().row()
        metrics = QFontMetrics(self._look.font("strong"))
        widths = (metrics.horizontalAdvance(words.number(row["value"], row)) for row in rows)
        self._painter.value_width = max(widths, default=0)
        self._model.show(rows)
        if 0 <= kept < self._model.rowCount() and self._row_at(kept) is not None:
            self.setCurrentIndex(self._model.index(kept))
            return
        first = next((i for i in range(self._model.rowCount()) if self._row_at(i) is not None), -1)
        if first >= 0:
            self.setCurrentIndex(self._model.index(first))

    def current_row(self) -> Row | None:
        return self._row_at(self.currentIndex().row())

    def _row_at(self, position: int) -> Row | None:
        item = self._model.index(position).data(ROW_ROLE) if position >= 0 else None
        return None if item is None or isinstance(item, Heading | More) else item

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        row = self._row_at(current.row())
        if row is not None:
            self.focused.emit(row)

    def _hover(self, index: QModelIndex) -> None:
        row = self._row_at(index.row())
        if row is not None:
            self.focused.emit(row)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        row = self.current_row()
        if row is not None:
            self.focused.emit(row)

    def _click(self, index: QModelIndex) -> None:
        if isinstance(index.data(ROW_ROLE), More):
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        item = index.data(ROW_ROLE)
        if isinstance(item, More):
            self._model.toggle(item.group)
            self.setCurrentIndex(self._model.index(min(index.row(), self._model.rowCount() - 1)))
            return
        row = self._row_at(index.row())
        if row is not None:
            self.opened.emit(row)

    def _restyle(self) -> None:
        self.setFont(self._look.font("body"))
        self.scheduleDelayedItemsLayout()
        self._fit()

    def _fit(self) -> None:
        delegate, option = self.itemDelegate(), QStyleOptionViewItem()
        heights = (delegate.sizeHint(option, self._model.index(i)).height() for i in range(self._model.rowCount()))
        self.setFixedHeight(sum(heights) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
            self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the panel scrolls
