"""Two places side by side: every indicator of both, their difference with its interval, and what may be said of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QTableView, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.marks import paint_mark
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text, dress_table

Index = QModelIndex | QPersistentModelIndex
Row = Mapping[str, Any]
_CLEAR = ("better", "worse", "higher", "lower")
_SAID = {
    "better": "clearly better",
    "worse": "clearly worse",
    "higher": "clearly higher",
    "lower": "clearly lower",
    "similar": "no clear difference",
    "not compared": "not compared",
}


def other_entry(row: Row, name: str) -> Mapping[str, Any] | None:
    """A row's comparator of this name; None where it has none."""
    return next((entry for entry in row["comparators"] if entry["area"] == name), None)


def difference(row: Row, entry: Mapping[str, Any]) -> str:
    """+1.2 (0.4 to 2.0), of percentages in points, or nothing where it is not tested."""
    value = entry.get("difference")
    if value is None:
        return ""
    low, high = entry.get("difference_lower"), entry.get("difference_upper")
    points = f"{words.NO_BREAK}points" if row["unit"] == "%" else ""
    limits = "" if low is None or high is None else f" ({_signed(low, row)} to {_signed(high, row)})"
    return f"{'+' if value > 0 else ''}{_signed(value, row)}{points}{limits}"


def _signed(value: float, row: Row) -> str:
    text = words.number(abs(value), row).removesuffix(f"{words.NO_BREAK}%")
    return f"−{text}" if value < 0 else text


class _Model(QAbstractTableModel):
    """Rows: name, this place, the other, difference, verdict."""

    def __init__(self, look: Look, rows: Sequence[Row], here: str, there: str) -> None:
        super().__init__()
        self._look, self._there = look, there
        self._headings = ("", here, there, "Difference", "")
        self.rows = list(rows)

    def show(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        entry = other_entry(row, self._there) or {"value": None, "verdict": "not compared"}
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, entry, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return row["note"] or None
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 4:
            return self._mark(entry["verdict"])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (1, 2, 3):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return self._look.font("strong" if index.column() == 1 else "body")
        return None

    def _text(self, row: Row, entry: Mapping[str, Any], column: int) -> str:
        if column == 0:
            return f"{row['name']}, {str(row['period']).replace('-', '–')}"
        if column in (1, 2):
            return words.number(row["value"] if column == 1 else entry["value"], row)
        return difference(row, entry) if column == 3 else _SAID[entry["verdict"]]

    def _mark(self, verdict: str) -> QPixmap:
        size = self._look.px(14)
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint_mark(painter, self._look, verdict, picture.rect().toRectF().center(), 0.75 * size)
        painter.end()
        return picture


class Compare(Sheet):
    """`rows` are the first place's profile rows with the other among their comparators."""

    def __init__(self, look: Look, window: QWidget, here: str, there: str, rows: Sequence[Row]) -> None:
        self._rows = [row for row in rows if row["value"] is not None and not row.get("detail")]
        self._there = there
        clear = [row for row in self._rows if self._is_clear(row)]
        super().__init__(look, window, f"{here} and {there}", _lead(len(clear), len(self._rows)), width=1000)
        self.model = _Model(look, clear or self._rows, here, there)
        self.table = QTableView()
        self.table.setModel(self.model)
        dress_table(look, self.table, f"{here} compared with {there}", wide=0)
        self.table.setMinimumHeight(look.px(360))
        self.body.addWidget(self.table, 1)
        self.only_clear = QCheckBox("Only clear differences")
        self.only_clear.setFont(look.font("body"))
        self.only_clear.setChecked(bool(clear))
        self.only_clear.setEnabled(bool(clear))
        self.only_clear.toggled.connect(self._filter)
        close = Button(look, "Close", kind="primary")
        close.clicked.connect(self.close_sheet)
        self.foot.addWidget(self.only_clear)
        self.foot.addWidget(Text(look, "The difference has an interval of its own (Newcombe).", "small", "muted"), 1)
        self.foot.addWidget(close)

    def start(self) -> None:
        self.open(self.table)

    def _is_clear(self, row: Row) -> bool:
        entry = other_entry(row, self._there)
        return entry is not None and entry["verdict"] in _CLEAR

    def _filter(self, on: bool) -> None:
        self.model.show([row for row in self._rows if not on or self._is_clear(row)])


def _lead(clear: int, of: int) -> str:
    if not of:
        return "Neither has a value that the other could be compared with."
    differ = "differs" if clear == 1 else "differ"
    return f"{clear or 'None'} of {of} indicators {differ if clear else 'differs'} clearly."
