"""The panel of access: how far a place is from a service, by deprivation, and what a change would do."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.panels.side import SidePanel
from jsna_desktop.app.panels.tabs import ACCESS
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Card, Flow, IconButton, Row, Rule, Text, UpAndDown, clear
from jsna_desktop.packs.access import AccessFindings, Fifth, Reach


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
        self.scenario = _Scenario(look)
        self.scenario.end.clicked.connect(self.end_asked.emit)
        self.picked = _Picked(look)
        self.picked.shut.clicked.connect(self.picked_closed.emit)
        self.picked.move_it.clicked.connect(self.picked_moved.emit)
        self.picked.leave_it.clicked.connect(self.picked_left.emit)
        self.fifths_heading = Text(look, "", "strong", wrap=True)
        self.group_by = MenuButton(look, "Groups")
        self.group_by.chosen.connect(self._choose_group)
        self._group = "By deprivation"
        self.furthest_heading = Text(look, "Furthest away", "strong")
        self.furthest = QVBoxLayout()
        self._fifths_beside = Text(look, "", "small", "muted", wrap=True)
        self.fifths = QVBoxLayout()
        self.table_heading = Text(look, "", "strong", wrap=True)
        self.table = QGridLayout()
        self.note = Text(look, "", "small", "muted", wrap=True)
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
        self._fifths_box, self._table_box, self._furthest_box = QWidget(), QWidget(), QWidget()
        for box, headings, content in (
            (self._fifths_box, (self.fifths_heading, self._fifths_beside), self.fifths),
            (self._table_box, (self.table_heading,), self.table),
            (self._furthest_box, (self.furthest_heading,), self.furthest),
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
        self.note.setContentsMargins(0, 10, 0, 0)
        body.addWidget(self.note)
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
            self._furthest_box,
            self.note,
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
            self.scenario.say(found.change.title, found.change.lead, found.change.rest)
        self._show_fifths(found)
        self._show_table(found)
        self._show_furthest(found)
        self.note.setText(" ".join([found.note, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]))
        self.note.show()

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
        groups = named[self._group]
        losing = found.change is not None
        if losing:
            nearer = sum(f.nearer or 0 for f in groups) > sum(f.further or 0 for f in groups)
            heading = "Who would be nearer" if nearer else "Who would be further away"
            values = [group.nearer if nearer else group.further for group in groups]
            beside, token = "residents", "teal" if nearer else "wine"
        else:
            heading, beside, token = self._group, f"mean {found.unit}", "blue"
            values = [group.mean for group in groups]
        whose = "fifths of " if self._group == "By deprivation" else ""
        self.fifths_heading.setText(heading)
        self._fifths_beside.setText(f"{beside}, {whose}{found.fifths_of}")
        most = max((value for value in values if value is not None), default=0.0)
        for fifth, value in zip(groups, values, strict=True):
            said = "–" if value is None else words.count(value) if losing else f"{value:,.{found.places}f}"
            self.fifths.addWidget(_Bar(self.look, fifth, said, (value or 0.0) / most if most else 0.0, token))
            self.fifths.addWidget(Rule(self.look))

    def _show_table(self, found: AccessFindings) -> None:
        clear(self.table)
        self._table_box.show()
        self.table_heading.setText(found.place)
        changed = found.change is not None
        look = self.look
        if changed:
            for at, heading in ((1, "now"), (2, "then")):
                label = Text(look, heading, "small", "muted")
                self.table.addWidget(label, 0, at, Qt.AlignmentFlag.AlignRight)
        for at, row in enumerate(found.table, start=1):
            cells = [_shown(row.now, row, found.places)]
            cells += [_shown(row.then, row), _difference(row)] if changed else []
            name = Text(look, row.name, wrap=True)
            name.setMinimumHeight(look.px(27))
            said = f"{row.name}: {cells[0]}" + (f", then {cells[1]}" if changed else "")
            name.setAccessibleName(said)
            self.table.addWidget(name, 2 * at, 0)
            for column, text in enumerate(cells, start=1):
                tone = "wine" if column == 3 and _is_worse(row) else ""
                cell = Text(look, text, "strong", tone)
                cell.setMinimumWidth(look.px(54))
                cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.addWidget(cell, 2 * at, column)
            self.table.addWidget(Rule(look), 2 * at + 1, 0, 1, 4)
        self.table.setColumnStretch(0, 1)

    def _show_furthest(self, found: AccessFindings) -> None:
        clear(self.furthest)
        self._furthest_box.setVisible(bool(found.furthest))
        for one in found.furthest:
            name = self.name_of(one.code)
            link = Button(self.look, name, kind="link", role="body", name=f"Show {name} on the map")
            link.clicked.connect(partial(self.area_asked.emit, one.code))
            said = f"{one.mean:,.1f} {found.unit} · {words.count(one.residents)} residents"
            self.furthest.addWidget(Row(link, Text(self.look, said, "small", "muted"), stretch=True))

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


class _Scenario(Card):
    """What would change, and the way out of it."""

    def __init__(self, look: Look) -> None:
        super().__init__(name="scenario")
        self._title = Text(look, "", "strong", wrap=True)
        self.end = Button(look, "End scenario", kind="link", role="small")
        self._text = Text(look, "", wrap=True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.end, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self._text)

    def say(self, title: str, lead: str, rest: str) -> None:
        self._title.setText(title)
        self._text.setText(f"<b style='font-weight:600'>{words.html(lead)}</b> {words.html(rest)}")
        self._text.setAccessibleName(f"{title}: {lead} {rest}")


class _Picked(Card):
    """A service in hand: what it is, and what could be done with it."""

    def __init__(self, look: Look) -> None:
        super().__init__(name="step")
        self._name = Text(look, "", "strong", wrap=True)
        self._words = Text(look, "", "small", "muted", wrap=True)
        self.shut = Button(look, "If it closed", role="small")
        self.move_it = Button(look, "If it moved …", role="small")
        self.leave_it = IconButton(look, "close", "Put the service down", size=28)
        buttons = QWidget()
        flow = Flow(gap=8, line_gap=4)
        buttons.setLayout(flow)
        flow.addWidget(self.shut)
        flow.addWidget(self.move_it)
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self.leave_it, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._words)
        layout.addWidget(buttons)
        self.hide()

    def show_service(self, name: str, words_of: str) -> None:
        self._name.setText(name)
        self._words.setText(words_of)
        self.shut.setAccessibleName(f"If {name} closed")
        self.move_it.setAccessibleName(f"If {name} moved")
        self.setVisible(bool(name))


class _Bar(QWidget):
    """A fifth: its name, a bar, its number."""

    def __init__(self, look: Look, fifth: Fifth, said: str, share: float, token: str) -> None:
        super().__init__()
        self.look, self._share, self._token = look, share, token
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        name = Text(look, fifth.name)
        name.setFixedWidth(look.px(136))
        value = Text(look, said, "strong")
        value.setMinimumWidth(look.px(58))
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._room = QWidget()
        self._room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout.addWidget(name)
        layout.addWidget(self._room, 1)
        layout.addWidget(value)
        self.setMinimumHeight(look.px(29))
        self.setAccessibleName(f"{fifth.name}: {said}")

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(240), self.look.px(29))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self._room.geometry()
        tall = self.look.px(14)
        bar = QRectF(room.left(), room.center().y() - tall / 2, room.width() * self._share, tall)
        painter.fillRect(bar, self.look.color(self._token))
        painter.end()


def _shown(value: float | None, row: Reach, places: int = 1) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.0f}{words.NO_BREAK}%" if row.share else f"{value:,.{places}f}"


def _difference(row: Reach) -> str:
    if row.now is None or row.then is None:
        return ""
    text = f"{100 * (row.then - row.now):+.0f}" if row.share else f"{row.then - row.now:+.1f}"
    return "0" if not text.strip("+-0.") else text.replace("-", "−")


def _is_worse(row: Reach) -> bool:
    if row.now is None or row.then is None:
        return False
    return row.then < row.now if row.share else row.then > row.now


def service_words(residents: float, mean: float | None, unit: str) -> str:
    """What is said of a service in hand: whom it is nearest to."""
    said = f"nearest for {words.count(residents)} residents"
    return f"{said}, {mean:,.1f} {unit} away on average" if mean is not None else said
