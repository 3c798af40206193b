"""Every version of a place: when, by whom, what changed and why; an earlier one can be brought back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text, dress_table
from jsna_desktop.jobs.versions import Form, Version

_HEADINGS = ("When", "Who", "What", "As", "Note")


class History(Sheet):
    """`versions` the first first; shown the newest first. `bring_back` gets the number of a version."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        name: str,
        versions: Sequence[Version],
        bring_back: Callable[[int], None],
    ) -> None:
        several = f"{len(versions)} versions" if len(versions) != 1 else "One version, as it was made"
        super().__init__(look, window, f"History of {name}", f"{several}; the newest comes first.", width=900)
        self._bring_back = bring_back
        self._now = versions[-1].form if versions else None
        self.versions = list(reversed(versions))
        self.table = QTableWidget(len(self.versions), len(_HEADINGS))
        self.table.setHorizontalHeaderLabels(_HEADINGS)
        dress_table(look, self.table, f"Versions of {name}", wide=len(_HEADINGS) - 1)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFont(look.font("body"))
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, version in enumerate(self.versions):
            for column, text in enumerate(_cells(version)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.setMinimumHeight(look.px(min(30 * len(self.versions) + 40, 320)))
        self.table.itemSelectionChanged.connect(self._follow)
        self.body.addWidget(self.table, 1)
        close = Button(look, "Close")
        close.clicked.connect(self.close_sheet)
        self.go = Button(look, "Bring back this one", kind="primary")
        self.go.clicked.connect(self._give)
        self.foot.addWidget(Text(look, "Nothing is lost: it becomes the newest version.", "small", "muted"), 1)
        self.foot.addWidget(close)
        self.foot.addWidget(self.go)
        self._follow()

    def start(self) -> None:
        self.open(self.table)
        if self.versions:
            self.table.selectRow(min(1, len(self.versions) - 1))

    def chosen(self) -> Version | None:
        """The version in the row that is marked."""
        rows = self.table.selectionModel().selectedRows()
        return self.versions[rows[0].row()] if rows else None

    def _follow(self) -> None:
        version = self.chosen()
        self.go.setEnabled(version is not None and version.form is not None and not _same(version.form, self._now))

    def _give(self) -> None:
        version = self.chosen()
        if version is not None:
            self.close_sheet()
            self._bring_back(version.number)


def _same(one: Form, now: Form | None) -> bool:
    """Whether to bring a form back would change nothing that one sees."""
    return now is not None and (one.name, one.set, one.code, one.ground) == (now.name, now.set, now.code, now.ground)


def _cells(version: Version) -> tuple[str, ...]:
    return _when(version.at), version.who or words.GAP, version.change, _as(version), version.note


def _when(at: str) -> str:
    """25 November 2026, 10:42 by this computer's clock; changes are kept in UTC, the first making as it was said."""
    if not at:
        return words.GAP
    moment = datetime.fromisoformat(at)
    moment = moment.astimezone() if moment.tzinfo is not None else moment
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def _as(version: Version) -> str:
    """What it was after the change: its name and its size."""
    if version.form is None:
        return words.GAP
    blocks = version.blocks
    size = f"{words.count(blocks)} areas" if blocks is not None else "drawn"
    hectares = "" if version.area_ha is None else f", {words.count(version.area_ha)}{words.NO_BREAK}ha"
    return f"{version.form.name} ({size}{hectares})"
