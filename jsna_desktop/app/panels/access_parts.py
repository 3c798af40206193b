"""The parts of the panel of access: what would change, a service in hand, a group's bar, a list of small areas."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Button, Card, Flow, IconButton, Row, Text, clear
from jsna_desktop.jobs.access_words import amount
from jsna_desktop.packs.access import BETTER, SAME, Area, Beyond, Fifth

_CARDS = {BETTER: "gain", SAME: "step"}


class Scenario(Card):
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

    def say(self, title: str, lead: str, rest: str, kind: str) -> None:
        self.setObjectName(_CARDS.get(kind, "scenario"))
        self.style().unpolish(self)
        self.style().polish(self)
        self._title.setText(title)
        self._text.setText(f"<b style='font-weight:600'>{words.html(lead)}</b> {words.html(rest)}")
        self._text.setAccessibleName(f"{title}: {lead} {rest}")


class Picked(Card):
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


class Bar(QWidget):
    """A fifth: its name, a bar `share` of the room long, its number; a mark at `beside` of the room for another's."""

    def __init__(
        self, look: Look, fifth: Fifth, said: str, share: float, token: str, beside: float | None, other: str
    ) -> None:
        super().__init__()
        self.look, self._share, self._token, self._beside = look, share, token, beside
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
        self.setAccessibleName(f"{fifth.name}: {said}" + (f", {other}" if other else ""))
        self.setToolTip(other)

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(240), self.look.px(29))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room, middle = self._room.geometry(), self._room.geometry().center().y()
        tall = self.look.px(14)
        bar = QRectF(room.left(), middle - tall / 2, room.width() * self._share, tall)
        painter.fillRect(bar, self.look.color(self._token))
        if self._beside is not None:
            wide = self.look.px(3)
            at = room.left() + min(self._beside * room.width(), room.width() - wide)
            tall = self.look.px(22)
            painter.fillRect(QRectF(at - 1, middle - tall / 2, wide + 2, tall), self.look.color("ground"))
            painter.fillRect(QRectF(at, middle - tall / 2, wide, tall), self.look.color("tick"))
        painter.end()


class Areas(QVBoxLayout):
    """A short list of small areas, each a link to the map: `asked` is given its code."""

    def __init__(self, look: Look, asked: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._asked = look, asked

    def show_areas(self, areas: tuple[Area, ...], unit: str, name_of: Callable[[str], str]) -> None:
        clear(self)
        for one in areas:
            name = name_of(one.code)
            link = Button(self._look, name, kind="link", role="body", name=f"Show {name} on the map")
            link.clicked.connect(partial(self._asked, one.code))
            self.addWidget(Row(link, Text(self._look, area_words(one, unit), "small", "muted"), stretch=True))


class FurtherThan(QWidget):
    """Who lives further than a limit that is chosen, and where most of them do."""

    chosen = Signal(object)

    def __init__(self, look: Look, asked: Callable[[str], None]) -> None:
        super().__init__()
        self.heading = Text(look, "Further than", "strong")
        self.limit = MenuButton(look, "Limit")
        self.limit.chosen.connect(self.chosen.emit)
        self.sentence = Text(look, "", wrap=True)
        self.areas = Areas(look, asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(4)
        column.addWidget(Row(self.heading, self.limit, stretch=True))
        column.addWidget(self.sentence)
        column.addLayout(self.areas)

    def show_beyond(self, beyond: tuple[Beyond, ...], limit: float, unit: str, name_of: Callable[[str], str]) -> None:
        """Show the one of this limit; nothing at all where there is none."""
        one = next((one for one in beyond if one.limit == limit), None)
        self.setVisible(one is not None)
        if one is None:
            return
        length = "minutes" if unit == "min" else unit
        self.limit.offer([(f"{each.limit:g} {length}", each.limit) for each in beyond], limit)
        self.sentence.setText(one.sentence)
        self.areas.show_areas(one.areas, unit, name_of)


def area_words(one: Area, unit: str) -> str:
    """812 residents · 24 min; with a change 812 residents · 3.1 → 6.4 min."""
    said = words.count(one.residents)
    said += " resident" if said == "1" else " residents"
    if one.mean is None:
        return said
    if one.then is None:
        return f"{said} · {amount(one.mean)} {unit}"
    return f"{said} · {amount(one.mean)} → {amount(one.then)} {unit}"
