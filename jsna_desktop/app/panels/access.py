"""The panel of access: how far a place is from a service, by deprivation, and what a change would do."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.panels.access_parts import Areas, Bar, FurtherThan, Picked, Scenario
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.panels.side import SidePanel
from jsna_desktop.app.panels.tabs import ACCESS
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Flow, Row, Rule, Text, UpAndDown, clear
from jsna_desktop.jobs.access_words import amount, difference, per_cent, table_amounts
from jsna_desktop.packs.access import AccessFindings, Reach


class AccessPanel(SidePanel):
    """Shows AccessFindings. Its signals carry what a person asks."""

    service_chosen = Signal(object)
    mode_chosen = Signal(object)
    end_asked = Signal()
    menu_asked = Signal(object)  # the QMenu of “What if …”, to be filled
    area_asked = Signal(str)  # the code of an area to be shown on the map
    picked_closed = Signal()
    picked_moved = Signal()
    picked_left = Signal()
    made_asked = Signal(str, object)  # a title, and how the figures are made

    def __init__(self, look: Look) -> None:
        super().__init__(look, ACCESS)
        self.setAccessibleName("Access of the selected place")
        self.look = look
        self._view: AccessFindings | None = None
        self.name_of: Callable[[str], str] = str  # what an area is called
        self.title = Text(look, "", "title", wrap=True)
        self.subtitle = Text(look, "", tone="muted", wrap=True)
        self.service = MenuButton(look, "Service")
        self.mode = MenuButton(look, "Way to travel")
        self.service.chosen.connect(self.service_chosen.emit)
        self.mode.chosen.connect(self.mode_chosen.emit)
        self.what_if = Button(look, "What if …", name="What if a service closed, moved or opened")
        self.what_if.clicked.connect(self._ask_menu)
        self.sentence = Text(look, "", "strong", wrap=True)
        self.scenario = Scenario(look)
        self.scenario.end.clicked.connect(self.end_asked.emit)
        self.picked = Picked(look)
        self.picked.shut.clicked.connect(self.picked_closed.emit)
        self.picked.move_it.clicked.connect(self.picked_moved.emit)
        self.picked.leave_it.clicked.connect(self.picked_left.emit)
        self.fifths_heading = Text(look, "", "strong", wrap=True)
        self.group_by = MenuButton(look, "Groups")
        self.group_by.chosen.connect(self._choose_group)
        self._group = "By deprivation"
        self.further_than = FurtherThan(look, self.area_asked.emit)
        self.further_than.chosen.connect(self._choose_limit)
        self._limits: dict[str, float] = {}  # by unit, as a person chose them
        self.where_heading = Text(look, "", "strong", wrap=True)
        self.where = Areas(look, self.area_asked.emit)
        self._fifths_beside = Text(look, "", "small", "muted", wrap=True)
        self.fifths = QVBoxLayout()
        self.table_heading = Text(look, "", "strong", wrap=True)
        self.table = QGridLayout()
        self.note = Text(look, "", "small", "muted", wrap=True)
        self.how = Button(look, "How it is made", kind="link", role="small")
        self.how.clicked.connect(self._tell_how)
        self._build()
        watch(look, self, self._restyle)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        choosers = QWidget()
        flow = Flow(gap=8, line_gap=6)
        choosers.setLayout(flow)
        for chooser in (self.service, self.mode, self.group_by, self.what_if):
            flow.addWidget(chooser)
        self._choosers = choosers
        inner = QWidget()
        body = QVBoxLayout(inner)
        body.setContentsMargins(18, 14, 18, 12)
        body.setSpacing(0)
        body.addLayout(head)
        body.addWidget(self.subtitle)
        body.addSpacing(10)
        body.addWidget(self.tabs)
        body.addWidget(Rule(self.look))
        body.addSpacing(12)
        body.addWidget(choosers)
        body.addSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(10)  # what is hidden leaves no gap
        for widget in (self.picked, self.scenario, self.sentence):
            said.addWidget(widget)
        body.addLayout(said)
        self._fifths_box, self._table_box, self._where_box = QWidget(), QWidget(), QWidget()
        for box, headings, content in (
            (self._fifths_box, (self.fifths_heading, self._fifths_beside), self.fifths),
            (self._where_box, (self.where_heading,), self.where),
            (self._table_box, (self.table_heading,), self.table),
        ):
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 16, 0, 0)
            column.setSpacing(2)
            for heading in headings:
                column.addWidget(heading)
            column.addLayout(content)
            body.addWidget(box)
        self.fifths.setSpacing(0)
        self.table.setSpacing(0)
        self.table.setHorizontalSpacing(10)
        body.addWidget(self.further_than)
        self.note.setContentsMargins(0, 10, 0, 4)
        body.addWidget(self.note)
        body.addWidget(Row(self.how, stretch=True))
        body.addStretch(1)
        self.scroll_area = UpAndDown(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.addWidget(self.scroll_area, 1)

    # ---- showing

    def show_head(self, title: str, subtitle: str) -> None:
        self.title.setText(words.breakable(title))
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))

    def show_nothing(self, why: str) -> None:
        """There is nothing to show, and what to do about it."""
        self._view = None
        self.sentence.setText(why)
        self.sentence.show()
        for part in (
            self._choosers,
            self.scenario,
            self.picked,
            self._fifths_box,
            self._table_box,
            self._where_box,
            self.further_than,
            self.note,
            self.how,
        ):
            part.hide()

    def show_refused(self, why: str) -> None:
        """What was asked cannot be given, and why; something else can be chosen."""
        self.show_nothing(why)
        self._choosers.show()

    def show_picked(self, name: str, words_of: str) -> None:
        """A service that was clicked or chosen: what can be done with it; "" hides it."""
        self.picked.show_service(name, words_of)

    def show_findings(self, found: AccessFindings) -> None:
        self._view = found
        self._choosers.show()
        changed = found.change is not None
        self.scenario.setVisible(changed)
        self.sentence.setVisible(not changed)
        self.sentence.setText(found.sentence)
        if found.change is not None:
            self.scenario.say(found.change.title, found.change.lead, found.change.rest, found.change.kind)
        self._show_fifths(found)
        self._show_table(found)
        self._show_where(found)
        limit = self._limits.get(found.unit, found.usual)
        self.further_than.show_beyond(found.beyond, limit, found.unit, self.name_of)
        self.note.setText(" ".join([found.note, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]))
        self.note.show()
        self.how.setVisible(bool(found.made))

    def _show_fifths(self, found: AccessFindings) -> None:
        clear(self.fifths)
        named = {"By deprivation": found.fifths, **dict(found.others)}
        named = {name: groups for name, groups in named.items() if groups}
        self._fifths_box.setVisible(bool(named))
        if self._group not in named:
            self._group = next(iter(named), "By deprivation")
        self.group_by.offer([(name, name) for name in named], self._group)
        if not named:
            return
        groups, beside = named[self._group], found.beside
        losing, of = found.change is not None, found.fifths_of
        if losing:
            nearer = sum(f.nearer or 0 for f in groups) > sum(f.further or 0 for f in groups)
            heading = f"Who in {of} would be {'nearer' if nearer else 'further away'}"
            values = [group.nearer if nearer else group.further for group in groups]
            said, token = "residents", "teal" if nearer else "wine"
        else:
            heading = f"{of} {self._group[:1].lower()}{self._group[1:]}"
            values = [group.mean for group in groups]
            said, token = f"mean {found.unit}", "blue"
        if self._group == "By deprivation":
            said += f", fifths of {of}"
        self.fifths_heading.setText(heading)
        self._fifths_beside.setText(f"{said} · mark: {beside}" if beside else said)
        others = [group.beside if beside else None for group in groups]
        most = max((value for value in (*values, *others) if value is not None), default=0.0)
        for group, value, other in zip(groups, values, others, strict=True):
            text = "–" if value is None else words.count(value) if losing else amount(value, found.places)
            mark = None if other is None or not most else other / most
            told = "" if other is None else f"{beside} {amount(other, found.places)}"
            bar = Bar(self.look, group, text, (value or 0.0) / most if most else 0.0, token, mark, told)
            self.fifths.addWidget(bar)
            self.fifths.addWidget(Rule(self.look))

    def _show_table(self, found: AccessFindings) -> None:
        clear(self.table)
        self._table_box.show()
        self.table_heading.setText(found.place)
        changed = found.change is not None
        look = self.look
        headings = ("now", "then") if changed else ("here", found.beside) if found.beside else ()
        for at, heading in enumerate(headings, start=1):
            self.table.addWidget(Text(look, heading, "small", "muted"), 0, at, Qt.AlignmentFlag.AlignRight)
        for at, row in enumerate(found.table, start=1):
            cells = self._cells(row, found)
            name = Text(look, row.name, wrap=True)
            name.setMinimumHeight(look.px(27))
            second = f", {'then' if changed else found.beside} {cells[1]}" if len(cells) > 1 else ""
            name.setAccessibleName(f"{row.name}: {cells[0]}{second}")
            self.table.addWidget(name, 2 * at, 0)
            for column, text in enumerate(cells, start=1):
                tone = "wine" if column == 3 and text != "0" and _is_worse(row) else ""
                beside = column == 2 and not changed
                cell = Text(look, text, "body" if beside else "strong", "muted" if beside else tone)
                cell.setMinimumWidth(look.px(54))
                cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.addWidget(cell, 2 * at, column)
            self.table.addWidget(Rule(look), 2 * at + 1, 0, 1, 1 + len(cells))
        self.table.setColumnStretch(0, 1)

    def _cells(self, row: Reach, found: AccessFindings) -> list[str]:
        """What a line of the table says: now and, with a change, then and the difference; else what is beside."""
        if found.change is None:
            values = [row.now, row.beside] if found.beside else [row.now]
            return [_shown(value, row, found.places) for value in values]
        texts = [_shown(v, row, 1) for v in (row.now, row.then)] if row.share else table_amounts(row.now, row.then)
        return [*texts, difference(row.now, row.then, share=row.share)]

    def _show_where(self, found: AccessFindings) -> None:
        change = found.change
        self._where_box.setVisible(change is not None and bool(change.where))
        if change is not None:
            self.where_heading.setText(change.where_title)
            self.where.show_areas(change.where, found.unit, self.name_of)

    def _choose_limit(self, limit: float) -> None:
        if self._view is not None:
            self._limits[self._view.unit] = limit
            self._restyle()

    def _tell_how(self) -> None:
        if self._view is not None:
            self.made_asked.emit(f"{self._view.services}: {self._view.place}", self._view.made)

    def _choose_group(self, name: str) -> None:
        self._group = name
        self._restyle()

    def _ask_menu(self) -> None:
        menu = QMenu(self)
        self.menu_asked.emit(menu)
        menu.exec(self.what_if.mapToGlobal(self.what_if.rect().bottomLeft()))
        menu.deleteLater()

    def _restyle(self) -> None:
        if self._view is not None:
            self.show_findings(self._view)


def _shown(value: float | None, row: Reach, places: int) -> str:
    if value is None:
        return "–"
    return per_cent(value) if row.share else amount(value, places)


def _is_worse(row: Reach) -> bool:
    if row.now is None or row.then is None:
        return False
    return row.then < row.now if row.share else row.then > row.now


def service_words(residents: float, mean: float | None, unit: str) -> str:
    """What is said of a service in hand: whom it is nearest to."""
    said = f"nearest for {words.count(residents)} residents"
    return f"{said}, {amount(mean)} {unit} away on average" if mean is not None else said
