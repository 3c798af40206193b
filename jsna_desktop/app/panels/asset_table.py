"""The register of assets as a table: searched, narrowed down and sorted where it stands; gone through by keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import dress_table
from jsna_desktop.jobs.assets import Asset

Index = QModelIndex | QPersistentModelIndex
_NAME, _KIND, _THEME, _WHERE, _CHECKED, _LOOK = range(6)
_HEADINGS = ("Name", "Kind", "Theme", "Where", "Checked", "To look at")
# Left out one after the other where there is no room, and the width (px) that each takes.
_FIRST_OUT = (_WHERE, _THEME, _KIND, _CHECKED)
_WIDE = {_NAME: 178, _KIND: 74, _THEME: 120, _WHERE: 108, _CHECKED: 94, _LOOK: 148}
_WIDE_TWINS = _WIDE | {_NAME: 196, _LOOK: 232}  # where names are to be read beside each other
_SORT = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Line:
    """One asset as the table shows it: `where` it lies, `stale` and `twin` in words, "" where they are not so."""

    asset: Asset
    where: str
    here: bool  # in the place that is chosen
    stale: str = ""
    twin: str = ""
    pair: int = -1  # of its twin and itself, to be listed beside each other

    @property
    def look(self) -> str:
        return "; ".join(part for part in (self.stale, self.twin) if part)

    @property
    def words(self) -> str:
        one = self.asset
        told = (one.name, one.theme, one.kind, self.where, one.place, one.postcode, one.address, one.source)
        return " ".join(told).casefold()


@dataclass(frozen=True)
class Wanted:
    """What the table is narrowed down to; "" and False are no matter."""

    text: str = ""
    kind: str = ""
    theme: str = ""
    here: bool = False
    stale: bool = False
    twins: bool = False

    def takes(self, line: Line) -> bool:
        one = line.asset
        if (self.here and not line.here) or (self.kind and one.kind != self.kind):
            return False
        if (
            (self.theme and one.theme != self.theme)
            or (self.stale and not line.stale)
            or (self.twins and not line.twin)
        ):
            return False
        return all(word in line.words for word in self.text.casefold().split())


class _Lines(QAbstractTableModel):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, column = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return day_words(line.asset.last_checked) if column == _CHECKED else self._text(line, column)
        if role == _SORT:
            if column == _LOOK:
                # What is to be looked at comes before what is not, and one twin beside the other.
                return f"0{line.pair:06d}" if line.twin else f"1{line.asset.last_checked}" if line.stale else "2"
            return line.asset.last_checked if column == _CHECKED else self._text(line, column).casefold()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_HEADINGS[column]}: {self._text(line, column) or 'none'}"
        if role == Qt.ItemDataRole.FontRole and column == _NAME:
            return self._look.font("strong")
        if role == Qt.ItemDataRole.DecorationRole and column == _LOOK and line.look:
            return self._look.icon("warning" if line.stale else "twins", "amber" if line.stale else "blue")
        return None

    @staticmethod
    def _text(line: Line, column: int) -> str:
        one = line.asset
        shown = (one.name, one.kind, one.theme, line.where, month_words(one.last_checked), line.look)
        return shown[column]


class _Narrowed(QSortFilterProxyModel):
    def __init__(self, lines: _Lines) -> None:
        super().__init__()
        self._lines = lines
        self.wanted = Wanted()
        self.setSourceModel(lines)
        self.setSortRole(_SORT)

    def narrow(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        return self.wanted.takes(self._lines.lines[row])


class AssetTable(QTableView):
    """`opened` carries the asset of the row that a person opens (Enter, a double click); `picked` that another one is

    in hand.
    """

    opened = Signal(object)
    picked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._wide = _WIDE
        self._lines = _Lines(look)
        self._shown = _Narrowed(self._lines)
        self.setModel(self._shown)
        dress_table(look, self, "Assets", wide=_NAME)
        self.setAccessibleDescription("Arrow keys go from asset to asset; Enter changes one, Delete removes it.")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(_NAME, Qt.SortOrder.AscendingOrder)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.activated.connect(self._open)
        self.selectionModel().currentChanged.connect(lambda _now, _before: self.picked.emit())
        watch(look, self, self._restyle)

    # ---- what is shown

    def show_lines(self, lines: Sequence[Line], wanted: Wanted, at: str = "") -> None:
        """These assets, narrowed down; `at` is the key of the one to be in hand, else the one that was."""
        key = at or (self.current.key if self.current is not None else "")
        row = max(self.currentIndex().row(), 0)
        self._lines.show(lines)
        self._shown.narrow(wanted)
        if not (key and self.pick(key)):
            self._take(min(row, self._shown.rowCount() - 1))

    def narrow(self, wanted: Wanted) -> None:
        key = self.current.key if self.current is not None else ""
        self._shown.narrow(wanted)
        if not (key and self.pick(key)):
            self._take(min(0, self._shown.rowCount() - 1))

    @property
    def shown(self) -> list[Line]:
        """The lines that are listed, in their order."""
        rows = range(self._shown.rowCount())
        return [self._lines.lines[self._shown.mapToSource(self._shown.index(row, 0)).row()] for row in rows]

    @property
    def current(self) -> Asset | None:
        index = self.currentIndex()
        return self._lines.lines[self._shown.mapToSource(index).row()].asset if index.isValid() else None

    def show_twins(self, on: bool) -> None:
        """What is to be looked at first, with room for the names of twins beside each other; or by name again."""
        self._wide = _WIDE_TWINS if on else _WIDE
        self._fit()
        self.sortByColumn(_LOOK if on else _NAME, Qt.SortOrder.AscendingOrder)

    def pick(self, key: str) -> bool:
        """Take the asset of this key in hand; False where it is not listed."""
        for row, line in enumerate(self.shown):
            if line.asset.key == key:
                self._take(row)
                return True
        return False

    def _take(self, row: int) -> None:
        if row >= 0:
            index = self._shown.index(row, _NAME)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.picked.emit()

    def _open(self, _index: QModelIndex) -> None:
        if self.current is not None:
            self.opened.emit(self.current)

    # ---- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _restyle(self) -> None:
        self.setFont(self._look.font("body"))
        self.horizontalHeader().setFont(self._look.font("small_strong"))
        self.verticalHeader().setDefaultSectionSize(self._look.px(30))
        self._fit()

    def _fit(self) -> None:
        """As many columns as there is room for: the name and what is to be looked at always."""
        room, px = self.viewport().width(), self._look.px
        needed = sum(px(wide) for wide in self._wide.values())
        for column in _FIRST_OUT:
            out = needed > room
            self.setColumnHidden(column, out)
            needed -= px(self._wide[column]) if out else 0
        for column, wide in self._wide.items():
            if column != _NAME:
                self.setColumnWidth(column, px(wide))


def month_words(checked: str) -> str:
    """An ISO date to the month: `Sep 2023`, `2023`; `never`."""
    return day_words(checked[:7])


def day_words(checked: str) -> str:
    """An ISO date or its first parts as it is read: `13 Sep 2023`, `Sep 2023`, `2023`; `never`."""
    if not checked:
        return "never"
    year, *rest = checked.split("-")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    month = [months[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
