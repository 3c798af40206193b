"""The rows of a profile under their group headings, as a list that a view shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from jsna_desktop.app import words

ROW_ROLE = Qt.ItemDataRole.UserRole
Row = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex
# A group longer than _LONG shows its first _SHORT rows until it is opened.
_LONG, _SHORT = 8, 5
# Rows that would flood the panel (single years of age, earlier periods): at its end, none of them until it is opened.
DETAIL = "Detail"


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
            if not row.get("detail"):
                groups.setdefault(row["group"] or "Other", []).append(row)
        detail = [row for row in rows if row.get("detail")]
        if detail:
            groups[DETAIL] = detail
        for group, members in groups.items():
            periods = {row["period"] for row in members}
            items.append(Heading(group, str(periods.pop()).replace("-", "–") if len(periods) == 1 else ""))
            shown = 0 if group == DETAIL else _SHORT
            if len(members) <= _LONG and group != DETAIL:
                items += members
            elif group in self._open:
                items += [*members, More(group, 0)]
            else:
                items += [*members[:shown], More(group, len(members) - shown)]
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
