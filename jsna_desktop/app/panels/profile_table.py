"""The profile's table: a number a row, with its interval against England and the district, all painted."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from jsna_desktop.app import words
from jsna_desktop.app.panels.profile_rows import ROW_ROLE, Heading, Index, More, ProfileRows, Row
from jsna_desktop.app.panels.profile_scale import is_compared, paint_scale
from jsna_desktop.app.theme import Look, watch


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
        elif is_compared(row):
            paint_scale(painter, look, QRectF(area), row)


class ProfileTable(QListView):
    """As high as its rows: the panel around it scrolls. `focused` tells the row to explain, `opened` one to open.

    `reached` carries where (QRect) the row is that a person went to by keys, to be brought into view.
    """

    focused = Signal(object)
    opened = Signal(object)
    reached = Signal(object)

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
        if self.hasFocus() and current.isValid():
            self.reached.emit(self.visualRect(current))

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
