"""A wide view that asks a question which its choosers change, and tells how its numbers are made."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTableWidget, QWidget

from jsna_desktop.app.panels.chart import ChartTable, ChartView, fill_table
from jsna_desktop.app.panels.wide import WideView
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Text, column
from jsna_desktop.packs.life import Group
from jsna_desktop.packs.sheet import plain


class AskingView(WideView):
    """`question` carries what a person asks; `made_asked` a title and how it is made; `failed` what a chart met.

    `charts` are drawn by the subclass, `_asked` is its question (a frozen dataclass) and `_shown` its findings, with
    a `title` and how they are `made`. `source` and `how` stand at the foot.
    """

    question = Signal(object)
    made_asked = Signal(str, object)
    failed = Signal(object)

    def __init__(self, look: Look, tab: str, choosers: Sequence[QWidget]) -> None:
        super().__init__(look, tab, choosers)
        self._asked: Any = None
        self._shown: Any = None
        self.charts: tuple[ChartView, ...] = ()
        self.source = Text(look, "", "small", "muted", wrap=True)
        self.how = Button(look, "How it is made", kind="link", role="small")
        self.how.clicked.connect(self._tell_how)

    def take_charts(self, *charts: ChartView) -> None:
        """The view's charts: waited for, ended with it, their failures told."""
        self.charts = charts
        for chart in charts:
            chart.failed.connect(self.failed.emit)

    @property
    def is_settled(self) -> bool:
        return all(chart.is_settled for chart in self.charts)

    def leave(self) -> None:
        for chart in self.charts:
            chart.leave()

    def listed(self) -> QWidget:
        """The numbers as a table with their source and how they are made, to be placed by the subclass."""
        self.table = QTableWidget()
        self._listed = QWidget()
        heading = Text(self.look, "As a table", "strong")
        self._listed.setLayout(column(heading, self.table, self.source, self.how, gap=6))
        return self._listed

    def show_listed(self, table: ChartTable, title: str, notes: Sequence[str], source: str) -> None:
        """Show the table; each of `notes` once before the source."""
        self._listed.show()
        fill_table(self.look, self.table, table, title)
        said = [f"{note[:1].upper()}{note[1:]}." for note in dict.fromkeys(notes)]
        self.source.setText(" ".join([*said, source]))

    def _ask(self, name: str, value: object) -> None:
        if self._asked is not None:
            self.question.emit(replace(self._asked, **{name: value}))

    def _tell_how(self) -> None:
        if self._shown is not None:
            self.made_asked.emit(self._shown.title, self._shown.made)


def group_table(groups: Sequence[Group], of: str) -> ChartTable:
    """Groups or places with their values and intervals; `of` heads the values."""
    rows = [
        (
            g.name,
            "not given" if g.value is None else plain(g.value),
            "" if g.lower is None or g.upper is None else f"{plain(g.lower)} to {plain(g.upper)}",
        )
        for g in groups
    ]
    return ChartTable(("", of, "95 % interval"), tuple(rows))


def notes_of(groups: Sequence[Group]) -> list[str]:
    """Why groups have no value, or how theirs was rounded."""
    return [f"{g.name}: {g.note}" for g in groups if g.note]
