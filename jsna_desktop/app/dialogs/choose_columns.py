"""A table that no reader knows: which of its columns are which, with its first rows before one's eyes."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QWidget

from jsna_desktop.app.column_choice import FIGURES, KINDS, Choice, words
from jsna_desktop.app.dialogs.sheet import Sheet
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Field, Text, clear
from jsna_desktop.areas import geography
from jsna_desktop.sources.columns import Proposal

_ROWS = 5
_FROM_CODES = "As the codes say"
_GEOGRAPHIES = ("", "oa2021", "lsoa2021", "msoa2021", "oa2011", "lsoa2011", "msoa2011", "ward", "parish", "district")
_EXAMPLES = {"indicator": "smoking", "period": "2024, 2023/24 or 2020-2024", "year": "2024", "service": "library"}


class ChooseColumns(Sheet):
    """`then` gets the column map; the choice of one column follows the others at once."""

    def __init__(
        self, look: Look, window: QWidget, file: str, proposal: Proposal, then: Callable[[dict], None]
    ) -> None:
        lead = f"{file}. Say what each column is; it is remembered for the next such file."
        super().__init__(look, window, "Which columns are which?", lead, width=930)
        self._proposal, self._then = proposal, then
        self.choice = Choice.of(proposal)
        self.kind = self._list("What the table holds", list(KINDS.values()), KINDS[self.choice.kind])
        self.kind.currentIndexChanged.connect(lambda at: self._set(self.choice.with_kind(list(KINDS)[at])))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(Text(look, "The table holds", tone="muted"))
        top.addWidget(self.kind)
        self.areas = self._list("Which areas", [self._area(g) for g in _GEOGRAPHIES], self._area(self.choice.geography))
        self.areas.currentIndexChanged.connect(self._set_areas)
        self.of_areas = Text(look, "of", tone="muted")
        top.addWidget(self.of_areas)
        top.addWidget(self.areas)
        top.addStretch(1)
        self.body.addLayout(top)
        self.roles: dict[str, QComboBox] = {}
        self.body.addWidget(self._table())
        self._fields = QGridLayout()
        self._fields.setHorizontalSpacing(16)
        self._fields.setVerticalSpacing(4)
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self.body.addLayout(self._fields)
        self.body.addStretch(1)
        self.problem = Text(look, "", "small", "muted", wrap=True)
        cancel = Button(look, "Cancel")
        cancel.clicked.connect(self.close_sheet)
        self.go = Button(look, "Use these columns", kind="primary")
        self.go.clicked.connect(self._give)
        self.foot.addWidget(self.problem, 1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.go)
        self._show()

    def start(self) -> None:
        self.open(self.kind)

    def _list(self, name: str, texts: list[str], current: str) -> QComboBox:
        box = QComboBox()
        box.addItems(texts)
        box.setCurrentText(current)
        box.setAccessibleName(name)
        box.setFont(self.look.font("body"))
        box.setMinimumHeight(self.look.px(32))
        return box

    def _area(self, name: str) -> str:
        return geography.name(name) if name else _FROM_CODES

    def _table(self) -> QScrollArea:
        """The first rows, a list of roles above each column."""
        page, grid = QWidget(), QGridLayout()
        page.setLayout(grid)
        grid.setContentsMargins(0, 4, 0, 10)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        places = [place for place, heading in enumerate(self._proposal.headings) if heading]
        for column, place in enumerate(places):
            heading = self._proposal.headings[place]
            box = self._list(f"What “{heading}” is", [], "")
            box.setMinimumWidth(self.look.px(150))
            box.activated.connect(lambda at, h=heading: self._set(self.choice.with_role(h, self.choice.possible[at])))
            self.roles[heading] = box
            grid.addWidget(Text(self.look, _short(heading), "small_strong"), 0, column)
            grid.addWidget(box, 1, column)
            for line, row in enumerate(self._proposal.rows[:_ROWS]):
                cell = row[place] if place < len(row) else ""
                grid.addWidget(Text(self.look, _short(cell) or "–", "small", "muted"), 2 + line, column)
        grid.setColumnStretch(len(places), 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        area.setFixedHeight(page.sizeHint().height() + 14)
        return area

    def _set_areas(self, at: int) -> None:
        from dataclasses import replace

        self._set(replace(self.choice, geography=_GEOGRAPHIES[at]))

    def _set(self, choice: Choice) -> None:
        self.choice = choice
        self._show()
        self.fit()

    def _show(self) -> None:
        for heading, box in self.roles.items():
            box.blockSignals(True)
            box.clear()
            box.addItems([words(role) for role in self.choice.possible])
            role = self.choice.roles.get(heading, "")
            box.setCurrentIndex(self.choice.possible.index(role) if role in self.choice.possible else 0)
            box.blockSignals(False)
        of_areas = "area_code" in self.choice.roles.values()
        self.areas.setVisible(of_areas)
        self.of_areas.setVisible(of_areas)
        if tuple(self.fields) != self.choice.asked:
            self._show_fields()
        lacking = self.choice.lacking
        self.problem.setText(f"Still to say: {'; '.join(lacking)}." if lacking else "")
        self.go.setEnabled(not lacking)

    def _show_fields(self) -> None:
        """A field for each text that no column says."""
        clear(self._fields)
        self.fields = {}
        for place, name in enumerate(self.choice.asked):
            said = self.choice.values.get(name, "")
            if name == "kind" and self.choice.kind == "indicator":
                field = self._list("Kind of figure", ["Choose …", *FIGURES], said or "Choose …")
                field.currentIndexChanged.connect(
                    lambda at: self._set(self.choice.with_value("kind", FIGURES[at - 1] if at else ""))
                )
            else:
                field = Field(self.look, f"{words(name)}, of every row", said)
                field.setPlaceholderText(_EXAMPLES.get(name, ""))
                field.textChanged.connect(lambda text, n=name: self._say(n, text))
            self.fields[name] = field
            row, column = place // 3 * 2, place % 3
            self._fields.addWidget(
                Text(self.look, f"{words(name)}, of every row", "small_strong", "muted"), row, column
            )
            self._fields.addWidget(field, row + 1, column)
            self._fields.setColumnStretch(column, 1)

    def _say(self, name: str, text: str) -> None:
        self.choice = self.choice.with_value(name, text)
        self._show()

    def _give(self) -> None:
        said = self.choice.as_map()
        self.close_sheet()
        self._then(said)


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:27] + "…"
