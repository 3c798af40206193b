"""Where new services would do most: what is asked, and the places that were found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QTableView, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Flow, Row, Text, dress_table
from jsna_desktop.jobs.siting import COVER, LIMIT, MEDIAN

Index = QModelIndex | QPersistentModelIndex
_MOST = 10
_AIMS = (("Lowest mean journey", MEDIAN), ("Most within a limit", COVER))


@dataclass(frozen=True)
class Wanted:
    """What a person asks: `among` services' types and assets' kinds, `limit` minutes or km, None as usual."""

    count: int = 1
    among: tuple[str, ...] = ()
    whole: bool = False  # for the whole area, though a place is chosen
    need: bool = False
    objective: str = MEDIAN
    limit: float | None = None


class AskBest(Sheet):
    """`give` gets what is asked. `place` is the one that is chosen, "" for none; `unit` that of journeys."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        title: str,
        offered: Sequence[tuple[str, str]],
        place: str,
        unit: str,
        last: Wanted,
        give: Callable[[Wanted], None],
    ) -> None:
        super().__init__(look, window, title, "They are looked for among places that there are already.", width=560)
        self._take, self._unit = give, unit
        self.count = self._choice("How many", [(str(n), n) for n in range(1, _MOST + 1)], last.count)
        whole = [("Residents of the whole area", True)]
        whom = [(f"Residents of {place}", False), *whole] if place else whole
        self.whom = self._choice("For whom", whom, last.whole or not place)
        self.weight = self._choice(
            "Weighed by", [("Residents", False), ("Residents in income deprivation", True)], last.need
        )
        self.aim = self._choice("What is wanted", list(_AIMS), last.objective)
        usual = LIMIT[unit] if last.limit is None else last.limit
        self.limit = Field(look, f"The limit, {unit}", f"{usual:g}")
        self.limit.setMaximumWidth(look.px(72))
        self._of_limit = Row(self.limit, Text(look, unit), gap=8, stretch=True)
        self.aim.currentIndexChanged.connect(self._show_limit)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = (("How many", self.count), ("For whom", self.whom), ("Weighed by", self.weight),
                ("What is wanted", self.aim), ("", self._of_limit))  # fmt: skip
        for at, (label, control) in enumerate(rows):
            grid.addWidget(Text(look, label, "small_strong", "muted"), at, 0)
            grid.addWidget(control, at, 1)
        self.among = {value: QCheckBox(said.replace("&", "&&")) for said, value in offered}
        kinds = QWidget()
        flow = Flow(gap=14, line_gap=4)
        kinds.setLayout(flow)
        for value, tick in self.among.items():
            tick.setFont(look.font("body"))
            tick.setChecked(value in last.among)
            flow.addWidget(tick)
        self.body.addLayout(grid)
        self.body.addSpacing(4)
        self.body.addWidget(Text(look, "Among which places", "small_strong", "muted"))
        self.body.addWidget(kinds)
        self.body.addStretch(1)
        self.problem = Text(look, "", "small", "wine", wrap=True)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        self.go = Button(look, "Find them", kind="primary")
        self.go.clicked.connect(self._give)
        self.foot.addWidget(self.problem, 1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.go)
        self._show_limit()

    def start(self, problem: str = "") -> None:
        """Open it; with what was wrong with the last answers."""
        self.open(self.count)
        if problem:
            self._say(problem, self.count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._give()
            event.accept()
            return
        super().keyPressEvent(event)

    def _choice(self, name: str, offered: list[tuple[str, Any]], value: Any) -> QComboBox:
        box = QComboBox()
        for said, one in offered:
            box.addItem(said, one)
        box.setCurrentIndex(max(0, [one for _, one in offered].index(value)))
        box.setFont(self.look.font("body"))
        box.setMinimumHeight(self.look.px(32))
        box.setMinimumWidth(self.look.px(90))  # long words are cut in it, not the sheet widened
        box.setAccessibleName(name)
        return box

    def _show_limit(self) -> None:
        self._of_limit.setVisible(self.aim.currentData() == COVER)
        self.fit()

    def _give(self) -> None:
        among = tuple(value for value, tick in self.among.items() if tick.isChecked())
        if not among:
            self._say("Choose among which places.", next(iter(self.among.values())))
            return
        limit = None
        if self.aim.currentData() == COVER:
            limit = _number(self.limit.text())
            if limit is None or not limit > 0:
                self._say(f"Say within how many {self._unit}.", self.limit)
                return
        wanted = Wanted(
            self.count.currentData(), among, self.whom.currentData(), self.weight.currentData(),
            self.aim.currentData(), limit,
        )  # fmt: skip
        self.close_sheet()
        self._take(wanted)

    def _say(self, said: str, where: QWidget) -> None:
        self.problem.setText(said)
        self.problem.setAccessibleName(said)
        self.fit()
        where.setFocus()
        self.scroll_area.ensureWidgetVisible(where)


class FoundPlaces(Sheet):
    """The places found (rows of jobs/siting_rows.py), each with those above it, and how sure it is."""

    def __init__(
        self, look: Look, window: QWidget, title: str, verdict: str, rows: Sequence[Mapping], notes: Sequence[str]
    ) -> None:  # fmt: skip
        super().__init__(look, window, title, verdict, width=760)
        self.model = _Places(look, rows)
        self.table = QTableView()
        self.table.setModel(self.model)
        dress_table(look, self.table, title, wide=1)
        self.body.addWidget(self.table)
        for note in notes:
            self.body.addWidget(Text(look, f"{note[:1].upper()}{note[1:]}.", "small", "muted", wrap=True))
        self.body.addStretch(1)
        self.close_button = Button(look, "Close", kind="primary")
        self.close_button.clicked.connect(self.close_sheet)
        self.foot.addWidget(Text(look, "Each row with those above it open.", "small", "muted", wrap=True), 1)
        self.foot.addWidget(self.close_button)

    def start(self) -> None:
        self.open(self.close_button)
        # All of it: the sheet scrolls. How high its heading is, is known once it is shown.
        rows = self.table.verticalHeader().length()
        self.table.setFixedHeight(self.table.horizontalHeader().height() + rows + 2 * self.table.frameWidth() + 2)
        self.fit()


class _Places(QAbstractTableModel):
    """As it is now, then a row for each place."""

    def __init__(self, look: Look, rows: Sequence[Mapping]) -> None:
        super().__init__()
        self._look = look
        first = rows[0]
        unit = "min" if first["unit"] == "minutes" else first["unit"]
        # On two lines, so that names have the room.
        self.headings = ["", "Place", f"Mean,\n{unit}", f"Within\n{first['limit']:g} {unit}", "Brought\nwithin"]
        by_fifth = first["brought_fifths"] is not None
        if by_fifth:
            self.headings.append("of most\ndeprived fifth")
        self.cells = [["", "As it is now", _mean(first["mean_before"]), _share(first["covered_before"]), ""]]
        for row in rows:
            self.cells.append([
                str(row["rank"]), row["candidate"], _mean(row["mean_after"]), _share(row["covered_after"]),
                words.count(row["brought_within"]),
            ])  # fmt: skip
        if by_fifth:
            for cells, row in zip(self.cells, [None, *rows], strict=True):
                cells.append("" if row is None else words.count(row["brought_fifths"]["1"]))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 1:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 1:
            return self.cells[index.row()][1]  # where there is no room for all of it
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return self._look.font("strong" if index.column() == 1 and index.row() else "body")
        return None


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}{words.NO_BREAK}%"
